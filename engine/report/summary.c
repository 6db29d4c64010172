/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary.h"

#include "base/date.h"
#include "report/number.h"
#include "report/row.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 80, INDENT = 4, NUMBER_SIZE = 2 * NUMBER_TEXT_MAX };

/* ---- Picking. ---- */

/* Is a to be looked at before b? */
static bool is_before(const struct summary_provider *a, const struct summary_provider *b)
{
	if (a->dollars != b->dollars)
		return a->dollars > b->dollars;
	if (a->findings != b->findings)
		return a->findings > b->findings;
	int order = strcmp(a->id, b->id);

	return order != 0 ? order < 0 : strcmp(a->id_kind, b->id_kind) < 0;
}

static void add_reason(
        struct summary_provider *provider, unsigned rule, const struct profile_rule *counts)
{
	size_t at = provider->reason_count;

	while (at > 0 && (provider->reasons[at - 1].dollars < counts->dollars ||
	                         (provider->reasons[at - 1].dollars == counts->dollars &&
	                                 provider->reasons[at - 1].hits < counts->hits)))
		at--;
	if (at == SUMMARY_REASONS)
		return;
	if (provider->reason_count < SUMMARY_REASONS)
		provider->reason_count++;
	memmove(&provider->reasons[at + 1], &provider->reasons[at],
	        (provider->reason_count - 1 - at) * sizeof(provider->reasons[0]));
	provider->reasons[at].rule = (uint8_t)rule;
	provider->reasons[at].hits = counts->hits;
	provider->reasons[at].evaluated = counts->evaluated;
	provider->reasons[at].dollars = counts->dollars;
}

static void find_reasons(struct summary_provider *provider, const struct profile *profile,
        uint32_t number, const struct rules_table *rules)
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		struct profile_rule counts;

		if (rules->state[rule] != STATE_ON)
			continue;
		profile_read_rule(profile, number, rule, &counts);
		if (counts.hits > 0)
			add_reason(provider, rule, &counts);
	}
}

/* An id comes from the files: nothing of it may steer a terminal. */
static void copy_id(char id[SUMMARY_ID_SIZE], const char *text)
{
	snprintf(id, SUMMARY_ID_SIZE, "%s", text);
	for (char *at = id; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	}
}

/* Keep a provider if it is among the first; numbers[] goes with providers[]. */
static void offer(struct summary_top *top, uint32_t numbers[SUMMARY_PROVIDERS],
        const struct summary_provider *provider, uint32_t number)
{
	size_t at = top->count;

	while (at > 0 && is_before(provider, &top->providers[at - 1]))
		at--;
	if (at == SUMMARY_PROVIDERS)
		return;
	if (top->count < SUMMARY_PROVIDERS)
		top->count++;
	size_t behind = top->count - 1 - at;

	memmove(&top->providers[at + 1], &top->providers[at], behind * sizeof(*provider));
	memmove(&numbers[at + 1], &numbers[at], behind * sizeof(*numbers));
	top->providers[at] = *provider;
	numbers[at] = number;
}

int summary_pick(struct summary_top *top, const struct profile *profile,
        const struct rules_table *rules, struct diag *diag)
{
	uint32_t numbers[SUMMARY_PROVIDERS];
	uint32_t *order = NULL;
	size_t count = 0;

	top->count = 0;
	top->is_ranked = false;
	if (profile_order(profile, &order, &count) < 0)
		return diag_set(diag, FAIL_MEMORY, "no memory to order providers");
	for (size_t i = 0; i < count; i++) {
		struct profile_provider read;
		struct summary_provider provider = {0};

		profile_read(profile, order[i], &read);
		if (read.findings == 0 || id_kind(read.id) == ID_NONE)
			continue;
		copy_id(provider.id, read.text);
		provider.id_kind = id_kind_name(read.id);
		provider.findings = read.findings;
		provider.lines_flagged = read.lines_flagged;
		provider.dollars = read.dollars_flagged;
		offer(top, numbers, &provider, order[i]);
	}
	free(order);
	for (size_t i = 0; i < top->count; i++)
		find_reasons(&top->providers[i], profile, numbers[i], rules);
	return 0;
}

