/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules and profile are stood in for here, so that each case says exactly
 * which checks hit and sees exactly what is added to a provider.
 */
#include "regroup/claims.h"

#include "base/hash.h"
#include "format/layout.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rules, as far as claims look at them ---- */

enum { DUP_01, NCC_04, SPC_03, TIM_08, VAL_06, VAL_07, RULES };

/* Bits. */
enum {
	DUP = 0,      /* medium, whole amount */
	MUE = 1,      /* high, whole amount, excess 1/4 */
	MILES = 2,    /* SPC-03, medium, half of the amount */
	POS = 3,      /* VAL-06, watch */
	UNITS = 4,    /* VAL-06, info */
	ROLE = 5,     /* VAL-07, info */
	OTHER = 6,    /* VAL-07, info, another role */
	THIRD = 7,    /* NCC-04, low, a third of the amount */
	TIMELY = 32,  /* TIM-08, claim, medium, whole amount */
	DATES = 33,   /* VAL-06, claim, info */
	WATCHED = 34, /* VAL-07, claim, watch */
	REPEATED = 35,
	ALONE = 36,
	BITS
};

#define BIT(check) ((uint64_t)1 << (check))
#define ALL_CHECKS (~(uint64_t)0)

static const struct fake {
	uint8_t rule, severity;
	uint32_t share, whole, excess_share, excess_whole;
	struct rule_check check;
} fakes[BITS] = {
        [DUP] = {DUP_01, SEVERITY_MEDIUM, 1, 1, 0, 0, {.kind = "exact", .scope = CHECK_LINE}},
        [MUE] = {NCC_04, SEVERITY_HIGH, 1, 1, 1, 4, {.kind = "mai2", .scope = CHECK_LINE}},
        [MILES] = {SPC_03, SEVERITY_MEDIUM, 1, 2, 0, 0, {.kind = "miles", .scope = CHECK_LINE}},
        [POS] = {VAL_06, SEVERITY_INFO, 1, 1, 0, 0,
                {.kind = "pos", .scope = CHECK_LINE, .watch = true}},
        [UNITS] = {VAL_06, SEVERITY_INFO, 0, 1, 0, 0, {.kind = "units", .scope = CHECK_LINE}},
        [ROLE] = {VAL_07, SEVERITY_INFO, 0, 1, 0, 0, {.kind = "billing", .scope = CHECK_LINE}},
        [OTHER] = {VAL_07, SEVERITY_INFO, 0, 1, 0, 0, {.kind = "facility", .scope = CHECK_LINE}},
        [THIRD] = {NCC_04, SEVERITY_LOW, 1, 3, 0, 0, {.kind = "third", .scope = CHECK_LINE}},
        [TIMELY] = {TIM_08, SEVERITY_MEDIUM, 1, 1, 0, 0, {.kind = "late", .scope = CHECK_CLAIM}},
        [DATES] = {VAL_06, SEVERITY_INFO, 0, 1, 0, 0, {.kind = "dates", .scope = CHECK_CLAIM}},
        [WATCHED] = {VAL_07, SEVERITY_INFO, 1, 1, 0, 0,
                {.kind = "watched", .scope = CHECK_CLAIM, .watch = true}},
        [REPEATED] = {VAL_06, SEVERITY_INFO, 0, 1, 0, 0,
                {.kind = "line_repeated", .scope = CHECK_JOIN}},
        [ALONE] = {SPC_03, SEVERITY_MEDIUM, 1, 1, 0, 0,
                {.kind = "mileage_alone", .scope = CHECK_JOIN}},
};

static const struct rule_entry entries[RULES] = {
        {.id = "DUP-01", .precedence = 0},
        {.id = "NCC-04", .precedence = 1},
        {.id = "SPC-03", .precedence = 2},
        {.id = "TIM-08", .precedence = 3},
        {.id = "VAL-06", .precedence = 4},
        {.id = "VAL-07", .precedence = 5},
};

unsigned checks_used(void)
{
	return BITS;
}

const struct rule_check *check_at(unsigned check)
{
	cr_assert_not_null(fakes[check].check.kind, "bit %u is no check", check);
	return &fakes[check].check;
}

int check_rule(unsigned check)
{
	return fakes[check].check.kind ? fakes[check].rule : -1;
}

const struct rule_entry *rule_at(size_t number)
{
	return &entries[number];
}

void rules_tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned check, struct hit *hit)
{
	const struct fake *fake = &fakes[check];

	(void)context;
	memset(hit, 0, sizeof(*hit));
	*hit = (struct hit){.rule = fake->rule,
	        .check = (uint8_t)check,
	        .severity = fake->severity,
	        .watch = fake->check.watch,
	        .share = fake->share,
	        .whole = fake->whole,
	        .excess_share = fake->excess_share,
	        .excess_whole = fake->excess_whole};
	snprintf(hit->kind, sizeof(hit->kind), "%s", fake->check.kind);
	snprintf(hit->detail, sizeof(hit->detail), "value=%d", batch->line_number[line]);
}

/* ---- Codes: refs 1 to 5 ---- */

enum { REF_NONE, REF_GROUND, REF_AIR, REF_GROUND_MILES, REF_AIR_MILES, REF_OFFICE, REFS };

static const struct procedure_attributes attributes[REFS] = {
        [REF_GROUND] = {.flags = PX_AMBULANCE_BASE},
        [REF_AIR] = {.flags = PX_AMBULANCE_AIR},
        [REF_GROUND_MILES] = {.flags = PX_GROUND_MILES},
        [REF_AIR_MILES] = {.flags = PX_AIR_MILES},
        [REF_OFFICE] = {.em_family = EM_OFFICE_EST, .em_level = 4},
};

const struct procedure_attributes *codes_procedures(const struct codes *codes)
{
	(void)codes;
	return attributes;
}

/* ---- Profile ---- */

enum { PROVIDERS = 40 };

struct provider_sums {
	uint64_t claims, lines_flagged, findings;
	int64_t dollars_flagged;
	uint64_t evaluated[CHECKS_MAX], hits[RULES];
	int64_t dollars[RULES];
	uint64_t amounts; /* how often claim-level amounts were added */
	int64_t charge, allowed, paid;
	uint64_t placed; /* of dates, codes, places, E/M */
};

struct profile_worker {
	struct provider_sums sums[PROVIDERS];
};

int profile_add_claims(struct profile_worker *worker, const uint32_t providers[], uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		worker->sums[providers[i]].claims++;
	return 0;
}

int profile_add_amounts(struct profile_worker *worker, const struct profile_amounts *amounts)
{
	struct provider_sums *sums = &worker->sums[amounts->provider];

	sums->amounts++;
	if (amounts->has_charge && amounts->charge != AMOUNT_ABSENT)
		sums->charge += amounts->charge;
	if (amounts->has_allowed && amounts->allowed != AMOUNT_ABSENT)
		sums->allowed += amounts->allowed;
	if (amounts->has_paid && amounts->paid != AMOUNT_ABSENT)
		sums->paid += amounts->paid;
	sums->placed += (uint64_t)amounts->service_from + amounts->hcpcs + amounts->place +
	                amounts->modifiers[0] + amounts->em_family * 1000u +
	                amounts->em_level * 100000u;
	return 0;
}

void profile_expect_claim(const struct profile_worker *worker, uint32_t provider)
{
	(void)worker;
	(void)provider;
}

int profile_add_evaluated(struct profile_worker *worker, uint32_t provider, uint64_t checks)
{
	for (; checks; checks &= checks - 1)
		worker->sums[provider].evaluated[__builtin_ctzll(checks)]++;
	return 0;
}

int profile_add_hit(
        struct profile_worker *worker, uint32_t provider, unsigned rule, int64_t dollars)
{
	worker->sums[provider].hits[rule]++;
	worker->sums[provider].dollars[rule] += dollars;
	return 0;
}

int profile_add_flagged(struct profile_worker *worker, uint32_t provider, uint32_t lines,
        uint32_t findings, int64_t dollars)
{
	worker->sums[provider].lines_flagged += lines;
	worker->sums[provider].findings += findings;
	worker->sums[provider].dollars_flagged += dollars;
	return 0;
}

/* ---- Lines of a case ---- */

struct row {
	const char *claim, *source, *person, *original;
	int32_t line; /* 0: absent */
	uint32_t provider;
	uint8_t type;          /* 0: professional */
	uint16_t set, unset;   /* flags beside those of a plain payable line */
	uint64_t hits, judged; /* bits; judged: evaluated without a hit */
	int64_t amount;        /* paid in cents; allowed one more, charge two more; 0: all absent */
	int32_t start, end, date, received, paid; /* 0: absent, save date: day 100 */
	uint32_t ref;
	uint64_t billing;
	uint8_t layout;
	bool nobody; /* without a provider */
};

enum { LAYOUT_FULL, LAYOUT_PLAIN, LAYOUT_BILL, LAYOUTS };
enum { TEXT_MAX = 1 << 16 };

static struct layout layouts[LAYOUTS];

/* Before any thread starts. */
static void prepare_layouts(void)
{
	for (unsigned i = 0; i < LAYOUTS; i++) {
		layouts[i].number = i;
		field_set_add(&layouts[i].bound, FIELD_PAID);
	}
	field_set_add(&layouts[LAYOUT_FULL].bound, FIELD_FREQUENCY);
	field_set_add(&layouts[LAYOUT_FULL].bound, FIELD_ORIGINAL_CLAIM_ID);
	field_set_add(&layouts[LAYOUT_BILL].bound, FIELD_BILL_TYPE);
}

struct filler {
	struct batch *batch;
	char *text;
	size_t used;
};

static struct slice put(struct filler *filler, const char *text)
{
	struct slice slice = {(uint32_t)filler->used, text ? (uint32_t)strlen(text) : 0};

	if (slice.size)
		memcpy(filler->text + filler->used, text, slice.size);
	filler->used += slice.size;
	return slice;
}

static uint64_t claim_key(const char *source, const char *claim)
{
	char text[256];
	int size = snprintf(
	        text, sizeof(text), "%s%c%s", source ? source : "", 0, claim ? claim : "");

	return hash64(text, (size_t)size);
}

static int64_t row_amount(const struct row *row, int more)
{
	return row->amount ? row->amount + (row->amount < 0 ? -more : more) : AMOUNT_ABSENT;
}

static int32_t day_or_absent(int32_t day)
{
	return day ? day : DATE_ABSENT;
}

