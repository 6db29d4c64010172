/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/judge.h"
#include "rules/registry.h"

#include <assert.h>
#include <string.h>
#include <time.h>

/* Marks as bit planes: plane p holds the bits 8p to 8p + 7 of a mask, a byte a line. */
enum {
	PLANES = CHECKS_MAX / 8,
	LINE_PLANES = LINE_CHECKS_MAX / 8,
	BASES_MAX = 16,
	BASE_KEYS = 128,
};

struct planes {
	uint8_t bytes[PLANES][BATCH_LINES] COLUMN;
};

static unsigned planes_used(void)
{
	unsigned used = (checks_used() + 7) / 8;

	return used > LINE_PLANES ? used : LINE_PLANES;
}

static void planes_clear(struct planes *planes)
{
	memset(planes->bytes, 0, planes_used() * sizeof(planes->bytes[0]));
}

/* What has been worked out for this batch. */
enum { DONE_DAYS = 1, DONE_DIAGNOSES = 2, DONE_PROCEDURES = 4, DONE_MODIFIED = 8 };

struct judging {
	const struct rule_context *context;
	const struct batch *batch;
	const struct rule_entry *entry; /* the rule that is judging */
	unsigned ready;                 /* bits of its checks */
	unsigned done;                  /* DONE_* */
	struct planes scope, evaluated, hits;
	uint8_t base_slots[BASE_KEYS] COLUMN; /* by BASE_* and BASE_CLAIM: of the bases, from 1 */
	unsigned base_count;
	uint8_t bases[BASES_MAX][BATCH_LINES] COLUMN;
	struct key_days days;
	struct diagnosis_fold diagnoses;
	struct procedure_fold procedures;
	struct modified_lines modified;

	/* By set: lines that it does not cover, once filled; of these, lines that are to be
	 * counted. */
	unsigned outside_done, told_any; /* bits of parts */
	uint8_t outside[PART_COUNT][BATCH_LINES] COLUMN;
	uint8_t told[PART_COUNT][BATCH_LINES] COLUMN;
	uint8_t outside_any[BATCH_LINES] COLUMN;
};

const struct rule_context *judging_context(const struct judging *judging)
{
	return judging->context;
}

const struct batch *judging_batch(const struct judging *judging)
{
	return judging->batch;
}

bool judging_ready(const struct judging *judging, unsigned k)
{
	return judging->ready >> k & 1;
}

/* ---- Marks ---- */

static void base_keep_flags(uint8_t *restrict base, const uint16_t *restrict flags, uint16_t flag)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		base[i] &= (flags[i] & flag) != 0;
}

static void base_keep_type(uint8_t *restrict base, const uint8_t *restrict types, uint8_t type)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		base[i] &= types[i] == type;
}

static void base_drop_type(uint8_t *restrict base, const uint8_t *restrict types, uint8_t type)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		base[i] &= types[i] != type;
}

/* A claim check asks the claim's lowest line, which may be one of totals. */
static void base_begin(
        uint8_t *restrict base, const uint16_t *restrict flags, enum check_scope scope)
{
	if (scope == CHECK_LINE) {
		for (uint32_t i = 0; i < BATCH_LINES; i++)
			base[i] = (flags[i] & LINE_DUE) != 0;
	} else {
		for (uint32_t i = 0; i < BATCH_LINES; i++)
			base[i] = (flags[i] & LINE_OUTSIDE) == 0;
	}
}

/* Beside BASE_*, in the key of a base: units are claims. */
#define BASE_CLAIM 0x40
_Static_assert(BASE_NOT_INSTITUTIONAL < BASE_CLAIM, "a bit of its own");

static void base_fill(uint8_t *base, const struct batch *batch, uint8_t key)
{
	base_begin(base, batch->line_flags, key & BASE_CLAIM ? CHECK_CLAIM : CHECK_LINE);
	if (key & BASE_PAYABLE)
		base_keep_flags(base, batch->line_flags, LINE_PAYABLE);
	if (key & BASE_PROFESSIONAL)
		base_keep_type(base, batch->claim_type, CLAIM_PROFESSIONAL);
	if (key & BASE_INSTITUTIONAL)
		base_keep_type(base, batch->claim_type, CLAIM_INSTITUTIONAL);
	if (key & BASE_NOT_INSTITUTIONAL)
		base_drop_type(base, batch->claim_type, CLAIM_INSTITUTIONAL);
	if (key & BASE_INPATIENT)
		base_drop_type(base, batch->inpatient, 0);
	if (key & BASE_SETTING)
		base_drop_type(base, batch->setting, SETTING_NONE);
	memset(base + batch->count, 0, BATCH_LINES - batch->count);
}

