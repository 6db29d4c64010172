/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCC-08: the tests of a laboratory panel billed one by one.
 *
 * Panels lie in one another (80051 in 80048 in 80053 and 80069), so the largest
 * is asked first and uses its lines up.  A panel that was billed itself has its
 * components in it: they are used up too, and are found where no PTP table tells
 * of them.
 */
#include "history/few.h"
#include "history/services.h"

#include <stdlib.h>
#include <string.h>

/* CPT's panels by codes; a payer's table (panels) adds to them, or says another content. */
static const uint64_t metabolic_full[] = {CODE5("82310"), CODE5("82374"), CODE5("82435"),
        CODE5("82565"), CODE5("82947"), CODE5("84132"), CODE5("84295"), CODE5("84520"),
        CODE5("82040"), CODE5("82247"), CODE5("84075"), CODE5("84155"), CODE5("84450"),
        CODE5("84460")};
static const uint64_t renal[] = {CODE5("82310"), CODE5("82374"), CODE5("82435"), CODE5("82565"),
        CODE5("82947"), CODE5("84132"), CODE5("84295"), CODE5("84520"), CODE5("82040"),
        CODE5("84100")};
static const uint64_t metabolic[] = {CODE5("82310"), CODE5("82374"), CODE5("82435"), CODE5("82565"),
        CODE5("82947"), CODE5("84132"), CODE5("84295"), CODE5("84520")};
static const uint64_t hepatic[] = {CODE5("82040"), CODE5("82247"), CODE5("82248"), CODE5("84075"),
        CODE5("84155"), CODE5("84450"), CODE5("84460")};
static const uint64_t electrolytes[] = {
        CODE5("82374"), CODE5("82435"), CODE5("84132"), CODE5("84295")};
static const uint64_t lipids[] = {CODE5("82465"), CODE5("83718"), CODE5("84478")};

struct panel {
	uint64_t code;
	uint32_t tests, count;         /* different ones; rows */
	const uint64_t *components;    /* NULL: a payer's ... */
	const struct payer_cell *rows; /* ... two cells each: panel, component */
};

#define LIST_SIZE(list) (sizeof(list) / sizeof((list)[0]))
#define PANEL(number, list) \
	{ \
		CODE5(number), LIST_SIZE(list), LIST_SIZE(list), list, NULL \
	}
static const struct panel built_in[] = {PANEL("80053", metabolic_full), PANEL("80069", renal),
        PANEL("80048", metabolic), PANEL("80076", hepatic), PANEL("80051", electrolytes),
        PANEL("80061", lipids)};
enum { BUILT_IN = sizeof(built_in) / sizeof(built_in[0]) };

static uint64_t component_at(const struct panel *panel, uint32_t i)
{
	return panel->components ? panel->components[i] : (uint64_t)panel->rows[2 * i + 1].number;
}

/* A payer's table may say a test twice; its rows are in order. */
static bool is_repeated(const struct panel *panel, uint32_t i)
{
	return i > 0 && component_at(panel, i) == component_at(panel, i - 1);
}

/* What is at hand while a beneficiary is judged. */
struct panels {
	struct panel *items; /* the largest first */
	uint32_t count;
	bool *used;        /* by slot */
	uint32_t *members; /* events */
};

static int compare_panels(const void *a, const void *b)
{
	const struct panel *of_a = a, *of_b = b;

	if (of_a->tests != of_b->tests)
		return of_a->tests > of_b->tests ? -1 : 1;
	return of_a->code < of_b->code ? -1 : of_a->code > of_b->code;
}

/* A payer's panel stands for the built-in one of its code. */
static void add_own(struct panels *panels, const struct panel *own)
{
	for (uint32_t i = 0; i < panels->count; i++) {
		if (panels->items[i].code == own->code) {
			panels->items[i] = *own;
			return;
		}
	}
	panels->items[panels->count++] = *own;
}

/* The rows of a panel stand together. */
static void gather_panels(const struct payer *payer, struct panels *panels)
{
	size_t rows = payer_count(payer, PAYER_PANELS);

	memcpy(panels->items, built_in, sizeof(built_in));
	panels->count = BUILT_IN;
	for (size_t from = 0, to; from < rows; from = to) {
		struct panel own = {.rows = payer_row(payer, PAYER_PANELS, from)};

		own.code = (uint64_t)own.rows[0].number;
		for (to = from + 1; to < rows; to++) {
			if (payer_row(payer, PAYER_PANELS, to)[0].number != own.rows[0].number)
				break;
		}
		own.count = (uint32_t)(to - from);
		for (uint32_t c = 0; c < own.count; c++)
			own.tests += !is_repeated(&own, c);
		add_own(panels, &own);
	}
	/* The built-in ones stand in order. */
	if (rows > 0)
		qsort(panels->items, panels->count, sizeof(*panels->items), compare_panels);
}

