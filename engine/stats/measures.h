/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is measured of each provider, in the order of members: hits by rule, E/M
 * levels by family, first digits, codes, months.
 *
 * E/M levels, digits and months are net where the walk over providers has
 * tallied them, else as printed (gross); codes are gross.
 */
#ifndef STATS_MEASURES_H
#define STATS_MEASURES_H

#include "history/tallies.h"
#include "lookup/payer.h"
#include "profile/profile.h"
#include "stats/blocks.h"
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

struct code_sum {
	uint64_t code;
	uint64_t lines;
	int64_t paid; /* as of months */
};

/* Hits of a rule: what is asked of its rate. */
struct rate_sample {
	uint32_t member;
	uint64_t n, k;
	int64_t dollars; /* of the k */
};

struct member_measures {
	uint64_t digits[DIGITS], digit_count;
	uint64_t code_lines;
	int64_t code_paid, top_paid; /* of all codes, of the code of most */
	uint64_t top_code;
	uint64_t beneficiaries, lines, claims;
	int64_t dollars_flagged;
	uint32_t months_from, months_to; /* of measures.months */
	uint32_t codes_from, codes_to;   /* of measures.codes, by code */
	uint32_t em_from, em_to;         /* of measures.em */
};

struct hit_lists; /* of some members */

struct measures {
	struct member *members;
	size_t member_count;
	struct member_measures *of; /* a member each */
	struct em_levels *em;
	struct month_sum *months;
	struct code_sum *codes;
	struct hit_lists *hits; /* in the order of members */
	size_t hit_list_count;
	struct blocks *blocks; /* what hits stand in */
	uint32_t *place;       /* by number of the profile: of its member, + 1; 0: none */
	size_t number_count;
	bool tallied[TALLY_MEASURES]; /* has anybody an entry of it? */
};

/* The member of a number of the profile. */
enum { MEMBER_NONE = UINT32_MAX };
static inline uint32_t measures_member(const struct measures *measures, uint32_t number)
{
	return number < measures->number_count ? measures->place[number] - 1 : MEMBER_NONE;
}

struct measures_options {
	const struct profile *profile;
	const struct side *providers;
	const struct payer *payer;     /* its peer_groups; NULL: none */
	const struct tallies *tallies; /* NULL: none */
	const struct rule_selection *selection;
	bool has_allowed, has_paid;
	unsigned threads;
	struct blocks *blocks; /* outlive the measures */
};

/* Returns 0 or FAIL_MEMORY.  measures_free() frees what was read, also after a failure. */
int measures_read(struct measures *measures, const struct measures_options *options);
void measures_free(struct measures *measures);

/* What sees the hits of each member as they are read: any thread, in any order. */
struct hit_reader {
	void (*read)(void *context, uint32_t member, const struct profile_rule hits[RULES_ALL]);
	void *context;
};

/* After measures_read(), with the same options: hits by rule.  0 or FAIL_MEMORY. */
int measures_read_hits(struct measures *measures, const struct measures_options *options,
        const struct hit_reader *reader);

/*
 * The members that a rule judged DENOMINATOR_MIN units of, ascending, into
 * samples, which has room for all members; returns how many.  Once for a rule:
 * what they stood in is given back.  Any thread, a rule each.
 */
size_t measures_take_hits(
        const struct measures *measures, unsigned rule, struct rate_sample samples[]);

/* "office_est", "office_est_pre2021"; its highest level. */
const char *em_family_text(unsigned family, bool after);
unsigned em_family_levels(unsigned family);

#endif
