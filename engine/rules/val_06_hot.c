/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

/* One check a sub-test, so that each can be switched and counted by itself. */
enum {
	CHECK_POS,
	CHECK_REV,
	CHECK_DATES,
	CHECK_BIRTH,
	CHECK_FUTURE,
	CHECK_POINTER,
	CHECK_UNITS,
	CHECK_PAID,
	CHECK_ALLOWED,
	CHECK_TOB,
	CHECK_CLAIM_DATES,
	CHECK_REPEATED, /* regroup judges it */
	CHECKS
};

/* paid may pass allowed by one in this many: 1 %. */
enum { PAID_TOLERANCE = 100 };

static int place_number(uint16_t place)
{
	unsigned tens = place & 0xff, ones = place >> 8;

	return char_is_digit(tens) && char_is_digit(ones) ? (int)((tens - '0') * 10 + ones - '0')
	                                                  : -1;
}

static bool place_is_wrong(const struct codes *codes, uint16_t place)
{
	int number = place_number(place);

	return number < 0 || !codes_place_assigned(codes, (unsigned)number);
}

/* Of the lines that are left, those of a value are judged together, and no longer left. */
static void settle_place(const uint16_t *restrict places, uint16_t place, uint8_t wrong,
        uint8_t *restrict left, uint8_t *restrict hits)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint8_t same = places[i] == place;

		hits[i] |= same & wrong;
		left[i] &= same ^ 1;
	}
}

static void settle_bill(const uint32_t *restrict bills, uint32_t bill, uint8_t wrong,
        uint8_t *restrict left, uint8_t *restrict hits)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint8_t same = bills[i] == bill;

		hits[i] |= same & wrong;
		left[i] &= same ^ 1;
	}
}

/* A batch has few places: each is looked up once. */
static void judge_place(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const struct codes *codes = judging_context(judging)->codes;
	uint8_t left[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		left[i] = marks->scope[i] & (batch->place[i] != 0);
	memcpy(marks->evaluated, left, sizeof(left));
	memset(marks->hits, 0, sizeof(marks->hits));
	for (uint32_t i = 0; (i = marks_next(left, i)) < batch->count;)
		settle_place(batch->place, batch->place[i], place_is_wrong(codes, batch->place[i]),
		        left, marks->hits);
}

static void judge_revenue(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const struct codes *codes = judging_context(judging)->codes;

	memset(marks->hits, 0, sizeof(marks->hits));
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks->evaluated[i] = marks->scope[i] & (batch->revenue[i] != NUMBER_BLANK);
	for (uint32_t i = 0; (i = marks_next(marks->evaluated, i)) < batch->count; i++)
		marks->hits[i] = batch->revenue[i] == NUMBER_INVALID ||
		                 !codes_revenue_known(codes, batch->revenue[i]);
}

static void judge_bill_type(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const struct codes *codes = judging_context(judging)->codes;
	uint8_t left[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		left[i] = marks->scope[i] & (batch->bill_type[i] != 0);
	memcpy(marks->evaluated, left, sizeof(left));
	memset(marks->hits, 0, sizeof(marks->hits));
	for (uint32_t i = 0; (i = marks_next(left, i)) < batch->count;)
		settle_bill(batch->bill_type, batch->bill_type[i],
		        !codes_bill_type_known(codes, batch->bill_type[i]), left, marks->hits);
}

static void judge_order(
        const int32_t *restrict from, const int32_t *restrict thru, struct marks *restrict marks)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		marks->evaluated[i] = (from[i] != DATE_ABSENT) & (thru[i] != DATE_ABSENT);
		marks->hits[i] = from[i] > thru[i];
	}
}

static void judge_line_dates(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);

	judge_order(batch->line_start, batch->line_end, marks);
}

static void judge_claim_dates(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);

	judge_order(batch->claim_start, batch->claim_end, marks);
}