static void fill_keys(struct filler *filler, uint32_t i, const struct row *row)
{
	struct batch *batch = filler->batch;
	char record[512];

	/* The whole record: equal rows have equal digests. */
	snprintf(record, sizeof(record), "%s|%s|%s|%s|%d|%u|%u|%u|%u|%llx|%lld|%d|%d|%d",
	        row->claim, row->source ? row->source : "", row->person ? row->person : "",
	        row->original ? row->original : "", row->line, row->provider, row->type,
	        row->set & ~LINE_OLD, row->unset, (unsigned long long)row->hits,
	        (long long)row->amount, row->date, row->received, (int)row->ref);
	batch->record[i] = put(filler, record);
	batch->claim_id[i] = put(filler, row->claim);
	batch->data_source[i] = put(filler, row->source);
	batch->person_id[i] = put(filler, row->person);
	batch->original_claim_id[i] = put(filler, row->original);
	batch->claim_key[i] = claim_key(row->source, row->claim);
	batch->original_key[i] = row->original ? claim_key(row->source, row->original) : 0;
	batch->person_key[i] = row->person ? hash64(row->person, strlen(row->person)) : 0;
	batch->line_number[i] = row->line ? row->line : LINE_ABSENT;
	batch->provider[i] = row->provider;
	batch->provider_id[i] = (uint64_t)(row->nobody ? ID_NONE : ID_NPI) << ID_KIND_SHIFT;
	batch->billing[i] = row->billing ? row->billing
	                                 : (uint64_t)ID_NPI << ID_KIND_SHIFT | 1000000004;
}

static void fill_row(struct filler *filler, uint32_t i, const struct row *row)
{
	struct batch *batch = filler->batch;
	uint16_t flags = LINE_DUE | LINE_PAYABLE | LINE_SAME_DAY;

	fill_keys(filler, i, row);
	if (row->set & (LINE_TOTAL | LINE_OUTSIDE))
		flags &= (uint16_t)~LINE_DUE;
	if (row->set & (LINE_DENIED | LINE_SUPERSEDED | LINE_VOID))
		flags &= (uint16_t)~LINE_PAYABLE;
	flags |= row->amount < 0 ? LINE_NEGATIVE : 0;
	flags |= row->set & LINE_VOID ? LINE_ADJUSTMENT : 0;
	batch->line_flags[i] = (uint16_t)((flags | row->set) & ~row->unset);
	batch->claim_type[i] = row->type ? row->type : CLAIM_PROFESSIONAL;
	batch->claim_start[i] = day_or_absent(row->start);
	batch->claim_end[i] = day_or_absent(row->end);
	batch->service_from[i] = row->date ? row->date : 100;
	batch->received[i] = day_or_absent(row->received);
	batch->paid_date[i] = day_or_absent(row->paid);
	batch->hcpcs[i] = row->ref + 7;
	batch->hcpcs_ref[i] = row->ref;
	batch->modifiers[0][i] = TWO_CHARS('2', '5');
	batch->place[i] = TWO_CHARS('1', '1');
	batch->bill_type[i] = row->type == CLAIM_INSTITUTIONAL ? 0x313131 : 0;
	batch->units[i] = 2 * UNITS_ONE;
	batch->paid[i] = row_amount(row, 0);
	batch->allowed[i] = row_amount(row, 1);
	batch->charge[i] = row_amount(row, 2);
}

/* ---- A run ---- */

struct set_up {
	unsigned workers, partitions;
	size_t memory_bytes;
	uint64_t checks;
	enum amount_level levels[AMOUNTS];
	bool adjustments;
	uint32_t batch_lines; /* at most; 0: all that fit */
	uint64_t shuffle;     /* seed; 0: as given */
};

struct outcome {
	struct claims_totals totals;
	struct provider_sums sums[PROVIDERS];
	struct level_count levels[LAYOUTS][AMOUNTS];
	char **findings; /* a line of text each, sorted */
	size_t finding_count;
};

struct bag {
	char **lines;
	size_t count, capacity;
};

static int keep_finding(void *context, const struct finding *finding)
{
	struct bag *bag = context;
	char amount[32] = "-", line[32] = "-", text[1024];

	if (bag->count == bag->capacity) {
		bag->capacity = bag->capacity * 2 + 64;
		bag->lines = realloc(bag->lines, bag->capacity * sizeof(*bag->lines));
	}
	if (finding->amount != AMOUNT_ABSENT)
		snprintf(amount, sizeof(amount), "%lld", (long long)finding->amount);
	if (finding->line != LINE_ABSENT && !finding->claim_level)
		snprintf(line, sizeof(line), "%d", finding->line);
	cr_assert_eq(finding->other_line, LINE_ABSENT);
	cr_assert_eq(finding->other_claim_id.size, 0);
	cr_assert_eq(finding->units, finding->claim_level ? AMOUNT_ABSENT : 2 * UNITS_ONE);
	snprintf(text, sizeof(text),
	        "%s %.*s %.*s:%.*s:%.*s line %s p%u day %d %s: $%lld of %s%s%s%s",
	        rule_at(finding->rule)->id, (int)finding->kind.size, finding->kind.at,
	        (int)finding->data_source.size, finding->data_source.at,
	        (int)finding->claim_id.size, finding->claim_id.at, (int)finding->person_id.size,
	        finding->person_id.at, line, finding->provider, finding->date, "",
	        (long long)finding->dollars, amount, finding->watch ? " watch" : "",
	        finding->superseded ? " under " : "",
	        finding->superseded ? rule_at(finding->superseding)->id : "");
	snprintf(text + strlen(text), sizeof(text) - strlen(text), " [%.*s]",
	        (int)finding->detail.size, finding->detail.at);
	bag->lines[bag->count++] = strdup(text);
	return 0;
}

struct job {
	struct claims *claims;
	struct claims_worker *worker;
	struct profile_worker *profile;
	const struct set_up *set_up;
	const struct row *const *rows;
	size_t from, to;
	struct bag bag;
	int err;
};

static uint32_t fill_batch(
        struct filler *filler, const struct row *const *rows, size_t count, uint32_t limit)
{
	struct batch *batch = filler->batch;
	uint32_t lines = 0;

	filler->used = 0;
	while (lines < count && lines < limit && lines < BATCH_LINES &&
	        rows[lines]->layout == rows[0]->layout && filler->used + 1024 < TEXT_MAX) {
		fill_row(filler, lines, rows[lines]);
		lines++;
	}
	batch->count = lines;
	batch->layout = &layouts[rows[0]->layout];
	batch->layout_number = rows[0]->layout;
	batch->text = (const uint8_t *)filler->text;
	return lines;
}

static void *emit_rows(void *context)
{
	struct job *job = context;
	struct filler filler = {
	        .batch = aligned_alloc(64, sizeof(struct batch)), .text = malloc(TEXT_MAX)};
	struct verdicts *verdicts = aligned_alloc(64, sizeof(*verdicts));
	uint32_t limit = job->set_up->batch_lines ? job->set_up->batch_lines : BATCH_LINES;
	struct rule_context rules = {0};
	struct diag diag;

	diag_init(&diag);
	memset(filler.batch, 0, sizeof(*filler.batch));
	for (size_t at = job->from; at < job->to && !job->err;) {
		uint32_t lines = fill_batch(&filler, job->rows + at, job->to - at, limit);

		for (uint32_t i = 0; i < lines; i++) {
			const struct row *row = job->rows[at + i];

			verdicts->hits[i] = row->hits;
			verdicts->evaluated[i] = row->hits | row->judged;
			verdicts->scope[i] = row->hits | row->judged | BIT(DATES);
		}
		job->err = claims_emit(job->worker, &rules, filler.batch, job->set_up->levels,
		        job->set_up->checks ? verdicts : NULL);
		at += lines;
	}
	int err = claims_emit_finish(job->worker, &diag);
	job->err = job->err ? job->err : err;
	free(filler.batch);
	free(filler.text);
	free(verdicts);
	return NULL;
}

static void *join_claims(void *context)
{
	struct job *job = context;
	struct finding_sink sink = {keep_finding, &job->bag};
	struct diag diag;

	diag_init(&diag);
	job->err = claims_join(job->worker, &sink, &diag);
	return NULL;
}

static void run_jobs(struct job *jobs, unsigned workers, void *(*work)(void *))
{
	pthread_t threads[8];

	for (unsigned i = 0; i < workers; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	for (unsigned i = 0; i < workers; i++) {
		pthread_join(threads[i], NULL);
		cr_assert_eq(jobs[i].err, 0);
	}
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_sums(struct provider_sums *into, const struct provider_sums *from)
{
	uint64_t *to = (uint64_t *)into;
	const uint64_t *add = (const uint64_t *)from;

	for (size_t i = 0; i < sizeof(*into) / sizeof(*to); i++)
		to[i] += add[i];
}

static void collect(struct outcome *outcome, struct job *jobs, unsigned workers)
{
	for (unsigned i = 0; i < workers; i++) {
		for (unsigned k = 0; k < PROVIDERS; k++)
			add_sums(&outcome->sums[k], &jobs[i].profile->sums[k]);
		outcome->findings = realloc(
		        outcome->findings, (outcome->finding_count + jobs[i].bag.count + 1) *
		                                   sizeof(*outcome->findings));
		for (size_t k = 0; k < jobs[i].bag.count; k++)
			outcome->findings[outcome->finding_count++] = jobs[i].bag.lines[k];
		free(jobs[i].bag.lines);
	}
	qsort(outcome->findings, outcome->finding_count, sizeof(*outcome->findings), compare_texts);
}

static const struct row **order_of(const struct row *rows, size_t count, uint64_t seed)
{
	const struct row **order = malloc((count + 1) * sizeof(*order));

	for (size_t i = 0; i < count; i++)
		order[i] = &rows[i];
	for (size_t i = count; seed && i > 1; i--) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		size_t other = (seed >> 33) % i;
		const struct row *moved = order[i - 1];

		order[i - 1] = order[other];
		order[other] = moved;
	}
	return order;
}

static struct outcome *run(const struct row *rows, size_t count, const struct set_up *set_up)
{
	unsigned workers = set_up->workers ? set_up->workers : 1;
	struct outcome *outcome = calloc(1, sizeof(*outcome));
	struct rule_selection selection = {.checks = set_up->checks};
	struct partition_options options = {set_up->partitions, set_up->memory_bytes, "/tmp"};
	const struct row **order = order_of(rows, count, set_up->shuffle);
	struct partitions *partitions;
	struct claims *claims;
	struct job jobs[8];
	struct diag diag;

	diag_init(&diag);
	prepare_layouts();
	cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
	cr_assert_eq(claims_create(&claims,
	                     &(struct claims_options){.partitions = partitions,
	                             .selection = &selection,
	                             .codes = (const struct codes *)attributes,
	                             .workers = workers,
	                             .adjustments = set_up->adjustments},
	                     &diag),
	        0);
	for (unsigned i = 0; i < workers; i++) {
		jobs[i] = (struct job){.claims = claims,
		        .set_up = set_up,
		        .profile = calloc(1, sizeof(struct profile_worker)),
		        .rows = order,
		        .from = count * i / workers,
		        .to = count * (i + 1) / workers};
		cr_assert_eq(
		        claims_worker_create(&jobs[i].worker, claims, jobs[i].profile, &diag), 0);
	}
	run_jobs(jobs, workers, emit_rows);
	claims_settle(claims, &(struct claims_settled){.basis = {AMOUNT_PAID, AMOUNT_PAID,
	                                                       AMOUNT_PAID, AMOUNT_PAID}});
	do {
		run_jobs(jobs, workers, join_claims);
	} while (claims_next_round(claims));
	claims_totals(claims, &outcome->totals);
	for (uint32_t i = 0; i < LAYOUTS; i++)
		claims_levels(claims, i, outcome->levels[i]);
	collect(outcome, jobs, workers);
	for (unsigned i = 0; i < workers; i++) {
		claims_worker_destroy(jobs[i].worker);
		free(jobs[i].profile);
	}
	claims_destroy(claims);
	partitions_destroy(partitions);
	free(order);
	return outcome;
}

static void outcome_free(struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->finding_count; i++)
		free(outcome->findings[i]);
	free(outcome->findings);
	free(outcome);
}

