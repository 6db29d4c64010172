// SPDX-License-Identifier: Apache-2.0
//
// Statistics reckoned a second time, from the printed counts of a run and the
// definitions alone: groups, medians, MAD, percentiles, z, Wilson, shrinkage,
// p, q, score, rank.  Nothing is shared with the program but its output.
//
//   node stats.mjs RUN_DIRECTORY [LABELS]
//
// Months are gross in the printed counts: of providers that LABELS says have replaced
// or voided claims no sums over months are reckoned.  Prints "ok NAME" or "not ok NAME" a line, as the other tests do.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const run = process.argv[2];
const MIN = 30, LEAST = 11, Z95 = 1.959963984540054;

// ---- Reading ----

function cellsOf(text) {
	const rows = [];
	let row = [], cell = '', quoted = false;

	for (let i = 0; i < text.length; i++) {
		const c = text[i];

		if (quoted && c === '"' && text[i + 1] === '"') cell += text[++i];
		else if (c === '"') quoted = !quoted;
		else if (c === ',' && !quoted) row.push(cell), (cell = '');
		else if (c === '\n' && !quoted) row.push(cell), rows.push(row), (row = []), (cell = '');
		else cell += c;
	}
	return rows;
}

function table(name) {
	const [header, ...rows] = cellsOf(readFileSync(join(run, name), 'utf8'));

	return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
}

// ---- Distributions ----

// The upper tail of a normal: by its series near 0, by Lentz's fraction beyond.
function normalUpper(z) {
	if (z < 0) return 1 - normalUpper(-z);
	if (z < 3) {
		let term = z, sum = z;

		for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 500; n++) {
			term *= (-z * z) / (2 * n);
			sum += term / (2 * n + 1);
		}
		return 0.5 - sum / Math.sqrt(2 * Math.PI);
	}
	let fraction = z;

	for (let n = 400; n > 0; n--) fraction = z + n / fraction;
	return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

// ---- Samples ----

const ascending = (a, b) => a - b;

function quantile(sorted, p) {
	const place = (sorted.length - 1) * p, below = Math.floor(place);

	if (below + 1 >= sorted.length) return sorted[below];
	return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
}

function scaleOf(others, median) {
	const deviations = others.map((v) => Math.abs(v - median)).sort(ascending);
	const mad = quantile(deviations, 0.5);
	const spread = quantile(others, 0.75) - quantile(others, 0.25);

	if (mad > 0) return [mad, mad / 0.6744897501960817];
	if (spread > 0) return [mad, spread / 1.34898];
	return [mad, (1.2533 * deviations.reduce((a, b) => a + b, 0)) / deviations.length];
}

// A value beside the others' values, itself left out.
function beside(values, at) {
	const others = values.filter((_, i) => i !== at).sort(ascending);
	const median = quantile(others, 0.5), [mad, scale] = scaleOf(others, median);

	return {
		median, mad, scale,
		p80: quantile(others, 0.8),
		p90: quantile(others, 0.9),
		z: scale > 0 ? (values[at] - median) / scale : NaN,
		percentile: (100 * values.filter((v) => v < values[at]).length) / values.length,
	};
}

// ---- Groups ----

const kinds = ['01 08 11 37 38 84', '03 06 07 10 13 29 39 44 46 66 79 81 82 83 90 98',
	'02 04 14 16 18 20 24 28 33 34 40 48 76 77 78 85 91', '05 22 30 36 43 71 92 93 94 C0 C6',
	'15 25 65 67 35 64 41', '26 27 62 68 80 86', '51 52 53 54 55 56 57 58 87 A5 A6 A7 A8'];
const regions = ['CT ME MA NH RI VT NJ NY PA', 'IL IN MI OH WI IA KS MN MO NE ND SD',
	'DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX', 'AZ CO ID MT NV NM UT WY AK CA HI OR WA',
	'PR VI GU AS MP'];
const placeIn = (lists, word) => lists.findIndex((list) => list.split(' ').includes(word));

const providers = new Map();

for (const row of table('providers.csv')) {
	if (row.peer_group === '') continue;
	const [, entity, setting] = row.peer_group.split('/');
	const kind = placeIn(kinds, row.specialty);
	const base = `${entity}/${setting}`;

	providers.set(`${row.npi},${row.id_kind}`, {
		row,
		keys: [
			{ key: `${base}/${row.specialty}/${row.state}`, named: row.state !== '' },
			{ key: `${base}/${row.specialty}/r${placeIn(regions, row.state)}`, named: placeIn(regions, row.state) >= 0 },
			{ key: `${base}/${row.specialty}`, named: true },
			{ key: `${base}/${kind >= 0 ? `k${kind}` : row.specialty}`, named: kind >= 0 },
			{ key: entity, named: entity === 'person' || entity === 'organisation' },
		],
	});
}

