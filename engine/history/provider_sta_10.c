/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-10's counts: of codes that are billed by units (no visits, their MUE bears
 * two or more, or they are drugs), the lines that are at the MUE, and those of a whole
 * multiple of four units.
 */
#include "history/provider.h"

enum { MULTIPLE = 4 };

/* The MUE of the line's setting; 0: none. */
static unsigned mue_of(const struct provider_line *line, const struct procedure_attributes *px)
{
	switch (provider_line_setting(line)) {
	case SETTING_PRACTITIONER:
		return px->flags & PX_MUE_PRACTITIONER ? px->mue_practitioner : 0;
	case SETTING_OUTPATIENT:
		return px->flags & PX_MUE_OUTPATIENT ? px->mue_outpatient : 0;
	case SETTING_DME:
		return px->flags & PX_MUE_DME ? px->mue_dme : 0;
	default:
		return 0;
	}
}

static void add_line(struct tally *tally, const struct provider_line *line, bool is)
{
	tally->n++;
	tally->k += is;
	tally->sum += line->units;
	tally->dollars += is && line->amount > 0 ? line->amount : 0;
}

static void judge(struct provider_window *window)
{
	struct tally most = {0}, fours = {0};

	for (size_t i = 0; i < window->line_count; i++) {
		const struct provider_line *line = &window->lines[i];
		const struct procedure_attributes *px = provider_px(window, line);
		unsigned mue = mue_of(line, px);
		bool drug = px->flags & PX_DRUG;

		if (line->units <= 0 || (mue < 2 && !drug) || (px->flags & PX_ANESTHESIA) ||
		        px->em_family != EM_NONE)
			continue;
		if (mue >= 2)
			add_line(&most, line, line->units == (int64_t)mue * UNITS_ONE);
		add_line(&fours, line, line->units % (MULTIPLE * UNITS_ONE) == 0);
	}
	provider_tally_as(window, most, TALLY_STA_10_MAX);
	provider_tally_as(window, fours, TALLY_STA_10_FOURS);
}

static const char *const ids[] = {"STA-10", NULL};

const struct provider_rule provider_rule_sta_10 = {.counted_for = ids, .judge = judge};
