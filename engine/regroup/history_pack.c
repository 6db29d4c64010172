/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/history_pack.h"

#include "regroup/packing.h"

#include <assert.h>
#include <string.h>

/* Beside the record's kind: what the run is, and which sections it has, in this order. */
enum {
	TYPE_SHIFT = 2,    /* enum claim_type, two bits */
	SETTING_SHIFT = 4, /* enum setting, three bits */
	APART_SHIFT = 7,   /* HISTORY_APART_*, two bits */
	HAS_SAME = 1 << 9,
	HAS_TIN = 1 << 10,
	HAS_DIAGNOSIS_SUM = 1 << 11,
	HAS_ORDERING = 1 << 12,
	HAS_HCC = 1 << 13,
	HAS_DIAGNOSES = 1 << 14,
	HAS_CARC = 1 << 15,
	HAS_STAY = 1 << 16,  /* struct stay_section */
	HAS_SIZES = 1 << 17, /* of texts, some of which are long */
};

/* Facts in 16 bits: the low byte as it is. */
enum {
	FACTS_LOW = 0xff,
	FACTS_HOSPITAL_SHIFT = 8, /* two bits */
	FACTS_DENIAL_TOLD = 1 << 10,
	FACTS_SEVERITY_SHIFT = 11, /* two bits */
	FACTS_OLD = 1 << 13,
};

/* Of institutional lines, and of those that have a bill type all the same. */
struct stay_section {
	int32_t claim_start, claim_end, admission, discharge;
	uint32_t bill_type;
	uint16_t status, drg;
};

/*
 * What a line says; what it does not is as on the line before: the number is the
 * next, and there are no modifiers but those that are said.  A digest, a word of
 * code, ref and flags and both amounts are always there.
 */
enum {
	SAYS_NUMBER = 1 << 0,
	SAYS_FROM = 1 << 1,
	SAYS_SPAN = 1 << 2,
	SAYS_PLACE = 1 << 3,
	SAYS_UNITS = 1 << 4,      /* in 32 bits */
	SAYS_LONG_UNITS = 1 << 5, /* in 64 */
	SAYS_LONG_AMOUNTS = 1 << 6,
	SAYS_LONG_CODE = 1 << 7, /* its bytes from the sixth on */
	SAYS_MODIFIER = 1 << 8,  /* the first; the others follow */
};

enum { WORD_CODE_BITS = 40, WORD_FLAGS_SHIFT = WORD_CODE_BITS + HISTORY_REF_BITS };
#define WORD_CODE (((uint64_t)1 << WORD_CODE_BITS) - 1)
_Static_assert(WORD_FLAGS_SHIFT + 5 == 64, "code, ref and flags fill a word");

enum {
	LINE_BYTES_MOST = sizeof(uint16_t) + 5 * sizeof(uint64_t) + 2 * sizeof(int32_t) +
	                  (3 + MODIFIERS_MAX) * sizeof(uint16_t),
	SECTIONS_BYTES_MOST = 4 * sizeof(uint64_t) + sizeof(struct hcc_bits) + sizeof(uint32_t) +
	                      sizeof(uint16_t) + sizeof(struct stay_section) + 3 * sizeof(uint32_t),
};

size_t history_pack_most(uint32_t lines)
{
	return sizeof(struct packed_run) + SECTIONS_BYTES_MOST + (size_t)lines * LINE_BYTES_MOST;
}

/* Before the first line: nothing is unusual. */
static struct history_line line_before(int32_t from, uint16_t place)
{
	return (struct history_line){.units = UNITS_ONE, .from = from, .place = place};
}

static inline int32_t next_number(int32_t number)
{
	return (int32_t)((uint32_t)number + 1);
}

/* ---- Lines ---- */

static uint8_t *put_amounts(uint8_t *at, const struct history_line *line, uint16_t *says)
{
	int32_t amount = packing_shorten(line->amount), charge = packing_shorten(line->charge);

	if (packing_is_short(line->amount) && packing_is_short(line->charge)) {
		PACKING_PUT(at, amount);
		PACKING_PUT(at, charge);
		return at;
	}
	*says |= SAYS_LONG_AMOUNTS;
	PACKING_PUT(at, line->amount);
	PACKING_PUT(at, line->charge);
	return at;
}

