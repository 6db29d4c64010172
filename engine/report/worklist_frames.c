/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is flagged of a lead is a frame.  One whose rule finds lines or claims has
 * its hits for units; one that compares counts has the lines that were counted,
 * where a line says of itself that it is one of them.
 */
#include "report/worklist_private.h"

#include "history/standing.h"
#include "report/row.h"
#include "stats/measures.h"

#include <stdlib.h>
#include <string.h>

static int add_frame(struct writer *writer, const struct frame *frame)
{
	if (writer->frame_count == writer->frame_room) {
		size_t room = writer->frame_room ? 2 * writer->frame_room : 64;
		struct frame *frames = realloc(writer->frames, room * sizeof(*frames));

		if (!frames)
			return FAIL_MEMORY;
		writer->frames = frames;
		writer->frame_room = room;
	}
	struct frame *added = &writer->frames[writer->frame_count++];

	*added = *frame;
	if (frame->units == UNITS_HITS)
		added->wanted = worklist_size_of(&writer->worklist->options.plan, frame->size);
	if (writer->first[frame->provider] == 0)
		writer->first[frame->provider] = (uint32_t)writer->frame_count;
	return 0;
}

/* ---- Lines of what was counted ---- */

/* The family of a measure's name; EM_NONE for the empty name, -1 for one that is none. */
static int family_of(const char *measure)
{
	if (!measure[0])
		return EM_NONE;
	for (unsigned family = 1; family < EM_FAMILIES; family++) {
		const char *after = em_family_text(family, true);
		const char *before = em_family_text(family, false);

		if ((after && strcmp(after, measure) == 0) ||
		        (before && strcmp(before, measure) == 0))
			return (int)family;
	}
	return -1;
}

/* The month of most dollars, of equal ones the first. */
static bool dearest_month(const struct tallies *tallies, uint32_t provider, uint64_t *month)
{
	size_t count = 0;
	const struct tally *of = tallies_find(tallies, provider, TALLY_MONTH, &count);
	const struct tally *most = of;

	for (size_t i = 1; i < count; i++)
		most = of[i].dollars > most->dollars ? &of[i] : most;
	if (count > 0)
		*month = most->of;
	return count > 0;
}

static const char *words_of(enum tally_measure measure)
{
	switch (measure) {
	case TALLY_MOD_03:
		return "column 2 lines with 59 or X{EPSU}";
	case TALLY_TIM_03_WEEKEND:
		return "lines on weekends";
	case TALLY_TIM_03_HOLIDAY:
		return "lines on holidays";
	case TALLY_TIM_03_FIRST_DAY:
		return "lines on the first of months";
	case TALLY_STA_01:
		return "lines far dearer than others of their code";
	default:
		return "lines";
	}
}

/* A measure that has the name of a tally: its k are lines. */
static bool lines_of_tally(struct frame *frame, const char *rule)
{
	for (unsigned measure = 0; measure < TALLY_MEASURES; measure++) {
		if (strcmp(tally_rule((enum tally_measure)measure), rule) != 0 ||
		        strcmp(tally_name((enum tally_measure)measure), frame->measure) != 0 ||
		        !standing_knows((enum tally_measure)measure))
			continue;
		frame->counted_by = (uint8_t)measure;
		frame->words = words_of((enum tally_measure)measure);
		return true;
	}
	return false;
}

static bool lines_of_months(struct frame *frame, const struct tallies *tallies)
{
	frame->counted_by = TALLY_MONTH;
	frame->words = "lines of the month of most dollars,";
	return frame->measure[0] == '\0' && dearest_month(tallies, frame->provider, &frame->part);
}

static bool lines_of_visits(struct frame *frame)
{
	int family = family_of(frame->measure);

	frame->counted_by = TALLY_EM_LEVEL;
	frame->words = "E/M services of the family";
	frame->part = (uint64_t)family;
	if (family == EM_NONE)
		frame->words = "E/M services";
	return family >= 0;
}

