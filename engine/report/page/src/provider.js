// SPDX-License-Identifier: Apache-2.0
//
// One provider: why it is here, how it stands among its peers, what it bills,
// and the claims to pull.
import { levels, levelsLegend, monthly, share, strip } from './charts.js';
import { copy, copyButton, facts, h, panel } from './dom.js';
import { readFull } from './data.js';
import { save } from './csv.js';
import { groupOf, providerAddress, providerName, scoreCell, shown } from './providers.js';
import { plainTable } from './table.js';
import { cents, chance, compact, count, dollars, EM_FAMILIES, entity, exact, figure, percent, PLACES, plural, specialty, unitOf, unitWords, valueText } from './words.js';

const ruleLink = (rule) => h('a', { href: `#/rules/${rule.rule}`, class: 'rule-id' }, rule.rule);

/* ---- Who, and why. ---- */

function neighbours(run, i) {
	const rows = shown.rows ?? Array.from({ length: run.list.size }, (_, at) => at);
	const at = rows.indexOf(i);
	const link = (row, words, key) => row === undefined
		? h('span', { class: 'step off' }, words)
		: h('a', { class: 'step', href: providerAddress(run.list, row), 'data-step': key, title: `Key ${key}` }, words);
	return h('nav', { class: 'steps', 'aria-label': 'Providers of the list' },
		h('a', { class: 'step', href: '#/providers', 'data-back': true, title: 'Key u' }, '↑ List'),
		link(rows[at - 1], '← Before', 'p'), link(rows[at + 1], 'Next →', 'n'),
		at >= 0 && h('span', { class: 'muted' }, `${count(at + 1)} of ${count(rows.length)}`));
}

function head(run, i, full) {
	const { list } = run;
	const kind = list.kinds[list.kind[i]];
	const name = providerName(list, i);
	return [neighbours(run, i),
		h('div', { class: 'title' },
			h('h1', null, name, ' ', kind !== 'npi' && h('span', { class: 'badge' }, kind), list.lead[i] === 1 && h('span', { class: 'badge lead' }, 'lead')),
			h('div', { class: 'tools' }, h('button', { type: 'button', onclick: () => copy(name, 'the id') }, 'Copy id'),
				full && h('button', { type: 'button', onclick: () => copy(memo(run, i, full), 'a summary in words') }, 'Copy summary'),
				h('button', { type: 'button', onclick: () => print() }, 'Print'))),
		h('p', { class: 'lede' }, [specialty(list.specialties[list.specialty[i]]), entity(list.entity[i]), list.states[list.state[i]]].filter(Boolean).join(' · ')),
		h('div', { class: 'tiles' },
			tile(list.rank[i] === null ? '–' : `${count(list.rank[i])}`, 'rank', list.class_rank[i] === null ? null : `${count(list.class_rank[i])} in its class`),
			tile(scoreCell(list.score[i]), 'score of 1000', list.families[i] ? list.families[i] === 1 ? '1 family flagged' : `${count(list.families[i])} families flagged` : 'nothing flagged beside peers'),
			tile(cents(list.expected[i]), 'expected to stand'), tile(cents(list.flagged[i]), 'flagged on lines', full ? plural(list.findings[i], 'finding') : null),
			tile(cents(list.amount[i]), run.amount, `${plural(list.claims[i], 'claim')}, ${plural(list.lines[i], 'line')}${list.beneficiaries[i] === null ? '' : `, ${plural(list.beneficiaries[i], 'patient')}`}`))];
}

const tile = (value, name, note) => h('div', { class: 'tile' }, h('strong', null, value), h('span', null, name), note && h('small', null, note));

// "EM-01 office_est: average level ... | EM-02: ..." as the run wrote them.
const reasonsOf = (full) => full.reasons.split(' | ').filter(Boolean).map((text) => {
	const found = /^([A-Z]+-\d+)( [^:]*)?: (.*)$/s.exec(text);
	return found ? { rule: found[1], measure: (found[2] ?? '').trim(), words: found[3] } : { rule: '', measure: '', words: text };
});

