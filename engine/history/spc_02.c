/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPC-02: equipment rented for longer than it is paid for, rented and bought,
 * bought again within its lifetime, and supplies that come too soon.
 *
 * Lines of the table's items are put in series, an item's rentals, its
 * purchases, those of its group, its supplies, and each series is gone through
 * by day.
 */
#include "history/services.h"

#include "history/edges.h"

enum { MONTHS_CAPPED = 13, MONTHS_OXYGEN = 36, LIFETIME_YEARS = 5 };
enum { BREAK_DAYS = 60, MONTH_DAYS = 31, EARLY_DAYS = 10 };

enum category { NOT_LISTED, CAPPED, OXYGEN, BOUGHT, SUPPLY };
enum group { ALONE, BED, CHAIR, WALKER, CANE, CRUTCH, COMMODE, AIRWAY, NEBULIZER, LIFT, TENS };

struct item {
	uint64_t code;
	uint8_t category, group;
	uint8_t days; /* that a unit of a supply lasts */
};

/*
 * Categories by the DMEPOS fee schedule's words; how long supplies of positive
 * airway pressure last by LCD L33718, monitors' by a month.
 */
static const struct item items[] = {
        {CODE5("A4238"), SUPPLY, ALONE, 30},
        {CODE5("A4239"), SUPPLY, ALONE, 30},
        {CODE5("A4604"), SUPPLY, ALONE, 90},
        {CODE5("A7027"), SUPPLY, ALONE, 90},
        {CODE5("A7028"), SUPPLY, ALONE, 15},
        {CODE5("A7029"), SUPPLY, ALONE, 15},
        {CODE5("A7030"), SUPPLY, ALONE, 90},
        {CODE5("A7031"), SUPPLY, ALONE, 30},
        {CODE5("A7032"), SUPPLY, ALONE, 15},
        {CODE5("A7033"), SUPPLY, ALONE, 15},
        {CODE5("A7034"), SUPPLY, ALONE, 90},
        {CODE5("A7035"), SUPPLY, ALONE, 180},
        {CODE5("A7036"), SUPPLY, ALONE, 180},
        {CODE5("A7037"), SUPPLY, ALONE, 90},
        {CODE5("A7038"), SUPPLY, ALONE, 15},
        {CODE5("A7039"), SUPPLY, ALONE, 180},
        {CODE5("A7046"), SUPPLY, ALONE, 180},
        {CODE5("E0100"), BOUGHT, CANE, 0},
        {CODE5("E0105"), BOUGHT, CANE, 0},
        {CODE5("E0110"), BOUGHT, CRUTCH, 0},
        {CODE5("E0112"), BOUGHT, CRUTCH, 0},
        {CODE5("E0114"), BOUGHT, CRUTCH, 0},
        {CODE5("E0130"), BOUGHT, WALKER, 0},
        {CODE5("E0135"), BOUGHT, WALKER, 0},
        {CODE5("E0140"), BOUGHT, WALKER, 0},
        {CODE5("E0141"), BOUGHT, WALKER, 0},
        {CODE5("E0143"), BOUGHT, WALKER, 0},
        {CODE5("E0144"), BOUGHT, WALKER, 0},
        {CODE5("E0147"), BOUGHT, WALKER, 0},
        {CODE5("E0148"), BOUGHT, WALKER, 0},
        {CODE5("E0149"), BOUGHT, WALKER, 0},
        {CODE5("E0163"), BOUGHT, COMMODE, 0},
        {CODE5("E0165"), BOUGHT, COMMODE, 0},
        {CODE5("E0250"), CAPPED, BED, 0},
        {CODE5("E0255"), CAPPED, BED, 0},
        {CODE5("E0260"), CAPPED, BED, 0},
        {CODE5("E0261"), CAPPED, BED, 0},
        {CODE5("E0294"), CAPPED, BED, 0},
        {CODE5("E0295"), CAPPED, BED, 0},
        {CODE5("E0301"), CAPPED, BED, 0},
        {CODE5("E0303"), CAPPED, BED, 0},
        {CODE5("E0424"), OXYGEN, ALONE, 0},
        {CODE5("E0431"), OXYGEN, ALONE, 0},
        {CODE5("E0433"), OXYGEN, ALONE, 0},
        {CODE5("E0434"), OXYGEN, ALONE, 0},
        {CODE5("E0439"), OXYGEN, ALONE, 0},
        {CODE5("E0470"), CAPPED, AIRWAY, 0},
        {CODE5("E0471"), CAPPED, AIRWAY, 0},
        {CODE5("E0570"), CAPPED, NEBULIZER, 0},
        {CODE5("E0601"), CAPPED, AIRWAY, 0},
        {CODE5("E0630"), CAPPED, LIFT, 0},
        {CODE5("E0720"), BOUGHT, TENS, 0},
        {CODE5("E0730"), BOUGHT, TENS, 0},
        {CODE5("E1390"), OXYGEN, ALONE, 0},
        {CODE5("E1391"), OXYGEN, ALONE, 0},
        {CODE5("E1392"), OXYGEN, ALONE, 0},
        {CODE5("K0001"), CAPPED, CHAIR, 0},
        {CODE5("K0002"), CAPPED, CHAIR, 0},
        {CODE5("K0003"), CAPPED, CHAIR, 0},
        {CODE5("K0004"), CAPPED, CHAIR, 0},
        {CODE5("K0006"), CAPPED, CHAIR, 0},
        {CODE5("K0007"), CAPPED, CHAIR, 0},
        {CODE5("K0738"), OXYGEN, ALONE, 0},
};
enum { ITEMS = sizeof(items) / sizeof(items[0]) };

