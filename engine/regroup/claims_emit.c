/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch's runs.
 *
 * Where no claim check is active and no adjustment can occur, a run is its
 * claim and its provider, 24 bytes.  What more there is follows in sections;
 * which ones a batch's runs need is settled before its lines are walked.
 */
#include "base/hash.h"
#include "format/layout.h"
#include "regroup/claims_private.h"
#include "regroup/digest.h"

#include <string.h>

/* Lines of a run are equal in these. */
enum {
	RUN_LINE_FLAGS = LINE_DUE | LINE_TOTAL | LINE_OUTSIDE | LINE_ADJUSTMENT | LINE_VOID |
	                 LINE_SUPERSEDED | LINE_OLD
};

struct walk {
	struct claims_worker *worker;
	struct emitting emitting;
	uint32_t sections[CLAIM_TYPES]; /* of runs of a claim type, whatever else they are */
	bool by_form;                   /* bill types can make adjustments */
	bool lines;                     /* lines may leave records of their own */
};

struct run {
	uint32_t from, to, lowest;
	uint32_t flags; /* RUN_* */
};

static bool bound(const struct batch *batch, enum field field)
{
	return batch->layout && field_set_has(&batch->layout->bound, field);
}

static struct walk walk_of(struct claims_worker *worker, const struct emitting *emitting)
{
	const struct claims *claims = worker->claims;
	const struct batch *batch = emitting->batch;
	bool texts = claims->check_repeated >= 0 || claims->options.adjustments ||
	             claims->options.history || bound(batch, FIELD_FREQUENCY) ||
	             bound(batch, FIELD_ORIGINAL_CLAIM_ID);
	bool amounts = bound(batch, FIELD_CHARGE) || bound(batch, FIELD_ALLOWED) ||
	               bound(batch, FIELD_PAID);
	struct walk walk = {
	        .worker = worker,
	        .emitting = *emitting,
	        .by_form = bound(batch, FIELD_BILL_TYPE) ||
	                   (bound(batch, FIELD_BILL_FACILITY) && bound(batch, FIELD_BILL_CLASS)),
	        .lines = emitting->verdicts || claims->check_miles >= 0,
	};

	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		bool form = type != CLAIM_PROFESSIONAL && type != CLAIM_DENTAL;

		/* A claim's own checks are about institutional ones. */
		if (texts || (form && (claims->claim_checks || walk.by_form)))
			walk.sections[type] |= RUN_FACTS | RUN_TEXTS;
		if (amounts && type == CLAIM_INSTITUTIONAL)
			walk.sections[type] |= walk.sections[type] || emitting->claim_level
			                               ? RUN_FACTS | RUN_AMOUNTS
			                               : RUN_LEVELS;
	}
	return walk;
}

/* Lines that run on from one to the next: numbers by one, or both absent. */
static inline bool numbers_follow(int32_t number, int32_t next)
{
	if (number == LINE_ABSENT)
		return next == LINE_ABSENT;
	return (int64_t)number + 1 == next;
}

static inline bool run_follows(const struct walk *walk, uint32_t line, bool numbers)
{
	const struct batch *batch = walk->emitting.batch;
	uint32_t next = line + 1;
	unsigned changed = batch->line_flags[line] ^ batch->line_flags[next];

	if (batch->claim_key[line] != batch->claim_key[next] ||
	        batch->provider[line] != batch->provider[next] || (changed & RUN_LINE_FLAGS) ||
	        batch->claim_type[line] != batch->claim_type[next])
		return false;
	if (batch->line_flags[line] & (LINE_ADJUSTMENT | LINE_VOID) &&
	        batch->original_key[line] != batch->original_key[next])
		return false;
	if (walk->by_form && !batch->bill_type[line] != !batch->bill_type[next])
		return false;
	return !numbers || numbers_follow(batch->line_number[line], batch->line_number[next]);
}

static uint32_t run_end(const struct walk *walk, uint32_t line, bool numbers)
{
	while (line + 1 < walk->emitting.batch->count && run_follows(walk, line, numbers))
		line++;
	return line + 1;
}

static inline uint32_t sections_of(const struct walk *walk, uint32_t line)
{
	const struct batch *batch = walk->emitting.batch;
	uint32_t sections = walk->sections[batch->claim_type[line]];

	if ((batch->line_flags[line] & (LINE_ADJUSTMENT | LINE_VOID)) ||
	        (walk->by_form && batch->bill_type[line]))
		sections |= RUN_FACTS | RUN_TEXTS;
	if ((sections & RUN_FACTS) && (sections & RUN_LEVELS))
		sections ^= RUN_LEVELS | RUN_AMOUNTS;
	return sections;
}

