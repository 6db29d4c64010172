/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CLN-07: what a body cannot have: an organ taken out twice, or one at work
 * after it was taken out.
 *
 * A removal is a day, whoever bills it then; the groups' days lie under (group,
 * side).
 */
#include "history/services.h"

#include "base/hash.h"

#include <string.h>

enum organ {
	NO_ORGAN,
	APPENDIX,
	UTERUS,
	GALLBLADDER,
	SPLEEN,
	PROSTATE,
	KIDNEY,
	BREAST,
	COLON,
	THYROID,
	TESTIS,
	EYE,
	ORGANS
};

static const char *const organs[] = {[APPENDIX] = "appendix",
        [UTERUS] = "uterus",
        [GALLBLADDER] = "gallbladder",
        [SPLEEN] = "spleen",
        [PROSTATE] = "prostate",
        [KIDNEY] = "kidney",
        [BREAST] = "breast",
        [COLON] = "colon",
        [THYROID] = "thyroid",
        [TESTIS] = "testis",
        [EYE] = "eye"};

struct range {
	uint32_t first, last;
	uint8_t organ;
	bool sides;
};

/* CPT codes that take an organ out whole, in order. */
static const struct range removals[] = {
        {19303, 19307, BREAST, true},
        {38100, 38100, SPLEEN, false},
        {38120, 38120, SPLEEN, false},
        {44150, 44158, COLON, false},
        {44210, 44212, COLON, false},
        {44950, 44950, APPENDIX, false},
        {44960, 44960, APPENDIX, false},
        {44970, 44970, APPENDIX, false},
        {47562, 47564, GALLBLADDER, false},
        {47600, 47620, GALLBLADDER, false},
        {50220, 50236, KIDNEY, true},
        {50545, 50546, KIDNEY, true},
        {50548, 50548, KIDNEY, true},
        {54520, 54535, TESTIS, true},
        {54690, 54690, TESTIS, true},
        {55810, 55815, PROSTATE, false},
        {55840, 55845, PROSTATE, false},
        {55866, 55867, PROSTATE, false},
        {58150, 58152, UTERUS, false},
        {58180, 58294, UTERUS, false},
        {58541, 58554, UTERUS, false},
        {58570, 58575, UTERUS, false},
        {60240, 60254, THYROID, false},
        {65101, 65105, EYE, true},
};

/* Those that need the organ. */
static const struct range dependents[] = {
        {52601, 52601, PROSTATE, false},
        {52648, 52648, PROSTATE, false},
        {58100, 58100, UTERUS, false},
        {58300, 58300, UTERUS, false},
        {58340, 58340, UTERUS, false},
        {58353, 58356, UTERUS, false},
        {58555, 58563, UTERUS, false},
        {59400, 59430, UTERUS, false},
        {59510, 59525, UTERUS, false},
        {59610, 59622, UTERUS, false},
        {59812, 59857, UTERUS, false},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The number of a code of five digits, or 0. */
static uint32_t number_of(uint64_t code)
{
	uint32_t number = 0;

	if (code >> 40)
		return 0;
	for (unsigned i = 0; i < 5; i++) {
		unsigned digit = (unsigned)(code >> (8 * i) & 0xff) - '0';

		if (digit > 9)
			return 0;
		number = number * 10 + digit;
	}
	return number;
}

static const struct range *range_of(const struct range ranges[], size_t count, uint32_t number)
{
	for (size_t i = 0; i < count; i++)
		if (ranges[i].first <= number && number <= ranges[i].last)
			return &ranges[i];
	return NULL;
}

/* What a line does: to which organ, taking it out or needing it. */
struct deed {
	uint64_t group; /* an organ, or the name of a payer's group; 0: none */
	bool removes, sides;
	const char *name;
};

/* The columns of a payer's table. */
enum { PAYER_CODE, PAYER_GROUP, PAYER_SIDES };

static struct deed payer_deed(const struct payer *payer, uint64_t code)
{
	size_t count = 0;
	const struct payer_cell *row =
	        payer ? payer_find(payer, PAYER_ONCE_IN_LIFETIME, (int64_t)code, &count) : NULL;

	if (!row || count == 0)
		return (struct deed){0};
	return (struct deed){
	        .group = hash64(row[PAYER_GROUP].text, strlen(row[PAYER_GROUP].text)) | 1ull << 63,
	        .removes = true,
	        .sides = row[PAYER_SIDES].number == 1,
	        .name = row[PAYER_GROUP].text,
	};
}

static struct deed deed_of(const struct payer *payer, uint64_t code)
{
	struct deed deed = payer_deed(payer, code);
	uint32_t number = number_of(code);
	const struct range *range;

	/* Between those codes; most lines are visits and tests. */
	if (deed.group || number < removals[0].first || number > removals[COUNT(removals) - 1].last)
		return deed;
	range = range_of(removals, COUNT(removals), number);
	deed.removes = range != NULL;
	if (!range)
		range = range_of(dependents, COUNT(dependents), number);
	if (range) {
		deed.group = range->organ;
		deed.sides = range->sides;
		deed.name = organs[range->organ];
	}
	return deed;
}

/* What was not done whole, care before or after, a return, assistance. */
static bool takes_part(const struct event *event)
{
	static const uint16_t not_whole[] = {TWO_CHARS('5', '2'), TWO_CHARS('5', '3'),
	        TWO_CHARS('5', '5'), TWO_CHARS('5', '6'), TWO_CHARS('7', '3'), TWO_CHARS('7', '4'),
	        TWO_CHARS('7', '8')};

	return event_has_day(event) && !(event->flags & EVENT_DUPLICATE) &&
	       !event_has_any(event, not_whole, COUNT(not_whole)) && !is_assistant(event);
}

static uint64_t key_of(uint64_t group, uint64_t side)
{
	const uint64_t key[] = {group, side};

	return hash64(key, sizeof(key));
}

static unsigned sides_of(const struct event *event, bool sides, uint64_t side[2])
{
	bool both = event_has(event, '5', '0');
	unsigned count = 0;

	side[0] = 0;
	if (!sides)
		return 1;
	if (both || event_has(event, 'L', 'T'))
		side[count++] = 'L';
	if (both || event_has(event, 'R', 'T'))
		side[count++] = 'R';
	return count;
}

static void keep(struct window *window, uint32_t at, uint32_t other, const struct deed *deed)
{
	const struct event *before = &window->events[other];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, deed->removes ? "repeated" : "after_removal", SEVERITY_HIGH);
	find.other = other;
	detail_add(&find.hit, "organ=%s", deed->name);
	detail_add(&find.hit, "removed_by=%s", code_text(before->line->code, code));
	detail_add_days(&find.hit, "on", before->line->from, before->line->from);
	detail_add(&find.hit, "%s", deed->removes ? "removals=2; limit=1" : "organs=0; limit=1");
	find_keep(window, &find);
}

