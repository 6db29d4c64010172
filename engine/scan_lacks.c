/* SPDX-License-Identifier: Apache-2.0 */
#include "scan_lacks.h"

#include <stdio.h>
#include <string.h>

/* A list of exclusions covers any NPI; the starter's only some that were never given out. */
enum { NPI_OF_LIST = 1245319599, DAY_OF_LIST = 20000 };

struct lack {
	const char *rule;
	bool (*is)(const struct scan *scan, const struct field_set *bound);
	const char *words;
	bool partly;
};

static bool no_coverage(const struct scan *scan, const struct field_set *bound)
{
	(void)bound;
	return !scan->coverage;
}

static bool no_hcc(const struct scan *scan, const struct field_set *bound)
{
	(void)bound;
	return !scan->hcc;
}

static bool no_codes_counted(const struct scan *scan, const struct field_set *bound)
{
	(void)bound;
	return !(scan->options->counters & PROFILE_CODES);
}

static bool no_exclusions(const struct scan *scan, const struct field_set *bound)
{
	(void)bound;
	return codes_excluded(scan->codes, NPI_OF_LIST, DAY_OF_LIST) < 0;
}

static bool no_denials(const struct scan *scan, const struct field_set *bound)
{
	bool any = field_set_has(bound, FIELD_DENIED) ||
	           field_set_has(bound, FIELD_RIF_PROCESSING) ||
	           field_set_has(bound, FIELD_RIF_CLAIM_DENIAL);

	(void)scan;
	for (unsigned i = 0; i < CARCS_MAX; i++)
		any |= field_set_has(bound, (enum field)(FIELD_CARC_1 + i));
	return !any;
}

#define NO_CODES "counters of codes were not asked for (--counters codes)"

static const struct lack lacks[] = {
        {"CLN-01", no_coverage,
                "no coverage policy (--table coverage=FILE, or --codes with coverage)", false},
        {"INP-06", no_hcc, "no set hcc (--codes)", false},
        {"PRV-01", no_exclusions,
                "only for the NPIs 1000000000 to 1002999999 of the starter's list (--codes with "
                "LEIE)",
                true},
        {"STA-05", no_codes_counted, NO_CODES, false},
        {"STA-06", no_codes_counted, NO_CODES, false},
        {"STA-11", no_denials, "no column denied_flag or carc_code_1", false},
};

const char *scan_lacks(
        const struct scan *scan, size_t rule, const struct field_set *bound, bool *partly)
{
	for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
		if (strcmp(lacks[i].rule, rule_at(rule)->id) != 0 || !lacks[i].is(scan, bound))
			continue;
		*partly = lacks[i].partly;
		return lacks[i].words;
	}
	return NULL;
}

/* Settings of peer groups are where most lines were, which the counters of places say. */
void scan_warn_lacks(const struct scan *scan, struct diag *diag)
{
	if (scan->any_rules && !(scan->options->counters & PROFILE_PLACES))
		diag_warn(diag, "peer groups are formed without the setting, which is known by the "
		                "places of lines (--counters pos)");
}
