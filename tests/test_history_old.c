/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the tail of earlier months (LINE_OLD) beside new ones, through joining
 * claims and both walks: they are evidence, and nothing is told or counted of them.
 */
#include "base/hash.h"
#include "format/layout.h"
#include "history/history.h"
#include "history/providers.h"
#include "history/tallies.h"
#include "history/times.h"
#include "regroup/history.h"
#include "stats/stats.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_0 = 19723 /* 2024-01-01 */, PROVIDERS = 8, ROOM = 1 << 16 };

/* A line of 100 dollars that is received on its day, if nothing else is said. */
struct row {
	const char *claim, *person, *code, *modifier;
	int32_t line, day; /* since DAY_0 */
	uint8_t npi;       /* 0: the first */
	int64_t dollars, units;
	int32_t till; /* a stay from day to this one; the provider is a hospital */
	uint16_t set; /* flags beside those of a payable line */
	const char *voids;
	bool old;
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* ---- Filling a batch ---- */

struct filler {
	struct batch *batch;
	char *text;
	size_t used;
};

static struct slice put(struct filler *filler, const char *text)
{
	struct slice slice = {(uint32_t)filler->used, text ? (uint32_t)strlen(text) : 0};

	cr_assert_lt(filler->used + slice.size, ROOM);
	if (slice.size)
		memcpy(filler->text + filler->used, text, slice.size);
	filler->used += slice.size;
	return slice;
}

static uint64_t key_of(const char *text)
{
	return text ? hash64(text, strlen(text)) | 1 : 0;
}

static uint64_t word_of(const char *text)
{
	uint64_t word = 0;

	if (text)
		memcpy(&word, text, strlen(text));
	return word;
}

static void fill_provider(struct filler *filler, uint32_t i, const struct row *row)
{
	struct batch *batch = filler->batch;
	unsigned number = row->npi ? row->npi : 1;
	uint64_t kind = row->till ? ID_CCN : ID_NPI;
	uint64_t id = kind << ID_KIND_SHIFT | (1003000000 + number);
	char text[16];

	snprintf(text, sizeof(text), "%u", 1003000000 + number);
	batch->provider_id[i] = id;
	batch->provider_text[i] = put(filler, text);
	batch->entity_type[i] = row->till ? 2 : 1;
	if (row->till)
		batch->billing_ccn[i] = id;
	else
		batch->rendering[i] = batch->billing[i] = id;
}

static void fill_stay(struct batch *batch, uint32_t i, const struct row *row)
{
	batch->claim_type[i] = CLAIM_INSTITUTIONAL;
	batch->setting[i] = SETTING_NONE;
	batch->inpatient[i] = 1;
	batch->bill_type[i] = (uint32_t)word_of("111");
	batch->revenue[i] = 120;
	batch->discharge_status[i] = TWO_CHARS('0', '1');
	batch->admission[i] = DAY_0 + row->day;
	batch->claim_end[i] = batch->discharge[i] = DAY_0 + row->till;
}

static uint16_t flags_of(const struct row *row)
{
	uint16_t flags = LINE_DUE | LINE_PAYABLE | LINE_SAME_DAY | row->set;

	if (row->voids)
		flags |= LINE_VOID | LINE_ADJUSTMENT;
	if (flags & (LINE_VOID | LINE_DENIED))
		flags &= (uint16_t)~LINE_PAYABLE;
	return flags | (row->old ? LINE_OLD : 0);
}

static void fill_row(struct filler *filler, uint32_t i, const struct row *row)
{
	struct batch *batch = filler->batch;
	int32_t day = DAY_0 + row->day;
	char record[128];

	snprintf(record, sizeof(record), "%s/%d", row->claim, row->line);
	batch->record[i] = put(filler, record);
	batch->claim_id[i] = put(filler, row->claim);
	batch->person_id[i] = put(filler, row->person);
	batch->claim_key[i] = key_of(row->claim);
	batch->original_key[i] = key_of(row->voids);
	batch->person_key[i] = hash64(row->person, strlen(row->person));
	batch->line_number[i] = row->line ? row->line : 1;
	batch->claim_type[i] = CLAIM_PROFESSIONAL;
	batch->setting[i] = SETTING_PRACTITIONER;
	batch->place[i] = TWO_CHARS('1', '1');
	batch->claim_start[i] = batch->claim_end[i] = batch->line_start[i] = day;
	batch->line_end[i] = batch->service_from[i] = batch->service_thru[i] = day;
	batch->received[i] = day;
	batch->paid_date[i] = batch->discharge[i] = batch->admission[i] = DATE_ABSENT;
	batch->hcpcs[i] = word_of(row->code);
	batch->modifiers[0][i] = (uint16_t)word_of(row->modifier);
	batch->units[i] = (row->units ? row->units : 1) * UNITS_ONE;
	batch->paid[i] = batch->charge[i] = 100 * (row->dollars ? row->dollars : 100);
	batch->drg[i] = NUMBER_BLANK;
	batch->line_flags[i] = flags_of(row);
	fill_provider(filler, i, row);
	if (row->till)
		fill_stay(batch, i, row);
}

/* ---- A run ---- */

struct outcome {
	struct claims_totals claims;
	struct history_totals totals;
	char **findings; /* a line of text each, sorted */
	size_t finding_count;
	struct profile_provider providers[PROVIDERS]; /* by npi; a hospital is with its kind */
	struct tallies *tallies;
};

struct run {
	struct rule_selection selection;
	struct codes *codes;
	struct times *times;
	struct profile *profile;
	struct profile_worker *profiles;
	struct partitions *partitions, *past, *days;
	struct claims *claims;
	struct claims_worker *joiner;
	struct history_emitter *emitter;
	struct finding_sink sink;
	struct outcome *outcome;
	struct layout layout;
	struct diag diag;
};

static int keep_finding(void *context, const struct finding *finding)
{
	struct outcome *outcome = context;
	char line[16] = "-", other[16] = "-", text[256];

	if (!finding->claim_level)
		snprintf(line, sizeof(line), "%d", finding->line);
	if (finding->other_line != LINE_ABSENT)
		snprintf(other, sizeof(other), "%d", finding->other_line);
	snprintf(text, sizeof(text), "%s %.*s %.*s/%s %.*s/%s $%lld%s%s%s",
	        rule_at(finding->rule)->id, (int)finding->kind.size, finding->kind.at,
	        (int)finding->claim_id.size, finding->claim_id.at, line,
	        (int)finding->other_claim_id.size, finding->other_claim_id.at, other,
	        (long long)finding->dollars / 100, finding->watch ? " watch" : "",
	        finding->superseded ? " under " : "",
	        finding->superseded ? rule_at(finding->superseding)->id : "");
	outcome->findings = realloc(
	        outcome->findings, (outcome->finding_count + 1) * sizeof(*outcome->findings));
	outcome->findings[outcome->finding_count++] = strdup(text);
	return 0;
}

static void open_run(struct run *run, const char *rules)
{
	struct partition_options options = {.memory_bytes = 64 << 20, .tmp = "/tmp"};

	*run = (struct run){.outcome = calloc(1, sizeof(*run->outcome))};
	run->sink = (struct finding_sink){keep_finding, run->outcome};
	diag_init(&run->diag);
	rules_init();
	history_init();
	providers_init();
	stats_init();
	memset(&run->layout.bound, 0xff, sizeof(run->layout.bound));
	cr_assert_eq(rules_select(&run->selection, rules, &run->diag), 0, "%s", run->diag.text);
	run->selection.checks = 0; /* what lines and claims are judged by is not filled in here */
	cr_assert_eq(codes_open_starter(&run->codes, &run->diag), 0);
	cr_assert_eq(times_create(&run->times, run->codes, NULL, &run->diag), 0);
	cr_assert_eq(
	        profile_create(&run->profile,
	                &(struct profile_options){.keep = PROFILE_RULES, .workers = 1}, &run->diag),
	        0);
	cr_assert_eq(profile_worker_create(&run->profiles, run->profile, &run->diag), 0);
	cr_assert_eq(partitions_create(&run->partitions, &options, &run->diag), 0);
	cr_assert_eq(partitions_create(&run->past, &options, &run->diag), 0);
	cr_assert_eq(partitions_create(&run->days, &options, &run->diag), 0);
	cr_assert_eq(claims_create(&run->claims,
	                     &(struct claims_options){.partitions = run->partitions,
	                             .profile = run->profile,
	                             .selection = &run->selection,
	                             .codes = run->codes,
	                             .workers = 1,
	                             .history = run->past,
	                             .adjustments = true},
	                     &run->diag),
	        0);
	cr_assert_eq(claims_worker_create(&run->joiner, run->claims, run->profiles, &run->diag), 0);
	cr_assert_eq(history_emitter_create(&run->emitter,
	                     &(struct history_emit_options){.partitions = run->past,
	                             .codes = run->codes,
	                             .needs = history_needs(&run->selection) |
	                                      providers_needs(&run->selection) | HISTORY_LINES},
	                     &run->diag),
	        0);
}

static void emit(struct run *run, const struct row *rows, size_t count)
{
	static const enum amount_level levels[AMOUNTS];
	struct filler filler = {aligned_alloc(64, sizeof(struct batch)), malloc(ROOM), 0};
	const struct rule_context context = {.codes = run->codes};

	for (size_t from = 0; from < count; from += BATCH_LINES) {
		size_t lines = count - from < BATCH_LINES ? count - from : BATCH_LINES;

		memset(filler.batch, 0, sizeof(*filler.batch));
		filler.used = 0;
		filler.batch->text = (const uint8_t *)filler.text;
		filler.batch->layout = &run->layout;
		filler.batch->count = (uint32_t)lines;
		for (uint32_t i = 0; i < lines; i++)
			fill_row(&filler, i, &rows[from + i]);
		codes_find_batch(run->codes, filler.batch);
		cr_assert_eq(profile_resolve(run->profiles, filler.batch), 0);
		history_mark(run->emitter, filler.batch);
		cr_assert_eq(claims_emit(run->joiner, &context, filler.batch, levels, NULL), 0);
		cr_assert_eq(history_emit(run->emitter, filler.batch, AMOUNT_PAID, levels), 0);
	}
	cr_assert_eq(claims_emit_finish(run->joiner, &run->diag), 0);
	cr_assert_eq(history_emit_finish(run->emitter, &run->diag), 0);
	free(filler.batch);
	free(filler.text);
}

static void join(struct run *run)
{
	claims_settle(run->claims, &(struct claims_settled){.basis = {AMOUNT_PAID, AMOUNT_PAID,
	                                                            AMOUNT_PAID, AMOUNT_PAID}});
	do {
		cr_assert_eq(claims_join(run->joiner, &run->sink, &run->diag), 0);
	} while (claims_next_round(run->claims));
	claims_totals(run->claims, &run->outcome->claims);
}

/* Edges far enough apart that every rule can judge. */
static void walk(struct run *run)
{
	struct history_options options = {.partitions = run->past,
	        .selection = &run->selection,
	        .codes = run->codes,
	        .first_service = 0,
	        .first_met = 0,
	        .as_of = DATE_ABSENT,
	        .providers = run->days,
	        .times = run->times};
	struct providers_options days = {.partitions = run->days,
	        .selection = &run->selection,
	        .codes = run->codes,
	        .times = run->times,
	        .profile = run->profile};
	struct outcome *outcome = run->outcome;
	struct history *history;
	struct history_worker *walker;
	struct providers *providers;
	struct providers_worker *counter;

	for (unsigned type = 0; type < CLAIM_TYPES; type++)
		options.last_came[type] = DAY_0 + 3650;
	cr_assert_eq(tallies_create(&outcome->tallies, &run->diag), 0);
	cr_assert_eq(history_create(&history, &options, &run->diag), 0);
	cr_assert_eq(history_worker_create(
	                     &walker, history, run->profiles, outcome->tallies, &run->diag),
	        0);
	cr_assert_eq(history_walk(walker, &run->sink, &run->diag), 0);
	history_totals(history, &outcome->totals);
	days.history = history;
	cr_assert_eq(providers_create(&providers, &days, &run->diag), 0);
	cr_assert_eq(providers_worker_create(
	                     &counter, providers, run->profiles, outcome->tallies, &run->diag),
	        0);
	cr_assert_eq(providers_walk(counter, &run->sink, &run->diag), 0);
	providers_totals(providers, &outcome->totals);
	cr_assert_eq(tallies_join(outcome->tallies, &outcome->tallies, 1, 1), 0);
	providers_worker_destroy(counter);
	providers_destroy(providers);
	history_worker_destroy(walker);
	history_destroy(history);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_providers(struct run *run)
{
	cr_assert_eq(profile_merge(run->profiles), 0);
	for (uint32_t number = 0; number < profile_count(run->profile); number++) {
		const char *text;
		uint64_t id = profile_id(run->profile, number, &text);
		unsigned npi = (unsigned)((id & ID_VALUE_MASK) - 1003000000);

		if (npi < PROVIDERS && id_kind(id) == ID_NPI)
			profile_read(run->profile, number, &run->outcome->providers[npi]);
	}
}

static struct outcome *run_rows(const struct row *rows, size_t count, const char *rules)
{
	struct run run;

	open_run(&run, rules);
	emit(&run, rows, count);
	join(&run);
	walk(&run);
	read_providers(&run);
	if (run.outcome->finding_count > 1)
		qsort(run.outcome->findings, run.outcome->finding_count,
		        sizeof(*run.outcome->findings), compare_texts);
	history_emitter_destroy(run.emitter);
	claims_worker_destroy(run.joiner);
	claims_destroy(run.claims);
	profile_worker_destroy(run.profiles);
	profile_destroy(run.profile);
	partitions_destroy(run.partitions);
	partitions_destroy(run.past);
	partitions_destroy(run.days);
	times_destroy(run.times);
	codes_destroy(run.codes);
	return run.outcome;
}

static void outcome_free(struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->finding_count; i++)
		free(outcome->findings[i]);
	free(outcome->findings);
	tallies_destroy(outcome->tallies);
	free(outcome);
}

/* ---- Cases: what is told of them, and what the rule has counted ---- */

enum { ROWS_MAX = 8, FINDINGS_MAX = 4 };

struct told {
	const char *name, *rules, *of; /* of: the rule whose counts are looked at */
	struct row rows[ROWS_MAX];
	const char *findings[FINDINGS_MAX];
	uint64_t scope, evaluated, hits;
	int64_t cents, unique; /* dollars, of lines that it alone has found */
};

static size_t row_count(const struct told *told)
{
	size_t count = 0;

	while (count < ROWS_MAX && told->rows[count].claim)
		count++;
	return count;
}

static void expect(const struct told *told)
{
	struct outcome *outcome = run_rows(told->rows, row_count(told), told->rules);
	int rule = rule_find(told->of);
	size_t count = 0;

	for (; count < FINDINGS_MAX && told->findings[count]; count++) {
		if (count < outcome->finding_count)
			cr_expect_str_eq(outcome->findings[count], told->findings[count], "%s: %s",
			        told->name, outcome->findings[count]);
	}
	cr_expect_eq(outcome->finding_count, count, "%s: %zu findings", told->name,
	        outcome->finding_count);
	cr_expect_eq(outcome->totals.scope[rule], told->scope, "%s: in scope %llu", told->name,
	        (unsigned long long)outcome->totals.scope[rule]);
	cr_expect_eq(outcome->totals.evaluated[rule], told->evaluated, "%s: evaluated %llu",
	        told->name, (unsigned long long)outcome->totals.evaluated[rule]);
	cr_expect_eq(outcome->totals.hits[rule], told->hits, "%s: hits %llu", told->name,
	        (unsigned long long)outcome->totals.hits[rule]);
	cr_expect_eq(outcome->totals.dollars[rule], told->cents, "%s: dollars %lld", told->name,
	        (long long)outcome->totals.dollars[rule]);
	cr_expect_eq(outcome->totals.unique_dollars[rule], told->unique, "%s: unique %lld",
	        told->name, (long long)outcome->totals.unique_dollars[rule]);
	outcome_free(outcome);
}

#define LINE(of_claim, of_code, of_day) \
	.claim = (of_claim), .person = "p", .code = (of_code), .day = (of_day), .line = 1
#define OLD .old = true
#define STAY(of_claim, of_line, from, to, hospital) \
	.claim = (of_claim), .person = "p", .line = (of_line), .day = (from), .till = (to), \
	.npi = (hospital)

static const struct told cases[] = {
        {"an old column 1", "NCC-02", "NCC-02",
                {{LINE("a", "45385", 1), OLD}, {LINE("b", "45380", 1)}},
                {"NCC-02 practitioner b/1 a/1 $100"}, 1, 1, 1, 10000, 10000},
        {"an old column 2 was not told of, nor is it now", "NCC-02", "NCC-02",
                {{LINE("a", "45385", 1)}, {LINE("b", "45380", 1), OLD}}, {NULL}, 1, 1, 0, 0, 0},
        {"what is old throughout", "NCC-02", "NCC-02",
                {{LINE("a", "45385", 1), OLD}, {LINE("b", "45380", 1), OLD},
                        {LINE("c", "99213", 9)}},
                {NULL}, 0, 0, 0, 0, 0},
        {"an old original", "DUP-01", "DUP-01",
                {{LINE("a", "99213", 1), OLD}, {LINE("b", "99213", 1)}},
                {"DUP-01 line b/1 a/1 $100"}, 1, 1, 1, 10000, 10000},
        {"an old copy", "DUP-01", "DUP-01", {{LINE("a", "99213", 1)}, {LINE("b", "99213", 1), OLD}},
                {NULL}, 1, 1, 0, 0, 0},
        {"an old operation", "GLO-01", "GLO-01",
                {{LINE("a", "27447", 1), OLD}, {LINE("b", "99213", 40)}},
                {"GLO-01 postop b/1 a/1 $100"}, 1, 1, 1, 10000, 10000},
        {"an old operation that a new claim voids", "GLO-01", "GLO-01",
                {{LINE("a", "27447", 1), OLD}, {LINE("v", "27447", 1), .voids = "a"},
                        {LINE("b", "99213", 40)}},
                {NULL}, 0, 0, 0, 0, 0},
        {"a new operation that was voided before it came", "GLO-01", "GLO-01",
                {{LINE("a", "27447", 1)}, {LINE("v", "27447", 1), .voids = "a", OLD},
                        {LINE("b", "99213", 40)}},
                {NULL}, 0, 0, 0, 0, 0},
        {"an old visit of a patient who is not new", "EM-05", "EM-05",
                {{LINE("a", "99213", 1), OLD}, {LINE("b", "99203", 60)}},
                {"EM-05 same_provider b/1 a/1 $25"}, 1, 1, 1, 2500, 2500},
        {"an old stay around a new one", "INP-04", "INP-04",
                {{STAY("a", 1, 1, 20, 2), OLD}, {STAY("b", 1, 5, 8, 3)}},
                {"INP-04 two_facilities b/- a/- $100"}, 1, 1, 1, 10000, 10000},
        {"an old stay within a new one", "INP-04", "INP-04",
                {{STAY("a", 1, 5, 8, 2), OLD}, {STAY("b", 1, 1, 20, 3)}}, {NULL}, 1, 1, 0, 0, 0},
        {"an old stay that gets a line is new", "INP-04", "INP-04",
                {{STAY("a", 1, 5, 8, 2), OLD}, {STAY("a", 2, 5, 8, 2), .dollars = 10},
                        {STAY("b", 1, 1, 20, 3), OLD}},
                {"INP-04 two_facilities a/- b/- $110"}, 1, 1, 1, 11000, 1000},
        {"... whatever rules read of the line", "INP-04", "INP-04",
                {{STAY("a", 1, 5, 8, 2), OLD}, {STAY("a", 2, 5, 8, 2), .set = LINE_DENIED},
                        {STAY("b", 1, 1, 20, 3), OLD}},
                {"INP-04 two_facilities a/- b/- $100"}, 1, 1, 1, 10000, 0},
        {"old units of a day", "NCC-05", "NCC-05",
                {{LINE("a", "99213", 1), .units = 2, OLD}, {LINE("b", "99213", 1)}},
                {"NCC-05 mai3 b/1 a/1 $200"}, 1, 1, 1, 20000, 10000},
        {"a day whose last line is old", "NCC-05", "NCC-05",
                {{LINE("a", "99213", 1), .units = 2}, {LINE("b", "99213", 1), OLD}}, {NULL}, 0, 0,
                0, 0, 0},
        {"precedence on a new line", "NCC-02,DUP-01", "NCC-02",
                {{LINE("a", "45385", 1), OLD}, {LINE("b", "45380", 1), OLD},
                        {LINE("c", "45380", 1)}},
                {"DUP-01 line c/1 b/1 $100"}, 0, 0, 0, 0, 0},
        {"... is that of the whole", "GLO-01,MOD-02", "MOD-02",
                {{LINE("a", "27447", 1), OLD}, {LINE("b", "99213", 1)}},
                {"GLO-01 same_day b/1 a/1 $100", "MOD-02 needs_57 b/1 a/1 $0 under GLO-01"}, 1, 1,
                0, 0, 0},
        {"old hours of a provider's day", "TIM-01", "TIM-01",
                {{LINE("a", "99215", 1), .units = 1, OLD}, {LINE("b", "97110", 1), .units = 70}},
                {"TIM-01 day_16h a/1 /- $22"}, 1, 1, 1, 2271, 1135},
        {"a provider's day that is old", "TIM-01", "TIM-01",
                {{LINE("a", "97110", 1), .units = 90, OLD}, {LINE("b", "99213", 2)}}, {NULL}, 1, 1,
                0, 0, 0},
        {"old quarters of a person's day", "SPC-05", "SPC-05",
                {{LINE("a", "97110", 1), .units = 5, OLD}, {LINE("b", "97140", 1), .units = 5}},
                {"SPC-05 bene a/1 /- $40"}, 2, 2, 1, 4000, 2000},
        {"a repeat of an old line", "MOD-06", "MOD-06",
                {{LINE("a", "71046", 1), OLD}, {LINE("b", "71046", 1), .modifier = "76"}}, {NULL},
                1, 1, 0, 0, 0},
};

Test(history_old, cases)
{
	for (size_t i = 0; i < COUNT(cases); i++)
		expect(&cases[i]);
}

/* ---- What is counted ---- */

/* n of all entries of a measure. */
static uint64_t sum_of(const struct tallies *tallies, enum tally_measure measure)
{
	size_t count;
	const struct tally *of = tallies_of(tallies, measure, &count);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += of[i].n;
	return sum;
}

Test(history_old, counts_are_of_new_lines)
{
	static const struct row rows[] = {
	        {LINE("a", "99213", 1), OLD},
	        {LINE("b", "99214", 2)},
	        {LINE("c", "99214", 2), .npi = 2, OLD},
	        {.claim = "d", .person = "q", .code = "99215", .line = 1, .npi = 2, OLD},
	        {.claim = "e", .person = "r", .code = "99215", .line = 1, .npi = 2},
	};
	static const enum tally_measure measures[] = {
	        TALLY_EM_LEVEL, TALLY_MONTH, TALLY_DUP_03_SHARE, TALLY_DIGIT, TALLY_STA_04_VISITS};
	struct outcome *outcome = run_rows(rows, COUNT(rows), "all");

	cr_expect_eq(outcome->totals.beneficiaries, 2);
	cr_expect_eq(outcome->totals.lines, 2);
	cr_expect_eq(outcome->claims.claims, 2);
	cr_expect_eq(outcome->providers[1].claims, 1);
	cr_expect_eq(outcome->providers[1].beneficiaries, 1);
	cr_expect_eq(outcome->providers[2].claims, 1);
	cr_expect_eq(outcome->providers[2].beneficiaries, 1);
	for (size_t i = 0; i < COUNT(measures); i++)
		cr_expect_eq(
		        sum_of(outcome->tallies, measures[i]), 2, "%s", tally_name(measures[i]));
	outcome_free(outcome);
}

/* The union of dollars: of new lines, each once, and of findings of new days once. */
Test(history_old, what_is_flagged_is_new)
{
	static const struct row rows[] = {
	        {LINE("a", "99213", 1), .units = 2, .dollars = 60, OLD},
	        {LINE("b", "99213", 1), .dollars = 40},
	        {LINE("c", "97110", 1), .units = 70, .npi = 2, OLD},
	        {LINE("d", "99215", 1), .npi = 2},
	};
	struct outcome *outcome = run_rows(rows, COUNT(rows), "NCC-05,TIM-01");

	cr_expect_eq(outcome->finding_count, 2);
	cr_expect_str_eq(outcome->findings[0], "NCC-05 mai3 b/1 a/1 $100");
	cr_expect_str_eq(outcome->findings[1], "TIM-01 day_16h c/1 /- $22");
	cr_expect_eq(outcome->providers[1].findings, 1);
	cr_expect_eq(outcome->providers[1].lines_flagged, 1);
	cr_expect_eq(outcome->providers[1].dollars_flagged, 4000);
	cr_expect_eq(outcome->providers[2].findings, 1);
	cr_expect_eq(outcome->providers[2].lines_flagged, 1);
	cr_expect_eq(outcome->providers[2].dollars_flagged, 1135);
	outcome_free(outcome);
}

/* ---- New lines have the findings of a run over all ---- */

enum { RANDOM_ROWS = 6000, CLAIMS = RANDOM_ROWS / 2, PERSONS = 150 };

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return *state >> 33;
}

