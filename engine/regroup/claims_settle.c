/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings: precedence, dollars, and who is told.
 *
 * Among a line's findings that are no watch those of one rule stand, the rule
 * of highest precedence; the others are told as superseded and count in
 * nothing.  So it is among the findings of a claim.  A watch finding stands by
 * itself and has no dollars.
 */
#include "regroup/claims_private.h"
#include "regroup/history_tell.h"

#include <stdio.h>
#include <string.h>

int64_t claims_dollars(int64_t amount, uint32_t share, uint32_t whole)
{
	if (amount <= 0 || whole == 0)
		return 0; /* AMOUNT_ABSENT too */
	return (int64_t)(((__int128)amount * share * 2 + whole) / ((__int128)whole * 2));
}

uint8_t claims_standing(const struct hit_view *views, size_t count)
{
	uint8_t best = RULE_NONE;

	for (size_t i = 0; i < count; i++) {
		if (views[i].watch)
			continue;
		if (best == RULE_NONE ||
		        rule_at(views[i].rule)->precedence < rule_at(best)->precedence)
			best = views[i].rule;
	}
	return best;
}

static int64_t dollars_of(const struct hit_view *view, int64_t amount, bool denied)
{
	if (view->watch || denied || view->severity == SEVERITY_INFO)
		return 0;
	return claims_dollars(amount, view->share, view->whole);
}

struct text claims_detail(
        char room[DETAIL_ROOM], const struct hit_view *view, int64_t amount, uint8_t superseding)
{
	char *at = room, *end = room + DETAIL_ROOM;

	memcpy(at, view->detail.at, view->detail.size);
	at += view->detail.size;
	if (view->excess_whole > 0 && amount != AMOUNT_ABSENT) {
		int64_t excess = claims_dollars(amount, view->excess_share, view->excess_whole);

		at += snprintf(at, (size_t)(end - at), "%sexcess=%lld.%02d", at > room ? "; " : "",
		        (long long)(excess / 100), (int)(excess % 100));
	}
	if (superseding != RULE_NONE)
		at += snprintf(at, (size_t)(end - at), "%ssuperseded_by=%s", at > room ? "; " : "",
		        rule_at(superseding)->id);
	return (struct text){room, (uint32_t)(at - room)};
}

int finding_tell(const struct teller *teller, struct finding *finding, const struct hit_view *view,
        uint8_t standing)
{
	bool superseded = !view->watch && view->rule != standing;

	finding->rule = view->rule;
	finding->severity = view->severity;
	finding->watch = view->watch;
	finding->superseded = superseded;
	finding->superseding = superseded ? standing : 0;
	finding->kind = view->kind;
	finding->detail = claims_detail(
	        teller->detail, view, finding->amount, superseded ? standing : RULE_NONE);
	if (superseded)
		finding->dollars = 0;
	if (!superseded) {
		teller->hits[view->rule]++;
		teller->dollars[view->rule] += finding->dollars;
		int err = profile_add_hit(
		        teller->profile, finding->provider, view->rule, finding->dollars);
		if (err)
			return err;
	}
	return teller->sink && teller->sink->add ? teller->sink->add(teller->sink->context, finding)
	                                         : 0;
}

struct teller claims_teller(struct claims_worker *worker)
{
	return (struct teller){
	        .profile = worker->profile,
	        .sink = worker->sink,
	        .hits = worker->totals.hits,
	        .dollars = worker->totals.dollars,
	        .unique_dollars = worker->totals.unique_dollars,
	        .detail = worker->detail,
	};
}

static struct finding finding_of_line(const struct line_record *line)
{
	const char *text = line->bytes;
	struct finding finding = {
	        .provider = line->provider,
	        .line = line->line,
	        .other_line = LINE_ABSENT,
	        .date = line->date,
	        .code = line->code,
	        .units = line->units,
	        .digest = line->digest,
	};

	memcpy(finding.modifiers, line->modifiers, sizeof(finding.modifiers));
	for (unsigned i = 0; i < line->hit_count; i++) {
		const struct packed_hit *packed = (const struct packed_hit *)text;

		text += packed_hit_size(packed->kind_size, packed->detail_size);
	}
	finding.claim_id = (struct text){text, line->claim_id_size};
	text += line->claim_id_size;
	finding.data_source = (struct text){text, line->data_source_size};
	text += line->data_source_size;
	finding.person_id = (struct text){text, line->person_id_size};
	return finding;
}

int claims_tell_line(const struct teller *teller, const struct settled_line *settled)
{
	const struct line_record *line = settled->line;
	const struct line_place *place = &settled->place;
	uint8_t standing = claims_standing(settled->views, settled->count);
	int64_t most = 0;
	uint32_t findings = 0;

	for (size_t i = 0; i < settled->count; i++) {
		const struct hit_view *view = &settled->views[i];
		struct finding finding = finding_of_line(line);

		finding.amount = place->amount;
		finding.dollars = dollars_of(view, place->amount, line->flags & LINE_DENIED);
		int err = finding_tell(teller, &finding, view, standing);
		if (err)
			return err;
		if (finding.watch || finding.superseded)
			continue;
		findings++;
		most = finding.dollars > most ? finding.dollars : most;
	}
	if (findings == 0)
		return 0;
	/* Never more than the line's amount, and only what the claim's finding left. */
	most = most > place->amount ? place->amount : most;
	most = most > place->portion ? most - place->portion : 0;
	if (place->marked == RULE_NONE || place->marked == standing)
		teller->unique_dollars[standing] += most;
	return profile_add_flagged(
	        teller->profile, line->provider, place->marked == RULE_NONE, findings, most);
}

