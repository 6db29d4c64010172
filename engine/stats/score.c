/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rows to one score, dollars expected, and a rank: rules/README 4.2,
 * formulas 19 and 20, and the reasons in words.
 *
 * Dollars of several statistics of one family are those of the rule with most:
 * they measure one event.
 */
#include "base/tasks.h"
#include "base/budget.h"
#include "stats/private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEAD_CENTS = 500000,
	LEAD_BENEFICIARIES = 11,
	LEAD_FINDINGS_HIGH = 10,
	CHUNK = 4096, /* providers scored at a time by a thread */
};

/* ---- One provider ---- */

struct sums {
	double expected, severities[RULES_ALL];
	int64_t dollars; /* of comparisons that make leads */
	size_t families;
	bool is_flagged;
};

static bool is_at_once(unsigned rule)
{
	return strcmp(rule_at(rule)->id, "PRV-01") == 0 || strcmp(rule_at(rule)->id, "TIM-04") == 0;
}

/* ---- What lines broke ---- */

/* How a rule's hits count: found once, as it takes a look at its words. */
struct line_scoring {
	struct stats *stats;
	bool counts[RULES_ALL], is_high[RULES_ALL], at_once[RULES_ALL];
};

static void take_hits(void *context, uint32_t member, const struct profile_rule hits[RULES_ALL])
{
	const struct line_scoring *scoring = context;
	const struct stats *stats = scoring->stats;
	struct member_lines lines = {0};

	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		if (hits[rule].hits == 0 || !scoring->counts[rule])
			continue;
		lines.dollars += hits[rule].dollars;
		lines.expected += weights_expected(&stats->weights, rule, hits[rule].dollars);
		lines.high_hits += scoring->is_high[rule] ? hits[rule].hits : 0;
		lines.at_once |= scoring->at_once[rule];
	}
	stats->lines[member] = lines;
}

int score_lines(struct stats *stats, const struct measures_options *options)
{
	struct line_scoring scoring = {.stats = stats};
	const struct hit_reader reader = {take_hits, &scoring};

	stats->lines = budget_alloc((stats->measures.member_count + 1) * sizeof(*stats->lines));
	if (!stats->lines)
		return FAIL_MEMORY;
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		scoring.counts[rule] = stats->options.is_on[rule] && !stats->built[rule];
		scoring.is_high[rule] = weights_severity(rule) == SEVERITY_HIGH;
		scoring.at_once[rule] = is_at_once(rule);
	}
	return measures_read_hits(&stats->measures, options, &reader);
}

/* ---- What comparisons flag ---- */

/*
 * Do a comparison's dollars make a lead?  Those of a precision below medium's do
 * not: codes of another specialty, dear lines, claims that are alike have lawful
 * reasons that claims do not show (the specialty on file is wrong, the practice
 * does one thing), so that most such leads would be false.  Such a comparison
 * bears out what lines broke, and counts in score and rank as any other.
 */
static bool makes_leads(const struct stats *stats, unsigned rule)
{
	return stats->weights.precision[rule] >= weights_precision(SEVERITY_MEDIUM);
}

/* Rows [from, to) of one provider and family of rules. */
static void add_family(const struct stats *stats, const struct stats_row *from,
        const struct stats_row *to, struct sums *sums)
{
	double severity = 0, most = 0;
	int64_t most_dollars = 0;
	bool is_flagged = false;

	for (const struct stats_row *row = from, *next; row < to; row = next) {
		bool is_rule_flagged = false;

		for (next = row; next < to && next->rule == row->rule; next++) {
			double own = isnan(next->z) ? 0
			                            : weights_factor(&stats->weights, next->rule) *
			                                      severity_of_z(next->z);

			if (!next->flag || !stats->options.is_on[next->rule])
				continue;
			is_rule_flagged = true;
			severity = own > severity ? own : severity;
		}
		is_flagged |= is_rule_flagged;
		if (!is_rule_flagged)
			continue;
		int64_t dollars = rule_dollars(row, next);
		double expected = weights_expected(&stats->weights, row->rule, dollars);

		most = expected > most ? expected : most;
		if (makes_leads(stats, row->rule))
			most_dollars = dollars > most_dollars ? dollars : most_dollars;
	}
	sums->expected += most;
	sums->dollars += most_dollars;
	sums->is_flagged |= is_flagged;
	if (is_flagged)
		sums->severities[sums->families++] = severity;
}