static void judge_line(struct window *window, const struct keyed_events *keyed, uint32_t at)
{
	const struct event *event = &window->events[at];
	struct deed deed = deed_of(window->options->payer, event->line->code);
	uint64_t side[2];
	unsigned sides = deed.group ? sides_of(event, deed.sides, side) : 0;

	window_scope(window, at, deed.group != 0);
	if (sides == 0 || !event_has_day(event))
		return;
	window_evaluated(window, at, 1);
	for (unsigned s = 0; s < sides && takes_part(event); s++) {
		uint32_t other = keyed_last_before(
		        keyed, key_of(deed.group, side[s]), event->line->from);

		if (other != NO_EVENT) {
			keep(window, at, other, &deed);
			return;
		}
	}
}

static void gather(const struct window *window, struct keyed_events *keyed)
{
	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];
		struct deed deed = deed_of(window->options->payer, event->line->code);
		uint64_t side[2];
		unsigned sides = deed.removes && takes_part(event)
		                         ? sides_of(event, deed.sides, side)
		                         : 0;

		for (unsigned s = 0; s < sides; s++)
			keyed->items[keyed->count++] = (struct keyed_event){
			        key_of(deed.group, side[s]), event->line->from, i};
	}
	keyed_sort(keyed);
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};
	uint32_t wanted = 0;

	for (uint32_t i = 0; i < window->count; i++)
		wanted += deed_of(window->options->payer, window->events[i].line->code).group != 0;
	if (wanted == 0)
		return;
	keyed.items = window_room(window, 2 * (size_t)wanted, sizeof(*keyed.items));
	if (!keyed.items)
		return;
	gather(window, &keyed);
	for (uint32_t i = 0; i < window->count; i++)
		judge_line(window, &keyed, i);
}

static bool is_concerned(const struct coded *coded)
{
	return deed_of(coded->options->payer, coded->code).group != 0;
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"repeated", CHECK_HISTORY, .needs = needs},
        {"after_removal", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "CLN-07",
        .name = "Anatomically or procedurally impossible",
        .tier = "P2",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable line that takes out an organ which another took out on an earlier "
                      "day: appendix, uterus, gallbladder, spleen, colon, prostate, thyroid; "
                      "breast, kidney, testis, eye by side (repeated); or a line that needs the "
                      "uterus or the prostate after its removal (after_removal).",
        .traps = "Lines of one day are one removal, whoever bills them. 52, 53, 55, 56, 73, 74, 78 "
                 "and assistants are none. Where sides count, a line without LT, RT or 50 is not "
                 "evaluable. The earlier line may be the wrong one. Inpatient-only services on "
                 "outpatient bills are not judged (OPPS Addendum E is not loaded), nor ventilation "
                 "over 96 hours in short stays (ICD procedures are not kept by beneficiary).",
        .tables = "built in; once_in_lifetime (--table), whose rows stand instead of a code's own",
        .parameters = "the table",
        .dollars = "the amount of the later line",
        .evaluated = "lines of listed codes with a day of their own, and a side where it counts",
        .authority = "CPT; MCE 19; I-OCE 18",
        .idle = "no line of a listed code",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_cln_07 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_LINES,
        .concern = {.code = is_concerned},
};
