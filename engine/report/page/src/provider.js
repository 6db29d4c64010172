// SPDX-License-Identifier: Apache-2.0
//
// One provider: why it is here, how it stands among its peers, what it bills,
// and the claims to pull.
import { copy, facts, h, panel } from './dom.js';
import { emPanel, mixPanels, monthPanel } from './billing.js';
import { comparison } from './compare.js';
import { COMPARE_COLUMNS, readFull } from './data.js';
import { evidence, worklist } from './evidence.js';
import { measures } from './measures.js';
import { providerAddress, providerName, ruleLink, scoreCell, shown } from './providers.js';
import { cents, count, dollars, EM_FAMILIES, entity, plural, specialty } from './words.js';

/* ---- Who, and why. ---- */

function neighbours(run, i) {
	const rows = shown.rows ?? Array.from({ length: run.list.size }, (_, at) => at);
	const at = rows.indexOf(i);
	const link = (row, words, key) =>
		row === undefined
			? h('span', { class: 'step off' }, words)
			: h(
					'a',
					{ class: 'step', href: providerAddress(run.list, row), 'data-step': key, title: `Key ${key}` },
					words,
				);
	return h(
		'nav',
		{ class: 'steps', 'aria-label': 'Providers of the list' },
		h('a', { class: 'step', href: '#/providers', 'data-back': true, title: 'Key u' }, '↑ List'),
		link(rows[at - 1], '← Before', 'p'),
		link(rows[at + 1], 'Next →', 'n'),
		at >= 0 && h('span', { class: 'muted' }, `${count(at + 1)} of ${count(rows.length)}`),
	);
}

function head(run, i, full) {
	const { list } = run;
	const kind = list.kinds[list.kind[i]];
	const name = providerName(list, i);
	return [
		neighbours(run, i),
		h(
			'div',
			{ class: 'title' },
			h(
				'h1',
				null,
				name,
				' ',
				kind !== 'npi' && h('span', { class: 'badge' }, kind),
				list.lead[i] === 1 && h('span', { class: 'badge lead' }, 'lead'),
			),
			h(
				'div',
				{ class: 'tools' },
				h('button', { type: 'button', onclick: () => copy(name, 'the id') }, 'Copy id'),
				full &&
					h(
						'button',
						{ type: 'button', onclick: () => copy(memo(run, i, full), 'a summary in words') },
						'Copy summary',
					),
				h('button', { type: 'button', onclick: () => print() }, 'Print'),
			),
		),
		h(
			'p',
			{ class: 'lede' },
			[specialty(list.specialties[list.specialty[i]]), entity(list.entity[i]), list.states[list.state[i]]]
				.filter(Boolean)
				.join(' · '),
		),
		h(
			'div',
			{ class: 'tiles' },
			tile(
				list.rank[i] === null ? '–' : `${count(list.rank[i])}`,
				'rank',
				full && full.classRank !== null ? `${count(full.classRank)} in its class` : null,
			),
			tile(
				scoreCell(list.score[i]),
				'score of 1000',
				list.families[i]
					? list.families[i] === 1
						? '1 family flagged'
						: `${count(list.families[i])} families flagged`
					: 'nothing flagged beside peers',
			),
			tile(cents(list.expected[i]), 'expected to stand'),
			tile(cents(list.flagged[i]), 'flagged on lines', full ? plural(list.findings[i], 'finding') : null),
			tile(
				cents(list.amount[i]),
				run.amount,
				`${plural(list.claims[i], 'claim')}, ${plural(list.lines[i], 'line')}${list.beneficiaries[i] === null ? '' : `, ${plural(list.beneficiaries[i], 'patient')}`}`,
			),
		),
	];
}

const tile = (value, name, note) =>
	h(
		'div',
		{ class: 'tile' },
		h('strong', null, value),
		h('span', null, name),
		note && h('small', null, note),
	);

// "EM-01 office_est: average level ... | EM-02: ..." as the run wrote them.
const reasonsOf = (full) =>
	full.reasons
		.split(' | ')
		.filter(Boolean)
		.map((text) => {
			const found = /^([A-Z]+-\d+)( [^:]*)?: (.*)$/s.exec(text);
			return found
				? { rule: found[1], measure: (found[2] ?? '').trim(), words: found[3] }
				: { rule: '', measure: '', words: text };
		});

