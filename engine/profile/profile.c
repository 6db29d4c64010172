/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/profile.h"

#include "base/date.h"
#include "profile/worker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A worker's 32-bit counts are flushed long before they could overflow. */
static const uint64_t ADDED_MAX = (uint64_t)1 << 31;

enum {
	INDEX_SLOTS = 1 << 16,     /* 512 KiB; grows as needed */
	SHARE_BYTES_MIN = 1 << 20, /* with less a worker would do nothing but flush */
};

static const struct profile_hot *hot_at(const enum level *wanted)
{
	static const struct profile_hot *const variants[LEVEL_COUNT] = {
	        [LEVEL_SCALAR] = &profile_hot_scalar,
	        [LEVEL_AVX2] = &profile_hot_avx2,
	        [LEVEL_AVX512] = &profile_hot_avx512,
	};
	enum level best = level_best();

	return variants[wanted && *wanted < best ? *wanted : best];
}

/* A month at a time. */
static void fill_months(int16_t months[MONTH_DAYS])
{
	int32_t day = 0;

	for (int32_t month = 0; day < MONTH_DAYS; month++) {
		int32_t next = month + 1;
		int32_t end = date_from_parts(1970 + next / 12, next % 12 + 1, 1);

		for (; day < end && day < MONTH_DAYS; day++)
			months[day] = (int16_t)month;
	}
}

static void fill_rule_checks(uint64_t rule_checks[RULES_ALL])
{
	for (unsigned check = 0; check < CHECKS_MAX; check++) {
		int rule = check_rule(check);

		if (rule >= 0)
			rule_checks[rule] |= (uint64_t)1 << check;
	}
}

int profile_create(
        struct profile **profile, const struct profile_options *options, struct diag *diag)
{
	struct profile *made = calloc(1, sizeof(*made));
	unsigned workers = options->workers ? options->workers : 1;
	size_t slots = options->index_slots ? options->index_slots : INDEX_SLOTS;

	*profile = made;
	if (!made)
		goto fail;
	made->keep = options->keep;
	made->hot = hot_at(options->level);
	if (options->memory_bytes) {
		made->share_bytes = options->memory_bytes / workers;
		if (made->share_bytes < SHARE_BYTES_MIN)
			made->share_bytes = SHARE_BYTES_MIN;
	}
	fill_months(made->months);
	fill_rule_checks(made->rule_checks);
	profile_rank_families(made->family_ranks);
	if (table_init(&made->table, slots) && shared_init(&made->shared))
		return 0;
fail:
	profile_destroy(made);
	*profile = NULL;
	return diag_set(diag, FAIL_MEMORY, "no memory for the providers' counters");
}

unsigned profile_keeps(const struct profile *profile)
{
	return profile->keep;
}

void profile_destroy(struct profile *profile)
{
	if (!profile)
		return;
	struct part *part = atomic_load_explicit(&profile->parts, memory_order_acquire);

	while (part) {
		struct part *next = part->next;

		part_destroy(part);
		part = next;
	}
	shared_free(&profile->shared);
	table_free(&profile->table);
	free(profile);
}

/* The part belongs to the profile, so that what was counted outlives the worker. */
int profile_worker_create(
        struct profile_worker **worker, struct profile *profile, struct diag *diag)
{
	struct profile_worker *made = aligned_alloc(64, sizeof(*made));
	struct part *part = part_create(profile->keep);

	*worker = NULL;
	if (!made || !part) {
		free(made);
		part_destroy(part);
		return diag_set(diag, FAIL_MEMORY, "no memory for a worker's counters");
	}
	memset(made, 0, sizeof(*made));
	made->profile = profile;
	made->part = part;
	part->next = atomic_load_explicit(&profile->parts, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(
	        &profile->parts, &part->next, part, memory_order_release, memory_order_relaxed))
		continue;
	*worker = made;
	return 0;
}

void profile_worker_destroy(struct profile_worker *worker)
{
	free(worker);
}

uint32_t profile_number(struct profile *profile, uint64_t id, const char *text, size_t size)
{
	return table_number(&profile->table, id, text, size);
}

