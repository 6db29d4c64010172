/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs with facts as they lie in their partition, and as the rounds read them:
 * a struct run_record and its sections.
 *
 *   run_record | digest | numbers | sizes | says the flags: sums, amounts ... | texts
 *
 * What has room in fewer bytes is left in fewer.  A round unpacks the runs of one
 * claim at a time.
 */
#include "regroup/claims_private.h"
#include "regroup/packing.h"

#include <string.h>

/* A packed run's flags, above those of enum record_kind's RUN_*. */
enum {
	PACKED_TYPE_SHIFT = 13,        /* claim type, two bits */
	PACKED_LINES_SHIFT = 16,       /* eight bits */
	PACKED_LONG_NUMBERS = 1 << 24, /* line and dates in 32 bits */
	PACKED_LONG_AMOUNTS = 1 << 25, /* all in 64 bits; else in 32 */
	PACKED_LONG_SIZES = 1 << 26,
	PACKED_FALLBACK = 1 << 27,
	PACKED_CHECKS = 1 << 28,  /* scope, evaluated */
	PACKED_AMOUNTS = 1 << 29, /* the lowest line's are not the run's sums */
	PACKED_PLACED = 1 << 30,  /* struct packed_place: amounts of claim level */

	PACKED_LINES_MASK = 0xff,
	RUN_FLAGS = RUN_PACKED - 1,
};
_Static_assert((int)BATCH_LINES <= (int)PACKED_LINES_MASK, "a run is of one batch");

enum { NUMBER_NONE = UINT16_MAX, EQUAL_SHIFT = AMOUNTS };

/* Line, order date and date of service in 16 bits each. */
enum { NUMBER_LINE, NUMBER_ORDER, NUMBER_FROM, NUMBERS };
static const int32_t number_none[NUMBERS] = {
        [NUMBER_LINE] = LINE_ABSENT, [NUMBER_ORDER] = INT32_MAX, [NUMBER_FROM] = DATE_ABSENT};

struct packed_place {
	uint64_t hcpcs;
	uint16_t modifiers[MODIFIERS_MAX];
	uint16_t place;
	uint8_t em_family, em_level, claim_level;
	uint8_t pad;
};

enum {
	PACKED_MOST = sizeof(uint64_t) + NUMBERS * sizeof(int32_t) + 3 * sizeof(uint32_t) +
	              sizeof(uint64_t) + 2 * sizeof(uint32_t) + 2 * AMOUNTS * sizeof(int64_t) + 1 +
	              sizeof(uint32_t) + sizeof(struct packed_place),
};

/* ---- Leaving ---- */

/*
 * Short ones are put together in a word: what was just stored in pieces is slow to
 * load as a whole.
 */
static uint8_t *put_numbers(uint8_t *at, const struct run_facts *facts, uint32_t *flags)
{
	const int32_t numbers[NUMBERS] = {facts->line, facts->order_date, facts->service_from};
	uint64_t word = 0;
	bool fit = true;

	for (unsigned i = 0; i < NUMBERS; i++) {
		bool none = numbers[i] == number_none[i];

		fit &= none || (numbers[i] >= 0 && numbers[i] < NUMBER_NONE);
		word |= (uint64_t)(none ? NUMBER_NONE : (uint16_t)numbers[i]) << 16 * i;
	}
	if (fit) {
		memcpy(at, &word, NUMBERS * sizeof(uint16_t));
		return at + NUMBERS * sizeof(uint16_t);
	}
	*flags |= PACKED_LONG_NUMBERS;
	PACKING_PUT(at, numbers);
	return at;
}

static uint8_t *put_sizes(uint8_t *at, const struct text texts[3], uint32_t *flags)
{
	const uint32_t sizes[3] = {texts[0].size, texts[1].size, texts[2].size};
	const uint32_t word = packing_short_size(sizes[0]) |
	                      (uint32_t)packing_short_size(sizes[1]) << 8 |
	                      (uint32_t)packing_short_size(sizes[2]) << 16;

	if (!packing_any_long(sizes)) {
		memcpy(at, &word, 3);
		return at + 3;
	}
	*flags |= PACKED_LONG_SIZES;
	PACKING_PUT(at, sizes);
	return at;
}

static bool all_short(const int64_t amounts[AMOUNTS])
{
	bool all = true;

	for (unsigned i = 0; i < AMOUNTS; i++)
		all &= packing_is_short(amounts[i]);
	return all;
}

static uint8_t *put_money(uint8_t *at, const int64_t amounts[AMOUNTS], uint32_t flags)
{
	if (flags & PACKED_LONG_AMOUNTS) {
		memcpy(at, amounts, AMOUNTS * sizeof(*amounts));
		return at + AMOUNTS * sizeof(*amounts);
	}
	for (unsigned i = 0; i < AMOUNTS; i++) {
		int32_t in_short = packing_shorten(amounts[i]);

		PACKING_PUT(at, in_short);
	}
	return at;
}

