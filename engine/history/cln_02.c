/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CLN-02: a service more often than its limit lets it be.
 *
 * A service is a day with a line of one of the limit's codes: the surgeon's line
 * and the hospital's of one day are one.  Days lie under (limit, whose), so that
 * a line looks back day by day until the limit is used up or its window ends.
 */
#include "history/services.h"

#include "base/hash.h"
#include "history/edges.h"

enum unit { EVER, MONTHS, DAYS };
enum { COUNTED_CODES = 4 };

/* months: full months after the month of the last service. */
struct limit {
	uint64_t code;
	uint64_t counted[COUNTED_CODES]; /* codes that use it up; 0 ends */
	uint32_t allowed;
	int32_t window;
	uint8_t unit;
	bool per_side, per_provider;
	int32_t from, to; /* days judged */
};

/* MCPM ch. 18 and the NCDs; what a payer's table says of a code stands instead. */
#define ALWAYS INT32_MIN, INT32_MAX
static const struct limit built_in[] = {
        {CODE5("G0402"), {CODE5("G0402")}, 1, 0, EVER, false, false, ALWAYS},
        {CODE5("G0438"), {CODE5("G0438")}, 1, 0, EVER, false, false, ALWAYS},
        {CODE5("G0439"), {CODE5("G0438"), CODE5("G0439")}, 1, 11, MONTHS, false, false, ALWAYS},
        {CODE5("G0121"), {CODE5("G0121")}, 1, 119, MONTHS, false, false, ALWAYS},
        {CODE5("G0105"), {CODE5("G0105")}, 1, 23, MONTHS, false, false, ALWAYS},
        {CODE5("77080"), {CODE5("77080")}, 1, 23, MONTHS, false, false, ALWAYS},
        {CODE5("66982"), {CODE5("66982"), CODE5("66984")}, 1, 0, EVER, true, false, ALWAYS},
        {CODE5("66984"), {CODE5("66982"), CODE5("66984")}, 1, 0, EVER, true, false, ALWAYS},
};
enum { BUILT_IN = sizeof(built_in) / sizeof(built_in[0]) };

/* The columns of a payer's table. */
enum { PAYER_CODE, PAYER_LIMIT, PAYER_DAYS, PAYER_PER, PAYER_FROM, PAYER_TO };

static struct limit payer_limit(const struct payer_cell *row)
{
	return (struct limit){
	        .code = (uint64_t)row[PAYER_CODE].number,
	        .counted = {(uint64_t)row[PAYER_CODE].number},
	        .allowed = (uint32_t)row[PAYER_LIMIT].number,
	        .window = row[PAYER_DAYS].number > INT16_MAX ? INT16_MAX
	                                                     : (int32_t)row[PAYER_DAYS].number,
	        .unit = row[PAYER_DAYS].number > 0 ? DAYS : EVER,
	        .per_provider = row[PAYER_PER].number == 1,
	        .from = (int32_t)row[PAYER_FROM].number,
	        .to = (int32_t)row[PAYER_TO].number,
	};
}

/* Limits by number: built in, then the payer's rows. */
static size_t limits_count(const struct window *window)
{
	return BUILT_IN + payer_count(window->options->payer, PAYER_FREQUENCY_LIMITS);
}

static struct limit limit_at(const struct window *window, size_t number)
{
	if (number < BUILT_IN)
		return built_in[number];
	return payer_limit(
	        payer_row(window->options->payer, PAYER_FREQUENCY_LIMITS, number - BUILT_IN));
}

/* Does a payer say otherwise of a code? */
static bool is_replaced(const struct payer *payer, uint64_t code)
{
	size_t count = 0;

	return payer && payer_find(payer, PAYER_FREQUENCY_LIMITS, (int64_t)code, &count);
}

static bool counts(const struct limit *limit, uint64_t code)
{
	for (unsigned i = 0; i < COUNTED_CODES && limit->counted[i]; i++)
		if (limit->counted[i] == code)
			return true;
	return false;
}

