/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From hits to a list, a row a candidate:
 *
 *     add     provider | rule | hash | line | amount | dollars | claim 0 kind 0
 *     write   frame    |        hash | line | amount | dollars | claim 0 kind 0
 *
 * The first rows lie in no order; those of leads' frames are given the frame's
 * number and sorted, so that each frame's candidates come by hash.
 */
#include "report/worklist_private.h"

#include "base/hash.h"
#include "report/number.h"
#include "report/row.h"
#include "rules/rules.h"
#include "stats/rates.h"
#include "stats/special.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEEN_PAIRS = 1024, /* 96 KB a worker: the pairs that come often */
	SURE_SPARE = 64,   /* beyond twice the sample: what chance may take */
	REASON_BYTES = 512,
};

const struct worklist_plan worklist_default = {.width = 100000, .level = 900000, .seed = 1};

/* ---- How many ---- */

uint64_t worklist_size(const struct worklist_plan *plan)
{
	double z = normal_upper_inverse((1 - plan->level / 1e6) / 2);

	return wilson_size(plan->width / 1e6, z);
}

/* With the correction for frames that are not much larger than their sample. */
uint64_t worklist_size_of(const struct worklist_plan *plan, uint64_t size)
{
	uint64_t wanted = worklist_size(plan);

	/* A sample is below 2^20 and a frame below 2^40: no overflow. */
	return size == 0 ? 0 : (wanted * size + wanted + size - 2) / (wanted + size - 1);
}

/* Hashes up to it are kept of count hits: all, then a share that leaves about sure of them. */
static uint64_t hash_limit(uint64_t sure, uint64_t count)
{
	return count <= sure ? UINT64_MAX : UINT64_MAX / count * sure;
}

/* ---- What might be drawn ---- */

/* Rules on watch alone lead to nobody. */
static void find_wanted(bool wanted[RULES_ALL])
{
	for (size_t i = 0; i < RULES_ALL; i++) {
		const struct rule *rule = rule_at(i)->rule;

		for (size_t k = 0; rule && k < rule->check_count; k++)
			wanted[i] |= !rule->checks[k].watch;
	}
}

static int create_keepers(struct worklist *worklist, struct diag *diag)
{
	const struct worklist_options *options = &worklist->options;
	int err = 0;

	worklist->keepers = calloc(options->workers, sizeof(*worklist->keepers));
	if (!worklist->keepers)
		return diag_set(diag, FAIL_MEMORY, "no memory for the worklist");
	for (unsigned i = 0; i < options->workers && err == 0; i++) {
		struct keeper *keeper = &worklist->keepers[i];

		keeper->seen = calloc(SEEN_PAIRS, sizeof(*keeper->seen));
		if (!keeper->seen)
			return diag_set(diag, FAIL_MEMORY, "no memory for the worklist");
		err = spill_create(&keeper->spill, options->memory_bytes / options->workers,
		        options->tmp, diag);
	}
	return err;
}

int worklist_create(
        struct worklist **worklist, const struct worklist_options *options, struct diag *diag)
{
	struct worklist *made = calloc(1, sizeof(*made));

	assert(options->workers > 0);
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for the worklist");
	made->options = *options;
	made->sure = 2 * worklist_size(&options->plan) + SURE_SPARE;
	find_wanted(made->wanted);
	int err = create_keepers(made, diag);

	if (err < 0) {
		worklist_destroy(made);
		return err;
	}
	*worklist = made;
	return 0;
}

void worklist_destroy(struct worklist *worklist)
{
	if (!worklist)
		return;
	for (unsigned i = 0; worklist->keepers && i < worklist->options.workers; i++) {
		free(worklist->keepers[i].seen);
		spill_destroy(worklist->keepers[i].spill);
	}
	free(worklist->keepers);
	free(worklist);
}

/* ---- Adding ---- */

void seen_init(struct seen *seen, uint64_t key)
{
	*seen = (struct seen){.key = key};
	for (size_t i = 0; i < WORKLIST_DEAREST; i++)
		seen->top[i] = (struct dear){-1, UINT64_MAX};
}

static struct seen *find_seen(struct keeper *keeper, uint32_t provider, uint8_t rule)
{
	uint64_t key = ((uint64_t)provider << 8 | rule) + 1;
	struct seen *seen = &keeper->seen[key * 0x9e3779b97f4a7c15 >> 40 & (SEEN_PAIRS - 1)];