static uint32_t flags_of(const struct batch *batch, const struct run *run)
{
	uint16_t line = batch->line_flags[run->from];
	uint32_t flags = 0;
	uint16_t any = 0;

	for (uint32_t i = run->from; i < run->to; i++)
		any |= batch->line_flags[i];
	flags |= line & LINE_DUE ? RUN_DUE : 0;
	flags |= line & (LINE_ADJUSTMENT | LINE_VOID) ? RUN_ADJUSTS : 0;
	flags |= line & LINE_VOID ? RUN_VOID : 0;
	flags |= line & LINE_SUPERSEDED ? RUN_SUPERSEDED : 0;
	flags |= line & LINE_OLD ? RUN_OLD : 0;
	flags |= any & LINE_NEGATIVE ? RUN_NEGATIVE : 0;
	if ((flags & RUN_ADJUSTS) && batch->original_key[run->from])
		flags |= RUN_NAMED;
	return flags;
}

/* ---- Sections ---- */

/* Same person, billing provider, dates of the claim and type; 0 where one is unknown. */
static uint64_t fallback_of(const struct batch *batch, uint32_t line)
{
	uint64_t billing = batch->billing[line];

	if (!batch->person_key[line] || !billing || id_kind(billing) == ID_PLACEHOLDER ||
	        batch->claim_start[line] == DATE_ABSENT || batch->claim_end[line] == DATE_ABSENT)
		return 0;
	struct {
		uint64_t person, billing;
		int32_t start, end;
		uint64_t type;
	} key = {batch->person_key[line], billing, batch->claim_start[line], batch->claim_end[line],
	        batch->claim_type[line]};
	return hash64(&key, sizeof(key)) | 1;
}

static int64_t sum_of(const int64_t *amounts, const struct run *run)
{
	uint64_t sum = 0;
	bool any = false;

	for (uint32_t i = run->from; i < run->to; i++) {
		any |= amounts[i] != AMOUNT_ABSENT;
		sum += amounts[i] != AMOUNT_ABSENT ? (uint64_t)amounts[i] : 0;
	}
	return any ? (int64_t)sum : AMOUNT_ABSENT;
}

static void fill_facts(const struct walk *walk, const struct run *run, struct run_facts *facts)
{
	const struct batch *batch = walk->emitting.batch;
	const struct verdicts *verdicts = walk->emitting.verdicts;
	uint64_t checks = walk->worker->claims->claim_checks;
	uint32_t line = run->lowest;
	int32_t date = batch->received[line] != DATE_ABSENT ? batch->received[line]
	                                                    : batch->paid_date[line];

	*facts = (struct run_facts){
	        .digest = line_digest(batch, line),
	        .line = batch->line_number[line],
	        .lines = run->to - run->from,
	        .fallback = fallback_of(batch, line),
	        .order_date = date != DATE_ABSENT ? date : INT32_MAX,
	        .service_from = batch->service_from[line],
	        .sums = {sum_of(batch->charge, run), sum_of(batch->allowed, run),
	                sum_of(batch->paid, run)},
	        .claim_type = batch->claim_type[line],
	};
	if (verdicts) {
		facts->scope = (uint32_t)((verdicts->scope[line] & checks) >> LINE_CHECKS_MAX);
		facts->evaluated = (uint32_t)((verdicts->evaluated[line] & checks) >>
		                              LINE_CHECKS_MAX);
	}
}

/* Of a run's amounts of one kind: is there one on every line; is it one value on all? */
static unsigned everywhere_in(const int64_t *amounts, const struct run *run)
{
	unsigned everywhere = 1;

	for (uint32_t i = run->from; i < run->to; i++)
		everywhere &= amounts[i] != AMOUNT_ABSENT;
	return everywhere;
}

static unsigned equal_in(const int64_t *amounts, const struct run *run)
{
	unsigned equal = 1;

	for (uint32_t i = run->from + 1; i < run->to; i++)
		equal &= amounts[i] == amounts[run->from];
	return equal;
}

