// SPDX-License-Identifier: Apache-2.0
//
// What is on screen, as CSV: RFC 4180, UTF-8, and the guard against formulas
// that the run's own tables have.

const NEGATIVE = /^-(?=\.?\d)\d*\.?\d*$/;

// As report/formula.h: an apostrophe before what a spreadsheet would take for a
// formula, and one more where a text begins with apostrophes and then such a character.
export function guarded(text) {
	const bare = text.replace(/^'+/, '');
	const formula = /^[=+@\t\r]/.test(bare) || (bare.startsWith('-') && !NEGATIVE.test(bare));
	return formula ? `'${text}` : text;
}

function cell(value) {
	if (value === null || value === undefined) return '';
	if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
	const text = guarded(String(value));
	return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csv = (rows) => rows.map((row) => row.map(cell).join(',') + '\n').join('');

export function save(name, rows) {
	const url = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv;charset=utf-8' }));
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}
