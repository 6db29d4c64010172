// SPDX-License-Identifier: Apache-2.0
//
// All providers by rank: searched, filtered, sorted, exported.  What is chosen
// stands in the address, so that it can be kept and sent.
import { h, panel, s } from './dom.js';
import { save } from './csv.js';
import { Table } from './table.js';
import { cents, count, entity, groupWords, plural, specialty } from './words.js';

export const rowsOf = (list, test) => {
	const rows = [];
	for (let i = 0; i < list.size; i++) if (test(i)) rows.push(i);
	return rows;
};

export const providerAddress = (list, i) =>
	`#/provider/${encodeURIComponent(list.kinds[list.kind[i]])}/${encodeURIComponent(list.id[i])}`;
export const ruleLink = (rule) => h('a', { href: `#/rules/${rule.rule}`, class: 'rule-id' }, rule.rule);
export const providerName = (list, i) => list.id[i] || 'no provider id';

function nameCell(list, i) {
	const kind = list.kinds[list.kind[i]];
	return [
		h('a', { href: providerAddress(list, i), tabindex: -1 }, providerName(list, i)),
		kind !== 'npi' && h('span', { class: 'badge' }, kind),
	];
}

export function scoreCell(score) {
	if (score === null) return '–';
	return [
		h('span', { class: 'score' }, String(score)),
		s(
			'svg',
			{ viewBox: '0 0 50 8', width: 50, height: 8, class: 'chart', 'aria-hidden': 'true' },
			s('rect', { class: 'track', width: 50, height: 8, rx: 2 }),
			s('rect', { class: score > 0 ? 'hot' : 'bar', width: score / 20, height: 8, rx: 2 }),
		),
	];
}

const money = (column) => (list, i) => (list[column][i] === null ? null : list[column][i] / 100);

function columnsOf(run, keys) {
	const { list, rules } = run;
	const whole = (key, label, title, of) => ({
		key,
		label,
		title,
		number: true,
		value: (i) => list[of ?? key][i],
		cell: (i) => count(list[of ?? key][i]),
	});
	const dollar = (key, label, title, of) => ({
		key,
		label,
		title,
		number: true,
		value: (i) => money(of ?? key)(list, i),
		cell: (i) => cents(list[of ?? key][i]),
	});
	const all = [
		{ ...whole('rank', 'Rank', 'By the dollars expected to stand'), rising: true },
		{ key: 'npi', label: 'Provider', head: true, value: (i) => list.id[i], cell: (i) => nameCell(list, i) },
		{ key: 'id_kind', label: 'Id is', hidden: true, value: (i) => list.kinds[list.kind[i]] },
		{
			key: 'specialty',
			label: 'Specialty',
			value: (i) => list.specialties[list.specialty[i]],
			cell: (i) => specialty(list.specialties[list.specialty[i]]),
		},
		{ key: 'state', label: 'State', value: (i) => list.states[list.state[i]] },
		{
			key: 'lead',
			label: 'List',
			title: 'A lead, or on the watch list',
			value: (i) => (list.lead[i] === 1 ? 'lead' : list.watch[i] ? 'watch' : ''),
			cell: (i) =>
				list.lead[i] === 1
					? h('span', { class: 'badge lead' }, 'lead')
					: list.watch[i]
						? h('span', { class: 'badge' }, 'watch')
						: '',
		},
		{ key: 'entity', label: 'Type', hidden: true, value: (i) => entity(list.entity[i]) },
		{
			key: 'score',
			label: 'Score',
			title: '0 to 1000: how far the flagged measures are from their peers',
			number: true,
			value: (i) => list.score[i],
			cell: (i) => scoreCell(list.score[i]),
		},
		dollar(
			'expected',
			'Expected',
			'Dollars expected to stand: flagged dollars by how often findings of the kind hold',
		),
		dollar('flagged', 'Flagged', 'Dollars of lines with findings; each line once'),
		dollar(
			run.amount,
			run.amount[0].toUpperCase() + run.amount.slice(1),
			`Dollars ${run.amount} in all`,
			'amount',
		),
		whole('claims', 'Claims'),
		{ ...whole('lines', 'Lines'), hidden: true },
		whole('patients', 'Patients', 'Distinct beneficiaries', 'beneficiaries'),
		whole('findings', 'Findings'),
		{
			key: 'reason',
			label: 'Main reason',
			wide: true,
			value: (i) => rules[list.top[i]]?.rule ?? '',
			cell: (i) => {
				const rule = rules[list.top[i]];
				return rule ? [h('span', { class: 'rule-id' }, rule.rule), ` ${rule.name}`] : '';
			},
		},
	];
	return keys ? keys.map((key) => all.find((column) => column.key === key)) : all;
}

