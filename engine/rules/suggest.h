/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Did you mean": the known word nearest to a wrong one.
 */
#ifndef RULES_SUGGEST_H
#define RULES_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *word; /* the wrong one */
	const char *best; /* NULL: none is near */
	size_t distance;
};

void suggest_begin(struct suggestion *suggestion, const char *word);

/* Consider a known word; case does not count.  It must outlive the suggestion. */
void suggest_try(struct suggestion *suggestion, const char *known);

#endif
