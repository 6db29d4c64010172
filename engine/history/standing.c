/* SPDX-License-Identifier: Apache-2.0 */
#include "history/standing.h"

#include "history/private.h"
#include "history/provider_private.h"
#include "regroup/history_pack.h"

/* A walk that judges nothing: what it reads by, and who asked. */
struct standing_reading {
	const struct standing_reader *reader;
	struct provider_window window;
};

_Static_assert(TALLY_MEASURES <= 64, "a rule's measures are bits of a word");

static const struct provider_rule *rule_of(enum tally_measure measure)
{
	for (size_t i = 0; i < provider_rules_count(); i++) {
		if (provider_rule_at(i)->measures >> measure & 1)
			return provider_rule_at(i);
	}
	return NULL;
}

bool standing_knows(enum tally_measure measure)
{
	return rule_of(measure) != NULL;
}

bool standing_is(const struct standing *standing, enum tally_measure measure, uint64_t part)
{
	const struct provider_rule *rule = rule_of(measure);

	return rule && rule->counts(standing->window, standing->line, measure, part);
}

bool standing_wants(
        const struct window_private *own, const struct record_head *const *records, size_t count)
{
	const struct standing_reader *reader = own->reading->reader;
	bool wants = false;

	for (size_t i = 0; i < count && !wants; i++) {
		if ((records[i]->kind & HISTORY_KIND_MASK) == HISTORY_RUN)
			wants = reader->wants(reader->context, history_packed_provider(records[i]));
	}
	return wants;
}

static int tell(const struct standing_reading *reading, const struct event *event)
{
	struct provider_line line = {
	        .key = provider_key(event->run->provider, event->line->from),
	        .kind = event_line_kind(event),
	};
	struct provider_window window = reading->window;
	const struct standing standing = {event_finding(event), &line, &window};

	window.provider = event->run->provider;
	event_line(event, &line);
	return reading->reader->take(reading->reader->context, &standing);
}

int standing_tell(struct window_private *own)
{
	const struct standing_reading *reading = own->reading;
	int err = window_build(own);

	for (uint32_t i = 0; i < own->window.count && !err; i++) {
		const struct event *event = &own->window.events[i];

		if (!event_is_old(event) &&
		        reading->reader->wants(reading->reader->context, event->run->provider))
			err = tell(reading, event);
	}
	return err;
}

size_t standing_parts(const struct providers *providers)
{
	return partitions_count(providers->options.history->options.partitions);
}

int standing_read(const struct providers *providers, size_t part,
        const struct standing_reader *reader, struct diag *diag)
{
	/* It is only read by now; workers have it as what they may change. */
	struct history *history = (struct history *)(uintptr_t)providers->options.history;
	struct partitions *partitions = history->options.partitions;
	const struct standing_reading reading = {
	        .reader = reader,
	        .window = {.options = &providers->options,
	                .practitioner = history->practitioner,
	                .hospital = history->hospital,
	                .procedures = codes_procedures(providers->options.codes)},
	};
	struct history_worker *worker = NULL;
	struct partition_view view;
	int err = history_worker_bare(&worker, history);

	if (err)
		return diag_set(diag, err, "no memory to read lines again");
	worker->own.reading = &reading;
	err = partition_load(partitions, (unsigned)part, &view, diag);
	if (!err) {
		err = history_walk_partition(&worker->own, &view);
		partition_release(partitions, &view);
		if (err)
			diag_set(diag, err, "lines could not be read again");
	}
	history_worker_destroy(worker);
	return err;
}
