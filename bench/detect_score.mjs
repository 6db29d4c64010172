// SPDX-License-Identifier: Apache-2.0
//
// One year that was scanned, against its labels: how well leads and rank find
// what was planted, beside the paid amount, a plain z-score, and an isolation
// forest over the same measures.
//
//   node bench/detect_score.mjs YEAR RUN      prints one JSON object

import { readFileSync } from 'node:fs';

const [year, run] = process.argv.slice(2);
if (!run) {
	console.error('usage: detect_score.mjs YEAR RUN');
	process.exit(64);
}

// Cells of a CSV line; quotes as RFC 4180 has them.
function cells(line) {
	if (!line.includes('"')) return line.split(',');
	const found = [];
	let cell = '';
	let quoted = false;
	for (let i = 0; i < line.length; i++) {
		const at = line[i];
		if (quoted && at === '"' && line[i + 1] === '"') {
			cell += '"';
			i++;
		} else if (at === '"') quoted = !quoted;
		else if (at === ',' && !quoted) {
			found.push(cell);
			cell = '';
		} else cell += at;
	}
	found.push(cell);
	return found;
}

function table(path, take) {
	const lines = readFileSync(path, 'utf8').split('\n');
	const names = cells(lines[0]);
	for (let i = 1; i < lines.length; i++) {
		if (lines[i] === '') continue;
		const row = cells(lines[i]);
		take((name) => row[names.indexOf(name)]);
	}
}

// ---- What is known: labels, and what the run says of each provider. ----

const planted = new Map(); // npi -> schemes
const decoys = new Map();
table(`${year}/labels.csv`, (cell) => {
	const kind = cell('label') === 'planted' ? planted : decoys;
	if (!kind.has(cell('npi'))) kind.set(cell('npi'), new Set());
	kind.get(cell('npi')).add(cell('scheme'));
});

const providers = [];
const byNpi = new Map();
table(`${run}/providers.csv`, (cell) => {
	if (cell('rank') === '') return;
	const provider = {
		npi: cell('npi'),
		paid: Number(cell('paid')),
		lines: Number(cell('lines')),
		group: cell('peer_group').split('/').slice(0, 3).join('/'),
		rank: Number(cell('rank')),
		score: Number(cell('score')),
		lead: cell('lead') === '1',
		reasons: cell('top_reasons'),
		flags: 0,
		measures: new Map(),
	};
	providers.push(provider);
	byNpi.set(provider.npi, provider);
});

const on = new Set();
table(`${run}/rules.csv`, (cell) => cell('state') === 'on' && on.add(cell('rule')));
table(`${run}/provider_rules.csv`, (cell) => {
	const provider = byNpi.get(cell('npi'));
	if (!provider || !on.has(cell('rule'))) return;
	provider.flags += cell('flag') === '1' ? 1 : 0;
	const value = cell('value') === '' ? cell('rate') : cell('value');
	if (value !== '') provider.measures.set(`${cell('rule')} ${cell('measure')}`, Number(value));
});

// ---- Baselines over the same measures. ----

// The highest z of any measure: over all providers that have it.
function plainZ() {
	const sums = new Map();
	for (const { measures } of providers) {
		for (const [name, value] of measures) {
			const sum = sums.get(name) ?? { n: 0, x: 0, xx: 0 };
			sum.n++;
			sum.x += value;
			sum.xx += value * value;
			sums.set(name, sum);
		}
	}
	return providers.map(({ measures }) => {
		let most = 0;
		for (const [name, value] of measures) {
			const { n, x, xx } = sums.get(name);
			const spread = Math.sqrt(Math.max(0, xx / n - (x / n) ** 2));
			if (n >= 30 && spread > 0) most = Math.max(most, (value - x / n) / spread);
		}
		return most;
	});
}

