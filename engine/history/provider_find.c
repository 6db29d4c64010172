/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rules of a provider's days found.
 *
 * A finding of a day is about all of its lines together, not about one: it takes
 * no part in the precedence of findings on a line, neither superseding them nor
 * superseded.  Its dollars are the lines' all the same: a line has the most of
 * any of its findings in dollars_flagged, whichever walk found it.
 */
#include "history/provider_private.h"

#include <stdlib.h>
#include <string.h>

void *provider_room(struct provider_window *window, size_t count, size_t size)
{
	void *room = scratch_room(&window->own->rule_room, count + 1, size);

	window->failed |= !room;
	return room;
}

void *provider_zeroed_room(struct provider_window *window, size_t bytes)
{
	void *room = scratch_room(&window->own->zeroed_room, bytes, 1);

	window->failed |= !room;
	return room ? memset(room, 0, bytes) : NULL;
}

/* ---- Counting ---- */

void provider_scope(struct provider_window *window, uint32_t count)
{
	window->own->totals.scope[window->rule] += count;
}

void provider_evaluated(struct provider_window *window, uint32_t count)
{
	window->own->totals.evaluated[window->rule] += count;
	window->own->judged += count;
}

void provider_tally(struct provider_window *window, struct tally tally)
{
	tally.provider = window->provider;
	window->failed |= tallies_put(window->own->tallies, &tally) != 0;
}

void provider_tally_as(
        struct provider_window *window, struct tally tally, enum tally_measure measure)
{
	tally.measure = measure;
	if (tally.n > 0)
		provider_tally(window, tally);
}

void provider_patients(struct provider_window *window, uint32_t *hashes, uint32_t persons)
{
	struct sketches *sketches = tallies_patients(window->own->tallies);

	window->failed |= sketches_add(sketches, window->provider, hashes, persons) != 0;
}

/* ---- The order of lines ---- */