static uint8_t *put_units(uint8_t *at, int64_t units, uint16_t *says)
{
	int32_t in_short = packing_shorten(units);

	if (packing_is_short(units)) {
		*says |= SAYS_UNITS;
		PACKING_PUT(at, in_short);
		return at;
	}
	*says |= SAYS_LONG_UNITS;
	PACKING_PUT(at, units);
	return at;
}

static uint8_t *put_changes(uint8_t *at, const struct history_line *line,
        const struct history_line *before, uint16_t *says)
{
	if (line->line != next_number(before->line)) {
		*says |= SAYS_NUMBER;
		PACKING_PUT(at, line->line);
	}
	if (line->from != before->from) {
		*says |= SAYS_FROM;
		PACKING_PUT(at, line->from);
	}
	if (line->span != before->span) {
		*says |= SAYS_SPAN;
		PACKING_PUT(at, line->span);
	}
	if (line->place != before->place) {
		*says |= SAYS_PLACE;
		PACKING_PUT(at, line->place);
	}
	if (line->units != before->units)
		at = put_units(at, line->units, says);
	return at;
}

static uint8_t *put_line(
        uint8_t *at, const struct history_line *line, const struct history_line *before)
{
	uint64_t code = line->code;
	uint64_t word = (code & WORD_CODE) | (uint64_t)history_ref(line) << WORD_CODE_BITS |
	                (uint64_t)line->flags << WORD_FLAGS_SHIFT;
	uint16_t long_code = (uint16_t)(code >> WORD_CODE_BITS), says = 0;
	uint8_t *head = at;

	at += sizeof(says);
	PACKING_PUT(at, line->digest);
	PACKING_PUT(at, word);
	at = put_amounts(at, line, &says);
	at = put_changes(at, line, before, &says);
	if (long_code) {
		says |= SAYS_LONG_CODE;
		PACKING_PUT(at, long_code);
	}
	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		if (!line->modifiers[m])
			continue;
		says |= (uint16_t)(SAYS_MODIFIER << m);
		PACKING_PUT(at, line->modifiers[m]);
	}
	memcpy(head, &says, sizeof(says));
	return at;
}

/* What a line goes on from; apart from the line, so that no store there is waited for. */
struct taken {
	int64_t units, amount, charge;
	int32_t line, from;
	uint16_t span, place;
};

static const uint8_t *take_amounts(const uint8_t *at, struct taken *taken, unsigned says)
{
	int32_t amount, charge;

	if (says & SAYS_LONG_AMOUNTS) {
		PACKING_TAKE(at, taken->amount);
		PACKING_TAKE(at, taken->charge);
		return at;
	}
	PACKING_TAKE(at, amount);
	PACKING_TAKE(at, charge);
	taken->amount = packing_lengthen(amount);
	taken->charge = packing_lengthen(charge);
	return at;
}

static const uint8_t *take_changes(const uint8_t *at, struct taken *taken, unsigned says)
{
	int32_t units;

	taken->line = next_number(taken->line);
	if (says & SAYS_NUMBER)
		PACKING_TAKE(at, taken->line);
	if (says & SAYS_FROM)
		PACKING_TAKE(at, taken->from);
	if (says & SAYS_SPAN)
		PACKING_TAKE(at, taken->span);
	if (says & SAYS_PLACE)
		PACKING_TAKE(at, taken->place);
	if (says & SAYS_UNITS) {
		PACKING_TAKE(at, units);
		taken->units = packing_lengthen(units);
	}
	if (says & SAYS_LONG_UNITS)
		PACKING_TAKE(at, taken->units);
	return at;
}

static const uint8_t *take_modifiers(const uint8_t *at, struct history_line *line, unsigned says)
{
	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		if (says & SAYS_MODIFIER << m)
			PACKING_TAKE(at, line->modifiers[m]);
	}
	return at;
}

