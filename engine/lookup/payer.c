/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/payer.h"

#include "base/date.h"
#include "base/hash.h"
#include "claim.h"
#include "format/cells.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { COLUMNS_MAX = 10, WHOLE_MAX = 1000000000, WORD_BYTES = 7 };

/* Blank cells are refused where the type says MUST. */
enum column_type {
	MUST = 16,
	LATER = 32, /* came to the table later: a header may end before it */
	TEXT = 0,
	WORD,    /* one of those allowed */
	CODE,    /* at most seven letters or digits, as a word */
	CODES,   /* several, between blanks */
	TWO,     /* two letters or digits, as a word */
	ID,      /* as a provider id of a claim */
	WHOLE,   /* 0 to 1,000,000,000 */
	DECIMAL, /* not negative, six decimals */
	FROM,    /* a date; blank is open */
	TO,
	SEX,
	MUST_TEXT = MUST | TEXT,
	MUST_WORD = MUST | WORD,
	MUST_CODE = MUST | CODE,
	MUST_CODES = MUST | CODES,
	MUST_TWO = MUST | TWO,
	MUST_ID = MUST | ID,
	MUST_WHOLE = MUST | WHOLE,
	MUST_DECIMAL = MUST | DECIMAL,
	LATER_WHOLE = LATER | WHOLE,
};

struct column {
	const char *name;
	enum column_type type;
	const char *words; /* those allowed, between blanks */
};

/* Columns with fewer parts than a struct are blank in the rest. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
static const struct table {
	const char *name;
	unsigned key;
	struct column columns[COLUMNS_MAX];
} tables[PAYER_TABLES] = {
#define PAYER_TABLE(symbol, name, key, ...) [PAYER_##symbol] = {name, key, {__VA_ARGS__}},
#include "lookup/payer.def"
#undef PAYER_TABLE
};

struct place { /* where a message points */
	const char *path;
	unsigned long line;
};

struct row_start {
	const char *at; /* in the text */
	unsigned long line;
};

struct rows {
	char *text; /* of the file; cells point into it */
	struct payer_cell *cells;
	struct row_start *starts; /* as they come in the file */
	size_t count, room;
	uint64_t hash;
};

struct payer {
	struct rows rows[PAYER_TABLES];
};

const char *payer_name(enum payer_table table)
{
	return tables[table].name;
}

size_t payer_columns(enum payer_table table)
{
	size_t count = 0;

	while (count < COLUMNS_MAX && tables[table].columns[count].name)
		count++;
	return count;
}

/* ---- One cell ---- */

/* Upper case, without dots and blanks, as codes of claims are read.  -1: none. */
static int64_t code_word(const char *text, size_t least, size_t most)
{
	uint64_t word = 0;
	size_t size = 0;

	for (; *text; text++) {
		if (*text == '.' || *text == ' ')
			continue;
		if (!isalnum((unsigned char)*text) || size == most)
			return -1;
		word |= (uint64_t)toupper((unsigned char)*text) << (8 * size++);
	}
	return size < least ? -1 : (int64_t)word;
}

/* The place of a word in a list, or -1. */
static int word_place(const char *list, const char *text)
{
	size_t size = strlen(text);

	for (int place = 0; *list; place++) {
		size_t length = strcspn(list, " ");

		if (length == size && strncasecmp(list, text, size) == 0)
			return place;
		list += length + (list[length] == ' ');
	}
	return -1;
}

static bool all_codes(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " ");
		char one[WORD_BYTES + 1];

		if (length > WORD_BYTES)
			return false;
		memcpy(one, text, length);
		one[length] = '\0';
		if (length > 0 && code_word(one, 1, WORD_BYTES) < 0)
			return false;
		text += length + (text[length] == ' ');
	}
	return true;
}

static bool read_number(const char *text, unsigned places, int64_t most, int64_t *number)
{
	char *end;
	double value;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	if (places == 0) {
		*number = strtoll(text, &end, 10);
		return !*end && *number >= 0 && *number <= most;
	}
	if (text[strspn(text, "0123456789.")])
		return false;
	value = strtod(text, &end);
	*number = (int64_t)(value * 1e6 + 0.5);
	return !*end && value >= 0 && value <= (double)most;
}