struct names {
	char claims[CLAIMS][8], persons[PERSONS][8];
};

static void random_row(struct row *row, uint64_t *state, const struct names *names)
{
	static const char *const codes[] = {"99213", "99214", "99203", "99215", "27447", "20610",
	        "17000", "45385", "45380", "80053", "80048", "82947", "11042", "97597", "97110",
	        "99291", "G0439", "G0438", "A0425", "A0428", "E0601", "71046", "44970", "93000"};
	static const char *const modifiers[] = {
	        "25", "59", "57", "24", "76", "26", "TC", "RR", "NU", "80", "XS"};
	uint64_t claim = next_random(state) % CLAIMS, facts = hash64(&claim, sizeof(claim));

	*row = (struct row){.claim = names->claims[claim],
	        .person = names->persons[facts % PERSONS],
	        .npi = (uint8_t)(1 + facts / 256 % 4),
	        .day = (int32_t)(facts / 1024 % 40),
	        .line = 1 + (int32_t)(next_random(state) % 4),
	        .dollars = 10 + (int64_t)(next_random(state) % 3),
	        .units = 1 + (int64_t)(next_random(state) % 3),
	        .code = codes[next_random(state) % COUNT(codes)]};
	if (next_random(state) % 4 == 0)
		row->modifier = modifiers[next_random(state) % COUNT(modifiers)];
	if (facts / 65536 % 16 == 0)
		row->till = row->day + (int32_t)(facts / (1 << 20) % 9);
	if (facts / 65536 % 16 == 1)
		row->voids = names->claims[(claim + 1) % CLAIMS];
	row->set = next_random(state) % 20 ? 0 : LINE_DENIED;
}