static void add_families(
        const struct stats *stats, const struct stats_row rows[], size_t count, struct sums *sums)
{
	for (size_t from = 0, to; from < count; from = to) {
		const char *family = rule_at(rows[from].rule)->family;

		for (to = from + 1; to < count; to++) {
			if (strcmp(rule_at(rows[to].rule)->family, family) != 0)
				break;
		}
		add_family(stats, rows + from, rows + to, sums);
	}
}

/* Lines that several rules hit count once: the rules' dollars are cut to their union. */
static void score_one(const struct stats *stats, uint32_t member, struct stats_row rows[])
{
	struct stats_provider *provider = &stats->providers[member];
	const struct member_measures *of = &stats->measures.of[member];
	const struct member_lines *lines = &stats->lines[member];
	double line_expected = lines->expected;
	struct sums sums = {0};

	add_families(stats, rows, flagged_rows(stats, member, rows), &sums);
	if (lines->dollars > of->dollars_flagged && lines->dollars > 0)
		line_expected *= (double)of->dollars_flagged / (double)lines->dollars;
	uint64_t persons = stats->options.has_beneficiaries ? of->beneficiaries : of->claims;
	bool is_large = sums.dollars + of->dollars_flagged >= LEAD_CENTS &&
	                (persons >= LEAD_BENEFICIARIES || lines->high_hits >= LEAD_FINDINGS_HIGH);

	provider->expected = (int64_t)llround(line_expected + sums.expected);
	provider->score = (unsigned)lround(score_of(sums.severities, sums.families));
	provider->families_flagged = (unsigned)sums.families;
	provider->is_lead = lines->at_once || (sums.is_flagged && is_large);
}

/* ---- Groups and ranks ---- */

static int find_groups(struct stats *stats)
{
	const struct measures *measures = &stats->measures;
	uint32_t *of = budget_calloc(measures->member_count + 1, sizeof(*of));
	struct peer_span *spans = budget_calloc(measures->member_count + 1, sizeof(*spans));

	if (!of || !spans) {
		budget_free(of);
		budget_free(spans);
		return FAIL_MEMORY;
	}
	for (uint32_t i = 0; i < measures->member_count; i++)
		of[i] = i;
	groups_find(measures->members, of, measures->member_count, NULL, spans);
	for (uint32_t i = 0; i < measures->member_count; i++) {
		struct stats_provider *provider = &stats->providers[i];

		provider->number = measures->members[i].number;
		provider->peers = spans[i].to - spans[i].from - 1;
		group_name(&measures->members[i], spans[i].level, provider->peer_group);
	}
	budget_free(of);
	budget_free(spans);
	return 0;
}

/* Most dollars expected, then the higher score, then in the order of ids. */
static int compare_ranked(const void *a, const void *b, void *context)
{
	const struct stats *stats = context;
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	const struct stats_provider *of_left = &stats->providers[left];
	const struct stats_provider *of_right = &stats->providers[right];

	if (of_left->expected != of_right->expected)
		return of_left->expected > of_right->expected ? -1 : 1;
	if (of_left->score != of_right->score)
		return of_left->score > of_right->score ? -1 : 1;
	return stats->measures.members[left].place < stats->measures.members[right].place ? -1 : 1;
}

enum rank_class { CLASS_UNKNOWN, CLASS_PERSON, CLASS_ORGANISATION, CLASS_SUPPLIER, CLASSES };

/* Suppliers by CMS specialty. */
static enum rank_class class_of(const struct member *member)
{
	static const char suppliers[][3] = {"51", "52", "53", "54", "58", "87", "A0", "A1", "A2",
	        "A3", "A4", "A5", "A6", "A7", "A8"};

	for (size_t i = 0; i < sizeof(suppliers) / sizeof(suppliers[0]); i++) {
		if (member->specialty == TWO_CHARS(suppliers[i][0], suppliers[i][1]))
			return CLASS_SUPPLIER;
	}
	return member->entity_type < 3 ? (enum rank_class)member->entity_type : CLASS_UNKNOWN;
}

static void rank_all(struct stats *stats)
{
	uint32_t ranks[CLASSES] = {0};
	size_t count = stats->measures.member_count;

	for (uint32_t i = 0; i < count; i++)
		stats->ranked[i] = i;
	if (count > 0)
		qsort_r(stats->ranked, count, sizeof(*stats->ranked), compare_ranked, stats);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t member = stats->ranked[i];

		stats->providers[member].rank = i + 1;
		stats->providers[member].rank_in_class =
		        ++ranks[class_of(&stats->measures.members[member])];
	}
}