function why(run, full) {
	const reasons = reasonsOf(full);
	if (reasons.length === 0) return panel('Why', {}, h('p', { class: 'empty' }, 'No rule that is on found anything, and no measure is flagged beside its peers.'));
	return panel('Why', {}, h('ol', { class: 'reasons' }, reasons.map((reason) => {
		const rule = run.ruleById.get(reason.rule);
		return h('li', null, rule ? ruleLink(rule) : reason.rule, ' ', rule && h('strong', null, rule.name), reason.measure && h('span', { class: 'badge' }, EM_FAMILIES[reason.measure] ?? reason.measure),
			h('p', null, reason.words));
	})));
}

function memo(run, i, full) {
	const { list } = run;
	const lines = [`Provider ${providerName(list, i)} (${list.kinds[list.kind[i]]}), ${specialty(list.specialties[list.specialty[i]])}, ${list.states[list.state[i]]}`,
		`Rank ${list.rank[i]} of ${run.totals.ranked}, score ${list.score[i]}, ${cents(list.expected[i])} expected to stand, ${cents(list.flagged[i])} flagged, ${cents(list.amount[i])} ${run.amount}`,
		...reasonsOf(full).map((reason) => `- ${reason.rule} ${run.ruleById.get(reason.rule)?.name ?? ''} ${reason.measure}: ${reason.words}`)];
	const claims = full.findings.flatMap((group) => group.rows.map((row) => row.claim));
	if (claims.length > 0) lines.push(`Claims to look at: ${[...new Set(claims)].join(', ')}`);
	return lines.join('\n') + '\n';
}

/* ---- Measures. ---- */

const hasPeers = (row) => row.value !== null && row.median !== null;

// Flagged ones first, then what found something, then by distance from the peers.
function weight(row) {
	return (row.flag ? 1e9 : 0) + (row.hits > 0 && row.dollars > 0 ? 1e6 : 0) + (row.hits > 0 ? 1e4 : 0) + Math.min(Math.abs(row.z ?? 0), 1e3);
}

function measureTable(run, rows, caption) {
	const rule = (row) => run.rules[row.rule];
	const unit = (row) => unitOf(row, rule(row).rule);
	return plainTable({
		caption, rows,
		columns: [
			{ key: 'rule', label: 'Measure', head: true, wide: true, value: (row) => `${rule(row).rule} ${row.measure}`,
				cell: (row) => [ruleLink(rule(row)), ` ${rule(row).name}`, row.measure && h('span', { class: 'badge' }, EM_FAMILIES[row.measure] ?? row.measure),
					row.flag ? h('span', { class: 'badge lead' }, 'flagged') : null, rule(row).state === 'watch' && h('span', { class: 'badge' }, 'watch')] },
			{ key: 'peers', label: 'Among its peers', value: (row) => row.peers, cell: (row) => (hasPeers(row) ? strip(row, unit(row)) : h('span', { class: 'muted' }, 'not held against peers')) },
			{ key: 'value', label: 'Value', number: true, value: (row) => row.value ?? row.rate, cell: (row) => h('strong', { title: unitWords(unit(row)) }, valueText(row.value ?? row.rate, row.value === null ? 'rate' : unit(row))) },
			{ key: 'median', label: 'Median', title: 'Of the peers', number: true, value: (row) => row.median, cell: (row) => (hasPeers(row) ? valueText(row.median, unit(row)) : '–') },
			{ key: 'p90', label: 'P90', title: '90th percentile of the peers', number: true, value: (row) => row.p90, cell: (row) => (hasPeers(row) ? valueText(row.p90, unit(row)) : '–') },
			{ key: 'z', label: 'z', title: 'Robust z: distance from the median in deviations', number: true, value: (row) => row.z, cell: (row) => figure(row.z) },
			{ key: 'q', label: 'q', title: 'Share of false flags to expect at this level (Benjamini-Hochberg)', number: true, value: (row) => row.q, cell: (row) => chance(row.q) },
			{ key: 'hits', label: 'Hits', title: 'Of what was judged', number: true, value: (row) => row.hits, cell: (row) => [count(row.hits), h('small', null, ` of ${count(row.evaluated)}`)] },
			{ key: 'dollars', label: 'Dollars', number: true, value: (row) => row.dollars, cell: (row) => dollars(row.dollars) },
		],
	});
}