void summary_pick_leads(
        struct summary_top *top, const struct profile *profile, const struct stats *stats)
{
	uint32_t numbers[SUMMARY_PROVIDERS];

	memset(top, 0, sizeof(*top));
	top->is_ranked = true;
	top->count = stats_leads(stats, numbers, SUMMARY_PROVIDERS);
	for (size_t i = 0; i < top->count; i++) {
		struct summary_provider *provider = &top->providers[i];
		struct profile_provider read;

		profile_read(profile, numbers[i], &read);
		copy_id(provider->id, read.text);
		provider->id_kind = id_kind_name(read.id);
		provider->lines_flagged = read.lines_flagged;
		provider->dollars = stats_provider(stats, numbers[i])->expected;
		provider->score = stats_provider(stats, numbers[i])->score;
		provider->rank = stats_provider(stats, numbers[i])->rank;
		provider->why_count = stats_reasons(stats, numbers[i], provider->why);
	}
}

/* ---- Text. ---- */

static const char *grouped(uint64_t value, char text[NUMBER_SIZE])
{
	*number_unsigned_grouped(text, value) = '\0';
	return text;
}

static const char *dollars(int64_t cents, char text[NUMBER_SIZE])
{
	text[0] = '$';
	*number_money_grouped(text + 1, cents) = '\0';
	return text;
}

static const char *bytes_text(uint64_t bytes, char text[NUMBER_SIZE])
{
	static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t tenths = bytes * (bytes < UINT64_MAX / 10 ? 10 : 1);
	unsigned unit = 0;

	if (bytes < 1000) {
		snprintf(text, NUMBER_SIZE, "%u bytes", (unsigned)bytes);
		return text;
	}
	while (tenths >= 10000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		tenths /= 1000;
		unit++;
	}
	snprintf(text, NUMBER_SIZE, "%u.%u %s", (unsigned)tenths / 10, (unsigned)tenths % 10,
	        units[unit]);
	return text;
}

static void put_title(FILE *file, const struct summary *summary, const char *title)
{
	fprintf(file, summary->colour ? "\n\033[1m%s\033[0m\n" : "\n%s\n", title);
}

/* A paragraph that grows item by item and is broken before column 80. */
struct paragraph {
	FILE *file;
	unsigned column; /* 0: nothing yet */
};

static void put_item(struct paragraph *paragraph, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void put_item(struct paragraph *paragraph, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(text, sizeof(text), format, arguments);

	va_end(arguments);
	unsigned width = (unsigned)size < sizeof(text) ? (unsigned)size : sizeof(text) - 1;

	if (paragraph->column == 0) {
		paragraph->column = INDENT / 2;
		fprintf(paragraph->file, "%*s", INDENT / 2, "");
	} else if (paragraph->column + 1 + width > WIDTH) {
		paragraph->column = INDENT;
		fprintf(paragraph->file, "\n%*s", INDENT, "");
	} else {
		paragraph->column++;
		fputc(' ', paragraph->file);
	}
	paragraph->column += width;
	fputs(text, paragraph->file);
}

static void put_words(struct paragraph *paragraph, const char *text)
{
	while (*text) {
		size_t size = strcspn(text, " ");

		put_item(paragraph, "%.*s", (int)size, text);
		text += size + (text[size] == ' ');
	}
}

static void end_paragraph(struct paragraph *paragraph)
{
	if (paragraph->column > 0)
		fputc('\n', paragraph->file);
	paragraph->column = 0;
}

/* ---- What came in, and what was bad. ---- */

static void put_dates(FILE *file, const struct normalise_counts *counts)
{
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE], received[DATE_TEXT_SIZE];

		date_format(counts->last_service[type], last);
		if (counts->first_service[type] > counts->last_service[type] ||
		        date_format(counts->first_service[type], first) == 0)
			continue;
		fprintf(file, "  %-13s services %s to %s", claim_type_name(type), first, last);
		if (date_format(counts->last_received[type], received) > 0)
			fprintf(file, ", paid or received to %s", received);
		fputc('\n', file);
	}
}