/* A free slot, from 1; without one the last gives way. */
static unsigned base_slot(struct judging *judging)
{
	if (judging->base_count < BASES_MAX)
		return ++judging->base_count;
	for (unsigned key = 0; key < BASE_KEYS; key++)
		if (judging->base_slots[key] == BASES_MAX)
			judging->base_slots[key] = 0;
	return BASES_MAX;
}

/* Most checks share their base with another. */
const uint8_t *judging_base(struct judging *judging, unsigned k)
{
	const struct rule_check *check = &judging->entry->rule->checks[k];
	uint8_t key = check->base | (check->scope == CHECK_LINE ? 0 : BASE_CLAIM);
	unsigned b = judging->base_slots[key];

	if (b == 0) {
		b = base_slot(judging);
		judging->base_slots[key] = (uint8_t)b;
		base_fill(judging->bases[b - 1], judging->batch, key);
	}
	return judging->bases[b - 1];
}

static void plane_add(uint8_t *restrict plane, const uint8_t *restrict bytes, unsigned bit)
{
	uint8_t value = (uint8_t)(1u << bit);

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		plane[i] |= bytes[i] ? value : 0;
}

/* ---- Days that sets do not cover ---- */

/* The key days of a set; part_days() has them line by line.  room: for those of no other. */
static const struct key_days *part_days_of(
        struct judging *judging, enum codes_part part, struct key_days *restrict room)
{
	const struct batch *batch = judging->batch;
	const int32_t *restrict from = batch->service_from, *restrict thru = batch->service_thru;
	bool whole = part == PART_HCPCS || part == PART_CPT;

	if (part == PART_ICD10CM || part == PART_ICD10PCS || part == PART_MCE)
		return judging_days(judging);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		room->low[i] = whole ? earlier(from[i], thru[i]) : from[i];
		room->high[i] = whole ? later(from[i], thru[i]) : from[i];
	}
	return room;
}

/* A set of one setting, or of codes of one kind, is asked about no other line. */
static void keep_applying(
        const struct batch *batch, enum codes_part part, uint8_t *restrict outside)
{
	switch (part) {
	case PART_HCPCS:
	case PART_CPT:
		for (uint32_t i = 0; i < BATCH_LINES; i++)
			outside[i] &= (batch->hcpcs[i] != CODE_BLANK) &
			              (codes_procedure_part(batch->hcpcs[i]) == part);
		break;
	case PART_MUE_PRACTITIONER:
		base_keep_type(outside, batch->setting, SETTING_PRACTITIONER);
		break;
	case PART_MUE_HOSPITAL:
		base_keep_type(outside, batch->setting, SETTING_OUTPATIENT);
		break;
	case PART_MUE_DME:
		base_keep_type(outside, batch->setting, SETTING_DME);
		break;
	default:
		break;
	}
}

/* Which ends of the lines' days lie in this window or in others: 1 the first, 2 the last. */
static void cover_ends(
        const struct key_days *restrict days, struct code_window covered, uint8_t *restrict ends)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		ends[i] |=
		        (uint8_t)(((days->low[i] >= covered.from) & (days->low[i] <= covered.to)) |
		                  ((days->high[i] >= covered.from) & (days->high[i] <= covered.to))
		                          << 1);
}

static void outside_fill(struct judging *judging, enum codes_part part)
{
	const struct codes *codes = judging->context->codes;
	uint8_t *restrict outside = judging->outside[part];
	uint8_t ends[BATCH_LINES] COLUMN;
	struct key_days room;
	const struct key_days *days = part_days_of(judging, part, &room);

	memset(ends, 0, sizeof(ends));
	for (size_t n = 0; n < codes_covered_count(codes, part); n++)
		cover_ends(days, codes_covered_at(codes, part, n), ends);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		outside[i] = (days->low[i] != DATE_ABSENT) & (ends[i] != 3);
	keep_applying(judging->batch, part, outside);
	memset(judging->told[part], 0, sizeof(judging->told[part]));
	judging->outside_done |= PART_BIT(part);
}

static void add_bytes(uint8_t *restrict all, const uint8_t *restrict bytes)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		all[i] |= bytes[i];
}

