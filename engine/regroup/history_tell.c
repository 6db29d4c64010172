/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/history_tell.h"

#include "base/hash.h"

#include <string.h>

/* The texts of a line record stand behind its hits. */
static const char *line_texts(const struct line_record *line)
{
	const char *at = line->bytes;

	for (unsigned i = 0; i < line->hit_count; i++) {
		const struct packed_hit *packed = (const struct packed_hit *)at;

		at += packed_hit_size(packed->kind_size, packed->detail_size);
	}
	return at;
}

int history_tell_line(struct partition_writer *writer, const struct line_record *line,
        const struct line_place *place)
{
	const char *person = line_texts(line) + line->claim_id_size + line->data_source_size;
	struct line_record *record = partition_reserve(
	        writer, person_key_of(person, line->person_id_size), HISTORY_HITS, line->head.size);

	if (!record)
		return FAIL_IO;
	memcpy((uint8_t *)record + sizeof(record->head), (const uint8_t *)line + sizeof(line->head),
	        line->head.size - sizeof(line->head));
	record->place = *place;
	record->claim = line->claim;
	return 0;
}

/* The person of a run, 0 for none. */
static uint64_t run_person(const struct run_record *run)
{
	const struct run_texts *texts = run_texts(run);

	if (!texts || texts->person_id_size == 0)
		return 0;
	return person_key_of(texts->bytes + texts->claim_id_size + texts->data_source_size,
	        texts->person_id_size);
}

int history_tell_findings(
        struct partition_writer *writer, uint64_t claim, const struct claim_told *told)
{
	const struct claim_findings *findings = told->findings;
	size_t providers = told->provider_count * sizeof(*told->providers);
	size_t size = sizeof(struct history_findings) + findings->lowest->head.size + providers;
	struct history_findings *record;
	char *at;

	for (size_t i = 0; i < findings->count; i++)
		size += packed_hit_size(
		        findings->views[i].kind.size, findings->views[i].detail.size);
	size = (size + 7) & ~(size_t)7;
	record = partition_reserve(writer, run_person(findings->lowest), HISTORY_FINDINGS, size);
	if (!record)
		return FAIL_IO;
	record->claim = claim;
	record->amount = findings->amount;
	record->denied = findings->denied;
	record->providers = (uint32_t)told->provider_count;
	record->hits = (uint32_t)findings->count;
	at = (char *)(record + 1);
	memcpy(at, findings->lowest, findings->lowest->head.size);
	at += findings->lowest->head.size;
	memcpy(at, told->providers, providers);
	at += providers;
	for (size_t i = 0; i < findings->count; i++)
		at = claims_pack_view(at, &findings->views[i]);
	return 0;
}

static int tell_person(
        struct partition_writer *writer, uint64_t person, const struct history_verdict *verdict)
{
	struct history_verdict *record = partition_reserve(
	        writer, person, HISTORY_VERDICT, sizeof(*record));

	if (!record)
		return FAIL_IO;
	memcpy((uint8_t *)record + sizeof(record->head),
	        (const uint8_t *)verdict + sizeof(verdict->head),
	        sizeof(*verdict) - sizeof(verdict->head));
	return 0;
}

/*
 * A claim has one person, save in bad files.  That its finding stands alone is
 * told to one of them only: to the person of the lowest line.
 */
int history_tell_claim(struct partition_writer *writer, const struct claim *claim,
        const struct history_verdict *verdict)
{
	uint64_t first = run_person(claim->lowest), last = first;
	struct history_verdict again = *verdict;
	int err = first ? tell_person(writer, first, verdict) : 0;

	again.flags &= (uint8_t)~VERDICT_ALONE;
	for (size_t i = 0; i < claim->count && !err; i++) {
		const struct run_record *run = (const struct run_record *)claim->records[i];
		uint64_t person = run->head.kind == RECORD_RUN ? run_person(run) : 0;

		if (person && person != first && person != last)
			err = tell_person(writer, person, &again);
		last = person ? person : last;
	}
	return err;
}