static void put_speed(FILE *file, const struct summary *summary)
{
	char text[NUMBER_SIZE];
	double seconds = (double)summary->ns / 1e9;
	uint64_t bytes = summary->quality->plan->total_bytes;

	if (!summary->timing || summary->ns == 0)
		return;
	fprintf(file, "  %.2f s with %u thread%s, %s a second\n", seconds, summary->threads,
	        summary->threads == 1 ? "" : "s",
	        bytes_text((uint64_t)((double)bytes / seconds), text));
}

/* Whose lines were put together, and whose could not be. */
static void put_history(FILE *file, const struct quality_history *history)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	if (!history)
		return;
	put_words(&paragraph, "across claims:");
	put_item(&paragraph, "%s lines of", grouped(history->lines, text));
	put_item(&paragraph, "%s beneficiaries;", grouped(history->beneficiaries, text));
	put_item(&paragraph, "%s line%s", grouped(history->nobody, text),
	        history->nobody == 1 ? "" : "s");
	put_words(&paragraph, "without a beneficiary");
	end_paragraph(&paragraph);
}

/* The days that a tail has all lines of. */
static void put_tail_days(struct paragraph *paragraph, const struct quality_tail_of *tail)
{
	char from[DATE_TEXT_SIZE], edge[DATE_TEXT_SIZE];

	put_words(paragraph, "whole from");
	if (date_format(tail->whole_from, from) > 0)
		put_item(paragraph, "%s", from);
	else
		put_words(paragraph, "its beginning");
	put_item(paragraph, "to %s;", date_format(tail->edge, edge) > 0 ? edge : "no day");
}

/* The tail of earlier months: what came of it, and what is left for the next. */
static void put_tail(FILE *file, const struct quality_tail *tail)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	if (!tail)
		return;
	put_words(&paragraph, "tail of earlier months:");
	if (tail->is_used) {
		put_item(&paragraph, "%s lines,", grouped(tail->lines, text));
		put_tail_days(&paragraph, &tail->used);
	} else {
		put_words(&paragraph, "there was none;");
	}
	put_item(&paragraph, "%s lines", grouped(tail->written.lines, text));
	put_item(&paragraph, "in %s", bytes_text(tail->written.bytes, text));
	put_words(&paragraph, "are left for the next");
	end_paragraph(&paragraph);
	if (tail->older > 0) {
		put_item(&paragraph, "older than the tail: %s line%s,", grouped(tail->older, text),
		        tail->older == 1 ? "" : "s");
		put_words(&paragraph, "judged without what stood beside them");
		end_paragraph(&paragraph);
	}
	if (tail->again > 0) {
		put_item(
		        &paragraph, "claims that the tail has too: %s", grouped(tail->again, text));
		end_paragraph(&paragraph);
	}
}

/* What was read and is no line that rules and providers count. */
static void put_not_counted(FILE *file, const struct normalise_counts *counts)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	if (counts->totals > 0) {
		put_item(&paragraph, "of these %s record%s", grouped(counts->totals, text),
		        counts->totals == 1 ? "" : "s");
		put_words(&paragraph, "of revenue code 0001: totals, no lines of service");
		end_paragraph(&paragraph);
	}
	if (counts->outside > 0) {
		put_item(&paragraph, "of these %s record%s", grouped(counts->outside, text),
		        counts->outside == 1 ? "" : "s");
		put_words(&paragraph, "outside --dates: read, counted for no provider and no rule");
		end_paragraph(&paragraph);
	}
}

