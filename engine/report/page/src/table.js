// SPDX-License-Identifier: Apache-2.0
//
// A table that sorts, is walked by keys, and draws only the rows in sight: real
// rows of a real table, between two empty ones as high as what is not drawn.
//
// A column: { key, label, title, number, wide, head, hidden, value(row), cell(row) }.
// value sorts and is exported, hidden columns too; cell is what is shown, value if
// there is none.
import { h } from './dom.js';

const ROW = 30; // pixels: as in the style sheet
const MARGIN = 12; // rows drawn beyond the edges
const WHOLE = 150; // rows that are drawn all at once
const PRINTED = 400;

function compare(a, b) {
	const noA = a === null || a === undefined || a === '';
	const noB = b === null || b === undefined || b === '';
	if (noA || noB) return noA && noB ? 0 : noA ? 1 : -1; // blank comes last either way
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

export class Table {
	constructor({ columns, rows, caption, sort, descending, open, tall, onsort }) {
		Object.assign(this, {
			columns: columns.filter((column) => !column.hidden),
			all: columns,
			open,
			onsort,
			sortKey: sort ?? null,
			descending: descending ?? false,
		});
		this.given = rows;
		this.focusAt = 0;
		this.body = h('tbody', { onkeydown: (event) => this.key(event), onclick: (event) => this.click(event) });
		this.heads = this.columns.map((column) => this.headOf(column));
		this.table = h(
			'table',
			{ class: 'grid', 'aria-rowcount': rows.length + 1 },
			h('caption', { class: 'offscreen' }, caption),
			h('thead', null, h('tr', { 'aria-rowindex': 1 }, this.heads)),
			this.body,
		);
		this.element = h(
			'div',
			{ class: tall ? 'scroll tall' : 'scroll', tabindex: -1, onscroll: () => this.draw() },
			this.table,
		);
		this.sorted();
		new ResizeObserver(() => this.draw()).observe(this.element);
	}

	headOf(column) {
		const button = h(
			'button',
			{ type: 'button', onclick: () => this.sortBy(column.key), title: column.title },
			column.label,
		);
		return h(
			'th',
			{ scope: 'col', class: column.number ? 'number' : column.wide ? 'wide' : null, 'data-key': column.key },
			button,
		);
	}

	sortBy(key) {
		const column = this.all.find((one) => one.key === key);
		this.descending = this.sortKey === key ? !this.descending : Boolean(column.number) && !column.rising;
		this.sortKey = key;
		this.sorted();
		this.onsort?.(this.sortKey, this.descending);
	}

	setRows(rows) {
		this.given = rows;
		this.focusAt = 0;
		this.sorted();
		this.element.scrollTop = 0;
	}

	sorted() {
		const column = this.all.find((one) => one.key === this.sortKey);
		this.rows = Array.from(this.given);
		if (column) {
			const keyed = this.rows.map((row, i) => ({ row, value: column.value(row), i }));
			const sign = this.descending ? -1 : 1;
			const isBlank = (value) => value === null || value === undefined || value === '';
			keyed.sort((a, b) => {
				const order = compare(a.value, b.value);
				return (isBlank(a.value) || isBlank(b.value) ? order : sign * order) || a.i - b.i;
			});
			this.rows = keyed.map((entry) => entry.row);
		}
		this.heads.forEach((head) => {
			const is = head.dataset.key === this.sortKey;
			head.setAttribute('aria-sort', is ? (this.descending ? 'descending' : 'ascending') : 'none');
		});
		this.table.setAttribute('aria-rowcount', this.rows.length + 1);
		this.drawn = null;
		this.draw();
	}

	rowOf(at) {
		const row = this.rows[at];
		const line = h('tr', {
			'aria-rowindex': at + 2,
			'data-at': at,
			tabindex: this.open ? (at === this.focusAt ? 0 : -1) : null,
			class: this.open ? 'opens' : null,
		});
		for (const column of this.columns) {
			const cell = column.cell ? column.cell(row) : column.value(row);
			line.append(
				h(
					column.head ? 'th' : 'td',
					{
						scope: column.head ? 'row' : null,
						class: column.number ? 'number' : column.wide ? 'wide' : null,
					},
					cell ?? '',
				),
			);
		}
		return line;
	}

	range() {
		const all = this.rows.length;
		if (all <= WHOLE || this.printing) return [0, this.printing ? Math.min(all, PRINTED) : all];
		const height = this.element.clientHeight || 600;
		const from = Math.max(0, Math.floor(this.element.scrollTop / ROW) - MARGIN);
		return [from, Math.min(all, from + Math.ceil(height / ROW) + 2 * MARGIN)];
	}

	draw() {
		const [from, to] = this.range();
		if (this.drawn && this.drawn[0] === from && this.drawn[1] === to) return;
		const had =
			this.body.contains(document.activeElement) && document.activeElement.closest('tr')?.dataset.at;
		this.drawn = [from, to];
		const lines = [];
		for (let at = from; at < to; at++) lines.push(this.rowOf(at));
		this.body.replaceChildren(
			this.space(from),
			...lines,
			this.space(this.printing ? 0 : this.rows.length - to),
		);
		if (this.rows.length === 0)
			this.body.append(
				h('tr', null, h('td', { colspan: this.columns.length, class: 'none' }, 'None that fit.')),
			);
		if (had !== false && had !== undefined)
			this.body.querySelector(`tr[data-at="${had}"]`)?.focus({ preventScroll: true });
	}

	// The height is set by property: the page's policy lets no style attribute in.
	space(rows) {
		const line = h('tr', { class: 'space', 'aria-hidden': 'true' });
		line.style.height = `${rows * ROW}px`;
		return rows > 0 ? line : '';
	}

	focus(at) {
		if (this.rows.length === 0) return;
		this.focusAt = Math.max(0, Math.min(at, this.rows.length - 1));
		const head = this.table.tHead.offsetHeight;
		const top = this.focusAt * ROW;
		if (top < this.element.scrollTop) this.element.scrollTop = top;
		else if (top + ROW + head > this.element.scrollTop + this.element.clientHeight)
			this.element.scrollTop = top + ROW + head - this.element.clientHeight;
		this.draw();
		this.body
			.querySelectorAll('tr[tabindex]')
			.forEach((line) => (line.tabIndex = Number(line.dataset.at) === this.focusAt ? 0 : -1));
		this.body.querySelector(`tr[data-at="${this.focusAt}"]`)?.focus({ preventScroll: true });
	}

	key(event) {
		const line = event.target.closest('tr[data-at]');
		if (!line || !this.open || event.ctrlKey || event.metaKey || event.altKey) return;
		const at = Number(line.dataset.at);
		const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 2);
		const to = {
			ArrowDown: at + 1,
			j: at + 1,
			ArrowUp: at - 1,
			k: at - 1,
			PageDown: at + page,
			PageUp: at - page,
			Home: 0,
			End: this.rows.length - 1,
		}[event.key];
		if (event.key === 'Enter' && event.target === line) this.open(this.rows[at], at);
		else if (to !== undefined) this.focus(to);
		else return;
		event.preventDefault();
	}

	click(event) {
		const line = event.target.closest('tr[data-at]');
		if (!line || !this.open || event.target.closest('a, button') || String(getSelection())) return;
		this.open(this.rows[Number(line.dataset.at)], Number(line.dataset.at));
	}

	print(on) {
		this.printing = on;
		this.drawn = null;
		this.draw();
	}

	exported() {
		return [
			this.all.map((column) => column.key),
			...this.rows.map((row) => this.all.map((column) => column.value(row) ?? '')),
		];
	}
}

// Small: no row opens anything, all of them are drawn.
export const plainTable = (options) => new Table(options).element;