static bool read_date(const char *text, int64_t *number)
{
	int32_t date;

	if (date_parse(text, strlen(text), &date) < 0 || date == DATE_ABSENT)
		return false;
	*number = date;
	return true;
}

static bool read_sex(const char *text, int64_t *number)
{
	static const enum sex sexes[] = {SEX_MALE, SEX_FEMALE, SEX_MALE, SEX_FEMALE};
	int place = word_place("male female m f", text);

	*number = place < 0 ? SEX_BLANK : sexes[place];
	return place >= 0;
}

static int64_t blank_of(enum column_type type)
{
	switch (type) {
	case FROM:
		return INT32_MIN;
	case TO:
		return INT32_MAX;
	case WORD:
	case WHOLE:
	case DECIMAL:
		return -1;
	default:
		return 0;
	}
}

/* What is wrong with a cell, or NULL. */
static const char *read_cell(const struct column *column, struct payer_cell *cell)
{
	enum column_type type = column->type & ~(MUST | LATER);
	bool repaired = false;

	cell->number = blank_of(type);
	if (!cell->text[0])
		return column->type & MUST ? "is blank" : NULL;
	switch (type) {
	case WORD:
		cell->number = word_place(column->words, cell->text);
		return cell->number < 0 ? "is none of the words allowed" : NULL;
	case CODE:
		cell->number = code_word(cell->text, 1, WORD_BYTES);
		return cell->number < 0 ? "is no code" : NULL;
	case CODES:
		return all_codes(cell->text) ? NULL : "is no list of codes, blanks between";
	case TWO:
		cell->number = code_word(cell->text, 2, 2);
		return cell->number < 0 ? "is not two letters or digits" : NULL;
	case ID:
		cell->number = (int64_t)cells_provider_id(
		        (const uint8_t *)cell->text, strlen(cell->text), &repaired);
		return NULL;
	case WHOLE:
		return read_number(cell->text, 0, WHOLE_MAX, &cell->number) ? NULL
		                                                            : "is no whole number";
	case DECIMAL:
		return read_number(cell->text, 6, WHOLE_MAX, &cell->number) ? NULL : "is no number";
	case FROM:
	case TO:
		return read_date(cell->text, &cell->number) ? NULL : "is no date (YYYY-MM-DD)";
	case SEX:
		return read_sex(cell->text, &cell->number) ? NULL : "is neither male nor female";
	default:
		return NULL;
	}
}

/* ---- One line ---- */

/* Cut the cell off that begins at *at: quotes and outer blanks go.  NULL: a quote is left open. */
static char *take_cell(char **at, bool *last)
{
	char *text = *at, *to, *from;
	bool open = true;

	while (*text == ' ' || *text == '\t')
		text++;
	if (*text != '"') {
		size_t size = strcspn(text, ",");

		*last = !text[size];
		*at = text + size + 1;
		while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
			size--;
		text[size] = '\0';
		return text;
	}
	to = ++text;
	for (from = text; *from; *to++ = *from++) {
		open = *from != '"' || *++from == '"';
		if (!open)
			break;
	}
	from += strspn(from, " \t");
	if (open || (*from && *from != ','))
		return NULL;
	*last = !*from;
	*at = from + 1;
	*to = '\0';
	return text;
}

/* *given: the columns that the header has. */
static int take_header(enum payer_table table, char *line, size_t *given, const struct place *place,
        struct diag *diag)
{
	const struct column *all = tables[table].columns;
	size_t columns = payer_columns(table), c;
	bool last = false;

	for (c = 0; c < columns && !(last && all[c].type & LATER); c++) {
		const char *name = last ? NULL : take_cell(&line, &last);

		if (!name || strcasecmp(name, tables[table].columns[c].name) != 0 ||
		        (c + 1 == columns && !last))
			return diag_set(diag, FAIL_TABLE,
			        "%s:%lu: column %zu is not \"%s\", or there are more than %zu "
			        "(claimscan rules template %s shows them)",
			        place->path, place->line, c + 1, tables[table].columns[c].name,
			        columns, tables[table].name);
	}
	*given = c;
	return 0;
}