static void put_input(FILE *file, const struct summary *summary)
{
	const struct quality *quality = summary->quality;
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];
	size_t files = quality->plan->file_count;

	put_title(file, summary, "What came in");
	put_item(&paragraph, "%s file%s,", grouped(files, text), files == 1 ? "" : "s");
	put_item(&paragraph, "%s:", bytes_text(quality->plan->total_bytes, text));
	put_item(&paragraph, "%s records,", grouped(quality_records(quality), text));
	put_item(&paragraph, "%s claims,", grouped(quality->totals->claims, text));
	put_item(&paragraph, "%s lines of service", grouped(quality_lines(quality), text));
	end_paragraph(&paragraph);
	put_not_counted(file, quality->normalise);
	put_history(file, quality->history);
	put_tail(file, quality->tail);
	put_dates(file, quality->normalise);
	put_speed(file, summary);
}

static void put_quarantined(FILE *file, const struct quality *quality)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];
	const char *comma = "";
	uint64_t bad = quality_quarantined(quality);

	if (bad == 0) {
		fputs("  no record was unusable\n", file);
		return;
	}
	put_item(&paragraph, "%s of", grouped(bad, text));
	put_item(&paragraph, "%s records set aside:", grouped(quality_records(quality), text));
	for (unsigned kind = 0; kind < BAD_KINDS; kind++) {
		uint64_t count = quality->counts->quarantined[kind];

		if (count == 0)
			continue;
		fputs(comma, file);
		put_item(&paragraph, "%s %s", bad_name((enum bad)kind), grouped(count, text));
		comma = ",";
		paragraph.column++;
	}
	end_paragraph(&paragraph);
}

static void put_invalid(FILE *file, const struct quality *quality)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];
	const char *comma = "";

	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		uint64_t count = quality->counts->fields[field].invalid;

		if (count == 0)
			continue;
		if (*comma == '\0')
			put_words(&paragraph, "cells that could not be read, taken as blank:");
		fputs(comma, file);
		paragraph.column++;
		put_item(&paragraph, "%s %s", field_name((enum field)field), grouped(count, text));
		comma = ",";
	}
	end_paragraph(&paragraph);
}

/* Capitated encounters look denied: the user must be told which option changes it. */
static void put_zero_paid(FILE *file, const struct normalise_counts *counts)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	uint64_t lines = counts->lines[CLAIM_PROFESSIONAL];

	if (counts->denied_by_zero * 2 <= lines)
		return;
	put_item(&paragraph, "%s of", grouped(counts->denied_by_zero, text));
	put_item(&paragraph, "%s professional lines", grouped(lines, text));
	put_words(&paragraph, "are taken as denied because allowed and paid are 0; if these "
	                      "are capitated encounters, run with --zero-paid payable");
	end_paragraph(&paragraph);
}

static void put_quality(FILE *file, const struct summary *summary)
{
	const struct quality *quality = summary->quality;
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	put_title(file, summary, "What was bad");
	put_quarantined(file, quality);
	put_invalid(file, quality);
	uint64_t unmatched = quality->totals->adjustments_unmatched;

	if (unmatched > 0) {
		put_item(&paragraph, "%s adjustment%s", grouped(unmatched, text),
		        unmatched == 1 ? "" : "s");
		put_words(&paragraph, "without the claim to be changed");
		end_paragraph(&paragraph);
	}
	put_zero_paid(file, quality->normalise);
}

/* ---- Days that no release covers. ---- */

static const char outside_title[] = "Days that a code set does not cover";

static void put_day(struct paragraph *paragraph, const char *words, int32_t day, const char *open)
{
	char text[DATE_TEXT_SIZE];

	if (day == INT32_MIN || day == INT32_MAX)
		snprintf(text, sizeof(text), "%s", open);
	else
		date_format(day, text);
	put_item(paragraph, "%s %s", words, text);
}

static void put_years(struct paragraph *paragraph, const uint64_t lines[OUTSIDE_YEARS])
{
	unsigned first = 0, last = OUTSIDE_YEARS - 1;

	while (lines[first] == 0)
		first++;
	while (lines[last] == 0)
		last--;
	if (first == last)
		put_item(paragraph, "of %u", OUTSIDE_YEAR_FIRST + first);
	else
		put_item(paragraph, "of %u to %u", OUTSIDE_YEAR_FIRST + first,
		        OUTSIDE_YEAR_FIRST + last);
}

