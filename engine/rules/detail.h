/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a hit's detail: "name=value; name=value".
 *
 * An item that does not fit is left out whole, never cut.
 */
#ifndef RULES_DETAIL_H
#define RULES_DETAIL_H

#include "rules/rules.h"

#include <stdio.h>

/* Append one item, written as name=value. */
void detail_add(struct hit *hit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* name=YYYY-MM-DD, or name=A..B where they differ. */
void detail_add_days(struct hit *hit, const char *name, int32_t low, int32_t high);

/* in_force=A..B, an open end left blank; in_force=never where from > to. */
void detail_add_window(struct hit *hit, int32_t from, int32_t to);

/* dxN=CODE */
void detail_add_slot(struct hit *hit, unsigned slot, uint64_t code);

/* name=units, trailing zeros cut */
void detail_add_units(struct hit *hit, const char *name, int64_t ten_thousandths);

/* name=dollars */
void detail_add_money(struct hit *hit, const char *name, int64_t cents);

enum { CODE_TEXT_SIZE = 8 };
/* A code word as text; a byte that would break the detail becomes '?'. */
const char *code_text(uint64_t code, char text[CODE_TEXT_SIZE]);

/*
 * Kinds that exclude each other: the first of mask (bit i names kinds[i]) is
 * the finding's kind, the others are told as also=.  Returns its index.
 */
unsigned hit_name_kinds(struct hit *hit, const char *const kinds[], unsigned mask);
void hit_tell_also(struct hit *hit, const char *const kinds[], unsigned mask);

/* Dollars of the hit as a share of the amount; scaled down where too large. */
void hit_share(struct hit *hit, int64_t share, int64_t whole);
void hit_excess(struct hit *hit, int64_t share, int64_t whole);

static inline void hit_whole_line(struct hit *hit)
{
	hit->share = hit->whole = 1;
}

#endif
