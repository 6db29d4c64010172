/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row is split where it lies in the buffer.  One that reaches the end of what
 * was read is moved to the front, more is read behind it, and it is split
 * again; so it is changed (doubled quotes made one) only when it is whole.
 */
#include "report/table_read.h"

#include "report/formula.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	COLUMNS_MAX = 64,         /* of a table: two dozen and room */
	READ_BYTES = 1 << 18,     /* at a time: stays in L2 */
	ROW_BYTES_MAX = 64 << 20, /* a finding holds a few texts of a record, each under 1 MiB */
	STOP_BYTES = 8,           /* readable behind the data, so that words are read past it */
	NUMBER_BYTES_MAX = 64,    /* of a cell that is to be a number */
};

/* Whole numbers up to here are doubles. */
#define EXACT_MAX (INT64_C(1) << 53)

struct table_read {
	const struct run_folder *folder;
	char *name;
	int fd;
	bool at_end;                    /* nothing is left to read */
	uint64_t rows, line, line_next; /* where the row at hand and the next begin, from 1 */
	char *buffer;
	size_t capacity, used; /* without the stop */
	size_t row, next;      /* where the row at hand and the next begin */
	unsigned width;
	uint64_t quoted, doubled; /* columns in quotes; those that hold doubled ones still */
	struct text cells[COLUMNS_MAX];
	char *header; /* what the names point into */
	struct text names[COLUMNS_MAX];
};

enum split { SPLIT_ROW, SPLIT_MORE, SPLIT_QUOTE, SPLIT_WIDE };

/* ---- Splitting. ---- */

static inline uint64_t bytes_equal(uint64_t word, char byte)
{
	uint64_t other = word ^ (0x0101010101010101u * (unsigned char)byte);

	return (other - 0x0101010101010101u) & ~other & 0x8080808080808080u;
}

/* The first comma, line feed or quote; there is one, as the data end in a stop. */
static inline const char *skip_plain(const char *at)
{
	for (;; at += sizeof(uint64_t)) {
		uint64_t word, found;

		memcpy(&word, at, sizeof(word));
		found = bytes_equal(word, ',') | bytes_equal(word, '\n') | bytes_equal(word, '"');
		if (found)
			return at + __builtin_ctzll(found) / 8;
	}
}

/* Behind the closing quote; NULL if it is not there yet. */
static const char *skip_quoted(const char *at, const char *end, bool *doubled)
{
	for (;;) {
		at = memchr(at, '"', (size_t)(end - at));
		if (!at || at + 1 == end)
			return NULL;
		if (at[1] != '"')
			return at + 1;
		*doubled = true;
		at += 2;
	}
}

/* Split the row that begins at next; width counts its cells. */
static enum split split_row(struct table_read *table, unsigned *width)
{
	const char *at = table->buffer + table->next;
	const char *const end = table->buffer + table->used;

	table->quoted = 0;
	table->doubled = 0;
	for (unsigned cell = 0; cell < COLUMNS_MAX; cell++) {
		bool doubled = false, quoted = at < end && *at == '"';
		const char *from = at + quoted;
		const char *stop = quoted ? skip_quoted(from, end, &doubled) : skip_plain(at);

		if (!stop || stop >= end)
			return SPLIT_MORE;
		table->cells[cell] = (struct text){from, (uint32_t)(stop - from - quoted)};
		table->quoted |= (uint64_t)quoted << cell;
		table->doubled |= (uint64_t)doubled << cell;
		at = stop + 1;
		if (*stop == '\n') {
			*width = cell + 1;
			table->next = (size_t)(at - table->buffer);
			return SPLIT_ROW;
		}
		if (*stop != ',')
			return SPLIT_QUOTE;
	}
	return SPLIT_WIDE;
}

/* ---- Reading. ---- */

int table_read_fail(
        const struct table_read *table, unsigned column, const char *what, struct diag *diag)
{
	unsigned long long line = table->line;

	if (column == TABLE_ROW)
		return diag_set(diag, FAIL_DATA, "%s/%s:%llu: %s", table->folder->path, table->name,
		        line, what);
	return diag_set(diag, FAIL_DATA, "%s/%s:%llu: column %.*s: %s", table->folder->path,
	        table->name, line, (int)table->names[column].size, table->names[column].at, what);
}

static int grow(struct table_read *table, struct diag *diag)
{
	size_t capacity = table->capacity * 2;

	if (table->capacity >= ROW_BYTES_MAX)
		return table_read_fail(table, TABLE_ROW, "longer than 64 MiB", diag);
	char *buffer = realloc(table->buffer, capacity + STOP_BYTES);

	if (!buffer)
		return diag_set(diag, FAIL_MEMORY, "%s: no memory for a row", table->name);
	table->buffer = buffer;
	table->capacity = capacity;
	return 0;
}