// Isolation forest (Liu, Ting, Zhou 2008): 100 trees over samples of 256.
function isolationForest() {
	const names = [...new Set(providers.flatMap(({ measures }) => [...measures.keys()]))].sort();
	const points = providers.map(({ measures, paid, lines }) => [
		Math.log(1 + Math.max(0, paid)),
		Math.log(1 + lines),
		paid / Math.max(1, lines),
		...names.map((name) => measures.get(name) ?? 0),
	]);
	let state = 42n;
	const random = () => {
		state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
		return Number(state >> 11n) / 2 ** 53;
	};
	const usual = (n) => (n > 1 ? 2 * (Math.log(n - 1) + 0.5772156649) - (2 * (n - 1)) / n : 0);
	const size = Math.min(256, points.length);
	const deepest = Math.ceil(Math.log2(size));
	const grow = (sample, depth) => {
		if (sample.length <= 1 || depth >= deepest) return { size: sample.length };
		for (let tries = 0; tries < 20; tries++) {
			const at = Math.floor(random() * points[0].length);
			const values = sample.map((point) => point[at]);
			const low = Math.min(...values);
			const high = Math.max(...values);
			if (low === high) continue;
			const cut = low + random() * (high - low);
			return {
				at,
				cut,
				left: grow(sample.filter((point) => point[at] < cut), depth + 1),
				right: grow(sample.filter((point) => point[at] >= cut), depth + 1),
			};
		}
		return { size: sample.length };
	};
	const trees = [];
	for (let tree = 0; tree < 100; tree++) {
		const sample = [];
		for (let i = 0; i < size; i++) sample.push(points[Math.floor(random() * points.length)]);
		trees.push(grow(sample, 0));
	}
	const path = (point, node, depth) =>
		node.size !== undefined
			? depth + usual(node.size)
			: path(point, point[node.at] < node.cut ? node.left : node.right, depth + 1);
	return points.map((point) => {
		const mean = trees.reduce((sum, tree) => sum + path(point, tree, 0), 0) / trees.length;
		return 2 ** (-mean / usual(size));
	});
}

// ---- How good an order is. ----

// Ties: the expected precision of any order of the equal ones.
function judge(scores) {
	const order = providers
		.map((provider, i) => ({ score: scores[i], hit: planted.has(provider.npi) ? 1 : 0 }))
		.sort((a, b) => b.score - a.score);
	const all = order.reduce((sum, { hit }) => sum + hit, 0);
	const shares = [];
	for (let from = 0, to; from < order.length; from = to) {
		let hits = 0;
		for (to = from; to < order.length && order[to].score === order[from].score; to++) hits += order[to].hit;
		for (let i = from; i < to; i++) shares.push(hits / (to - from));
	}
	let found = 0;
	let sum = 0;
	const at = {};
	shares.forEach((share, i) => {
		found += share;
		sum += share * (found / (i + 1));
		if ([50, 100, 500].includes(i + 1)) at[i + 1] = found / (i + 1);
	});
	return { average: all > 0 ? sum / all : 0, at };
}

// As a reader goes down the list: leads by rank, then the others by rank.
const listed = [...providers].sort((a, b) => b.lead - a.lead || a.rank - b.rank);
const place = new Map(listed.map((provider, i) => [provider.npi, i]));

const share = (some, of) => (of.length > 0 ? some.length / of.length : 0);
const clean = providers.filter(({ npi }) => !planted.has(npi) && !decoys.has(npi));
const lawful = providers.filter(({ npi }) => decoys.has(npi) && !planted.has(npi));
const schemes = {};
for (const [npi, names] of planted) {
	for (const name of names) {
		schemes[name] ??= { planted: 0, leads: 0, flagged: 0 };
		schemes[name].planted++;
		schemes[name].leads += byNpi.get(npi)?.lead ? 1 : 0;
		schemes[name].flagged += byNpi.get(npi)?.flags > 0 ? 1 : 0;
	}
}
const told = ({ npi, rank, reasons }) => ({ npi, rank, labels: [...(decoys.get(npi) ?? [])], reasons });

console.log(
	JSON.stringify({
		providers: providers.length,
		planted: providers.filter(({ npi }) => planted.has(npi)).length,
		decoys: lawful.length,
		leads: providers.filter(({ lead }) => lead).length,
		orders: {
			claimscan: judge(providers.map(({ npi }) => -place.get(npi))),
			score: judge(providers.map(({ score }) => score)),
			paid: judge(providers.map(({ paid }) => paid)),
			z: judge(plainZ()),
			forest: judge(isolationForest()),
		},
		clean_leads: share(clean.filter(({ lead }) => lead), clean),
		clean_flagged: share(clean.filter(({ flags }) => flags > 0), clean),
		decoy_leads: share(lawful.filter(({ lead }) => lead), lawful),
		decoy_flagged: share(lawful.filter(({ flags }) => flags > 0), lawful),
		schemes,
		wrong: providers.filter(({ npi, lead }) => lead && !planted.has(npi)).map(told),
		missed: providers
			.filter(({ npi, lead }) => !lead && planted.has(npi))
			.map(({ npi, rank, score, flags, reasons }) => ({
				npi,
				schemes: [...planted.get(npi)],
				rank,
				score,
				flags,
				reasons,
			})),
	}),
);