/* Over 124 years is as wrong a birth date as one after the service. */
static void judge_birth(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const int32_t old_days = AGE_MAX * 365;
	uint8_t old[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		int32_t birth = batch->birth[i], day = batch->service_from[i];
		int32_t known = birth == DATE_ABSENT ? day : birth;

		marks->evaluated[i] = (birth != DATE_ABSENT) & (day != DATE_ABSENT);
		marks->hits[i] = birth > day;
		old[i] = (known < INT32_MAX - old_days) & (known + old_days < day) &
		         marks->evaluated[i];
	}
	for (uint32_t i = 0; (i = marks_next(old, i)) < batch->count; i++)
		marks->hits[i] |= date_age(batch->birth[i], batch->service_from[i]) > AGE_MAX;
}

static void judge_future(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	int32_t as_of = judging_context(judging)->as_of;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		int32_t day = batch->service_from[i], received = batch->received[i];

		marks->evaluated[i] = (day != DATE_ABSENT) &
		                      ((received != DATE_ABSENT) | (as_of != DATE_ABSENT));
		marks->hits[i] = ((received != DATE_ABSENT) & (day > received)) |
		                 ((as_of != DATE_ABSENT) & (day > as_of));
	}
}

/* The first pointer that names a blank slot (1-based), or 0. */
static unsigned blank_pointer(const struct batch *batch, uint32_t line)
{
	for (unsigned p = 0; p < POINTERS_MAX; p++) {
		unsigned slot = batch->pointer[p][line];

		if (slot && (slot > DIAGNOSES_MAX || !batch->diagnosis[slot - 1][line]))
			return slot;
	}
	return 0;
}

static void judge_pointer(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const struct diagnosis_fold *dx = judging_diagnoses(judging);

	memcpy(marks->evaluated, batch->pointer[0], BATCH_LINES);
	for (unsigned p = 1; p < POINTERS_MAX; p++)
		for (uint32_t i = 0; i < BATCH_LINES; i++)
			marks->evaluated[i] |= batch->pointer[p][i];
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks->hits[i] = dx->blank[i] != 0;
}

/* A line's own amount, of line level. */
static inline uint8_t has_amount(const struct batch *batch, uint32_t line, uint8_t counted)
{
	return (batch->counted_present[line] & counted) != 0;
}

static bool units_missing(const struct batch *batch, uint32_t line)
{
	return (has_amount(batch, line, COUNTED_PAID) && batch->paid[line] > 0) ||
	       (has_amount(batch, line, COUNTED_ALLOWED) && batch->allowed[line] > 0);
}

/*
 * Comparing 64-bit amounts is dear to vectors and cheap to a branch that is
 * hardly ever taken: so here, and in the two below.
 */
static void judge_units(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const uint16_t aside = LINE_DENIED | LINE_SUPERSEDED | LINE_VOID;

	memset(marks->hits, 0, sizeof(marks->hits));
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		marks->scope[i] &= (batch->line_flags[i] & aside) == 0;
		marks->evaluated[i] = (batch->units[i] != AMOUNT_ABSENT) &
		                      has_amount(batch, i, COUNTED_PAID | COUNTED_ALLOWED);
	}
	for (uint32_t i = 0; i < batch->count; i++)
		if (batch->units[i] <= 0)
			marks->hits[i] = units_missing(batch, i);
}

/* Reversals are lawfully negative, and the smaller of two is then the larger. */
static inline uint8_t has_amounts(const struct batch *batch, uint32_t line, uint8_t counted)
{
	return ((batch->counted_present[line] & counted) == counted) &
	       ((batch->line_flags[line] & LINE_NEGATIVE) == 0);
}

/* Called with both present: the lines before have seen to it. */
static bool paid_over_allowed(const struct batch *batch, uint32_t line)
{
	return ((__int128)batch->paid[line] - batch->allowed[line]) * PAID_TOLERANCE >
	       batch->allowed[line];
}

static void judge_paid(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);

	memset(marks->hits, 0, sizeof(marks->hits));
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks->evaluated[i] = has_amounts(batch, i, COUNTED_PAID | COUNTED_ALLOWED);
	for (uint32_t i = 0; i < batch->count; i++)
		if (batch->paid[i] > batch->allowed[i])
			marks->hits[i] = marks->evaluated[i] && paid_over_allowed(batch, i);
}

