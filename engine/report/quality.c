/* SPDX-License-Identifier: Apache-2.0 */
#include "report/quality.h"

#include "report/json.h"
#include "report/tables.h"

#include <string.h>

uint64_t quality_quarantined(const struct quality *quality)
{
	uint64_t count = 0;

	for (unsigned kind = 0; kind < BAD_KINDS; kind++)
		count += quality->counts->quarantined[kind];
	return count;
}

uint64_t quality_records(const struct quality *quality)
{
	return quality->counts->used + quality_quarantined(quality);
}

uint64_t quality_lines(const struct quality *quality)
{
	return quality->counts->used - quality->normalise->totals;
}

bool quality_hides_quarantined(const struct quality *quality)
{
	bool hides = false;

	for (unsigned kind = 0; kind < BAD_KINDS; kind++)
		hides |= count_is_small(quality->counts->quarantined[kind]);
	return quality->public && hides;
}

static void write_samples(struct json *json, const struct quality *quality, unsigned kind)
{
	const struct csv_counts *counts = quality->counts;

	json_array(json, "samples", false);
	for (uint32_t i = 0; i < counts->sample_count[kind]; i++) {
		const struct bad_sample *sample = &counts->samples[kind][i];

		json_object(json, NULL, true);
		json_text(json, "file", quality->plan->files[sample->file].path);
		json_unsigned(json, "offset", sample->offset);
		json_end(json);
	}
	json_end(json);
}

static void write_quarantined(struct json *json, const struct quality *quality)
{
	json_object(json, "quarantined", false);
	for (unsigned kind = 0; kind < BAD_KINDS; kind++) {
		if (quality->counts->quarantined[kind] == 0)
			continue;
		json_object(json, bad_name((enum bad)kind), false);
		json_hidden_count(json, "count", quality->counts->quarantined[kind],
		        quality_hides_quarantined(quality));
		if (!quality->public)
			write_samples(json, quality, kind);
		json_end(json);
	}
	json_end(json);
}

/* Used records of files that have a column for the field. */
static uint64_t lines_with(const struct quality *quality, enum field field)
{
	uint64_t lines = 0;

	if (!quality->layouts)
		return quality->counts->used;
	for (uint32_t i = 0; i < layouts_count(quality->layouts); i++) {
		if (field_set_has(&layouts_at(quality->layouts, i)->bound, field))
			lines += quality->counts->layout_lines[i];
	}
	return lines;
}

/* Of the columns that were read; side files have none here. */
static void write_field(struct json *json, const struct quality *quality, enum field field)
{
	const struct cell_counts *counts = &quality->counts->fields[field];
	uint64_t lines = lines_with(quality, field), blank = lines - counts->present;
	bool hidden = count_is_small(counts->present) || count_is_small(blank) ||
	              count_is_small(counts->invalid) || count_is_small(counts->repaired);

	if (!field_set_has(&quality->bound, field) || field_type(field) == CELL_NONE || lines == 0)
		return;
	json_object(json, field_name(field), true);
	json_hidden_count(json, "present", counts->present, hidden);
	json_hidden_count(json, "blank", blank, hidden);
	json_hidden_count(json, "invalid", counts->invalid, hidden);
	json_hidden_count(json, "repaired", counts->repaired, hidden);
	json_end(json);
}

static void write_fields(struct json *json, const struct quality *quality)
{
	json_object(json, "fields", false);
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		write_field(json, quality, (enum field)field);
	json_end(json);
}

static void write_levels(struct json *json, const struct quality *quality)
{
	static const enum field fields[AMOUNTS] = {FIELD_CHARGE, FIELD_ALLOWED, FIELD_PAID};
	uint64_t claims = 0;

	json_object(json, "amount_level", true);
	for (unsigned amount = 0; amount < AMOUNTS; amount++) {
		uint64_t judged = quality->totals->multi_line_claims[amount];

		if (quality->amount_levels[amount])
			json_text(json, field_name(fields[amount]), quality->amount_levels[amount]);
		claims = judged > claims ? judged : claims;
	}
	json_count(json, "claims", claims);
	json_end(json);
}

static void write_adjustments(struct json *json, const struct claims_totals *totals)
{
	json_object(json, "adjustments", true);
	json_count(json, "matched", totals->adjustments_matched);
	json_count(json, "unmatched", totals->adjustments_unmatched);
	json_count(json, "negative", totals->adjustments_negative);
	json_end(json);
}

static void write_history(struct json *json, const struct quality_history *history)
{
	if (!history)
		return;
	json_object(json, "history", true);
	json_count(json, "lines", history->lines);
	json_count(json, "beneficiaries", history->beneficiaries);
	json_count(json, "without_beneficiary", history->nobody);
	json_end(json);
}

static void write_tail(struct json *json, const struct quality_tail *tail)
{
	if (!tail)
		return;
	json_object(json, "tail", true);
	json_count(json, "lines", tail->lines);
	json_count(json, "older_than_tail", tail->older);
	json_count(json, "claims_again", tail->again);
	json_end(json);
}

static void write_denied(struct json *json, const struct normalise_counts *counts)
{
	json_object(json, "denied", true);
	json_count(json, "flag", counts->denied_by_flag);
	json_count(json, "zero_paid", counts->denied_by_zero);
	json_count(json, "professional_lines", counts->lines[CLAIM_PROFESSIONAL]);
	json_end(json);
}

static void write_disagreements(struct json *json, const struct side_counts *counts)
{
	json_object(json, "disagreements", true);
	json_count(json, "birth_date", counts->birth);
	json_count(json, "sex", counts->sex);
	json_count(json, "death_date", counts->death);
	json_count(json, "specialty_code", counts->specialty);
	json_count(json, "provider_state", counts->state);
	json_count(json, "entity_type", counts->entity_type);
	json_end(json);
}

static void write_dates(struct json *json, const struct normalise_counts *counts)
{
	json_object(json, "dates", false);
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		if (counts->first_service[type] > counts->last_service[type] ||
		        counts->first_service[type] == DATE_ABSENT)
			continue;
		json_object(json, claim_type_name(type), true);
		json_date(json, "first_service", counts->first_service[type]);
		json_date(json, "last_service", counts->last_service[type]);
		json_date(json, "last_paid_or_received", counts->last_received[type]);
		json_end(json);
	}
	json_end(json);
}

int quality_write(struct run *run, const struct quality *quality, struct diag *diag)
{
	struct out *out = NULL;
	struct json json;
	int err = out_create(&out, run, "quality.json", diag);

	if (err < 0)
		return err;
	json_init(&json, out);
	json.hides = quality->public != NULL;
	json_object(&json, NULL, false);
	json_unsigned(&json, "files", quality->plan->file_count);
	json_hidden_count(
	        &json, "records", quality_records(quality), quality_hides_quarantined(quality));
	json_count(&json, "claims", quality->totals->claims);
	json_count(&json, "lines", quality_lines(quality));
	json_count(&json, "used", quality->counts->used);
	json_count(&json, "revenue_totals", quality->normalise->totals);
	json_count(&json, "outside_dates", quality->normalise->outside);
	write_quarantined(&json, quality);
	write_fields(&json, quality);
	write_levels(&json, quality);
	write_adjustments(&json, quality->totals);
	write_history(&json, quality->history);
	write_tail(&json, quality->tail);
	write_denied(&json, quality->normalise);
	write_disagreements(&json, &quality->normalise->disagreements);
	write_dates(&json, quality->normalise);
	json_end(&json);
	if (quality->public)
		public_count(quality->public, 0, json.hidden);
	return out_close(out, diag);
}