uint64_t profile_id(const struct profile *profile, uint32_t number, const char **text)
{
	const struct entry *entry = table_entry(&profile->table, number);

	*text = entry_text(entry);
	return entry->id;
}

uint32_t worker_number(struct profile_worker *worker, uint64_t id, const char *text, size_t size)
{
	return table_number(&worker->profile->table, id, text, size);
}

int profile_resolve(struct profile_worker *worker, struct batch *batch)
{
	return worker->profile->hot->resolve(worker, batch);
}

static int flush(struct profile_worker *worker)
{
	struct profile *profile = worker->profile;

	if (!shared_add(&profile->shared, worker->part))
		return FAIL_MEMORY;
	part_reset(worker->part);
	return 0;
}

static bool is_full(const struct profile_worker *worker, uint64_t more)
{
	const struct part *part = worker->part;
	size_t share = worker->profile->share_bytes;

	if (part->added + more > ADDED_MAX || part->wide.count + WIDE_BATCH > CELLS_MAX ||
	        part->notes.count + NOTES_BATCH > CELLS_MAX)
		return true;
	return share && part_bytes(part) > share;
}

/*
 * Before anything is added: flush if need be, and make room for a batch, so
 * that the adding itself cannot fail.  more: how much the 32-bit counts can
 * grow by.
 */
static int prepare(struct profile_worker *worker, uint64_t more)
{
	struct part *part = worker->part;

	part->sealed = false;
	if (is_full(worker, more)) {
		int err = flush(worker);

		if (err)
			return err;
	}
	part->added += more;
	if (!part_reserve(part, PROFILE_CLAIMS_MAX) || !cells_reserve(&part->wide, WIDE_BATCH) ||
	        !cells_reserve(&part->notes, NOTES_BATCH))
		return FAIL_MEMORY;
	return 0;
}

static bool make_ready(struct part *part, uint32_t number, enum part_use use)
{
	return part_is_ready(part, number, use) || part_make(part, number, use);
}

static int prepare_provider(struct profile_worker *worker, uint32_t number, enum part_use use)
{
	int err = prepare(worker, 1);

	if (err)
		return err;
	return make_ready(worker->part, number, use) ? 0 : FAIL_MEMORY;
}

int profile_add(struct profile_worker *worker, const struct batch *batch, const struct codes *codes,
        const struct verdicts *verdicts)
{
	struct part *part = worker->part;
	int err = prepare(worker, batch->count);

	if (err)
		return err;
	for (uint32_t line = 0; line < batch->count; line++) {
		if (!make_ready(part, batch->provider[line], PART_LINES))
			return FAIL_MEMORY;
	}
	worker->profile->hot->add(worker, batch, codes ? codes_procedures(codes) : NULL, verdicts);
	return 0;
}

static struct cell *note(
        struct profile_worker *worker, uint32_t number, unsigned kind, uint64_t key)
{
	uint32_t owner = cell_owner(number, kind);

	return cells_take(&worker->part->notes, owner, key, cell_hash(owner, key));
}

void worker_note(
        struct profile_worker *worker, uint32_t number, unsigned kind, uint64_t key, uint32_t lines)
{
	note(worker, number, kind, key)->lines += lines;
}

/* ---- Amounts of claim level ---- */

static void add_amount_cells(struct part *part, const struct profile *profile,
        const struct profile_amounts *amounts, const uint64_t sums[SUMS])
{
	uint32_t number = amounts->provider;

	if (part->keep & PROFILE_MONTHS && amounts->service_from != DATE_ABSENT)
		part_add_cell(part, number,
		        pack_month(profile_month(profile, amounts->service_from)), 0, sums);
	if (part->keep & PROFILE_PLACES && amounts->place)
		part_add_cell(part, number, pack_key(PROFILE_KIND_POS, amounts->place), 0, sums);
	for (unsigned slot = 0; part->keep & PROFILE_MODIFIERS && slot < MODIFIERS_MAX; slot++) {
		uint16_t modifier = amounts->modifiers[slot];
		bool is_new = modifier;

		for (unsigned before = 0; before < slot; before++)
			is_new &= amounts->modifiers[before] != modifier;
		if (is_new)
			part_add_cell(
			        part, number, pack_key(PROFILE_KIND_MODIFIER, modifier), 0, sums);
	}
}