/* All of the outcome is one and the same, however the lines come. */
static void expect_equal(const struct outcome *a, const struct outcome *b)
{
	cr_assert_eq(memcmp(&a->totals, &b->totals, sizeof(a->totals)), 0);
	cr_assert_eq(memcmp(a->sums, b->sums, sizeof(a->sums)), 0);
	cr_assert_eq(memcmp(a->levels, b->levels, sizeof(a->levels)), 0);
	cr_assert_eq(a->finding_count, b->finding_count);
	for (size_t i = 0; i < a->finding_count; i++)
		cr_assert_str_eq(a->findings[i], b->findings[i]);
}

static const struct set_up variants[] = {
        {.workers = 1, .memory_bytes = 64 << 20, .batch_lines = 1},
        {.workers = 3, .memory_bytes = 64 << 20, .shuffle = 1},
        {.workers = 3, .memory_bytes = 0, .shuffle = 2, .batch_lines = 2},
        {.workers = 1, .memory_bytes = 0, .partitions = 1, .shuffle = 3},
        {.workers = 2, .memory_bytes = 0, .partitions = 256, .batch_lines = 7},
};

/* The outcome of a case, and that it is the same for other workers, cuts, orders and memory. */
static struct outcome *settle(const struct row *rows, size_t count, struct set_up set_up)
{
	set_up.memory_bytes = 64 << 20;
	struct outcome *outcome = run(rows, count, &set_up);

	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct set_up other = variants[i];

		other.checks = set_up.checks;
		other.adjustments = set_up.adjustments;
		memcpy(other.levels, set_up.levels, sizeof(other.levels));
		struct outcome *again = run(rows, count, &other);
		expect_equal(outcome, again);
		outcome_free(again);
	}
	return outcome;
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define EVERYTHING ((struct set_up){.checks = ALL_CHECKS})

static void expect_findings(const struct outcome *outcome, const char *const *expected)
{
	size_t count = 0;

	while (expected[count])
		count++;
	for (size_t i = 0; i < count && i < outcome->finding_count; i++)
		cr_assert_str_eq(outcome->findings[i], expected[i]);
	cr_assert_eq(outcome->finding_count, count, "%zu findings, not %zu", outcome->finding_count,
	        count);
}
#define EXPECT(outcome, ...) expect_findings(outcome, (const char *const[]){__VA_ARGS__, NULL})
#define EXPECT_NONE(outcome) expect_findings(outcome, (const char *const[]){NULL})

/* ---- Counting ---- */

Test(claims, distinct_claims_and_providers)
{
	static const struct row rows[] = {
	        {.claim = "A", .source = "x", .line = 1, .provider = 1, .amount = 100},
	        {.claim = "A", .source = "x", .line = 2, .provider = 1, .amount = 100},
	        {.claim = "A", .source = "x", .line = 3, .provider = 2, .amount = 100},
	        {.claim = "A", .source = "y", .line = 1, .provider = 1, .amount = 100},
	        {.claim = "B", .source = "x", .line = 1, .provider = 1, .amount = 100},
	        {.claim = "A", .source = "x", .line = 4, .provider = 1, .amount = 100},
	        {.claim = "C", .source = "x", .line = 1, .provider = 3, .set = LINE_TOTAL},
	        {.claim = "D", .source = "x", .line = 1, .provider = 3, .set = LINE_OUTSIDE},
	        {.claim = "A", .source = "x", .provider = 4, .amount = 100},
	};
	struct set_up none = {.checks = 0};
	static const uint8_t layouts_tried[] = {LAYOUT_PLAIN, LAYOUT_FULL};

	for (unsigned i = 0; i < 2; i++) {
		struct row copy[COUNT(rows)];

		memcpy(copy, rows, sizeof(rows));
		for (size_t k = 0; k < COUNT(rows); k++)
			copy[k].layout = layouts_tried[i];
		struct outcome *outcome = settle(copy, COUNT(rows), none);

		cr_assert_eq(outcome->totals.claims, 4);
		cr_assert_eq(outcome->sums[1].claims, 3);
		cr_assert_eq(outcome->sums[2].claims, 1);
		cr_assert_eq(
		        outcome->sums[3].claims, 1); /* the line outside --dates leaves nothing */
		cr_assert_eq(outcome->sums[4].claims, 1);
		EXPECT_NONE(outcome);
		outcome_free(outcome);
	}
}

Test(claims, nothing_read)
{
	struct outcome *outcome = settle(NULL, 0, EVERYTHING);

	cr_assert_eq(outcome->totals.claims, 0);
	EXPECT_NONE(outcome);
	outcome_free(outcome);
}

/* ---- A line's findings ---- */