// Which level of its groups a sample is compared in, and with whom; the widest for hits of lines alone.
function groupsOf(samples, isHits) {
	const members = new Map();

	for (const sample of samples)
		sample.provider.keys.forEach(({ key }, level) => {
			const name = `${level}:${key}`;

			if (!members.has(name)) members.set(name, []);
			members.get(name).push(sample);
		});
	for (const sample of samples) {
		const keys = sample.provider.keys.map(({ key }, level) => members.get(`${level}:${key}`));
		const usable = isHits ? keys.length : keys.length - 1;
		let level = sample.provider.keys.findIndex(({ named }, i) => i < usable && named && keys[i].length >= MIN);

		if (level < 0) level = keys[3].length === keys[2].length ? 2 : 3;
		if (level === 3 && keys[3].length === keys[2].length) level = 2;
		sample.level = level;
		sample.group = keys[level];
	}
}

// ---- Comparing ----

const faults = new Map();
let compared = 0;

function near(what, got, wanted, row) {
	const text = Number.isNaN(wanted) || wanted === undefined ? '' : wanted;
	const is = text === '' ? got === '' : got !== '' && Math.abs(Number(got) - text) <= 1e-6 * 0.5000001 + 1e-9;

	compared++;
	if (is) return;
	if (!faults.has(what)) faults.set(what, []);
	faults.get(what).push(`${row.npi} ${row.rule} ${row.measure}: ${got}, not ${text}`);
}

function nearRelative(what, got, wanted, row) {
	const is = Number.isNaN(wanted) ? got === '' : got !== '' && Math.abs(Number(got) - wanted) <= 6e-7 * Math.abs(wanted) + 1e-290;

	compared++;
	if (is) return;
	if (!faults.has(what)) faults.set(what, []);
	faults.get(what).push(`${row.npi} ${row.rule} ${row.measure}: ${got}, not ${wanted}`);
}

// ---- Rates ----

function shrinkage(group) {
	const n = group.reduce((sum, s) => sum + s.n, 0), k = group.reduce((sum, s) => sum + s.k, 0);
	const mean = k / n, variance = mean * (1 - mean);
	let spread = 0, room = 0, weights = 0;

	for (const s of group) {
		spread += s.n * (s.k / s.n - mean) ** 2;
		room += 1 - s.n / n;
		weights += s.n * (1 - s.n / n);
	}
	const rho = variance * (weights - room) > 0 ? (spread - variance * room) / (variance * (weights - room)) : 0;

	return { mean, rho };
}

function shrunk({ mean, rho }, s) {
	if (rho >= 1) return s.k / s.n;
	if (rho <= 0) return mean;
	const prior = (1 - rho) / rho;

	return (s.k + mean * prior) / (s.n + prior);
}

// The lowest and the highest tenth pulled in to the next.
function winsorised(values) {
	const sorted = [...values].sort(ascending), side = Math.floor(0.1 * values.length);
	const low = sorted[side], high = sorted[values.length - side - 1];

	return values.map((v) => Math.min(Math.max(v, low), high));
}

function funnel(group) {
	const kept = winsorised(group.map((s) => s.k / s.n)).map((rate, i) => rate * group[i].n);
	const n = group.reduce((sum, s) => sum + s.n, 0), k = kept.reduce((sum, v) => sum + v, 0);
	const z = group.map((s, i) => {
		const target = (k - kept[i] + 0.5) / (n - s.n + 1);

		return (s.k / s.n - target) / Math.sqrt((target * (1 - target)) / s.n);
	});
	const phi = winsorised(z).reduce((sum, v) => sum + v ** 2, 0) / z.length;

	return z.map((v) => v / Math.sqrt(Math.max(1, phi)));
}

function wilsonLow(k, n) {
	const p = k / n, square = Z95 * Z95;

	if (k === 0) return 0;
	return (p + square / (2 * n) - Z95 * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n))) / (1 + square / n);
}

const logOdds = (s) => Math.log((s.k + 0.5) / (s.n - s.k + 0.5));