	if (seen->key == key)
		return seen;
	seen_init(seen, key);
	return seen;
}

/* Dollars first, then the smaller hash. */
static bool is_dearer(struct dear a, struct dear b)
{
	return a.dollars != b.dollars ? a.dollars > b.dollars : a.hash < b.hash;
}

/* Is it among the dearest?  One that equals the last is: the rest of the row decides later. */
static bool take_dear(struct dear top[WORKLIST_DEAREST], struct dear dear)
{
	size_t at = WORKLIST_DEAREST - 1;

	if (dear.dollars <= 0 || is_dearer(top[at], dear))
		return false;
	for (; at > 0 && is_dearer(dear, top[at - 1]); at--)
		top[at] = top[at - 1];
	top[at] = dear;
	return true;
}

static uint8_t *put_big(uint8_t *to, uint64_t value, unsigned bytes)
{
	for (unsigned i = bytes; i-- > 0;)
		*to++ = (uint8_t)(value >> 8 * i);
	return to;
}

static uint64_t get_big(const uint8_t *from, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value = value << 8 | from[i];
	return value;
}

enum { FIXED_BYTES = 8 + 1 + 4 + 8 + 8 };

static uint8_t *put_text(uint8_t *to, struct text text)
{
	size_t size = text.size > 0 ? strnlen(text.at, text.size) : 0;

	if (size > 0)
		memcpy(to, text.at, size);
	to[size] = 0;
	return to + size + 1;
}

int worklist_keep(struct spill *spill, struct candidate_prefix prefix,
        const struct finding *finding, uint64_t keyed)
{
	struct diag unused;
	size_t most = prefix.bytes + FIXED_BYTES + finding->claim_id.size + finding->kind.size + 2;
	uint8_t *row = spill_reserve(spill, most), *to = row;
	bool has_line = !finding->claim_level && finding->line != LINE_ABSENT;

	diag_init(&unused);
	if (!row)
		return spill_error(spill, &unused);
	to = put_big(to, prefix.value, prefix.bytes);
	to = put_big(to, keyed, 8);
	to = put_big(to, has_line, 1);
	to = put_big(to, has_line ? (uint32_t)finding->line : 0, 4);
	to = put_big(to, (uint64_t)finding->amount, 8);
	to = put_big(to, (uint64_t)finding->dollars, 8);
	to = put_text(to, finding->claim_id);
	to = put_text(to, finding->kind);
	spill_keep(spill, (size_t)(to - row));
	return 0;
}

bool worklist_wants(const struct worklist *worklist, unsigned rule)
{
	return worklist && worklist->wanted[rule];
}

bool worklist_keeps(
        const struct worklist *worklist, struct seen *seen, int64_t dollars, uint64_t keyed)
{
	bool kept = keyed <= hash_limit(worklist->sure, ++seen->count);

	return take_dear(seen->top, (struct dear){dollars, keyed}) || kept;
}

int worklist_add(
        struct worklist *worklist, unsigned worker, const struct finding *finding, uint64_t hash)
{
	struct keeper *keeper = &worklist->keepers[worker];
	uint64_t keyed = hash64_seed(&hash, sizeof(hash), worklist->options.plan.seed);
	struct seen *seen = find_seen(keeper, finding->provider, finding->rule);
	const struct candidate_prefix pair = {
	        (uint64_t)finding->provider << 8 | finding->rule, FRAME_BYTES};

	return worklist_keeps(worklist, seen, finding->dollars, keyed)
	               ? worklist_keep(keeper->spill, pair, finding, keyed)
	               : 0;
}

/* ---- Frames ---- */

/* The frame of a provider's rule whose hits are its units, or -1. */
static int64_t frame_of(const struct writer *writer, uint32_t provider, uint8_t rule)
{
	size_t at = writer->first[provider];

	if (at == 0)
		return -1;
	for (at--; at < writer->frame_count && writer->frames[at].provider == provider; at++) {
		if (writer->frames[at].rule == rule && writer->frames[at].units == UNITS_HITS)
			return (int64_t)at;
	}
	return -1;
}

