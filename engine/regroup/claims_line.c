/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line with hits, or with ambulance miles: packed while its batch is at
 * hand, unpacked when its claim is known.
 */
#include "base/hash.h"
#include "regroup/claims_private.h"
#include "regroup/digest.h"

#include <string.h>

uint8_t claims_trips(const struct claims *claims, const struct batch *batch, uint32_t line)
{
	uint32_t ref = batch->hcpcs_ref[line];
	uint8_t trips = 0;

	if (!ref || !claims->options.codes || !(batch->line_flags[line] & LINE_PAYABLE))
		return 0;
	uint32_t flags = codes_procedures(claims->options.codes)[ref].flags;
	trips |= flags & PX_AMBULANCE_BASE ? TRIP_GROUND : 0;
	trips |= flags & PX_AMBULANCE_AIR ? TRIP_AIR : 0;
	trips |= flags & PX_GROUND_MILES ? TRIP_GROUND_MILES : 0;
	trips |= flags & PX_AIR_MILES ? TRIP_AIR_MILES : 0;
	return trips;
}

/*
 * The trip of a line: person, day, supplier; 0 where one is unknown.  Miles
 * need a day of their own; a base line without one speaks for the first day.
 */
static uint64_t trip_of(const struct batch *batch, uint32_t line, uint8_t trips)
{
	struct {
		uint64_t person;
		int32_t date;
		uint32_t provider;
	} key = {batch->person_key[line], batch->service_from[line], batch->provider[line]};

	if (!key.person || key.date == DATE_ABSENT ||
	        id_kind(batch->provider_id[line]) == ID_NONE ||
	        ((trips & TRIP_MILES) && !(batch->line_flags[line] & LINE_SAME_DAY)))
		return 0;
	return hash64(&key, sizeof(key)) | 1;
}

/* Tell all hits; returns the bytes that they will take. */
static size_t tell_hits(
        struct claims_worker *worker, const struct emitting *emitting, uint32_t line, uint64_t hits)
{
	size_t bytes = 0;

	for (unsigned count = 0; hits; hits &= hits - 1, count++) {
		struct hit *hit = &worker->told[count];

		rules_tell(emitting->context, emitting->batch, line,
		        (unsigned)__builtin_ctzll(hits), hit);
		bytes += packed_hit_size(strnlen(hit->kind, sizeof(hit->kind)),
		        strnlen(hit->detail, sizeof(hit->detail)));
	}
	return bytes;
}

static char *pack_hit(char *to, const struct hit *hit)
{
	const struct hit_view view = {
	        .rule = hit->rule,
	        .check = hit->check,
	        .severity = hit->severity,
	        .watch = hit->watch,
	        .share = hit->share,
	        .whole = hit->whole,
	        .excess_share = hit->excess_share,
	        .excess_whole = hit->excess_whole,
	        .kind = {hit->kind, (uint32_t)strnlen(hit->kind, sizeof(hit->kind))},
	        .detail = {hit->detail, (uint32_t)strnlen(hit->detail, sizeof(hit->detail))},
	};

	return claims_pack_view(to, &view);
}

static void fill_line(const struct emitting *emitting, uint32_t line, struct line_record *record)
{
	const struct batch *batch = emitting->batch;
	bool institutional = batch->claim_type[line] == CLAIM_INSTITUTIONAL;

	record->digest = line_digest(batch, line);
	record->claim = batch->claim_key[line];
	record->code = batch->hcpcs[line];
	record->units = batch->units[line];
	record->amounts[AMOUNT_CHARGE] = batch->charge[line];
	record->amounts[AMOUNT_ALLOWED] = batch->allowed[line];
	record->amounts[AMOUNT_PAID] = batch->paid[line];
	record->place = (struct line_place){.amount = AMOUNT_ABSENT, .marked = RULE_NONE};
	record->provider = batch->provider[line];
	record->line = batch->line_number[line];
	record->date = batch->service_from[line];
	for (unsigned i = 0; i < MODIFIERS_MAX; i++)
		record->modifiers[i] = batch->modifiers[i][line];
	record->flags = batch->line_flags[line];
	record->claim_type = batch->claim_type[line];
	record->claim_level = institutional ? emitting->claim_level : 0;
	record->claim_id_size = batch->claim_id[line].size;
	record->data_source_size = batch->data_source[line].size;
	record->person_id_size = batch->person_id[line].size;
}

int claims_emit_line(struct claims_worker *worker, const struct emitting *emitting, uint32_t line,
        uint64_t hits, uint8_t trips)
{
	const struct batch *batch = emitting->batch;
	const struct slice texts[] = {
	        batch->claim_id[line], batch->data_source[line], batch->person_id[line]};
	unsigned count = (unsigned)__builtin_popcountll(hits);
	size_t size = sizeof(struct line_record) + tell_hits(worker, emitting, line, hits);

	for (unsigned i = 0; i < 3; i++)
		size += texts[i].size;
	size = (size + 7) & ~(size_t)7;
	struct line_record *record = partition_reserve(
	        worker->main, batch->claim_key[line], RECORD_LINE, size);
	if (!record)
		return FAIL_IO;
	fill_line(emitting, line, record);
	record->trips = trips;
	record->trip = trips ? trip_of(batch, line, trips) : 0;
	record->hit_count = (uint8_t)count;
	char *to = record->bytes;
	for (unsigned i = 0; i < count; i++)
		to = pack_hit(to, &worker->told[i]);
	for (unsigned i = 0; i < 3; i++) {
		if (texts[i].size > 0)
			memcpy(to, batch->text + texts[i].at, texts[i].size);
		to += texts[i].size;
	}
	return 0;
}

char *claims_pack_view(char *to, const struct hit_view *view)
{
	struct packed_hit *packed = (struct packed_hit *)to;

	*packed = (struct packed_hit){
	        .rule = view->rule,
	        .check = view->check,
	        .severity = view->severity,
	        .watch = view->watch,
	        .share = view->share,
	        .whole = view->whole,
	        .excess_share = view->excess_share,
	        .excess_whole = view->excess_whole,
	        .kind_size = (uint8_t)view->kind.size,
	        .detail_size = (uint8_t)view->detail.size,
	};
	memcpy(packed->bytes, view->kind.at, view->kind.size);
	memcpy(packed->bytes + view->kind.size, view->detail.at, view->detail.size);
	return to + packed_hit_size(view->kind.size, view->detail.size);
}

static struct hit_view view_of(const struct packed_hit *packed)
{
	return (struct hit_view){
	        .rule = packed->rule,
	        .check = packed->check,
	        .severity = packed->severity,
	        .watch = packed->watch,
	        .share = packed->share,
	        .whole = packed->whole,
	        .excess_share = packed->excess_share,
	        .excess_whole = packed->excess_whole,
	        .kind = {packed->bytes, packed->kind_size},
	        .detail = {packed->bytes + packed->kind_size, packed->detail_size},
	};
}

size_t claims_unpack_hits(const char *at, unsigned hits, uint64_t checks, struct hit_view *views)
{
	size_t count = 0;

	for (unsigned i = 0; i < hits; i++) {
		const struct packed_hit *packed = (const struct packed_hit *)at;

		at += packed_hit_size(packed->kind_size, packed->detail_size);
		if (checks >> packed->check & 1)
			views[count++] = view_of(packed);
	}
	return count;
}

size_t claims_unpack(const struct line_record *line, uint64_t checks, struct hit_view *views)
{
	return claims_unpack_hits(line->bytes, line->hit_count, checks, views);
}
