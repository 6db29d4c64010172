// SPDX-License-Identifier: Apache-2.0
//
// The years of bench/detect as tables: means over seeds by prevalence.
//
//   node bench/detect_table.mjs PREVALENCE-SEED.json...
//   node bench/detect_table.mjs --without none.json FAMILY.json...   one year, by what was left out

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

function tellWithout(paths) {
	const all = read(paths.find((path) => basename(path) === 'none.json'));
	const row = (name, { orders, leads, decoy_leads }) =>
		console.log(name.padEnd(12) + [orders.claimscan.average, orders.claimscan.average - all.orders.claimscan.average]
			.map((value) => value.toFixed(3).padStart(9)).join('') +
			String(leads).padStart(7) + `${(100 * decoy_leads).toFixed(2)}%`.padStart(14));
	console.log('\n1%, without    average   change  leads  decoys lead');
	for (const path of paths) row(basename(path, '.json'), read(path));
}

if (process.argv[2] === '--without') {
	tellWithout(process.argv.slice(3));
	process.exit(0);
}

const years = new Map(); // prevalence -> figures of its seeds
for (const path of process.argv.slice(2)) {
	const name = basename(path, '.json').replace(/-\d+$/, '');
	years.set(name, [...(years.get(name) ?? []), read(path)]);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value) => `${(100 * value).toFixed(2)}%`.padStart(8);
const share = (value) => (value === undefined ? '-' : value.toFixed(3)).padStart(8);
const prevalences = [...years.keys()].filter((name) => name !== 'honest').sort((a, b) => parseFloat(b) - parseFloat(a));

const words = {
	claimscan: 'leads by rank, others by rank',
	score: 'score',
	paid: 'paid amount',
	z: 'plain z-score',
	forest: 'isolation forest',
};

for (const name of prevalences) {
	const seeds = years.get(name);
	const planted = mean(seeds.map((year) => year.planted));
	console.log(`\n${name}: ${planted.toFixed(0)} planted and ${mean(seeds.map((year) => year.decoys)).toFixed(0)} decoys of ` +
		`${seeds[0].providers} providers, ${seeds.length} seeds, ${mean(seeds.map((year) => year.leads)).toFixed(0)} leads`);
	console.log(`${''.padEnd(32)}average    at 50   at 100   at 500`);
	for (const [order, word] of Object.entries(words)) {
		const of = seeds.map((year) => year.orders[order]);
		const at = [50, 100, 500].map((n) => share(mean(of.map((judged) => judged.at[n]))));
		console.log(word.padEnd(31) + share(mean(of.map((judged) => judged.average))) + ' ' + at.join(' '));
	}
	const most = [50, 100, 500].map((n) => share(Math.min(1, planted / n)));
	console.log('at most'.padEnd(31) + share(1) + ' ' + most.join(' '));
	for (const kind of ['clean', 'decoy'])
		console.log(`${kind === 'clean' ? 'clean' : 'decoys'}: leads${percent(mean(seeds.map((year) => year[`${kind}_leads`])))}, ` +
			`flagged by any rule${percent(mean(seeds.map((year) => year[`${kind}_flagged`])))}`);
}

// ---- Recall by scheme: flagged, and leads. ----

const schemes = [...new Set(prevalences.flatMap((name) => years.get(name).flatMap((year) => Object.keys(year.schemes))))].sort();
console.log(`\n${'planted, flagged, leads'.padEnd(24)}${prevalences.map((name) => name.padStart(16)).join('')}`);
for (const scheme of schemes) {
	const line = prevalences.map((name) => {
		const of = years.get(name).map((year) => year.schemes[scheme]).filter(Boolean);
		const sum = (key) => of.reduce((all, one) => all + one[key], 0);
		return `${sum('planted')} ${sum('flagged')} ${sum('leads')}`.padStart(16);
	});
	console.log(scheme.padEnd(24) + line.join(''));
}

// ---- Who should not be a lead, who should be. ----

const told = new Map();
for (const name of prevalences) {
	for (const year of years.get(name)) {
		for (const wrong of year.wrong) {
			const rule = wrong.reasons.split(/[ :]/)[0];
			const key = `${wrong.labels.join('+') || 'clean'} by ${rule}`;
			told.set(key, (told.get(key) ?? 0) + 1);
		}
	}
}
console.log('\nleads that were not planted:');
for (const [key, count] of [...told].sort((a, b) => b[1] - a[1])) console.log(`  ${String(count).padStart(4)}  ${key}`);
for (const [i, year] of (years.get('honest') ?? []).entries())
	console.log(`honest year ${i + 1}: ${year.leads} leads, ${percent(year.clean_flagged).trim()} flagged by any rule` +
		year.wrong.map(({ npi, reasons }) => `\n  ${npi}: ${reasons}`).join(''));

// ---- The marks to reach. ----

const average = (name, order) => mean(years.get(name).map((year) => year.orders[order].average));
const rate = (key) => mean(prevalences.flatMap((name) => years.get(name).map((year) => year[key])));
const marks = [
	['average precision at 1% >= 0.9', average('1%', 'claimscan') >= 0.9],
	['average precision at 0.2% >= twice the plain z-score', average('0.2%', 'claimscan') >= 2 * average('0.2%', 'z')],
	['leads among clean < 0.5%', rate('clean_leads') < 0.005],
	['leads among decoys < 1%', rate('decoy_leads') < 0.01],
	['honest years without leads', (years.get('honest') ?? []).every((year) => year.leads === 0)],
];
console.log('');
for (const [word, reached] of marks) console.log(`${reached ? 'reached' : 'missed '}  ${word}`);