int claims_settle_line(struct claims_worker *worker, const struct settled_line *settled)
{
	const struct line_record *line = settled->line;
	struct teller teller = claims_teller(worker);

	if (!worker->history || !history_takes_line(line, &settled->place))
		return claims_tell_line(&teller, settled);
	return settled->count > 0 ? history_tell_line(worker->history, line, &settled->place) : 0;
}

static struct finding finding_of_claim(const struct claim_findings *findings)
{
	const struct run_facts *facts = run_facts(findings->lowest);
	const struct run_texts *texts = run_texts(findings->lowest);
	const char *source = texts->bytes + texts->claim_id_size;

	return (struct finding){
	        .claim_level = true,
	        .provider = findings->lowest->provider,
	        .line = facts->line,
	        .other_line = LINE_ABSENT,
	        .date = facts->service_from,
	        .units = AMOUNT_ABSENT,
	        .amount = findings->amount,
	        .digest = facts->digest,
	        .claim_id = {texts->bytes, texts->claim_id_size},
	        .data_source = {source, texts->data_source_size},
	        .person_id = {source + texts->data_source_size, texts->person_id_size},
	};
}

void claims_rank_claim(struct claim_findings *findings)
{
	findings->rule = claims_standing(findings->views, findings->count);
	findings->standing = 0;
	findings->dollars = 0;
	for (size_t i = 0; i < findings->count; i++) {
		const struct hit_view *view = &findings->views[i];
		int64_t dollars = dollars_of(view, findings->amount, findings->denied);

		if (view->watch || view->rule != findings->rule)
			continue;
		findings->standing++;
		if (dollars > findings->dollars) {
			findings->dollars = dollars;
			findings->share = view->share;
			findings->whole = view->whole;
		}
	}
}

int claims_tell_claim(
        const struct teller *teller, const struct claim_findings *findings, uint8_t standing)
{
	int err = 0;

	for (size_t i = 0; i < findings->count && !err; i++) {
		const struct hit_view *view = &findings->views[i];
		struct finding finding = finding_of_claim(findings);

		finding.dollars = dollars_of(view, findings->amount, findings->denied);
		err = finding_tell(teller, &finding, view, standing);
	}
	return err;
}

int claims_mark_lines(struct profile_worker *profile, const struct claim_findings *findings,
        const struct provider_lines *all, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		bool own = all[i].provider == findings->lowest->provider;

		err = profile_add_flagged(profile, all[i].provider, (uint32_t)all[i].lines,
		        own ? findings->standing : 0, own ? findings->dollars : 0);
	}
	return err;
}

/* ---- MILEAGE ---- */

struct hit_view claims_miles_alone(unsigned check)
{
	static const char kind[] = "mileage_alone", detail[] = "base_lines=0; limit=1";

	return (struct hit_view){
	        .rule = (uint8_t)check_rule(check),
	        .check = (uint8_t)check,
	        .severity = SEVERITY_MEDIUM,
	        .watch = check_at(check)->watch,
	        .share = 1,
	        .whole = 1,
	        .kind = {kind, sizeof(kind) - 1},
	        .detail = {detail, sizeof(detail) - 1},
	};
}

static int settle_miles(struct claims_worker *worker, struct line_record *line, uint64_t bases)
{
	bool alone = ((line->trips & TRIP_GROUND_MILES) && !(bases & TRIP_GROUND)) ||
	             ((line->trips & TRIP_AIR_MILES) && !(bases & TRIP_AIR));

	line->trips |= alone ? TRIP_ALONE : 0;
	size_t count = claims_unpack(line, worker->claims->line_checks, worker->views);
	if (alone)
		worker->views[count++] = claims_miles_alone((unsigned)worker->claims->check_miles);
	struct settled_line settled = {line, line->place, worker->views, count};
	return claims_settle_line(worker, &settled);
}

static int settle_trip(
        struct claims_worker *worker, const struct record_head **records, size_t count)
{
	uint64_t bases = 0;
	int err = 0;

	for (size_t i = 0; i < count; i++) {
		if (records[i]->kind == RECORD_TRIP)
			bases |= ((const struct trip_record *)records[i])->trips;
	}
	for (size_t i = 0; i < count && !err; i++) {
		if (records[i]->kind == RECORD_LINE)
			err = settle_miles(
			        worker, (struct line_record *)(uintptr_t)records[i], bases);
	}
	return err;
}

int claims_mileage(struct claims_worker *worker, const struct partition_view *view)
{
	int err = 0;

	for (size_t from = 0, to; from < view->count && !err; from = to) {
		for (to = from + 1; to < view->count; to++) {
			if (view->records[to]->key != view->records[from]->key)
				break;
		}
		err = settle_trip(worker, view->records + from, to - from);
	}
	return err;
}
