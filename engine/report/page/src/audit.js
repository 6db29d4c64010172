// SPDX-License-Identifier: Apache-2.0
//
// Data quality, and the audit trail: what was read, by which tables, how.
import { share } from './charts.js';
import { copyButton, facts, h, panel } from './dom.js';
import { save } from './csv.js';
import { Table } from './table.js';
import { count, percent, plural } from './words.js';

const damaged = (name) =>
	panel(name, {}, h('p', { class: 'empty' }, `${name} of the run could not be read.`));

/* ---- Quality. ---- */

function quarantine(quality) {
	const reasons = Object.entries(quality.quarantined ?? {})
		.map(([reason, one]) => ({ reason, ...one }))
		.sort((a, b) => b.count - a.count);
	if (reasons.length === 0)
		return panel('Quarantined', {}, h('p', { class: 'empty' }, 'No record was unusable.'));
	return panel(
		'Quarantined',
		{ note: 'Records that could not be used, and where the first of them begin.' },
		new Table({
			caption: 'Quarantined records',
			rows: reasons,
			columns: [
				{
					key: 'reason',
					label: 'Reason',
					head: true,
					value: (r) => r.reason,
					cell: (r) => r.reason.replaceAll('_', ' '),
				},
				{ key: 'count', label: 'Records', number: true, value: (r) => r.count, cell: (r) => count(r.count) },
				{
					key: 'samples',
					label: 'File and byte',
					wide: true,
					value: (r) => (r.samples ?? []).map((one) => `${one.file}:${one.offset}`).join(' '),
					cell: (r) =>
						(r.samples ?? []).map((one) => h('code', { class: 'spaced' }, `${one.file}:${one.offset}`)),
				},
			],
		}).element,
	);
}

function fields(quality) {
	const rows = Object.entries(quality.fields ?? {}).map(([name, field]) => ({
		name,
		...field,
		share:
			field.present + field.blank + field.invalid > 0
				? field.present / (field.present + field.blank + field.invalid)
				: 0,
	}));
	const table = new Table({
		caption: 'Fields',
		rows,
		tall: true,
		columns: [
			{ key: 'field', label: 'Field', head: true, value: (r) => r.name },
			{
				key: 'share',
				label: 'Filled',
				number: true,
				value: (r) => r.share,
				cell: (r) => [share(r.share, null), h('span', { class: 'part' }, percent(r.share))],
			},
			{
				key: 'present',
				label: 'Present',
				number: true,
				value: (r) => r.present,
				cell: (r) => count(r.present),
			},
			{ key: 'blank', label: 'Blank', number: true, value: (r) => r.blank, cell: (r) => count(r.blank) },
			{
				key: 'invalid',
				label: 'Invalid',
				number: true,
				title: 'Could not be read: treated as blank',
				value: (r) => r.invalid,
				cell: (r) => (r.invalid > 0 ? h('strong', { class: 'warn' }, count(r.invalid)) : '0'),
			},
			{
				key: 'repaired',
				label: 'Repaired',
				number: true,
				title: 'Put into the form that look-ups need',
				value: (r) => r.repaired,
				cell: (r) => count(r.repaired),
			},
		],
	});
	return panel(
		'Fields',
		{
			note: 'Columns that the files have and the run used. A field that no file has is not here: that is another thing than blank.',
			tools: h(
				'button',
				{ type: 'button', onclick: () => save('fields.csv', table.exported()) },
				'Export CSV',
			),
		},
		table.element,
	);
}

const pairs = (object) =>
	Object.entries(object ?? {}).map(([name, value]) => [
		name.replaceAll('_', ' '),
		Number.isInteger(value) ? count(value) : String(value),
	]);

export function qualityView(run) {
	const quality = run.quality;
	if (!quality) return [h('h1', null, 'Data quality'), damaged('quality.json')];
	const dates = Object.entries(quality.dates ?? {}).map(([type, d]) => [
		type,
		`${d.first_service ?? '?'} to ${d.last_service ?? '?'}, paid or received to ${d.last_paid_or_received ?? '?'}`,
	]);
	const box = (title, rows, note) => rows.length > 0 && panel(title, { note }, facts(rows));
	return [
		h('h1', null, 'Data quality'),
		h(
			'p',
			{ class: 'lede' },
			`${plural(quality.records, 'record')}, of which ${count(quality.used)} were used: ${plural(quality.claims, 'claim')} of ${plural(quality.lines, 'line')} of service.`,
		),
		quarantine(quality),
		h(
			'div',
			{ class: 'columns' },
			box('Dates', dates, 'First and last service.'),
			box(
				'Levels of amounts',
				pairs(quality.amount_level),
				'Whether an amount is the line’s or the claim’s.',
			),
			box(
				'Adjustments',
				pairs(quality.adjustments),
				'Voids and replacements: what is unmatched is counted, not guessed.',
			),
			box('History', pairs(quality.history), 'Lines that took part in rules across claims.'),
			box('Denied', pairs(quality.denied)),
			box('Disagreements', pairs(quality.disagreements), 'Side files against the lines: the line stands.'),
		),
		fields(quality),
	];
}