static void put_set_outside(FILE *file, const struct summary *summary, enum codes_part part)
{
	uint64_t lines = codes_outside_sum(summary->outside, part);
	size_t last = codes_covered_count(summary->codes, part) - 1;
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	put_item(&paragraph, "%s:", codes_part_name(part));
	put_item(&paragraph, "%s line%s", grouped(lines, text), lines == 1 ? "" : "s");
	put_years(&paragraph, summary->outside->lines[part]);
	put_day(&paragraph, "outside of", codes_covered_at(summary->codes, part, 0).from, "ever");
	put_day(&paragraph, "to", codes_covered_at(summary->codes, part, last).to, "now");
	end_paragraph(&paragraph);
}

static void put_pairs_outside(FILE *file, const struct summary *summary, bool any)
{
	static const char *const sets[OUTSIDE_PAIRS] = {"ptp_practitioner", "ptp_hospital"};

	for (unsigned pairs = 0; pairs < OUTSIDE_PAIRS; pairs++) {
		struct paragraph paragraph = {.file = file};
		uint64_t lines = 0;
		char text[NUMBER_SIZE];

		for (unsigned year = 0; year < OUTSIDE_YEARS; year++)
			lines += summary->outside->pairs[pairs][year];
		if (lines == 0)
			continue;
		if (!any)
			put_title(file, summary, outside_title);
		any = true;
		put_item(&paragraph, "%s:", sets[pairs]);
		put_item(&paragraph, "%s line%s", grouped(lines, text), lines == 1 ? "" : "s");
		put_years(&paragraph, summary->outside->pairs[pairs]);
		put_words(&paragraph, "on days that its releases do not judge, nor by the nearest");
		end_paragraph(&paragraph);
	}
}

static void put_outside(FILE *file, const struct summary *summary)
{
	struct paragraph paragraph = {.file = file};
	bool any = false;

	for (unsigned part = 0; summary->outside && part < PART_COUNT; part++) {
		if (codes_outside_sum(summary->outside, (enum codes_part)part) == 0)
			continue;
		if (!any)
			put_title(file, summary, outside_title);
		any = true;
		put_set_outside(file, summary, (enum codes_part)part);
	}
	if (summary->outside)
		put_pairs_outside(file, summary, any);
	if (!any)
		return;
	put_words(&paragraph,
	        codes_nearest(summary->codes)
	                ? "judged by the nearest release; such findings say release=nearest"
	                : "not judged by these sets; --codes-outside nearest judges them by the "
	                  "nearest release");
	end_paragraph(&paragraph);
}

/* ---- Rules. ---- */

static size_t count_state(const struct rules_table *rules, enum rule_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < RULES_ALL; i++)
		count += rules->state[i] == state;
	return count;
}

/* A name cut behind a word, if it must be cut. */
static int name_size(const char *name, int most)
{
	int size = (int)strlen(name);

	if (size <= most)
		return size;
	for (size = most; size > 0 && name[size] != ' ';)
		size--;
	return size > 0 ? size : most;
}

static void put_rule(FILE *file, const struct rules_table *rules, size_t rule)
{
	char evaluated[NUMBER_SIZE], hits[NUMBER_SIZE], amount[NUMBER_SIZE];

	const char *name = rule_at(rule)->name;

	fprintf(file, "  %-6s %-30.*s %12s %10s %14s\n", rule_at(rule)->id, name_size(name, 30),
	        name, grouped(rules->evaluated[rule], evaluated), grouped(rules->hits[rule], hits),
	        dollars(rules->dollars[rule], amount));
}