static bool lines_of_codes(struct frame *frame)
{
	frame->counted_by = MEASURE_CODED;
	frame->words = "lines with a code";
	return strcmp(frame->measure, "mix") == 0;
}

/* What lines a flagged measure is drawn of, if any can be read again. */
static bool find_lines(const struct writer *writer, struct frame *frame)
{
	const char *rule = rule_at(frame->rule)->id;

	if (!writer->source->days)
		return false;
	if (strncmp(rule, "EM-", 3) == 0)
		return lines_of_visits(frame);
	if (strcmp(rule, "STA-06") == 0)
		return lines_of_codes(frame);
	if (strcmp(rule, "STA-08") == 0)
		return lines_of_months(frame, writer->source->tallies);
	return lines_of_tally(frame, rule);
}

/* ---- Of leads ---- */

/* The frames of one rule: flagged rows, or hits that lead at once. */
static int add_rule_frames(struct writer *writer, uint32_t provider, unsigned rule,
        const struct stats_row *rows, size_t count)
{
	struct frame frame = {.provider = provider, .rule = (uint8_t)rule, .measure = ""};
	struct profile_rule read = {0};
	bool flagged = false;
	int err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		flagged |= rows[i].flag && !rows[i].provider_rule;
		if (!rows[i].flag || !rows[i].provider_rule)
			continue;
		frame.measure = rows[i].measure;
		frame.units = find_lines(writer, &frame) ? UNITS_LINES : UNITS_NONE;
		frame.size = rows[i].evaluated;
		err = add_frame(writer, &frame);
	}
	if (err < 0 || (count > 0 && rows[0].provider_rule))
		return err;
	profile_read_rule(writer->source->profile, provider, rule, &read);
	if (read.hits == 0 || !(flagged || stats_leads_at_once(rule)))
		return 0;
	frame.units = UNITS_HITS;
	frame.words = "hits";
	frame.measure = "";
	frame.size = read.hits;
	return add_frame(writer, &frame);
}

/* rows: room for those of any provider. */
static int add_frames(struct writer *writer, uint32_t provider, struct stats_row rows[])
{
	size_t left = stats_rows(writer->source->stats, provider, rows);
	int err = 0;

	for (unsigned rule = 0; rule < RULES_ALL && err == 0; rule++) {
		size_t count = 0;

		while (count < left && rows[count].rule == rule)
			count++;
		if (writer->worklist->wanted[rule])
			err = add_rule_frames(writer, provider, rule, rows, count);
		rows += count;
		left -= count;
	}
	return err;
}

/* As providers are printed. */
static int compare_providers(const void *a, const void *b, void *context)
{
	const struct profile *profile = context;
	const char *left, *right;
	uint64_t left_id = profile_id(profile, *(const uint32_t *)a, &left);
	uint64_t right_id = profile_id(profile, *(const uint32_t *)b, &right);
	int order = strcmp(left, right);

	return order != 0 ? order : strcmp(id_kind_name(left_id), id_kind_name(right_id));
}

int worklist_find_frames(struct writer *writer)
{
	const struct profile *profile = writer->source->profile;
	size_t room = profile_count(profile);
	uint32_t *leads = calloc(room + 1, sizeof(*leads));
	struct stats_row *rows = malloc(
	        (stats_rows_max(writer->source->stats) + 1) * sizeof(*rows));
	int err = leads && rows ? 0 : FAIL_MEMORY;

	writer->first = calloc(room + 1, sizeof(*writer->first));
	if (!writer->first)
		err = FAIL_MEMORY;
	size_t count = err == 0 ? stats_leads(writer->source->stats, leads, room) : 0;

	if (count > 0)
		qsort_r(leads, count, sizeof(*leads), compare_providers,
		        (void *)(uintptr_t)profile);
	for (size_t i = 0; i < count && err == 0; i++)
		err = add_frames(writer, leads[i], rows);
	free(rows);
	free(leads);
	return err;
}