/* Of all candidates those of a frame, under its number. */
static int take_candidate(void *context, const uint8_t *row, size_t size)
{
	struct writer *writer = context;
	struct diag unused;
	int64_t frame = frame_of(writer, (uint32_t)get_big(row, 4), row[4]);

	diag_init(&unused);
	if (frame < 0)
		return 0;
	uint8_t *to = spill_reserve(writer->sorted, size);

	if (!to)
		return spill_error(writer->sorted, &unused);
	to = put_big(to, (uint64_t)frame, FRAME_BYTES);
	memcpy(to, row + FRAME_BYTES, size - FRAME_BYTES);
	spill_keep(writer->sorted, size);
	return 0;
}

/* ---- Rows ---- */

static uint64_t candidate_hash(const struct candidate *candidate)
{
	return get_big(candidate->at, 8);
}

static int64_t candidate_dollars(const struct candidate *candidate)
{
	return (int64_t)get_big(candidate->at + 21, 8);
}

static void out_frame(struct writer *writer, const struct frame *frame)
{
	const char *npi;
	char text[64];
	uint64_t id = profile_id(writer->source->profile, frame->provider, &npi);

	snprintf(text, sizeof(text), "%s%s%s", rule_at(frame->rule)->id,
	        frame->measure[0] ? " " : "", frame->measure);
	out_word(writer->out, npi);
	out_word(writer->out, id_kind_name(id));
	out_word(writer->out, text);
	out_unsigned(writer->out, frame->size);
}

/* Of hits the kind and the dollars flagged, of lines that were counted the code. */
static void put_reason(const struct frame *frame, const struct candidate *candidate, bool random,
        char reason[REASON_BYTES])
{
	const char *claim = (const char *)candidate->at + FIXED_BYTES;
	const char *kind = claim + strlen(claim) + 1;
	char flagged[NUMBER_TEXT_MAX + 16] = "", month[NUMBER_TEXT_MAX + 2] = "";
	char dollars[NUMBER_TEXT_MAX];

	*number_money(dollars, candidate_dollars(candidate)) = '\0';
	if (frame->units == UNITS_HITS)
		snprintf(flagged, sizeof(flagged), "$%s flagged; ", dollars);
	else if (frame->counted_by == TALLY_MONTH)
		*number_month(stpcpy(month, " "), (int32_t)frame->part) = '\0';
	snprintf(reason, REASON_BYTES, "%s%s%s: %s%s %llu %s%s", rule_at(frame->rule)->id,
	        kind[0] ? " " : "", kind, flagged,
	        random ? "drawn by hash of" : "of most dollars of", (unsigned long long)frame->size,
	        frame->words, month);
}

static void out_unit(struct writer *writer, const struct frame *frame,
        const struct candidate *candidate, bool random, uint64_t list_size)
{
	struct out *out = writer->out;
	const char *claim = (const char *)candidate->at + FIXED_BYTES;
	char reason[REASON_BYTES];

	out_frame(writer, frame);
	out_unsigned(out, list_size);
	out_unsigned(out, writer->worklist->options.plan.seed);
	out_word(out, random ? "random" : "judgement");
	out_unsigned(out, ++writer->order);
	out_word(out, claim);
	if (candidate->at[8])
		out_signed(out, (int32_t)get_big(candidate->at + 9, 4));
	else
		out_blank(out);
	out_money(out, (int64_t)get_big(candidate->at + 13, 8));
	put_reason(frame, candidate, random, reason);
	out_word(out, reason);
	out_end_row(out);
}

/* A frame of which counters are kept only: nothing is drawn, and that is said. */
static void out_undrawn(struct writer *writer, const struct frame *frame)
{
	struct out *out = writer->out;
	char reason[REASON_BYTES];

	snprintf(reason, sizeof(reason),
	        "%s: nothing is drawn: the frame is %llu %s, of which a scan keeps counters only",
	        rule_at(frame->rule)->id, (unsigned long long)frame->size,
	        rule_at(frame->rule)->rule->evaluated);
	out_frame(writer, frame);
	out_unsigned(out, 0);
	out_unsigned(out, writer->worklist->options.plan.seed);
	out_blank(out);
	out_unsigned(out, 0);
	out_blank(out);
	out_blank(out);
	out_blank(out);
	out_word(out, reason);
	out_end_row(out);
}

/* ---- The two lists of a frame ---- */