function measures(run, full) {
	const rows = [...full.rules].sort((a, b) => weight(b) - weight(a));
	const isRate = (row) => unitOf(row, run.rules[row.rule].rule) === 'rate';
	const telling = rows.filter((row) => row.flag || row.dollars > 0 || (row.hits > 0 && (row.z === null || row.z >= 2)) || (row.z >= 3.5 && !isRate(row)));
	const others = rows.filter((row) => !telling.includes(row));
	const exported = () => save('measures.csv', [['rule', 'measure', 'flag', 'direction', 'evaluated', 'hits', 'rate', 'value', 'peer_n', 'peer_median', 'peer_p80', 'peer_p90', 'z', 'p', 'q', 'percentile', 'dollars'],
		...rows.map((row) => [run.rules[row.rule].rule, row.measure, row.flag, row.direction, row.evaluated, row.hits, row.rate, row.value, row.peers, row.median, row.p80, row.p90, row.z, row.p, row.q, row.percentile, row.dollars])]);
	const peers = groupOf(run.list, full.row);
	return panel('Against its peers', {
		note: [peers && `Peers: ${peers}. `, 'Grey columns: how many peers lie where (height by square root); ', h('span', { class: 'mark median', 'aria-hidden': 'true' }), 'their median, ', h('span', { class: 'mark p90', 'aria-hidden': 'true' }), 'their 90th percentile, ◆ this provider (▶ beyond the scale). A box is the middle half of the peers.'],
		tools: h('button', { type: 'button', onclick: exported }, 'Export CSV'),
	}, telling.length > 0 ? h('div', { class: 'measures' }, measureTable(run, telling, 'Measures that tell')) : h('p', { class: 'empty' }, 'No measure is flagged, and no rule found anything.'),
	others.length > 0 && h('details', null, h('summary', null, `${plural(others.length, 'measure')} that ${others.length === 1 ? 'tells' : 'tell'} nothing of it`), h('div', { class: 'measures' }, measureTable(run, others, 'Other measures'))));
}

/* ---- What it bills. ---- */

const ofKind = (full, kind) => full.counts.filter((row) => row[0] === kind);
const AMOUNTS = { charge: 4, allowed: 5, paid: 6 };

function emPanel(full, peers) {
	const families = new Map();
	for (const [, key, lines] of ofKind(full, 'em')) {
		const cut = key.lastIndexOf('_');
		const family = key.slice(0, cut);
		if (!families.has(family)) families.set(family, []);
		families.get(family).push({ level: key.slice(cut + 1), lines });
	}
	if (families.size === 0) return null;
	const figures = [...families].sort((a, b) => sum(b[1]) - sum(a[1])).map(([family, own]) => emFigure(family, own, peers));
	return panel('E/M levels', { note: 'Share of services at each level, within its family.' }, h('div', { class: 'figures' }, figures), levelsLegend());
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
		return { level, lines, own: total ? lines / total : 0, peer: ofPeers > 0 ? (others.get(level) ?? 0) / ofPeers : null };
	});
	return levels(`${EM_FAMILIES[family] ?? family} (${count(total)})`, rows);
}

function monthPanel(run, full, peers, size) {
	const rows = ofKind(full, 'month').map((row) => {
		const group = peers?.get(`month ${row[1]}`);
		const value = row[AMOUNTS[run.amount]];
		return { month: row[1], value, note: `${count(row[2])} lines`, peer: group && size > 1 ? (group.amount / 100 - value) / (size - 1) : null };
	});
	if (rows.length === 0) return null;
	return panel('By month of service', { note: `Dollars ${run.amount}.` },
		monthly(rows, { unit: `$ ${run.amount}`, formatted: compact, label: `Dollars ${run.amount} by month: ${rows.map((r) => `${r.month} ${compact(r.value)}`).join('; ')}`, peers: rows.some((r) => r.peer !== null) && 'a peer, on average' }));
}

const groupLines = (peers) => [...(peers ?? [])].reduce((total, [key, sums]) => total + (key.startsWith('month ') ? sums.lines : 0), 0);

