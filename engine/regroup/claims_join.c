/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A claim's records together: counted, its amounts placed, netted, its own
 * checks and its lines' findings settled.
 *
 * Counting is gross, each claim as read; findings, and all that claim checks
 * count, are net: nothing of a void, nor of what was voided or superseded, nor
 * of a negative line whose original is not there.
 *
 * A claim of the tail alone (--history) was counted and told of by an earlier run:
 * it only nets, and is netted, and its base lines carry miles.  One that has new
 * lines beside is new: its own checks and its finding are of all its lines, its
 * counters of the new ones.
 */
#include "regroup/claims_private.h"
#include "regroup/history_tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a claim beside its records. */
struct joined {
	struct claims_worker *worker;
	struct claim claim;
	bool out;         /* void, voided or superseded */
	bool matched;     /* it adjusts, and its original is there */
	bool left;        /* its findings are left to its beneficiary's history */
	size_t providers; /* in worker->providers, distinct */
	char repeated[64];
	struct claim_findings findings;
};

static enum amount basis_of(const struct joined *joined, unsigned claim_type)
{
	return joined->worker->claims->settled.basis[claim_type];
}

/* ---- Gross: claims and their amounts ---- */

static int compare_providers(const void *a, const void *b)
{
	uint32_t of_a = ((const struct provider_lines *)a)->provider;
	uint32_t of_b = ((const struct provider_lines *)b)->provider;

	return (of_a > of_b) - (of_a < of_b);
}

/* The claim's providers, each once, with the new lines of service that it has there. */
static int gather_providers(struct joined *joined)
{
	const struct claim *claim = &joined->claim;
	struct provider_lines *all = scratch_room(
	        &joined->worker->providers, claim->runs, sizeof(*all));
	size_t count = 0, distinct = 0;

	if (!all)
		return FAIL_MEMORY;
	for (size_t i = 0; i < claim->count; i++) {
		const struct run_record *run = (const struct run_record *)claim->records[i];

		if (run->head.kind != RECORD_RUN)
			continue;
		bool fresh = !(run->flags & RUN_OLD);
		bool service = fresh && run->flags & RUN_DUE && run->flags & RUN_FACTS;
		all[count++] = (struct provider_lines){
		        run->provider, fresh, service ? run_facts(run)->lines : 0};
	}
	if (count > 1)
		qsort(all, count, sizeof(*all), compare_providers);
	for (size_t i = 0; i < count; i++) {
		if (distinct == 0 || all[distinct - 1].provider != all[i].provider) {
			all[distinct++] = all[i];
			continue;
		}
		all[distinct - 1].lines += all[i].lines;
		all[distinct - 1].fresh += all[i].fresh;
	}
	joined->providers = distinct;
	return 0;
}

static int add_claimed(struct claims_worker *worker)
{
	int err = profile_add_claims(worker->profile, worker->claimed, worker->claimed_count);

	worker->claimed_count = 0;
	return err;
}

static inline int claim_of(struct claims_worker *worker, uint32_t provider)
{
	worker->claimed[worker->claimed_count++] = provider;
	return worker->claimed_count == CLAIMED_MAX ? add_claimed(worker) : 0;
}

int claims_claimed(struct claims_worker *worker, const uint32_t providers[], uint32_t count)
{
	worker->totals.claims += count;
	return profile_add_claims(worker->profile, providers, count);
}

static int count_claim(struct joined *joined)
{
	const struct provider_lines *all = joined->worker->providers.data;
	int err = 0;

	if (joined->claim.fresh == 0)
		return 0;
	joined->worker->totals.claims++;
	joined->worker->totals.again += joined->claim.fresh < joined->claim.runs;
	for (size_t i = 0; i < joined->providers && !err; i++)
		err = all[i].fresh ? claim_of(joined->worker, all[i].provider) : 0;
	return err;
}

