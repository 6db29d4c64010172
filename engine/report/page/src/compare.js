// SPDX-License-Identifier: Apache-2.0
//
// The sheet that compares: where the provider stands among all of its specialty,
// in the nation and in its state, as PEPPER and the Comparative Billing Reports say it.
import { place } from './charts.js';
import { h, leftOut, panel } from './dom.js';
import { save } from './csv.js';
import { providerName, ruleLink } from './providers.js';
import { plainTable } from './table.js';
import { count, EM_FAMILIES, figure, unitOf, valueText } from './words.js';

const HIGH = 80;
const AREAS = [
	['nation', 'Nation', 'of its specialty in the nation'],
	['state', 'State', 'of its specialty in the state'],
	['peer', 'Peers', 'of its peer group'],
];

// A percentile, which PEPPER prints from eleven in numerator and denominator on.
function placeCell(percentile) {
	if (percentile === null) return h('span', { class: 'muted' }, '–');
	return [place(percentile), h('span', { class: 'part' }, figure(percentile))];
}

function marksCell(row, area, unit) {
	const high = row[`${area}_p80`];
	return high === null ? '–' : `${valueText(row[`${area}_p20`], unit)} – ${valueText(high, unit)}`;
}

function verdictCell(verdict) {
	if (!verdict || verdict === 'N/A') return h('span', { class: 'muted' }, 'N/A');
	return h('span', { class: verdict.startsWith('significantly') ? 'badge high' : 'badge' }, verdict);
}

function areaColumns([area, name, words], unit) {
	const percentile = {
		key: `${area}_percentile`,
		label: name,
		title: `Percentile: the share ${words} strictly lower; the ticks are the 20th and the 80th`,
		number: true,
		value: (row) => row[`${area}_percentile`],
		cell: (row) => placeCell(row[`${area}_percentile`]),
	};
	if (area === 'peer') return [percentile];
	return [
		percentile,
		{
			key: `${area}_p80`,
			label: '20th – 80th',
			title: `What 20 and 80 of a hundred ${words} are below`,
			number: true,
			value: (row) => row[`${area}_p80`],
			cell: (row) => marksCell(row, area, unit(row)),
		},
		{
			key: `${area}_verdict`,
			label: 'Verdict',
			title: `Against the others ${words}: chi-square of a rate, Welch's t of a mean, at 5 %`,
			value: (row) => row[`${area}_verdict`],
			cell: (row) => verdictCell(row[`${area}_verdict`]),
		},
	];
}

function sheet(run, rows) {
	const rule = (row) => run.ruleById.get(row.rule);
	const unit = (row) => unitOf(row, row.rule);
	return plainTable({
		caption: 'Compared with its specialty',
		rows,
		columns: [
			{
				key: 'rule',
				label: 'Measure',
				head: true,
				wide: true,
				value: (row) => `${row.rule} ${row.measure}`,
				cell: (row) => [
					rule(row) ? [ruleLink(rule(row)), ` ${rule(row).name}`] : row.rule,
					row.measure && h('span', { class: 'badge' }, EM_FAMILIES[row.measure] ?? row.measure),
				],
			},
			{
				key: 'value',
				label: 'This provider',
				number: true,
				value: (row) => row.value,
				cell: (row) => [
					h('strong', null, valueText(row.value, unit(row))),
					row.denominator !== null &&
						h(
							'small',
							null,
							row.numerator === null
								? ` of ${count(row.denominator)}`
								: ` ${count(row.numerator)} of ${count(row.denominator)}`,
						),
				],
			},
			...AREAS.flatMap((area) => areaColumns(area, unit)),
		],
	});
}

// Highest first: what one would write to the provider about.
const highest = (row) =>
	Math.max(row.nation_percentile ?? -1, row.state_percentile ?? -1, row.peer_percentile ?? -1);

export function comparison(run, i, full, columns) {
	if (full.compare.length === 0) return null;
	const rows = [...full.compare].sort((a, b) => highest(b) - highest(a));
	const high = rows.filter((row) => highest(row) >= HIGH);
	const others = rows.filter((row) => !high.includes(row));
	const exported = () =>
		save(`compare-${providerName(run.list, i)}.csv`.replace(/[^\w.-]/g, '_'), [
			columns,
			...rows.map((row) => columns.map((name) => row[name])),
		]);
	return panel(
		'Compared with its specialty',
		{
			id: 'compare',
			note: 'All of its specialty and kind in the nation and in its state, as PEPPER and the Comparative Billing Reports compare: a percentile takes 11 in numerator and denominator; the highest fifth stands out.',
			tools: h('button', { type: 'button', onclick: exported }, 'Export CSV'),
		},
		leftOut(run, 'the marks of the 20th and 80th, which may be one provider’s, and counts of 1 to 10.'),
		high.length > 0
			? sheet(run, high)
			: h('p', { class: 'empty' }, 'In nothing among the highest fifth of its specialty or its peers.'),
		others.length > 0 &&
			h(
				'details',
				null,
				h('summary', null, `${count(others.length)} more, not among the highest fifth`),
				sheet(run, others),
			),
	);
}