static bool open_panels(struct window *window, struct panels *panels)
{
	const struct payer *payer = window->options->payer;
	size_t most = BUILT_IN + payer_count(payer, PAYER_PANELS), slots = window->slot_count;
	size_t bytes = most * sizeof(struct panel) + slots * (sizeof(uint32_t) + sizeof(bool));
	void *room = window_room(window, bytes, 1);

	if (!room)
		return false;
	panels->items = room;
	panels->members = (uint32_t *)(panels->items + most);
	panels->used = (bool *)(panels->members + slots);
	memset(panels->used, 0, slots * sizeof(bool));
	gather_panels(payer, panels);
	return true;
}

/* ---- A day of one provider: the slots from to to ---- */

/* A panel on a day. */
struct billed {
	uint32_t from, to;
	uint64_t codes;   /* of the day, a bit each by hash: most that a panel asks for have none */
	uint32_t present; /* components with a line */
	uint32_t unused;  /* ... that no larger panel has used up */
	uint32_t members; /* their lines */
	bool itself;      /* the panel was billed */
};

static inline uint64_t bit_of(uint64_t code)
{
	return (uint64_t)1 << (code * 0x9e3779b97f4a7c15u >> 58);
}

static struct billed billed_on(const struct window *window, uint32_t from, uint32_t to)
{
	struct billed billed = {.from = from, .to = to};

	for (uint32_t i = from; i < to; i++)
		billed.codes |= bit_of(window->slots[i].code);
	return billed;
}

/* The first slot of a code, or where the day's end. */
static uint32_t find_code(const struct window *window, const struct billed *billed, uint64_t code)
{
	uint32_t low = billed->from, high = billed->to;

	if (!(billed->codes & bit_of(code)))
		return high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (window->slots[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < billed->to && window->slots[low].code == code ? low : billed->to;
}

/* A test done again, or apart, is not a part of the panel. */
static bool is_component(const struct event *event)
{
	static const uint16_t apart[] = {TWO_CHARS('9', '1'), TWO_CHARS('5', '9'),
	        TWO_CHARS('X', 'E'), TWO_CHARS('X', 'P'), TWO_CHARS('X', 'S'), TWO_CHARS('X', 'U')};

	return event_has_days(event) && !(event->flags & EVENT_DUPLICATE) &&
	       !event_has_any(event, apart, sizeof(apart) / sizeof(apart[0]));
}

static void add_component(
        const struct window *window, struct panels *panels, struct billed *billed, uint64_t code)
{
	bool present = false, unused = false;

	for (uint32_t i = find_code(window, billed, code);
	        i < billed->to && window->slots[i].code == code; i++) {
		if (!is_component(&window->events[window->slots[i].event]))
			continue;
		present = true;
		if (panels->used[i])
			continue;
		unused = true;
		panels->members[billed->members++] = window->slots[i].event;
	}
	billed->present += present;
	billed->unused += unused;
}

static void use_up(const struct window *window, const struct panels *panels,
        const struct billed *billed, const struct panel *panel)
{
	for (uint32_t c = 0; c < panel->count; c++) {
		uint64_t code = component_at(panel, c);

		for (uint32_t i = find_code(window, billed, code);
		        i < billed->to && window->slots[i].code == code; i++)
			panels->used[i] |= is_component(&window->events[window->slots[i].event]);
	}
}

static void tell_lines(
        const struct window *window, const uint32_t *members, uint32_t count, struct find *find)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct event *event = &window->events[members[i]];
		struct text claim = event_claim_id(event);

		if (members[i] != find->event)
			detail_add(&find->hit, "line=%.*s/%d",
			        (int)(claim.size < 32 ? claim.size : 32), claim.at,
			        event->line->line);
	}
}

static int compare_events_by_number(const void *a, const void *b)
{
	uint32_t of_a = *(const uint32_t *)a, of_b = *(const uint32_t *)b;

	return (of_a > of_b) - (of_a < of_b);
}

/* It stands on the first of the members, which are in order. */
static void keep(struct window *window, const struct panels *panels, const struct billed *billed,
        const struct panel *panel, const char *kind)
{
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, panels->members[0], kind, SEVERITY_MEDIUM);
	find.other = billed->members > 1 ? panels->members[1] : NO_EVENT;
	find.members = panels->members;
	find.member_count = billed->members;
	detail_add(&find.hit, "panel=%s", code_text(panel->code, code));
	detail_add(&find.hit, "components=%u; limit=%u", billed->unused, panel->tests);
	if (!billed->itself) {
		find.hit.share = 0;
		find.hit.watch = billed->unused < panel->tests;
		detail_add(&find.hit, "panel_price=none");
	}
	tell_lines(window, panels->members, billed->members, &find);
	find_keep(window, &find);
}