/* Lines that one of the sets does not cover; parts: of those that do not cover every day. */
static const uint8_t *outside_of(struct judging *judging, unsigned parts)
{
	static const uint8_t none[BATCH_LINES] COLUMN;

	for (unsigned left = parts & ~judging->outside_done; left; left &= left - 1)
		outside_fill(judging, (enum codes_part)__builtin_ctz(left));
	if (!parts)
		return none;
	if (!(parts & (parts - 1)))
		return judging->outside[__builtin_ctz(parts)];
	memset(judging->outside_any, 0, sizeof(judging->outside_any));
	for (; parts; parts &= parts - 1)
		add_bytes(judging->outside_any, judging->outside[__builtin_ctz(parts)]);
	return judging->outside_any;
}

static unsigned limited_parts(const struct judging *judging, unsigned k)
{
	unsigned parts = judging->entry->rule->checks[k].parts;

	return parts ? parts & codes_limited(judging->context->codes) : 0;
}

const uint8_t *judging_outside(struct judging *judging, unsigned k)
{
	bool nearest = codes_nearest(judging->context->codes);

	return outside_of(judging, nearest ? 0 : limited_parts(judging, k));
}

/* Of the lines in scope those that a set does not cover, if held. */
static void tell_outside(uint8_t *restrict told, const uint8_t *restrict outside,
        const uint8_t *restrict scope, const uint8_t *restrict held)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		told[i] |= (scope[i] != 0) & outside[i] & held[i];
}

/* What is evaluated on days that the sets of the check cover; the others are noted. */
static void hold_to_days(struct judging *judging, unsigned k, unsigned parts,
        const struct marks *marks, uint8_t *restrict evaluated)
{
	const uint8_t *restrict outside = outside_of(judging, parts);
	uint8_t nearest = codes_nearest(judging->context->codes);
	uint8_t leave = nearest || judging->entry->rule->checks[k].own_days;
	uint8_t held[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		evaluated[i] = (marks->evaluated[i] != 0) & ((outside[i] ^ 1) | leave);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		held[i] = (evaluated[i] ^ 1) | nearest;
	judging->told_any |= parts;
	for (; parts; parts &= parts - 1) {
		unsigned part = (unsigned)__builtin_ctz(parts);

		tell_outside(judging->told[part], judging->outside[part], marks->scope, held);
	}
}

static void count_outside_of(struct judging *judging, enum codes_part part)
{
	const uint8_t *restrict told = judging->told[part];
	struct key_days room;
	const int32_t *restrict low = part_days_of(judging, part, &room)->low;
	int32_t days[BATCH_LINES];
	uint32_t found = 0;

	for (uint32_t i = 0; i < judging->batch->count; i++) {
		days[found] = low[i];
		found += told[i];
	}
	codes_outside_add_days(judging->context->outside, part, days, found);
}

static void count_outside(struct judging *judging)
{
	for (unsigned parts = judging->told_any; parts; parts &= parts - 1) {
		enum codes_part part = (enum codes_part)__builtin_ctz(parts);

		if (marks_any(judging->told[part], judging->batch->count))
			count_outside_of(judging, part);
	}
}

void judging_mark(struct judging *judging, unsigned k, const struct marks *marks)
{
	unsigned bit = judging->entry->bits[k], plane = bit / 8;
	unsigned parts = limited_parts(judging, k);
	const uint8_t *evaluated = marks->evaluated;
	uint8_t held[BATCH_LINES] COLUMN;

	if (!judging_ready(judging, k))
		return;
	if (parts) {
		hold_to_days(judging, k, parts, marks, held);
		evaluated = held;
	}
	plane_add(judging->scope.bytes[plane], marks->scope, bit % 8);
	plane_add(judging->evaluated.bytes[plane], evaluated, bit % 8);
	plane_add(judging->hits.bytes[plane], marks->hits, bit % 8);
}

/* A check that lacks a field has all its units in scope and judges none. */
static void mark_unready(struct judging *judging)
{
	const struct rule_entry *entry = judging->entry;

	for (unsigned k = 0; k < entry->rule->check_count; k++) {
		unsigned bit = entry->bits[k];

		if (judging_ready(judging, k) || entry->rule->checks[k].scope == CHECK_JOIN)
			continue;
		plane_add(judging->scope.bytes[bit / 8], judging_base(judging, k), bit % 8);
	}
}

/*
 * The bytes of a line become its mask: in steps of doubling width, which a
 * compiler vectorises, where eight shifts a line at once it does badly.
 */
static void planes_join(const struct planes *planes, uint64_t keep, uint64_t *restrict masks)
{
	uint16_t halves[LINE_PLANES / 2][BATCH_LINES] COLUMN;
	unsigned used = planes_used();

	for (unsigned p = 0; p < LINE_PLANES / 2; p++) {
		const uint8_t *even = planes->bytes[2 * p], *odd = planes->bytes[2 * p + 1];

		for (uint32_t i = 0; i < BATCH_LINES; i++)
			halves[p][i] = (uint16_t)(even[i] | odd[i] << 8);
	}
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		masks[i] = (halves[0][i] | (uint32_t)halves[1][i] << 16) & keep;
	for (unsigned p = LINE_PLANES; p < used; p++) {
		const uint8_t *plane = planes->bytes[p];

		for (uint32_t i = 0; i < BATCH_LINES; i++)
			masks[i] |= (uint64_t)plane[i] << 8 * p & keep;
	}
}

/* What is not in scope is not evaluated; what is not evaluated is no hit. */
static void verdicts_settle(struct verdicts *restrict verdicts)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		verdicts->evaluated[i] &= verdicts->scope[i];
		verdicts->hits[i] &= verdicts->evaluated[i];
	}
}

