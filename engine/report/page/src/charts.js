// SPDX-License-Identifier: Apache-2.0
//
// Charts as SVG: scales, ticks and lines from d3, colours from the style sheet.
// Each says in words what it shows, for those who do not see it.
import { max } from 'd3-array';
import { scaleBand, scaleLinear, scaleSqrt } from 'd3-scale';
import { line } from 'd3-shape';
import { h, s } from './dom.js';
import { compact, count, percent, valueText } from './words.js';

const draw = (width, height, label, ...children) =>
	s(
		'svg',
		{ viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label, class: 'chart' },
		...children,
	);

const legend = (entries) =>
	h(
		'ul',
		{ class: 'legend' },
		entries.map(([kind, text]) =>
			h('li', null, h('span', { class: `key ${kind}`, 'aria-hidden': 'true' }), text),
		),
	);

// Without the empty bins at both ends, as far as nobody marked stands there.
function trimmed({ shape, value, median, p90 }) {
	const { lo, hi, bins } = shape;
	const step = (hi - lo) / bins.length;
	const first = Math.min(
		bins.findIndex((n) => n > 0),
		Math.floor((Math.min(value, median) - lo) / step),
	);
	const last = Math.max(
		bins.findLastIndex((n) => n > 0),
		Math.ceil((Math.min(Math.max(value, median, p90 ?? median), hi) - lo) / step) - 1,
	);
	const from = Math.max(0, first);
	return last < from
		? null
		: {
				lo: lo + from * step,
				hi: lo + (last + 1) * step,
				bins: bins.slice(from, last + 1),
				open: last === bins.length - 1,
			};
}

// How the peers lie, and where the provider stands among them.
//
//      ▁▃█▇▅▂▁▁        ▏median  ┊P90          ◆ provider
export function strip(row, unit, width = 230) {
	const height = 40;
	const shape = row.shape && trimmed(row);
	const spread = 3 * (row.mad ?? 0);
	const lo = shape
		? shape.lo
		: Math.min(row.value, Math.max(row.median - spread, row.value >= 0 && row.median >= 0 ? 0 : -Infinity));
	const hi = shape ? shape.hi : Math.max(row.value, row.p90, row.median + spread);
	const x = scaleLinear()
		.domain([lo, hi > lo ? hi : lo + 1])
		.range([8, width - 12])
		.clamp(true);
	const base = 26;
	const parts = [s('line', { class: 'axis', x1: 8, x2: width - 12, y1: base + 0.5, y2: base + 0.5 })];

	if (!shape && row.mad > 0) {
		// Not all the peers' values are in the tables: half of them lie in the box.
		const [from, to] = [x(row.median - row.mad), x(row.median + row.mad)];
		parts.push(
			s('rect', { class: 'bin', x: from, width: Math.max(to - from, 1), y: base - 12, height: 10 }),
			s('line', { class: 'whisker', x1: to, x2: Math.max(x(row.p90), to), y1: base - 7, y2: base - 7 }),
		);
	}
	if (shape) {
		const step = (width - 20) / shape.bins.length;
		const y = scaleSqrt()
			.domain([0, max(shape.bins)])
			.range([0, 20]);
		shape.bins.forEach(
			(n, i) =>
				n &&
				parts.push(
					s('rect', {
						class: 'bin',
						x: 8 + i * step + 0.3,
						width: Math.max(step - 0.6, 0.6),
						y: base - Math.max(y(n), 1),
						height: Math.max(y(n), 1),
					}),
				),
		);
	}
	const tick = (value, kind) =>
		value !== null && parts.push(s('line', { class: kind, x1: x(value), x2: x(value), y1: 4, y2: base + 4 }));
	tick(row.median, 'median');
	tick(row.p90, 'p90');
	const at = x(row.value);
	const beyond = row.value > hi * (1 + 1e-9) + 1e-12;
	parts.push(
		beyond
			? s('path', { class: row.flag ? 'who flagged' : 'who', d: `M${at},${base - 9} l9,7 l-9,7 z` })
			: s('path', { class: row.flag ? 'who flagged' : 'who', d: `M${at},${base - 8} l6,6 l-6,6 l-6,-6 z` }),
	);
	parts.push(
		s('text', { class: 'tick', x: 8, y: height - 2 }, valueText(lo, unit)),
		s(
			'text',
			{ class: 'tick end', x: width - 12, y: height - 2 },
			valueText(hi, unit) + (shape?.open ? ' +' : ''),
		),
	);
	return draw(
		width,
		height,
		`${valueText(row.value, unit)}; ${count(row.peers)} peers: median ${valueText(row.median, unit)}, 90th percentile ${valueText(row.p90, unit)}`,
		...parts,
	);
}

