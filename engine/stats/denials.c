/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-11: how much of a provider's lines payers deny, why, and whether it grows.
 *
 *	denied           lines denied by lines whose file says which were
 *	trend            the slope of that share by month, by least squares, for a year
 *	denied_...       ... for reasons of a group (codesets/carc_groups.csv)
 *	carc_...         ... for one reason: the provider's three commonest
 *	hits_on_denied   lines that other rules hit by lines denied: payers agree
 *	hits_on_paid     ... and by lines that are payable
 */
#include "stats/shipped.h"
#include "base/budget.h"
#include "stats/tally_tests.h"

#include <math.h>

enum { LINES_MIN = 100, DENIED_MIN = 20, TOP_REASONS = 3, NEVER = 1 << 30 };

/* ---- Lines denied, and lines hit ---- */

static bool take_hits_on_denied(const struct tally *of, size_t count, struct rate_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].k;
		sample->k += (uint64_t)of[i].sum;
	}
	return sample->n >= DENOMINATOR_MIN && sample->k <= sample->n;
}

static bool take_hits_on_paid(const struct tally *of, size_t count, struct rate_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n - of[i].k;
		sample->k += (uint64_t)of[i].dollars;
	}
	return sample->n >= DENOMINATOR_MIN && sample->k <= sample->n;
}

static bool take_denied(const struct tally *of, size_t count, struct rate_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		sample->k += of[i].k;
	}
	return sample->n >= DENOMINATOR_MIN;
}

/*
 * What the share of lines denied grows by in a year; of few denials, or of lines
 * that lie nearer together than those of six even months, it says nothing.
 */
static bool take_trend(const struct tally *of, size_t count, struct value_sample *sample)
{
	__int128 n = 0, denied = 0, months = 0, months_of_denied = 0, squares = 0;

	for (size_t i = 0; i < count; i++) {
		n += of[i].n;
		denied += of[i].k;
		months += of[i].dollars;
		months_of_denied += of[i].sum;
		squares += (__int128)of[i].squares;
	}
	__int128 spread = n * squares - months * months;

	sample->n = (uint64_t)n;
	if (sample->n < LINES_MIN || denied < DENIED_MIN || 12 * spread < (6 * 6 - 1) * n * n)
		return false;
	sample->value = 12 * (double)(n * months_of_denied - months * denied) / (double)spread;
	return true;
}

static const struct rate_test denied_test = {
        .n_min = LINES_MIN, .k_min = DENIED_MIN, .z_min = 3.5, .q_limit = 0.05};

static const struct tally_test tests[] = {
        {
                .tally = TALLY_STA_11,
                .path = PATH_RATE,
                .rate = {.n_min = LINES_MIN, .k_min = DENIED_MIN, .z_min = 3.5, .q_limit = 0.05},
                .take_rate = take_denied,
        },
        {
                .measure = "hits_on_denied",
                .tally = TALLY_STA_11,
                .path = PATH_RATE,
                .rate = {.n_min = NEVER},
                .take_rate = take_hits_on_denied,
        },
        {
                .measure = "hits_on_paid",
                .tally = TALLY_STA_11,
                .path = PATH_RATE,
                .rate = {.n_min = NEVER},
                .take_rate = take_hits_on_paid,
        },
        {
                .tally = TALLY_STA_11_MONTHS,
                .path = PATH_VALUE,
                .value = {.n_min = LINES_MIN, .z_min = 3.5, .least = 0.1, .q_limit = 0.05},
                .take_value = take_trend,
        },
};

/* ---- Reasons ---- */

/* As format/cells_hot.c numbers them (claim.h); 0: a word that is none. */
static unsigned carc_number(uint64_t word)
{
	unsigned number = 0, letters = 0;

	if ((word & 0xff) >= 'A' && (word & 0xff) <= 'Z') {
		letters = CARC_LETTERS + 100u * (unsigned)((word & 0xff) - 'A');
		word >>= 8;
	}
	for (; word; word >>= 8) {
		unsigned digit = (unsigned)(word & 0xff) - '0';

		if (digit > 9 || number > (letters ? 9u : 99u))
			return 0;
		number = 10 * number + digit;
	}
	return letters + number;
}

/* A member's lines, and those denied for each reason, in the order of reasons. */
struct reasons {
	uint32_t member;
	size_t count;
	const struct tally *of;
	uint64_t lines;
};

/* Of all members that have lines, ascending. */
struct denials {
	struct judging *judging;
	unsigned rule;
	struct reasons *all;
	size_t count;
};

static void add_lines(struct denials *denials, const struct tally_run *run)
{
	struct reasons *reasons = &denials->all[denials->count++];

	*reasons = (struct reasons){.member = run->member};
	for (size_t i = 0; i < run->count; i++)
		reasons->lines += run->of[i].n;
}