static uint8_t *put_amounts(
        uint8_t *at, const struct run_facts *facts, const struct run_amounts *from, uint32_t *flags)
{
	const uint8_t everywhere = (uint8_t)(from->everywhere | from->equal << EQUAL_SHIFT);
	struct packed_place place = {.hcpcs = from->hcpcs,
	        .place = from->place,
	        .em_family = from->em_family,
	        .em_level = from->em_level,
	        .claim_level = from->claim_level};

	PACKING_PUT(at, everywhere);
	PACKING_PUT(at, from->layout);
	if (memcmp(from->amounts, facts->sums, sizeof(facts->sums)) != 0) {
		*flags |= PACKED_AMOUNTS;
		at = put_money(at, from->amounts, *flags);
	}
	if (from->claim_level) {
		*flags |= PACKED_PLACED;
		memcpy(place.modifiers, from->modifiers, sizeof(place.modifiers));
		PACKING_PUT(at, place);
	}
	return at;
}

/* What stands behind the run_record, texts left out; returns its end. */
static uint8_t *put_facts(uint8_t *at, const struct run_parts *run, uint32_t *flags)
{
	const struct run_facts *facts = &run->facts;
	bool amounts = *flags & RUN_AMOUNTS;

	PACKING_PUT(at, facts->digest);
	at = put_numbers(at, facts, flags);
	at = put_sizes(at, run->texts, flags);
	if (facts->fallback) {
		*flags |= PACKED_FALLBACK;
		PACKING_PUT(at, facts->fallback);
	}
	if (facts->scope | facts->evaluated) {
		*flags |= PACKED_CHECKS;
		PACKING_PUT(at, facts->scope);
		PACKING_PUT(at, facts->evaluated);
	}
	if (!all_short(facts->sums) || (amounts && !all_short(run->amounts.amounts)))
		*flags |= PACKED_LONG_AMOUNTS;
	at = put_money(at, facts->sums, *flags);
	return amounts ? put_amounts(at, facts, &run->amounts, flags) : at;
}

int claims_put_run(struct partition_writer *writer, const struct run_parts *run)
{
	uint8_t packed[PACKED_MOST];
	uint32_t flags = run->flags | RUN_PACKED |
	                 (uint32_t)run->facts.claim_type << PACKED_TYPE_SHIFT |
	                 run->facts.lines << PACKED_LINES_SHIFT;
	size_t bytes = (size_t)(put_facts(packed, run, &flags) - packed);
	size_t size = sizeof(struct run_record) + bytes;

	for (unsigned i = 0; i < 3; i++)
		size += run->texts[i].size;
	struct run_record *record = partition_reserve(
	        writer, run->claim, RECORD_RUN, (size + 7) & ~(size_t)7);
	if (!record)
		return FAIL_IO;
	record->provider = run->provider;
	record->flags = flags;
	memcpy(record + 1, packed, bytes);
	char *at = (char *)(record + 1) + bytes;
	for (unsigned i = 0; i < 3; i++) {
		if (run->texts[i].size > 0)
			memcpy(at, run->texts[i].at, run->texts[i].size);
		at += run->texts[i].size;
	}
	return 0;
}

/* ---- Reading ---- */

/* Bytes that a packed run may take when it is unpacked: its texts are no longer than it is. */
static inline size_t room_of(const struct run_record *packed)
{
	return sizeof(*packed) + sizeof(struct run_facts) + sizeof(struct run_amounts) +
	       sizeof(struct run_texts) + packed->head.size;
}

static const uint8_t *take_numbers(const uint8_t *at, uint32_t flags, struct run_facts *facts)
{
	int32_t numbers[NUMBERS];
	uint16_t in_short[NUMBERS];

	if (flags & PACKED_LONG_NUMBERS) {
		PACKING_TAKE(at, numbers);
	} else {
		PACKING_TAKE(at, in_short);
		for (unsigned i = 0; i < NUMBERS; i++)
			numbers[i] = in_short[i] == NUMBER_NONE ? number_none[i] : in_short[i];
	}
	facts->line = numbers[NUMBER_LINE];
	facts->order_date = numbers[NUMBER_ORDER];
	facts->service_from = numbers[NUMBER_FROM];
	return at;
}

static const uint8_t *take_sizes(const uint8_t *at, uint32_t flags, uint32_t sizes[3])
{
	uint8_t in_short[3];

	if (flags & PACKED_LONG_SIZES) {
		memcpy(sizes, at, 3 * sizeof(*sizes));
		return at + 3 * sizeof(*sizes);
	}
	PACKING_TAKE(at, in_short);
	for (unsigned i = 0; i < 3; i++)
		sizes[i] = in_short[i];
	return at;
}