static bool is_before(const struct candidate *a, const struct candidate *b)
{
	return is_dearer((struct dear){candidate_dollars(a), candidate_hash(a)},
	        (struct dear){candidate_dollars(b), candidate_hash(b)});
}

static int copy_candidate(struct candidate *to, const struct candidate *from)
{
	uint8_t *copy = malloc(from->size);

	if (!copy)
		return FAIL_MEMORY;
	memcpy(copy, from->at, from->size);
	*to = (struct candidate){copy, from->size};
	return 0;
}

static void drop_candidate(struct candidate *candidate)
{
	free((void *)(uintptr_t)candidate->at);
	candidate->at = NULL;
}

static int offer_top(struct writer *writer, const struct candidate *candidate)
{
	struct candidate copy;
	size_t at = writer->top_count;

	if (candidate_dollars(candidate) <= 0)
		return 0;
	while (at > 0 && is_before(candidate, &writer->top[at - 1]))
		at--;
	if (at == WORKLIST_DEAREST)
		return 0;
	if (copy_candidate(&copy, candidate) < 0)
		return FAIL_MEMORY;
	if (writer->top_count == WORKLIST_DEAREST)
		drop_candidate(&writer->top[--writer->top_count]);
	memmove(&writer->top[at + 1], &writer->top[at],
	        (writer->top_count - at) * sizeof(writer->top[0]));
	writer->top[at] = copy;
	writer->top_count++;
	return 0;
}

/* The judgement list of the frame at hand; then on to frame `next`, telling those between. */
static void move_to(struct writer *writer, size_t next)
{
	for (; writer->frame < next; writer->frame++) {
		const struct frame *frame = &writer->frames[writer->frame];

		if (frame->units == UNITS_NONE)
			out_undrawn(writer, frame);
		for (size_t i = 0; i < writer->top_count; i++) {
			out_unit(writer, frame, &writer->top[i], false, writer->top_count);
			drop_candidate(&writer->top[i]);
		}
		writer->top_count = 0;
		writer->order = 0;
	}
}

static int take_sorted(void *context, const uint8_t *row, size_t size)
{
	struct writer *writer = context;
	struct candidate candidate = {row + FRAME_BYTES, size - FRAME_BYTES};

	move_to(writer, (size_t)get_big(row, FRAME_BYTES));
	const struct frame *frame = &writer->frames[writer->frame];

	if (writer->order < frame->wanted &&
	        candidate_hash(&candidate) <= hash_limit(writer->worklist->sure, frame->size))
		out_unit(writer, frame, &candidate, true, frame->wanted);
	return offer_top(writer, &candidate);
}

/* ---- All ---- */

static int write_frames(struct writer *writer, struct diag *diag)
{
	struct worklist *worklist = writer->worklist;
	int err = 0;

	for (unsigned i = 0; i < worklist->options.workers && err == 0; i++)
		err = spill_each(worklist->keepers[i].spill, take_candidate, writer, diag);
	if (err == 0)
		err = spill_error(writer->sorted, diag);
	if (err == 0)
		err = spill_merge(&writer->sorted, 1, take_sorted, writer, diag);
	if (err == 0)
		move_to(writer, writer->frame_count);
	for (size_t i = 0; i < writer->top_count; i++)
		drop_candidate(&writer->top[i]);
	return err;
}

static const char header[] = "npi,id_kind,frame,frame_size,sample_size,seed,stratum,order,claim_id,"
                             "line,amount,reason\n";

int worklist_write(struct worklist *worklist, struct out *out, const struct worklist_source *source,
        uint64_t *rows, struct diag *diag)
{
	struct writer writer = {.worklist = worklist, .source = source, .out = out};
	int err = 0;

	out_raw(out, header, sizeof(header) - 1);
	if (worklist && worklist_find_frames(&writer) < 0)
		err = diag_set(diag, FAIL_MEMORY, "no memory for the worklist");
	if (err == 0 && writer.frame_count > 0) {
		err = spill_create(&writer.sorted, worklist->options.memory_bytes,
		        worklist->options.tmp, diag);
		if (err == 0)
			err = worklist_read_lines(&writer, diag);
		if (err == 0)
			err = write_frames(&writer, diag);
	}
	*rows = out_row_count(out);
	spill_destroy(writer.sorted);
	free(writer.frames);
	free(writer.first);
	return err;
}