static const struct item *find_item(uint64_t code)
{
	unsigned letter = code & 0xff;

	if (letter != 'A' && letter != 'E' && letter != 'K')
		return NULL;
	for (unsigned i = 0; i < ITEMS; i++)
		if (items[i].code == code)
			return &items[i];
	return NULL;
}

static const struct item *item_of(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) ? find_item(event->line->code) : NULL;
}

static bool is_rented(const struct event *event)
{
	return event_has(event, 'R', 'R');
}

static bool is_bought(const struct event *event)
{
	return !is_rented(event) && (event_has(event, 'N', 'U') || event_has(event, 'U', 'E'));
}

/* Replaced: lost, stolen or past use (RA), a part for repair (RB). */
static bool is_replaced(const struct event *event)
{
	return event_has(event, 'R', 'A') || event_has(event, 'R', 'B');
}

/* ---- Series ---- */

enum series { RENTALS, PURCHASES, GROUP_PURCHASES, SUPPLIES };

/* A code has five characters, so that series fit above them. */
static uint64_t series_key(uint64_t code, enum series series)
{
	return code | (uint64_t)series << 60;
}

static void put(struct keyed_events *keyed, const struct event *event, uint32_t at, uint64_t key)
{
	keyed->items[keyed->count++] = (struct keyed_event){key, event->line->from, at};
}

static void gather_line(struct keyed_events *keyed, const struct event *event, uint32_t at)
{
	const struct item *item = item_of(event);

	if (!item || event->line->from == DATE_ABSENT || (event->flags & EVENT_DUPLICATE))
		return;
	if (item->category == SUPPLY)
		put(keyed, event, at, series_key(item->code, SUPPLIES));
	else if (is_rented(event))
		put(keyed, event, at, series_key(item->code, RENTALS));
	else if (is_bought(event) && !is_replaced(event)) {
		put(keyed, event, at, series_key(item->code, PURCHASES));
		if (item->group != ALONE)
			put(keyed, event, at, series_key(item->group, GROUP_PURCHASES));
	}
}

/* ---- Judging ---- */

static void begin(const struct window *window, struct find *find, uint32_t at, const char *kind)
{
	char code[CODE_TEXT_SIZE];

	find_begin(find, at, kind, SEVERITY_MEDIUM);
	detail_add(&find->hit, "item=%s", code_text(window->events[at].line->code, code));
}

static void tell_other(const struct window *window, struct find *find, uint32_t other)
{
	char code[CODE_TEXT_SIZE];

	find->other = other;
	detail_add(&find->hit, "earlier=%s", code_text(window->events[other].line->code, code));
	detail_add_days(&find->hit, "on", window->events[other].line->from,
	        window->events[other].line->from);
}