/* Pairs of a table tell of components beside their panel. */
static bool has_pairs(const struct window *window, const struct billed *billed)
{
	return window->slots[billed->from].setting == SETTING_PRACTITIONER
	               ? window->options->practitioner != NULL
	               : window->options->hospital != NULL;
}

static void judge_panel(struct window *window, struct panels *panels, struct billed billed,
        const struct panel *panel)
{
	uint32_t first;

	billed.itself = find_code(window, &billed, panel->code) < billed.to;
	for (uint32_t c = 0; c < panel->count; c++) {
		if (!is_repeated(panel, c))
			add_component(window, panels, &billed, component_at(panel, c));
	}
	if (billed.present + billed.itself < 2)
		return;
	few_sort(panels->members, billed.members, sizeof(*panels->members),
	        compare_events_by_number);
	first = billed.members > 0 ? panels->members[0] : window->slots[billed.from].event;
	window_scope(window, first, 1);
	window_evaluated(window, first, 1);
	if (billed.itself) {
		if (billed.unused > 0 && !has_pairs(window, &billed))
			keep(window, panels, &billed, panel, "component");
		use_up(window, panels, &billed, panel);
	} else if (billed.unused == panel->tests) {
		keep(window, panels, &billed, panel, "unbundled");
		use_up(window, panels, &billed, panel);
	} else if (billed.unused + 1 == panel->tests && billed.unused > 1) {
		keep(window, panels, &billed, panel, "near_complete");
	}
}

static bool is_built_in(uint64_t code)
{
	bool found = false;

	for (unsigned p = 0; p < BUILT_IN && !found; p++) {
		found = built_in[p].code == code;
		for (uint32_t c = 0; c < built_in[p].count; c++)
			found |= built_in[p].components[c] == code;
	}
	return found;
}

/* Two codes at least that may be of a panel. */
static bool is_laboratory_day(const struct window *window, uint32_t from, uint32_t to)
{
	uint8_t setting = window->slots[from].setting;
	uint64_t last = CODE_BLANK;
	uint32_t tests = 0;

	if (to - from < 2 || (setting != SETTING_PRACTITIONER && setting != SETTING_OUTPATIENT))
		return false;
	for (uint32_t i = from; i < to && tests < 2; i++) {
		const struct slot *slot = &window->slots[i];

		tests += slot->code != last && event_concerns(window, &window->events[slot->event]);
		last = slot->code;
	}
	return tests == 2;
}

static void judge(struct window *window)
{
	struct panels panels = {0};

	for (uint32_t from = 0, to; from < window->slot_count; from = to) {
		to = slots_day_end(window, from);
		if (!is_laboratory_day(window, from, to))
			continue;
		if (!panels.items && !open_panels(window, &panels))
			return;
		struct billed billed = billed_on(window, from, to);

		for (uint32_t p = 0; p < panels.count; p++)
			judge_panel(window, &panels, billed, &panels.items[p]);
	}
}

/* Of a payer's panels any may be. */
static bool is_concerned(const struct coded *coded)
{
	return payer_count(coded->options->payer, PAYER_PANELS) > 0 || is_built_in(coded->code);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"unbundled", CHECK_HISTORY, .needs = needs},
        {"component", CHECK_HISTORY, .needs = needs},
        {"near_complete", CHECK_HISTORY, .watch = true, .needs = needs}};

static const struct rule rule = {
        .id = "NCC-08",
        .name = "Laboratory panel unbundled",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "day and panel",
        .definition = "All components of a panel billed as payable lines of the same beneficiary, "
                      "day and provider, and not the panel (unbundled); the largest panel is "
                      "asked first and uses its lines up, so that a smaller one in it is not "
                      "told. The panel and components of it (component), where no PTP table is "
                      "loaded. All components but one (near_complete). One finding a day and "
                      "panel, on its first line.",
        .traps = "Lines with 91, 59 or X{EPSU} are no part of the panel. Different laboratories "
                 "are apart. Panels change by year.",
        .tables = "80048 80051 80053 80061 80069 80076; others, or another content, by --table "
                  "panels=FILE",
        .parameters = "near_complete: all but one, watch by default",
        .dollars = "unbundled: 0 until the peers' price of the panel is known; component: the "
                   "amounts of its lines; near_complete: none",
        .evaluated = "beneficiary, provider, day and panel with two of its components, or itself "
                     "and one",
        .authority = "NCCI Policy Manual ch. X; OIG laboratory unbundling",
        .idle = "no day with two components of a panel",
        .checks = checks,
        .check_count = 3,
};

const struct history_rule history_rule_ncc_08 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL,
        .concern = {.code = is_concerned, .days = DAYS_CODES},
};