/* Whose lines were denied for a reason has lines. */
static void read_reasons(struct denials *denials, struct cohort *cohort)
{
	struct tally_runs runs = cohort_runs(cohort, TALLY_STA_11_REASON);
	size_t at = 0;

	for (size_t i = 0; i < runs.count; i++) {
		struct tally_run run = tally_run_at(&runs, i);

		while (at < denials->count && denials->all[at].member < run.member)
			at++;
		if (at == denials->count)
			return;
		if (denials->all[at].member != run.member)
			continue;
		denials->all[at].of = run.of;
		denials->all[at].count = run.count;
	}
}

static int denials_read(struct denials *denials)
{
	struct tally_runs runs;
	struct cohort cohort;
	int err = cohort_create(&cohort, denials->judging, denials->rule, "");

	if (err < 0)
		return err;
	runs = cohort_runs(&cohort, TALLY_STA_11);
	denials->all = budget_alloc((runs.count + 1) * sizeof(*denials->all));
	for (size_t i = 0; denials->all && i < runs.count; i++) {
		struct tally_run run = tally_run_at(&runs, i);

		add_lines(denials, &run);
	}
	if (denials->all)
		read_reasons(denials, &cohort);
	cohort_free(&cohort);
	return denials->all ? 0 : FAIL_MEMORY;
}

/* ---- Reasons of a group ---- */

struct reason_group {
	const char *name;
	bool has[CARC_OTHER + 1];
};

static uint64_t count_group(const struct reason_group *group, const struct reasons *reasons)
{
	uint64_t count = 0;

	for (size_t i = 0; i < reasons->count; i++) {
		uint64_t carc = reasons->of[i].of;

		count += carc <= CARC_OTHER && group->has[carc] ? reasons->of[i].n : 0;
	}
	return count;
}

/* A group that nobody's lines were denied for is not judged. */
static int judge_group(const struct denials *denials, const struct reason_group *group)
{
	uint64_t denied = 0, scope = 0;
	struct cohort cohort;
	size_t count = 0;
	int err = cohort_create(&cohort, denials->judging, denials->rule, group->name);
	struct rate_sample *samples = cohort.samples;

	cohort.overlaps = true;
	for (size_t i = 0; i < denials->count && err == 0; i++) {
		const struct reasons *reasons = &denials->all[i];

		samples[count] = (struct rate_sample){.member = reasons->member,
		        .n = reasons->lines,
		        .k = count_group(group, reasons)};
		scope += reasons->lines;
		denied += samples[count].k;
		count += reasons->lines >= DENOMINATOR_MIN;
	}
	if (err == 0 && denied > 0) {
		denials->judging->in_scope[denials->rule] += scope;
		err = rates_judge(&cohort, samples, count, &denied_test);
	}
	cohort_free(&cohort);
	return err;
}

static int fill_group(struct reason_group *group, const struct payer_cell *row)
{
	uint64_t *codes;
	size_t count;
	int err = codes_of_cell(&row[CARC_GROUPS_CARCS], &codes, &count);

	*group = (struct reason_group){.name = row[CARC_GROUPS_GROUP].text};
	for (size_t i = 0; i < count && err == 0; i++)
		group->has[carc_number(codes[i])] = true;
	budget_free(codes);
	return err;
}

static int judge_groups(const struct denials *denials)
{
	const struct stats *stats = denials->judging->stats;
	bool is_own = payer_count(stats->options.payer, PAYER_CARC_GROUPS) > 0;
	const struct payer *table = is_own ? stats->options.payer : stats->carc_groups;
	struct reason_group *group = budget_alloc(sizeof(*group));
	int err = group ? 0 : FAIL_MEMORY;

	for (size_t i = 0; i < payer_count(table, PAYER_CARC_GROUPS) && err == 0; i++) {
		err = fill_group(group, payer_row(table, PAYER_CARC_GROUPS, i));
		if (err == 0)
			err = judge_group(denials, group);
	}
	budget_free(group);
	return err;
}

/* ---- The commonest reasons ---- */