/* ---- Audit trail. ---- */

const hashCell = (text) => (text ? [h('code', null, text), ' ', copyButton(text, 'the hash')] : '');

function codeSets(manifest) {
	const rows = manifest.code_sets ?? [];
	return panel(
		'Code sets',
		{ note: 'A day that a set does not cover is not judged; a partial set calls no code unknown.' },
		new Table({
			caption: 'Code sets',
			rows,
			columns: [
				{
					key: 'set',
					label: 'Set',
					head: true,
					value: (r) => r.set,
					cell: (r) => [r.set, r.partial && h('span', { class: 'badge' }, 'partial')],
				},
				{ key: 'release', label: 'Release', value: (r) => r.release },
				{ key: 'from', label: 'From', value: (r) => r.from, cell: (r) => r.from ?? 'all' },
				{ key: 'to', label: 'To', value: (r) => r.to, cell: (r) => r.to ?? 'all' },
				{ key: 'codes', label: 'Codes', number: true, value: (r) => r.codes, cell: (r) => count(r.codes) },
				{
					key: 'xxh3',
					label: 'Hash (XXH3-128)',
					wide: true,
					value: (r) => r.xxh3,
					cell: (r) => hashCell(r.xxh3),
				},
			],
		}).element,
	);
}

function inputs(manifest) {
	const rows = manifest.inputs ?? [];
	return panel(
		'Inputs',
		{},
		new Table({
			caption: 'Inputs',
			rows,
			columns: [
				{ key: 'path', label: 'File', head: true, wide: true, value: (r) => r.path },
				{ key: 'size', label: 'Bytes', number: true, value: (r) => r.size, cell: (r) => count(r.size) },
				{
					key: 'xxh3',
					label: 'Tree hash (XXH3-128 of 1 MiB blocks)',
					wide: true,
					value: (r) => r.xxh3,
					cell: (r) => hashCell(r.xxh3),
				},
			],
		}).element,
	);
}

export function auditView(run) {
	const manifest = run.manifest;
	if (!manifest) return [h('h1', null, 'Audit trail'), damaged('manifest.json')];
	const rules = manifest.rules ?? {};
	const { xxh3: settingsHash, ...settings } = manifest.settings ?? {};
	return [
		h('h1', null, 'Audit trail'),
		h(
			'p',
			{ class: 'lede' },
			'What this page was made from. The same inputs, code sets, rules and settings give the same bytes again.',
		),
		inputs(manifest),
		codeSets(manifest),
		h(
			'div',
			{ class: 'columns' },
			panel(
				'Program',
				{},
				facts([['Name', manifest.program], ...pairs(manifest.build), ...pairs(manifest.timing)]),
			),
			panel(
				'Rules',
				{},
				facts([
					['Hash', hashCell(rules.xxh3)],
					['On', count(rules.on?.length)],
					['Watch', count(rules.watch?.length)],
					['Off', count(rules.off?.length)],
					['Not evaluable', count(rules.not_evaluable?.length)],
					['Not built', count(rules.not_built?.length)],
				]),
			),
			panel(
				'Settings',
				{},
				facts([
					['Hash', hashCell(settingsHash)],
					...Object.entries(settings).map(([name, value]) => [
						name,
						h('code', null, String(value) || '(none)'),
					]),
				]),
			),
			panel(
				'Counts',
				{},
				facts([
					...pairs(manifest.counts?.in),
					...pairs(manifest.counts?.out).map(([name, value]) => [`${name} out`, value]),
					['Expected hash collisions', String(manifest.expected_hash_collisions ?? '')],
				]),
			),
		),
		panel(
			'manifest.json',
			{ tools: copyButton(run.manifestText, 'manifest.json') },
			h('details', null, h('summary', null, 'As it stands'), h('pre', null, run.manifestText)),
		),
	];
}