Test(claims, a_finding_tells_its_line)
{
	static const struct row rows[] = {
	        {.claim = "A",
	                .source = "src",
	                .person = "pat",
	                .line = 7,
	                .provider = 5,
	                .amount = 1001,
	                .date = 321,
	                .hits = BIT(MUE)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	/* A quarter of 1001 cents is 250.25. */
	EXPECT(outcome, "NCC-04 mai2 src:A:pat line 7 p5 day 321 : $1001 of 1001 "
	                "[value=7; excess=2.50]");
	cr_assert_eq(outcome->totals.hits[NCC_04], 1);
	cr_assert_eq(outcome->totals.dollars[NCC_04], 1001);
	cr_assert_eq(outcome->totals.unique_dollars[NCC_04], 1001);
	cr_assert_eq(outcome->sums[5].hits[NCC_04], 1);
	cr_assert_eq(outcome->sums[5].dollars[NCC_04], 1001);
	cr_assert_eq(outcome->sums[5].lines_flagged, 1);
	cr_assert_eq(outcome->sums[5].findings, 1);
	cr_assert_eq(outcome->sums[5].dollars_flagged, 1001);
	outcome_free(outcome);
}

Test(claims, one_rule_stands_on_a_line)
{
	static const struct row rows[] = {
	        {.claim = "A",
	                .line = 1,
	                .provider = 1,
	                .amount = 300,
	                .hits = BIT(MILES) | BIT(ROLE) | BIT(OTHER) | BIT(POS)},
	        {.claim = "A",
	                .line = 2,
	                .provider = 1,
	                .amount = 200,
	                .hits = BIT(ROLE) | BIT(OTHER) | BIT(POS)},
	        {.claim = "A", .line = 3, .provider = 1, .amount = 100, .hits = BIT(POS)},
	        {.claim = "A",
	                .line = 4,
	                .provider = 1,
	                .amount = 100,
	                .hits = BIT(MUE) | BIT(THIRD)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "NCC-04 mai2 :A: line 4 p1 day 100 : $100 of 100 [value=4; excess=0.25]",
	        "NCC-04 third :A: line 4 p1 day 100 : $33 of 100 [value=4]",
	        "SPC-03 miles :A: line 1 p1 day 100 : $150 of 300 [value=1]",
	        "VAL-06 pos :A: line 1 p1 day 100 : $0 of 300 watch [value=1]",
	        "VAL-06 pos :A: line 2 p1 day 100 : $0 of 200 watch [value=2]",
	        "VAL-06 pos :A: line 3 p1 day 100 : $0 of 100 watch [value=3]",
	        "VAL-07 billing :A: line 1 p1 day 100 : $0 of 300 under SPC-03 "
	        "[value=1; superseded_by=SPC-03]",
	        "VAL-07 billing :A: line 2 p1 day 100 : $0 of 200 [value=2]",
	        "VAL-07 facility :A: line 1 p1 day 100 : $0 of 300 under SPC-03 "
	        "[value=1; superseded_by=SPC-03]",
	        "VAL-07 facility :A: line 2 p1 day 100 : $0 of 200 [value=2]");
	cr_assert_eq(outcome->totals.hits[SPC_03], 1);
	cr_assert_eq(outcome->totals.dollars[SPC_03], 150);
	cr_assert_eq(outcome->totals.hits[VAL_06], 3); /* watch: counted, no dollars */
	cr_assert_eq(outcome->totals.hits[VAL_07], 2);
	cr_assert_eq(outcome->totals.hits[NCC_04], 2);
	cr_assert_eq(outcome->totals.dollars[NCC_04], 133);
	cr_assert_eq(outcome->totals.unique_dollars[NCC_04], 100); /* of the line, not the sum */
	cr_assert_eq(outcome->sums[1].hits[VAL_06], 3);
	cr_assert_eq(outcome->sums[1].lines_flagged, 3);
	cr_assert_eq(outcome->sums[1].findings, 5);
	cr_assert_eq(outcome->sums[1].dollars_flagged, 250);
	outcome_free(outcome);
}

Test(claims, dollars_round_half_away_and_are_never_negative)
{
	static const struct row rows[] = {
	        {.claim = "A", .line = 1, .provider = 1, .amount = 101, .hits = BIT(MILES)},
	        {.claim = "B", .line = 1, .provider = 1, .amount = 0, .hits = BIT(MUE)},
	        {.claim = "C",
	                .line = 1,
	                .provider = 1,
	                .amount = 100,
	                .set = LINE_DENIED,
	                .hits = BIT(MUE)},
	        {.claim = "D",
	                .line = 1,
	                .provider = 1,
	                .amount = INT64_MAX - 10,
	                .hits = BIT(MILES)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "NCC-04 mai2 :B: line 1 p1 day 100 : $0 of - [value=1]",
	        "NCC-04 mai2 :C: line 1 p1 day 100 : $0 of 100 [value=1; excess=0.25]",
	        "SPC-03 miles :A: line 1 p1 day 100 : $51 of 101 [value=1]",
	        "SPC-03 miles :D: line 1 p1 day 100 : $4611686018427387899 of "
	        "9223372036854775797 [value=1]");
	cr_assert_eq(outcome->sums[1].lines_flagged, 4);
	outcome_free(outcome);
}

/* ---- Adjustments ---- */

#define PLAIN(id, n) .claim = id, .line = n, .provider = 1, .amount = 100, .hits = BIT(MUE)
#define BILLED .person = "pat", .start = 50, .end = 51

Test(claims, named_originals)
{
	static const struct row rows[] = {
	        {PLAIN("voided", 1)},
	        {.claim = "void",
	                .original = "voided",
	                .set = LINE_VOID,
	                .line = 1,
	                .provider = 1,
	                .hits = BIT(MUE),
	                .amount = 100},
	        {PLAIN("replaced", 1)},
	        {PLAIN("replacement", 1), .original = "replaced", .set = LINE_ADJUSTMENT},
	        {PLAIN("replacement", 2), .original = "replaced", .set = LINE_ADJUSTMENT},
	        {PLAIN("stays", 1), .original = "nobody", .set = LINE_ADJUSTMENT},
	        {PLAIN("goes", 1), .original = "nobody", .set = LINE_VOID},
	        {PLAIN("itself", 1), .original = "itself", .set = LINE_ADJUSTMENT},
	        {PLAIN("superseded", 1), .set = LINE_SUPERSEDED},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome,
	        "NCC-04 mai2 :itself: line 1 p1 day 100 : $100 of 100 [value=1; excess=0.25]",
	        "NCC-04 mai2 :replacement: line 1 p1 day 100 : $100 of 100 [value=1; excess=0.25]",
	        "NCC-04 mai2 :replacement: line 2 p1 day 100 : $100 of 100 [value=2; excess=0.25]",
	        "NCC-04 mai2 :stays: line 1 p1 day 100 : $100 of 100 [value=1; excess=0.25]");
	cr_assert_eq(outcome->totals.claims, 8);
	cr_assert_eq(outcome->sums[1].claims, 8); /* gross */
	cr_assert_eq(outcome->totals.adjustments_matched, 2);
	cr_assert_eq(outcome->totals.adjustments_unmatched, 3);
	cr_assert_eq(outcome->totals.adjustments_negative, 0);
	outcome_free(outcome);
}

Test(claims, a_name_is_of_its_own_source)
{
	static const struct row rows[] = {
	        {PLAIN("A", 1), .source = "x"},
	        {PLAIN("V", 1), .source = "y", .original = "A", .set = LINE_VOID},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	cr_assert_eq(outcome->finding_count, 1);
	cr_assert_eq(outcome->totals.adjustments_unmatched, 1);
	outcome_free(outcome);
}

Test(claims, unnamed_originals)
{
	static const struct row rows[] = {
	        {PLAIN("first", 1), BILLED, .received = 10},
	        {PLAIN("second", 1), BILLED, .received = 20},
	        {PLAIN("late", 1), BILLED, .received = 40},
	        {PLAIN("none", 1), BILLED},
	        {PLAIN("fix", 1), BILLED, .received = 30, .set = LINE_ADJUSTMENT},
	        {PLAIN("other dates", 1), .person = "pat", .start = 50, .end = 52, .received = 25},
	        {PLAIN("other person", 1), .person = "tap", .start = 50, .end = 51, .received = 25},
	        {PLAIN("other type", 1), BILLED, .received = 25, .type = CLAIM_DENTAL},
	        {PLAIN("other biller", 1), BILLED, .received = 25, .billing = 77},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	cr_assert_eq(outcome->totals.adjustments_matched, 1);
	cr_assert_eq(outcome->totals.adjustments_unmatched, 0);
	cr_assert_eq(outcome->finding_count, 8);
	for (size_t i = 0; i < outcome->finding_count; i++)
		cr_assert_null(strstr(outcome->findings[i], ":second:"));
	outcome_free(outcome);
}

/* The claims that still have findings, by id, joined by blanks. */
static void expect_left(const struct row *rows, size_t count, const char *left, unsigned matched,
        unsigned unmatched)
{
	struct outcome *outcome = settle(rows, count, EVERYTHING);
	char text[512] = "";

	for (size_t i = 0; i < outcome->finding_count; i++) {
		const char *from = strchr(outcome->findings[i], ':') + 1;

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s", i ? " " : "",
		        (int)(strchr(from, ':') - from), from);
	}
	cr_assert_str_eq(text, left);
	cr_assert_eq(outcome->totals.adjustments_matched, matched);
	cr_assert_eq(outcome->totals.adjustments_unmatched, unmatched);
	outcome_free(outcome);
}
#define LEFT(rows, ...) expect_left(rows, COUNT(rows), __VA_ARGS__)

Test(claims, order_of_unnamed_originals)
{
	static const struct row ids_break_ties[] = {
	        {PLAIN("a", 1), BILLED, .received = 10},
	        {PLAIN("ab", 1), BILLED, .received = 10},
	        {PLAIN("c", 1), BILLED, .received = 10},
	        {PLAIN("b", 1), BILLED, .received = 10, .set = LINE_VOID},
	};
	static const struct row paid_stands_in[] = {
	        {PLAIN("a", 1), BILLED, .paid = 10},
	        {PLAIN("b", 1), BILLED, .received = 9, .paid = 30},
	        {PLAIN("v", 1), BILLED, .paid = 11, .set = LINE_VOID},
	};
	static const struct row chain[] = {
	        {PLAIN("o", 1), BILLED, .received = 1},
	        {PLAIN("r1", 1), BILLED, .received = 2, .set = LINE_ADJUSTMENT},
	        {PLAIN("r2", 1), BILLED, .received = 3, .set = LINE_ADJUSTMENT},
	};
	static const struct row void_is_nobodys[] = {
	        {PLAIN("o", 1), BILLED, .received = 1},
	        {PLAIN("v", 1), BILLED, .received = 2, .set = LINE_VOID},
	        {PLAIN("r", 1), BILLED, .received = 3, .set = LINE_ADJUSTMENT},
	};
	static const struct row before_its_original[] = {
	        {PLAIN("v", 1), BILLED, .received = 1, .set = LINE_VOID},
	        {PLAIN("o", 1), BILLED, .received = 2},
	};
	static const struct row nothing_to_match_by[] = {
	        {PLAIN("o", 1), .received = 1},
	        {PLAIN("r", 1), .received = 2, .set = LINE_ADJUSTMENT},
	        {PLAIN("v", 1), .received = 3, .set = LINE_VOID},
	};

	LEFT(ids_break_ties, "a c", 1, 0);
	LEFT(paid_stands_in, "b", 1, 0);
	LEFT(chain, "r2", 2, 0);
	LEFT(void_is_nobodys, "r", 2, 0);
	LEFT(before_its_original, "o", 0, 1);
	LEFT(nothing_to_match_by, "o r", 0, 2);
}

Test(claims, plain_layouts_are_matched_if_asked)
{
	static const struct row rows[] = {
	        {PLAIN("o", 1), BILLED, .received = 1, .layout = LAYOUT_PLAIN},
	        {PLAIN("v", 1), BILLED, .received = 2, .set = LINE_VOID},
	};
	struct set_up only = {.checks = BIT(MUE)};
	struct outcome *outcome = settle(rows, COUNT(rows), only);

	cr_assert_eq(outcome->totals.adjustments_unmatched, 1);
	outcome_free(outcome);
	only.adjustments = true;
	outcome = settle(rows, COUNT(rows), only);
	cr_assert_eq(outcome->totals.adjustments_matched, 1);
	EXPECT_NONE(outcome);
	outcome_free(outcome);
}

Test(claims, bill_types_make_adjustments)
{
#define BY_BILL .layout = LAYOUT_BILL, .type = CLAIM_INSTITUTIONAL
	static const struct row rows[] = {
	        {PLAIN("o", 1), BILLED, .received = 1, BY_BILL},
	        {PLAIN("v", 1), BILLED, .received = 2, .set = LINE_VOID, BY_BILL},
	};
	struct set_up only = {.checks = BIT(MUE)};
	struct outcome *outcome = settle(rows, COUNT(rows), only);

	cr_assert_eq(outcome->totals.adjustments_matched, 1);
	EXPECT_NONE(outcome);
	outcome_free(outcome);
}

Test(claims, negative_lines)
{
	static const struct row rows[] = {
	        /* A negative line without its original: no finding of its own. */
	        {PLAIN("plain", 1)},
	        {.claim = "plain", .line = 2, .provider = 1, .amount = -100, .hits = BIT(MUE)},
	        /* A replacement whose original is there: its negative line is judged. */
	        {PLAIN("old", 1)},
	        {.claim = "new",
	                .line = 1,
	                .provider = 1,
	                .amount = -50,
	                .hits = BIT(MUE),
	                .original = "old",
	                .set = LINE_ADJUSTMENT},
	        /* ... and is not there. */
	        {.claim = "lost",
	                .line = 1,
	                .provider = 1,
	                .amount = -50,
	                .hits = BIT(MUE),
	                .original = "nobody",
	                .set = LINE_ADJUSTMENT},
	        /* The same, unnamed. */
	        {.claim = "a",
	                .line = 1,
	                .provider = 1,
	                .amount = 60,
	                .hits = BIT(MUE),
	                BILLED,
	                .received = 1},
	        {.claim = "b",
	                .line = 1,
	                .provider = 1,
	                .amount = -60,
	                .hits = BIT(MUE),
	                BILLED,
	                .received = 2,
	                .set = LINE_ADJUSTMENT},
	        /* A void counts as negative only without its original. */
	        {.claim = "v",
	                .line = 1,
	                .provider = 1,
	                .amount = -100,
	                .original = "plain",
	                .set = LINE_VOID},
	        {.claim = "w",
	                .line = 1,
	                .provider = 1,
	                .amount = -100,
	                .original = "nobody",
	                .set = LINE_VOID},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "NCC-04 mai2 :b:pat line 1 p1 day 100 : $0 of -60 [value=1; excess=0.00]",
	        "NCC-04 mai2 :new: line 1 p1 day 100 : $0 of -50 [value=1; excess=0.00]");
	cr_assert_eq(outcome->totals.adjustments_negative, 3); /* plain, lost, w */
	cr_assert_eq(outcome->totals.adjustments_matched, 3);
	cr_assert_eq(outcome->totals.adjustments_unmatched, 2);
	cr_assert_eq(outcome->sums[1].claims, 8);
	outcome_free(outcome);
}

/* ---- A claim's own checks ---- */

Test(claims, checks_are_those_of_the_lowest_line)
{
	static const struct row rows[] = {
	        {.claim = "A",
	                .person = "pat",
	                .line = 9,
	                .provider = 2,
	                .amount = 40,
	                .hits = BIT(DATES) | BIT(WATCHED)},
	        {.claim = "A",
	                .person = "pat",
	                .line = 2,
	                .provider = 1,
	                .amount = 60,
	                .date = 200,
	                .hits = BIT(WATCHED),
	                .judged = BIT(DATES)},
	        {.claim = "A",
	                .person = "pat",
	                .line = 1,
	                .provider = 3,
	                .set = LINE_TOTAL,
	                .hits = BIT(DATES)},
	        {.claim = "B", .line = 4, .provider = 2, .amount = 10, .judged = BIT(DATES)},
	        {.claim = "B", .provider = 2, .amount = 30, .hits = BIT(DATES)}, /* absent: first */
	        {.claim = "V",
	                .line = 1,
	                .provider = 2,
	                .amount = 30,
	                .hits = BIT(DATES),
	                .set = LINE_VOID,
	                .original = "gone"},
	        {.claim = "S",
	                .line = 1,
	                .provider = 2,
	                .amount = 30,
	                .hits = BIT(DATES),
	                .set = LINE_SUPERSEDED},
	        {.claim = "N", .line = 1, .provider = 2, .amount = -30, .hits = BIT(DATES)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "VAL-06 dates :B: line - p2 day 100 : $0 of 40 [value=-2147483648]",
	        "VAL-07 watched :A:pat line - p1 day 200 : $0 of 100 watch [value=2]");
	cr_assert_eq(outcome->totals.scope[DATES], 2);
	cr_assert_eq(outcome->totals.evaluated[DATES], 2);
	cr_assert_eq(outcome->totals.scope[WATCHED], 1);
	cr_assert_eq(outcome->totals.hits[VAL_06], 1);
	cr_assert_eq(outcome->totals.hits[VAL_07], 1);
	cr_assert_eq(outcome->sums[1].evaluated[DATES], 1);
	cr_assert_eq(outcome->sums[2].evaluated[DATES], 1);
	cr_assert_eq(outcome->sums[2].lines_flagged, 2); /* both lines of B */
	cr_assert_eq(outcome->sums[2].findings, 1);
	cr_assert_eq(outcome->sums[1].lines_flagged, 0); /* watch marks nothing */
	cr_assert_eq(outcome->totals.claims, 5);
	outcome_free(outcome);
}

Test(claims, ties_of_line_numbers_go_by_digest)
{
	static const struct row rows[] = {
	        {.claim = "A", .line = 1, .provider = 1, .amount = 10, .hits = BIT(DATES)},
	        {.claim = "A", .line = 1, .provider = 2, .amount = 20, .hits = BIT(DATES)},
	        {.claim = "A", .line = 1, .provider = 3, .amount = 30, .hits = BIT(DATES)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), (struct set_up){.checks = BIT(DATES)});

	cr_assert_eq(outcome->finding_count, 1); /* the same one in every order: settle() */
	cr_assert_eq(outcome->totals.evaluated[DATES], 1);
	for (unsigned i = 1; i <= 3; i++)
		cr_assert_eq(outcome->sums[i].lines_flagged, 1);
	cr_assert_eq(
	        outcome->sums[1].findings + outcome->sums[2].findings + outcome->sums[3].findings,
	        1);
	outcome_free(outcome);
}

Test(claims, equal_rows_are_lines_of_their_own)
{
	static const struct row rows[] = {
	        {.claim = "A", .provider = 1, .amount = 10, .hits = BIT(DATES) | BIT(MUE)},
	        {.claim = "A", .provider = 1, .amount = 10, .hits = BIT(DATES) | BIT(MUE)},
	        {.claim = "A", .provider = 1, .amount = 10, .hits = BIT(DATES) | BIT(MUE)},
	};
	struct set_up only = {.checks = BIT(DATES) | BIT(MUE)};
	struct outcome *outcome = settle(rows, COUNT(rows), only);

	cr_assert_eq(outcome->totals.hits[NCC_04], 3);
	cr_assert_eq(outcome->totals.hits[VAL_06], 1);
	cr_assert_eq(outcome->totals.evaluated[DATES], 1);
	cr_assert_eq(outcome->sums[1].lines_flagged, 3);
	cr_assert_eq(outcome->sums[1].claims, 1);
	outcome_free(outcome);
}

Test(claims, a_claim_finding_with_dollars)
{
	static const struct row rows[] = {
	        /* Late: 100 + 50 + 25; the line's own 50 is in it already. */
	        {.claim = "A", .line = 1, .provider = 1, .amount = 100, .hits = BIT(TIMELY)},
	        {.claim = "A", .line = 2, .provider = 2, .amount = 50, .hits = BIT(MUE)},
	        {.claim = "A", .line = 3, .provider = 1, .amount = 25, .hits = BIT(TIMELY)},
	        /* Alone: unique.  The claim's other finding gives way to it. */
	        {.claim = "B",
	                .line = 1,
	                .provider = 1,
	                .amount = 7,
	                .hits = BIT(TIMELY) | BIT(DATES) | BIT(WATCHED)},
	        {.claim = "B", .line = 2, .provider = 1, .amount = 8},
	        /* Denied: no dollars. */
	        {.claim = "C",
	                .line = 1,
	                .provider = 3,
	                .amount = 9,
	                .set = LINE_DENIED,
	                .hits = BIT(TIMELY)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "NCC-04 mai2 :A: line 2 p2 day 100 : $50 of 50 [value=2; excess=0.13]",
	        "TIM-08 late :A: line - p1 day 100 : $175 of 175 [value=1]",
	        "TIM-08 late :B: line - p1 day 100 : $15 of 15 [value=1]",
	        "TIM-08 late :C: line - p3 day 100 : $0 of 9 [value=1]",
	        "VAL-06 dates :B: line - p1 day 100 : $0 of 15 under TIM-08 "
	        "[value=1; superseded_by=TIM-08]",
	        "VAL-07 watched :B: line - p1 day 100 : $0 of 15 watch [value=1]");
	cr_assert_eq(outcome->totals.dollars[TIM_08], 190);
	cr_assert_eq(outcome->totals.unique_dollars[TIM_08], 15);
	cr_assert_eq(outcome->totals.unique_dollars[NCC_04], 0);
	cr_assert_eq(outcome->sums[1].lines_flagged, 4);
	cr_assert_eq(outcome->sums[1].dollars_flagged, 190);
	cr_assert_eq(outcome->sums[1].findings, 2);
	cr_assert_eq(outcome->sums[2].lines_flagged, 1);
	cr_assert_eq(outcome->sums[2].findings, 1);
	cr_assert_eq(outcome->sums[2].dollars_flagged, 0);
	cr_assert_eq(outcome->sums[3].dollars_flagged, 0);
	outcome_free(outcome);
}

Test(claims, repeated_line_numbers)
{
#define NUMBERED(n, by) \
	{ \
		.claim = "A", .source = "s", .person = "pat", .line = (n), .provider = (by), \
		.amount = 1 \
	}
	static const struct row rows[] = {
	        NUMBERED(1, 1),
	        NUMBERED(2, 1),
	        NUMBERED(3, 1),
	        NUMBERED(2, 2),
	        NUMBERED(3, 2),
	        NUMBERED(2, 2),
	        /* Same numbers, another source. */
	        {.claim = "A", .source = "t", .line = 1, .provider = 1, .amount = 1},
	        /* No numbers: not evaluable. */
	        {.claim = "B", .provider = 1, .amount = 1},
	        {.claim = "B", .provider = 1, .amount = 1},
	        /* Totals and superseded lines repeat nothing. */
	        {.claim = "C", .line = 1, .provider = 1, .amount = 1},
	        {.claim = "C", .line = 1, .provider = 1, .set = LINE_TOTAL},
	        {.claim = "C", .line = 2, .provider = 1, .amount = 1},
	        {.claim = "C", .line = 2, .provider = 2, .set = LINE_SUPERSEDED, .amount = 1},
	        /* Negative and large numbers. */
	        {.claim = "D", .line = INT32_MAX, .provider = 1, .amount = 1},
	        {.claim = "D", .line = -5, .provider = 1, .amount = 1},
	        {.claim = "D", .line = INT32_MAX, .provider = 1, .amount = 1},
	        /* Void: nothing. */
	        {.claim = "V", .line = 1, .provider = 1, .set = LINE_VOID, .original = "E"},
	        {.claim = "V", .line = 1, .provider = 1, .set = LINE_VOID, .original = "E"},
	};
	struct set_up only = {.checks = BIT(REPEATED)};
	struct outcome *outcome = settle(rows, COUNT(rows), only);

	EXPECT(outcome,
	        "VAL-06 line_repeated :D: line - p1 day 100 : $0 of 3 [line=2147483647; times=2]",
	        "VAL-06 line_repeated s:A:pat line - p1 day 100 : $0 of 6 [line=2; times=3]");
	cr_assert_eq(outcome->totals.scope[REPEATED], 5);
	cr_assert_eq(outcome->totals.evaluated[REPEATED], 4);
	cr_assert_eq(outcome->totals.hits[VAL_06], 2);
	cr_assert_eq(outcome->sums[1].lines_flagged, 6);
	cr_assert_eq(outcome->sums[2].lines_flagged, 3);
	outcome_free(outcome);
}

/* A claim's line numbers, 0 behind the last; times 0: none is repeated. */
static const struct numbers {
	const char *what;
	int32_t lines[6];
	uint16_t set[6];
	int32_t line, times;
} numbers[] = {
        {"side by side", {1, 1}, {0}, 1, 2},
        {"apart", {1, 2, 3, 1}, {0}, 1, 2},
        {"thrice", {4, 4, 4}, {0}, 4, 3},
        {"the last", {1, 2, 2}, {0}, 2, 2},
        {"out of order", {9, 3, 7, 9}, {0}, 9, 2},
        {"two of them: the smaller is told", {3, 2, 3, 2}, {0}, 2, 2},
        {"all five", {8, 8, 8, 8, 8}, {0}, 8, 5},
        {"negative", {-1, 5, -1}, {0}, -1, 2},
        {"the largest", {INT32_MAX, INT32_MAX}, {0}, INT32_MAX, 2},
        {"denied lines too", {1, 1}, {LINE_DENIED}, 1, 2},
        {"beside a line of totals", {1, 2, 2}, {LINE_TOTAL}, 2, 2},
        {"one line", {1}, {0}, 0, 0},
        {"in order", {1, 2, 3}, {0}, 0, 0},
        {"out of order", {3, 1, 2}, {0}, 0, 0},
        {"with gaps", {1, 4, 9, 100}, {0}, 0, 0},
        {"not from 1", {10, 20, 30}, {0}, 0, 0},
        {"of both signs", {-1, 1}, {0}, 0, 0},
        {"the smallest and largest", {INT32_MIN + 1, INT32_MAX}, {0}, 0, 0},
        {"the same as that of totals", {1, 1}, {LINE_TOTAL}, 0, 0},
        {"the same as that of a superseded line", {1, 1}, {LINE_SUPERSEDED}, 0, 0},
        {"all totals", {1, 1}, {LINE_TOTAL, LINE_TOTAL}, 0, 0},
        {"two of five twice, one of each superseded", {1, 2, 1, 2, 3},
                {LINE_SUPERSEDED, LINE_SUPERSEDED}, 0, 0},
};

Test(claims, repeated_line_numbers_by_case)
{
	for (size_t c = 0; c < COUNT(numbers); c++) {
		const struct numbers *given = &numbers[c];
		struct set_up only = {.checks = BIT(REPEATED)};
		struct row rows[6] = {0};
		struct outcome *outcome;
		char want[64];
		size_t count = 0;

		for (; count < 6 && given->lines[count]; count++)
			rows[count] = (struct row){.claim = "A",
			        .line = given->lines[count],
			        .provider = 1,
			        .set = given->set[count],
			        .amount = 100 + (int64_t)count};
		outcome = settle(rows, count, only);
		cr_assert_eq(outcome->finding_count, given->times != 0, "%s: %zu findings",
		        given->what, outcome->finding_count);
		snprintf(want, sizeof(want), "[line=%d; times=%d]", given->line, given->times);
		if (given->times)
			cr_expect(strstr(outcome->findings[0], want), "%s: %s, want %s",
			        given->what, outcome->findings[0], want);
		outcome_free(outcome);
	}
}

/* ---- Amounts of claim level ---- */

Test(claims, amounts_of_claim_level)
{
#define FACILITY .type = CLAIM_INSTITUTIONAL, .provider = 1
	static const struct row rows[] = {
	        {.claim = "A", .line = 3, FACILITY, .amount = 900, .hits = BIT(MILES)},
	        {.claim = "A", .line = 1, FACILITY, .amount = 500, .set = LINE_TOTAL},
	        {.claim = "A",
	                .line = 2,
	                FACILITY,
	                .amount = 900,
	                .ref = REF_OFFICE,
	                .date = 40,
	                .hits = BIT(MILES)},
	        {.claim = "B", .line = 2, FACILITY, .amount = 70, .set = LINE_TOTAL},
	        {.claim = "B",
	                .line = 1,
	                FACILITY,
	                .amount = 60,
	                .set = LINE_TOTAL,
	                .ref = REF_GROUND},
	        {.claim = "C", .line = 1, FACILITY, .hits = BIT(MILES)},
	        {.claim = "P", .line = 1, .provider = 2, .amount = 80, .hits = BIT(MILES)},
	};
	struct set_up only = {
	        .checks = BIT(MILES), .levels = {LEVEL_LINE, LEVEL_CLAIM, LEVEL_REPEATED}};
	struct outcome *outcome = settle(rows, COUNT(rows), only);

	EXPECT(outcome, "SPC-03 miles :A: line 2 p1 day 40 : $450 of 900 [value=2]",
	        "SPC-03 miles :A: line 3 p1 day 100 : $0 of 0 [value=3]",
	        "SPC-03 miles :C: line 1 p1 day 100 : $0 of - [value=1]",
	        "SPC-03 miles :P: line 1 p2 day 100 : $40 of 80 [value=1]");
	cr_assert_eq(outcome->sums[1].amounts, 3);
	cr_assert_eq(outcome->sums[1].charge, 0);
	cr_assert_eq(outcome->sums[1].allowed, 901 + 61);
	cr_assert_eq(outcome->sums[1].paid, 900 + 60);
	cr_assert_eq(outcome->sums[2].amounts, 0);
	cr_assert_eq(outcome->sums[1].placed,
	        (40 + REF_OFFICE + 7 + EM_OFFICE_EST * 1000 + 4 * 100000) + (100 + REF_GROUND + 7) +
	                (100 + 7) + 3 * (TWO_CHARS('2', '5') + TWO_CHARS('1', '1')));
	cr_assert_eq(outcome->sums[1].dollars_flagged, 450);
	outcome_free(outcome);
}

Test(claims, evidence_for_amount_levels)
{
	static const struct row rows[] = {
	        {.claim = "same", .line = 1, FACILITY, .amount = 10},
	        {.claim = "same", .line = 2, FACILITY, .amount = 10},
	        {.claim = "same",
	                .line = 9,
	                .type = CLAIM_INSTITUTIONAL,
	                .provider = 2,
	                .amount = 10},
	        {.claim = "same", .line = 10, FACILITY, .amount = 77, .set = LINE_TOTAL},
	        {.claim = "differ", .line = 1, FACILITY, .amount = 10},
	        {.claim = "differ", .line = 2, FACILITY, .amount = 11},
	        {.claim = "one", .line = 1, FACILITY, .amount = 10},
	        {.claim = "gap", .line = 1, FACILITY, .amount = 10},
	        {.claim = "gap", .line = 2, FACILITY},
	        {.claim = "person", .line = 1, .provider = 1, .amount = 10},
	        {.claim = "person", .line = 2, .provider = 1, .amount = 10},
	        {.claim = "bill", .line = 1, FACILITY, .amount = 10, .layout = LAYOUT_BILL},
	        {.claim = "bill", .line = 2, FACILITY, .amount = 10, .layout = LAYOUT_BILL},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), (struct set_up){0});

	for (unsigned i = 0; i < AMOUNTS; i++) {
		cr_assert_eq(outcome->levels[LAYOUT_FULL][i].multi_line, 2);
		cr_assert_eq(outcome->levels[LAYOUT_FULL][i].repeated, 1);
		cr_assert_eq(outcome->levels[LAYOUT_BILL][i].multi_line, 1);
		cr_assert_eq(outcome->levels[LAYOUT_BILL][i].repeated, 1);
		cr_assert_eq(outcome->levels[LAYOUT_PLAIN][i].multi_line, 0);
		cr_assert_eq(outcome->totals.multi_line_claims[i], 3);
	}
	cr_assert_eq(outcome->sums[1].amounts, 0);
	outcome_free(outcome);
}

/* ---- Ambulance miles ---- */

#define TRIP(id, n, code) \
	.claim = id, .line = n, .provider = 1, .person = "pat", .amount = 100, .ref = code

Test(claims, miles_without_a_base)
{
	static const struct row rows[] = {
	        /* Ground base on another claim; air miles have none. */
	        {TRIP("A", 1, REF_GROUND), .date = 10},
	        {TRIP("B", 1, REF_GROUND_MILES), .date = 10},
	        {TRIP("B", 2, REF_AIR_MILES), .date = 10},
	        /* Another day, another person, another supplier. */
	        {TRIP("C", 1, REF_GROUND_MILES), .date = 11, .hits = BIT(MILES) | BIT(ROLE)},
	        {.claim = "D",
	                .line = 1,
	                .provider = 1,
	                .person = "tap",
	                .amount = 100,
	                .ref = REF_GROUND_MILES,
	                .date = 10},
	        {.claim = "E",
	                .line = 1,
	                .provider = 2,
	                .person = "pat",
	                .amount = 100,
	                .ref = REF_GROUND_MILES,
	                .date = 10},
	        /* Air with its base. */
	        {TRIP("F", 1, REF_AIR), .date = 12},
	        {TRIP("F", 2, REF_AIR_MILES), .date = 12, .hits = BIT(MUE)},
	        /* Not evaluable: no person, no day of its own, nobody. */
	        {.claim = "G", .line = 1, .provider = 1, .amount = 100, .ref = REF_GROUND_MILES},
	        {TRIP("H", 1, REF_GROUND_MILES), .date = 13, .unset = LINE_SAME_DAY},
	        {TRIP("I", 1, REF_GROUND_MILES), .date = 13, .nobody = true},
	        /* Not in scope: denied. */
	        {TRIP("J", 1, REF_GROUND_MILES), .date = 14, .set = LINE_DENIED},
	};
	struct set_up some = {.checks = BIT(ALONE) | BIT(MILES) | BIT(ROLE) | BIT(MUE)};
	struct outcome *outcome = settle(rows, COUNT(rows), some);

	EXPECT(outcome, "NCC-04 mai2 :F:pat line 2 p1 day 12 : $100 of 100 [value=2; excess=0.25]",
	        "SPC-03 mileage_alone :B:pat line 2 p1 day 10 : $100 of 100 [base_lines=0; "
	        "limit=1]",
	        "SPC-03 mileage_alone :C:pat line 1 p1 day 11 : $100 of 100 [base_lines=0; "
	        "limit=1]",
	        "SPC-03 mileage_alone :D:tap line 1 p1 day 10 : $100 of 100 [base_lines=0; "
	        "limit=1]",
	        "SPC-03 mileage_alone :E:pat line 1 p2 day 10 : $100 of 100 [base_lines=0; "
	        "limit=1]",
	        "SPC-03 miles :C:pat line 1 p1 day 11 : $50 of 100 [value=1]",
	        "VAL-07 billing :C:pat line 1 p1 day 11 : $0 of 100 under SPC-03 "
	        "[value=1; superseded_by=SPC-03]");
	cr_assert_eq(outcome->totals.scope[ALONE], 9);
	cr_assert_eq(outcome->totals.evaluated[ALONE], 6);
	cr_assert_eq(outcome->sums[1].evaluated[ALONE], 5);
	cr_assert_eq(outcome->sums[2].evaluated[ALONE], 1);
	cr_assert_eq(outcome->totals.hits[SPC_03], 5);
	cr_assert_eq(outcome->totals.dollars[SPC_03], 450);
	cr_assert_eq(outcome->totals.unique_dollars[SPC_03], 400);
	cr_assert_eq(outcome->sums[1].lines_flagged, 4);
	cr_assert_eq(outcome->sums[1].dollars_flagged, 400);
	outcome_free(outcome);
}

Test(claims, a_base_that_is_netted_is_none)
{
	static const struct row rows[] = {
	        {TRIP("voided", 1, REF_GROUND), .date = 10},
	        {TRIP("void", 1, REF_GROUND), .date = 10, .set = LINE_VOID, .original = "voided"},
	        {TRIP("denied", 1, REF_GROUND), .date = 10, .set = LINE_DENIED},
	        {TRIP("superseded", 1, REF_GROUND), .date = 10, .set = LINE_SUPERSEDED},
	        {TRIP("miles", 1, REF_GROUND_MILES), .date = 10},
	        /* Miles that are netted out are not judged. */
	        {TRIP("gone", 1, REF_GROUND_MILES), .date = 20},
	        {TRIP("void2", 1, REF_GROUND_MILES), .date = 20, .set = LINE_VOID,
	                .original = "gone"},
	        /* A base without a day of its own speaks for the first. */
	        {TRIP("span", 1, REF_GROUND), .date = 30, .unset = LINE_SAME_DAY},
	        {TRIP("spanned", 1, REF_GROUND_MILES), .date = 30},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), (struct set_up){.checks = BIT(ALONE)});

	EXPECT(outcome, "SPC-03 mileage_alone :miles:pat line 1 p1 day 10 : $100 of 100 "
	                "[base_lines=0; limit=1]");
	cr_assert_eq(outcome->totals.scope[ALONE], 2);
	cr_assert_eq(outcome->totals.evaluated[ALONE], 2);
	outcome_free(outcome);
}

Test(claims, a_claims_finding_marks_its_miles)
{
	static const struct row rows[] = {
	        {TRIP("A", 1, REF_GROUND_MILES), .hits = BIT(TIMELY)},
	        {TRIP("A", 2, REF_NONE)},
	};
	struct set_up some = {.checks = BIT(ALONE) | BIT(TIMELY)};
	struct outcome *outcome = settle(rows, COUNT(rows), some);

	EXPECT(outcome,
	        "SPC-03 mileage_alone :A:pat line 1 p1 day 100 : $100 of 100 "
	        "[base_lines=0; limit=1]",
	        "TIM-08 late :A:pat line - p1 day 100 : $200 of 200 [value=1]");
	cr_assert_eq(outcome->sums[1].lines_flagged, 2);
	cr_assert_eq(outcome->sums[1].dollars_flagged, 200);
	cr_assert_eq(outcome->sums[1].findings, 2);
	cr_assert_eq(outcome->totals.unique_dollars[SPC_03], 0);
	outcome_free(outcome);
}

/* ---- All at once ---- */

enum { RANDOM_ROWS = 6000 };

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return *state >> 33;
}

static uint64_t random_hits(uint64_t *state)
{
	static const uint8_t checks[] = {
	        DUP, MUE, MILES, POS, UNITS, ROLE, OTHER, THIRD, TIMELY, DATES, WATCHED};
	uint64_t hits = 0;

	for (size_t i = 0; i < sizeof(checks); i++)
		hits |= next_random(state) % 6 == 0 ? BIT(checks[i]) : 0;
	return hits;
}

/* Facts of a line that agree over its claim. */
static void random_claim(struct row *row, uint64_t *state, char (*names)[8])
{
	uint64_t claim = next_random(state) % (RANDOM_ROWS / 3);
	uint64_t facts = hash64(&claim, sizeof(claim));
	static const char *const sources[] = {"x", "y", ""};
	static const char *const persons[] = {"p1", "p2", "p3", "p4", NULL};

	row->claim = names[claim];
	row->source = sources[facts % 3];
	row->person = persons[facts / 3 % 5];
	row->start = 50 + (int32_t)(facts / 16 % 8);
	row->end = row->start + (int32_t)(facts / 128 % 2);
	row->received = (int32_t)(facts / 256 % 20);
	row->type = facts / 8192 % 3 ? CLAIM_PROFESSIONAL : CLAIM_INSTITUTIONAL;
	row->layout = facts / 32768 % 8 == 0 ? LAYOUT_BILL : LAYOUT_FULL;
	if (facts / 262144 % 5 == 0) {
		row->set |= facts / 2097152 % 2 ? LINE_ADJUSTMENT : LINE_VOID;
		if (facts / 4194304 % 2)
			row->original = names[(claim + facts / 8388608 % 3) % (RANDOM_ROWS / 3)];
	}
}

static void random_row(struct row *row, uint64_t *state, char (*names)[8])
{
	uint64_t odd = next_random(state) % 20;

	random_claim(row, state, names);
	row->line = next_random(state) % 10 ? 1 + (int32_t)(next_random(state) % 6) : 0;
	row->provider = 1 + (uint32_t)(next_random(state) % (PROVIDERS - 1));
	row->amount = (int64_t)(next_random(state) % 50) * 7;
	row->date = 100 + (int32_t)(next_random(state) % 3);
	row->ref = next_random(state) % 4 ? 0 : (uint32_t)(next_random(state) % REFS);
	row->hits = random_hits(state);
	row->judged = random_hits(state) & ~row->hits;
	row->set |= odd == 0 ? LINE_DENIED : odd == 1 ? LINE_SUPERSEDED : odd == 2 ? LINE_TOTAL : 0;
	row->set |= odd == 3 ? LINE_OUTSIDE : 0;
	if (odd == 4)
		row->amount = -row->amount - 1;
}

Test(claims, any_order_any_cut_any_memory)
{
	static char names[RANDOM_ROWS / 3][8];
	struct row *rows = calloc(RANDOM_ROWS, sizeof(*rows));
	uint64_t state = 42;

	for (unsigned i = 0; i < RANDOM_ROWS / 3; i++)
		snprintf(names[i], sizeof(names[i]), "c%u", i);
	for (unsigned i = 0; i < RANDOM_ROWS; i++) {
		if (i > 0 && next_random(&state) % 16 == 0)
			rows[i] = rows[i - 1]; /* equal rows */
		else
			random_row(&rows[i], &state, names);
	}
	for (unsigned level = LEVEL_LINE; level <= LEVEL_CLAIM; level++) {
		struct set_up set_up = EVERYTHING;

		for (unsigned i = 0; i < AMOUNTS; i++)
			set_up.levels[i] = (enum amount_level)level;
		struct outcome *outcome = settle(rows, RANDOM_ROWS, set_up);
		uint64_t hits = 0, summed = 0;
		int64_t dollars = 0, flagged = 0, unique = 0;

		for (unsigned i = 0; i < RULES; i++) {
			hits += outcome->totals.hits[i];
			dollars += outcome->totals.dollars[i];
			unique += outcome->totals.unique_dollars[i];
		}
		for (unsigned i = 0; i < PROVIDERS; i++) {
			flagged += outcome->sums[i].dollars_flagged;
			for (unsigned k = 0; k < RULES; k++)
				summed += outcome->sums[i].hits[k];
		}
		cr_assert_gt(outcome->totals.adjustments_matched, 50);
		cr_assert_gt(outcome->totals.adjustments_unmatched, 50);
		cr_assert_gt(outcome->totals.adjustments_negative, 50);
		cr_assert_gt(outcome->finding_count, 1000);
		cr_assert_gt(outcome->totals.evaluated[ALONE], 50);
		cr_assert_eq(summed, hits);
		cr_assert_leq(flagged, dollars);
		cr_assert_leq(unique, flagged);
		outcome_free(outcome);
	}
	free(rows);
}

/* ---- The tail of earlier months ---- */

#define OLD .set = LINE_OLD
#define TAIL(claim, line) PLAIN(claim, line), OLD

Test(claims, the_tail_nets_and_is_counted_in_nothing)
{
	static const struct row rows[] = {
	        {TAIL("voided now", 1)},
	        {PLAIN("void", 1), .original = "voided now", .set = LINE_VOID},
	        {PLAIN("came late", 1)},
	        {PLAIN("old void", 1), .original = "came late", .set = LINE_VOID | LINE_OLD},
	        {TAIL("voided then", 1)},
	        {PLAIN("then", 1), .original = "voided then", .set = LINE_VOID | LINE_OLD},
	        {PLAIN("stray", 1), .original = "nobody", .set = LINE_VOID | LINE_OLD},
	        {PLAIN("itself", 1), .original = "itself", .set = LINE_ADJUSTMENT | LINE_OLD},
	        {TAIL("stands", 1)},
	        {PLAIN("new", 1)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "NCC-04 mai2 :new: line 1 p1 day 100 : $100 of 100 [value=1; excess=0.25]");
	cr_assert_eq(outcome->totals.claims, 3); /* void, came late, new */
	cr_assert_eq(outcome->totals.again, 0);
	cr_assert_eq(outcome->sums[1].claims, 3);
	cr_assert_eq(outcome->sums[1].hits[NCC_04], 1);
	cr_assert_eq(outcome->sums[1].dollars_flagged, 100);
	cr_assert_eq(outcome->totals.adjustments_matched, 1); /* by the new void */
	cr_assert_eq(outcome->totals.adjustments_unmatched, 0);
	outcome_free(outcome);
}

Test(claims, adjustments_without_a_name_find_originals_of_the_tail)
{
	static const struct row rows[] = {
	        {PLAIN("first", 1), BILLED, .received = 10, OLD},
	        {PLAIN("second", 1), BILLED, .received = 20, OLD},
	        {PLAIN("fix", 1), BILLED, .received = 30, .set = LINE_ADJUSTMENT},
	        {PLAIN("alone", 1), .person = "tap", .start = 50, .end = 51, .received = 30,
	                .set = LINE_ADJUSTMENT | LINE_OLD},
	        {.claim = "negative",
	                .person = "tip",
	                .start = 50,
	                .end = 51,
	                .line = 1,
	                .provider = 1,
	                .hits = BIT(MUE),
	                .received = 31,
	                .set = LINE_ADJUSTMENT,
	                .amount = -100},
	        {PLAIN("its original", 1), .person = "tip", .start = 50, .end = 51, .received = 30,
	                OLD},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome,
	        "NCC-04 mai2 :fix:pat line 1 p1 day 100 : $100 of 100 [value=1; excess=0.25]",
	        "NCC-04 mai2 :negative:tip line 1 p1 day 100 : $0 of -100 [value=1; excess=0.00]");
	cr_assert_eq(outcome->totals.claims, 2);
	cr_assert_eq(outcome->totals.adjustments_matched, 2);
	cr_assert_eq(outcome->totals.adjustments_unmatched, 0);
	cr_assert_eq(outcome->totals.adjustments_negative, 0);
	outcome_free(outcome);
}

/* Runs without sections too. */
Test(claims, what_is_old_is_in_no_count)
{
	static const struct row rows[] = {
	        {.claim = "A", .line = 1, .provider = 1, OLD},
	        {.claim = "A", .line = 2, .provider = 1},
	        {.claim = "B", .line = 1, .provider = 1, OLD, .amount = -5},
	        {.claim = "C", .line = 1, .provider = 2, OLD},
	        {.claim = "C", .line = 2, .provider = 3},
	        {.claim = "D", .line = 1, .provider = 3, .amount = -5},
	};
	static const uint8_t tried[] = {LAYOUT_PLAIN, LAYOUT_FULL};

	for (unsigned i = 0; i < 2; i++) {
		struct row copy[COUNT(rows)];

		memcpy(copy, rows, sizeof(rows));
		for (size_t k = 0; k < COUNT(rows); k++)
			copy[k].layout = tried[i];
		struct outcome *outcome = settle(copy, COUNT(rows), (struct set_up){.checks = 0});

		cr_assert_eq(outcome->totals.claims, 3);
		cr_assert_eq(outcome->totals.again, 2); /* A and C */
		cr_assert_eq(outcome->totals.adjustments_negative, 1);
		cr_assert_eq(outcome->sums[1].claims, 1);
		cr_assert_eq(outcome->sums[2].claims, 0);
		cr_assert_eq(outcome->sums[3].claims, 2);
		outcome_free(outcome);
	}
}

/* A claim is new if any of its lines is: it is judged by all of them, and told. */
Test(claims, a_claim_of_old_and_new_lines_is_new)
{
	static const struct row rows[] = {
	        {.claim = "A",
	                .line = 1,
	                .provider = 1,
	                .amount = 60,
	                OLD,
	                .hits = BIT(TIMELY) | BIT(MUE)},
	        {.claim = "A", .line = 2, .provider = 2, .amount = 40, .hits = BIT(THIRD)},
	        {.claim = "B", .line = 1, .provider = 1, .amount = 60, OLD, .hits = BIT(TIMELY)},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "NCC-04 third :A: line 2 p2 day 100 : $13 of 40 [value=2]",
	        "TIM-08 late :A: line - p1 day 100 : $100 of 100 [value=1]");
	cr_assert_eq(outcome->totals.again, 1);
	cr_assert_eq(outcome->totals.scope[TIMELY], 1);
	cr_assert_eq(outcome->totals.evaluated[TIMELY], 1);
	cr_assert_eq(outcome->sums[1].evaluated[TIMELY], 1);
	cr_assert_eq(outcome->sums[1].findings, 1);
	cr_assert_eq(outcome->sums[1].claims, 0);
	cr_assert_eq(outcome->sums[2].claims, 1);
	cr_assert_eq(outcome->sums[1].lines_flagged, 0); /* the old one was, by an earlier run */
	cr_assert_eq(outcome->sums[2].lines_flagged, 1);
	outcome_free(outcome);
}

Test(claims, base_lines_of_the_tail_carry_miles)
{
#define RIDE(row_claim, row_person, row_ref) \
	.claim = (row_claim), .person = (row_person), .line = 1, .provider = 1, .amount = 10, \
	.ref = (row_ref)
	static const struct row rows[] = {
	        {RIDE("base", "pat", REF_GROUND), OLD},
	        {RIDE("miles", "pat", REF_GROUND_MILES)},
	        {RIDE("alone", "tap", REF_GROUND_MILES)},
	        {RIDE("old miles", "tip", REF_GROUND_MILES), OLD},
	};
	struct outcome *outcome = settle(rows, COUNT(rows), EVERYTHING);

	EXPECT(outcome, "SPC-03 mileage_alone :alone:tap line 1 p1 day 100 : $10 of 10 "
	                "[base_lines=0; limit=1]");
	cr_assert_eq(outcome->totals.scope[ALONE], 2);
	cr_assert_eq(outcome->totals.evaluated[ALONE], 2);
	cr_assert_eq(outcome->sums[1].evaluated[ALONE], 2);
	outcome_free(outcome);
}

Test(claims, amounts_of_old_claims_are_in_no_sum)
{
	static const struct row rows[] = {
	        {.claim = "A", .line = 1, FACILITY, .amount = 900, OLD},
	        {.claim = "A", .line = 2, FACILITY, .amount = 900},
	        {.claim = "B", .line = 1, FACILITY, .amount = 70, OLD},
	        {.claim = "B", .line = 2, FACILITY, .amount = 70, OLD},
	        {.claim = "C", .line = 1, FACILITY, .amount = 5},
	        {.claim = "C", .line = 2, FACILITY, .amount = 5},
	};
	struct set_up only = {
	        .checks = BIT(MILES), .levels = {LEVEL_CLAIM, LEVEL_CLAIM, LEVEL_CLAIM}};
	struct outcome *outcome = settle(rows, COUNT(rows), only);

	cr_assert_eq(outcome->sums[1].amounts, 1);
	cr_assert_eq(outcome->sums[1].paid, 5);
	cr_assert_eq(outcome->totals.claims, 2);
	cr_assert_eq(outcome->totals.multi_line_claims[AMOUNT_PAID], 2);
	cr_assert_eq(outcome->levels[LAYOUT_FULL][AMOUNT_PAID].multi_line,
	        3); /* evidence all the same */
	outcome_free(outcome);
}

/*
 * Of the claims a third is old, a third is new, and of a third some lines are
 * old: those of a number, so that what is told of a line tells which it is.
 */
static bool is_old(const char *source, const char *claim, int32_t line)
{
	uint64_t key = claim_key(source, claim);
	uint64_t all = key / 64 % 3, number = (uint64_t)(int64_t)line ^ key;

	return all == 0 || (all == 1 && line > 0 && hash64(&number, sizeof(number)) % 2);
}

/* A claim of which nothing is new. */
static bool is_old_claim(const struct row *rows, const char *source, const char *claim)
{
	bool old = true;

	for (size_t i = 0; i < RANDOM_ROWS && old; i++)
		old = rows[i].set & (LINE_OLD | LINE_OUTSIDE) ||
		      strcmp(rows[i].claim, claim) != 0 || strcmp(rows[i].source, source) != 0;
	return old;
}

/* "RULE kind source:claim:person line 3 p1 ..." of a whole run: is it of what is old? */
static bool tells_old(const struct row *rows, const char *finding)
{
	char rule[16], kind[32], ids[64], number[16], *source = ids, *claim, *end;

	cr_assert_eq(sscanf(finding, "%15s %31s %63s line %15s", rule, kind, ids, number), 4);
	claim = strchr(ids, ':');
	*claim++ = '\0';
	end = strchr(claim, ':');
	*end = '\0';
	return number[0] == '-' ? is_old_claim(rows, source, claim)
	                        : is_old(source, claim, atoi(number));
}

static void expect_new_of(
        const struct outcome *whole, const struct outcome *outcome, const struct row *rows)
{
	size_t at = 0;

	for (size_t i = 0; i < whole->finding_count; i++) {
		if (tells_old(rows, whole->findings[i]))
			continue;
		cr_assert_lt(at, outcome->finding_count, "%s", whole->findings[i]);
		cr_assert_str_eq(outcome->findings[at++], whole->findings[i]);
	}
	cr_assert_eq(at, outcome->finding_count);
	cr_assert_gt(at, 1000);
	cr_assert_lt(at, whole->finding_count - 1000);
}

Test(claims, new_lines_have_the_findings_of_a_run_over_all)
{
	static char names[RANDOM_ROWS / 3][8];
	struct row *rows = calloc(RANDOM_ROWS, sizeof(*rows));
	uint64_t state = 7;

	for (unsigned i = 0; i < RANDOM_ROWS / 3; i++)
		snprintf(names[i], sizeof(names[i]), "c%u", i);
	for (unsigned i = 0; i < RANDOM_ROWS; i++)
		random_row(&rows[i], &state, names);
	struct outcome *whole = settle(rows, RANDOM_ROWS, EVERYTHING);

	for (unsigned i = 0; i < RANDOM_ROWS; i++)
		rows[i].set |= is_old(rows[i].source, rows[i].claim, rows[i].line) ? LINE_OLD : 0;
	struct outcome *outcome = settle(rows, RANDOM_ROWS, EVERYTHING);

	expect_new_of(whole, outcome, rows);
	cr_assert_lt(outcome->totals.claims, whole->totals.claims);
	cr_assert_lt(outcome->totals.adjustments_matched, whole->totals.adjustments_matched);
	cr_assert_lt(outcome->totals.adjustments_negative, whole->totals.adjustments_negative);
	for (unsigned i = 0; i < RULES; i++)
		cr_assert_leq(outcome->totals.unique_dollars[i], outcome->totals.dollars[i]);
	outcome_free(outcome);
	outcome_free(whole);
	free(rows);
}
