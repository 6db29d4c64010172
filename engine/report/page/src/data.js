// SPDX-License-Identifier: Apache-2.0
//
// The three blocks that the engine laid into the page: base64 of deflated JSON.
// Texts of the run are data from here to the DOM: they only ever become text.

function bytesOf(id) {
	const text = document.getElementById(id).textContent.trim();
	if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
	return bytes;
}

async function block(id) {
	const stream = new Blob([bytesOf(id)]).stream().pipeThrough(new DecompressionStream('deflate'));
	return new Response(stream).json();
}

// JSON of a file that may be damaged: null then, which the page says.
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

// Rows by their distance from the one before -> a set of rows as bits.
function bits(distances, rows) {
	const set = new Uint8Array(rows);
	let row = 0;
	for (let i = 0; i < distances.length; i++) {
		row += distances[i];
		set[row] = 1;
	}
	return set;
}

const number = (text) => (text === '' ? null : Number(text));

function ruleOf(columns, cells, index) {
	const rule = { index };
	columns.forEach((name, i) => (rule[name] = cells[i]));
	for (const name of [
		'in_scope',
		'evaluated',
		'not_evaluable',
		'hits',
		'providers',
		'dollars',
		'unique_dollars',
		'ns_per_line',
	])
		rule[name] = number(rule[name] ?? '');
	rule.rate = rule.evaluated ? rule.hits / rule.evaluated : null;
	return rule;
}

function listOf(block, rules) {
	const list = { ...block, size: block.rows };
	list.id = block.id.map(String);
	let rank = 0;
	list.rank = block.rank.map((step) => (step === null ? null : (rank += step)));
	list.hits = block.hits.map((distances) => bits(distances, block.rows));
	list.flags = block.flags.map((distances) => bits(distances, block.rows));
	list.watch = new Uint8Array(block.rows);
	rules.forEach((rule, r) => {
		const marks = rule.state === 'watch' && list.flags[r];
		for (let i = 0; marks && i < list.size; i++) list.watch[i] |= marks[i];
	});
	return list;
}

export async function readRun() {
	const [run, table] = await Promise.all([block('data-run'), block('data-list')]);
	const rules = run.rules.rows.map((cells, i) => ruleOf(run.rules.columns, cells, i));
	return {
		manifest: parsed(run.manifest),
		manifestText: run.manifest,
		quality: parsed(run.quality),
		qualityText: run.quality,
		rules,
		ruleById: new Map(rules.map((rule) => [rule.rule, rule])),
		totals: run.totals,
		amount: run.amount,
		months: run.months.sort((a, b) => (a[0] < b[0] ? -1 : 1)),
		overlap: run.overlap,
		list: listOf(table, rules),
		public: parsed(run.manifest)?.public === true,
	};
}

const RULE_COLUMNS = [
	'rule',
	'measure',
	'flag',
	'direction',
	'evaluated',
	'hits',
	'rate',
	'value',
	'shrunk',
	'wilson',
	'peers',
	'median',
	'mad',
	'p80',
	'p90',
	'z',
	'p',
	'q',
	'percentile',
	'dollars',
	'samples',
	'shapeOfEntity',
	'shapeOfKind',
	'shapeOfNation',
	'shapeOfRegion',
	'shapeOfState',
];
const FINDING_COLUMNS = [
	'kind',
	'severity',
	'claim',
	'line',
	'person',
	'date',
	'code',
	'modifiers',
	'units',
	'amount',
	'otherClaim',
	'otherLine',
	'detail',
	'dollars',
	'authority',
];
const PULL_COLUMNS = [
	'frame',
	'frameSize',
	'sampleSize',
	'seed',
	'stratum',
	'order',
	'claim',
	'line',
	'amount',
	'reason',
];
export const COMPARE_COLUMNS = [
	'rule',
	'measure',
	'value',
	'numerator',
	'denominator',
	'nation_n',
	'nation_percentile',
	'nation_p20',
	'nation_p80',
	'nation_statistic',
	'nation_verdict',
	'state_n',
	'state_percentile',
	'state_p20',
	'state_p80',
	'state_statistic',
	'state_verdict',
	'peer_n',
	'peer_percentile',
	'peer_p80',
];
const FACTS = [
	'units',
	'charge',
	'allowed',
	'paid',
	'evaluable',
	'peers',
	'classRank',
	'first',
	'last',
	'reasons',
];

const named = (columns) => (cells) => Object.fromEntries(columns.map((name, i) => [name, cells[i]]));

// Of a measure's groups the one that it was held against: by the number of peers.
function shapeOf(row, shapes) {
	for (const at of [
		row.shapeOfState,
		row.shapeOfRegion,
		row.shapeOfNation,
		row.shapeOfKind,
		row.shapeOfEntity,
	]) {
		const shape = at === -1 ? null : shapes[at];
		if (shape && shape[0] === row.peers + 1 && shape[2] > shape[1])
			return { lo: shape[1], hi: shape[2], bins: shape[3] };
	}
	return null;
}

function compareOf(cells) {
	const row = named(COMPARE_COLUMNS)(cells);
	return { ...row, rate: row.numerator !== null && row.denominator ? row.numerator / row.denominator : null };
}

function fullOf(entry, shapes) {
	const facts = named(FACTS)(entry.facts[0] ?? []);
	const rules = entry.rules.map(named(RULE_COLUMNS));
	for (const row of rules) row.shape = shapeOf(row, shapes);
	return {
		row: entry.row,
		...facts,
		rules,
		counts: [...entry.counts, ...entry.levels],
		levelsOfCodes: entry.levels.length > 0,
		compare: entry.compare.map(compareOf),
		codes: entry.codes,
		worklist: entry.worklist.map(named(PULL_COLUMNS)),
		findings: entry.findings.map(([rule, seen, rows]) => ({
			rule,
			seen,
			rows: rows.map(named(FINDING_COLUMNS)),
		})),
	};
}

// Sums of groups: by group, then by kind and key.
function byGroup(rows) {
	const groups = new Map();
	for (const row of rows) {
		const [group, ...rest] = row;
		if (!groups.has(group)) groups.set(group, new Map());
		const amount = rest.pop();
		const lines = rest.pop();
		groups.get(group).set(rest.join(' '), { lines, amount });
	}
	return groups;
}

let full;

// Those in full are unpacked when the first of them is opened.
export function readFull() {
	full ??= block('data-full').then((data) => ({
		providers: new Map(data.providers.map((entry) => [entry.row, entry])),
		open: (row) => {
			const entry = data.providers.find((one) => one.row === row);
			return entry ? fullOf(entry, data.shapes) : null;
		},
		peers: byGroup(data.peers),
		peerCodes: byGroup(data.peer_codes),
		groupSizes: data.group_sizes,
	}));
	return full;
}