function why(run, full) {
	const reasons = reasonsOf(full);
	if (reasons.length === 0)
		return panel(
			'Why',
			{},
			h(
				'p',
				{ class: 'empty' },
				run.public
					? 'No reason is told here: reasons with a count of 1 to 10, and others that would reveal one, are left out.'
					: 'No rule that is on found anything, and no measure is flagged beside its peers.',
			),
		);
	return panel(
		'Why',
		{},
		h(
			'ol',
			{ class: 'reasons' },
			reasons.map((reason) => {
				const rule = run.ruleById.get(reason.rule);
				return h(
					'li',
					null,
					rule ? ruleLink(rule) : reason.rule,
					' ',
					rule && h('strong', null, rule.name),
					reason.measure && h('span', { class: 'badge' }, EM_FAMILIES[reason.measure] ?? reason.measure),
					h('p', null, reason.words),
				);
			}),
		),
	);
}

function memo(run, i, full) {
	const { list } = run;
	const lines = [
		`Provider ${providerName(list, i)} (${list.kinds[list.kind[i]]}), ${specialty(list.specialties[list.specialty[i]])}, ${list.states[list.state[i]]}`,
		`Rank ${list.rank[i]} of ${run.totals.ranked}, score ${list.score[i]}, ${cents(list.expected[i])} expected to stand, ${cents(list.flagged[i])} flagged, ${cents(list.amount[i])} ${run.amount}`,
		...reasonsOf(full).map(
			(reason) =>
				`- ${reason.rule} ${run.ruleById.get(reason.rule)?.name ?? ''} ${reason.measure}: ${reason.words}`,
		),
	];
	const claims = full.findings.flatMap((group) => group.rows.map((row) => row.claim));
	if (claims.length > 0) lines.push(`Claims to look at: ${[...new Set(claims)].join(', ')}`);
	return lines.join('\n') + '\n';
}

/* ---- The view. ---- */

function notFull(run, i) {
	const marks = run.rules.filter((rule) => run.list.hits[rule.index]?.[i] || run.list.flags[rule.index]?.[i]);
	return [
		panel(
			'What found something',
			{},
			marks.length > 0
				? h(
						'ul',
						{ class: 'plain' },
						marks.map((rule) =>
							h(
								'li',
								null,
								ruleLink(rule),
								` ${rule.name} `,
								run.list.flags[rule.index][i] ? h('span', { class: 'badge lead' }, 'flagged') : null,
							),
						),
					)
				: h('p', { class: 'empty' }, 'Nothing.'),
		),
		panel(
			'The rest is in the tables',
			{},
			h(
				'p',
				null,
				`The page holds leads and the first by rank in full. Of this provider provider_rules.csv, provider_codes.csv, provider_counts.csv${run.public ? '' : ', findings.csv'} and compare.csv have all there is, under `,
				h('code', null, providerName(run.list, i)),
				'.',
			),
		),
	];
}

export async function providerView(run, kind, id) {
	const { list } = run;
	let i = list.id.indexOf(id);
	while (i >= 0 && list.kinds[list.kind[i]] !== kind) i = list.id.indexOf(id, i + 1);
	if (i < 0)
		return [
			h('h1', null, 'No such provider'),
			h(
				'p',
				{ class: 'lede' },
				'The list of this run has none of that id. ',
				h('a', { href: '#/providers' }, 'All providers'),
			),
		];
	const data = await readFull();
	const full = data.open(i);
	if (!full) return [...head(run, i, null), ...notFull(run, i)];
	const peers = data.peers.get(list.group[i]);
	const mix = mixPanels(run, i, full, peers, data.peerCodes.get(list.group[i]));
	return [
		...head(run, i, full),
		why(run, full),
		measures(run, full),
		comparison(run, i, full, COMPARE_COLUMNS),
		h(
			'div',
			{ class: 'columns' },
			emPanel(run, full, peers),
			monthPanel(run, full, peers, data.groupSizes[list.group[i]] ?? 0),
			mix,
		),
		evidence(run, i, full),
		worklist(run, i, full),
		panel(
			'Also known',
			{},
			facts([
				['First and last service', full.first && `${full.first} to ${full.last}`],
				['Units', count(Math.round(full.units))],
				['Charge', dollars(full.charge)],
				['Allowed', dollars(full.allowed)],
				['Paid', dollars(full.paid)],
				['Peer group', list.group[i] === -1 ? null : list.groups[list.group[i]]],
				['Peers', count(full.peers)],
				['Rules that judged it', count(full.evaluable)],
			]),
		),
	];
}
