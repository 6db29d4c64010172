// SPDX-License-Identifier: Apache-2.0
//
// What a provider bills, beside its peers: levels, months, codes, modifiers, places.
import { levels, levelsLegend, monthly, share } from './charts.js';
import { h, leftOut, panel } from './dom.js';
import { save } from './csv.js';
import { plainTable } from './table.js';
import { compact, count, dollars, EM_FAMILIES, figure, percent, PLACES } from './words.js';

const ofKind = (full, kind) => full.counts.filter((row) => row[0] === kind);
const AMOUNTS = { charge: 4, allowed: 5, paid: 6 };

export function emPanel(run, full, peers) {
	const families = new Map();
	for (const [, key, lines] of ofKind(full, 'em')) {
		const cut = key.lastIndexOf('_');
		const family = key.slice(0, cut);
		if (!families.has(family)) families.set(family, []);
		families.get(family).push({ level: key.slice(cut + 1), lines });
	}
	if (families.size === 0) return null;
	const figures = [...families]
		.sort((a, b) => sum(b[1]) - sum(a[1]))
		.map(([family, own]) => emFigure(family, own, peers));
	return panel(
		'E/M levels',
		{
			note: `Share of services at each level, within its family${full.levelsOfCodes ? ', by the codes that are told' : ''}.`,
		},
		leftOut(
			run,
			'levels of 1 to 10 lines, of the provider and of each peer, and one more code with them: shares are of what is told.',
		),
		h('div', { class: 'figures' }, figures),
		levelsLegend(),
	);
}

const sum = (rows) => rows.reduce((total, row) => total + (row.lines ?? 0), 0);

// The peers without the provider: what the group has, less its own.
function emFigure(family, own, peers) {
	const others = new Map();
	for (const [key, sums] of peers ?? [])
		if (key.startsWith(`em ${family}_`)) others.set(key.slice(4 + family.length), sums.lines);
	for (const row of own) if (others.has(row.level)) others.set(row.level, others.get(row.level) - row.lines);
	const total = sum(own);
	const ofPeers = [...others.values()].reduce((a, b) => a + b, 0);
	const names = [...new Set([...own.map((row) => row.level), ...others.keys()])].sort();
	const rows = names.map((level) => {
		const lines = own.find((row) => row.level === level)?.lines ?? 0;
		return {
			level,
			lines,
			own: total ? lines / total : 0,
			peer: ofPeers > 0 ? (others.get(level) ?? 0) / ofPeers : null,
		};
	});
	return levels(`${EM_FAMILIES[family] ?? family} (${count(total)})`, rows);
}

export function monthPanel(run, full, peers, size) {
	const rows = ofKind(full, 'month').map((row) => {
		const group = peers?.get(`month ${row[1]}`);
		const value = row[AMOUNTS[run.amount]];
		return {
			month: row[1],
			value,
			note: `${count(row[2])} lines`,
			peer: group && size > 1 ? (group.amount / 100 - value) / (size - 1) : null,
		};
	});
	if (rows.length === 0) return null;
	return panel(
		'By month of service',
		{ note: `Dollars ${run.amount}.` },
		leftOut(run, 'months of 1 to 10 lines, and one more with them; the peers’ too.'),
		monthly(rows, {
			unit: `$ ${run.amount}`,
			formatted: compact,
			label: `Dollars ${run.amount} by month: ${rows.map((r) => `${r.month} ${compact(r.value)}`).join('; ')}`,
			peers: rows.some((r) => r.peer !== null) && 'a peer, on average',
		}),
	);
}

const groupLines = (peers) =>
	[...(peers ?? [])].reduce((total, [key, sums]) => total + (key.startsWith('month ') ? sums.lines : 0), 0);

function shareTable(caption, label, rows) {
	return plainTable({
		caption,
		rows,
		columns: [
			{
				key: label.toLowerCase(),
				label,
				head: true,
				wide: rows.some((row) => row.words),
				value: (row) => row.name,
				cell: (row) => [h('code', null, row.name), row.words && ` ${row.words}`],
			},
			{
				key: 'lines',
				label: 'Lines',
				number: true,
				value: (row) => row.lines,
				cell: (row) => count(row.lines),
			},
			{
				key: 'share',
				label: 'Share of its lines',
				number: true,
				value: (row) => row.own,
				cell: (row) => [share(row.own, row.peer), h('span', { class: 'part' }, percent(row.own))],
			},
			{
				key: 'peers',
				label: 'Peers',
				number: true,
				title: 'Share of the peers’ lines',
				value: (row) => row.peer,
				cell: (row) => percent(row.peer),
			},
			{
				key: 'ratio',
				label: 'Ratio',
				number: true,
				value: (row) => (row.peer ? row.own / row.peer : null),
				cell: (row) => (row.peer ? `${figure(row.own / row.peer)} ×` : row.peer === 0 ? 'only it' : '–'),
			},
			...(rows.some((row) => row.amount !== undefined)
				? [
						{
							key: 'amount',
							label: 'Dollars',
							number: true,
							value: (row) => row.amount,
							cell: (row) => dollars(row.amount),
						},
					]
				: []),
		],
	});
}

// name, lines -> with its share and that of the peers, whose lines are all of the group's but its own.
function withShares(rows, total, peers, peerTotal, key) {
	return rows.map((row) => {
		const group = peers?.get(key(row.name))?.lines ?? 0;
		return {
			...row,
			own: total ? row.lines / total : 0,
			peer: peerTotal > 0 ? Math.max(group - row.lines, 0) / peerTotal : null,
		};
	});
}

export function mixPanels(run, i, full, peers, codes) {
	const total = run.list.lines[i];
	const peerTotal = groupLines(peers) - total;
	const ofCodes = withShares(
		full.codes.map((row) => ({
			name: row[0],
			words: row[6],
			lines: row[1],
			amount: row[AMOUNTS[run.amount] - 1],
		})),
		total,
		codes,
		peerTotal,
		(name) => name,
	);
	const ofModifiers = withShares(
		ofKind(full, 'modifier').map((row) => ({ name: row[1], lines: row[2] })),
		total,
		peers,
		peerTotal,
		(name) => `modifier ${name}`,
	);
	const ofPlaces = withShares(
		ofKind(full, 'pos').map((row) => ({ name: row[1], words: PLACES[row[1]], lines: row[2] })),
		total,
		peers,
		peerTotal,
		(name) => `pos ${name}`,
	);
	const cut = (rows) => rows.sort((a, b) => b.lines - a.lines).slice(0, 10);
	return [
		ofCodes.length > 0 &&
			panel(
				'Codes of most dollars',
				{
					note: 'The tick on a bar is the peers’ share.',
					tools: h(
						'button',
						{
							type: 'button',
							onclick: () =>
								save('codes.csv', [
									['code', 'description', 'lines', 'share', 'peer_share', run.amount],
									...ofCodes.map((row) => [row.name, row.words, row.lines, row.own, row.peer, row.amount]),
								]),
						},
						'Export CSV',
					),
				},
				leftOut(run, 'codes of 1 to 10 lines or units, and one more with them; the peers’ too.'),
				shareTable('Codes of most dollars', 'Code', ofCodes),
			),
		(ofModifiers.length > 0 || ofPlaces.length > 0) &&
			panel(
				'Modifiers and places of service',
				{},
				leftOut(run, 'rows of 1 to 10 lines or units, and one more with them; the peers’ too.'),
				ofModifiers.length > 0 && shareTable('Modifiers', 'Modifier', cut(ofModifiers)),
				ofPlaces.length > 0 && shareTable('Places of service', 'Place', cut(ofPlaces)),
			),
	];
}