/* The last of a series before a line, on its day or up to so many days before. */
static uint32_t last_of(const struct window *window, const struct keyed_events *keyed, uint64_t key,
        uint32_t at, int32_t days)
{
	int32_t day = window->events[at].line->from;
	uint32_t other = keyed_last_before(keyed, key, day + 1);

	if (other != NO_EVENT && other >= at)
		other = keyed_last_before(keyed, key, day);
	return other != NO_EVENT && window->events[other].line->from >= day - days ? other
	                                                                           : NO_EVENT;
}

static bool judge_both(struct window *window, const struct keyed_events *keyed, uint32_t at)
{
	const struct event *event = &window->events[at];
	int32_t day = event->line->from;
	bool rented = is_rented(event);
	uint32_t other = last_of(window, keyed,
	        series_key(event->line->code, rented ? PURCHASES : RENTALS), at,
	        rented ? day - date_add_years(day, -LIFETIME_YEARS) : MONTH_DAYS - 1);
	struct find find;

	if (other == NO_EVENT || is_replaced(event))
		return false;
	begin(window, &find, at, "rent_and_buy");
	tell_other(window, &find, other);
	detail_add(&find.hit, "days=%d; limit=%s", day - window->events[other].line->from,
	        rented ? "5 years" : "30");
	find_keep(window, &find);
	return true;
}

/* Another of its kind, bought on an earlier day within the lifetime. */
static bool judge_again(
        struct window *window, const struct keyed_events *keyed, uint32_t at, uint8_t group)
{
	int32_t day = window->events[at].line->from;
	uint32_t other = group == ALONE ? NO_EVENT
	                                : keyed_last_before(
	                                          keyed, series_key(group, GROUP_PURCHASES), day);
	struct find find;

	if (other == NO_EVENT ||
	        window->events[other].line->from <= date_add_years(day, -LIFETIME_YEARS))
		return false;
	begin(window, &find, at, "same_similar");
	tell_other(window, &find, other);
	detail_add(&find.hit, "days=%d; limit=%d years", day - window->events[other].line->from,
	        LIFETIME_YEARS);
	find_keep(window, &find);
	return true;
}

static void keep_cap(struct window *window, uint32_t at, uint32_t months, uint32_t limit)
{
	struct find find;

	begin(window, &find, at, "cap");
	detail_add(&find.hit, "months=%u; limit=%u", months, limit);
	find_keep(window, &find);
}

/* Evaluated where the data reach back, or something was found. */
static void count_line(struct window *window, uint32_t at, bool found, int32_t days)
{
	if (found || edge_reaches_back(window, window->events[at].line->from, days))
		window_evaluated(window, at, 1);
}

/* Rentals of one item: a month each day, begun anew by a break in need or a replacement. */
static void judge_rentals(
        struct window *window, const struct keyed_events *keyed, uint32_t from, uint32_t to)
{
	const struct item *item = item_of(&window->events[keyed->items[from].event]);
	uint32_t limit = item->category == OXYGEN ? MONTHS_OXYGEN : MONTHS_CAPPED, months = 0;

	for (uint32_t i = from; i < to; i++) {
		uint32_t at = keyed->items[i].event;
		int32_t day = keyed->items[i].day;
		int32_t gap = i > from ? day - keyed->items[i - 1].day : MONTH_DAYS;
		bool capped = item->category == CAPPED || item->category == OXYGEN, found;

		if (gap > BREAK_DAYS || is_replaced(&window->events[at]))
			months = 0;
		months += gap > 0 || months == 0;
		found = judge_both(window, keyed, at);
		if (!found && capped && months > limit) {
			keep_cap(window, at, months, limit);
			found = true;
		}
		count_line(window, at, found, (int32_t)(limit * MONTH_DAYS));
	}
}

static void judge_purchases(
        struct window *window, const struct keyed_events *keyed, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		uint32_t at = keyed->items[i].event;
		const struct item *item = item_of(&window->events[at]);
		int32_t day = keyed->items[i].day;
		bool found = judge_both(window, keyed, at) ||
		             judge_again(window, keyed, at, item->group);

		count_line(window, at, found, day - date_add_years(day, -LIFETIME_YEARS));
	}
}

