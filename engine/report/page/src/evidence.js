// SPDX-License-Identifier: Apache-2.0
//
// The findings of a provider, and the claims to pull.
import { copy, copyButton, h, panel } from './dom.js';
import { save } from './csv.js';
import { plainTable } from './table.js';
import { providerName, ruleLink } from './providers.js';
import { count, exact, plural } from './words.js';

const SEVERITIES = { high: 'high', medium: 'medium', low: 'low', info: 'info' };

function detailCell(text) {
	return h(
		'span',
		{ class: 'detail' },
		text.split('; ').map((part) => {
			const cut = part.indexOf('=');
			return cut < 0
				? h('span', null, part, ' ')
				: h('span', null, h('b', null, part.slice(0, cut)), ` ${part.slice(cut + 1)} `);
		}),
	);
}

const fileName = (what, run, i) => `${what}-${providerName(run.list, i)}.csv`.replace(/[^\w.-]/g, '_');
const claimText = (claim, line) => (line === null ? claim : `${claim} line ${line}`);

function evidenceGroup(run, group) {
	const rule = run.rules[group.rule];
	const claims = [...new Set(group.rows.map((row) => row.claim))];
	const has = (key) => group.rows.some((row) => row[key] !== null && row[key] !== '');
	const authority = group.rows[0].authority;
	const more =
		group.seen > group.rows.length
			? `, ${count(group.rows.length)} of ${count(group.seen)} in findings.csv`
			: '';
	return h(
		'section',
		{ class: 'evidence', 'aria-label': `Evidence of ${rule.rule}` },
		h(
			'div',
			{ class: 'panel-head' },
			h(
				'h3',
				null,
				ruleLink(rule),
				' ',
				rule.name,
				h('small', null, ` ${plural(group.rows.length, 'row')}${more}`),
			),
			h(
				'div',
				{ class: 'tools' },
				copyButton(
					claims.join('\n'),
					`${plural(claims.length, 'claim id')} of ${rule.rule}`,
					`Copy ${plural(claims.length, 'claim id')}`,
				),
			),
		),
		authority && h('p', { class: 'note' }, authority),
		plainTable({
			caption: `Evidence of ${rule.rule}`,
			rows: group.rows,
			columns: [
				{
					key: 'claim_id',
					label: 'Claim',
					head: true,
					value: (row) => row.claim,
					cell: (row) => [h('code', null, row.claim), ' ', copyButton(row.claim, `claim ${row.claim}`)],
				},
				{
					key: 'line',
					label: 'Line',
					number: true,
					value: (row) => row.line,
					cell: (row) => row.line ?? 'all',
				},
				{ key: 'date', label: 'Date', value: (row) => row.date },
				...(has('person')
					? [
							{
								key: 'person',
								label: 'Person',
								value: (row) => row.person,
								cell: (row) => h('code', { title: row.person }, row.person.slice(0, 8)),
							},
						]
					: []),
				{
					key: 'code',
					label: 'Code',
					value: (row) => row.code,
					cell: (row) => [h('code', null, row.code), row.modifiers && ` ${row.modifiers}`],
				},
				{ key: 'units', label: 'Units', number: true, value: (row) => row.units },
				{
					key: 'amount',
					label: 'Amount',
					number: true,
					value: (row) => row.amount,
					cell: (row) => exact(row.amount),
				},
				{
					key: 'dollars',
					label: 'At risk',
					number: true,
					value: (row) => row.dollars,
					cell: (row) => exact(row.dollars),
				},
				{
					key: 'kind',
					label: 'Kind',
					value: (row) => row.kind,
					cell: (row) => [
						row.kind,
						' ',
						h('span', { class: `badge ${SEVERITIES[row.severity] ?? ''}` }, row.severity),
					],
				},
				...(has('otherClaim')
					? [
							{
								key: 'other_claim_id',
								label: 'Other claim',
								value: (row) => row.otherClaim,
								cell: (row) =>
									row.otherClaim && [
										h('code', null, claimText(row.otherClaim, row.otherLine)),
										' ',
										copyButton(row.otherClaim, `claim ${row.otherClaim}`),
									],
							},
						]
					: []),
				{
					key: 'detail',
					label: 'Limit and value',
					wide: true,
					value: (row) => row.detail,
					cell: (row) => detailCell(row.detail),
				},
			],
		}),
	);
}

