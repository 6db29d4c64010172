/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/norms.h"

#include "base/budget.h"
#include "base/hash.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_TEXTS = 5, ROW_CELLS = ROW_TEXTS + 1 + NORM_FIGURES, LINE_MAX_BYTES = 4096 };

struct norms {
	struct norm *norms; /* by norm_compare() */
	size_t count, room;
	uint64_t hash;
};

static const char *const kind_names[NORM_KINDS] = {"peers", "share", "price"};
static const char *const figure_names[NORM_FIGURES] = {"mean", "median", "mad", "p20", "p80", "p90",
        "p95", "p99", "centre", "scale", "phi", "alpha", "beta", "fee"};
static const char *const text_names[ROW_CELLS - NORM_FIGURES] = {
        "kind", "peer_group", "rule", "measure", "key", "n"};

const char *norm_kind_name(unsigned kind)
{
	return kind_names[kind];
}

const char *norm_figure_name(unsigned figure)
{
	return figure_names[figure];
}

void norm_init(struct norm *norm, enum norm_kind kind, const char *rule, const char *measure)
{
	memset(norm, 0, sizeof(*norm));
	norm->kind = (uint8_t)kind;
	snprintf(norm->rule, sizeof(norm->rule), "%s", rule);
	snprintf(norm->measure, sizeof(norm->measure), "%s", measure);
	for (unsigned i = 0; i < NORM_FIGURES; i++)
		norm->figures[i] = NAN;
}

int norm_compare(const void *a, const void *b)
{
	const struct norm *left = a, *right = b;
	int order = (left->kind > right->kind) - (left->kind < right->kind);

	if (order == 0)
		order = strcmp(left->group, right->group);
	if (order == 0)
		order = strcmp(left->rule, right->rule);
	if (order == 0)
		order = strcmp(left->measure, right->measure);
	return order ? order : strcmp(left->key, right->key);
}

/* ---- Cells of a line ---- */

/* Cut a line at its commas, in place; quotes as RFC 4180 has them.  Returns how
 * many cells. */