/* Amounts of claim level go where the lowest line is. */
static int place_amounts(struct joined *joined)
{
	const struct run_record *lowest = joined->claim.lowest;
	const struct run_amounts *from = run_amounts(lowest);

	if (!from || !from->claim_level || lowest->flags & RUN_OLD)
		return 0;
	struct profile_amounts amounts = {
	        .provider = lowest->provider,
	        .service_from = run_facts(lowest)->service_from,
	        .hcpcs = from->hcpcs,
	        .place = from->place,
	        .em_family = from->em_family,
	        .em_level = from->em_level,
	        .has_charge = from->claim_level >> AMOUNT_CHARGE & 1,
	        .has_allowed = from->claim_level >> AMOUNT_ALLOWED & 1,
	        .has_paid = from->claim_level >> AMOUNT_PAID & 1,
	        .charge = from->amounts[AMOUNT_CHARGE],
	        .allowed = from->amounts[AMOUNT_ALLOWED],
	        .paid = from->amounts[AMOUNT_PAID],
	};
	memcpy(amounts.modifiers, from->modifiers, sizeof(amounts.modifiers));
	return profile_add_amounts(joined->worker->profile, &amounts);
}

/* What a run says of the level of its amounts; false: nothing. */
static bool levels_of(const struct run_record *run, struct run_levels *levels)
{
	const struct run_amounts *amounts = run_amounts(run);

	if (run_levels(run)) {
		*levels = *run_levels(run);
		return true;
	}
	if (!amounts)
		return false;
	*levels = (struct run_levels){.lines = run_facts(run)->lines,
	        .layout = (uint16_t)amounts->layout,
	        .everywhere = amounts->everywhere,
	        .equal = amounts->equal};
	memcpy(levels->amounts, amounts->amounts, sizeof(levels->amounts));
	return true;
}

/*
 * Evidence for the level of an institutional claim's amounts.  A claim that
 * has lines of another type, or in files of two layouts, gives none.
 */
static bool gather_levels(const struct record_head **records, size_t count, struct run_levels *all)
{
	struct run_levels levels;
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		const struct run_record *run = (const struct run_record *)records[i];

		if (run->head.kind != RECORD_RUN || !(run->flags & RUN_DUE))
			continue;
		if (!levels_of(run, &levels) || (any && levels.layout != all->layout))
			return false;
		if (!any)
			*all = levels;
		else
			all->lines += levels.lines;
		any = true;
		all->everywhere &= levels.everywhere;
		all->equal &= levels.equal;
		for (unsigned k = 0; k < AMOUNTS; k++) {
			if (levels.amounts[k] != all->amounts[k])
				all->equal &= (uint8_t) ~(1U << k);
		}
	}
	return any && all->lines > 1;
}

static int count_levels(
        struct claims_worker *worker, const struct record_head **records, size_t count, bool fresh)
{
	struct run_levels levels = {0};

	if (!gather_levels(records, count, &levels))
		return 0;
	struct level_count *counts = claims_layout_levels(worker, levels.layout);
	if (!counts)
		return FAIL_MEMORY;
	for (unsigned k = 0; k < AMOUNTS; k++) {
		unsigned there = levels.everywhere >> k & 1;

		worker->totals.multi_line_claims[k] += fresh ? there : 0;
		counts[k].multi_line += there;
		counts[k].repeated += there & levels.equal >> k;
	}
	return 0;
}

int claims_leveled(
        struct claims_worker *worker, uint32_t layout, const struct level_count levels[AMOUNTS])
{
	struct level_count *counts = claims_layout_levels(worker, layout);

	if (!counts)
		return FAIL_MEMORY;
	for (unsigned k = 0; k < AMOUNTS; k++) {
		worker->totals.multi_line_claims[k] += levels[k].multi_line;
		counts[k].multi_line += levels[k].multi_line;
		counts[k].repeated += levels[k].repeated;
	}
	return 0;
}

/* ---- Net ---- */

/* Those that name this claim take it out; one that names itself has no original. */
static int net_named(struct joined *joined)
{
	struct claims_totals *totals = &joined->worker->totals;
	struct named named = {0};
	int err = 0;

	if (joined->claim.names > 0)
		err = claim_names(joined->worker, &joined->claim, &named);
	totals->adjustments_unmatched += named.self;
	if (joined->claim.runs > 0)
		totals->adjustments_matched += named.fresh;
	else
		totals->adjustments_unmatched += named.fresh;
	joined->out |= named.count > 0;
	return err;
}