static void fill_amounts(
        const struct walk *walk, const struct run *run, struct run_amounts *section)
{
	const struct batch *batch = walk->emitting.batch;
	const struct codes *codes = walk->worker->claims->options.codes;
	const int64_t *const columns[AMOUNTS] = {batch->charge, batch->allowed, batch->paid};
	uint32_t line = run->lowest;
	struct run_amounts made = {
	        .hcpcs = batch->hcpcs[line],
	        .place = batch->place[line],
	        .layout = batch->layout_number,
	        .claim_level = walk->emitting.claim_level,
	};

	for (unsigned i = 0; i < MODIFIERS_MAX; i++)
		made.modifiers[i] = batch->modifiers[i][line];
	if (codes && batch->hcpcs_ref[line]) {
		const struct procedure_attributes *attributes = &codes_procedures(
		        codes)[batch->hcpcs_ref[line]];

		made.em_family = attributes->em_family;
		made.em_level = attributes->em_level;
	}
	for (unsigned i = 0; i < AMOUNTS; i++) {
		made.amounts[i] = columns[i][line];
		made.everywhere |= (uint8_t)(everywhere_in(columns[i], run) << i);
		made.equal |= (uint8_t)(equal_in(columns[i], run) << i);
	}
	*section = made;
}

static void fill_levels(const struct walk *walk, const struct run *run, struct run_levels *section)
{
	const struct batch *batch = walk->emitting.batch;
	const int64_t *const columns[AMOUNTS] = {batch->charge, batch->allowed, batch->paid};
	struct run_levels made = {
	        .lines = run->to - run->from, .layout = (uint16_t)batch->layout_number};

	for (unsigned i = 0; i < AMOUNTS; i++) {
		made.amounts[i] = columns[i][run->from];
		made.everywhere |= (uint8_t)(everywhere_in(columns[i], run) << i);
		made.equal |= (uint8_t)(equal_in(columns[i], run) << i);
	}
	*section = made;
}

/* The text of a slice, if the run has texts. */
static inline struct text text_of(
        const struct batch *batch, struct slice slice, const struct run *run)
{
	return (struct text){
	        (const char *)batch->text + slice.at, run->flags & RUN_TEXTS ? slice.size : 0};
}

static int put_parts(const struct walk *walk, const struct run *run)
{
	const struct batch *batch = walk->emitting.batch;
	struct run_parts parts;

	parts.claim = batch->claim_key[run->from];
	parts.provider = batch->provider[run->from];
	parts.flags = run->flags;
	fill_facts(walk, run, &parts.facts);
	if (run->flags & RUN_AMOUNTS)
		fill_amounts(walk, run, &parts.amounts);
	parts.texts[0] = text_of(batch, batch->claim_id[run->lowest], run);
	parts.texts[1] = text_of(batch, batch->data_source[run->lowest], run);
	parts.texts[2] = text_of(batch, batch->person_id[run->lowest], run);
	return claims_put_run(walk->worker->main, &parts);
}

static int put_run(const struct walk *walk, const struct run *run)
{
	const struct batch *batch = walk->emitting.batch;
	size_t levels = run->flags & RUN_LEVELS ? sizeof(struct run_levels) : 0;

	if (run->flags & RUN_FACTS)
		return put_parts(walk, run);
	struct run_record *record = partition_reserve(walk->worker->main,
	        batch->claim_key[run->from], RECORD_RUN, sizeof(*record) + levels);
	if (!record)
		return FAIL_IO;
	record->provider = batch->provider[run->from];
	record->flags = run->flags;
	if (levels)
		fill_levels(walk, run, (struct run_levels *)(record + 1));
	return 0;
}

/* ---- Adjustments ---- */

static void tell_once(bool *told, atomic_bool *shared)
{
	if (!*told)
		atomic_store_explicit(shared, true, memory_order_relaxed);
	*told = true;
}

static int put_adjustment(const struct walk *walk, const struct run *run)
{
	struct claims_worker *worker = walk->worker;
	struct claims *claims = worker->claims;
	const struct batch *batch = walk->emitting.batch;
	uint64_t fallback = fallback_of(batch, run->lowest);

	if (run->flags & RUN_NAMED) {
		struct name_record *record = partition_reserve(
		        worker->main, batch->original_key[run->from], RECORD_NAME, sizeof(*record));

		if (!record)
			return FAIL_IO;
		record->from = batch->claim_key[run->from];
		record->old = (run->flags & RUN_OLD) != 0;
		tell_once(&worker->named, &claims->named);
		return 0;
	}
	uint64_t bit = fallback >> (64 - FILTER_BITS);
	if (fallback)
		atomic_fetch_or_explicit(
		        &claims->filter[bit / 64], (uint64_t)1 << (bit % 64), memory_order_relaxed);
	tell_once(&worker->unnamed, &claims->unnamed);
	return 0;
}