static void put_rules_that_ran(FILE *file, const struct summary *summary)
{
	const struct rules_table *rules = summary->rules;
	char basis[BASIS_TEXT_MAX];

	put_title(file, summary, "Rules that ran");
	if (count_state(rules, STATE_ON) == 0) {
		fputs("  none\n", file);
		return;
	}
	fprintf(file, "  %-6s %-30s %12s %10s %14s\n", "", "", "evaluated", "hits", "dollars");
	for (size_t rule = 0; rule < RULES_ALL; rule++) {
		if (rules->state[rule] == STATE_ON)
			put_rule(file, rules, rule);
	}
	basis_text(rules, basis);
	if (basis[0] != '\0') {
		struct paragraph paragraph = {.file = file};

		put_words(&paragraph, "dollars are reckoned from the amount");
		put_words(&paragraph, basis);
		end_paragraph(&paragraph);
	}
}

/* The ids of the rules in a state and, if given, of one reason. */
static void put_ids(struct paragraph *paragraph, const struct rules_table *rules,
        enum rule_state state, const char *reason)
{
	for (size_t i = 0; i < RULES_ALL; i++) {
		if (rules->state[i] == state && (!reason || !strcmp(rules->reason[i], reason)))
			put_item(paragraph, "%s", rule_at(i)->id);
	}
}

/* Did an earlier rule give the same reason? */
static bool is_told(const struct rules_table *rules, size_t rule)
{
	for (size_t i = 0; i < rule; i++) {
		if (rules->state[i] == STATE_NOT_EVALUABLE &&
		        !strcmp(rules->reason[i], rules->reason[rule]))
			return true;
	}
	return false;
}

static void put_rules_that_could_not(FILE *file, const struct summary *summary)
{
	const struct rules_table *rules = summary->rules;
	struct paragraph paragraph = {.file = file};
	size_t not_built = count_state(rules, STATE_NOT_BUILT);

	if (count_state(rules, STATE_NOT_EVALUABLE) + not_built == 0)
		return;
	put_title(file, summary, "Rules that could not run, and why");
	for (size_t rule = 0; rule < RULES_ALL; rule++) {
		if (rules->state[rule] != STATE_NOT_EVALUABLE || is_told(rules, rule))
			continue;
		put_words(&paragraph, rules->reason[rule]);
		fputc(':', file);
		paragraph.column++;
		put_ids(&paragraph, rules, STATE_NOT_EVALUABLE, rules->reason[rule]);
		end_paragraph(&paragraph);
	}
	if (not_built > 0)
		fprintf(file, "  not built yet: %zu rules, listed in rules.csv\n", not_built);
}

static void put_watch(FILE *file, const struct summary *summary)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	put_title(file, summary, "Held back as watch");
	put_item(&paragraph, "%s finding%s", grouped(summary->findings.watch, text),
	        summary->findings.watch == 1 ? "" : "s");
	put_words(&paragraph, "that say little each on their own: counted, without dollars");
	if (!summary->quality->public) { /* it writes no findings, whatever is asked for */
		fputc(';', file);
		paragraph.column++;
		put_words(&paragraph, summary->mode == FINDINGS_ALL ? "all are in findings.csv"
		                                                    : "--findings all writes them");
	}
	end_paragraph(&paragraph);
	if (count_state(summary->rules, STATE_WATCH) == 0)
		return;
	put_words(&paragraph, "rules on watch:");
	put_ids(&paragraph, summary->rules, STATE_WATCH, NULL);
	end_paragraph(&paragraph);
}

/* ---- Providers, files. ---- */

static void put_provider(FILE *file, const struct summary_provider *provider, size_t place)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	put_item(&paragraph, "%2zu. %s", place, provider->id);
	if (strcmp(provider->id_kind, "npi") != 0)
		put_item(&paragraph, "(%s)", provider->id_kind);
	put_item(&paragraph, "%s flagged", dollars(provider->dollars, text));
	put_item(&paragraph, "on %s line%s", grouped(provider->lines_flagged, text),
	        provider->lines_flagged == 1 ? "" : "s");
	end_paragraph(&paragraph);
	for (size_t i = 0; i < provider->reason_count; i++) {
		char hits[NUMBER_SIZE], evaluated[NUMBER_SIZE];
		const struct rule_entry *entry = rule_at(provider->reasons[i].rule);

		fprintf(file, "      %s %.*s: %s hit%s of %s judged, %s\n", entry->id,
		        name_size(entry->name, 24), entry->name,
		        grouped(provider->reasons[i].hits, hits),
		        provider->reasons[i].hits == 1 ? "" : "s",
		        grouped(provider->reasons[i].evaluated, evaluated),
		        dollars(provider->reasons[i].dollars, text));
	}
}