/* May its lowest line take part in the claim's own checks? */
static bool claim_is_judged(const struct joined *joined)
{
	uint32_t flags = joined->claim.lowest->flags;

	return !joined->out && (flags & RUN_DUE) && (flags & RUN_FACTS) &&
	       !(flags & RUN_SUPERSEDED) && (!(flags & RUN_LOWEST_NEGATIVE) || joined->matched);
}

static bool line_is_judged(const struct joined *joined, const struct line_record *line)
{
	return !joined->out && (!(line->flags & LINE_NEGATIVE) || joined->matched);
}

static bool is_lowest(const struct joined *joined, const struct line_record *line)
{
	const struct run_facts *facts = run_facts(joined->claim.lowest);

	return facts && facts->line == line->line && facts->digest == line->digest;
}

/*
 * The record of the claim's lowest line, or NULL.  Equal rows leave equal
 * records, save that of two in one run only one has the claim's hits.
 */
static const struct line_record *lowest_line(const struct joined *joined)
{
	const struct line_record *found = NULL;

	for (size_t i = 0; i < joined->claim.count && joined->claim.lines > 0; i++) {
		const struct line_record *line =
		        (const struct line_record *)joined->claim.records[i];

		if (line->head.kind == RECORD_LINE && is_lowest(joined, line) &&
		        (!found || line->hit_count > found->hit_count))
			found = line;
	}
	return found;
}

/* ---- Line numbers that repeat ---- */

struct interval {
	int64_t from, to;
};

static int compare_intervals(const void *a, const void *b)
{
	int64_t of_a = ((const struct interval *)a)->from;
	int64_t of_b = ((const struct interval *)b)->from;

	return (of_a > of_b) - (of_a < of_b);
}

static size_t gather_intervals(const struct claim *claim, struct interval *intervals)
{
	size_t count = 0;

	for (size_t i = 0; i < claim->count; i++) {
		const struct run_record *run = (const struct run_record *)claim->records[i];

		if (run->head.kind != RECORD_RUN || !(run->flags & RUN_DUE) ||
		        !(run->flags & RUN_FACTS) || (run->flags & RUN_SUPERSEDED))
			continue;
		const struct run_facts *facts = run_facts(run);
		if (facts->line != LINE_ABSENT)
			intervals[count++] = (struct interval){
			        facts->line, (int64_t)facts->line + facts->lines - 1};
	}
	return count;
}

/* The smallest number that two lines have, and how many have it; false: none. */
static bool find_repeated(
        struct interval *intervals, size_t count, int64_t *number, uint64_t *times)
{
	int64_t end = INT64_MIN;
	size_t at = 0;

	qsort(intervals, count, sizeof(*intervals), compare_intervals);
	for (; at < count && intervals[at].from > end; at++)
		end = intervals[at].to;
	if (at == count)
		return false;
	*number = intervals[at].from;
	*times = 0;
	for (size_t i = 0; i < count && intervals[i].from <= *number; i++)
		*times += intervals[i].to >= *number;
	return true;
}

/* Judge line_repeated; adds its hit to the views. */
static int judge_repeated(struct joined *joined, size_t *views)
{
	static const char kind[] = "line_repeated";
	struct claims_worker *worker = joined->worker;
	unsigned check = (unsigned)worker->claims->check_repeated;
	struct interval *intervals = scratch_room(
	        &worker->intervals, joined->claim.runs, sizeof(*intervals));
	int64_t number;
	uint64_t times;

	if (!intervals)
		return FAIL_MEMORY;
	size_t count = gather_intervals(&joined->claim, intervals);
	worker->totals.scope[check]++;
	if (count == 0)
		return 0;
	worker->totals.evaluated[check]++;
	if (count > 1 && find_repeated(intervals, count, &number, &times)) {
		int size = snprintf(joined->repeated, sizeof(joined->repeated),
		        "line=%lld; times=%llu", (long long)number, (unsigned long long)times);

		worker->views[(*views)++] = (struct hit_view){
		        .rule = (uint8_t)check_rule(check),
		        .check = (uint8_t)check,
		        .severity = SEVERITY_INFO,
		        .watch = check_at(check)->watch,
		        .whole = 1,
		        .kind = {kind, sizeof(kind) - 1},
		        .detail = {joined->repeated, (uint32_t)size},
		};
	}
	return profile_add_evaluated(
	        worker->profile, joined->claim.lowest->provider, (uint64_t)1 << check);
}

