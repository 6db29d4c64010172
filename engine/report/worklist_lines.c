/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of what was only counted while histories were walked no hits came by.  When it
 * is known which of it is flagged, and of whom, the lines of these few providers
 * are read once more: nothing is kept of all the others for a draw that nobody
 * asks for.
 */
#include "report/worklist_private.h"

#include "base/hash.h"
#include "base/tasks.h"
#include "history/standing.h"
#include "report/sample.h"
#include "rules/detail.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct writer *writer;
	struct seen *seen;    /* a frame each */
	pthread_mutex_t lock; /* of seen, the frames' sizes, writer->sorted and diag */
	struct diag *diag;
};

static bool is_of(const struct frame *frame, const struct standing *standing)
{
	if (frame->units != UNITS_LINES)
		return false;
	if (frame->counted_by == MEASURE_CODED)
		return standing->finding.code != 0;
	return standing_is(standing, (enum tally_measure)frame->counted_by, frame->part);
}

/* From its first frame on; the frames of a provider stand together. */
static bool next_frame(const struct writer *writer, uint32_t provider, size_t at)
{
	return at < writer->frame_count && writer->frames[at].provider == provider;
}

static bool wants(const void *context, uint32_t provider)
{
	const struct writer *writer = ((const struct reading *)context)->writer;
	bool wanted = false;

	if (writer->first[provider] == 0)
		return false;
	for (size_t at = writer->first[provider] - 1; next_frame(writer, provider, at); at++)
		wanted |= writer->frames[at].units == UNITS_LINES;
	return wanted;
}

static int take_of(struct reading *reading, size_t at, const struct finding *line, uint64_t keyed)
{
	struct writer *writer = reading->writer;
	const struct candidate_prefix prefix = {at, FRAME_BYTES};
	int err = 0;

	pthread_mutex_lock(&reading->lock);
	writer->frames[at].size++;
	if (worklist_keeps(writer->worklist, &reading->seen[at], line->dollars, keyed))
		err = worklist_keep(writer->sorted, prefix, line, keyed);
	pthread_mutex_unlock(&reading->lock);
	return err;
}

/* What a line is dear by is its amount; its code is told. */
static int take(void *context, const struct standing *standing)
{
	struct reading *reading = context;
	struct writer *writer = reading->writer;
	struct finding line = standing->finding;
	char code[CODE_TEXT_SIZE];
	int err = 0;

	line.dollars = line.amount != AMOUNT_ABSENT && line.amount > 0 ? line.amount : 0;
	code_text(line.code, code);
	line.kind = (struct text){code, (uint32_t)strlen(code)};
	uint64_t hash = sample_unit_of(&line).hash;
	uint64_t keyed = hash64_seed(&hash, sizeof(hash), writer->worklist->options.plan.seed);

	for (size_t at = writer->first[line.provider] - 1;
	        next_frame(writer, line.provider, at) && err == 0; at++) {
		line.rule = writer->frames[at].rule;
		if (is_of(&writer->frames[at], standing))
			err = take_of(reading, at, &line, keyed);
	}
	return err;
}

static int read_part(void *context, size_t part)
{
	struct reading *reading = context;
	const struct standing_reader reader = {.wants = wants, .take = take, .context = reading};
	struct diag diag;

	diag_init(&diag);
	int err = standing_read(reading->writer->source->days, part, &reader, &diag);

	if (err < 0) {
		pthread_mutex_lock(&reading->lock);
		diag_set(reading->diag, err, "%s", diag.text);
		pthread_mutex_unlock(&reading->lock);
	}
	return err;
}

/* Sizes are counted anew; of none nothing is drawn. */
static void settle_frames(struct writer *writer, const uint64_t evaluated[])
{
	const struct worklist_plan *plan = &writer->worklist->options.plan;

	for (size_t i = 0; i < writer->frame_count; i++) {
		struct frame *frame = &writer->frames[i];

		if (frame->units != UNITS_LINES)
			continue;
		if (frame->size == 0) {
			frame->units = UNITS_NONE;
			frame->size = evaluated[i];
		}
		frame->wanted = frame->units == UNITS_LINES ? worklist_size_of(plan, frame->size)
		                                            : 0;
	}
}

static int read_frames(struct reading *reading, uint64_t evaluated[])
{
	struct writer *writer = reading->writer;

	for (size_t i = 0; i < writer->frame_count; i++) {
		evaluated[i] = writer->frames[i].size;
		seen_init(&reading->seen[i], i + 1);
		if (writer->frames[i].units == UNITS_LINES)
			writer->frames[i].size = 0;
	}
	int err = tasks_run(
	        writer->source->threads, standing_parts(writer->source->days), read_part, reading);

	settle_frames(writer, evaluated);
	return err;
}

int worklist_read_lines(struct writer *writer, struct diag *diag)
{
	struct reading reading = {.writer = writer, .diag = diag};
	uint64_t *evaluated;
	bool any = false;
	int err;

	for (size_t i = 0; i < writer->frame_count; i++)
		any |= writer->frames[i].units == UNITS_LINES;
	if (!any)
		return 0;
	reading.seen = calloc(writer->frame_count, sizeof(*reading.seen));
	evaluated = calloc(writer->frame_count, sizeof(*evaluated));
	pthread_mutex_init(&reading.lock, NULL);
	if (reading.seen && evaluated)
		err = read_frames(&reading, evaluated);
	else
		err = diag_set(diag, FAIL_MEMORY, "no memory for the worklist");
	pthread_mutex_destroy(&reading.lock);
	free(reading.seen);
	free(evaluated);
	return err;
}