static int take_row(enum payer_table table, char *line, size_t given, struct payer_cell *cells,
        const struct place *place, struct diag *diag)
{
	size_t columns = payer_columns(table);
	bool last = false;

	for (size_t c = 0; c < columns; c++) {
		const char *wrong;

		cells[c].text = c >= given ? "" : last ? NULL : take_cell(&line, &last);
		if (!cells[c].text || (c + 1 == given && !last))
			return diag_set(diag, FAIL_TABLE,
			        "%s:%lu: a row has %zu cells; here are more, fewer, or an open "
			        "quote",
			        place->path, place->line, given);
		wrong = read_cell(&tables[table].columns[c], &cells[c]);
		if (wrong)
			return diag_set(diag, FAIL_TABLE, "%s:%lu: %s %s", place->path, place->line,
			        tables[table].columns[c].name, wrong);
	}
	return 0;
}

/* ---- One file ---- */

static int read_file(struct rows *rows, const char *path, struct diag *diag)
{
	struct stat facts;
	FILE *file = fopen(path, "re");
	size_t room = 0;
	ssize_t size;
	bool bad;

	if (!file)
		return diag_set(diag, FAIL_INPUT, "%s: %s", path, strerror(errno));
	if (fstat(fileno(file), &facts) == 0 && S_ISDIR(facts.st_mode)) {
		fclose(file);
		return diag_set(diag, FAIL_INPUT, "%s: is a directory, a file is needed", path);
	}
	size = getdelim(&rows->text, &room, '\0', file);
	bad = ferror(file);
	fclose(file);
	if (bad)
		return diag_set(diag, FAIL_INPUT, "%s: cannot be read", path);
	if (size <= 0)
		return diag_set(diag, FAIL_TABLE, "%s:1: no header", path);
	if (rows->text[size - 1] == '\0')
		return diag_set(diag, FAIL_TABLE, "%s:1: holds NUL, and is no text", path);
	return 0;
}

static struct payer_cell *add_row(struct rows *rows, size_t columns, struct row_start start)
{
	if (rows->count == rows->room) {
		size_t room = rows->room * 2 + 64;
		struct payer_cell *cells = reallocarray(
		        rows->cells, room, columns * sizeof(*cells));

		if (!cells)
			return NULL;
		rows->cells = cells;
		struct row_start *starts = reallocarray(rows->starts, room, sizeof(*starts));

		if (!starts)
			return NULL;
		rows->starts = starts;
		rows->room = room;
	}
	rows->starts[rows->count] = start;
	return rows->cells + columns * rows->count++;
}

static int read_lines(
        struct rows *rows, enum payer_table table, const char *path, struct diag *diag)
{
	char *line = rows->text, *next;
	struct place place = {path, 0};
	size_t given = 0;
	int err = 0;

	if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	for (; line && err == 0; line = next) {
		struct payer_cell *cells;
		size_t size = strcspn(line, "\n");

		place.line++;
		next = line[size] ? line + size + 1 : NULL;
		line[size] = '\0';
		if (size > 0 && line[size - 1] == '\r')
			line[size - 1] = '\0';
		if (line[0] == '#' || !line[strspn(line, " \t")])
			continue;
		if (given == 0) {
			err = take_header(table, line, &given, &place, diag);
			continue;
		}
		cells = add_row(rows, payer_columns(table), (struct row_start){line, place.line});
		err = cells ? take_row(table, line, given, cells, &place, diag)
		            : diag_set(diag, FAIL_MEMORY, "no memory for %s", path);
	}
	if (err == 0 && given == 0)
		err = diag_set(diag, FAIL_TABLE, "%s:1: no header", path);
	return err;
}

/* By key, then by all cells as bytes. */
static int compare_rows(const void *a, const void *b, void *context)
{
	const enum payer_table *table = context;
	const struct payer_cell *left = a, *right = b;
	int64_t x = left[tables[*table].key].number, y = right[tables[*table].key].number;
	int order = (x > y) - (x < y);

	for (size_t c = 0; c < payer_columns(*table) && order == 0; c++)
		order = strcmp(left[c].text, right[c].text);
	return order;
}

static uint64_t hash_rows(const struct rows *rows, size_t columns)
{
	uint64_t hash = 1;

	for (size_t i = 0; i < rows->count * columns; i++) {
		uint64_t pair[2] = {hash, hash64(rows->cells[i].text, strlen(rows->cells[i].text))};

		hash = hash64(pair, sizeof(pair));
	}
	return hash;
}