function shareTable(caption, label, rows) {
	return plainTable({
		caption, rows,
		columns: [
			{ key: label.toLowerCase(), label, head: true, value: (row) => row.name, cell: (row) => [h('code', null, row.name), row.words && ` ${row.words}`] },
			{ key: 'lines', label: 'Lines', number: true, value: (row) => row.lines, cell: (row) => count(row.lines) },
			{ key: 'share', label: 'Share of its lines', number: true, value: (row) => row.own, cell: (row) => [share(row.own, row.peer), h('span', { class: 'part' }, percent(row.own))] },
			{ key: 'peers', label: 'Peers', number: true, title: 'Share of the peers’ lines', value: (row) => row.peer, cell: (row) => percent(row.peer) },
			{ key: 'ratio', label: 'Ratio', number: true, value: (row) => (row.peer ? row.own / row.peer : null), cell: (row) => (row.peer ? `${figure(row.own / row.peer)} ×` : row.peer === 0 ? 'only it' : '–') },
			...(rows.some((row) => row.amount !== undefined) ? [{ key: 'amount', label: 'Dollars', number: true, value: (row) => row.amount, cell: (row) => dollars(row.amount) }] : []),
		],
	});
}

// name, lines -> with its share and that of the peers, whose lines are all of the group's but its own.
function withShares(rows, total, peers, peerTotal, key) {
	return rows.map((row) => {
		const group = peers?.get(key(row.name))?.lines ?? 0;
		return { ...row, own: total ? row.lines / total : 0, peer: peerTotal > 0 ? Math.max(group - row.lines, 0) / peerTotal : null };
	});
}

function mixPanels(run, i, full, peers, codes) {
	const total = run.list.lines[i];
	const peerTotal = groupLines(peers) - total;
	const ofCodes = withShares(full.codes.map((row) => ({ name: row[0], lines: row[1], amount: row[AMOUNTS[run.amount] - 1] })), total, codes, peerTotal, (name) => name);
	const ofModifiers = withShares(ofKind(full, 'modifier').map((row) => ({ name: row[1], lines: row[2] })), total, peers, peerTotal, (name) => `modifier ${name}`);
	const ofPlaces = withShares(ofKind(full, 'pos').map((row) => ({ name: row[1], words: PLACES[row[1]], lines: row[2] })), total, peers, peerTotal, (name) => `pos ${name}`);
	const cut = (rows) => rows.sort((a, b) => b.lines - a.lines).slice(0, 10);
	return [
		ofCodes.length > 0 && panel('Codes of most dollars', { note: 'The tick on a bar is the peers’ share.', tools: h('button', { type: 'button', onclick: () => save('codes.csv', [['code', 'lines', 'share', 'peer_share', run.amount], ...ofCodes.map((row) => [row.name, row.lines, row.own, row.peer, row.amount])]) }, 'Export CSV') },
			shareTable('Codes of most dollars', 'Code', ofCodes)),
		(ofModifiers.length > 0 || ofPlaces.length > 0) && panel('Modifiers and places of service', {},
			ofModifiers.length > 0 && shareTable('Modifiers', 'Modifier', cut(ofModifiers)), ofPlaces.length > 0 && shareTable('Places of service', 'Place', cut(ofPlaces))),
	];
}

/* ---- Evidence. ---- */

const SEVERITIES = { high: 'high', medium: 'medium', low: 'low', info: 'info' };

function detailCell(text) {
	return h('span', { class: 'detail' }, text.split('; ').map((part) => {
		const cut = part.indexOf('=');
		return cut < 0 ? h('span', null, part, ' ') : h('span', null, h('b', null, part.slice(0, cut)), ` ${part.slice(cut + 1)} `);
	}));
}

const fileName = (what, run, i) => `${what}-${providerName(run.list, i)}.csv`.replace(/[^\w.-]/g, '_');
const claimText = (claim, line) => (line === null ? claim : `${claim} line ${line}`);

