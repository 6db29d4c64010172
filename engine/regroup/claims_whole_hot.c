/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which claims of a batch are no more than lines of one provider.  Compiled once
 * per CPU level: loops without a branch in them.
 */
#include "regroup/claims_private.h"

enum { MORE_FLAGS = LINE_OUTSIDE | LINE_ADJUSTMENT | LINE_VOID | LINE_NEGATIVE | LINE_OLD };

/* Lines that do not just say once more what the line before them said. */
static void find_slow(const struct batch *restrict batch, unsigned more,
        const uint8_t *restrict start, uint8_t *restrict slow)
{
	uint32_t count = batch->count;

	for (uint32_t i = 1; i < count; i++)
		slow[i] = batch->provider[i] != batch->provider[i - 1];
	for (uint32_t i = 1; i < count; i++)
		slow[i] = (uint8_t)(slow[i] & ~start[i]);
	for (uint32_t i = 1; i < count; i++)
		slow[i] |= (batch->line_flags[i] & MORE_FLAGS) != 0;
	for (uint32_t i = 1; i < count; i++)
		slow[i] |= (uint8_t)(more >> batch->claim_type[i] & 1);
}

/* A claim is slow if any of its lines is: its last line tells the first. */
static void spread_slow(uint32_t count, const uint8_t *restrict start, uint8_t *restrict slow)
{
	uint8_t rest = 1; /* the last claim may go on in the next batch */

	for (uint32_t i = count; i-- > 0;) {
		rest |= slow[i];
		slow[i] = rest;
		rest = (uint8_t)(rest & ~start[i]);
	}
}

static void find(
        const struct batch *restrict batch, unsigned more, struct claim_starts *restrict starts)
{
	uint8_t slow[BATCH_LINES + 1], *restrict start = starts->start;
	uint32_t count = batch->count, claimed = 0, others = 0;

	start[0] = 1;
	for (uint32_t i = 1; i < count; i++)
		start[i] = batch->claim_key[i] != batch->claim_key[i - 1];
	slow[0] = 1; /* the first may go on from the batch before */
	find_slow(batch, more, start, slow);
	spread_slow(count, start, slow);
	for (uint32_t i = 0; i < count; i++) {
		starts->claimed[claimed] = batch->provider[i];
		starts->slow[others] = (uint16_t)i;
		claimed += start[i] & ~slow[i] & 1u;
		others += start[i] & slow[i];
	}
	starts->claimed_count = claimed;
	starts->slow_count = others;
}

const struct claims_whole_hot HOT(claims_whole_hot) = {.find = find};