function checkRates(samples, isHits, likeToo) {
	groupsOf(samples, isHits);
	const known = new Map();

	for (const sample of samples) {
		const { group, row } = sample;

		if (!known.has(group))
			known.set(group, {
				rates: group.map((s) => s.k / s.n),
				odds: group.map(logOdds),
				fit: shrinkage(group),
				p: funnel(group).map(normalUpper),
			});
		const of = known.get(group), at = group.indexOf(sample);

		near('peer_n', row.peer_n, group.length - 1, row);
		near('value', row.value, sample.k / sample.n, row);
		near('wilson_low', row.wilson_low, wilsonLow(sample.k, sample.n), row);
		if (group.length < 2) continue;
		const rate = beside(of.rates, at), odds = beside(of.odds, at);

		near('shrunk_rate', row.shrunk_rate, shrunk(of.fit, sample), row);
		near('peer_median', row.peer_median, rate.median, row);
		near('peer_mad', row.peer_mad, rate.mad, row);
		near('peer_p80', row.peer_p80, rate.p80, row);
		near('peer_p90', row.peer_p90, rate.p90, row);
		near('percentile', row.percentile, rate.percentile, row);
		near('z', row.z, odds.z, row);
		const tested = group.length >= MIN && (isHits || likeToo || sample.level < 3);

		nearRelative('p', row.p, tested ? of.p[at] : NaN, row);
	}
}

// ---- Values ----

// Figures of values that are known as printed: their own last place is half of it out.
function nearly(what, got, wanted, row, tolerance) {
	const is = Number.isNaN(wanted) ? got === '' : got !== '' && Math.abs(Number(got) - wanted) <= tolerance;

	compared++;
	if (is) return;
	if (!faults.has(what)) faults.set(what, []);
	faults.get(what).push(`${row.npi} ${row.rule} ${row.measure}: ${got}, not ${wanted}`);
}

// z of values as they are or of another figure of theirs, by a scale that is no smaller than least.
function checkValues(samples, isHits, { by = (value) => value, least = 0 }) {
	groupsOf(samples, isHits);
	for (const sample of samples) {
		const { group, row } = sample, at = group.indexOf(sample);

		near('peer_n', row.peer_n, group.length - 1, row);
		if (group.length < 2) continue;
		const of = beside(group.map((s) => s.value), at);
		const z = beside(group.map((s) => by(s.value)), at);
		const scale = Math.max(z.scale, least);

		nearly('peer_median', row.peer_median, of.median, row, 1.1e-6);
		nearly('peer_mad', row.peer_mad, of.mad, row, 2.1e-6);
		nearly('peer_p80', row.peer_p80, of.p80, row, 1.1e-6);
		nearly('peer_p90', row.peer_p90, of.p90, row, 1.1e-6);
		near('percentile', row.percentile, of.percentile, row);
		// A scale of the last places alone is noise here.
		if (scale > 0 && scale < 1e-4) continue;
		const wanted = scale > 0 ? (by(sample.value) - z.median) / scale : NaN;

		nearly('z', row.z, wanted, row, (4e-6 * (1 + Math.abs(wanted))) / Math.min(1, scale || 1));
	}
}

// ---- Sums over months ----

const adjusted = new Set();

if (process.argv[3]) {
	const [header, ...labels] = cellsOf(readFileSync(process.argv[3], 'utf8'));

	for (const row of labels)
		if (/replaced|voided/.test(row[header.indexOf('scheme')])) adjusted.add(row[header.indexOf('npi')]);
}

function monthsOf() {
	const months = new Map();

	for (const row of table('provider_counts.csv')) {
		if (row.kind !== 'month' || Number(row.lines) === 0) continue;
		const key = `${row.npi},${row.id_kind}`;

		if (!months.has(key)) months.set(key, []);
		months.get(key).push(row);
	}
	for (const of of months.values()) of.sort((a, b) => (a.key < b.key ? -1 : 1));
	return months;
}

// S = max(0, S + (x - median) / sigma - 0.5) over a provider's months, in whole cents.
function highestSum(paid) {
	const sorted = [...paid].sort(ascending), median = quantile(sorted, 0.5);
	const sigma = Math.max(scaleOf(sorted, median)[1], 0.05 * median);
	let sum = 0, most = 0;

	if (!(sigma > 0)) return 0;
	for (const x of paid) {
		sum = Math.max(0, sum + (x - median) / sigma - 0.5);
		most = Math.max(most, sum);
	}
	return most;
}

function checkSums(samples) {
	const months = monthsOf();

	for (const { row } of samples) {
		const of = months.get(`${row.npi},${row.id_kind}`) ?? [];

		if (adjusted.has(row.npi)) continue;
		near('evaluated', row.evaluated, of.length, row);
		const wanted = highestSum(of.map((month) => Math.round(100 * Number(month.paid))));

		nearly('value', row.value, wanted, row, 1e-6 + 1e-9 * wanted);
	}
}

// ---- All ----

const rows = table('provider_rules.csv');
const states = new Map(table('rules.csv').map((row) => [row.rule, row.state]));
const byMeasure = new Map();