static void judge_allowed(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);

	memset(marks->hits, 0, sizeof(marks->hits));
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks->evaluated[i] = has_amounts(batch, i, COUNTED_ALLOWED | COUNTED_CHARGE);
	for (uint32_t i = 0; i < batch->count; i++)
		if (batch->allowed[i] > batch->charge[i])
			marks->hits[i] = marks->evaluated[i];
}

static void (*const sub_tests[CHECKS])(struct judging *, struct marks *) = {
        [CHECK_POS] = judge_place,
        [CHECK_REV] = judge_revenue,
        [CHECK_DATES] = judge_line_dates,
        [CHECK_BIRTH] = judge_birth,
        [CHECK_FUTURE] = judge_future,
        [CHECK_POINTER] = judge_pointer,
        [CHECK_UNITS] = judge_units,
        [CHECK_PAID] = judge_paid,
        [CHECK_ALLOWED] = judge_allowed,
        [CHECK_TOB] = judge_bill_type,
        [CHECK_CLAIM_DATES] = judge_claim_dates,
};

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	struct marks marks;

	for (unsigned k = 0; k < CHECKS; k++) {
		if (!sub_tests[k] || !judging_ready(judging, k))
			continue;
		memcpy(marks.scope, judging_base(judging, k), sizeof(marks.scope));
		if (!marks_any(marks.scope, batch->count))
			continue;
		sub_tests[k](judging, &marks);
		judging_mark(judging, k, &marks);
	}
}

static void tell_codes(const struct batch *batch, uint32_t line, unsigned k, struct hit *hit)
{
	char text[CODE_TEXT_SIZE];

	if (k == CHECK_POS)
		detail_add(hit, "pos=%s", code_text(batch->place[line], text));
	else if (k == CHECK_TOB)
		detail_add(hit, "tob=%s", code_text(batch->bill_type[line], text));
	else if (batch->revenue[line] == NUMBER_INVALID)
		detail_add(hit, "rev=unreadable");
	else
		detail_add(hit, "rev=%04u", batch->revenue[line]);
}

static void tell_dates(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	int32_t day = batch->service_from[line], birth = batch->birth[line];
	int32_t received = batch->received[line];

	if (k == CHECK_BIRTH) {
		detail_add_days(hit, "date", day, day);
		if (birth > day)
			detail_add(hit, "birth=after date");
		else
			detail_add(hit, "age=%d; age_max=%d", date_age(birth, day), AGE_MAX);
	} else if (k == CHECK_FUTURE) {
		detail_add_days(hit, "date", day, day);
		if (received != DATE_ABSENT && day > received)
			detail_add_days(hit, "received", received, received);
		else
			detail_add_days(hit, "as_of", context->as_of, context->as_of);
	} else {
		bool claim = k == CHECK_CLAIM_DATES;
		int32_t from = claim ? batch->claim_start[line] : batch->line_start[line];
		int32_t thru = claim ? batch->claim_end[line] : batch->line_end[line];

		detail_add_days(hit, "from", from, from);
		detail_add_days(hit, "thru", thru, thru);
	}
}

static void tell_amounts(const struct batch *batch, uint32_t line, unsigned k, struct hit *hit)
{
	if (k == CHECK_UNITS) {
		detail_add_units(hit, "units", batch->units[line]);
		detail_add(hit, "units_min=above 0");
	}
	if (k != CHECK_ALLOWED && has_amount(batch, line, COUNTED_PAID))
		detail_add_money(hit, "paid", batch->paid[line]);
	if (has_amount(batch, line, COUNTED_ALLOWED))
		detail_add_money(hit, "allowed", batch->allowed[line]);
	if (k == CHECK_ALLOWED)
		detail_add_money(hit, "charge", batch->charge[line]);
	if (k == CHECK_PAID)
		detail_add(hit, "tolerance=1%%");
}