/* Lines of one number of a claim are old together; a third of the claims is mixed. */
static bool is_old(const char *claim, int32_t line)
{
	uint64_t key = key_of(claim) / 64;

	return key % 3 == 0 || (key % 3 == 1 && (line & 1));
}

static bool is_old_claim(const struct row *rows, const char *claim)
{
	bool old = true;

	for (size_t i = 0; i < RANDOM_ROWS && old; i++)
		old = rows[i].old || strcmp(rows[i].claim, claim) != 0;
	return old;
}

/* "RULE kind claim/line ...": of a whole run. */
static bool tells_old(const struct row *rows, const char *finding)
{
	char rule[16], kind[32], claim[64], *line;

	cr_assert_eq(sscanf(finding, "%15s %31s %63s", rule, kind, claim), 3);
	line = strchr(claim, '/');
	*line++ = '\0';
	return line[0] == '-' ? is_old_claim(rows, claim) : is_old(claim, atoi(line));
}

/* A provider's day is new if any of its lines is, be it not the first. */
static bool is_of_a_day(const char *finding)
{
	return strncmp(finding, "TIM-01", 6) == 0 || strncmp(finding, "SPC-05", 6) == 0;
}

static void expect_new_of(
        const struct outcome *whole, const struct outcome *outcome, const struct row *rows)
{
	size_t at = 0, rest = 0;

	for (size_t i = 0; i < whole->finding_count; i++) {
		const char *told = at < outcome->finding_count ? outcome->findings[at] : "";

		if (is_of_a_day(whole->findings[i])) {
			at += strcmp(told, whole->findings[i]) == 0;
			continue;
		}
		if (tells_old(rows, whole->findings[i])) {
			rest++;
			continue;
		}
		cr_assert_str_eq(told, whole->findings[i]);
		at++;
	}
	cr_assert_eq(at, outcome->finding_count);
	cr_assert_gt(at, 1000);
	cr_assert_gt(rest, 1000);
}