export function leadTable(run, rows, caption, go) {
	return new Table({
		columns: columnsOf(run, [
			'rank',
			'npi',
			'specialty',
			'state',
			'score',
			'expected',
			'flagged',
			run.amount,
			'patients',
			'reason',
		]),
		rows,
		caption,
		open: (i) => go(providerAddress(run.list, i)),
	});
}

/* ---- The filters. ---- */

const SHOWN = { all: 'All providers', leads: 'Leads', watch: 'Watch list', flagged: 'Flagged by any rule' };

function tester(run, chosen) {
	const { list } = run;
	const text = (chosen.q ?? '').trim().toLowerCase();
	const hits = chosen.rule ? list.hits[run.ruleById.get(chosen.rule)?.index] : null;
	const flags = chosen.rule ? list.flags[run.ruleById.get(chosen.rule)?.index] : null;
	const specialtyAt = chosen.specialty === undefined ? -1 : list.specialties.indexOf(chosen.specialty);
	const stateAt = chosen.state === undefined ? -1 : list.states.indexOf(chosen.state);
	const least = Number(chosen.dollars ?? 0) * 100;
	const words = list.specialties.map((code) => `${code} ${specialty(code)}`.toLowerCase());
	const found = text && words.map((word) => word.includes(text));

	return (i) =>
		(!text || list.id[i].toLowerCase().includes(text) || found[list.specialty[i]]) &&
		(chosen.show !== 'leads' || list.lead[i] === 1) &&
		(chosen.show !== 'watch' || list.watch[i] === 1) &&
		(chosen.show !== 'flagged' || list.families[i] > 0) &&
		(!chosen.rule || (chosen.by === 'flag' ? flags?.[i] : hits?.[i] || flags?.[i])) &&
		(chosen.specialty === undefined || list.specialty[i] === specialtyAt) &&
		(chosen.state === undefined || list.state[i] === stateAt) &&
		(least <= 0 || (list.flagged[i] ?? 0) >= least || (list.expected[i] ?? 0) >= least);
}

function counted(values, size) {
	const counts = new Map();
	for (let i = 0; i < size; i++) counts.set(values[i], (counts.get(values[i]) ?? 0) + 1);
	return counts;
}

function select(name, label, options, chosen, change) {
	const element = h(
		'select',
		{ id: `filter-${name}`, onchange: () => change(name, element.value) },
		options.map(([value, words]) => h('option', { value, selected: value === (chosen[name] ?? '') }, words)),
	);
	return h('label', { class: 'field', for: `filter-${name}` }, h('span', null, label), element);
}

function input(name, label, attributes, chosen, change) {
	const element = h('input', {
		id: `filter-${name}`,
		...attributes,
		value: chosen[name] ?? '',
		oninput: () => change(name, element.value),
	});
	return h('label', { class: `field ${name}`, for: `filter-${name}` }, h('span', null, label), element);
}

