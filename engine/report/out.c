/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a run, written by large buffers.
 *
 * The buffer holds [whole rows | the row at hand].  Each cell writes itself and
 * a comma, and the end of the row turns the last comma into a line feed, so no
 * cell asks whether it is the first.  Only whole rows are written out.
 */
#include "report/run.h"

#include "base/date.h"
#include "claim.h"
#include "report/formula.h"
#include "report/number.h"

#include <math.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FLUSH_BYTES = 256 << 10, /* larger writes gained nothing */
	FIRST_BYTES = FLUSH_BYTES + (16 << 10),
	START_BYTES = 8 << 20, /* are on their way to the disk while the next are made */
};

struct out {
	char *buffer;
	size_t used, capacity;
	size_t whole; /* bytes of whole rows; behind them the row at hand */
	uint64_t rows;
	int fd;                 /* -1: in memory */
	off_t written, started; /* bytes; those that the disk was told of */
	int error;              /* the first, negative errno; afterwards nothing is kept */
	char name[];
};

static int out_make(struct out **out, const char *name, int fd, struct diag *diag)
{
	size_t name_size = strlen(name) + 1;
	struct out *made = malloc(sizeof(*made) + name_size);
	char *buffer = malloc(FIRST_BYTES);

	if (!made || !buffer) {
		free(made);
		free(buffer);
		return diag_set(diag, FAIL_MEMORY, "no memory for the buffer of %s", name);
	}
	*made = (struct out){.buffer = buffer, .capacity = FIRST_BYTES, .fd = fd};
	memcpy(made->name, name, name_size);
	*out = made;
	return 0;
}

int out_create(struct out **out, struct run *run, const char *name, struct diag *diag)
{
	int fd = -1;
	int err = run_open_file(run, name, &fd, diag);

	if (err < 0)
		return err;
	err = out_make(out, name, fd, diag);
	if (err < 0)
		close(fd);
	return err;
}

int out_create_open(struct out **out, const char *name, int fd, struct diag *diag)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	int err = own < 0 ? diag_set(diag, FAIL_IO, "%s: %s", name, strerror(errno))
	                  : out_make(out, name, own, diag);

	if (err < 0 && own >= 0)
		close(own);
	return err;
}

int out_create_memory(struct out **out, struct diag *diag)
{
	return out_make(out, "rows", -1, diag);
}

void out_destroy(struct out *out)
{
	if (!out)
		return;
	if (out->fd >= 0)
		close(out->fd);
	free(out->buffer);
	free(out);
}

/* Remember a failure; what is not written yet is dropped. */
static void out_fail(struct out *out, int err)
{
	if (out->error == 0)
		out->error = err;
	out->used = 0;
	out->whole = 0;
}

static void write_all(struct out *out, const char *text, size_t size)
{
	while (size > 0 && out->error == 0) {
		ssize_t written = write(out->fd, text, size);

		if (written > 0) {
			text += written;
			size -= (size_t)written;
		} else if (written == 0) {
			out_fail(out, FAIL_IO);
		} else if (errno != EINTR) {
			out_fail(out, -errno);
		}
	}
}

/* Have the disk begin: the run waits for all of it at its end.  No more than a hint. */
static void start_disk(struct out *out, size_t size)
{
	out->written += (off_t)size;
	if (out->written - out->started < START_BYTES)
		return;
	(void)sync_file_range(
	        out->fd, out->started, out->written - out->started, SYNC_FILE_RANGE_WRITE);
	out->started = out->written;
}

static void flush_rows(struct out *out)
{
	size_t whole = out->whole;

	write_all(out, out->buffer, whole);
	if (out->error < 0)
		return;
	start_disk(out, whole);
	memmove(out->buffer, out->buffer + whole, out->used - whole);
	out->used -= whole;
	out->whole = 0;
}

/* Make room the slow way; false if there is none, and the bytes are lost. */
static bool out_grow(struct out *out, size_t size)
{
	if (out->error < 0) {
		out->used = 0;
		out->whole = 0;
	} else if (out->fd >= 0 && out->whole > 0) {
		flush_rows(out);
	}
	if (out->capacity - out->used >= size)
		return true;

	size_t capacity = out->capacity * 2;

	if (capacity - out->used < size)
		capacity = out->used + size;
	char *buffer = realloc(out->buffer, capacity);

	if (!buffer) {
		out_fail(out, FAIL_MEMORY);
		return false;
	}
	out->buffer = buffer;
	out->capacity = capacity;
	return true;
}

static inline bool out_reserve(struct out *out, size_t size)
{
	return out->capacity - out->used >= size || out_grow(out, size);
}

/* Where a cell begins; NULL if it is lost.  cell_end() puts the comma. */
static inline char *cell_begin(struct out *out, size_t size)
{
	return out_reserve(out, size + 1) ? out->buffer + out->used : NULL;
}

static inline void cell_end(struct out *out, char *end)
{
	*end++ = ',';
	out->used = (size_t)(end - out->buffer);
}