/* ---- What several rules ask ---- */

static void days_fill(const struct batch *batch, struct key_days *restrict days)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		int32_t from = batch->service_from[i], thru = batch->service_thru[i];
		int32_t out = batch->discharge[i] != DATE_ABSENT ? batch->discharge[i] : thru;
		int32_t first = from < thru ? from : thru, last = from < thru ? thru : from;

		days->low[i] = batch->inpatient[i] ? out : first;
		days->high[i] = batch->inpatient[i] ? out : last;
	}
}

const struct key_days *judging_days(struct judging *judging)
{
	if (!(judging->done & DONE_DAYS)) {
		days_fill(judging->batch, &judging->days);
		judging->done |= DONE_DAYS;
	}
	return &judging->days;
}

static uint32_t count_mask(unsigned count)
{
	return count >= 32 ? UINT32_MAX : ((uint32_t)1 << count) - 1;
}

/* A pointer beyond all slots points at none, which is not the same as no pointer. */
#define SLOT_NONE ((uint32_t)1 << DIAGNOSES_MAX)

static inline uint32_t pointed_slot(uint8_t pointer)
{
	return pointer <= DIAGNOSES_MAX ? (1u << (pointer & 31)) >> 1 : SLOT_NONE;
}

uint32_t line_slots(const struct batch *batch, uint32_t line)
{
	uint32_t all = count_mask(batch->diagnosis_count[line]), pointed = 0;
	uint64_t code = batch->pointed_code[line];

	for (unsigned p = 0; p < POINTERS_MAX; p++)
		pointed |= pointed_slot(batch->pointer[p][line]);
	if (pointed)
		return pointed;
	for (unsigned s = 0; code && s < batch->diagnosis_count[line]; s++)
		if (batch->diagnosis[s][line] == code)
			return (uint32_t)1 << s;
	return all;
}

unsigned line_first_slot(const struct batch *batch, uint32_t line)
{
	for (unsigned p = 0; p < POINTERS_MAX; p++) {
		unsigned slot = batch->pointer[p][line];

		if (slot >= 1 && slot <= DIAGNOSES_MAX)
			return slot - 1;
	}
	if (batch->pointed_code[line])
		return (unsigned)__builtin_ctz(line_slots(batch, line) | 1u << DIAGNOSES_MAX) %
		       DIAGNOSES_MAX;
	return 0;
}

void line_days(const struct batch *batch, uint32_t line, int32_t *low, int32_t *high)
{
	int32_t from = batch->service_from[line], thru = batch->service_thru[line];

	if (batch->inpatient[line]) {
		*low = *high = batch->discharge[line] != DATE_ABSENT ? batch->discharge[line]
		                                                     : thru;
		return;
	}
	*low = from < thru ? from : thru;
	*high = from < thru ? thru : from;
}

/* Add the bits of one column of pointers. */
static void point_slots(const uint8_t *restrict pointers, uint32_t count, uint32_t *restrict slots)
{
	uint8_t any = 0;

	for (uint32_t i = 0; i < count; i++)
		any |= pointers[i];
	for (uint32_t i = 0; any && i < count; i++)
		slots[i] |= pointed_slot(pointers[i]);
}