function evidenceGroup(run, group) {
	const rule = run.rules[group.rule];
	const claims = [...new Set(group.rows.map((row) => row.claim))];
	const has = (key) => group.rows.some((row) => row[key] !== null && row[key] !== '');
	const authority = group.rows[0].authority;
	const more = group.seen > group.rows.length ? `, ${count(group.rows.length)} of ${count(group.seen)} in findings.csv` : '';
	return h('section', { class: 'evidence', 'aria-label': `Evidence of ${rule.rule}` },
		h('div', { class: 'panel-head' }, h('h3', null, ruleLink(rule), ' ', rule.name, h('small', null, ` ${plural(group.rows.length, 'row')}${more}`)),
			h('div', { class: 'tools' }, copyButton(claims.join('\n'), `${plural(claims.length, 'claim id')} of ${rule.rule}`, `Copy ${plural(claims.length, 'claim id')}`))),
		authority && h('p', { class: 'note' }, authority),
		plainTable({
			caption: `Evidence of ${rule.rule}`, rows: group.rows,
			columns: [
				{ key: 'claim_id', label: 'Claim', head: true, value: (row) => row.claim, cell: (row) => [h('code', null, row.claim), ' ', copyButton(row.claim, `claim ${row.claim}`)] },
				{ key: 'line', label: 'Line', number: true, value: (row) => row.line, cell: (row) => row.line ?? 'all' },
				{ key: 'date', label: 'Date', value: (row) => row.date },
				...(has('person') ? [{ key: 'person', label: 'Person', value: (row) => row.person, cell: (row) => h('code', { title: row.person }, row.person.slice(0, 8)) }] : []),
				{ key: 'code', label: 'Code', value: (row) => row.code, cell: (row) => [h('code', null, row.code), row.modifiers && ` ${row.modifiers}`] },
				{ key: 'units', label: 'Units', number: true, value: (row) => row.units },
				{ key: 'amount', label: 'Amount', number: true, value: (row) => row.amount, cell: (row) => exact(row.amount) },
				{ key: 'dollars', label: 'At risk', number: true, value: (row) => row.dollars, cell: (row) => exact(row.dollars) },
				{ key: 'kind', label: 'Kind', value: (row) => row.kind, cell: (row) => [row.kind, ' ', h('span', { class: `badge ${SEVERITIES[row.severity] ?? ''}` }, row.severity)] },
				...(has('otherClaim') ? [{ key: 'other_claim_id', label: 'Other claim', value: (row) => row.otherClaim, cell: (row) => row.otherClaim && [h('code', null, claimText(row.otherClaim, row.otherLine)), ' ', copyButton(row.otherClaim, `claim ${row.otherClaim}`)] }] : []),
				{ key: 'detail', label: 'Limit and value', wide: true, value: (row) => row.detail, cell: (row) => detailCell(row.detail) },
			],
		}));
}

function evidence(run, i, full) {
	const groups = full.findings.filter((group) => group.rows.length > 0)
		.sort((a, b) => b.rows.reduce((t, r) => t + (r.dollars ?? 0), 0) - a.rows.reduce((t, r) => t + (r.dollars ?? 0), 0));
	if (groups.length === 0)
		return panel('Evidence', { id: 'evidence' }, h('p', { class: 'empty' }, full.rules.some((row) => row.flag) ? 'What is flagged are measures over many claims; no single claim is at fault.' : 'No findings.'));
	const claims = [...new Set(groups.flatMap((group) => group.rows.map((row) => row.claim)))];
	const exported = () => save(fileName('evidence', run, i), [
		['rule', 'kind', 'severity', 'claim_id', 'line', 'person', 'date', 'code', 'modifiers', 'units', 'amount', 'other_claim_id', 'other_line', 'detail', 'dollars', 'authority'],
		...groups.flatMap((group) => group.rows.map((row) => [run.rules[group.rule].rule, row.kind, row.severity, row.claim, row.line, row.person, row.date, row.code, row.modifiers, row.units, row.amount, row.otherClaim, row.otherLine, row.detail, row.dollars, row.authority]))]);
	return panel('Evidence', { id: 'evidence', note: 'Of each rule the dearest findings, and some drawn by hash.', tools: [
		h('button', { type: 'button', onclick: () => copy(claims.join('\n'), plural(claims.length, 'claim id')) }, `Copy all ${plural(claims.length, 'claim id')}`),
		h('button', { type: 'button', onclick: exported }, 'Export CSV')] }, groups.map((group) => evidenceGroup(run, group)));
}

/* ---- Claims to pull. ---- */

const STRATA = { random: 'random sample', judgement: 'top dollars' };