/* What was begun only, care before or after, assistance: no service of its own. */
static bool takes_part(const struct event *event)
{
	return event_has_day(event) && !(event->flags & EVENT_DUPLICATE) &&
	       !event_has(event, '5', '3') && !event_has(event, '7', '3') &&
	       !event_has(event, '7', '4') && !event_has(event, '5', '5') &&
	       !event_has(event, '5', '6') && !is_assistant(event);
}

/* ---- Whose services are counted together ---- */

static uint64_t key_of(size_t number, uint64_t whose)
{
	const uint64_t key[] = {number, whose};

	return hash64(key, sizeof(key));
}

/* Sides, a provider, or the beneficiary's: up to two; 0: a side is not told. */
static unsigned whose_of(const struct event *event, const struct limit *limit, uint64_t whose[2])
{
	bool both = event_has(event, '5', '0');
	unsigned count = 0;

	if (limit->per_side) {
		if (both || event_has(event, 'L', 'T'))
			whose[count++] = 'L';
		if (both || event_has(event, 'R', 'T'))
			whose[count++] = 'R';
		return count;
	}
	whose[0] = limit->per_provider ? event->run->same : 1;
	return whose[0] != 0;
}

static bool is_listed(const struct payer *payer, uint64_t code)
{
	bool listed = false;

	for (unsigned i = 0; i < BUILT_IN; i++)
		listed |= built_in[i].code == code;
	return listed || is_replaced(payer, code);
}

/* keyed NULL: only count. */
static size_t gather_line(const struct window *window, struct keyed_events *keyed, uint32_t at)
{
	const struct event *event = &window->events[at];
	size_t count = 0;

	for (size_t number = 0; number < limits_count(window); number++) {
		struct limit limit = limit_at(window, number);
		uint64_t whose[2];
		unsigned keys = counts(&limit, event->line->code) ? whose_of(event, &limit, whose)
		                                                  : 0;

		for (unsigned k = 0; keyed && k < keys; k++)
			keyed->items[keyed->count++] = (struct keyed_event){
			        key_of(number, whose[k]), event->line->from, at};
		count += keys;
	}
	return count;
}

/* ---- Judging ---- */

/* The first day of the window that ends with a day. */
static int32_t window_begin(const struct limit *limit, int32_t day)
{
	int32_t months = date_month(day) - limit->window;

	if (limit->unit == EVER)
		return INT32_MIN;
	if (limit->unit == DAYS)
		return day - limit->window + 1;
	return date_from_parts(
	        1970 + (months - (months % 12 + 12) % 12) / 12, (months % 12 + 12) % 12 + 1, 1);
}

/* Services before a day, since another; the last of them in *last. */
static uint32_t count_before(const struct window *window, const struct keyed_events *keyed,
        uint64_t key, int32_t day, int32_t since, uint32_t allowed)
{
	uint32_t count = 0;

	while (count < allowed) {
		uint32_t at = keyed_last_before(keyed, key, day);

		if (at == NO_EVENT || window->events[at].line->from < since)
			break;
		day = window->events[at].line->from;
		count++;
	}
	return count;
}

static void keep(struct window *window, uint32_t at, uint32_t other, const struct limit *limit)
{
	static const char *const words[] = {[EVER] = "lifetime", [MONTHS] = "full months", "days"};
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, limit->per_side ? "side" : "limit", SEVERITY_MEDIUM);
	find.other = other;
	detail_add(&find.hit, "code=%s", code_text(limit->code, code));
	if (other != NO_EVENT)
		detail_add_days(&find.hit, "last", window->events[other].line->from,
		        window->events[other].line->from);
	if (limit->unit == EVER)
		detail_add(&find.hit, "services=%u; limit=%u in a lifetime", limit->allowed + 1,
		        limit->allowed);
	else
		detail_add(&find.hit, "services=%u; limit=%u in %d %s", limit->allowed + 1,
		        limit->allowed, limit->window, words[limit->unit]);
	find_keep(window, &find);
}

enum judgement { OUT_OF_SCOPE, BLIND, WITHIN, OVER };