/* What rows->text holds; path is for messages. */
static int take_table(
        struct rows *rows, enum payer_table table, const char *path, struct diag *diag)
{
	size_t columns = payer_columns(table);
	int err = read_lines(rows, table, path, diag);

	if (err < 0)
		return err;
	if (rows->count > 0)
		qsort_r(rows->cells, rows->count, columns * sizeof(*rows->cells), compare_rows,
		        &table);
	rows->hash = hash_rows(rows, columns);
	return 0;
}

static int read_table(
        struct payer *payer, enum payer_table table, const char *path, struct diag *diag)
{
	struct rows *rows = &payer->rows[table];

	if (rows->text)
		return diag_set(diag, FAIL_USAGE, "--table %s is given twice", tables[table].name);
	int err = read_file(rows, path, diag);

	return err < 0 ? err : take_table(rows, table, path, diag);
}

int payer_create_text(struct payer **payer, enum payer_table table, const char *text, size_t size,
        struct diag *diag)
{
	struct payer *made = calloc(1, sizeof(*made));
	struct rows *rows = made ? &made->rows[table] : NULL;

	*payer = made;
	if (made)
		rows->text = strndup(text, size);
	int err = made && rows->text ? take_table(rows, table, tables[table].name, diag)
	                             : diag_set(diag, FAIL_MEMORY, "no memory for tables");

	if (err == 0)
		return 0;
	payer_destroy(made);
	*payer = NULL;
	return err;
}

static int refuse_name(const char *given, struct diag *diag)
{
	char names[512] = "";

	for (unsigned t = 0; t < PAYER_TABLES; t++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
		        t ? ", " : "", tables[t].name);
	return diag_set(
	        diag, FAIL_USAGE, "--table %s: wants NAME=FILE, the name one of %s", given, names);
}

int payer_create(struct payer **payer, const char *const given[], struct diag *diag)
{
	struct payer *made = NULL;
	int err = 0;

	*payer = NULL;
	if (!given || !given[0])
		return 0;
	made = calloc(1, sizeof(*made));
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for tables");
	for (size_t i = 0; given[i] && err == 0; i++) {
		size_t size = strcspn(given[i], "=");
		unsigned t = 0;

		while (t < PAYER_TABLES && (strlen(tables[t].name) != size ||
		                                   strncmp(tables[t].name, given[i], size) != 0))
			t++;
		err = t == PAYER_TABLES || !given[i][size]
		              ? refuse_name(given[i], diag)
		              : read_table(made, (enum payer_table)t, given[i] + size + 1, diag);
	}
	if (err < 0) {
		payer_destroy(made);
		return err;
	}
	*payer = made;
	return 0;
}

void payer_destroy(struct payer *payer)
{
	if (!payer)
		return;
	for (unsigned t = 0; t < PAYER_TABLES; t++) {
		free(payer->rows[t].text);
		free(payer->rows[t].cells);
		free(payer->rows[t].starts);
	}
	free(payer);
}

size_t payer_count(const struct payer *payer, enum payer_table table)
{
	return payer ? payer->rows[table].count : 0;
}

const struct payer_cell *payer_row(const struct payer *payer, enum payer_table table, size_t i)
{
	return payer->rows[table].cells + i * payer_columns(table);
}

unsigned long payer_line(const struct payer *payer, enum payer_table table, size_t i)
{
	const struct rows *rows = &payer->rows[table];
	const char *text = payer_row(payer, table, i)->text;
	size_t low = 0, high = rows->count;

	/* The last that begins at or before the row's first cell. */
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (rows->starts[middle].at <= text)
			low = middle;
		else
			high = middle;
	}
	return rows->starts[low].line;
}

const struct payer_cell *payer_find(
        const struct payer *payer, enum payer_table table, int64_t key, size_t *count)
{
	size_t low = 0, high = payer_count(payer, table);
	unsigned column = tables[table].key;

	*count = 0;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (payer_row(payer, table, middle)[column].number < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = payer_count(payer, table); low + *count < high; ++*count)
		if (payer_row(payer, table, low + *count)[column].number != key)
			break;
	return *count ? payer_row(payer, table, low) : NULL;
}

uint64_t payer_hash(const struct payer *payer, enum payer_table table)
{
	return payer ? payer->rows[table].hash : 0;
}