static void add_amount_codes(
        struct part *part, const struct profile_amounts *amounts, const uint64_t sums[SUMS])
{
	uint64_t word = amounts->hcpcs == CODE_UNREADABLE ? CODE_QUESTION : amounts->hcpcs;
	unsigned em = part->keep & PROFILE_EM ? em_byte(amounts->em_family, amounts->em_level) : 0;

	if (part->keep & PROFILE_CODES && word != CODE_BLANK)
		part_add_cell(part, amounts->provider, pack_code(word, em), 0, sums);
	else if (em)
		part_add_cell(part, amounts->provider,
		        pack_em(amounts->em_family, amounts->em_level), 0, sums);
}

static void add_amount_digit(
        struct part *part, const struct profile_amounts *amounts, const uint64_t sums[SUMS])
{
	uint32_t number = amounts->provider;
	struct digit_block *block = &part_chunk(part, number)->digits[part_at(number)];
	int64_t charge = amounts->charge;
	uint64_t size = charge < 0 ? -(uint64_t)charge : (uint64_t)charge;

	if (charge == AMOUNT_ABSENT || charge == 0)
		return;
	while (size >= 10)
		size /= 10;
	part_add_sums(
	        part, &block->digit[size - 1], number, pack_key(PROFILE_KIND_DIGIT, size), 0, sums);
}

int profile_add_amounts(struct profile_worker *worker, const struct profile_amounts *amounts)
{
	const int64_t values[] = {amounts->charge, amounts->allowed, amounts->paid};
	const bool has[] = {amounts->has_charge, amounts->has_allowed, amounts->has_paid};
	uint32_t number = amounts->provider;
	uint64_t sums[SUMS] = {0};
	int err = prepare_provider(worker, number, PART_LINES);

	if (err)
		return err;
	struct part *part = worker->part;
	struct part_chunk *chunk = part_chunk(part, number);

	part->usual_known = true; /* what unusual means must not change from here on */
	part_touch(part, number);
	for (unsigned k = 0; k < AMOUNT_COUNT; k++) {
		if (!has[k] || values[k] == AMOUNT_ABSENT)
			continue;
		int64_t *sum = &chunk->hot[part_at(number)].sum[SUM_CHARGE + k];

		sums[SUM_CHARGE + k] = (uint64_t)values[k];
		*sum = (int64_t)((uint64_t)*sum + (uint64_t)values[k]);
		part_add_square(part, number, k, values[k]);
		/* One more that has the amount, and no line: modulo 2^32 this may be -1. */
		chunk->rare[part_at(number)].unusual[k] += part->usual >> k & 1 ? UINT32_MAX : 1;
	}
	add_amount_cells(part, worker->profile, amounts, sums);
	if (part->keep & PROFILE_DIGITS)
		add_amount_digit(part, amounts, sums);
	add_amount_codes(part, amounts, sums);
	return part->drawers.failed ? FAIL_MEMORY : 0;
}

/* ---- After the scan ---- */

static struct net_block *net(struct profile_worker *worker, uint32_t number)
{
	part_touch(worker->part, number);
	return &part_chunk(worker->part, number)->net[part_at(number)];
}

/* They lie anywhere: all are asked for before the first is added to. */
int profile_add_claims(struct profile_worker *worker, const uint32_t providers[], uint32_t count)
{
	struct part *part = worker->part;
	int err = prepare(worker, count);

	assert(count <= PROFILE_CLAIMS_MAX);
	if (err)
		return err;
	for (uint32_t i = 0; i < count; i++) {
		if (!make_ready(part, providers[i], PART_NET))
			return FAIL_MEMORY;
		__builtin_prefetch(&part_chunk(part, providers[i])->net[part_at(providers[i])], 1);
	}
	for (uint32_t i = 0; i < count; i++)
		net(worker, providers[i])->claims++;
	return 0;
}