static const uint8_t *take_money(const uint8_t *at, uint32_t flags, int64_t amounts[AMOUNTS])
{
	int32_t in_short[AMOUNTS];

	if (flags & PACKED_LONG_AMOUNTS) {
		memcpy(amounts, at, AMOUNTS * sizeof(*amounts));
		return at + AMOUNTS * sizeof(*amounts);
	}
	PACKING_TAKE(at, in_short);
	for (unsigned i = 0; i < AMOUNTS; i++)
		amounts[i] = packing_lengthen(in_short[i]);
	return at;
}

static const uint8_t *take_amounts(
        const uint8_t *at, uint32_t flags, const struct run_facts *facts, struct run_amounts *into)
{
	struct packed_place place = {0};
	uint8_t everywhere;
	uint32_t layout;

	PACKING_TAKE(at, everywhere);
	PACKING_TAKE(at, layout);
	*into = (struct run_amounts){
	        .layout = layout,
	        .everywhere = everywhere & ((1u << EQUAL_SHIFT) - 1),
	        .equal = everywhere >> EQUAL_SHIFT,
	};
	memcpy(into->amounts, facts->sums, sizeof(into->amounts));
	if (flags & PACKED_AMOUNTS)
		at = take_money(at, flags, into->amounts);
	if (flags & PACKED_PLACED)
		PACKING_TAKE(at, place);
	into->hcpcs = place.hcpcs;
	into->place = place.place;
	into->em_family = place.em_family;
	into->em_level = place.em_level;
	into->claim_level = place.claim_level;
	memcpy(into->modifiers, place.modifiers, sizeof(into->modifiers));
	return at;
}

/* Facts and sizes of the texts; returns what stands behind the sums. */
static const uint8_t *take_facts(
        const uint8_t *at, uint32_t flags, struct run_facts *facts, uint32_t sizes[3])
{
	*facts = (struct run_facts){
	        .lines = flags >> PACKED_LINES_SHIFT & PACKED_LINES_MASK,
	        .claim_type = flags >> PACKED_TYPE_SHIFT & 3,
	};
	PACKING_TAKE(at, facts->digest);
	at = take_numbers(at, flags, facts);
	at = take_sizes(at, flags, sizes);
	if (flags & PACKED_FALLBACK)
		PACKING_TAKE(at, facts->fallback);
	if (flags & PACKED_CHECKS) {
		PACKING_TAKE(at, facts->scope);
		PACKING_TAKE(at, facts->evaluated);
	}
	return take_money(at, flags, facts->sums);
}

/* Texts, the last of a run's sections; returns their end. */
static uint8_t *put_texts(struct run_record *run, const uint32_t sizes[3], const uint8_t *from)
{
	struct run_texts *texts = (struct run_texts *)(uintptr_t)run_texts(run);
	size_t bytes = (size_t)sizes[0] + sizes[1] + sizes[2];

	*texts = (struct run_texts){sizes[0], sizes[1], sizes[2], 0};
	memcpy(texts->bytes, from, bytes);
	return (uint8_t *)texts->bytes + bytes;
}

/* Unpack a run where there is room for it; returns its bytes. */
static size_t unpack(const struct run_record *packed, uint8_t *room)
{
	struct run_record *run = (struct run_record *)(void *)room;
	struct run_facts *facts = (struct run_facts *)(run + 1);
	uint32_t sizes[3];
	const uint8_t *at = take_facts((const uint8_t *)(packed + 1), packed->flags, facts, sizes);

	*run = *packed;
	run->flags &= RUN_FLAGS;
	if (run->flags & RUN_AMOUNTS)
		at = take_amounts(at, packed->flags, facts,
		        (struct run_amounts *)(uintptr_t)run_amounts(run));
	uint8_t *end = (uint8_t *)(facts + 1);
	if (run->flags & RUN_AMOUNTS)
		end += sizeof(struct run_amounts);
	if (run->flags & RUN_TEXTS)
		end = put_texts(run, sizes, at);
	run->head.size = (uint32_t)(((size_t)(end - room) + 7) & ~(size_t)7);
	return run->head.size;
}

static inline const struct run_record *packed_run(const struct record_head *record)
{
	const struct run_record *run = (const struct run_record *)record;

	return record->kind == RECORD_RUN && run->flags & RUN_PACKED ? run : NULL;
}

const struct record_head **claims_unpack_runs(
        struct claims_worker *worker, const struct record_head **records, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++) {
		const struct run_record *packed = packed_run(records[i]);

		bytes += packed ? room_of(packed) : 0;
	}
	if (bytes == 0)
		return records;
	const struct record_head **group = scratch_room(&worker->group, count, sizeof(*group));
	uint8_t *room = scratch_room(&worker->unpacked, bytes, 1);
	if (!group || !room)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const struct run_record *packed = packed_run(records[i]);

		group[i] = packed ? (const struct record_head *)(void *)room : records[i];
		if (packed)
			room += unpack(packed, room);
	}
	return group;
}
