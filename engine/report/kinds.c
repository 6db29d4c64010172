/* SPDX-License-Identifier: Apache-2.0 */
#include "report/kinds.h"

#include "rules/suggest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct report_kind report_kind_csv = {.name = "csv", .is_default = true};
const struct report_kind report_kind_json = {.name = "json", .is_default = true};

const struct report_kind *const report_kinds[] = {
#define KIND(suffix) &report_kind_##suffix,
#include "report/kinds.def"
#undef KIND
        NULL,
};

static_assert(sizeof(report_kinds) / sizeof(report_kinds[0]) <= REPORT_KINDS_MAX + 1,
        "a bit and a clock for each");

bool report_kinds_has(unsigned bits, const struct report_kind *kind)
{
	for (unsigned i = 0; report_kinds[i]; i++) {
		if (report_kinds[i] == kind)
			return bits >> i & 1;
	}
	return false;
}

bool report_kinds_tables(unsigned bits)
{
	for (unsigned i = 0; report_kinds[i]; i++) {
		bool needs = report_kinds[i]->file || report_kinds[i] == &report_kind_csv;

		if (bits >> i & 1 && needs)
			return true;
	}
	return false;
}

unsigned report_kinds_default(void)
{
	unsigned bits = 0;

	for (unsigned i = 0; report_kinds[i]; i++)
		bits |= (unsigned)(report_kinds[i]->is_default && !report_kinds[i]->absent) << i;
	return bits;
}

static int parse_word(const char *word, unsigned *bits, struct diag *diag)
{
	struct suggestion near;

	suggest_begin(&near, word);
	suggest_try(&near, "none");
	for (unsigned i = 0; report_kinds[i]; i++) {
		const struct report_kind *kind = report_kinds[i];

		suggest_try(&near, kind->name);
		if (strcmp(word, kind->name) != 0)
			continue;
		if (kind->absent)
			return diag_set(
			        diag, FAIL_ABSENT, "--report %s: %s", kind->name, kind->absent);
		*bits |= 1u << i;
		return 0;
	}
	return diag_set(diag, FAIL_USAGE, "--report: no \"%s\"%s%s%s", word,
	        near.best ? ": did you mean " : "", near.best ? near.best : "",
	        near.best ? "?" : "");
}

int report_kinds_parse(const char *list, unsigned *bits, struct diag *diag)
{
	char *copy = strdup(list), *next = copy, *word;
	int err = copy ? 0 : diag_set(diag, FAIL_MEMORY, "no memory");

	*bits = 0;
	if (copy && strcmp(copy, "none") == 0)
		next = NULL;
	while (err == 0 && (word = strsep(&next, ",")))
		err = parse_word(word, bits, diag);
	free(copy);
	return err;
}

const char *report_kinds_text(unsigned bits, char text[REPORT_KINDS_TEXT_MAX])
{
	size_t size = 0;

	text[0] = '\0';
	for (unsigned i = 0; report_kinds[i]; i++) {
		if (bits >> i & 1)
			size += (size_t)snprintf(text + size, REPORT_KINDS_TEXT_MAX - size, "%s%s",
			        size > 0 ? ", " : "", report_kinds[i]->name);
	}
	return text;
}