static int score_chunk(void *context, size_t at)
{
	const struct stats *stats = context;
	size_t from = at * CHUNK, to = from + CHUNK;
	struct stats_row *rows = budget_alloc((stats->flagged_most + 1) * sizeof(*rows));

	if (!rows)
		return FAIL_MEMORY;
	to = to < stats->measures.member_count ? to : stats->measures.member_count;
	for (size_t i = from; i < to; i++)
		score_one(stats, (uint32_t)i, rows);
	budget_free(rows);
	return 0;
}

int score_all(struct stats *stats)
{
	size_t count = stats->measures.member_count;

	stats->providers = budget_calloc(count + 1, sizeof(*stats->providers));
	stats->ranked = budget_calloc(count + 1, sizeof(*stats->ranked));
	if (!stats->providers || !stats->ranked)
		return FAIL_MEMORY;
	int err = find_groups(stats);

	if (err >= 0)
		err = tasks_run(
		        stats->options.threads, (count + CHUNK - 1) / CHUNK, score_chunk, stats);
	if (err >= 0)
		rank_all(stats);
	return err;
}

const struct stats_provider *stats_provider(const struct stats *stats, uint32_t number)
{
	uint32_t member = measures_member(&stats->measures, number);

	return member == MEMBER_NONE ? NULL : &stats->providers[member];
}

bool stats_leads_at_once(unsigned rule)
{
	return is_at_once(rule);
}

size_t stats_leads(const struct stats *stats, uint32_t numbers[], size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < stats->measures.member_count && count < room; i++) {
		const struct stats_provider *provider = &stats->providers[stats->ranked[i]];

		if (provider->is_lead)
			numbers[count++] = provider->number;
	}
	return count;
}

/* ---- Reasons ---- */

struct reason {
	struct stats_row row; /* flagged */
	bool has_row;         /* else of hits */
	unsigned rule;
	struct profile_rule hits;
	double expected;
};

/* By dollars expected, the most first. */
struct offers {
	struct reason reasons[REASONS_MAX + 1];
	size_t count;
};

static void offer(struct offers *offers, const struct reason *reason)
{
	size_t at = offers->count;

	while (at > 0 && offers->reasons[at - 1].expected < reason->expected)
		at--;
	if (at == REASONS_MAX)
		return;
	if (offers->count < REASONS_MAX)
		offers->count++;
	memmove(&offers->reasons[at + 1], &offers->reasons[at],
	        (offers->count - 1 - at) * sizeof(*reason));
	offers->reasons[at] = *reason;
}

/* Whole dollars with commas. */
static void whole_dollars(char text[32], int64_t cents)
{
	char digits[32];
	int size = snprintf(digits, sizeof(digits), "%lld", (long long)((cents + 50) / 100));
	size_t at = 0;

	for (int i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
}

/* What a value is, where a measure does not say it. */
static const char *value_words(const char *id, const char *measure)
{
	static const struct {
		const char *id, *measure, *words;
	} words[] = {
	        {"EM-01", NULL, "average level"},
	        {"EM-02", NULL, "share of the highest level"},
	        {"EM-03", NULL, "divergence"},
	        {"EM-04", NULL, "average level"},
	        {"STA-04", NULL, "a beneficiary"},
	        {"STA-06", "mix", "divergence"},
	        {"STA-08", "cusum", "sum of deviations"},
	        {"STA-08", "new", "dollars of three months"},
	        {"INP-06", NULL, "categories"},
	        {"SPC-05", NULL, "bits of entropy"},
	        {"STA-07", "top_patient", "share of dollars"},
	        {"STA-11", "trend", "growth a year"},
	        {"STA-07", NULL, "share of patients"},
	        {"INP-01", NULL, "observed by expected"},
	        {"DUP-03", "same_day", "beneficiaries"},
	        {"TIM-03", "days_a_year", "days"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].id, id) == 0 &&
		        (!words[i].measure || strcmp(words[i].measure, measure) == 0))
			return words[i].words;
	}
	return "ratio";
}

static void say_months(const struct stats_row *row, const char *dollars, char *text)
{
	snprintf(text, REASON_SIZE,
	        "%s: %llu of %llu months stand out, the highest by $%.0f against $%.0f of %u "
	        "peers (P90 $%.0f), $%s at risk",
	        rule_at(row->rule)->id, (unsigned long long)row->hits,
	        (unsigned long long)row->evaluated, row->value, row->median, row->peers, row->p90,
	        dollars);
}