function filters(run, chosen, change) {
	const { list } = run;
	const specialties = [...counted(list.specialty, list.size)]
		.map(([at, n]) => [list.specialties[at], n])
		.sort((a, b) => b[1] - a[1]);
	const states = [...counted(list.state, list.size)]
		.map(([at, n]) => [list.states[at], n])
		.sort((a, b) => (a[0] < b[0] ? -1 : 1));
	const sum = (marks) => marks?.reduce((total, mark) => total + mark, 0) ?? 0;
	const rules = run.rules
		.filter((rule) => rule.state === 'on' || rule.state === 'watch')
		.map((rule) => [rule, sum(list.hits[rule.index]) || sum(list.flags[rule.index])])
		.filter(([, n]) => n > 0);
	return h(
		'form',
		{
			class: 'filters',
			role: 'search',
			'aria-label': 'Filter providers',
			onsubmit: (event) => event.preventDefault(),
		},
		input(
			'q',
			'Search id or specialty',
			{ type: 'search', placeholder: 'press / to search', autocomplete: 'off', spellcheck: 'false' },
			chosen,
			change,
		),
		select(
			'show',
			'Show',
			Object.entries(SHOWN).map(([key, words]) => [key === 'all' ? '' : key, words]),
			chosen,
			change,
		),
		select(
			'rule',
			'Rule with hits',
			[['', 'any rule'], ...rules.map(([rule, n]) => [rule.rule, `${rule.rule} ${rule.name} (${count(n)})`])],
			chosen,
			change,
		),
		select(
			'specialty',
			'Specialty',
			[
				['', 'any'],
				...specialties
					.filter(([code]) => code !== '')
					.map(([code, n]) => [code, `${specialty(code)} (${count(n)})`]),
			],
			chosen,
			change,
		),
		select(
			'state',
			'State',
			[
				['', 'any'],
				...states.filter(([code]) => code !== '').map(([code, n]) => [code, `${code} (${count(n)})`]),
			],
			chosen,
			change,
		),
		input(
			'dollars',
			'Dollars at least',
			{ type: 'number', min: 0, step: 1000, inputmode: 'numeric', placeholder: '0' },
			chosen,
			change,
		),
		h('button', { type: 'button', class: 'quiet', onclick: () => change(null) }, 'Reset'),
	);
}

// The rows of the last list that was looked at: what "next" means on a provider's page.
export const shown = { rows: null };

export function providersView(run, go, query, replace) {
	const chosen = Object.fromEntries([...query].filter(([, value]) => value !== ''));
	const { list } = run;
	const amount = h('p', { class: 'count', role: 'status' });
	const table = new Table({
		columns: columnsOf(run),
		rows: [],
		caption: 'Providers',
		tall: true,
		sort: chosen.sort ?? 'rank',
		descending: chosen.order === 'down',
		open: (i) => go(providerAddress(list, i)),
		onsort: (key, descending) => {
			chosen.sort = key;
			chosen.order = descending ? 'down' : '';
			keep();
		},
	});
	const keep = () => {
		shown.rows = table.rows;
		const words = String(new URLSearchParams(Object.entries(chosen).filter(([, value]) => value)));
		replace(words ? `#/providers?${words}` : '#/providers');
	};
	const apply = () => {
		const rows = rowsOf(list, tester(run, chosen));
		table.setRows(rows);
		amount.textContent =
			rows.length === list.size
				? plural(list.size, 'provider')
				: `${count(rows.length)} of ${plural(list.size, 'provider')}`;
		keep();
	};
	const change = (name, value) => {
		if (name === null) return go('#/providers');
		if (value) chosen[name] = value;
		else delete chosen[name];
		apply();
	};
	const tools = [
		amount,
		h('button', { type: 'button', onclick: () => save('providers.csv', table.exported()) }, 'Export CSV'),
	];
	const left = run.totals.providers - list.size;
	const note =
		left > 0 ? `The first ${count(list.size)} by rank; ${count(left)} more are in providers.csv.` : null;
	const view = [
		h('h1', null, 'Providers'),
		filters(run, chosen, change),
		panel('By rank', { tools, note }, table.element),
	];

	apply();
	view.print = (on) => table.print(on);
	view.focus = () => document.getElementById('filter-q')?.focus();
	return view;
}

export const groupOf = (list, i) => (list.group[i] === -1 ? '' : groupWords(list.groups[list.group[i]]));