static size_t cut_line(char *line, char *cells[ROW_CELLS + 1])
{
	size_t count = 0;
	char *from = line, *to = line;
	bool quoted = false;

	cells[count++] = to;
	for (; *from; from++) {
		bool doubled = quoted && from[0] == '"' && from[1] == '"';

		if (doubled) {
			*to++ = *++from;
		} else if (*from == '"') {
			quoted = !quoted;
		} else if (*from == ',' && !quoted) {
			*to++ = '\0';
			if (count > ROW_CELLS)
				return count;
			cells[count++] = to;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return count;
}

static bool read_figure(const char *text, double *value)
{
	char *end;

	*value = NAN;
	if (*text == '\0')
		return true;
	*value = strtod(text, &end);
	return *end == '\0' && isfinite(*value);
}

static bool read_whole(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static bool take_text(char *into, size_t size, const char *text)
{
	return (size_t)snprintf(into, size, "%s", text) < size;
}

/* Returns the number of the cell that is wrong, or -1. */
static int read_row(struct norm *norm, char *const cells[ROW_CELLS])
{
	unsigned kind = 0;

	memset(norm, 0, sizeof(*norm));
	while (kind < NORM_KINDS && strcmp(cells[0], kind_names[kind]) != 0)
		kind++;
	norm->kind = (uint8_t)kind;
	if (kind == NORM_KINDS)
		return 0;
	if (!take_text(norm->group, sizeof(norm->group), cells[1]))
		return 1;
	if (!take_text(norm->rule, sizeof(norm->rule), cells[2]))
		return 2;
	if (!take_text(norm->measure, sizeof(norm->measure), cells[3]))
		return 3;
	if (!take_text(norm->key, sizeof(norm->key), cells[4]))
		return 4;
	if (!read_whole(cells[ROW_TEXTS], &norm->n))
		return ROW_TEXTS;
	for (int i = 0; i < NORM_FIGURES; i++) {
		if (!read_figure(cells[ROW_TEXTS + 1 + i], &norm->figures[i]))
			return ROW_TEXTS + 1 + i;
	}
	return -1;
}

static const char *cell_name(int cell)
{
	return cell <= ROW_TEXTS ? text_names[cell] : figure_names[cell - ROW_TEXTS - 1];
}

static bool is_header(char *const cells[], size_t count)
{
	bool is = count == ROW_CELLS;

	for (int i = 0; is && i < ROW_CELLS; i++)
		is = strcmp(cells[i], cell_name(i)) == 0;
	return is;
}

/* ---- A file ---- */

static int add_norm(struct norms *norms, const struct norm *norm)
{
	if (norms->count == norms->room) {
		size_t room = norms->room ? 2 * norms->room : 256;
		struct norm *larger = budget_resize(norms->norms, room * sizeof(*larger));

		if (!larger)
			return FAIL_MEMORY;
		norms->norms = larger;
		norms->room = room;
	}
	norms->norms[norms->count++] = *norm;
	return 0;
}

static int read_line(
        struct norms *norms, char *line, const char *path, size_t number, struct diag *diag)
{
	char *cells[ROW_CELLS + 1];
	size_t count = cut_line(line, cells);
	struct norm norm;

	if (number == 1)
		return is_header(cells, count)
		               ? 0
		               : diag_set(diag, FAIL_TABLE,
		                         "%s:1: not the header of a norms.csv (--norms)", path);
	if (count != ROW_CELLS)
		return diag_set(diag, FAIL_TABLE, "%s:%zu: %zu cells, not %d (--norms)", path,
		        number, count, ROW_CELLS);
	int wrong = read_row(&norm, cells);

	if (wrong >= 0)
		return diag_set(diag, FAIL_TABLE, "%s:%zu: %s is not readable (--norms)", path,
		        number, cell_name(wrong));
	return add_norm(norms, &norm) < 0 ? diag_set(diag, FAIL_MEMORY, "no memory for norms") : 0;
}

static int read_lines(struct norms *norms, FILE *file, const char *path, struct diag *diag)
{
	char line[LINE_MAX_BYTES];
	size_t number = 0;
	int err = 0;

	while (err == 0 && fgets(line, sizeof(line), file)) {
		size_t size = strcspn(line, "\r\n");

		number++;
		if (line[size] == '\0' && size + 1 == sizeof(line))
			return diag_set(diag, FAIL_TABLE, "%s:%zu: too long a line (--norms)", path,
			        number);
		line[size] = '\0';
		err = read_line(norms, line, path, number, diag);
	}
	if (err == 0 && ferror(file))
		err = diag_set(diag, FAIL_INPUT, "%s: %s (--norms)", path, strerror(errno));
	if (err == 0 && number == 0)
		err = diag_set(diag, FAIL_TABLE, "%s:1: empty, no norms.csv (--norms)", path);
	return err;
}

/* Sorted, each key once; of the hash the struct's own bytes: all of them are
 * set. */
static int settle(struct norms *norms, const char *path, struct diag *diag)
{
	qsort(norms->norms, norms->count, sizeof(*norms->norms), norm_compare);
	for (size_t i = 1; i < norms->count; i++) {
		if (norm_compare(&norms->norms[i - 1], &norms->norms[i]) == 0)
			return diag_set(diag, FAIL_TABLE, "%s: two rows of %s %s %s (--norms)",
			        path, norms->norms[i].group, norms->norms[i].rule,
			        norms->norms[i].measure);
	}
	norms->hash = hash64(norms->norms, norms->count * sizeof(*norms->norms));
	return 0;
}

int norms_read(struct norms **made, const char *path, struct diag *diag)
{
	FILE *file = fopen(path, "re");
	struct norms *norms;

	*made = NULL;
	if (!file)
		return diag_set(diag, FAIL_INPUT, "%s: %s (--norms)", path, strerror(errno));
	norms = budget_calloc(1, sizeof(*norms));
	int err = norms ? read_lines(norms, file, path, diag)
	                : diag_set(diag, FAIL_MEMORY, "no memory for norms");

	if (err == 0 && norms->count > 0)
		err = settle(norms, path, diag);
	fclose(file);
	if (err < 0) {
		norms_destroy(norms);
		return err;
	}
	*made = norms;
	return 0;
}

void norms_destroy(struct norms *norms)
{
	if (!norms)
		return;
	budget_free(norms->norms);
	budget_free(norms);
}

uint64_t norms_hash(const struct norms *norms)
{
	return norms->hash;
}

const struct norm *norms_find(const struct norms *norms, const struct norm *key)
{
	if (!norms || norms->count == 0)
		return NULL;
	return bsearch(key, norms->norms, norms->count, sizeof(*key), norm_compare);
}

const struct norm *norms_all(const struct norms *norms, size_t *count)
{
	*count = norms->count;
	return norms->norms;
}
