/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/ambulance.h"
#include "rules/detail.h"
#include "rules/judge.h"

enum { CHECK_TRIP, CHECK_MILEAGE_ALONE };

static const char *const kinds[] = {"pair", "destination", "emergency_place", "miles"};
enum { PAIR = 1, DESTINATION = 2, EMERGENCY_PLACE = 4, MILES = 8 };

/* Ground trips beyond it are rare enough to ask about (OIG OEI-09-12-00351). */
enum { MILES_MAX = 100 };

/* A0425 to A0436, as a number; -1 for all else. */
static int trip_code(uint64_t hcpcs)
{
	int number = code_char(hcpcs, 0) == 'A' ? code_number(hcpcs) : -1;

	return number >= 425 && number <= 436 ? number : -1;
}

/* Modifiers of ambulance lines that are no pair, though written before it at times. */
static bool is_no_pair(uint16_t modifier)
{
	switch (modifier) {
	case TWO_CHARS('G', 'M'): /* several patients */
	case TWO_CHARS('Q', 'M'):
	case TWO_CHARS('Q', 'N'):
	case TWO_CHARS('G', 'Y'):
	case TWO_CHARS('G', 'A'):
	case TWO_CHARS('G', 'Z'):
	case TWO_CHARS('G', 'X'):
	case TWO_CHARS('T', 'Q'):
		return true;
	}
	return false;
}

/* The modifier that should be the pair; 0 if there is none, or no trip ended (QL: died before). */
static uint16_t find_pair(const struct batch *batch, uint32_t line)
{
	if (line_has_modifier(batch, line, TWO_CHARS('Q', 'L')))
		return 0;
	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		uint16_t modifier = batch->modifiers[m][line];

		if (modifier && !is_no_pair(modifier))
			return modifier;
	}
	return 0;
}

static unsigned judge_pair(uint16_t pair, int number)
{
	unsigned origin = pair & 0xff, end = pair >> 8;
	bool emergency = number == 427 || number == 429 || number == 433;

	if (!ambulance_place(origin, AMBULANCE_ORIGINS) || !ambulance_place(end, AMBULANCE_PLACES))
		return PAIR;
	return (end == 'P' ? DESTINATION : 0) |
	       (emergency && end != 'H' && end != 'I' && end != 'X' ? EMERGENCY_PLACE : 0);
}

struct trip {
	unsigned mask;
	bool evaluated;
};

static struct trip judge_line(const struct batch *batch, uint32_t line, int number)
{
	uint16_t pair = find_pair(batch, line);
	bool ground_miles = number == 425 && batch->units[line] != AMOUNT_ABSENT;
	struct trip trip = {0, pair != 0 || ground_miles};

	if (pair)
		trip.mask = judge_pair(pair, number);
	if (ground_miles && batch->units[line] > (int64_t)MILES_MAX * UNITS_ONE)
		trip.mask |= MILES;
	return trip;
}

static void find_trips(const struct batch *batch, const uint8_t *base, uint8_t trips[BATCH_LINES])
{
	const uint64_t prefix = TWO_CHARS('A', '0') | (uint64_t)'4' << 16;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		trips[i] = base[i] & ((batch->hcpcs[i] & 0xffffff) == prefix);
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	uint8_t trips[BATCH_LINES] COLUMN;
	struct marks marks;

	find_trips(batch, judging_base(judging, CHECK_TRIP), trips);
	if (marks_next(trips, 0) >= batch->count)
		return;
	memset(&marks, 0, sizeof(marks));
	for (uint32_t i = 0; (i = marks_next(trips, i)) < batch->count; i++) {
		int number = trip_code(batch->hcpcs[i]);
		struct trip trip;

		if (number < 0)
			continue;
		trip = judge_line(batch, i, number);
		marks.scope[i] = 1;
		marks.evaluated[i] = trip.evaluated;
		marks.hits[i] = trip.mask != 0;
	}
	judging_mark(judging, CHECK_TRIP, &marks);
}

static void tell_trip(const struct batch *batch, uint32_t line, struct hit *hit)
{
	struct trip trip = judge_line(batch, line, trip_code(batch->hcpcs[line]));
	unsigned first = hit_name_kinds(hit, kinds, trip.mask);
	uint16_t pair = find_pair(batch, line);
	int64_t units = batch->units[line];
	char text[CODE_TEXT_SIZE];

	if (1u << first == PAIR) {
		hit->severity = SEVERITY_INFO;
		hit->share = 0;
		hit->whole = 1;
	} else if (1u << first == MILES) {
		hit_share(hit, units - (int64_t)MILES_MAX * UNITS_ONE, units);
	}
	if (pair)
		detail_add(hit, "modifier=%s", code_text(pair, text));
	if (trip.mask & DESTINATION)
		detail_add(hit, "destination=P");
	if (trip.mask & EMERGENCY_PLACE)
		detail_add(hit, "destinations=H,I,X");
	if (trip.mask & MILES) {
		detail_add_units(hit, "miles", units);
		detail_add(hit, "miles_max=%d", MILES_MAX);
	}
	hit_tell_also(hit, kinds, trip.mask);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	char text[CODE_TEXT_SIZE];

	(void)context;
	hit->severity = SEVERITY_MEDIUM;
	hit_whole_line(hit);
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	if (k == CHECK_TRIP)
		tell_trip(batch, line, hit);
	else
		detail_add(hit, "base=none");
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_COUNT};
static const struct rule_check checks[] = {
        [CHECK_TRIP] = {"", CHECK_LINE, .needs = needs},
        [CHECK_MILEAGE_ALONE] = {"mileage_alone", CHECK_JOIN, .base = BASE_PAYABLE, .needs = needs},
};

const struct rule HOT(rule_spc_03) = {
        .id = "SPC-03",
        .name = "Ambulance coding",
        .tier = "P1",
        .scope = "claim",
        .hit_unit = "line and kind",
        .definition = "On A0425 to A0436: the modifier is no pair of an origin and a destination "
                      "(pair); the trip ends at a physician's office (destination); an emergency "
                      "trip, A0427 A0429 A0433, ends elsewhere than H, I or X (emergency_place); "
                      "ground miles above the cap (miles); mileage without its base, ground or "
                      "air, of the same patient, day and supplier (mileage_alone).",
        .traps = "X is a destination only. QL, died before the trip, has none. GM, QM, QN, GY, GA, "
                 "GZ, GX and TQ are not the pair. Air miles have no cap. A denied base denies the "
                 "mileage.",
        .tables = "ambulance codes; a payer's destinations",
        .parameters = "max_miles 100",
        .dollars = "destination, emergency_place, mileage_alone: the line's amount; miles: the "
                   "share above the cap; pair: none, info",
        .evaluated = "ambulance lines with a pair, or with ground miles",
        .authority = "OIG OEI-09-12-00351; OIG A-09-17-03018",
        .idle = "no ambulance line A0425 to A0436",
        .checks = checks,
        .check_count = sizeof(checks) / sizeof(checks[0]),
        .judge = judge,
        .tell = tell,
};