/* *taken: as on the line before. */
static const uint8_t *take_line(const uint8_t *at, struct history_line *line, struct taken *taken)
{
	uint16_t says, long_code = 0;
	uint64_t digest, word;

	PACKING_TAKE(at, says);
	PACKING_TAKE(at, digest);
	PACKING_TAKE(at, word);
	at = take_amounts(at, taken, says);
	at = take_changes(at, taken, says);
	if (says & SAYS_LONG_CODE)
		PACKING_TAKE(at, long_code);
	*line = (struct history_line){
	        .digest = digest,
	        .code = (word & WORD_CODE) | (uint64_t)long_code << WORD_CODE_BITS,
	        .ref_high = word >> (WORD_CODE_BITS + HISTORY_REF_LOW) & UINT8_MAX,
	        .units = taken->units,
	        .amount = taken->amount,
	        .charge = taken->charge,
	        .line = taken->line,
	        .from = taken->from,
	        .span = taken->span,
	        .place = taken->place,
	        .flags = word >> WORD_FLAGS_SHIFT,
	        .ref_low = word >> WORD_CODE_BITS & HISTORY_REF_LOW_MASK,
	};
	return says >= SAYS_MODIFIER ? take_modifiers(at, line, says) : at;
}

/* ---- What the run says ---- */

static uint16_t pack_facts(uint32_t facts)
{
	uint32_t hospital = facts >> HISTORY_HOSPITAL_SHIFT & 3;
	uint32_t severity = facts >> HISTORY_SEVERITY_SHIFT & 3;

	return (uint16_t)((facts & FACTS_LOW) | hospital << FACTS_HOSPITAL_SHIFT |
	                  (facts & HISTORY_DENIAL_TOLD ? FACTS_DENIAL_TOLD : 0u) |
	                  severity << FACTS_SEVERITY_SHIFT |
	                  (facts & HISTORY_OLD ? FACTS_OLD : 0u));
}

static uint32_t unpack_facts(uint32_t packed)
{
	uint32_t hospital = packed >> FACTS_HOSPITAL_SHIFT & 3;
	uint32_t severity = packed >> FACTS_SEVERITY_SHIFT & 3;

	return (packed & FACTS_LOW) | hospital << HISTORY_HOSPITAL_SHIFT |
	       (packed & FACTS_DENIAL_TOLD ? HISTORY_DENIAL_TOLD : 0u) |
	       severity << HISTORY_SEVERITY_SHIFT | (packed & FACTS_OLD ? HISTORY_OLD : 0u);
}

static uint32_t kind_of(const struct history_run *run)
{
	bool stay = run->claim_type == CLAIM_INSTITUTIONAL || run->bill_type;
	const uint32_t sizes[] = {run->claim_id_size, run->data_source_size, run->person_id_size};

	return HISTORY_RUN | (uint32_t)run->claim_type << TYPE_SHIFT |
	       (uint32_t)run->setting << SETTING_SHIFT | (uint32_t)run->apart << APART_SHIFT |
	       (run->same ? HAS_SAME : 0u) | (run->tin ? HAS_TIN : 0u) |
	       (run->diagnosis_sum ? HAS_DIAGNOSIS_SUM : 0u) | (run->ordering ? HAS_ORDERING : 0u) |
	       (history_hcc(run) ? HAS_HCC : 0u) | (run->diagnoses ? HAS_DIAGNOSES : 0u) |
	       (run->carc ? HAS_CARC : 0u) | (stay ? HAS_STAY : 0u) |
	       (packing_any_long(sizes) ? HAS_SIZES : 0u);
}

static uint8_t *put_sections(uint8_t *at, const struct history_run *run, uint32_t kind)
{
	const struct stay_section stay = {run->claim_start, run->claim_end, run->admission,
	        run->discharge, run->bill_type, run->status, run->drg};
	const uint32_t sizes[] = {run->claim_id_size, run->data_source_size, run->person_id_size};

	if (kind & HAS_SAME)
		PACKING_PUT(at, run->same);
	if (kind & HAS_TIN)
		PACKING_PUT(at, run->tin);
	if (kind & HAS_DIAGNOSIS_SUM)
		PACKING_PUT(at, run->diagnosis_sum);
	if (kind & HAS_ORDERING)
		PACKING_PUT(at, run->ordering);
	if (kind & HAS_HCC)
		PACKING_PUT(at, run->hcc);
	if (kind & HAS_DIAGNOSES)
		PACKING_PUT(at, run->diagnoses);
	if (kind & HAS_CARC)
		PACKING_PUT(at, run->carc);
	if (kind & HAS_STAY)
		PACKING_PUT(at, stay);
	if (kind & HAS_SIZES)
		PACKING_PUT(at, sizes);
	return at;
}