/* What a reason is called in a row; by number, those with letters behind. */
static const char *carc_name(uint64_t carc)
{
#define TEN(tens) \
	"carc_" tens "0", "carc_" tens "1", "carc_" tens "2", "carc_" tens "3", "carc_" tens "4", \
	        "carc_" tens "5", "carc_" tens "6", "carc_" tens "7", "carc_" tens "8", \
	        "carc_" tens "9"
#define HUNDRED(h) \
	TEN(h "0"), TEN(h "1"), TEN(h "2"), TEN(h "3"), TEN(h "4"), TEN(h "5"), TEN(h "6"), \
	        TEN(h "7"), TEN(h "8"), TEN(h "9")
#define LETTER(letter) TEN(letter), TEN(letter "1"), TEN(letter "2"), TEN(letter "3")
	enum { NUMBERS = 400, OF_LETTER = 40 };
	static const char letters[] = "ABDPWY";
	static const char *const names[] = {TEN(""), TEN("1"), TEN("2"), TEN("3"), TEN("4"),
	        TEN("5"), TEN("6"), TEN("7"), TEN("8"), TEN("9"), HUNDRED("1"), HUNDRED("2"),
	        HUNDRED("3"), LETTER("A"), LETTER("B"), LETTER("D"), LETTER("P"), LETTER("W"),
	        LETTER("Y")};
#undef TEN
#undef HUNDRED
#undef LETTER
	if (carc < NUMBERS)
		return names[carc];
	for (unsigned i = 0; carc >= CARC_LETTERS && letters[i]; i++) {
		uint64_t first = CARC_LETTERS + 100u * (unsigned)(letters[i] - 'A');

		if (carc >= first && carc < first + OF_LETTER)
			return names[NUMBERS + OF_LETTER * i + (carc - first)];
	}
	return "carc_other";
}

static bool is_told(const char *const told[], size_t count, const char *name)
{
	bool is = false;

	for (size_t i = 0; i < count; i++)
		is |= told[i] == name;
	return is;
}

/* The commonest of those not told yet; of equally common ones the smaller.  0: none is left. */
static const char *next_reason(
        const struct reasons *reasons, const char *const told[], size_t told_count, uint64_t *most)
{
	const char *name = NULL;

	*most = 0;
	for (size_t i = 0; i < reasons->count; i++) {
		const char *own = carc_name(reasons->of[i].of);

		if (reasons->of[i].n <= *most || is_told(told, told_count, own))
			continue;
		*most = reasons->of[i].n;
		name = own;
	}
	return name;
}

static int tell_reasons(const struct denials *denials, const struct reasons *reasons)
{
	struct judging *judging = denials->judging;
	const char *told[TOP_REASONS];

	for (size_t i = 0; reasons->lines >= DENOMINATOR_MIN && i < TOP_REASONS; i++) {
		uint64_t most;

		told[i] = next_reason(reasons, told, i, &most);
		if (!told[i])
			return 0;
		struct stats_row *row = row_add(judging, reasons->member, denials->rule, told[i]);

		if (!row)
			return FAIL_MEMORY;
		judging->in_scope[denials->rule] += reasons->lines;
		row->is_rate = true;
		row->evaluated = reasons->lines;
		row->hits = most;
		row->value = rounded((double)most / (double)reasons->lines);
	}
	return 0;
}

/* ---- All ---- */

static int judge_denials(struct judging *judging)
{
	int rule = rule_wanted(judging->stats, "STA-11");

	if (rule < 0 || !judging->stats->measures.tallied[TALLY_STA_11])
		return 0;
	struct denials denials = {.judging = judging, .rule = (unsigned)rule};
	int err = tally_tests_judge(judging, "STA-11", tests, sizeof(tests) / sizeof(tests[0]));

	if (err == 0)
		err = denials_read(&denials);
	if (err == 0)
		err = judge_groups(&denials);
	for (size_t i = 0; i < denials.count && err == 0; i++)
		err = tell_reasons(&denials, &denials.all[i]);
	budget_free(denials.all);
	return err;
}

/* ---- Words ---- */

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_HISTORY, .needs = needs}};

static const struct rule rule_sta_11 = {
        .id = "STA-11",
        .name = "Denial rate and trend",
        .tier = "P2",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition =
                "Of the lines whose file says which were denied, the share that was (denied), and "
                "for reasons of a group (denied_...), beside peers: flagged if Wilson's lower "
                "bound is above the peers' 90th percentile, robust z above 3.5, q below 0.05, with "
                "100 lines and 20 denied. trend: the slope of the share by month, for a year: 0.1 "
                "at least, and robust z above 3.5. Shown and never flagged: the three commonest "
                "reasons (carc_...), and the shares of denied and of payable lines that other "
                "rules hit (hits_on_denied, hits_on_paid): what payers deny and we find too.",
        .traps = "Contracts change; a line that was denied and sent again is denied once more. "
                 "Nothing of a voided or replaced claim counts. Lines denied are judged by few "
                 "rules, so that their share of hits is low by itself. Of several reasons on a "
                 "line the one with the smallest number counts.",
        .tables = "groups of CARCs (rules template carc_groups)",
        .parameters = "n>=100; k>=20; z>3.5; q<0.05; trend>=0.1",
        .dollars = "none",
        .evaluated = "payable and denied lines of files with a flag of denial or CARCs",
        .authority = "detectors of the trade",
        .idle = "no column denied_flag or carc_code_1, or no provider with 11 such lines",
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_11 = {&rule_sta_11, judge_denials};
