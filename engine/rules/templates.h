/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that a user may bring: what each is for, its header, and what a
 * row looks like.  `claimscan rules template NAME` prints one.
 */
#ifndef RULES_TEMPLATES_H
#define RULES_TEMPLATES_H

#include <stddef.h>

struct rule_template {
	const char *name;
	const char *words;  /* what it is for, in a sentence or two */
	const char *use;    /* where it is given */
	const char *header; /* CSV */
	const char *rows;   /* shipped default or examples, each ended by a newline */
};

size_t templates_count(void);
const struct rule_template *template_at(size_t index);
const struct rule_template *template_find(const char *name); /* NULL: none; case does not count */

#endif