/* Read behind the row that has begun, which moves to the front. */
static int read_more(struct table_read *table, struct diag *diag)
{
	ssize_t got;

	memmove(table->buffer, table->buffer + table->next, table->used - table->next);
	table->used -= table->next;
	table->next = 0;
	if (table->used == table->capacity) {
		int err = grow(table, diag);

		if (err < 0)
			return err;
	}
	do
		got = read(table->fd, table->buffer + table->used, table->capacity - table->used);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return diag_set(diag, FAIL_IO, "%s/%s: cannot read: %s", table->folder->path,
		        table->name, strerror(errno));
	table->used += (size_t)got;
	table->at_end = got == 0;
	memset(table->buffer + table->used, '\n', STOP_BYTES);
	return 0;
}

static void halve_quotes(struct text *cell)
{
	char *from = (char *)cell->at, *end = from + cell->size, *to = from;

	while (from < end) {
		from += *from == '"';
		*to++ = *from++;
	}
	cell->size = (uint32_t)(to - cell->at);
}

/* What is done to a row once it is whole. */
static void finish_row(struct table_read *table)
{
	for (uint64_t left = table->doubled; left; left &= left - 1)
		halve_quotes(&table->cells[__builtin_ctzll(left)]);
	table->line_next = table->line + 1;
	for (uint64_t left = table->quoted; left; left &= left - 1) {
		const struct text *cell = &table->cells[__builtin_ctzll(left)];
		const char *at = cell->at, *end = at + cell->size;

		for (; (at = memchr(at, '\n', (size_t)(end - at))); at++)
			table->line_next++;
	}
}

/* The next row, whatever its width: as table_read_next(). */
static int step(struct table_read *table, unsigned *width, struct diag *diag)
{
	table->line = table->line_next;
	for (;;) {
		switch (split_row(table, width)) {
		case SPLIT_ROW:
			finish_row(table);
			return 1;
		case SPLIT_MORE:
			break;
		case SPLIT_QUOTE:
			return table_read_fail(table, TABLE_ROW, "a quote where none can be", diag);
		case SPLIT_WIDE:
			return table_read_fail(table, TABLE_ROW, "more than 64 cells", diag);
		}
		if (table->at_end && table->next < table->used)
			return table_read_fail(
			        table, TABLE_ROW, "the file ends in the middle of it", diag);
		if (table->at_end)
			return 0;
		int err = read_more(table, diag);

		if (err < 0)
			return err;
	}
}

int table_read_next(struct table_read *table, struct diag *diag)
{
	unsigned width = 0;
	int got = step(table, &width, diag);

	if (got <= 0)
		return got;
	table->rows++;
	if (width != table->width)
		return table_read_fail(
		        table, TABLE_ROW, "not as many cells as the header has", diag);
	return 1;
}

uint64_t table_read_rows(const struct table_read *table)
{
	return table->rows;
}

/* ---- Beginning and end. ---- */

/* The names outlive the row that they were read from. */
static int keep_header(struct table_read *table, struct diag *diag)
{
	const char *from = table->cells[0].at;
	const struct text *last = &table->cells[table->width - 1];
	size_t size = (size_t)(last->at + last->size - from);

	table->header = malloc(size + 1);
	if (!table->header)
		return diag_set(diag, FAIL_MEMORY, "no memory for a table");
	memcpy(table->header, from, size);
	for (unsigned i = 0; i < table->width; i++)
		table->names[i] = (struct text){
		        table->header + (table->cells[i].at - from), table->cells[i].size};
	return 0;
}

static int table_begin(struct table_read *table, const char *name, struct diag *diag)
{
	table->name = strdup(name);
	table->capacity = READ_BYTES;
	table->buffer = malloc(table->capacity + STOP_BYTES);
	if (!table->name || !table->buffer)
		return diag_set(diag, FAIL_MEMORY, "no memory for a table");
	memset(table->buffer, '\n', STOP_BYTES);
	if (!run_folder_has(table->folder, name))
		return diag_set(diag, FAIL_INPUT,
		        "%s/%s: not there: tables are kept by runs with --report csv",
		        table->folder->path, name);
	table->fd = run_folder_open_file(table->folder, name, diag);
	if (table->fd < 0)
		return table->fd;
	int got = step(table, &table->width, diag);

	if (got == 0)
		return table_read_fail(table, TABLE_ROW, "no header: the file is empty", diag);
	return got < 0 ? got : keep_header(table, diag);
}

