// SPDX-License-Identifier: Apache-2.0
//
// The rules: what each found, what it costs, whom it shares with others, and
// why some could not be judged.
import { facts, h, leftOut, panel } from './dom.js';
import { save } from './csv.js';
import { leadTable, rowsOf } from './providers.js';
import { Table } from './table.js';
import { count, dollars, FAMILIES, figure, percent, plural, STATES } from './words.js';

const stateBadge = (rule) => h('span', { class: rule.state === 'on' ? 'badge on' : 'badge' }, rule.state);

const SHORT = ['rule', 'name', 'family', 'state', 'in_scope', 'reason']; // of what was not judged

function rulesTable(run, rules, go, judged) {
	const table = {
		caption: 'Rules',
		rows: rules,
		sort: judged ? 'dollars' : 'rule',
		descending: judged,
		open: (rule) => go(`#/rules/${rule.rule}`),
		tall: true,
		columns: [
			{
				key: 'rule',
				label: 'Rule',
				head: true,
				value: (r) => r.rule,
				cell: (r) => h('a', { href: `#/rules/${r.rule}`, tabindex: -1, class: 'rule-id' }, r.rule),
			},
			{ key: 'name', label: 'Name', wide: true, value: (r) => r.name },
			{ key: 'family', label: 'Family', hidden: true, value: (r) => r.family },
			{ key: 'state', label: 'State', value: (r) => r.state, cell: stateBadge },
			{
				key: 'in_scope',
				label: 'In scope',
				number: true,
				hidden: judged,
				title: 'Units of the kind the rule is about',
				value: (r) => r.in_scope,
				cell: (r) => count(r.in_scope),
			},
			{ key: 'hits', label: 'Hits', number: true, value: (r) => r.hits, cell: (r) => count(r.hits) },
			{
				key: 'evaluated',
				label: 'Judged',
				number: true,
				title: 'Units that could be judged',
				value: (r) => r.evaluated,
				cell: (r) => count(r.evaluated),
			},
			{ key: 'rate', label: 'Rate', number: true, value: (r) => r.rate, cell: (r) => percent(r.rate, 3) },
			{
				key: 'not_evaluable',
				label: 'Not judged',
				number: true,
				title: 'In scope, but without a field, table or date',
				value: (r) => r.not_evaluable,
				cell: (r) => count(r.not_evaluable),
			},
			{
				key: 'providers',
				label: 'Providers',
				number: true,
				value: (r) => r.providers,
				cell: (r) => count(r.providers),
			},
			{
				key: 'dollars',
				label: 'Dollars',
				number: true,
				value: (r) => r.dollars,
				cell: (r) => dollars(r.dollars),
			},
			{
				key: 'unique_dollars',
				label: 'Alone',
				number: true,
				title: 'Dollars of lines that no other rule hit',
				value: (r) => r.unique_dollars,
				cell: (r) => dollars(r.unique_dollars),
			},
			{
				key: 'ns_per_line',
				label: 'Cost',
				number: true,
				title: 'Nanoseconds a line',
				value: (r) => r.ns_per_line,
				cell: (r) => (r.ns_per_line === null ? '–' : `${figure(r.ns_per_line)} ns`),
			},
			{
				key: 'reason',
				label: judged ? 'Note' : 'Why',
				wide: true,
				value: (r) => r.reason,
				cell: (r) => h('span', { title: r.reason }, r.reason),
			},
		],
	};
	if (!judged) table.columns = table.columns.filter((column) => SHORT.includes(column.key));
	return new Table(table);
}

/* ---- Providers in common. ---- */

const MATRIX = 24;

function overlapOf(run) {
	const own = new Map();
	const both = new Map();
	for (const [a, b, n] of run.overlap) {
		if (a === b) own.set(a, n);
		else both.set(`${a} ${b}`, n);
	}
	return (a, b) => {
		const shared = a === b ? (own.get(a) ?? 0) : (both.get(a < b ? `${a} ${b}` : `${b} ${a}`) ?? 0);
		const union = (own.get(a) ?? 0) + (own.get(b) ?? 0) - shared;
		return { shared, jaccard: union > 0 ? shared / union : 0, ofA: own.get(a) ? shared / own.get(a) : 0 };
	};
}

function matrix(run) {
	const overlap = overlapOf(run);
	const rules = run.rules
		.filter((rule) => rule.hits > 0 && overlap(rule.index, rule.index).shared > 0)
		.sort((a, b) => (b.dollars ?? 0) - (a.dollars ?? 0))
		.slice(0, MATRIX);
	if (rules.length < 2) return null;
	const cellText = (part) => (part < 0.005 ? '<1' : Math.round(100 * part));
	const step = (share) => Math.min(8, Math.ceil(share * 8));
	return panel(
		'Providers in common',
		{
			note: 'Of the providers that the rule of the row hit, the percentage that the rule of the column hit too. The rules of most dollars.',
		},
		leftOut(run, 'providers whose hits are 1 to 10, and others with them: none of theirs is counted here.'),
		h(
			'div',
			{ class: 'scroll' },
			h(
				'table',
				{ class: 'matrix' },
				h('caption', { class: 'offscreen' }, 'Share of providers in common'),
				h(
					'thead',
					null,
					h(
						'tr',
						null,
						h('td'),
						rules.map((rule) => h('th', { scope: 'col' }, h('span', null, rule.rule))),
					),
				),
				h(
					'tbody',
					null,
					rules.map((a) =>
						h(
							'tr',
							null,
							h('th', { scope: 'row', title: a.name }, h('a', { href: `#/rules/${a.rule}` }, a.rule)),
							rules.map((b) => {
								const { shared, ofA } = overlap(a.index, b.index);
								return h(
									'td',
									{
										class: a === b ? 'self' : `heat${step(ofA)}`,
										title: `${a.rule} and ${b.rule}: ${plural(shared, 'provider')}, ${percent(ofA)} of ${a.rule}'s`,
									},
									a === b ? '' : ofA > 0 ? cellText(ofA) : '',
								);
							}),
						),
					),
				),
			),
		),
	);
}

