/* SPDX-License-Identifier: Apache-2.0 */
#include "diff_sheet.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int sheet_add(struct sheet *sheet, const char *text, struct diag *diag)
{
	if (sheet->cell_count == sheet->room) {
		size_t room = sheet->room > 0 ? 2 * sheet->room : 64;
		char **cells = realloc(sheet->cells, room * sizeof(*cells));

		if (!cells)
			return diag_set(diag, FAIL_MEMORY, "no memory for a table");
		sheet->cells = cells;
		sheet->room = room;
	}
	char *copy = strdup(text);

	if (!copy)
		return diag_set(diag, FAIL_MEMORY, "no memory for a table");
	sheet->cells[sheet->cell_count++] = copy;
	return 0;
}

void sheet_clear(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->cell_count; i++)
		free(sheet->cells[i]);
	free(sheet->cells);
	sheet->cells = NULL;
	sheet->cell_count = sheet->room = 0;
}

static size_t sheet_width(const struct sheet *sheet)
{
	size_t width = 0;

	while (sheet->columns[width])
		width++;
	return width;
}

/* ---- Text ---- */

/* Characters: bytes that do not go on with one. */
static size_t places(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static void measure(const struct sheet *sheet, size_t width, size_t sizes[SHEET_WIDTH_MAX])
{
	for (size_t i = 0; i < width; i++)
		sizes[i] = places(sheet->columns[i]);
	for (size_t i = 0; i < sheet->cell_count; i++) {
		size_t size = places(sheet->cells[i]);

		if (size > sizes[i % width])
			sizes[i % width] = size;
	}
}

/* What a file says is printed; what would move a terminal's cursor is not. */
static void print_text(FILE *file, const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		bool is_late = at[0] == 0xc2 && at[1] >= 0x80 &&
		               at[1] < 0xa0; /* U+0080 to U+009F */

		putc(is_late || *at < ' ' || *at == 0x7f ? '?' : *at, file);
		at += is_late;
	}
}

static void print_row(
        FILE *file, const struct sheet *sheet, const char *const cells[], const size_t sizes[])
{
	for (size_t i = 0; sheet->columns[i]; i++) {
		int blanks = (int)(sizes[i] - places(cells[i]));
		bool is_text = i < sheet->texts, is_last = !sheet->columns[i + 1];

		if (is_last && cells[i][0] == '\0')
			break;
		fputs("  ", file);
		if (!is_text)
			fprintf(file, "%*s", blanks, "");
		print_text(file, cells[i]);
		if (is_text && !is_last)
			fprintf(file, "%*s", blanks, "");
	}
	putc('\n', file);
}

static void print_sheet(FILE *file, const struct sheet *sheet)
{
	size_t width = sheet_width(sheet), sizes[SHEET_WIDTH_MAX];

	measure(sheet, width, sizes);
	fprintf(file, "%s\n", sheet->title);
	if (sheet->note)
		fprintf(file, "  (%s)\n", sheet->note);
	print_row(file, sheet, sheet->columns, sizes);
	for (size_t i = 0; i < sheet->cell_count; i += width)
		print_row(file, sheet, (const char *const *)&sheet->cells[i], sizes);
}

void sheets_print(FILE *file, const struct sheet *sheets, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (sheets[i].cell_count == 0)
			continue;
		if (any)
			putc('\n', file);
		print_sheet(file, &sheets[i]);
		any = true;
	}
}

/* ---- The page ---- */

static void put(struct out *out, const char *text)
{
	out_raw(out, text, strlen(text));
}

static void put_escaped(struct out *out, const char *text)
{
	static const struct {
		char sign;
		const char *name;
	} names[] = {
	        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	while (*text) {
		size_t plain = strcspn(text, "&<>\"'");

		out_raw(out, text, plain);
		text += plain;
		for (size_t i = 0; *text && i < sizeof(names) / sizeof(names[0]); i++) {
			if (names[i].sign == *text) {
				put(out, names[i].name);
				text++;
				break;
			}
		}
	}
}

static void put_row(
        struct out *out, const struct sheet *sheet, const char *const cells[], const char *element)
{
	put(out, "<tr>");
	for (size_t i = 0; sheet->columns[i]; i++) {
		put(out, "<");
		put(out, element);
		put(out, i < sheet->texts ? ">" : " class=n>");
		put_escaped(out, cells[i]);
		put(out, "</");
		put(out, element);
		put(out, ">");
	}
	put(out, "</tr>\n");
}

static void put_sheet(struct out *out, const struct sheet *sheet)
{
	size_t width = sheet_width(sheet);

	put(out, "<h2>");
	put_escaped(out, sheet->title);
	put(out, "</h2>\n");
	if (sheet->note) {
		put(out, "<p>");
		put_escaped(out, sheet->note);
		put(out, "</p>\n");
	}
	put(out, "<div class=wide><table>\n<thead>");
	put_row(out, sheet, sheet->columns, "th");
	put(out, "</thead><tbody>\n");
	for (size_t i = 0; i < sheet->cell_count; i += width)
		put_row(out, sheet, (const char *const *)&sheet->cells[i], "td");
	put(out, "</tbody></table></div>\n");
}

static const char head[] =
        "<!doctype html>\n"
        "<html lang=en><head><meta charset=utf-8>\n"
        "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<style>\n"
        ":root { color-scheme: light dark; --line: #8884; --soft: #8881; }\n"
        "body { font: 15px/1.45 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; "
        "padding: 0 1rem; }\n"
        "h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }\n"
        ".wide { overflow-x: auto; }\n"
        "table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
        "th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid "
        "var(--line); white-space: nowrap; }\n"
        ".n { text-align: right; }\n"
        "tbody tr:hover { background: var(--soft); }\n"
        "@media print { body { margin: 0; max-width: none; } }\n"
        "</style>\n<title>";

void sheets_page(struct out *out, const char *title, const struct sheet *sheets, size_t count)
{
	put(out, head);
	put_escaped(out, title);
	put(out, "</title></head><body>\n<h1>");
	put_escaped(out, title);
	put(out, "</h1>\n");
	for (size_t i = 0; i < count; i++) {
		if (sheets[i].cell_count > 0)
			put_sheet(out, &sheets[i]);
	}
	put(out, "</body></html>\n");
}