Test(history_old, new_lines_have_the_findings_of_a_run_over_all)
{
	struct names *names = calloc(1, sizeof(*names));
	struct row *rows = calloc(RANDOM_ROWS, sizeof(*rows));
	uint64_t state = 11;

	for (unsigned i = 0; i < CLAIMS; i++)
		snprintf(names->claims[i], sizeof(names->claims[i]), "c%u", i);
	for (unsigned i = 0; i < PERSONS; i++)
		snprintf(names->persons[i], sizeof(names->persons[i]), "p%u", i);
	for (unsigned i = 0; i < RANDOM_ROWS; i++)
		random_row(&rows[i], &state, names);
	struct outcome *whole = run_rows(rows, RANDOM_ROWS, "all");

	for (unsigned i = 0; i < RANDOM_ROWS; i++)
		rows[i].old = is_old(rows[i].claim, rows[i].line);
	struct outcome *outcome = run_rows(rows, RANDOM_ROWS, "all");

	expect_new_of(whole, outcome, rows);
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		const struct rule *words = rule_at(rule)->rule;

		if (words && words->judge)
			continue; /* evaluated by what lines say, which is not filled in */
		cr_expect_leq(outcome->totals.hits[rule], outcome->totals.evaluated[rule], "%s",
		        rule_at(rule)->id);
		cr_expect_leq(outcome->totals.evaluated[rule], outcome->totals.scope[rule], "%s",
		        rule_at(rule)->id);
		cr_expect_leq(outcome->totals.scope[rule], whole->totals.scope[rule], "%s",
		        rule_at(rule)->id);
	}
	cr_expect_lt(outcome->totals.lines, whole->totals.lines);
	outcome_free(outcome);
	outcome_free(whole);
	free(rows);
	free(names);
}