export function rulesView(run, go, query) {
	const wanted = query.get('state') ?? '';
	const states = Object.keys(STATES).filter((state) => run.rules.some((rule) => rule.state === state));
	const rules = run.rules.filter((rule) => !wanted || rule.state === wanted);
	const judged = !wanted || wanted === 'on' || wanted === 'watch';
	const table = rulesTable(run, rules, go, judged);
	const chip = (state, words, n) =>
		h(
			'a',
			{
				class: state === wanted ? 'chip chosen' : 'chip',
				href: state ? `#/rules?state=${encodeURIComponent(state)}` : '#/rules',
				'aria-current': state === wanted ? 'true' : null,
				title: STATES[state],
			},
			`${words} (${count(n)})`,
		);
	const view = [
		h('h1', null, 'Rules'),
		h(
			'nav',
			{ class: 'chips', 'aria-label': 'Rules by state' },
			chip('', 'all', run.rules.length),
			states.map((state) => chip(state, state, run.rules.filter((rule) => rule.state === state).length)),
		),
		panel(
			judged ? 'By dollars' : 'By id',
			{
				note: wanted
					? `${wanted}: ${STATES[wanted] ?? ''}`
					: 'Dollars of a rule are never more than its lines have; rules overlap, and “alone” are those of lines that no other hit.',
				tools: h(
					'button',
					{ type: 'button', onclick: () => save('rules.csv', table.exported()) },
					'Export CSV',
				),
			},
			table.element,
		),
		!wanted && matrix(run),
	];
	view.print = (on) => table.print(on);
	return view;
}

export function ruleView(run, go, id) {
	const rule = run.ruleById.get(id);
	if (!rule)
		return [
			h('h1', null, 'No such rule'),
			h('p', { class: 'lede' }, h('a', { href: '#/rules' }, 'All rules')),
		];
	const { list } = run;
	const rows = rowsOf(list, (i) => list.hits[rule.index]?.[i] || list.flags[rule.index]?.[i]);
	const overlap = overlapOf(run);
	const others = run.rules
		.filter((other) => other !== rule)
		.map((other) => ({ other, ...overlap(rule.index, other.index) }))
		.filter((row) => row.shared > 0)
		.sort((a, b) => b.jaccard - a.jaccard)
		.slice(0, 12);
	return [
		h('nav', { class: 'steps' }, h('a', { class: 'step', href: '#/rules', 'data-back': true }, '↑ Rules')),
		h('h1', null, `${rule.rule} `, rule.name, ' ', stateBadge(rule)),
		h(
			'p',
			{ class: 'lede' },
			[
				FAMILIES[rule.family] ?? rule.family,
				`priority ${rule.tier}`,
				`looks at: ${rule.scope}`,
				STATES[rule.state],
			].join(' · '),
		),
		panel(
			'What it did',
			{},
			facts([
				['In scope', count(rule.in_scope)],
				['Judged', count(rule.evaluated)],
				['Not judged', count(rule.not_evaluable)],
				['Hits', count(rule.hits)],
				['A hit is', rule.hit_unit],
				['Rate', percent(rule.rate, 3)],
				['Providers', count(rule.providers)],
				['Dollars', dollars(rule.dollars)],
				['… on lines it alone hit', dollars(rule.unique_dollars)],
				['Cost', rule.ns_per_line === null ? null : `${figure(rule.ns_per_line)} ns a line`],
				['Why', rule.reason || null],
			]),
			h(
				'p',
				{ class: 'note' },
				'Definition, traps and authority: ',
				h('code', null, `claimscan rules explain ${rule.rule}`),
			),
		),
		rows.length > 0 &&
			panel(
				'Providers with hits',
				{
					note: rows.length > 50 ? `The first 50 of ${count(rows.length)} by rank.` : null,
					tools: h('a', { href: `#/providers?rule=${rule.rule}` }, 'All, with filters'),
				},
				leadTable(run, rows.slice(0, 50), `Providers with hits of ${rule.rule}`, go).element,
			),
		others.length > 0 &&
			panel(
				'Rules that hit the same providers',
				{},
				new Table({
					caption: 'Rules in common',
					rows: others,
					columns: [
						{
							key: 'rule',
							label: 'Rule',
							head: true,
							wide: true,
							value: (r) => r.other.rule,
							cell: (r) => [
								h('a', { href: `#/rules/${r.other.rule}`, class: 'rule-id' }, r.other.rule),
								` ${r.other.name}`,
							],
						},
						{
							key: 'providers',
							label: 'Providers in common',
							number: true,
							value: (r) => r.shared,
							cell: (r) => count(r.shared),
						},
						{
							key: 'share',
							label: `Of those of ${rule.rule}`,
							number: true,
							value: (r) => r.ofA,
							cell: (r) => percent(r.ofA),
						},
						{
							key: 'jaccard',
							label: 'Of both together',
							number: true,
							value: (r) => r.jaccard,
							cell: (r) => percent(r.jaccard),
						},
					],
				}).element,
			),
	];
}