static int32_t lasts(const struct event *event, const struct item *item)
{
	int64_t units = event->line->units == AMOUNT_ABSENT ? UNITS_ONE : event->line->units;
	int64_t days = units * item->days / UNITS_ONE;

	return days > INT16_MAX ? INT16_MAX : (int32_t)days;
}

/* What is in hand lasts to the day before end; what comes sooner adds to it. */
static void judge_supplies(
        struct window *window, const struct keyed_events *keyed, uint32_t from, uint32_t to)
{
	const struct item *item = item_of(&window->events[keyed->items[from].event]);
	int32_t end = keyed->items[from].day;

	for (uint32_t i = from; i < to; i++) {
		uint32_t at = keyed->items[i].event;
		int32_t day = keyed->items[i].day;
		bool early = i > from && day > keyed->items[i - 1].day && day < end - EARLY_DAYS;
		struct find find;

		count_line(window, at, i > from, 2 * item->days);
		if (early) {
			begin(window, &find, at, "early_refill");
			find.other = keyed->items[i - 1].event;
			detail_add_days(&find.hit, "in_hand_until", end, end);
			detail_add(&find.hit, "days_early=%d; limit=%d", end - day, EARLY_DAYS);
			find_keep(window, &find);
		}
		end = (end > day ? end : day) + lasts(&window->events[at], item);
	}
}

static void judge_series(struct window *window, const struct keyed_events *keyed)
{
	for (uint32_t from = 0, to; from < keyed->count; from = to) {
		uint64_t key = keyed->items[from].key;

		for (to = from + 1; to < keyed->count && keyed->items[to].key == key; to++)
			;
		switch (key >> 60) {
		case RENTALS:
			judge_rentals(window, keyed, from, to);
			break;
		case PURCHASES:
			judge_purchases(window, keyed, from, to);
			break;
		case SUPPLIES:
			judge_supplies(window, keyed, from, to);
			break;
		default:
			break;
		}
	}
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};
	uint32_t wanted = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		bool listed = item_of(&window->events[i]) != NULL;

		window_scope(window, i, listed);
		wanted += listed;
	}
	if (wanted == 0)
		return;
	keyed.items = window_room(window, 2 * (size_t)wanted, sizeof(*keyed.items));
	if (!keyed.items)
		return;
	for (uint32_t i = 0; i < window->count; i++)
		gather_line(&keyed, &window->events[i], i);
	keyed_sort(&keyed);
	judge_series(window, &keyed);
}

static bool is_concerned(const struct coded *coded)
{
	return find_item(coded->code) != NULL;
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"cap", CHECK_HISTORY, .needs = needs},
        {"rent_and_buy", CHECK_HISTORY, .needs = needs},
        {"same_similar", CHECK_HISTORY, .needs = needs},
        {"early_refill", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "SPC-02",
        .name = "DMEPOS rental/refill/same-or-similar",
        .tier = "P2",
        .scope = "bene history",
        .hit_unit = "line and kind",
        .definition = "Payable lines of listed equipment: the 14th month of a capped rental (RR), "
                      "or the 37th of oxygen, without a break of over 60 days (cap); a rental of "
                      "an item bought (NU, UE) in the five years before, or a purchase within 30 "
                      "days of a rental (rent_and_buy); a purchase on a later day, within five "
                      "years, of an item of the same group without RA or RB (same_similar); a "
                      "supply more than 10 days before the one in hand is used up (early_refill).",
        .traps = "RA and RB tell replacement and repair; RA begins a new rental. Months before the "
                 "data begin are not seen, so that a cap is found late, never early. A line has "
                 "one kind. Missing KX, RT or LT (missing_modifier) is not judged: which item "
                 "needs them stands in LCDs that are not loaded.",
        .tables = "built in: some 60 items with category, group and days a unit lasts; the DMEPOS "
                  "fee schedule is not loaded",
        .parameters = "capped=13, oxygen=36 months; break=60; lifetime=5 years; early=10 days",
        .dollars = "the amount of the line",
        .evaluated = "lines of listed items rented, bought, or supplied, whose data reach back "
                     "that far, or with something found; of supplies an earlier one",
        .authority = "MCPM ch. 20; LCD L33718",
        .idle = "no listed item whose data reach back far enough",
        .checks = checks,
        .check_count = 4,
};

const struct history_rule history_rule_spc_02 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_LINES,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned},
};