int out_close(struct out *out, struct diag *diag)
{
	if (out->fd >= 0 && out->error == 0)
		write_all(out, out->buffer, out->used);
	int fd = out->fd;

	out->fd = -1;
	if (fd >= 0 && close(fd) < 0 && errno != EINTR && out->error == 0)
		out->error = -errno;
	int err = out->error;

	if (err == FAIL_MEMORY)
		diag_set(diag, err, "%s: no memory for a row", out->name);
	else if (err < 0)
		err = diag_set(diag, FAIL_IO, "%s: cannot write: %s", out->name, strerror(-err));
	out_destroy(out);
	return err;
}

const char *out_memory_text(const struct out *out, size_t *size)
{
	*size = out->whole;
	return out->buffer;
}

const char *out_memory_cells(const struct out *out, size_t *size)
{
	*size = out->used - out->whole;
	return out->buffer + out->whole;
}

void out_memory_reset(struct out *out)
{
	out->used = 0;
	out->whole = 0;
	out->rows = 0;
}

void out_append(struct out *out, struct out *block)
{
	if (block->error < 0) {
		out_fail(out, block->error);
	} else if (out->fd >= 0) {
		flush_rows(out);
		write_all(out, block->buffer, block->whole);
		start_disk(out, block->whole);
	} else if (out_reserve(out, block->whole)) {
		memcpy(out->buffer + out->used, block->buffer, block->whole);
		out->used += block->whole;
		out->whole = out->used;
	}
	out->rows += block->rows;
	out_memory_reset(block);
}

uint64_t out_row_count(const struct out *out)
{
	return out->rows;
}

/* ---- Cells. ---- */

void out_blank(struct out *out)
{
	char *at = cell_begin(out, 0);

	if (at)
		cell_end(out, at);
}

void out_unsigned(struct out *out, uint64_t value)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, number_unsigned(at, value));
}

void out_signed(struct out *out, int64_t value)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, number_signed(at, value));
}

void out_money(struct out *out, int64_t cents)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, cents == AMOUNT_ABSENT ? at : number_money(at, cents));
}

void out_units(struct out *out, int64_t ten_thousandths)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out,
		        ten_thousandths == AMOUNT_ABSENT ? at : number_units(at, ten_thousandths));
}

void out_date(struct out *out, int32_t date)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, number_date(at, date));
}

void out_ratio(struct out *out, uint64_t part, uint64_t whole)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, number_ratio(at, part, whole));
}

void out_fixed(struct out *out, double value)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, isnan(value) ? at : number_fixed(at, value));
}

void out_scientific(struct out *out, double value)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, isnan(value) ? at : number_scientific(at, value));
}

void out_wide_money_squared(struct out *out, unsigned __int128 cents_squared)
{
	char *at = cell_begin(out, NUMBER_TEXT_MAX);

	if (at)
		cell_end(out, number_money_squared(at, cents_squared));
}

void out_end_row(struct out *out)
{
	if (out->used == out->whole)
		out_blank(out);
	if (out->used > 0)
		out->buffer[out->used - 1] = '\n';
	out->whole = out->used;
	out->rows++;
	if (out->fd >= 0 && out->whole >= FLUSH_BYTES)
		flush_rows(out);
}

/* A provider's cells before each of its rows: too short for a call of memcpy. */
static inline void copy_short(char *to, const char *from, size_t size)
{
	if (size < 8 || size > 32) {
		memcpy(to, from, size);
	} else if (size < 16) {
		memcpy(to, from, 8);
		memcpy(to + size - 8, from + size - 8, 8);
	} else {
		memcpy(to, from, 16);
		memcpy(to + size - 16, from + size - 16, 16);
	}
}

void out_cells(struct out *out, const char *cells, size_t size)
{
	if (!out_reserve(out, size))
		return;
	copy_short(out->buffer + out->used, cells, size);
	out->used += size;
}

char *out_room(struct out *out, size_t size)
{
	return out_reserve(out, size) ? out->buffer + out->used : NULL;
}

void out_take(struct out *out, const char *end)
{
	out->used = (size_t)(end - out->buffer);
}

void out_raw(struct out *out, const char *text, size_t size)
{
	out_cells(out, text, size);
	out->whole = out->used;
	if (out->fd >= 0 && out->whole >= FLUSH_BYTES)
		flush_rows(out);
}

/* ---- Texts. ---- */

static bool needs_quotes(const char *text, size_t size)
{
	bool found = false;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		found |= (c == ',') | (c == '"') | (c == '\n') | (c == '\r');
	}
	return found;
}

static char *put_quoted(char *to, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			*to++ = '"';
		*to++ = text[i];
	}
	*to++ = '"';
	return to;
}

void out_text(struct out *out, const char *text, size_t size)
{
	char *at = cell_begin(out, 2 * size + 3);

	if (!at)
		return;
	bool quotes = needs_quotes(text, size);

	if (quotes)
		*at++ = '"';
	if (formula_needs_guard(text, size))
		*at++ = '\'';
	if (quotes) {
		at = put_quoted(at, text, size);
	} else {
		memcpy(at, text, size);
		at += size;
	}
	cell_end(out, at);
}

void out_plain(struct out *out, const char *text, size_t size)
{
	char *at = cell_begin(out, size);

	if (!at)
		return;
	copy_short(at, text, size);
	cell_end(out, at + size);
}

void out_word(struct out *out, const char *text)
{
	out_text(out, text, strlen(text));
}
