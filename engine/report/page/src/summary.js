// SPDX-License-Identifier: Apache-2.0
//
// The morning's page: who to look at first, what was scanned, and how far it
// can be trusted.
import { bars, barsLegend, monthly } from './charts.js';
import { facts, h, leftOut, panel } from './dom.js';
import { leadTable, rowsOf } from './providers.js';
import { cents, compact, count, FAMILIES, percent, plural } from './words.js';

const LEADS_SHOWN = 15;
const WATCH_SHOWN = 25;

function headline(run) {
	const { totals } = run;
	if (run.list.size === 0) return ['No provider was read', 'The run has no provider with a line of service.'];
	if (totals.ranked === 0)
		return [
			'Providers were not ranked',
			'The run has no scores: rules that compare providers were left out.',
		];
	if (totals.leads === 0)
		return [
			'No provider stands out',
			'None has a rule flagged beside its peers with $5,000 at risk, nor a finding of PRV-01 or TIM-04. Below is the watch list: signs that say little each on their own.',
		];
	return [
		`${plural(totals.leads, 'provider')} to look at first`,
		`Of ${count(totals.providers)}. They are ordered by the dollars expected to stand, reckoned from how often findings of a kind do.`,
	];
}

function tiles(run) {
	const { totals, rules } = run;
	const judged = rules.filter((rule) => rule.state === 'on' || rule.state === 'watch').length;
	const tile = (value, name, note) =>
		h(
			'div',
			{ class: 'tile' },
			h('strong', null, value),
			h('span', null, name),
			note && h('small', null, note),
		);
	return h(
		'div',
		{ class: 'tiles' },
		tile(count(totals.leads), 'leads', `of ${plural(totals.providers, 'provider')}`),
		tile(cents(totals.dollars_expected), 'expected to stand', 'flagged dollars by how often they hold'),
		tile(cents(totals.dollars_flagged), 'flagged on lines', 'each line once, never over its amount'),
		tile(
			cents(totals[run.amount]),
			run.amount,
			run.amount === 'paid' ? 'in all that was scanned' : 'no paid amount in the data',
		),
		tile(count(totals.findings), 'findings', `by ${judged} of ${rules.length} rules`),
	);
}

function leads(run, go) {
	const rows = rowsOf(run.list, (i) => run.list.lead[i] === 1);
	if (rows.length === 0) return watchList(run, go);
	const table = leadTable(run, rows.slice(0, LEADS_SHOWN), 'Providers to look at first', go);
	const more =
		rows.length > LEADS_SHOWN &&
		h('p', { class: 'more' }, h('a', { href: '#/providers?show=leads' }, `All ${count(rows.length)} leads`));
	return panel('Look at first', { id: 'leads' }, table.element, more);
}

// Those whom watch rules flagged; most signs first.
function watchList(run, go) {
	const signs = (i) => run.list.flags.reduce((sum, marks) => sum + (marks?.[i] ?? 0), 0);
	const rows = rowsOf(run.list, (i) => run.list.watch[i] === 1).sort((a, b) => signs(b) - signs(a) || a - b);
	if (rows.length === 0)
		return panel(
			'Watch list',
			{ id: 'watch' },
			h('p', { class: 'empty' }, 'Empty too: no rule on watch flags anybody beside its peers.'),
		);
	const table = leadTable(run, rows.slice(0, WATCH_SHOWN), 'Watch list', go);
	return panel(
		'Watch list',
		{
			id: 'watch',
			note: `${plural(rows.length, 'provider')} flagged by rules on watch: counted, without dollars or score.`,
		},
		table.element,
		h('p', { class: 'more' }, h('a', { href: '#/providers?show=watch' }, 'All of the watch list')),
	);
}

function families(run) {
	const sums = new Map();
	for (const rule of run.rules.filter((one) => one.state === 'on' && one.dollars)) {
		const sum = sums.get(rule.family) ?? { name: rule.family, value: 0, part: 0 };
		sum.value += rule.dollars;
		sum.part += rule.unique_dollars ?? 0;
		sums.set(rule.family, sum);
	}
	const rows = [...sums.values()]
		.sort((a, b) => b.value - a.value)
		.map((row) => ({
			...row,
			words: FAMILIES[row.name] ?? row.name,
			title: `${row.name}: ${compact(row.value)} in all, ${compact(row.part)} on lines that no other rule hit`,
		}));
	if (rows.length === 0)
		return panel(
			'Dollars at risk by family',
			{},
			h('p', { class: 'empty' }, 'No rule that is on found dollars.'),
		);
	return panel(
		'Dollars at risk by family',
		{
			note: 'US dollars. Statistics of providers measure dollars above peers, on no line of their own; families overlap, so they do not add up.',
		},
		leftOut(run, 'dollars of rules whose hits are too few to be told.'),
		bars(rows, { label: 'Dollars at risk by family' }),
		barsLegend('on lines that one rule alone hit', 'all of the family'),
	);
}