int table_read_create(struct table_read **table, const struct run_folder *folder, const char *name,
        struct diag *diag)
{
	struct table_read *made = calloc(1, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a table");
	made->folder = folder;
	made->fd = -1;
	made->line_next = 1;
	int err = table_begin(made, name, diag);

	if (err < 0) {
		table_read_destroy(made);
		return err;
	}
	*table = made;
	return 0;
}

void table_read_destroy(struct table_read *table)
{
	if (!table)
		return;
	if (table->fd >= 0)
		close(table->fd);
	free(table->name);
	free(table->buffer);
	free(table->header);
	free(table);
}

/* ---- Columns. ---- */

unsigned table_read_width(const struct table_read *table)
{
	return table->width;
}

struct text table_read_name(const struct table_read *table, unsigned column)
{
	assert(column < table->width);
	return table->names[column];
}

int table_read_column(const struct table_read *table, const char *name, struct diag *diag)
{
	size_t size = strlen(name);

	for (unsigned i = 0; i < table->width; i++) {
		if (table->names[i].size == size && !memcmp(table->names[i].at, name, size))
			return (int)i;
	}
	return diag_set(
	        diag, FAIL_DATA, "%s/%s:1: no column %s", table->folder->path, table->name, name);
}

int table_read_columns(const struct table_read *table, const char *const names[],
        unsigned columns[], struct diag *diag)
{
	for (size_t i = 0; names[i]; i++) {
		int column = table_read_column(table, names[i], diag);

		if (column < 0)
			return column;
		columns[i] = (unsigned)column;
	}
	return 0;
}

struct text table_read_cell(const struct table_read *table, unsigned column)
{
	assert(column < table->width);
	return table->cells[column];
}

struct text table_read_text(const struct table_read *table, unsigned column)
{
	struct text cell = table_read_cell(table, column);
	size_t guard = formula_guard_size(cell.at, cell.size);

	return (struct text){cell.at + guard, (uint32_t)(cell.size - guard)};
}

/* ---- Numbers. ---- */

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number of up to so many places, in units of the last; false if it is none. */
static bool read_decimal(struct text cell, unsigned places, int64_t *value)
{
	const char *at = cell.at, *end = cell.at + cell.size;
	bool negative = at < end && *at == '-', overflow = false;
	int64_t sum = 0;

	at += negative;
	bool any = at < end && is_digit(*at);

	for (; at < end && is_digit(*at); at++)
		overflow |= __builtin_mul_overflow(sum, 10, &sum) ||
		            __builtin_add_overflow(sum, *at - '0', &sum);
	bool point = at < end && *at == '.' && places > 0;

	at += point;
	for (; places > 0; places--) {
		int digit = point && at < end && is_digit(*at) ? *at++ - '0' : 0;

		overflow |= __builtin_mul_overflow(sum, 10, &sum) ||
		            __builtin_add_overflow(sum, digit, &sum);
	}
	*value = negative ? -sum : sum;
	return any && at == end && !overflow;
}

static int read_number(const struct table_read *table, unsigned column, unsigned places,
        int64_t *value, struct diag *diag)
{
	struct text cell = table_read_cell(table, column);

	*value = TABLE_BLANK;
	if (cell.size == 0 || read_decimal(cell, places, value))
		return 0;
	return table_read_fail(table, column, places ? "no amount" : "no whole number", diag);
}

int table_read_integer(
        const struct table_read *table, unsigned column, int64_t *value, struct diag *diag)
{
	return read_number(table, column, 0, value, diag);
}

int table_read_cents(
        const struct table_read *table, unsigned column, int64_t *cents, struct diag *diag)
{
	return read_number(table, column, 2, cents, diag);
}

int table_read_units(const struct table_read *table, unsigned column, int64_t *ten_thousandths,
        struct diag *diag)
{
	return read_number(table, column, 4, ten_thousandths, diag);
}

/*
 * What most numbers of a table are: six places at most, and in millionths a
 * whole number that a double holds exactly; so is a million, and one division
 * of the two rounds once, as strtod() does.
 */
static bool read_short(struct text cell, double *value)
{
	int64_t millionths;

	if (!read_decimal(cell, 6, &millionths) || llabs(millionths) > EXACT_MAX)
		return false;
	*value = (double)millionths / 1e6;
	return true;
}

int table_read_double(
        const struct table_read *table, unsigned column, double *value, struct diag *diag)
{
	struct text cell = table_read_cell(table, column);
	char text[NUMBER_BYTES_MAX], *end = text;

	*value = NAN;
	if (cell.size == 0 || read_short(cell, value))
		return 0;
	if (cell.size < sizeof(text)) {
		memcpy(text, cell.at, cell.size);
		text[cell.size] = '\0';
		*value = strspn(text, "0123456789+-.eE") == cell.size ? strtod(text, &end) : NAN;
	}
	if (end != text && *end == '\0' && isfinite(*value))
		return 0;
	return table_read_fail(table, column, "no number", diag);
}