// Figures of the provider rules that are rates; all others that have a rate are of hits.
const tallied = new Set(['MOD-03', 'NCC-03', 'NCC-06', 'STA-02', 'STA-10', 'INP-02', 'INP-03']);
const likeToo = new Set(['MOD-03', 'NCC-03', 'NCC-06']);
const others = new Set(['EM-01', 'EM-02', 'EM-03', 'EM-04', 'STA-01', 'STA-03', 'STA-04', 'STA-05', 'STA-06', 'STA-07',
	'STA-08', 'STA-09', 'STA-11', 'DUP-03', 'TIM-03', 'INP-01', 'INP-06']);

// Of the others those measures that are rates, and those that are values as printed.
const rates = /^(STA-11 (denied|hits_)|INP-06 (first_seen|recaptured)|STA-07 crowded_months)/;
const values = new Map([
	['DUP-03 same_day', { least: 1 }],
	['INP-06 categories', {}],
	['INP-06 per_encounter', {}],
	['SPC-05 constant_units', {}],
	['STA-07 shared', {}],
	['STA-07 top_patient', {}],
	['STA-08 cusum', { by: Math.log1p }],
	['STA-11 trend', {}],
]);
const valued = new Map();

for (const row of rows) {
	const provider = providers.get(`${row.npi},${row.id_kind}`), key = `${row.rule} ${row.measure}`;

	if (!provider || !values.has(key)) continue;
	if (!valued.has(key)) valued.set(key, []);
	valued.get(key).push({ row, provider, value: Number(row.value) });
}
for (const [key, samples] of valued) {
	checkValues(samples, key.startsWith('SPC-05'), values.get(key));
	if (key === 'STA-08 cusum') checkSums(samples);
}

for (const row of rows) {
	const provider = providers.get(`${row.npi},${row.id_kind}`);
	const n = Number(row.evaluated), k = Number(row.hits);
	const measured = `${row.rule} ${row.measure}`;

	if (!provider || values.has(measured) || n < LEAST || k > n) continue;
	if (others.has(row.rule) && !rates.test(measured)) continue;
	const key = `${row.rule} ${row.measure}`;

	if (!byMeasure.has(key)) byMeasure.set(key, []);
	byMeasure.get(key).push({ row, provider, n, k });
}
for (const samples of byMeasure.values()) {
	const rule = samples[0].row.rule;

	checkRates(samples, !tallied.has(rule) && !others.has(rule), likeToo.has(rule));
}

// ---- q by family ----

const families = new Map();

for (const row of rows) {
	const family = row.rule.split('-')[0];

	if (row.p === '') continue;
	if (!families.has(family)) families.set(family, []);
	families.get(family).push(row);
}
for (const family of families.values()) {
	family.sort((a, b) => Number(a.p) - Number(b.p));
	let least = 1;

	for (let rank = family.length; rank > 0; rank--) {
		least = Math.min(least, (Number(family[rank - 1].p) * family.length) / rank);
		nearRelative('q', family[rank - 1].q, least, family[rank - 1]);
	}
}

// ---- Score and rank ----

const ofProvider = new Map();

for (const row of rows) {
	const key = `${row.npi},${row.id_kind}`;

	if (!ofProvider.has(key)) ofProvider.set(key, []);
	ofProvider.get(key).push(row);
}
const ranked = [];

for (const [key, { row }] of providers) {
	const worst = new Map();

	for (const of of ofProvider.get(key) ?? []) {
		const family = of.rule.split('-')[0];
		const severity = of.z === '' ? 0 : Math.max(0, 2 / (1 + Math.exp(3.5 - Number(of.z))) - 1);

		if (of.flag === '1' && states.get(of.rule) === 'on') worst.set(family, Math.max(worst.get(family) ?? 0, severity));
	}
	let rest = 1;

	for (const severity of worst.values()) rest *= 1 - severity;
	near('score', row.score, Math.round(1000 * (1 - rest)), { ...row, rule: '', measure: '' });
	near('families_flagged', row.families_flagged, worst.size, { ...row, rule: '', measure: '' });
	ranked.push(row);
}
ranked.sort((a, b) => Number(b.dollars_expected) - Number(a.dollars_expected) || Number(b.score) - Number(a.score) ||
	(a.npi < b.npi ? -1 : a.npi > b.npi ? 1 : 0));
ranked.forEach((row, i) => near('rank', row.rank, i + 1, { ...row, rule: '', measure: '' }));

for (const what of ['peer_n', 'evaluated', 'value', 'wilson_low', 'shrunk_rate', 'peer_median', 'peer_mad', 'peer_p80', 'peer_p90', 'percentile',
	'z', 'p', 'q', 'score', 'families_flagged', 'rank']) {
	const of = faults.get(what);

	console.log(of ? `not ok statistics again: ${what}: ${of.length} differ, as ${of[0]}` : `ok statistics again: ${what}`);
}
console.log(compared > 10000 ? `ok statistics again: ${compared} figures` : `not ok statistics again: only ${compared} figures`);