const AMOUNTS = { charge: 2, allowed: 3, paid: 4 };

function months(run) {
	const rows = run.months.map((m) => ({
		month: m[0],
		value: m[AMOUNTS[run.amount]] / 100,
		peer: null,
		note: `${count(m[1])} lines`,
	}));
	if (rows.length === 0) return null;
	return panel(
		'By month of service',
		{ note: `Dollars ${run.amount}.` },
		leftOut(
			run,
			'months in which a provider has 1 to 10 lines, one more with them, and providers with few lines, claims or patients.',
		),
		monthly(rows, {
			unit: `$ ${run.amount}`,
			formatted: compact,
			label: `Dollars ${run.amount} by month: ${rows.map((r) => `${r.month} ${compact(r.value)}`).join('; ')}`,
		}),
	);
}

function scanned(run) {
	const quality = run.quality ?? {};
	const dates = Object.entries(quality.dates ?? {}).map(([type, d]) => [
		`Services, ${type}`,
		[
			`${d.first_service ?? '?'} to ${d.last_service ?? '?'}`,
			d.last_paid_or_received && h('small', null, ` paid or received to ${d.last_paid_or_received}`),
		],
	]);
	const sets = run.manifest?.code_sets ?? [];
	const partial = sets.filter((set) => set.partial);
	return panel(
		'What was scanned',
		{},
		facts([
			['Files', count(quality.files)],
			['Records', count(quality.records)],
			['Claims', count(quality.claims)],
			['Lines of service', count(quality.lines)],
			['Beneficiaries', quality.history ? count(quality.history.beneficiaries) : null],
			...dates,
			[
				'Dollars are',
				Object.entries(run.manifest?.rules?.dollars_of ?? {})
					.map(([type, basis]) => `${basis} (${type})`)
					.join(', ') || null,
			],
			[
				'Code sets',
				[
					`${count(sets.length)} `,
					partial.length > 0 &&
						h('small', { title: 'No code of these is called unknown' }, `${partial.length} of them partial`),
				],
			],
		]),
		h('p', { class: 'more' }, h('a', { href: '#/audit' }, 'Inputs, code sets and settings')),
	);
}

function trust(run) {
	const quality = run.quality;
	if (!quality)
		return panel('How good the data are', {}, h('p', { class: 'empty' }, 'quality.json could not be read.'));
	const bad = Object.values(quality.quarantined ?? {}).reduce((sum, one) => sum + one.count, 0);
	const fields = Object.entries(quality.fields ?? {});
	const invalid = fields.reduce((sum, [, field]) => sum + field.invalid, 0);
	const repaired = fields.reduce((sum, [, field]) => sum + field.repaired, 0);
	const idle = run.rules.filter((rule) => rule.state === 'not evaluable').length;
	return panel(
		'How good the data are',
		{},
		facts([
			[
				'Records used',
				[
					count(quality.used),
					h('small', null, ` ${percent(quality.records ? quality.used / quality.records : 1, 2)}`),
				],
			],
			['Quarantined', bad > 0 ? h('strong', { class: 'warn' }, count(bad)) : 'none'],
			['Cells that could not be read', count(invalid)],
			['Cells repaired', count(repaired)],
			['Adjustments matched', count(quality.adjustments?.matched)],
			['… without their original', count(quality.adjustments?.unmatched)],
			[
				'Rules that could not be judged',
				idle > 0 ? h('a', { href: '#/rules?state=not+evaluable' }, count(idle)) : 'none',
			],
		]),
		h('p', { class: 'more' }, h('a', { href: '#/quality' }, 'Every field')),
	);
}

export function summaryView(run, go) {
	const [title, words] = headline(run);
	return [
		h('h1', null, title),
		h('p', { class: 'lede' }, words),
		tiles(run),
		leads(run, go),
		h('div', { class: 'columns' }, families(run), months(run), scanned(run), trust(run)),
	];
}
