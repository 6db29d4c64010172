/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of a beneficiary's lines as they lie in their partition, and as rules read
 * them.
 *
 * First touch of fresh memory costs more than all that is done to a line there, so
 * a record says nothing twice, and nothing that is as usual: sections stand in it
 * only where they say something, and a line says what is not as on the line
 * before it.  About 30 bytes a line, of 64 that a walk reads.
 *
 *   head | struct packed_run | sections | lines | claim id, data source, person id
 */
#ifndef REGROUP_HISTORY_PACK_H
#define REGROUP_HISTORY_PACK_H

#include "regroup/history.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A record of kind HISTORY_RUN; the kind has bits of its own, beside.  Its bytes
 * behind the head are not aligned.
 */
struct packed_run {
	struct record_head head; /* key: the person's */
	uint64_t claim;
	uint32_t provider;
	int32_t order_date;
	int32_t from;   /* of the first line, if there is one */
	uint16_t place; /* ... */
	uint16_t facts, specialty, year;
	uint8_t lines, claim_id_size, data_source_size, person_id_size; /* or 255: in a section */
};
_Static_assert(sizeof(struct packed_run) == 48, "a run leaves 48 bytes before its sections");

/* Bytes of a run behind its head, texts left out: at most. */
size_t history_pack_most(uint32_t lines);

/*
 * Write what stands behind the head of a run's record, texts left out; *kind is the
 * record's.  Returns the bytes.  A run has at most BATCH_LINES lines.
 */
size_t history_pack(const struct history_run *run, uint8_t *room, uint32_t *kind);

/* A run of a record, its lines put where there is room for them; lives as long as both. */
void history_unpack(
        const struct record_head *record, struct history_run *run, struct history_line *lines);

static inline uint32_t history_packed_lines(const struct record_head *record)
{
	return ((const struct packed_run *)(const void *)record)->lines;
}

static inline uint32_t history_packed_provider(const struct record_head *record)
{
	return ((const struct packed_run *)(const void *)record)->provider;
}

#endif
