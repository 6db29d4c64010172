// SPDX-License-Identifier: Apache-2.0
//
// The page of a run: where it begins, its views by address, its keys.
import { auditView, qualityView } from './audit.js';
import { h, say } from './dom.js';
import { readRun } from './data.js';
import { providerView } from './provider.js';
import { providersView } from './providers.js';
import { ruleView, rulesView } from './rules.js';
import { summaryView } from './summary.js';
import { plural } from './words.js';

const VIEWS = [
	['summary', 'Summary'],
	['providers', 'Providers'],
	['rules', 'Rules'],
	['quality', 'Data quality'],
	['audit', 'Audit trail'],
];
const KEYS = [
	['1 – 5', 'the views'],
	['/', 'search providers'],
	['↑ ↓ or j k', 'rows of a table'],
	['Enter', 'open'],
	['n  p', 'next and previous provider of the list'],
	['u', 'back to the list'],
	['t', 'dark or light'],
	['?', 'these keys'],
];

const main = document.getElementById('main');
let run;
let view;

/* ---- Addresses. ---- */

const go = (address) => {
	location.hash = address;
};
const replace = (address) => {
	if (location.hash !== address) history.replaceState(history.state, '', address);
	listAddress = address;
};
let listAddress = '#/providers';

function route() {
	const [path, search] = location.hash.slice(2).split('?');
	const [name, ...rest] = path.split('/').map((part) => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	});
	return { address: location.hash, name: name || 'summary', rest, query: new URLSearchParams(search ?? '') };
}

function viewOf({ name, rest, query }) {
	switch (name) {
		case 'providers':
			return providersView(run, go, query, replace);
		case 'provider':
			return providerView(run, rest[0], rest.slice(1).join('/'));
		case 'rules':
			return rest[0] ? ruleView(run, go, rest[0]) : rulesView(run, go, query);
		case 'quality':
			return qualityView(run);
		case 'audit':
			return auditView(run);
		default:
			return summaryView(run, go);
	}
}

const SECTION = { provider: 'providers' };

async function show(first) {
	const at = route();
	const section = SECTION[at.name] ?? at.name;
	const made = await viewOf(at);
	if (location.hash && route().name !== at.name) return; // gone elsewhere meanwhile
	view = made;
	main.replaceChildren(...made.flat(Infinity).filter(Boolean));
	main.dataset.view = at.name;
	main.dataset.address = at.address;
	for (const link of document.querySelectorAll('#head nav a'))
		link.toggleAttribute('aria-current', link.hash === `#/${section}`);
	for (const back of main.querySelectorAll('[data-back]'))
		if (back.hash === '#/providers') back.href = listAddress;
	document.title = `${main.querySelector('h1')?.textContent ?? ''} · claimscan`;
	if (!first) {
		scrollTo(0, 0);
		main.focus({ preventScroll: true });
	}
}

/* ---- Themes. ---- */

function stored(value) {
	try {
		if (value === undefined) return localStorage.getItem('claimscan-theme');
		localStorage.setItem('claimscan-theme', value);
	} catch {
		/* a browser that keeps nothing for files */
	}
	return null;
}

function theme(value) {
	if (value) document.documentElement.dataset.theme = value;
	const dark = value ? value === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
	const button = document.getElementById('theme');
	if (button) button.textContent = dark ? 'Light' : 'Dark';
	return dark;
}

function switchTheme() {
	const next = theme(document.documentElement.dataset.theme) ? 'light' : 'dark';
	theme(next);
	stored(next);
}

/* ---- The head, keys, printing. ---- */

function keysDialog() {
	const dialog = h(
		'dialog',
		{ 'aria-label': 'Keys' },
		h('h2', null, 'Keys'),
		h(
			'dl',
			{ class: 'keys' },
			KEYS.map(([key, words]) => h('div', null, h('dt', null, h('kbd', null, key)), h('dd', null, words))),
		),
		h('form', { method: 'dialog' }, h('button', null, 'Close')),
	);
	dialog.addEventListener('close', () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
}

function banner() {
	if (!run.public) return null;
	const leftOut = run.manifest.suppressed;
	return h(
		'p',
		{ class: 'banner', role: 'note' },
		h('strong', null, 'For the public: '),
		'counts of 1 to 10, and what would reveal them, are suppressed. They are shown as – and take no part in sums.',
		leftOut && ` Left out: ${plural(leftOut.rows, 'row')}, ${plural(leftOut.cells, 'cell')}.`,
	);
}

function header() {
	const names = (run.manifest?.inputs ?? []).map((input) => input.path);
	const what =
		names.length === 1
			? names[0].split('/').slice(-2).join('/')
			: names.length > 1
				? `${names.length} files`
				: '';
	document.getElementById('head').replaceChildren(
		h(
			'div',
			{ class: 'bar-top' },
			h('a', { class: 'brand', href: '#/summary' }, 'claimscan'),
			h('span', { class: 'run', title: names.join('\n') }, what),
			h(
				'nav',
				{ 'aria-label': 'Views' },
				VIEWS.map(([name, words], i) => h('a', { href: `#/${name}`, title: `Key ${i + 1}` }, words)),
			),
			h('button', { type: 'button', id: 'theme', title: 'Key t', onclick: switchTheme }, 'Dark'),
			h('button', { type: 'button', title: 'Key ?', onclick: keysDialog }, 'Keys'),
		),
		...[banner()].filter(Boolean),
	);
}

function key(event) {
	if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
	if (event.target.closest('input, select, textarea')) {
		if (event.key === 'Escape') event.target.blur();
		return;
	}
	const number = Number(event.key);
	if (number >= 1 && number <= VIEWS.length) go(`#/${VIEWS[number - 1][0]}`);
	else if (event.key === '/') {
		if (main.dataset.view === 'providers') view.focus();
		else {
			go('#/providers');
			setTimeout(() => view?.focus?.(), 60);
		}
	} else if (event.key === 't') switchTheme();
	else if (event.key === '?') keysDialog();
	else if (event.key === 'n' || event.key === 'p') main.querySelector(`[data-step="${event.key}"]`)?.click();
	else if (event.key === 'u') main.querySelector('[data-back]')?.click();
	else return;
	event.preventDefault();
}

async function begin() {
	const dark = stored();
	if (dark) document.documentElement.dataset.theme = dark;
	try {
		run = await readRun();
	} catch (error) {
		main.replaceChildren(
			h('h1', null, 'This page cannot be shown'),
			h(
				'p',
				{ class: 'lede' },
				`It is damaged or cut, or the browser is too old (it needs DecompressionStream): ${error.message}. claimscan report RUN --report html writes it again.`,
			),
		);
		return;
	}
	header();
	theme(document.documentElement.dataset.theme);
	await show(true);
	document.documentElement.dataset.ready = 'true';
	addEventListener('hashchange', () => show(false));
	addEventListener('keydown', key);
	addEventListener('beforeprint', () => {
		view?.print?.(true);
		for (const details of main.querySelectorAll('details')) details.open = true;
	});
	addEventListener('afterprint', () => view?.print?.(false));
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
		theme(document.documentElement.dataset.theme),
	);
}

begin().catch((error) => say(String(error)));