/* ---- The claim's own checks ---- */

/* Count what the lowest line says of the claim's checks. */
static int count_checks(struct joined *joined)
{
	const struct run_facts *facts = run_facts(joined->claim.lowest);
	struct claims_totals *totals = &joined->worker->totals;

	for (uint32_t bits = facts->scope; bits; bits &= bits - 1)
		totals->scope[LINE_CHECKS_MAX + __builtin_ctz(bits)]++;
	for (uint32_t bits = facts->evaluated; bits; bits &= bits - 1)
		totals->evaluated[LINE_CHECKS_MAX + __builtin_ctz(bits)]++;
	if (!facts->evaluated)
		return 0;
	return profile_add_evaluated(joined->worker->profile, joined->claim.lowest->provider,
	        (uint64_t)facts->evaluated << LINE_CHECKS_MAX);
}

/* By the run's basis: of the claim, or the sum over its lines. */
static int64_t claim_amount(const struct joined *joined)
{
	const struct claim *claim = &joined->claim;
	const struct run_amounts *own = run_amounts(claim->lowest);
	enum amount basis = basis_of(joined, run_facts(claim->lowest)->claim_type);
	uint64_t sum = 0;
	bool any = false;

	if (own && own->claim_level >> basis & 1)
		return own->amounts[basis];
	for (size_t i = 0; i < claim->count; i++) {
		const struct run_record *run = (const struct run_record *)claim->records[i];

		if (run->head.kind != RECORD_RUN || !(run->flags & RUN_DUE) ||
		        !(run->flags & RUN_FACTS))
			continue;
		int64_t amount = run_facts(run)->sums[basis];
		any |= amount != AMOUNT_ABSENT;
		sum += amount != AMOUNT_ABSENT ? (uint64_t)amount : 0;
	}
	return any ? (int64_t)sum : AMOUNT_ABSENT;
}

/* Has the claim's beneficiary a history, where what is found of it may turn out not to stand, or
 * not alone? */
static bool has_history(const struct joined *joined)
{
	const struct run_texts *texts = run_texts(joined->claim.lowest);

	return joined->worker->history && texts && texts->person_id_size > 0;
}

/* A finding that another rule's of the claim may stand over is told when those are known. */
static int deliver_findings(struct joined *joined)
{
	struct claims_worker *worker = joined->worker;
	struct teller teller = claims_teller(worker);
	const struct claim_told told = {
	        .findings = &joined->findings,
	        .providers = worker->providers.data,
	        .provider_count = joined->providers,
	};

	joined->left = joined->findings.rule != RULE_NONE && has_history(joined);
	if (!joined->left)
		return claims_tell_claim(&teller, &joined->findings, joined->findings.rule);
	return history_tell_findings(worker->history, joined->claim.lowest->head.key, &told);
}

static int settle_claim(struct joined *joined)
{
	struct claims_worker *worker = joined->worker;
	const struct line_record *line = lowest_line(joined);
	size_t count = 0;
	int err = count_checks(joined);

	if (line)
		count = claims_unpack(line, worker->claims->claim_checks, worker->views);
	if (!err && worker->claims->check_repeated >= 0)
		err = judge_repeated(joined, &count);
	if (err || count == 0)
		return err;
	joined->findings = (struct claim_findings){
	        .lowest = joined->claim.lowest,
	        .amount = claim_amount(joined),
	        .denied = line && (line->flags & LINE_DENIED),
	        .views = worker->views,
	        .count = count,
	};
	claims_rank_claim(&joined->findings);
	return deliver_findings(joined);
}

/* A claim's finding marks all lines of the claim, whoever's they are. */
static int mark_lines(struct joined *joined, bool unique)
{
	struct claims_worker *worker = joined->worker;
	const struct claim_findings *findings = &joined->findings;

	if (findings->rule == RULE_NONE || joined->left)
		return 0;
	if (unique)
		worker->totals.unique_dollars[findings->rule] += findings->dollars;
	return claims_mark_lines(
	        worker->profile, findings, worker->providers.data, joined->providers);
}

/* ---- Lines ---- */

