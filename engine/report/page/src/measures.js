// SPDX-License-Identifier: Apache-2.0
//
// The measures of a provider, each among its peers.
import { strip } from './charts.js';
import { h, leftOut, panel } from './dom.js';
import { save } from './csv.js';
import { plainTable } from './table.js';
import { groupOf, ruleLink } from './providers.js';
import {
	chance,
	count,
	dollars,
	EM_FAMILIES,
	figure,
	plural,
	unitOf,
	unitWords,
	valueText,
} from './words.js';

const hasPeers = (row) => row.value !== null && row.median !== null;

// Flagged ones first, then what found something, then by distance from the peers.
function weight(row) {
	return (
		(row.flag ? 1e9 : 0) +
		(row.hits > 0 && row.dollars > 0 ? 1e6 : 0) +
		(row.hits > 0 ? 1e4 : 0) +
		Math.min(Math.abs(row.z ?? 0), 1e3)
	);
}

function measureTable(run, rows, caption) {
	const rule = (row) => run.rules[row.rule];
	const unit = (row) => unitOf(row, rule(row).rule);
	return plainTable({
		caption,
		rows,
		columns: [
			{
				key: 'rule',
				label: 'Measure',
				head: true,
				wide: true,
				value: (row) => `${rule(row).rule} ${row.measure}`,
				cell: (row) => [
					ruleLink(rule(row)),
					` ${rule(row).name}`,
					row.measure && h('span', { class: 'badge' }, EM_FAMILIES[row.measure] ?? row.measure),
					row.flag ? h('span', { class: 'badge lead' }, 'flagged') : null,
					rule(row).state === 'watch' && h('span', { class: 'badge' }, 'watch'),
				],
			},
			{
				key: 'peers',
				label: 'Among its peers',
				value: (row) => row.peers,
				cell: (row) =>
					hasPeers(row)
						? strip(row, unit(row))
						: h('span', { class: 'muted' }, run.public ? 'left out' : 'not held against peers'),
			},
			{
				key: 'value',
				label: 'Value',
				number: true,
				value: (row) => row.value ?? row.rate,
				cell: (row) =>
					h(
						'strong',
						{ title: unitWords(unit(row)) },
						valueText(row.value ?? row.rate, row.value === null ? 'rate' : unit(row)),
					),
			},
			{
				key: 'median',
				label: 'Median',
				title: 'Of the peers',
				number: true,
				value: (row) => row.median,
				cell: (row) => (hasPeers(row) ? valueText(row.median, unit(row)) : '–'),
			},
			{
				key: 'p90',
				label: 'P90',
				title: '90th percentile of the peers',
				number: true,
				value: (row) => row.p90,
				cell: (row) => (hasPeers(row) ? valueText(row.p90, unit(row)) : '–'),
			},
			{
				key: 'z',
				label: 'z',
				title: 'Robust z: distance from the median in deviations',
				number: true,
				value: (row) => row.z,
				cell: (row) => figure(row.z),
			},
			{
				key: 'q',
				label: 'q',
				title: 'Share of false flags to expect at this level (Benjamini-Hochberg)',
				number: true,
				value: (row) => row.q,
				cell: (row) => chance(row.q),
			},
			{
				key: 'hits',
				label: 'Hits',
				title: 'Of what was judged',
				number: true,
				value: (row) => row.hits,
				cell: (row) => [count(row.hits), h('small', null, ` of ${count(row.evaluated)}`)],
			},
			{
				key: 'dollars',
				label: 'Dollars',
				number: true,
				value: (row) => row.dollars,
				cell: (row) => dollars(row.dollars),
			},
		],
	});
}

export function measures(run, full) {
	const rows = [...full.rules].sort((a, b) => weight(b) - weight(a));
	const isRate = (row) => unitOf(row, run.rules[row.rule].rule) === 'rate';
	const telling = rows.filter(
		(row) =>
			row.flag ||
			row.dollars > 0 ||
			(row.hits > 0 && (row.z === null || row.z >= 2)) ||
			(row.z >= 3.5 && !isRate(row)),
	);
	const others = rows.filter((row) => !telling.includes(row));
	const exported = () =>
		save('measures.csv', [
			[
				'rule',
				'measure',
				'flag',
				'direction',
				'evaluated',
				'hits',
				'rate',
				'value',
				'peer_n',
				'peer_median',
				'peer_p80',
				'peer_p90',
				'z',
				'p',
				'q',
				'percentile',
				'dollars',
			],
			...rows.map((row) => [
				run.rules[row.rule].rule,
				row.measure,
				row.flag,
				row.direction,
				row.evaluated,
				row.hits,
				row.rate,
				row.value,
				row.peers,
				row.median,
				row.p80,
				row.p90,
				row.z,
				row.p,
				row.q,
				row.percentile,
				row.dollars,
			]),
		]);
	const peers = groupOf(run.list, full.row);
	return panel(
		'Against its peers',
		{
			note: [
				peers && `Peers: ${peers}. `,
				'Grey columns: how many peers lie where (height by square root); ',
				h('span', { class: 'mark median', 'aria-hidden': 'true' }),
				'their median, ',
				h('span', { class: 'mark p90', 'aria-hidden': 'true' }),
				'their 90th percentile, ◆ this provider (▶ beyond the scale). A box is the middle half of the peers.',
			],
			tools: h('button', { type: 'button', onclick: exported }, 'Export CSV'),
		},
		leftOut(
			run,
			'what the peers are like, which may be one provider’s figure, and rules of 1 to 10 hits, judged or not hit, with one more.',
		),
		telling.length > 0
			? h('div', { class: 'measures' }, measureTable(run, telling, 'Measures that tell'))
			: h(
					'p',
					{ class: 'empty' },
					run.public
						? 'Of what is told here no measure is flagged, and no rule found anything.'
						: 'No measure is flagged, and no rule found anything.',
				),
		others.length > 0 &&
			h(
				'details',
				null,
				h(
					'summary',
					null,
					`${plural(others.length, 'measure')} that ${others.length === 1 ? 'tells' : 'tell'} nothing of it`,
				),
				h('div', { class: 'measures' }, measureTable(run, others, 'Other measures')),
			),
	);
}
