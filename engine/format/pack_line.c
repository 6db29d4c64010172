/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line by itself, on its way to the others of its person: what is not blank,
 * by the columns' numbers.
 *
 *	struct pack_line | which columns: a bit each | texts: size, bytes | values
 *
 * Only columns that some line of the batch fills are looked at.
 */
#include "format/pack_line.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

struct pack_liner {
	const struct batch *batch;
	uint8_t used[PACK_COLUMNS]; /* numbers of columns that are not blank throughout */
	uint32_t used_count;
};

int pack_liner_create(struct pack_liner **liner, struct diag *diag)
{
	*liner = calloc(1, sizeof(**liner));
	return *liner ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for a pack");
}

void pack_liner_destroy(struct pack_liner *liner)
{
	free(liner);
}

static const struct slice *slice_of(const struct batch *batch, unsigned column, uint32_t line)
{
	return pack_slices((struct batch *)(uintptr_t)batch, column) + line;
}

/* The text of an id that is a number says nothing more. */
static bool says_nothing(const struct batch *batch, unsigned column, uint32_t line)
{
	static const uint8_t ids[PACK_TEXTS] = {
	        [PACK_rendering_text] = PACK_rendering,
	        [PACK_billing_text] = PACK_billing,
	        [PACK_facility_text] = PACK_facility,
	};
	enum id_kind kind;

	if (slice_of(batch, column, line)->size == 0)
		return true;
	if (!ids[column])
		return false;
	kind = id_kind((uint64_t)pack_value(batch, ids[column], line));
	return kind == ID_NPI || kind == ID_BAD_CHECK;
}

static bool is_blank(const struct batch *batch, unsigned column, uint32_t line)
{
	if (pack_is_text(column))
		return says_nothing(batch, column, line);
	return pack_value(batch, column, line) == pack_columns[column].blank;
}

/* Digests and keys are those of a scan (lookup/normalise.h). */
static void work_out_keys(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice source = batch->data_source[i], claim = batch->claim_id[i];
		struct slice person = batch->person_id[i], record = batch->record[i];
		struct slice original = batch->original_claim_id[i];
		uint64_t key = source.size ? hash64(batch->text + source.at, source.size) : 0;

		batch->claim_key[i] = claim_key_of(key, batch->text + claim.at, claim.size);
		batch->person_key[i] = person.size
		                               ? person_key_of(batch->text + person.at, person.size)
		                               : 0;
		batch->original_key[i] = original.size
		                                 ? claim_key_of(key, batch->text + original.at,
		                                           original.size)
		                                 : 0;
		if (!batch->kept)
			batch->digest[i] = hash64(batch->text + record.at, record.size);
	}
}

/* Slots, which most columns are, are used only by their own field. */
static bool may_be_used(const struct layout *layout, unsigned column)
{
	return column < PACK_bill_part_0 ||
	       field_set_has(&layout->bound, pack_columns[column].field);
}

void pack_liner_batch(struct pack_liner *liner, struct batch *batch)
{
	work_out_keys(batch);
	liner->batch = batch;
	liner->used_count = 0;
	for (unsigned column = 0; column < PACK_COLUMNS; column++) {
		if (!may_be_used(batch->layout, column))
			continue;
		for (uint32_t line = 0; line < batch->count; line++) {
			if (is_blank(batch, column, line))
				continue;
			liner->used[liner->used_count++] = (uint8_t)column;
			break;
		}
	}
}

size_t pack_liner_size(const struct pack_liner *liner, uint32_t line)
{
	size_t size = sizeof(struct pack_line) + sizeof(struct pack_bits);

	for (uint32_t i = 0; i < liner->used_count; i++) {
		unsigned column = liner->used[i];

		if (is_blank(liner->batch, column, line))
			continue;
		size += pack_is_text(column)
		                ? sizeof(uint32_t) + slice_of(liner->batch, column, line)->size
		                : pack_columns[column].size;
	}
	return (size + 7) & ~(size_t)7;
}

static uint8_t *put(uint8_t *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return to + size;
}

void pack_liner_put(const struct pack_liner *liner, uint32_t line, void *to)
{
	const struct batch *batch = liner->batch;
	struct pack_line head = {
	        .person_key = batch->person_key[line],
	        .claim_key = batch->claim_key[line],
	        .digest = batch->digest[line],
	        .line_number = batch->line_number[line],
	        .size = (uint32_t)pack_liner_size(liner, line),
	};
	struct pack_bits bits = {{0}};
	uint8_t *at = (uint8_t *)to + sizeof(head) + sizeof(bits);
	uint8_t *end = (uint8_t *)to + head.size;

	for (uint32_t i = 0; i < liner->used_count; i++) {
		unsigned column = liner->used[i];

		if (is_blank(batch, column, line))
			continue;
		bits.words[column / 64] |= (uint64_t)1 << (column % 64);
		if (pack_is_text(column)) {
			const struct slice *slice = slice_of(batch, column, line);

			at = put(at, &slice->size, sizeof(slice->size));
			at = put(at, batch->text + slice->at, slice->size);
		} else {
			const struct pack_column *of = &pack_columns[column];

			at = put(at, (const uint8_t *)batch + of->at + (size_t)line * of->stride,
			        of->size);
		}
	}
	memset(at, 0, (size_t)(end - at));
	memcpy(to, &head, sizeof(head));
	memcpy((uint8_t *)to + sizeof(head), &bits, sizeof(bits));
}
