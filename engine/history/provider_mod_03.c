/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-03's counts: lines of codes that are column 2 of a PTP edit that a
 * modifier may pass, and those of them with 59, XE, XS, XP or XU.
 */
#include "history/edits.h"
#include "history/provider.h"

static bool is_told_apart(const struct provider_line *line)
{
	return provider_line_has(line, '5', '9') || provider_line_has(line, 'X', 'E') ||
	       provider_line_has(line, 'X', 'S') || provider_line_has(line, 'X', 'P') ||
	       provider_line_has(line, 'X', 'U');
}

/* Is the code column 2 of an edit that is in force, and may be passed? */
static bool is_column_2(
        const struct provider_window *window, const struct provider_line *line, int32_t day)
{
	const struct edits *edits = NULL;

	if (provider_line_setting(line) == SETTING_PRACTITIONER)
		edits = window->practitioner;
	else if (provider_line_setting(line) == SETTING_OUTPATIENT)
		edits = window->hospital;
	return edits && edits_may_pass(edits, edits_id(edits, line->code), day);
}

static bool counts(const struct provider_window *window, const struct provider_line *line,
        enum tally_measure measure, uint64_t part)
{
	int32_t day = provider_day_of_key(line->key);

	(void)measure;
	(void)part;
	return day != DATE_ABSENT && is_told_apart(line) && is_column_2(window, line, day);
}

static void judge(struct provider_window *window)
{
	struct tally tally = {0};

	for (size_t i = 0; i < window->line_count; i++) {
		const struct provider_line *line = &window->lines[i];
		int32_t day = provider_day_of_key(line->key);

		if (day == DATE_ABSENT || !is_column_2(window, line, day))
			continue;
		tally.n++;
		if (!is_told_apart(line))
			continue;
		tally.k++;
		tally.dollars += line->amount > 0 ? line->amount : 0;
	}
	provider_tally_as(window, tally, TALLY_MOD_03);
}

static const char *const ids[] = {"MOD-03", NULL};

const struct provider_rule provider_rule_mod_03 = {.counted_for = ids,
        .judge = judge,
        .measures = (uint64_t)1 << TALLY_MOD_03,
        .counts = counts};