function frame(width, height, margin, y, formatted, unit) {
	const parts = y
		.ticks(4)
		.map((tick) => [
			s('line', { class: 'rule', x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
			s('text', { class: 'tick end', x: margin.left - 6, y: y(tick) + 3.5 }, formatted(tick)),
		]);
	parts.push(s('text', { class: 'tick unit', x: 2, y: 10 }, unit));
	return parts;
}

// months: [{month, value, peer, note}]; peers: in words, or nothing.
export function monthly(months, { unit, formatted, label, peers, width = 560, height = 170 }) {
	const margin = { left: 52, right: 8, top: 18, bottom: 22 };
	const x = scaleBand()
		.domain(months.map((m) => m.month))
		.range([margin.left, width - margin.right])
		.padding(0.25);
	const top = max(months, (m) => Math.max(m.value ?? 0, m.peer ?? 0)) || 1;
	const y = scaleLinear()
		.domain([0, top])
		.nice(4)
		.range([height - margin.bottom, margin.top]);
	const every = Math.ceil(months.length / 12);
	const parts = [frame(width, height, margin, y, formatted, unit)];

	months.forEach((m, i) => {
		parts.push(
			s(
				'rect',
				{
					class: 'bar',
					x: x(m.month),
					width: x.bandwidth(),
					y: y(Math.max(m.value ?? 0, 0)),
					height: y(0) - y(Math.max(m.value ?? 0, 0)),
				},
				s('title', null, `${m.month}: ${formatted(m.value)}${m.note ? `, ${m.note}` : ''}`),
			),
		);
		if (i % every === 0)
			parts.push(
				s(
					'text',
					{ class: 'tick middle', x: x(m.month) + x.bandwidth() / 2, y: height - 8 },
					monthName(m.month, i === 0),
				),
			);
	});
	if (peers) {
		const path = line(
			(m) => x(m.month) + x.bandwidth() / 2,
			(m) => y(m.peer),
		);
		parts.push(s('path', { class: 'peers', d: path(months.filter((m) => m.peer !== null)) }));
	}
	return h(
		'figure',
		null,
		draw(width, height, label, ...parts),
		peers &&
			legend([
				['bar', 'this provider'],
				['peers', peers],
			]),
	);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthName(text, first) {
	const [year, month] = text.split('-');
	const name = MONTHS[Number(month) - 1] ?? text;
	return first || month === '01' ? `${name} ${year.slice(2)}` : name;
}

// Levels of one E/M family: shares of the provider beside those of its peers.
export function levels(name, rows, width = 260) {
	const height = 150;
	const margin = { left: 38, right: 6, top: 18, bottom: 22 };
	const x = scaleBand()
		.domain(rows.map((r) => r.level))
		.range([margin.left, width - margin.right])
		.padding(0.3);
	const y = scaleLinear()
		.domain([
			0,
			Math.max(
				max(rows, (r) => Math.max(r.own, r.peer ?? 0)),
				0.1,
			),
		])
		.nice(4)
		.range([height - margin.bottom, margin.top]);
	const half = x.bandwidth() / 2;
	const parts = [frame(width, height, margin, y, (t) => `${Math.round(t * 100)}`, '% of services')];

	for (const row of rows) {
		const at = x(row.level);
		parts.push(
			s(
				'rect',
				{ class: 'bar', x: at, width: half - 1, y: y(row.own), height: y(0) - y(row.own) },
				s('title', null, `Level ${row.level}: ${percent(row.own)}, ${count(row.lines)} lines`),
			),
		);
		if (row.peer !== null)
			parts.push(
				s(
					'rect',
					{
						class: 'peer-bar',
						x: at + half + 1,
						width: half - 1,
						y: y(row.peer),
						height: y(0) - y(row.peer),
					},
					s('title', null, `Level ${row.level}: peers ${percent(row.peer)}`),
				),
			);
		parts.push(s('text', { class: 'tick middle', x: at + half, y: height - 8 }, row.level));
	}
	const words = rows
		.map((r) => `level ${r.level} ${percent(r.own, 0)}, peers ${percent(r.peer, 0)}`)
		.join('; ');
	return h('figure', null, h('figcaption', null, name), draw(width, height, `${name}: ${words}`, ...parts));
}

export const levelsLegend = () =>
	legend([
		['bar', 'this provider'],
		['peer-bar', 'its peers'],
	]);

// Horizontal bars: [{name, words, value, part}], part of value drawn full, the rest pale.
export function bars(rows, { label, width = 560 }) {
	const step = 26;
	const left = 150;
	const height = rows.length * step + 22;
	const x = scaleLinear()
		.domain([0, max(rows, (r) => r.value) || 1])
		.range([0, width - left - 70]);
	const parts = rows.map((row, i) => {
		const y = i * step;
		return s(
			'g',
			null,
			s('text', { class: 'name end', x: left - 8, y: y + 16 }, row.words),
			s(
				'rect',
				{ class: 'bar pale', x: left, y: y + 4, height: 16, width: Math.max(x(row.value), 1) },
				s('title', null, row.title),
			),
			s(
				'rect',
				{ class: 'bar', x: left, y: y + 4, height: 16, width: x(row.part) },
				s('title', null, row.title),
			),
			s('text', { class: 'value', x: left + x(row.value) + 6, y: y + 16 }, compact(row.value)),
		);
	});
	return h(
		'figure',
		null,
		draw(
			width,
			height - 20,
			`${label}: ${rows.map((r) => `${r.words} ${compact(r.value)}`).join('; ')}`,
			...parts,
		),
	);
}

export const barsLegend = (full, pale) =>
	legend([
		['bar', full],
		['bar pale', pale],
	]);

// A percentile from 0 to 100, with ticks at the 20th and the 80th.
export function place(percentile, width = 70) {
	const x = scaleLinear()
		.domain([0, 100])
		.range([4, width - 4]);
	const tick = (at) => s('line', { class: 'rule', x1: x(at), x2: x(at), y1: 1, y2: 13 });
	return s(
		'svg',
		{ viewBox: `0 0 ${width} 14`, width, height: 14, class: 'chart', 'aria-hidden': 'true' },
		s('rect', { class: 'track', x: 4, width: width - 8, height: 6, y: 4 }),
		tick(20),
		tick(80),
		s('circle', { class: percentile >= 80 ? 'who flagged' : 'who', cx: x(percentile), cy: 7, r: 4 }),
	);
}

// A share as a bar in a cell, with a tick where the peers are.
export function share(own, peer, width = 90) {
	const x = scaleLinear().domain([0, 1]).range([0, width]).clamp(true);
	return s(
		'svg',
		{ viewBox: `0 0 ${width} 12`, width, height: 12, class: 'chart', 'aria-hidden': 'true' },
		s('rect', { class: 'track', width, height: 8, y: 2 }),
		s('rect', { class: 'bar', width: x(own), height: 8, y: 2 }),
		peer !== null && s('line', { class: 'median', x1: x(peer), x2: x(peer), y1: 0, y2: 12 }),
	);
}
