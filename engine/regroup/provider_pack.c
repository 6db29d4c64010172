/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers' lines as they lie in their partition.
 *
 *   head | struct packed_line | what it says beside | of a line that is told: its texts
 */
#include "regroup/providers.h"

#include "regroup/packing.h"

#include <stddef.h>
#include <string.h>

/* What a line says beside: one unit, no span and no modifiers are not said. */
enum {
	SAYS_LONG_AMOUNTS = 1 << 0, /* in 64 bits; else they stand in struct packed_line */
	SAYS_UNITS = 1 << 1,
	SAYS_REST = 1 << 2,     /* span, and what the code has from its sixth byte on */
	SAYS_MODIFIER = 1 << 3, /* the first; the others follow */
};

struct packed_line {
	struct record_head head;
	uint64_t person;
	int32_t amount, charge;
	uint64_t word; /* of the code's first five bytes, place and SAYS_* */
};
_Static_assert(sizeof(struct packed_line) == 40, "a line leaves 40 bytes");

struct packed_rest {
	uint16_t code_high;
	uint8_t span, pad;
};

enum { CODE_BITS = 40, PLACE_SHIFT = CODE_BITS, SAYS_SHIFT = PLACE_SHIFT + 16 };
#define CODE_MASK (((uint64_t)1 << CODE_BITS) - 1)

/* What a told line says beside, and behind it the texts. */
enum {
	TELLS_OUTCOME = 1 << 0, /* struct packed_outcome */
	TELLS_SIZES = 1 << 1,   /* of texts, some of which are long */
};

struct packed_texts {
	uint64_t digest;
	int32_t line, order_date;
	uint8_t claim_id_size, data_source_size, person_id_size, tells;
};
enum { PACKED_TEXTS_BYTES = 20 }; /* sizeof would pad it */
_Static_assert(offsetof(struct packed_texts, tells) + 1 == PACKED_TEXTS_BYTES, "as it lies");

struct packed_outcome {
	int64_t flagged, unique;
	uint8_t hit, rule, marked;
	uint8_t pad[5];
};

enum {
	BESIDE_MOST = 2 * sizeof(int64_t) + sizeof(int32_t) + sizeof(struct packed_rest) +
	              MODIFIERS_MAX * sizeof(uint16_t) + PACKED_TEXTS_BYTES +
	              sizeof(struct packed_outcome) + 3 * sizeof(uint32_t),
};

/* ---- Leaving ---- */

static uint8_t *put_beside(uint8_t *at, const struct provider_line *line, unsigned *says)
{
	const struct packed_rest rest = {(uint16_t)(line->code >> CODE_BITS), line->span, 0};

	if (!packing_is_short(line->amount) || !packing_is_short(line->charge)) {
		*says |= SAYS_LONG_AMOUNTS;
		PACKING_PUT(at, line->amount);
		PACKING_PUT(at, line->charge);
	}
	if (line->units != UNITS_ONE) {
		*says |= SAYS_UNITS;
		PACKING_PUT(at, line->units);
	}
	if (rest.code_high || rest.span) {
		*says |= SAYS_REST;
		PACKING_PUT(at, rest);
	}
	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		if (!line->modifiers[m])
			continue;
		*says |= (unsigned)SAYS_MODIFIER << m;
		PACKING_PUT(at, line->modifiers[m]);
	}
	return at;
}

static uint8_t *put_texts(uint8_t *at, const struct provider_texts *texts)
{
	const uint32_t sizes[] = {
	        texts->claim_id_size, texts->data_source_size, texts->person_id_size};
	const struct packed_outcome outcome = {
	        texts->flagged, texts->unique, texts->hit, texts->rule, texts->marked, {0}};
	bool tells_outcome = texts->hit || texts->marked || texts->flagged || texts->unique;
	bool tells_sizes = packing_any_long(sizes);
	const struct packed_texts packed = {
	        .digest = texts->digest,
	        .line = texts->line,
	        .order_date = texts->order_date,
	        .claim_id_size = packing_short_size(sizes[0]),
	        .data_source_size = packing_short_size(sizes[1]),
	        .person_id_size = packing_short_size(sizes[2]),
	        .tells = (uint8_t)((tells_outcome ? TELLS_OUTCOME : 0u) |
	                           (tells_sizes ? TELLS_SIZES : 0u)),
	};

	memcpy(at, &packed, PACKED_TEXTS_BYTES);
	at += PACKED_TEXTS_BYTES;
	if (tells_outcome)
		PACKING_PUT(at, outcome);
	if (tells_sizes)
		PACKING_PUT(at, sizes);
	return at;
}