export function evidence(run, i, full) {
	const groups = full.findings
		.filter((group) => group.rows.length > 0)
		.sort(
			(a, b) =>
				b.rows.reduce((t, r) => t + (r.dollars ?? 0), 0) - a.rows.reduce((t, r) => t + (r.dollars ?? 0), 0),
		);
	if (groups.length === 0)
		return panel(
			'Evidence',
			{ id: 'evidence' },
			h(
				'p',
				{ class: 'empty' },
				run.public
					? 'A page for the public has no findings and no claim ids.'
					: full.rules.some((row) => row.flag)
						? 'What is flagged are measures over many claims; no single claim is at fault.'
						: 'No findings.',
			),
		);
	const claims = [...new Set(groups.flatMap((group) => group.rows.map((row) => row.claim)))];
	const exported = () =>
		save(fileName('evidence', run, i), [
			[
				'rule',
				'kind',
				'severity',
				'claim_id',
				'line',
				'person',
				'date',
				'code',
				'modifiers',
				'units',
				'amount',
				'other_claim_id',
				'other_line',
				'detail',
				'dollars',
				'authority',
			],
			...groups.flatMap((group) =>
				group.rows.map((row) => [
					run.rules[group.rule].rule,
					row.kind,
					row.severity,
					row.claim,
					row.line,
					row.person,
					row.date,
					row.code,
					row.modifiers,
					row.units,
					row.amount,
					row.otherClaim,
					row.otherLine,
					row.detail,
					row.dollars,
					row.authority,
				]),
			),
		]);
	return panel(
		'Evidence',
		{
			id: 'evidence',
			note: 'Of each rule the dearest findings, and some drawn by hash.',
			tools: [
				h(
					'button',
					{ type: 'button', onclick: () => copy(claims.join('\n'), plural(claims.length, 'claim id')) },
					`Copy all ${plural(claims.length, 'claim id')}`,
				),
				h('button', { type: 'button', onclick: exported }, 'Export CSV'),
			],
		},
		groups.map((group) => evidenceGroup(run, group)),
	);
}

/* ---- Claims to pull. ---- */

const STRATA = { random: 'random sample', judgement: 'top dollars' };

// A frame of which nothing can be drawn has one row, which says so.
const notDrawn = (frame, reason) =>
	h(
		'section',
		{ class: 'evidence', 'aria-label': frame },
		h('h3', null, frame),
		h('p', { class: 'note' }, reason),
	);

// Each list of a frame: its claims, and what may be said from them.
function pullList(run, frame, stratum, rows) {
	if (rows[0].claim === '') return notDrawn(frame, rows[0].reason);
	const of =
		stratum === 'random'
			? `${plural(rows.length, 'unit')} of ${count(rows[0].frameSize)}, drawn by hash under seed ${rows[0].seed}: what is found holds of the frame`
			: `the ${plural(rows.length, 'unit')} of most dollars: what is found holds of no others`;
	const rule = run.ruleById.get(frame.split(' ')[0]);
	const claims = [...new Set(rows.map((row) => row.claim))];
	return h(
		'section',
		{ class: 'evidence', 'aria-label': `${frame}, ${STRATA[stratum] ?? stratum}` },
		h(
			'div',
			{ class: 'panel-head' },
			h(
				'h3',
				null,
				rule ? ruleLink(rule) : '',
				` ${frame.split(' ').slice(1).join(' ')} `,
				h('span', { class: stratum === 'random' ? 'badge on' : 'badge' }, STRATA[stratum] ?? stratum),
				h('small', null, ` ${of}`),
			),
			h(
				'div',
				{ class: 'tools' },
				copyButton(
					claims.join('\n'),
					`${plural(claims.length, 'claim id')} to pull`,
					`Copy ${plural(claims.length, 'claim id')}`,
				),
			),
		),
		h(
			'ol',
			{ class: 'claims' },
			rows.map((row) =>
				h(
					'li',
					{ title: row.reason },
					h('code', null, row.claim),
					h('small', null, [
						row.line !== null && ` line ${row.line}`,
						row.amount !== null && ` ${exact(row.amount)}`,
					]),
				),
			),
		),
	);
}

export function worklist(run, i, full) {
	if (full.worklist.length === 0) return null;
	const lists = new Map();
	for (const row of full.worklist) {
		const key = JSON.stringify([row.frame, row.stratum]);
		if (!lists.has(key)) lists.set(key, []);
		lists.get(key).push(row);
	}
	const exported = () =>
		save(fileName('worklist', run, i), [
			[
				'frame',
				'frame_size',
				'sample_size',
				'seed',
				'stratum',
				'order',
				'claim_id',
				'line',
				'amount',
				'reason',
			],
			...full.worklist.map((row) => [
				row.frame,
				row.frameSize,
				row.sampleSize,
				row.seed,
				row.stratum,
				row.order,
				row.claim,
				row.line,
				row.amount,
				row.reason,
			]),
		]);
	return panel(
		'Claims to pull',
		{
			id: 'worklist',
			note: 'A random sample can be extrapolated to its frame; the dearest cannot.',
			tools: h('button', { type: 'button', onclick: exported }, 'Export CSV'),
		},
		[...lists].map(([key, rows]) =>
			pullList(
				run,
				...JSON.parse(key),
				rows.sort((a, b) => a.order - b.order),
			),
		),
	);
}