/* A lead: its score, and each reason. */
static void put_lead(FILE *file, const struct summary_provider *provider, size_t place)
{
	struct paragraph paragraph = {.file = file};
	char text[NUMBER_SIZE];

	put_item(&paragraph, "%2zu. %s", place, provider->id);
	if (strcmp(provider->id_kind, "npi") != 0)
		put_item(&paragraph, "(%s)", provider->id_kind);
	put_item(&paragraph, "rank %u,", provider->rank);
	put_item(&paragraph, "score %u,", provider->score);
	put_item(&paragraph, "%s expected", dollars(provider->dollars, text));
	end_paragraph(&paragraph);
	for (size_t i = 0; i < provider->why_count && i < SUMMARY_REASONS; i++) {
		put_item(&paragraph, "   ");
		put_words(&paragraph, provider->why[i]);
		end_paragraph(&paragraph);
	}
}

/* Leads come by rank, so that all that ranks above the last and is not here is none. */
static void put_passed_over(FILE *file, const struct summary_top *top)
{
	struct paragraph paragraph = {.file = file};
	uint64_t passed = top->providers[top->count - 1].rank - top->count;
	char text[NUMBER_SIZE];

	if (passed == 0)
		return;
	put_item(&paragraph, "%s", grouped(passed, text));
	put_words(&paragraph,
	        passed == 1 ? "provider that ranks above the last of these is no lead:"
	                    : "providers that rank above the last of these are no leads:");
	put_words(&paragraph, "no rule flagged beside its peers, or less than $5,000 at risk");
	end_paragraph(&paragraph);
}

static void put_leads(FILE *file, const struct summary_top *top)
{
	if (top->count == 0) {
		fputs("  none stands out: no provider has a rule flagged beside its peers and "
		      "$5,000\n"
		      "  at risk, nor a finding of PRV-01 or TIM-04; providers.csv has all\n",
		        file);
		return;
	}
	for (size_t i = 0; i < top->count; i++)
		put_lead(file, &top->providers[i], i + 1);
	put_passed_over(file, top);
	fputs("  ordered by the dollars expected to stand; counts beside peers are gross\n", file);
}

static void put_providers(FILE *file, const struct summary *summary)
{
	const struct summary_top *top = summary->top;

	put_title(file, summary, "Providers to look at first");
	if (top->is_ranked) {
		put_leads(file, top);
		return;
	}
	if (top->count == 0) {
		fputs("  none: no rule that is on had a hit\n", file);
		return;
	}
	for (size_t i = 0; i < top->count; i++)
		put_provider(file, &top->providers[i], i + 1);
	fputs("  ordered by dollars flagged\n", file);
}

static void put_files(FILE *file, const struct summary *summary)
{
	struct paragraph paragraph = {file, INDENT};

	if (!summary->out)
		return;
	put_title(file, summary, "Where it is");
	fprintf(file, "  %s\n   ", summary->out);
	for (size_t i = 0; summary->files[i]; i++)
		put_item(&paragraph, "%s", summary->files[i]);
	end_paragraph(&paragraph);
	if (!summary->has_key)
		fputs("  persons are left out of findings.csv; --id-key FILE (16 secret bytes or\n"
		      "    more, chmod 600) gives each a pseudonym\n",
		        file);
}

void summary_write(FILE *file, const struct summary *summary)
{
	put_input(file, summary);
	put_quality(file, summary);
	put_outside(file, summary);
	put_rules_that_ran(file, summary);
	put_rules_that_could_not(file, summary);
	put_watch(file, summary);
	put_providers(file, summary);
	put_files(file, summary);
}