static void say_provider_rule(const struct stats_row *row, const char *dollars, char *text)
{
	const char *id = rule_at(row->rule)->id;
	const char *gap = row->measure[0] ? " " : "";

	if (strcmp(id, "STA-08") == 0 && !row->measure[0])
		say_months(row, dollars, text);
	else if (isnan(row->median))
		snprintf(text, REASON_SIZE, "%s%s%s: %.2f, $%s at risk", id, gap, row->measure,
		        row->value, dollars);
	else if (row->is_rate)
		snprintf(text, REASON_SIZE,
		        "%s%s%s: %.2f%% of %llu against %.2f%% of %u peers (P90 %.2f%%), $%s at "
		        "risk",
		        id, gap, row->measure, 100 * row->value, (unsigned long long)row->evaluated,
		        100 * row->median, row->peers, 100 * row->p90, dollars);
	else
		snprintf(text, REASON_SIZE,
		        "%s%s%s: %s %.2f against %.2f of %u peers (P90 %.2f), $%s at risk", id, gap,
		        row->measure, value_words(id, row->measure), row->value, row->median,
		        row->peers, row->p90, dollars);
}

static void say(const struct reason *reason, char text[REASON_SIZE])
{
	const struct stats_row *row = &reason->row;
	const char *id = rule_at(reason->rule)->id;
	char dollars[32];

	whole_dollars(dollars, reason->has_row ? row->dollars : reason->hits.dollars);
	if (reason->has_row && row->provider_rule)
		say_provider_rule(row, dollars, text);
	else if (reason->has_row)
		snprintf(text, REASON_SIZE,
		        "%s: %.2f%% of %llu against %.2f%% of %u peers (P90 %.2f%%), $%s flagged",
		        id, 100 * row->value, (unsigned long long)row->evaluated, 100 * row->median,
		        row->peers, 100 * row->p90, dollars);
	else
		snprintf(text, REASON_SIZE, "%s: %llu of %llu judged, $%s flagged", id,
		        (unsigned long long)reason->hits.hits,
		        (unsigned long long)reason->hits.evaluated, dollars);
}

/* Of a flagged row, or of hits without one. */
static void offer_rule(const struct stats *stats, const struct reason *of, struct offers *offers)
{
	struct reason reason = *of;
	bool of_hits = !of->has_row || !of->row.provider_rule;
	int64_t dollars = of_hits ? of->hits.dollars : of->row.dollars;

	if (!stats->options.is_on[of->rule])
		return;
	reason.expected = weights_expected(&stats->weights, of->rule, dollars);
	if (of->has_row ||
	        (of_hits && of->hits.hits > 0 && (reason.expected > 0 || is_at_once(of->rule))))
		offer(offers, &reason);
}

/* Hits by themselves, or their flagged row; and each other flagged row of a rule, where those of
 * the next begin. */
static uint32_t offer_rows(const struct stats *stats, uint32_t at, uint32_t to,
        struct reason *reason, struct offers *offers)
{
	const struct column *column = at < to ? &stats->columns[stats->flagged[at].column] : NULL;
	bool has_rows = column && column->rule == reason->rule;

	if (!stats->built[reason->rule] && (!has_rows || column->provider_rule))
		offer_rule(stats, reason, offers);
	for (; at < to && stats->columns[stats->flagged[at].column].rule == reason->rule; at++) {
		reason->has_row = true;
		flagged_row(stats, at, &reason->row);
		offer_rule(stats, reason, offers);
	}
	return at;
}

/* A rule without hits or flagged rows gives none. */
static bool is_flagged(const struct stats *stats, uint32_t at, uint32_t to, unsigned rule)
{
	return at < to && stats->columns[stats->flagged[at].column].rule == rule;
}

size_t stats_reasons_of(const struct stats *stats, uint32_t number,
        const struct profile_rule hits[RULES_ALL], char reasons[REASONS_MAX][REASON_SIZE])
{
	struct offers offers = {.count = 0};
	uint32_t member = measures_member(&stats->measures, number), at = 0, to = 0;

	if (member != MEMBER_NONE) {
		at = stats->flagged_first[member];
		to = stats->flagged_first[member + 1];
	}
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		if (hits[rule].hits == 0 && !is_flagged(stats, at, to, rule))
			continue;
		struct reason reason = {.rule = rule, .hits = hits[rule]};

		at = offer_rows(stats, at, to, &reason, &offers);
	}
	for (size_t i = 0; i < offers.count; i++)
		say(&offers.reasons[i], reasons[i]);
	return offers.count;
}

size_t stats_reasons(
        const struct stats *stats, uint32_t number, char reasons[REASONS_MAX][REASON_SIZE])
{
	struct profile_rule hits[RULES_ALL];

	profile_read_rules(stats->options.profile, number, hits);
	return stats_reasons_of(stats, number, hits, reasons);
}
