/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What profile's own files know of a run and of its workers.
 */
#ifndef PROFILE_WORKER_H
#define PROFILE_WORKER_H

#include "base/level.h"
#include "claim.h"
#include "profile/part.h"
#include "profile/profile.h"
#include "profile/shared.h"
#include "profile/table.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MONTH_DAYS = UINT16_MAX, /* days from 1970 whose month is tabled */
	TOUCHES_MAX = (1 + MODIFIERS_MAX + 2) * BATCH_LINES, /* cells that a batch can touch */
	WIDE_BATCH = TOUCHES_MAX + BATCH_LINES, /* wide cells: from touches and digits */
	NOTES_BATCH = 3 * BATCH_LINES,
};

/* The loops over batches, one set a CPU level: profile_hot.c. */
struct profile_hot {
	int (*resolve)(struct profile_worker *worker, struct batch *batch);
	/* There must be room for all that the batch can touch. */
	void (*add)(struct profile_worker *worker, const struct batch *batch,
	        const struct procedure_attributes *procedures, const struct verdicts *verdicts);
};
extern const struct profile_hot profile_hot_scalar, profile_hot_avx2, profile_hot_avx512;

struct profile {
	unsigned keep;
	size_t share_bytes; /* of private blocks, a worker; 0: no limit */
	const struct profile_hot *hot;
	struct table table;
	struct shared shared;
	struct part *_Atomic parts;        /* all workers', linked */
	uint64_t rule_checks[RULES_ALL];   /* the checks of each rule */
	uint8_t family_ranks[EM_FAMILIES]; /* E/M families by name */
	int16_t months[MONTH_DAYS];        /* of the days from 1970 */
};

/*
 * The sums of a batch's lines up to each line, so that those of any stretch
 * of lines are one subtraction: units, charge, allowed, paid, three squares,
 * and four counts of 16 bits (lines, and lines with each amount).
 */
enum { ROW_SQUARE = SUMS, ROW_COUNTS = SUMS + AMOUNT_COUNT, ROW_WORDS };

/* Lines [from, to) of the batch, to be added to a provider's cell. */
struct touch {
	uint64_t key; /* packed */
	uint32_t number;
	uint16_t from, to;
};

struct profile_worker {
	struct profile *profile;
	struct part *part;
	uint32_t touch_count;

	_Alignas(64) uint64_t rows[BATCH_LINES + 1][ROW_WORDS];
	struct touch touches[TOUCHES_MAX];
	_Alignas(64) uint64_t checks[BATCH_LINES]; /* of ids; then rule masks */
	_Alignas(64) uint32_t numbers[BATCH_LINES];
	_Alignas(64) uint16_t starts[BATCH_LINES + 1];
	_Alignas(64) uint16_t ordinals[BATCH_LINES];
	_Alignas(64) uint8_t flags[BATCH_LINES];
	_Alignas(64) uint8_t digits[BATCH_LINES];
};

/* Months since 1970-01 of a date that is not absent. */
static inline int32_t profile_month(const struct profile *profile, int32_t date)
{
	return (uint32_t)date < MONTH_DAYS ? profile->months[date] : date_month(date);
}

static inline uint64_t pack_month(int32_t month)
{
	return pack_key(PROFILE_KIND_MONTH, (uint64_t)(int64_t)month);
}

static inline uint64_t pack_em(unsigned family, unsigned level)
{
	return pack_key(PROFILE_KIND_EM, family << 8 | level);
}

#define CODE_QUESTION ((uint64_t)'?') /* what CODE_UNREADABLE is kept under */

/* The slow ends of the hot loops: profile.c. */
uint32_t worker_number(struct profile_worker *worker, uint64_t id, const char *text, size_t size);
void profile_rank_families(uint8_t ranks[EM_FAMILIES]); /* read.c */
void worker_note(struct profile_worker *worker, uint32_t number, unsigned kind, uint64_t key,
        uint32_t lines);

#endif
