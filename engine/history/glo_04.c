/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GLO-04: paid by itself, though the fee schedule has it in what it goes with.
 */
#include "history/services.h"

/* Where a supplier or a laboratory stands by itself, it is no part of a visit. */
static bool is_judged(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && event->run->setting == SETTING_PRACTITIONER &&
	       event->line->place != TWO_CHARS('1', '2') && event->line->code != 0;
}

static void keep(struct window *window, uint32_t at)
{
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "bundled", SEVERITY_LOW);
	find_release(window, &find, PART_MPFS);
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find.hit, "status=B or P");
	detail_add_money(&find.hit, "paid", event->amount);
	detail_add(&find.hit, "limit=0");
	find_keep(window, &find);
}

static void judge(struct window *window)
{
	struct counting counting = {0};

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (!is_judged(event))
			continue;
		bool evaluated = event->line->from != DATE_ABSENT &&
		                 window_covers(window, i, PART_MPFS) &&
		                 (event->px->flags & PX_MPFS) && event->amount != AMOUNT_ABSENT;

		counting_add(window, &counting, i, evaluated);
		if (evaluated && (event->px->flags & PX_BUNDLED) && event->amount > 0 &&
		        !(event->flags & EVENT_DUPLICATE))
			keep(window, i);
	}
	counting_end(window, &counting);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_PAID, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"bundled", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_MPFS)}};

static const struct rule rule = {
        .id = "GLO-04",
        .name = "Always-bundled paid, or fragmented across days (split billing)",
        .tier = "P2",
        .scope = "line + bene window",
        .hit_unit = "line; (b) provider",
        .definition = "A payable practitioner's line with a payment above 0 for a code that the "
                      "fee schedule of its day bundles: status B, or P (bundled). split: of a "
                      "provider's pairs of days running of one beneficiary the share with a PTP "
                      "edit across them, beside peers. Flagged: Wilson's lower bound above the "
                      "peers' 95th percentile, q below 0.05, with 20 pairs and 5 of them.",
        .traps = "P is bundled where it is incident to a service: DMEPOS suppliers, and POS 12, "
                 "are left out. Commercial contracts pay some of these. Charges do not tell "
                 "payment, so a run without payments is not evaluable. Staged care falls "
                 "on two days running too: 58, 78 and 79 leave a line out of split.",
        .tables = "the fee schedule's status; the starter has it of some seventy codes; PTP edits",
        .parameters = "split: n>=20; k>=5; P95; q<0.05",
        .dollars = "the amount of the line; split: amounts of column 2 x (rate - peers' median) / "
                   "rate, where flagged",
        .evaluated = "payable practitioners' lines with an amount whose code is on the fee "
                     "schedule; split: pairs of days running with lines that edits cover",
        .authority = "MPFS status indicators; MCPM ch. 12, s. 20.3",
        .idle = "no practitioner's line of a code on the fee schedule",
        .checks = checks,
        .check_count = 1,
};

const struct history_rule history_rule_glo_04 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .settings = 1 << SETTING_PRACTITIONER},
};