/* ---- Lines ---- */

static int put_lines(const struct walk *walk, const struct run *run)
{
	struct claims_worker *worker = walk->worker;
	const struct claims *claims = worker->claims;
	const struct batch *batch = walk->emitting.batch;
	const struct verdicts *verdicts = walk->emitting.verdicts;
	uint16_t flags = batch->line_flags[run->from];
	bool old = flags & LINE_OLD;

	/* What is void, or superseded by its own word, never has a finding. */
	if (!(flags & LINE_DUE) || (flags & (LINE_VOID | LINE_SUPERSEDED)))
		return 0;
	for (uint32_t i = run->from; i < run->to; i++) {
		uint64_t active = (old ? 0 : claims->line_checks) |
		                  (i == run->lowest ? claims->claim_checks : 0);
		uint64_t hits = verdicts ? verdicts->hits[i] & active : 0;
		uint8_t trips = claims->check_miles >= 0 ? claims_trips(claims, batch, i) : 0;
		int err = 0;

		trips &= old ? TRIP_BASES : UINT8_MAX;

		if (hits || trips)
			err = claims_emit_line(worker, &walk->emitting, i, hits, trips);
		if (err)
			return err;
	}
	return 0;
}

static uint32_t lowest_of(const struct batch *batch, const struct run *run)
{
	uint32_t lowest = run->from;
	uint64_t least;

	/* Numbers ascend; without numbers the digest decides. */
	if (batch->line_number[lowest] != LINE_ABSENT || run->to == run->from + 1)
		return lowest;
	least = line_digest(batch, lowest);
	for (uint32_t i = run->from + 1; i < run->to; i++) {
		uint64_t digest = line_digest(batch, i);

		if (digest < least) {
			least = digest;
			lowest = i;
		}
	}
	return lowest;
}

/* A run with sections; returns 0 or an error, and where it ends. */
static int put_full(const struct walk *walk, uint32_t from, uint32_t sections, uint32_t *to)
{
	struct claims_worker *worker = walk->worker;
	const struct batch *batch = walk->emitting.batch;
	struct run run = {.from = from, .lowest = from};
	int err = 0;

	run.to = *to = run_end(walk, from, sections & RUN_FACTS);
	run.flags = sections | flags_of(batch, &run);
	if (sections & RUN_FACTS)
		run.lowest = lowest_of(batch, &run);
	if (batch->line_flags[run.lowest] & LINE_NEGATIVE)
		run.flags |= RUN_LOWEST_NEGATIVE;
	if (run.flags & RUN_NEGATIVE)
		tell_once(&worker->negative, &worker->claims->negative);
	err = put_run(walk, &run);
	if (!err && (run.flags & RUN_ADJUSTS))
		err = put_adjustment(walk, &run);
	return err || !walk->lines ? err : put_lines(walk, &run);
}

/*
 * A run without sections, when no line can leave a record: noted, to be put
 * with the batch's others.  Returns where it ends.
 */
static inline uint32_t note_plain(const struct walk *walk, uint32_t from)
{
	struct claims_worker *worker = walk->worker;
	const struct batch *batch = walk->emitting.batch;
	uint16_t flags = batch->line_flags[from];
	struct run_record *record = &worker->plain[worker->plain_count++];
	uint32_t at = from;

	for (; at + 1 < batch->count && run_follows(walk, at, false); at++)
		flags |= batch->line_flags[at + 1];
	if (flags & LINE_NEGATIVE)
		tell_once(&worker->negative, &worker->claims->negative);
	*record = (struct run_record){
	        .head = {batch->claim_key[from], sizeof(*record), RECORD_RUN},
	        .provider = batch->provider[from],
	        .flags = (flags & LINE_DUE ? RUN_DUE : 0) |
	                 (flags & LINE_SUPERSEDED ? RUN_SUPERSEDED : 0) |
	                 (flags & LINE_NEGATIVE ? RUN_NEGATIVE : 0) |
	                 (flags & LINE_OLD ? RUN_OLD : 0),
	};
	return at + 1;
}

