/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line leaves to its provider, when its beneficiary's history is settled:
 * 40 bytes and what is unusual of a line that stands, and behind them, for the few
 * that a rule of providers may tell of, what a finding needs.
 *
 * The records go through partitions like those of beneficiaries do.  The key is
 * the provider's number, scattered, and below it the day, so that loading a
 * partition puts a provider's lines together and in order of days.
 */
#ifndef REGROUP_PROVIDERS_H
#define REGROUP_PROVIDERS_H

#include "claim.h"
#include "regroup/finding.h"
#include "regroup/partition.h"

#include <stdbool.h>
#include <stdint.h>

/* What stands in the kind of a record's head, from the low bits on. */
enum {
	PROVIDER_CLAIM = 1 << 0,     /* a claim, not a line */
	PROVIDER_TOLD = 1 << 1,      /* texts follow: struct provider_texts */
	PROVIDER_SAME_DAY = 1 << 2,  /* the line has a day of its own */
	PROVIDER_DUPLICATE = 1 << 3, /* DUP-01 finds it */
	PROVIDER_IN_PERSON = 1 << 4, /* by who rendered it (contract: the same provider) */
	PROVIDER_TYPE_SHIFT = 5,     /* enum claim_type, two bits */
	PROVIDER_SETTING_SHIFT = 7,  /* enum setting, three bits */
	PROVIDER_ENTITY_SHIFT = 10,  /* entity type, two bits; 0: unknown */
	PROVIDER_OLD = 1 << 12,      /* of the tail of earlier months (--history) */
	PROVIDER_REF_SHIFT = 13,     /* ref of the code on its day (lookup/codes.h); 0: none */
	PROVIDER_REF_BITS = 19,
};

/* As rules read it: provider_unpack() makes it of a record. */
struct provider_line {
	uint64_t key;    /* provider_key() */
	uint32_t kind;   /* as above */
	int32_t units;   /* ten-thousandths; INT32_MAX: that or more; INT32_MIN: blank */
	uint64_t person; /* hash of the person id */
	uint64_t code;
	int64_t amount; /* by the run's basis; AMOUNT_ABSENT: blank, 0: it is the claim's */
	int64_t charge;
	uint16_t place; /* of institutional lines the revenue code */
	uint16_t modifiers[MODIFIERS_MAX];
	uint8_t span;                     /* days from from to thru; 255: that or more */
	const struct record_head *record; /* that it is of; NULL: none */
};

#define PROVIDER_UNITS_ABSENT INT32_MIN

/* A claim of a provider, that of its lowest line; its key's day is behind all days. */
struct provider_claim {
	struct record_head head; /* key: provider_key(provider, INT32_MAX) */
	uint64_t person;
	uint64_t fingerprint; /* of its lines' codes, modifiers and units, diagnoses, charge */
};

/*
 * Its first day, DATE_ABSENT for none, and its lines stand in the kind, where they
 * have room there; else in a struct provider_claim_long behind it.
 */
enum {
	PROVIDER_CLAIM_LONG = 1 << 1,
	PROVIDER_CLAIM_LINES_SHIFT = 2,
	PROVIDER_CLAIM_LINES_BITS = 14,
	PROVIDER_CLAIM_DAY_SHIFT = 16,
};

struct provider_claim_long {
	int32_t day;
	uint32_t lines;
};

static inline struct provider_claim_long provider_claim_extent(const struct provider_claim *claim)
{
	uint32_t kind = claim->head.kind;

	if (kind & PROVIDER_CLAIM_LONG)
		return *(const struct provider_claim_long *)(const void *)(claim + 1);
	return (struct provider_claim_long){
	        .day = (int32_t)(kind >> PROVIDER_CLAIM_DAY_SHIFT),
	        .lines = kind >> PROVIDER_CLAIM_LINES_SHIFT &
	                 ((1u << PROVIDER_CLAIM_LINES_BITS) - 1),
	};
}

/* Leave a claim.  0 or FAIL_IO, told by the writer. */
int provider_put_claim(struct partition_writer *writer, const struct provider_claim *claim,
        const struct provider_claim_long *extent);

/* Which rules had hit the line before. */
enum { PROVIDER_HIT_NONE, PROVIDER_HIT_ONE, PROVIDER_HIT_SEVERAL };

/* Of a line that is told. */
struct provider_texts {
	uint64_t digest;
	int64_t flagged;          /* cents of the line in dollars_flagged already */
	int64_t unique;           /* ... of these that are its rule's alone so far */
	int32_t line, order_date; /* received, else paid; INT32_MAX: neither */
	uint32_t claim_id_size, data_source_size, person_id_size;
	uint8_t hit;       /* PROVIDER_HIT_* */
	uint8_t rule;      /* the one that hit it */
	uint8_t marked;    /* 1: in lines_flagged already */
	const char *bytes; /* claim id, data source, person id */
};

/* Leave a line; texts: of one that is told, else NULL.  0 or FAIL_IO, told by the writer. */
int provider_put_line(struct partition_writer *writer, const struct provider_line *line,
        const struct provider_texts *texts);

/* A record's line; a told one's texts, whose bytes stay in the record. */
void provider_unpack(const struct record_head *record, struct provider_line *line);
struct provider_texts provider_texts(const struct provider_line *line);

/* ---- Keys: a number's bits scattered by an odd factor, which its inverse undoes ---- */

#define PROVIDER_SCATTER 0x9e3779b1u
#define PROVIDER_GATHER 0x0e8b2f51u
_Static_assert(PROVIDER_SCATTER *PROVIDER_GATHER == 1, "each undoes the other");

static inline uint64_t provider_key(uint32_t provider, int32_t day)
{
	return (uint64_t)(provider * PROVIDER_SCATTER) << 32 | ((uint32_t)day ^ 0x80000000u);
}

static inline uint32_t provider_of_key(uint64_t key)
{
	return (uint32_t)(key >> 32) * PROVIDER_GATHER;
}

/* DATE_ABSENT for lines without a day, which come first. */
static inline int32_t provider_day_of_key(uint64_t key)
{
	return (int32_t)((uint32_t)key ^ 0x80000000u);
}

/* ---- What stands in the kind ---- */

static inline enum claim_type provider_line_type(const struct provider_line *line)
{
	return (enum claim_type)(line->kind >> PROVIDER_TYPE_SHIFT & 3);
}

static inline enum setting provider_line_setting(const struct provider_line *line)
{
	return (enum setting)(line->kind >> PROVIDER_SETTING_SHIFT & 7);
}

static inline unsigned provider_line_entity(const struct provider_line *line)
{
	return line->kind >> PROVIDER_ENTITY_SHIFT & 3;
}

static inline uint32_t provider_line_ref(const struct provider_line *line)
{
	return line->kind >> PROVIDER_REF_SHIFT;
}

#endif