static enum judgement judge_limit(const struct window *window, const struct keyed_events *keyed,
        uint32_t at, size_t number, uint32_t *other)
{
	const struct event *event = &window->events[at];
	struct limit limit = limit_at(window, number);
	int32_t day = event->line->from, since;
	uint64_t whose[2];
	unsigned keys;

	if (limit.code != event->line->code || day < limit.from || day > limit.to ||
	        (number < BUILT_IN && is_replaced(window->options->payer, limit.code)))
		return OUT_OF_SCOPE;
	keys = takes_part(event) ? whose_of(event, &limit, whose) : 0;
	if (keys == 0)
		return BLIND;
	since = window_begin(&limit, day);
	for (unsigned k = 0; k < keys; k++) {
		uint64_t key = key_of(number, whose[k]);

		*other = keyed_last_before(keyed, key, day);
		if (count_before(window, keyed, key, day, since, limit.allowed) >= limit.allowed)
			return OVER;
	}
	return limit.unit != EVER && window->options->first_service <= since ? WITHIN : BLIND;
}

/* The first limit that is exceeded. */
static void judge_line(struct window *window, const struct keyed_events *keyed, uint32_t at)
{
	enum judgement best = OUT_OF_SCOPE;

	for (size_t number = 0; number < limits_count(window) && best != OVER; number++) {
		uint32_t other = NO_EVENT;
		enum judgement judgement = judge_limit(window, keyed, at, number, &other);
		struct limit limit = limit_at(window, number);

		best = judgement > best ? judgement : best;
		if (judgement == OVER)
			keep(window, at, other, &limit);
	}
	window_scope(window, at, best != OUT_OF_SCOPE);
	if (best >= WITHIN)
		window_evaluated(window, at, 1);
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};
	size_t wanted = 0;

	for (uint32_t i = 0; i < window->count; i++)
		if (is_listed(window->options->payer, window->events[i].line->code))
			wanted += 1 + gather_line(window, NULL, i);
	if (wanted == 0)
		return;
	keyed.items = window_room(window, wanted, sizeof(*keyed.items));
	if (!keyed.items)
		return;
	for (uint32_t i = 0; i < window->count; i++)
		if (is_listed(window->options->payer, window->events[i].line->code) &&
		        takes_part(&window->events[i]))
			gather_line(window, &keyed, i);
	keyed_sort(&keyed);
	for (uint32_t i = 0; i < window->count; i++)
		if (is_listed(window->options->payer, window->events[i].line->code))
			judge_line(window, &keyed, i);
}

static bool is_concerned(const struct coded *coded)
{
	return is_listed(coded->options->payer, coded->code);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const enum field needs_sides[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"limit", CHECK_HISTORY, .needs = needs}, {"side", CHECK_HISTORY, .needs = needs_sides}};

static const struct rule rule = {
        .id = "CLN-02",
        .name = "Frequency limit exceeded",
        .tier = "P2",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable line of a listed code on a day before which the beneficiary has "
                      "had as many services as its window lets be: G0402 and G0438 once; G0439 11 "
                      "full months after the month of the last G0438 or G0439; G0121 119, G0105 "
                      "and 77080 23 full months (limit); 66982 and 66984 once an eye (side); and a "
                      "payer's own limits.",
        .traps = "A service is a day: lines of one day are one, whoever bills them. Lines with 53, "
                 "73, 74, 55, 56 and of assistants are none. Cataract lines without LT, RT or 50 "
                 "are not evaluable. Exceptions by diagnosis are not read, so 83036, whose limit a "
                 "diagnosis lifts, is left to a payer's table. Gaps in enrolment are not seen.",
        .tables = "built in; frequency_limits (--table), whose rows stand instead of a code's own",
        .parameters = "the table",
        .dollars = "the amount of the line",
        .evaluated = "payable lines of a listed code with a full window of data before them, or "
                     "with the limit used up",
        .authority = "MCPM ch. 18; 42 CFR 410.15, 410.16, 410.31, 410.37",
        .idle = "no line of a listed code with a full window of data, or a second of one",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_cln_02 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_LINES,
        .concern = {.code = is_concerned},
};