/* An amount of claim level stands on the lowest line, and is 0 on the others. */
static struct line_place place_of(
        const struct joined *joined, const struct line_record *line, bool lowest)
{
	const struct claim_findings *findings = &joined->findings;
	enum amount basis = basis_of(joined, line->claim_type);
	bool apart = line->claim_level >> basis & 1;
	struct line_place place = {.amount = apart && !lowest ? 0 : line->amounts[basis],
	        .marked = findings->rule,
	        .left = joined->left};

	if (findings->dollars > 0)
		place.portion = claims_dollars(place.amount, findings->share, findings->whole);
	return place;
}

/* Leave a payable base line to its trip. */
static int forward_base(struct joined *joined, const struct line_record *line)
{
	struct trip_record record = {.trips = line->trips & TRIP_BASES};

	if (!(line->trips & TRIP_BASES) || !line->trip)
		return 0;
	return claims_forward(
	        joined->worker->trips, &record, line->trip, RECORD_TRIP, sizeof(record));
}

/* Leave a line of miles, hits and all, to its trip: what stands on it is known then. */
static int forward_miles(
        struct joined *joined, const struct line_record *line, const struct line_place *place)
{
	struct claims_worker *worker = joined->worker;
	unsigned check = (unsigned)worker->claims->check_miles;
	struct line_record *record = partition_reserve(
	        worker->trips, line->trip, RECORD_LINE, line->head.size);

	if (!record)
		return FAIL_IO;
	memcpy((uint8_t *)record + sizeof(record->head), (const uint8_t *)line + sizeof(line->head),
	        line->head.size - sizeof(line->head));
	record->place = *place;
	worker->totals.evaluated[check]++;
	return profile_add_evaluated(worker->profile, line->provider, (uint64_t)1 << check);
}

/* *other: a rule that is not the claim's has a finding there. */
static int settle_line(
        struct joined *joined, const struct line_record *line, bool lowest, bool *other)
{
	struct claims_worker *worker = joined->worker;
	struct settled_line settled = {
	        .line = line, .place = place_of(joined, line, lowest), .views = worker->views};
	int err = forward_base(joined, line);

	if (err || line->flags & LINE_OLD)
		return err;
	settled.count = claims_unpack(line, worker->claims->line_checks, worker->views);
	uint8_t standing = claims_standing(settled.views, settled.count);
	*other |= standing != RULE_NONE && standing != joined->findings.rule;
	if (line->trips & TRIP_MILES) {
		worker->totals.scope[worker->claims->check_miles]++;
		if (line->trip)
			return forward_miles(joined, line, &settled.place);
	}
	return claims_settle_line(worker, &settled);
}

static int settle_lines(struct joined *joined, bool *other)
{
	bool lowest_seen = false;
	int err = 0;

	for (size_t i = 0; i < joined->claim.count && !err; i++) {
		const struct line_record *line =
		        (const struct line_record *)joined->claim.records[i];

		if (line->head.kind != RECORD_LINE)
			continue;
		bool lowest = !lowest_seen && is_lowest(joined, line);
		lowest_seen |= lowest;
		if (line_is_judged(joined, line))
			err = settle_line(joined, line, lowest, other);
	}
	return err;
}

/* What became of the claim, to its beneficiary's history. */
static int tell_history(struct joined *joined, bool other)
{
	const struct claim_findings *findings = &joined->findings;
	struct history_verdict verdict = {.claim = joined->claim.lowest->head.key, .whole = 1};

	if (joined->out)
		verdict.flags |= VERDICT_OUT;
	if ((joined->claim.flags & RUN_NEGATIVE) && !joined->matched)
		verdict.flags |= VERDICT_NEGATIVE;
	if (findings->rule != RULE_NONE) {
		verdict.flags |= VERDICT_MARKED;
		verdict.flags |= other ? 0 : VERDICT_ALONE;
		verdict.rule = findings->rule;
		verdict.dollars = findings->dollars;
		verdict.share = findings->dollars > 0 ? findings->share : 0;
		verdict.whole = findings->dollars > 0 ? findings->whole : 1;
	}
	if (!verdict.flags)
		return 0;
	return history_tell_claim(joined->worker->history, &joined->claim, &verdict);
}