static int compare_bytes(const char *a, uint32_t a_size, const char *b, uint32_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* As the contract orders lines of one day. */
static int compare_lines(const struct provider_line *a, const struct provider_line *b)
{
	const struct provider_texts of_a = provider_texts(a), of_b = provider_texts(b);

	if (of_a.order_date != of_b.order_date)
		return of_a.order_date < of_b.order_date ? -1 : 1;
	int order = compare_bytes(of_a.bytes, of_a.claim_id_size, of_b.bytes, of_b.claim_id_size);
	if (order)
		return order;
	if (of_a.line != of_b.line)
		return of_a.line < of_b.line ? -1 : 1;
	return (of_a.digest > of_b.digest) - (of_a.digest < of_b.digest);
}

static int compare_members(const void *a, const void *b)
{
	return compare_lines(
	        *(const struct provider_line *const *)a, *(const struct provider_line *const *)b);
}

/* ---- Telling ---- */

void provider_find_begin(struct provider_find *find, const struct provider_line **members,
        size_t count, const char *kind, enum severity severity)
{
	qsort(members, count, sizeof(*members), compare_members);
	find->members = members;
	find->member_count = count;
	find->kind = kind;
	find->hit.severity = (uint8_t)severity;
	find->hit.watch = false;
	find->hit.share = find->hit.whole = 1;
	find->hit.excess_whole = 0;
	find->hit.detail[0] = '\0';
}

static int64_t absent_units(const struct provider_line *line)
{
	return line->units == PROVIDER_UNITS_ABSENT ? AMOUNT_ABSENT : line->units;
}

static struct finding finding_of(
        const struct provider_window *window, const struct provider_line *line)
{
	const struct provider_texts texts = provider_texts(line);
	const char *source = texts.bytes + texts.claim_id_size;
	struct finding finding = {
	        .rule = (uint8_t)window->rule,
	        .provider = window->provider,
	        .line = texts.line,
	        .other_line = LINE_ABSENT,
	        .date = provider_day_of_key(line->key),
	        .code = line->code,
	        .units = absent_units(line),
	        .amount = line->amount,
	        .digest = texts.digest,
	        .claim_id = {texts.bytes, texts.claim_id_size},
	        .data_source = {source, texts.data_source_size},
	        .person_id = {source + texts.data_source_size, texts.person_id_size},
	};

	memcpy(finding.modifiers, line->modifiers, sizeof(finding.modifiers));
	return finding;
}

/*
 * The dollars of a finding are its share of its members' sum, rounded once; of
 * that each line has what the sum up to it adds, so that the lines' parts are
 * the whole.  They are kept for the union.
 */
static bool take_dollars(
        struct provider_private *own, const struct provider_find *find, int64_t *dollars)
{
	struct take *takes = growing_add(&own->takes, find->member_count, sizeof(*takes));
	uint64_t amounts = 0;

	if (!takes)
		return false;
	*dollars = 0;
	for (size_t i = 0; i < find->member_count; i++) {
		const struct provider_line *line = find->members[i];
		int64_t before = *dollars;

		amounts += line->amount > 0 ? (uint64_t)line->amount : 0; /* absent is below */
		if (find->hit.severity != SEVERITY_INFO)
			*dollars = claims_dollars(
			        (int64_t)amounts, find->hit.share, find->hit.whole);
		takes[i] = (struct take){
		        line->record, *dollars - before, (uint8_t)own->window.rule, i == 0};
	}
	return true;
}

void provider_find_keep(struct provider_window *window, const struct provider_find *find)
{
	struct provider_private *own = window->own;
	struct finding finding = finding_of(window, find->members[0]);
	const struct hit_view view = {
	        .detail = {find->hit.detail, (uint32_t)strlen(find->hit.detail)},
	};

	finding.severity = find->hit.severity;
	finding.watch = find->hit.watch;
	finding.kind = (struct text){find->kind, (uint32_t)strlen(find->kind)};
	finding.detail = claims_detail(own->detail, &view, finding.amount, RULE_NONE);
	if (!find->hit.watch && !take_dollars(own, find, &finding.dollars)) {
		window->failed = true;
		return;
	}
	own->totals.hits[window->rule]++;
	own->totals.dollars[window->rule] += finding.dollars;
	int err = profile_add_hit(own->profile, window->provider, window->rule, finding.dollars);
	if (!err && own->sink && own->sink->add)
		err = own->sink->add(own->sink->context, &finding);
	own->err = own->err ? own->err : err;
}

/* ---- The union of dollars ---- */

static int compare_takes(const void *a, const void *b)
{
	const struct take *of_a = a, *of_b = b;

	return (of_a->record > of_b->record) - (of_a->record < of_b->record);
}

/* What the findings of a line, all of its provider's days, add to what it had. */
static int flag_line(struct provider_private *own, const struct take *takes, size_t count)
{
	struct provider_line line;

	provider_unpack(takes[0].record, &line);
	const struct provider_texts texts = provider_texts(&line);
	int64_t amount = line.amount > 0 ? line.amount : 0, most = 0;
	bool several = texts.hit == PROVIDER_HIT_SEVERAL ||
	               (texts.hit == PROVIDER_HIT_ONE && texts.rule != takes[0].rule);
	uint32_t stand = 0;

	for (size_t i = 0; i < count; i++) {
		most = takes[i].dollars > most ? takes[i].dollars : most;
		several |= takes[i].rule != takes[0].rule;
		stand += takes[i].stands;
	}
	most = most > amount ? amount : most;
	int64_t added = most > texts.flagged ? most - texts.flagged : 0;

	/* An earlier run has flagged it; that the day's finding stands on it is new. */
	if (line.kind & PROVIDER_OLD)
		return profile_add_flagged(own->profile, own->window.provider, false, stand, 0);
	if (!several)
		own->totals.unique_dollars[takes[0].rule] += added;
	else if (texts.hit == PROVIDER_HIT_ONE)
		own->totals.unique_dollars[texts.rule] -= texts.unique;
	return profile_add_flagged(own->profile, own->window.provider, !texts.marked, stand, added);
}

int provider_settle(struct provider_private *own)
{
	struct take *takes = own->takes.data;
	size_t count = own->takes.count;
	int err = 0;

	if (count > 1)
		qsort(takes, count, sizeof(*takes), compare_takes);
	for (size_t from = 0, to; from < count && !err; from = to) {
		for (to = from + 1; to < count && takes[to].record == takes[from].record; to++)
			;
		err = flag_line(own, takes + from, to - from);
	}
	own->takes.count = 0;
	return err;
}