void profile_expect_claim(const struct profile_worker *worker, uint32_t provider)
{
	const struct part *part = worker->part;

	if (!part_is_ready(part, provider, PART_NET))
		return;
	__builtin_prefetch(&part_chunk(part, provider)->net[part_at(provider)], 1);
	if (part->claims_checked)
		__builtin_prefetch(&part_chunk(part, provider)->claim_checks[part_at(provider)], 1);
}

int profile_add_evaluated(struct profile_worker *worker, uint32_t provider, uint64_t checks)
{
	int err = prepare_provider(worker, provider, checks & UINT32_MAX ? PART_LINES : PART_NET);

	if (err || !(worker->part->keep & PROFILE_RULES))
		return err;
	struct part_chunk *chunk = part_chunk(worker->part, provider);
	uint32_t *low = chunk->line_checks[part_at(provider)].evaluated;
	uint32_t *high = chunk->claim_checks[part_at(provider)].evaluated;

	part_touch(worker->part, provider);
	worker->part->claims_checked = true;
	for (; checks; checks &= checks - 1) {
		unsigned check = (unsigned)__builtin_ctzll(checks);

		if (check < 32)
			low[check]++;
		else
			high[check - 32]++;
	}
	return 0;
}

int profile_add_hit(
        struct profile_worker *worker, uint32_t provider, unsigned rule, int64_t dollars)
{
	int err = prepare_provider(worker, provider, PART_NET);

	if (err)
		return err;
	struct cell *cell = note(worker, provider, KIND_RULE, rule);

	cell->lines++;
	cell->sum[SUM_CHARGE] = (int64_t)((uint64_t)cell->sum[SUM_CHARGE] + (uint64_t)dollars);
	return 0;
}

static uint32_t *judged_count(const struct part *part, const struct profile_count *count)
{
	struct judged_block *block =
	        &part_chunk(part, count->provider)->judged[part_at(count->provider)];

	return count->rule == PROFILE_BENEFICIARIES ? &block->beneficiaries
	                                            : &block->judged[count->rule];
}

/* They lie anywhere: all are asked for before the first is added to. */
int profile_add_counts(
        struct profile_worker *worker, const struct profile_count counts[], uint32_t count)
{
	struct part *part = worker->part;
	uint64_t sum = 0;

	_Static_assert((int)PROFILE_COUNTS_MAX <= (int)PROFILE_CLAIMS_MAX, "room for both");
	assert(count <= PROFILE_COUNTS_MAX);
	for (uint32_t i = 0; i < count; i++)
		sum += counts[i].count;
	int err = prepare(worker, sum);
	if (err)
		return err;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t number = counts[i].provider;

		if (!make_ready(part, number, PART_NET))
			return FAIL_MEMORY;
		__builtin_prefetch(judged_count(part, &counts[i]), 1);
		__builtin_prefetch(&part_chunk(part, number)->net[part_at(number)], 1);
	}
	part->has_judged |= count > 0;
	for (uint32_t i = 0; i < count; i++) {
		part_touch(part, counts[i].provider);
		*judged_count(part, &counts[i]) += counts[i].count;
	}
	return 0;
}

int profile_add_judged(
        struct profile_worker *worker, uint32_t provider, unsigned rule, uint32_t count)
{
	return profile_add_counts(worker, &(struct profile_count){provider, rule, count}, 1);
}

int profile_add_beneficiary(struct profile_worker *worker, uint32_t provider)
{
	return profile_add_counts(
	        worker, &(struct profile_count){provider, PROFILE_BENEFICIARIES, 1}, 1);
}

int profile_add_flagged(struct profile_worker *worker, uint32_t provider, uint32_t lines,
        uint32_t findings, int64_t dollars)
{
	int err = prepare_provider(worker, provider, PART_NET);

	if (err)
		return err;
	struct net_block *block = net(worker, provider);

	block->lines_flagged += lines;
	block->findings += findings;
	block->dollars_flagged = (int64_t)((uint64_t)block->dollars_flagged + (uint64_t)dollars);
	return 0;
}

int profile_merge(struct profile_worker *worker)
{
	struct profile *profile = worker->profile;

	if (worker->part->sealed)
		return 0;
	return part_seal(worker->part, table_limit(&profile->table)) ? 0 : FAIL_MEMORY;
}
