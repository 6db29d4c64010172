// SPDX-License-Identifier: Apache-2.0
//
// Elements from names, attributes and children.  Children that are no elements
// become text nodes, whatever they hold.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes ?? {})) {
		if (value === null || value === undefined || value === false) continue;
		if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
		else element.setAttribute(name, value === true ? '' : String(value));
	}
	append(element, children);
	return element;
}

function append(element, children) {
	for (const child of children.flat(Infinity)) {
		if (child === null || child === undefined || child === false) continue;
		element.append(child instanceof Node ? child : document.createTextNode(String(child)));
	}
}

export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
export const s = (name, attributes, ...children) =>
	fill(document.createElementNS(SVG, name), attributes, children);

export function say(text) {
	const said = document.getElementById('said');
	said.textContent = text;
	said.classList.add('shown');
	clearTimeout(say.timer);
	say.timer = setTimeout(() => said.classList.remove('shown'), 2500);
}

function copyBySelection(text) {
	const area = h('textarea', { class: 'offscreen', 'aria-hidden': 'true' });
	area.value = text;
	document.body.append(area);
	area.select();
	const done = document.execCommand('copy');
	area.remove();
	return done;
}

export async function copy(text, what) {
	const focused = document.activeElement;
	let done = true;
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		done = copyBySelection(text);
	}
	focused?.focus?.();
	say(done ? `Copied ${what}` : `Could not copy ${what}`);
}

export const copyButton = (text, what, label = 'Copy') =>
	h(
		'button',
		{ class: 'small', type: 'button', 'aria-label': `Copy ${what}`, onclick: () => copy(text, what) },
		label,
	);

export function panel(title, options, ...children) {
	const { id, note, tools } = options ?? {};
	return h(
		'section',
		{ class: 'panel', id, 'aria-label': title },
		h('div', { class: 'panel-head' }, h('h2', null, title), tools && h('div', { class: 'tools' }, tools)),
		note && h('p', { class: 'note' }, note),
		...children,
	);
}

// What a page for the public leaves out of what stands below.
export const leftOut = (run, words) =>
	run.public && h('p', { class: 'note left-out', role: 'note' }, h('strong', null, 'Left out: '), words);

export const facts = (pairs) =>
	h(
		'dl',
		{ class: 'facts' },
		pairs
			.filter(([, value]) => value !== null && value !== undefined && value !== '')
			.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))),
	);
