/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which claims of a batch are no more than lines of one provider, and what their
 * amounts say of levels.  Compiled once per CPU level: loops without a branch in
 * them.
 *
 * A line's facts are bits of a byte.  Those of a claim are all that its lines'
 * have, so most claims are told by their first line, once the others' have been
 * carried there.
 */
#include "regroup/claims_private.h"

enum {
	MORE_FLAGS = LINE_OUTSIDE | LINE_ADJUSTMENT | LINE_VOID | LINE_NEGATIVE | LINE_OLD,

	/* Facts: to be walked line by line; and, from these bits on, of each amount. */
	FACT_SLOW = 1,
	FACT_ABSENT = 1, /* has none */
	FACT_DIFFERS = FACT_ABSENT + AMOUNTS,
};

/* Lines that do not just say once more what the line before them said. */
static void find_slow(const struct batch *restrict batch, const struct whole_types *types,
        const uint8_t *restrict start, uint8_t *restrict facts)
{
	uint32_t count = batch->count;

	for (uint32_t i = 1; i < count; i++)
		facts[i] = batch->provider[i] != batch->provider[i - 1];
	for (uint32_t i = 1; i < count; i++)
		facts[i] |= batch->claim_type[i] != batch->claim_type[i - 1];
	for (uint32_t i = 1; i < count; i++)
		facts[i] = (uint8_t)(facts[i] & ~start[i]);
	for (uint32_t i = 1; i < count; i++)
		facts[i] |= (batch->line_flags[i] & MORE_FLAGS) != 0;
	for (uint32_t i = 1; i < count; i++) {
		unsigned totals = types->levels & -(unsigned)!(batch->line_flags[i] & LINE_DUE);

		facts[i] |= (uint8_t)((types->more | totals) >> batch->claim_type[i] & 1);
	}
}

/* Whether a line has an amount, and another than the line before, as bits. */
static inline uint64_t amount_facts(const int64_t *amounts, uint32_t i, unsigned amount)
{
	return (uint64_t)(amounts[i] == AMOUNT_ABSENT) << (FACT_ABSENT + amount) |
	       (uint64_t)(amounts[i] != amounts[i - 1]) << (FACT_DIFFERS + amount);
}

/* All amounts at once: words become bytes once, which is what it costs. */
static void find_amounts(
        const struct batch *restrict batch, const uint8_t *restrict start, uint8_t *restrict facts)
{
	enum { OF_ONE_LINE = (1 << FACT_DIFFERS) - 1 };
	uint8_t amounts[BATCH_LINES];
	uint32_t count = batch->count;

	for (uint32_t i = 1; i < count; i++)
		amounts[i] = (uint8_t)(amount_facts(batch->charge, i, AMOUNT_CHARGE) |
		                       amount_facts(batch->allowed, i, AMOUNT_ALLOWED) |
		                       amount_facts(batch->paid, i, AMOUNT_PAID));
	/* The first line of a claim differs from none. */
	for (uint32_t i = 1; i < count; i++)
		facts[i] |= amounts[i] & (uint8_t)(OF_ONE_LINE | (start[i] - 1));
}

/* What lines tell their claim's first. */
static void carry_facts(uint32_t count, const uint8_t *restrict start, uint8_t *restrict facts)
{
	uint8_t rest = FACT_SLOW; /* the last claim may go on in the next batch */

	for (uint32_t i = count; i-- > 0;) {
		rest |= facts[i];
		facts[i] = rest;
		rest = (uint8_t)(rest & (start[i] - 1));
	}
}

static void pick_starts(const struct batch *restrict batch, const uint8_t *restrict facts,
        struct claim_starts *restrict starts)
{
	const uint8_t *start = starts->start;
	uint32_t claimed = 0, others = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		starts->claimed[claimed] = batch->provider[i];
		starts->slow[others] = (uint16_t)i;
		claimed += start[i] & ~facts[i] & 1u;
		others += start[i] & facts[i];
	}
	starts->claimed_count = claimed;
	starts->slow_count = others;
}

/* Evidence of the claims that are no more, of several lines and of a type that gives it. */
static void count_levels(const struct batch *restrict batch, unsigned types,
        const uint8_t *restrict facts, struct claim_starts *restrict starts)
{
	uint8_t told[BATCH_LINES], *restrict start = starts->start;
	uint32_t count = batch->count;

	start[count] = 1;
	for (uint32_t i = 0; i < count; i++)
		told[i] = (uint8_t)(types >> batch->claim_type[i] & start[i] & ~start[i + 1] &
		                    ~facts[i] & 1);
	for (unsigned k = 0; k < AMOUNTS; k++) {
		uint8_t multi_line = 0, repeated = 0; /* at most half the lines of a batch */

		for (uint32_t i = 0; i < count; i++) {
			uint8_t there = told[i] & (uint8_t) ~(facts[i] >> (FACT_ABSENT + k));

			multi_line = (uint8_t)(multi_line + there);
			repeated = (uint8_t)(repeated +
			                     (there & ~(facts[i] >> (FACT_DIFFERS + k))));
		}
		starts->levels[k] = (struct level_count){multi_line, repeated};
	}
}

static void find(const struct batch *restrict batch, const struct whole_types *types,
        struct claim_starts *restrict starts)
{
	uint8_t facts[BATCH_LINES + 1], *restrict start = starts->start;
	uint32_t count = batch->count;

	start[0] = 1;
	for (uint32_t i = 1; i < count; i++)
		start[i] = batch->claim_key[i] != batch->claim_key[i - 1];
	facts[0] = FACT_SLOW; /* the first may go on from the batch before */
	find_slow(batch, types, start, facts);
	if (types->levels)
		find_amounts(batch, start, facts);
	carry_facts(count, start, facts);
	pick_starts(batch, facts, starts);
	if (types->levels)
		count_levels(batch, types->levels, facts, starts);
}

const struct claims_whole_hot HOT(claims_whole_hot) = {.find = find};