static void slots_fill(
        const struct rule_context *context, const struct batch *batch, uint32_t slots[BATCH_LINES])
{
	uint32_t count = batch->count;

	memset(slots, 0, count * sizeof(slots[0]));
	if (field_set_any(&context->bound, FIELD_POINTER_1, FIELD_POINTER_4))
		for (unsigned p = 0; p < POINTERS_MAX; p++)
			point_slots(batch->pointer[p], count, slots);
	if (field_set_has(&context->bound, FIELD_POINTED_CODE))
		for (uint32_t i = 0; i < count; i++)
			slots[i] = batch->pointed_code[i] ? line_slots(batch, i) : slots[i];
	for (uint32_t i = 0; i < count; i++)
		slots[i] = slots[i] ? slots[i] : count_mask(batch->diagnosis_count[i]);
}

/* A line's share of the fold; kept small enough for registers. */
static inline void fold_line(const struct batch *batch,
        const struct diagnosis_attributes *attributes, uint32_t i, struct diagnosis_fold *fold)
{
	static const struct diagnosis_attributes neutral = {INT32_MIN, INT32_MAX, 0, INT32_MAX};
	uint32_t slots = fold->slots[i], filled = 0, unknown = 0, flags = 0;
	int32_t from = INT32_MIN, to = INT32_MAX, header_from = INT32_MAX;

	for (uint32_t left = slots & count_mask(batch->diagnosis_count[i]); left;
	        left &= left - 1) {
		unsigned s = (unsigned)__builtin_ctz(left);
		uint32_t ref = batch->diagnosis_ref[s][i];
		uint32_t there = batch->diagnosis[s][i] != CODE_BLANK;
		const struct diagnosis_attributes *dx = ref ? &attributes[ref] : &neutral;

		filled |= there << s;
		unknown |= (there & (ref == 0)) << s;
		flags |= dx->flags;
		from = dx->from > from ? dx->from : from;
		to = dx->to < to ? dx->to : to;
		header_from = dx->header_from < header_from ? dx->header_from : header_from;
	}
	fold->slots[i] = filled;
	fold->blank[i] = slots & ~filled;
	fold->unknown[i] = unknown;
	fold->flags[i] = flags;
	fold->from[i] = from;
	fold->to[i] = to;
	fold->header_from[i] = header_from;
	fold->any_flags |= flags;
	fold->any_unknown |= unknown;
}

const struct diagnosis_fold *judging_diagnoses(struct judging *judging)
{
	const struct batch *batch = judging->batch;
	struct diagnosis_fold *fold = &judging->diagnoses;
	const struct diagnosis_attributes *attributes;

	if (judging->done & DONE_DIAGNOSES)
		return fold;
	judging->done |= DONE_DIAGNOSES;
	attributes = codes_diagnoses(judging->context->codes);
	slots_fill(judging->context, batch, fold->slots);
	fold->any_flags = fold->any_unknown = 0;
	for (uint32_t i = 0; i < batch->count; i++)
		fold_line(batch, attributes, i, fold);
	return fold;
}

const struct procedure_fold *judging_procedures(struct judging *judging)
{
	const struct batch *batch = judging->batch;
	struct procedure_fold *fold = &judging->procedures;
	const struct procedure_attributes *attributes;
	uint32_t any = 0, aged = 0;

	if (judging->done & DONE_PROCEDURES)
		return fold;
	judging->done |= DONE_PROCEDURES;
	attributes = codes_procedures(judging->context->codes);
	for (uint32_t i = 0; i < batch->count; i++) {
		const struct procedure_attributes *px = &attributes[batch->hcpcs_ref[i]];

		fold->flags[i] = px->flags;
		fold->from[i] = px->from;
		fold->to[i] = px->to;
		fold->pctc[i] = px->pctc;
		fold->aged[i] = (batch->hcpcs_ref[i] != 0) &
		                ((px->age_from != 0) | (px->age_to != 255));
		fold->unlisted[i] = (batch->hcpcs[i] != CODE_BLANK) & (batch->hcpcs_ref[i] == 0);
		any |= px->flags;
		aged |= fold->aged[i];
	}
	fold->any_flags = any;
	fold->any_aged = aged != 0;
	return fold;
}