size_t history_pack(const struct history_run *run, uint8_t *room, uint32_t *kind)
{
	const struct history_line *lines = run->line_list;
	struct packed_run packed = {
	        .claim = run->claim,
	        .provider = run->provider,
	        .order_date = run->order_date,
	        .from = run->lines ? lines[0].from : DATE_ABSENT,
	        .place = run->lines ? lines[0].place : 0,
	        .facts = pack_facts(run->facts),
	        .specialty = run->specialty,
	        .year = run->year,
	        .lines = (uint8_t)run->lines,
	        .claim_id_size = packing_short_size(run->claim_id_size),
	        .data_source_size = packing_short_size(run->data_source_size),
	        .person_id_size = packing_short_size(run->person_id_size),
	};
	struct history_line first = line_before(packed.from, packed.place);
	const struct history_line *before = &first;
	uint8_t *at = room + sizeof(packed) - sizeof(packed.head);

	assert(run->lines <= BATCH_LINES);
	*kind = kind_of(run);
	memcpy(room, &packed.claim, sizeof(packed) - sizeof(packed.head));
	at = put_sections(at, run, *kind);
	for (unsigned i = 0; i < run->lines; i++) {
		at = put_line(at, &lines[i], before);
		before = &lines[i];
	}
	return (size_t)(at - room);
}

static const uint8_t *take_stay(const uint8_t *at, struct history_run *run)
{
	struct stay_section stay;

	PACKING_TAKE(at, stay);
	run->claim_start = stay.claim_start;
	run->claim_end = stay.claim_end;
	run->admission = stay.admission;
	run->discharge = stay.discharge;
	run->bill_type = stay.bill_type;
	run->status = stay.status;
	run->drg = stay.drg;
	return at;
}

static const uint8_t *take_sections(const uint8_t *at, struct history_run *run, uint32_t kind)
{
	if (kind & HAS_SAME)
		PACKING_TAKE(at, run->same);
	if (kind & HAS_TIN)
		PACKING_TAKE(at, run->tin);
	if (kind & HAS_DIAGNOSIS_SUM)
		PACKING_TAKE(at, run->diagnosis_sum);
	if (kind & HAS_ORDERING)
		PACKING_TAKE(at, run->ordering);
	if (kind & HAS_HCC)
		PACKING_TAKE(at, run->hcc);
	if (kind & HAS_DIAGNOSES)
		PACKING_TAKE(at, run->diagnoses);
	if (kind & HAS_CARC)
		PACKING_TAKE(at, run->carc);
	if (kind & HAS_STAY)
		at = take_stay(at, run);
	if (kind & HAS_SIZES) {
		PACKING_TAKE(at, run->claim_id_size);
		PACKING_TAKE(at, run->data_source_size);
		PACKING_TAKE(at, run->person_id_size);
	}
	return at;
}

void history_unpack(
        const struct record_head *record, struct history_run *run, struct history_line *lines)
{
	const struct packed_run *packed = (const struct packed_run *)(const void *)record;
	struct taken taken = {.units = UNITS_ONE, .from = packed->from, .place = packed->place};
	const uint8_t *at = (const uint8_t *)(packed + 1);

	*run = (struct history_run){
	        .person = record->key,
	        .claim = packed->claim,
	        .provider = packed->provider,
	        .order_date = packed->order_date,
	        .claim_start = DATE_ABSENT,
	        .claim_end = DATE_ABSENT,
	        .admission = DATE_ABSENT,
	        .discharge = DATE_ABSENT,
	        .drg = NUMBER_BLANK,
	        .specialty = packed->specialty,
	        .year = packed->year,
	        .facts = unpack_facts(packed->facts),
	        .lines = packed->lines,
	        .claim_type = record->kind >> TYPE_SHIFT & 3,
	        .setting = record->kind >> SETTING_SHIFT & 7,
	        .apart = record->kind >> APART_SHIFT & 3,
	        .claim_id_size = packed->claim_id_size,
	        .data_source_size = packed->data_source_size,
	        .person_id_size = packed->person_id_size,
	        .line_list = lines,
	};
	at = take_sections(at, run, record->kind);
	for (unsigned i = 0; i < run->lines; i++)
		at = take_line(at, &lines[i], &taken);
	run->texts = (const char *)at;
}