static int join_net(struct joined *joined)
{
	bool other = false;
	int err = 0;

	bool fresh = joined->claim.fresh > 0;

	joined->out |= (joined->claim.flags & RUN_VOID) != 0;
	if (fresh && (joined->claim.flags & RUN_NEGATIVE) && !joined->matched)
		joined->worker->totals.adjustments_negative++;
	if (fresh && joined->worker->claims->judged && claim_is_judged(joined))
		err = settle_claim(joined);
	if (!err && joined->claim.lines > 0)
		err = settle_lines(joined, &other);
	if (!err && joined->worker->history)
		err = tell_history(joined, other);
	return err ? err : mark_lines(joined, !other && !has_history(joined));
}

static int join_claim(struct joined *joined, const struct record_head **records, size_t count)
{
	int err;

	claim_gather(&joined->claim, records, count);
	err = net_named(joined);
	if (err || joined->claim.runs == 0)
		return err;
	err = gather_providers(joined);
	if (!err)
		err = count_claim(joined);
	if (!err)
		err = place_amounts(joined);
	if (!err)
		err = count_levels(joined->worker, joined->claim.records, joined->claim.count,
		        joined->claim.fresh > 0);
	return err ? err : join_net(joined);
}

/*
 * Most claims are runs that are their claim and their provider, one provider a
 * claim: nothing about them can hang on another record.
 */
static inline bool is_plain(const struct record_head **records, size_t count)
{
	const struct run_record *first = (const struct run_record *)records[0];

	for (size_t i = 0; i < count; i++) {
		const struct run_record *run = (const struct run_record *)records[i];

		if (run->head.kind != RECORD_RUN || (run->flags & (RUN_FACTS | RUN_ADJUSTS)) ||
		        run->provider != first->provider)
			return false;
	}
	return true;
}

static int join_plain(
        struct claims_worker *worker, const struct record_head **records, size_t count)
{
	uint32_t flags = 0, old = RUN_OLD;

	for (size_t i = 0; i < count; i++) {
		flags |= ((const struct run_record *)records[i])->flags;
		old &= ((const struct run_record *)records[i])->flags;
	}
	if (flags & RUN_LEVELS && count_levels(worker, records, count, !old))
		return FAIL_MEMORY;
	if (old)
		return 0;
	worker->totals.claims++;
	worker->totals.again += (flags & RUN_OLD) != 0;
	worker->totals.adjustments_negative += (flags & RUN_NEGATIVE) != 0;
	return claim_of(worker, ((const struct run_record *)records[0])->provider);
}

/* A claim that is more, with the answers of earlier rounds to it. */
static int join_full(struct claims_worker *worker, const struct record_head **records, size_t count,
        const struct partition_view *answers, size_t *answer)
{
	struct joined joined = {.worker = worker, .findings = {.rule = RULE_NONE}};
	uint64_t key = records[0]->key;

	for (; *answer < answers->count && answers->records[*answer]->key <= key; ++*answer) {
		const struct record_head *told = answers->records[*answer];

		joined.matched |= told->key == key && told->kind == RECORD_MATCHED;
		joined.out |= told->key == key && told->kind == RECORD_OUT;
	}
	records = claims_unpack_runs(worker, records, count);
	return records ? join_claim(&joined, records, count) : FAIL_MEMORY;
}

int claims_join_alone(
        struct claims_worker *worker, const struct record_head **records, size_t count)
{
	const struct partition_view none = {0};
	size_t answer = 0;

	return is_plain(records, count) ? join_plain(worker, records, count)
	                                : join_full(worker, records, count, &none, &answer);
}

int claims_join_partition(struct claims_worker *worker, const struct partition_view *view,
        const struct partition_view *answers)
{
	size_t answer = 0;
	int err = 0;

	for (size_t from = 0, to; from < view->count && !err; from = to) {
		const struct record_head **records = view->records + from;
		uint64_t key = records[0]->key;

		for (to = from + 1; to < view->count && view->records[to]->key == key; to++)
			;
		if (is_plain(records, to - from))
			err = join_plain(worker, records, to - from);
		else
			err = join_full(worker, records, to - from, answers, &answer);
	}
	return err ? err : add_claimed(worker);
}