static void tell_pointer(const struct batch *batch, uint32_t line, struct hit *hit)
{
	detail_add(hit, "pointer=%u; diagnoses=%u", blank_pointer(batch, line),
	        batch->diagnosis_count[line]);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	hit->severity = SEVERITY_INFO;
	switch (k) {
	case CHECK_POS:
	case CHECK_REV:
	case CHECK_TOB:
		tell_codes(batch, line, k, hit);
		break;
	case CHECK_CLAIM_DATES:
		/* Its own name tells the check; the finding's kind is that of the line's. */
		snprintf(hit->kind, sizeof(hit->kind), "dates");
		tell_dates(context, batch, line, k, hit);
		break;
	case CHECK_DATES:
	case CHECK_BIRTH:
	case CHECK_FUTURE:
		tell_dates(context, batch, line, k, hit);
		break;
	case CHECK_POINTER:
		tell_pointer(batch, line, hit);
		break;
	case CHECK_REPEATED:
		detail_add(hit, "line=%d", batch->line_number[line]);
		break;
	default:
		tell_amounts(batch, line, k, hit);
	}
}

#define NEEDS(...) ((const enum field[]){__VA_ARGS__, FIELD_COUNT})
static const struct rule_check checks[CHECKS] = {
        [CHECK_POS] = {"pos", CHECK_LINE, true, BASE_PROFESSIONAL, NEEDS(FIELD_PLACE)},
        [CHECK_REV] = {"rev", CHECK_LINE, true, BASE_INSTITUTIONAL, NEEDS(FIELD_REVENUE)},
        [CHECK_DATES] = {"dates", CHECK_LINE, false, 0, NEEDS(FIELD_LINE_START, FIELD_LINE_END)},
        [CHECK_BIRTH] = {"birth", CHECK_LINE, false, 0, NEEDS(FIELD_BIRTH, FIELD_CLAIM_START)},
        [CHECK_FUTURE] = {"future", CHECK_LINE, true, 0, NULL},
        [CHECK_POINTER] = {"pointer", CHECK_LINE, true, BASE_NOT_INSTITUTIONAL,
                NEEDS(FIELD_POINTER_1)},
        [CHECK_UNITS] = {"units", CHECK_LINE, true, 0, NEEDS(FIELD_UNITS)},
        [CHECK_PAID] = {"paid_over_allowed", CHECK_LINE, true, 0, NEEDS(FIELD_PAID, FIELD_ALLOWED)},
        [CHECK_ALLOWED] = {"allowed_over_charge", CHECK_LINE, true, BASE_PROFESSIONAL,
                NEEDS(FIELD_ALLOWED, FIELD_CHARGE)},
        [CHECK_TOB] = {"tob", CHECK_CLAIM, true, BASE_INSTITUTIONAL, NEEDS(FIELD_BILL_TYPE)},
        [CHECK_CLAIM_DATES] = {"claim_dates", CHECK_CLAIM, false, 0,
                NEEDS(FIELD_CLAIM_START, FIELD_CLAIM_END)},
        [CHECK_REPEATED] = {"line_repeated", CHECK_JOIN, false, 0, NEEDS(FIELD_LINE_NUMBER)},
};

const struct rule HOT(rule_val_06) = {
        .id = "VAL-06",
        .name = "Structural claim error",
        .tier = "P1",
        .scope = "claim",
        .hit_unit = "line and kind (line_repeated, tob, dates of the claim: claim and kind)",
        .definition =
                "Fields that contradict the form or each other, each a kind: pos (professional, "
                "place of service not in the list or unassigned), tob and rev (institutional, bill "
                "type or revenue code not in the list), dates (from after thru), birth (service "
                "before birth, or an age over 124), future (service after receipt or --as-of), "
                "pointer (names a blank diagnosis), units (0 or less where something was paid or "
                "allowed), paid_over_allowed, allowed_over_charge (professional), line_repeated "
                "(one line number twice in a claim).",
        .traps = "Blank is absent, not zero. Voids and negative lines are lawfully negative and "
                 "their amounts are not compared; amounts of claim level are no line's. "
                 "Institutional payments pass charges lawfully. Files without pointers, or with "
                 "pointers given as codes, are not judged for pointer.",
        .tables = "place of service list (CMS); bill types and revenue codes (NUBC)",
        .parameters = "each kind by itself; paid_over_allowed beyond 1 %",
        .dollars = "none: info",
        .evaluated = "for each kind the lines, or claims, that carry its fields",
        .authority = "I-OCE edits 23-26, 41, 48; Tuva DQI",
        .idle = "no line carries the fields of any kind",
        .checks = checks,
        .check_count = CHECKS,
        .judge = judge,
        .tell = tell,
};