int provider_put_line(struct partition_writer *writer, const struct provider_line *line,
        const struct provider_texts *texts)
{
	unsigned says = 0;
	uint8_t beside[BESIDE_MOST], *end = put_beside(beside, line, &says);
	size_t bytes = 0;

	if (texts) {
		end = put_texts(end, texts);
		bytes = (size_t)texts->claim_id_size + texts->data_source_size +
		        texts->person_id_size;
	}
	size_t size = sizeof(struct packed_line) + (size_t)(end - beside) + bytes;
	struct packed_line *record = partition_reserve(
	        writer, line->key, line->kind, (size + 7) & ~(size_t)7);
	if (!record)
		return FAIL_IO;
	record->person = line->person;
	record->amount = packing_shorten(line->amount);
	record->charge = packing_shorten(line->charge);
	record->word = (line->code & CODE_MASK) | (uint64_t)line->place << PLACE_SHIFT |
	               (uint64_t)says << SAYS_SHIFT;
	memcpy(record + 1, beside, (size_t)(end - beside));
	if (bytes > 0)
		memcpy((uint8_t *)(record + 1) + (end - beside), texts->bytes, bytes);
	return 0;
}

int provider_put_claim(struct partition_writer *writer, const struct provider_claim *claim,
        const struct provider_claim_long *extent)
{
	bool is_long = extent->day < 0 || extent->day > UINT16_MAX ||
	               extent->lines >> PROVIDER_CLAIM_LINES_BITS;
	uint32_t kind = is_long ? PROVIDER_CLAIM_LONG
	                        : (uint32_t)extent->day << PROVIDER_CLAIM_DAY_SHIFT |
	                                  extent->lines << PROVIDER_CLAIM_LINES_SHIFT;
	struct provider_claim *record = partition_reserve(writer, claim->head.key,
	        PROVIDER_CLAIM | kind, sizeof(*claim) + (is_long ? sizeof(*extent) : 0));

	if (!record)
		return FAIL_IO;
	record->person = claim->person;
	record->fingerprint = claim->fingerprint;
	if (is_long)
		memcpy(record + 1, extent, sizeof(*extent));
	return 0;
}

/* ---- Reading ---- */

/* What stands beside is taken over; returns where the texts begin. */
static const uint8_t *take_beside(const uint8_t *at, unsigned says, struct provider_line *line)
{
	struct packed_rest rest;

	if (says & SAYS_LONG_AMOUNTS) {
		PACKING_TAKE(at, line->amount);
		PACKING_TAKE(at, line->charge);
	}
	if (says & SAYS_UNITS)
		PACKING_TAKE(at, line->units);
	if (says & SAYS_REST) {
		PACKING_TAKE(at, rest);
		line->code |= (uint64_t)rest.code_high << CODE_BITS;
		line->span = rest.span;
	}
	for (unsigned m = 0; says >= SAYS_MODIFIER && m < MODIFIERS_MAX; m++) {
		if (says & SAYS_MODIFIER << m)
			PACKING_TAKE(at, line->modifiers[m]);
	}
	return at;
}

static const uint8_t *take_line(const struct record_head *record, struct provider_line *line)
{
	const struct packed_line *packed = (const struct packed_line *)(const void *)record;

	*line = (struct provider_line){
	        .key = record->key,
	        .kind = record->kind,
	        .units = UNITS_ONE,
	        .person = packed->person,
	        .code = packed->word & CODE_MASK,
	        .amount = packing_lengthen(packed->amount),
	        .charge = packing_lengthen(packed->charge),
	        .place = packed->word >> PLACE_SHIFT & UINT16_MAX,
	        .record = record,
	};
	unsigned says = (unsigned)(packed->word >> SAYS_SHIFT);

	return says ? take_beside((const uint8_t *)(packed + 1), says, line)
	            : (const uint8_t *)(packed + 1);
}

void provider_unpack(const struct record_head *record, struct provider_line *line)
{
	take_line(record, line);
}

struct provider_texts provider_texts(const struct provider_line *line)
{
	struct provider_line again;
	const uint8_t *at = take_line(line->record, &again);
	struct packed_texts packed;
	struct packed_outcome outcome = {0};

	memcpy(&packed, at, PACKED_TEXTS_BYTES);
	at += PACKED_TEXTS_BYTES;
	if (packed.tells & TELLS_OUTCOME)
		PACKING_TAKE(at, outcome);
	struct provider_texts texts = {
	        .digest = packed.digest,
	        .flagged = outcome.flagged,
	        .unique = outcome.unique,
	        .line = packed.line,
	        .order_date = packed.order_date,
	        .claim_id_size = packed.claim_id_size,
	        .data_source_size = packed.data_source_size,
	        .person_id_size = packed.person_id_size,
	        .hit = outcome.hit,
	        .rule = outcome.rule,
	        .marked = outcome.marked,
	};
	if (packed.tells & TELLS_SIZES) {
		PACKING_TAKE(at, texts.claim_id_size);
		PACKING_TAKE(at, texts.data_source_size);
		PACKING_TAKE(at, texts.person_id_size);
	}
	texts.bytes = (const char *)at;
	return texts;
}
