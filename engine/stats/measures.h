/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is measured of each provider, from the cells of its profile, in the
 * order of members: E/M levels by family, first digits, codes, months.
 */
#ifndef STATS_MEASURES_H
#define STATS_MEASURES_H

#include "profile/profile.h"
#include "stats/groups.h"
#include "stats/mix.h"

enum { EM_LEVELS = 5 };

/* The services of a provider in one E/M family that has levels. */
struct em_levels {
	uint32_t member;
	uint8_t family;
	bool after; /* the change of the family's guideline; never pooled with those before */
	bool mixed; /* on both sides of it: not judged */
	uint64_t counts[EM_LEVELS], n;
	int64_t amounts[EM_LEVELS]; /* cents: allowed, else paid, else charge */
};

struct month_sum {
	int32_t month;  /* since 1970-01 */
	int64_t amount; /* cents: paid, else allowed, else charge */
};

struct member_measures {
	uint64_t digits[DIGITS], digit_count;
	uint64_t code_lines;
	int64_t code_paid, top_paid; /* of all codes, of the code of most */
	uint64_t top_code;
	double herfindahl;
	uint32_t months_from, months_to; /* of measures.months */
};

struct measures {
	struct member *members;
	size_t member_count;
	struct member_measures *of; /* a member each */
	struct em_levels *em;
	size_t em_count, em_room;
	struct month_sum *months;
	size_t month_count, month_room;
};

struct measures_options {
	const struct profile *profile;
	const struct side *providers;
	bool has_allowed, has_paid;
};

/* Returns 0 or FAIL_MEMORY.  measures_free() frees what was read, also after a failure. */
int measures_read(struct measures *measures, const struct measures_options *options);
void measures_free(struct measures *measures);

/* "office_est"; its highest level. */
const char *em_family_text(unsigned family);
unsigned em_family_levels(unsigned family);

#endif