// Each list of a frame: its claims, and what may be said from them.
function pullList(run, frame, stratum, rows) {
	const of = stratum === 'random'
		? `${plural(rows.length, 'unit')} of ${count(rows[0].frameSize)}, drawn by hash under seed ${rows[0].seed}: what is found holds of the frame`
		: `the ${plural(rows.length, 'unit')} of most dollars: what is found holds of no others`;
	const rule = run.ruleById.get(frame.split(' ')[0]);
	const claims = [...new Set(rows.map((row) => row.claim))];
	return h('section', { class: 'evidence', 'aria-label': `${frame}, ${STRATA[stratum] ?? stratum}` },
		h('div', { class: 'panel-head' }, h('h3', null, rule ? ruleLink(rule) : '', ` ${frame.split(' ').slice(1).join(' ')} `, h('span', { class: stratum === 'random' ? 'badge on' : 'badge' }, STRATA[stratum] ?? stratum), h('small', null, ` ${of}`)),
			h('div', { class: 'tools' }, copyButton(claims.join('\n'), `${plural(claims.length, 'claim id')} to pull`, `Copy ${plural(claims.length, 'claim id')}`))),
		h('ol', { class: 'claims' }, rows.map((row) => h('li', { title: row.reason }, h('code', null, row.claim), h('small', null, [row.line !== null && ` line ${row.line}`, row.amount !== null && ` ${exact(row.amount)}`])))));
}

function worklist(run, i, full) {
	if (full.worklist.length === 0) return null;
	const lists = new Map();
	for (const row of full.worklist) {
		const key = JSON.stringify([row.frame, row.stratum]);
		if (!lists.has(key)) lists.set(key, []);
		lists.get(key).push(row);
	}
	const exported = () => save(fileName('worklist', run, i), [['frame', 'frame_size', 'sample_size', 'seed', 'stratum', 'order', 'claim_id', 'line', 'amount', 'reason'],
		...full.worklist.map((row) => [row.frame, row.frameSize, row.sampleSize, row.seed, row.stratum, row.order, row.claim, row.line, row.amount, row.reason])]);
	return panel('Claims to pull', { id: 'worklist', note: 'A random sample can be extrapolated to its frame; the dearest cannot.', tools: h('button', { type: 'button', onclick: exported }, 'Export CSV') },
		[...lists].map(([key, rows]) => pullList(run, ...JSON.parse(key), rows.sort((a, b) => a.order - b.order))));
}

/* ---- The view. ---- */

function notFull(run, i) {
	const marks = run.rules.filter((rule) => run.list.hits[rule.index]?.[i] || run.list.flags[rule.index]?.[i]);
	return [panel('What found something', {}, marks.length > 0
		? h('ul', { class: 'plain' }, marks.map((rule) => h('li', null, ruleLink(rule), ` ${rule.name} `, run.list.flags[rule.index][i] ? h('span', { class: 'badge lead' }, 'flagged') : null)))
		: h('p', { class: 'empty' }, 'Nothing.')),
	panel('The rest is in the tables', {}, h('p', null, 'The page holds leads and the first by rank in full. Of this provider provider_rules.csv, provider_codes.csv, provider_counts.csv and findings.csv have all there is, under ', h('code', null, providerName(run.list, i)), '.'))];
}

export async function providerView(run, kind, id) {
	const { list } = run;
	let i = list.id.indexOf(id);
	while (i >= 0 && list.kinds[list.kind[i]] !== kind) i = list.id.indexOf(id, i + 1);
	if (i < 0) return [h('h1', null, 'No such provider'), h('p', { class: 'lede' }, 'The list of this run has none of that id. ', h('a', { href: '#/providers' }, 'All providers'))];
	const data = await readFull();
	const full = data.open(i);
	if (!full) return [...head(run, i, null), ...notFull(run, i)];
	const peers = data.peers.get(list.group[i]);
	const mix = mixPanels(run, i, full, peers, data.peerCodes.get(list.group[i]));
	return [...head(run, i, full), why(run, full), measures(run, full),
		h('div', { class: 'columns' }, emPanel(full, peers), monthPanel(run, full, peers, data.groupSizes[list.group[i]] ?? 0), mix),
		evidence(run, i, full), worklist(run, i, full),
		panel('Also known', {}, facts([['First and last service', `${full.first} to ${full.last}`], ['Units', count(Math.round(full.units))], ['Charge', dollars(full.charge)], ['Allowed', dollars(full.allowed)], ['Paid', dollars(full.paid)],
			['Peer group', list.group[i] === -1 ? null : list.groups[list.group[i]]], ['Peers', count(list.peers[i])], ['Rules that judged it', count(full.evaluable)]]))];
}