/* ---- Claims at hand ---- */

/* Note a run of the claim at hand.  Returns where it ends. */
static inline uint32_t note_at_hand(const struct walk *walk, uint32_t from, uint32_t sections)
{
	struct claims_worker *worker = walk->worker;
	struct at_hand *claim = &worker->at_hand;
	struct run_record *record = &claim->runs[claim->count].run;
	const struct batch *batch = walk->emitting.batch;
	struct run run = {.from = from, .to = run_end(walk, from, false), .lowest = from};
	size_t size = sizeof(*record) + (sections ? sizeof(struct run_levels) : 0);

	run.flags = sections | flags_of(batch, &run);
	if (run.flags & RUN_NEGATIVE)
		tell_once(&worker->negative, &worker->claims->negative);
	*record = (struct run_record){{batch->claim_key[from], (uint32_t)size, RECORD_RUN},
	        batch->provider[from], run.flags};
	if (sections)
		fill_levels(walk, &run, &claim->runs[claim->count].levels);
	claim->count++;
	return run.to;
}

/* Lines of the claim at hand, or of the next, from a line on; *at: the claim's next line. */
static int emit_at_hand(const struct walk *walk, uint32_t *at)
{
	struct claims_worker *worker = walk->worker;
	struct at_hand *claim = &worker->at_hand;
	const struct batch *batch = walk->emitting.batch;
	uint32_t sections = sections_of(walk, *at);
	int err = 0;

	if (batch->line_flags[*at] & LINE_OUTSIDE) {
		++*at;
		return 0;
	}
	if (batch->claim_key[*at] != claim->key)
		err = claims_end_at_hand(worker);
	claim->key = batch->claim_key[*at];
	if (!err && ((sections & ~(uint32_t)RUN_LEVELS) || claim->count == AT_HAND_RUNS))
		err = claims_put_at_hand(worker);
	if (err)
		return err;
	if (claim->elsewhere)
		return put_full(walk, *at, sections, at);
	*at = note_at_hand(walk, *at, sections);
	return 0;
}

/*
 * A batch whose claims stand whole: lines of a claim stand side by side, but for
 * other batches.  Most claims are lines of one provider, and are just counted.
 */
static int emit_whole(const struct walk *walk)
{
	struct claims_worker *worker = walk->worker;
	const struct batch *batch = walk->emitting.batch;
	struct whole_types types = {0};
	struct claim_starts starts;
	int err;

	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		bool levels = walk->sections[type] == RUN_LEVELS && !walk->by_form;
		bool more = (walk->sections[type] != 0 && !levels) || walk->by_form;

		types.more |= (unsigned)more << type;
		types.levels |= (unsigned)levels << type;
	}
	worker->whole_hot->find(batch, &types, &starts);
	err = claims_claimed(worker, starts.claimed, starts.claimed_count);
	if (err == 0 && types.levels)
		err = claims_leveled(worker, batch->layout_number, starts.levels);
	for (uint32_t i = 0; i < starts.slow_count && !err; i++) {
		uint32_t at = starts.slow[i];

		do {
			err = emit_at_hand(walk, &at);
		} while (!err && at < batch->count && !starts.start[at]);
	}
	return err;
}

int claims_emit(struct claims_worker *worker, const struct rule_context *context,
        const struct batch *batch, const enum amount_level levels[AMOUNTS],
        const struct verdicts *verdicts)
{
	struct emitting emitting = {.context = context, .batch = batch, .verdicts = verdicts};
	int err = 0;

	for (unsigned i = 0; i < AMOUNTS; i++)
		emitting.claim_level |= (uint8_t)((levels[i] != LEVEL_LINE) << i);
	struct walk walk = walk_of(worker, &emitting);
	if (worker->far[0] && !walk.lines)
		return emit_whole(&walk);
	worker->plain_count = 0;
	for (uint32_t at = 0; at < batch->count && !err;) {
		uint32_t sections = sections_of(&walk, at);

		if (batch->line_flags[at] & LINE_OUTSIDE)
			at++;
		else if (!sections && !walk.lines)
			at = note_plain(&walk, at);
		else
			err = put_full(&walk, at, sections, &at);
	}
	if (!err && !partition_put(worker->main, worker->plain, worker->plain_count,
	                    sizeof(worker->plain[0])))
		err = FAIL_IO;
	return err;
}