/* Slots behind the first are seldom in use. */
static void add_modifiers(const uint16_t *restrict modifiers, uint32_t count,
        struct modified_lines *restrict modified)
{
	uint16_t any = 0;

	for (uint32_t i = 0; i < count; i++)
		any |= modifiers[i];
	for (uint32_t n = 0; any && n < modified->count; n++)
		modified->has[n] |= modifier_bits(modifiers[modified->lines[n]]);
}

const struct modified_lines *judging_modified(struct judging *judging)
{
	const struct batch *batch = judging->batch;
	struct modified_lines *modified = &judging->modified;
	uint16_t all[BATCH_LINES] COLUMN;

	if (judging->done & DONE_MODIFIED)
		return modified;
	judging->done |= DONE_MODIFIED;
	modified->count = modified->has_any = 0;
	memcpy(all, batch->modifiers[0], sizeof(all));
	for (unsigned m = 1; m < MODIFIERS_MAX; m++)
		for (uint32_t i = 0; i < BATCH_LINES; i++)
			all[i] |= batch->modifiers[m][i];
	for (uint32_t i = 0; i < batch->count; i++) {
		modified->lines[modified->count] = (uint16_t)i;
		modified->count += all[i] != 0;
	}
	memset(modified->has, 0, modified->count * sizeof(modified->has[0]));
	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		add_modifiers(batch->modifiers[m], batch->count, modified);
	for (uint32_t n = 0; n < modified->count; n++)
		modified->has_any |= modified->has[n];
	return modified;
}

/*
 * A birth date on the day itself, or over 124 years back, is a default that
 * somebody's system filled in; VAL-06 tells the latter.
 */
int line_age(const struct batch *batch, uint32_t line)
{
	int32_t birth = batch->birth[line], day = batch->service_from[line];
	int age;

	if (batch->inpatient[line] && batch->admission[line] != DATE_ABSENT)
		day = batch->admission[line];
	if (birth == DATE_ABSENT || day == DATE_ABSENT || birth >= day)
		return -1;
	age = date_age(birth, day);
	return age > AGE_MAX ? -1 : age;
}

int code_number(uint64_t word)
{
	int number = 0;

	if (word >> 40 || !(word >> 32))
		return -1;
	for (unsigned c = 1; c < 5; c++) {
		if (!char_is_digit(code_char(word, c)))
			return -1;
		number = number * 10 + (int)(code_char(word, c) - '0');
	}
	return number;
}

/* ---- All rules over a batch ---- */

/* checks: those that are ready. */
static void judge_rule(struct judging *judging, const struct rule_entry *entry, unsigned checks)
{
	const struct rule *rule = entry->rule;
	unsigned all = (1u << rule->check_count) - 1;

	judging->entry = entry;
	judging->ready = checks;
	if (judging->ready)
		rule->judge(judging);
	if (judging->ready != all)
		mark_unready(judging);
}

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void judge_batch(const struct rule_selection *selection, const struct rule_context *context,
        const struct batch *batch, struct verdicts *verdicts, uint64_t ns[RULES_ALL])
{
	const struct rules_ready *ready = context->ready;
	struct rules_ready found;
	struct judging judging;
	uint64_t last = ns ? clock_ns() : 0;

	judging.context = context;
	judging.batch = batch;
	judging.done = 0;
	memset(judging.base_slots, 0, sizeof(judging.base_slots));
	judging.base_count = 0;
	judging.outside_done = judging.told_any = 0;
	planes_clear(&judging.scope);
	planes_clear(&judging.evaluated);
	planes_clear(&judging.hits);
	if (!ready) {
		rules_find_ready(&found, &context->bound);
		ready = &found;
	}
	for (uint32_t n = 0; n < ready->count; n++) {
		unsigned r = ready->rules[n];

		if (!selection->active[r])
			continue;
		judge_rule(&judging, rule_at(r), ready->checks[n]);
		if (ns) {
			uint64_t now = clock_ns();

			ns[r] += now - last;
			last = now;
		}
	}
	planes_join(&judging.scope, selection->checks, verdicts->scope);
	planes_join(&judging.evaluated, selection->checks, verdicts->evaluated);
	planes_join(&judging.hits, selection->checks, verdicts->hits);
	verdicts_settle(verdicts);
	if (judging.told_any && context->outside)
		count_outside(&judging);
}

const struct judge_hot HOT(judge_hot) = {judge_batch};
