/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a provider as its rules see them: lines, days, claims.
 */
#include "history/provider_private.h"
#include "rules/holidays.h"

#include <string.h>

enum { SUNDAY, SATURDAY = 6 };

/* ---- Dates ---- */

static struct known_day learn(int32_t day)
{
	struct date_parts parts = date_to_parts(day);
	int32_t weekday = date_weekday(day);

	return (struct known_day){
	        .day = day,
	        .year = parts.year,
	        .month = (uint8_t)parts.month,
	        .day_of_month = (uint8_t)parts.day,
	        .known = true,
	        .weekend = weekday == SUNDAY || weekday == SATURDAY,
	        .holiday = holiday_on(day),
	};
}

/* All providers have the same few hundred days. */
static const struct known_day *know(struct provider_private *own, int32_t day)
{
	struct known_day *known = &own->known_days[(uint32_t)day % KNOWN_DAYS];

	if (!known->known || known->day != day)
		*known = learn(day);
	return known;
}

static void fill_date(struct provider_private *own, struct provider_day *day)
{
	if (day->day == DATE_ABSENT)
		return;
	const struct known_day *known = know(own, day->day);

	day->year = known->year;
	day->month = known->month;
	day->day_of_month = known->day_of_month;
	day->weekend = known->weekend;
	day->holiday = known->holiday;
}

/* ---- Records ---- */

/* Of one provider: its lines by days, then its claims. */
struct provider_records {
	const struct record_head **records;
	size_t count, lines, days;
	size_t old; /* lines of the tail */
};

/* What its lines say of the provider. */
static void read_facts(struct provider_window *window, struct provider_records *of)
{
	uint64_t entities[4] = {0};

	for (size_t i = 0; i < of->count; i++) {
		uint32_t kind = of->records[i]->kind;

		if (kind & PROVIDER_CLAIM)
			break;
		entities[kind >> PROVIDER_ENTITY_SHIFT & 3]++;
		of->old += (kind & PROVIDER_OLD) != 0;
		of->days += i == 0 || of->records[i]->key != of->records[i - 1]->key;
		of->lines++;
	}
	window->entity = entities[2] > entities[1] ? 2 : entities[1] > 0;
}

/* Put a day's lines of the tail behind the others; returns how many others. */
static size_t part_old(const struct record_head **records, size_t count)
{
	size_t fresh = 0;

	for (size_t i = 0; i < count; i++) {
		const struct record_head *record = records[i];

		if (record->kind & PROVIDER_OLD)
			continue;
		records[i] = records[fresh];
		records[fresh++] = record;
	}
	return fresh;
}

static uint32_t count_own_days(const struct provider_line *lines, size_t count)
{
	uint32_t own = 0;

	for (size_t i = 0; i < count; i++)
		own += (lines[i].kind & PROVIDER_SAME_DAY) != 0;
	return own;
}

/* Cut the lines into days that have new ones. */
static size_t fill_days(struct provider_private *own, const struct provider_records *of,
        struct provider_line *lines, struct provider_day *days)
{
	size_t count = 0;

	for (size_t from = 0, to; from < of->lines; from = to) {
		uint64_t key = of->records[from]->key;

		for (to = from + 1; to < of->lines && of->records[to]->key == key; to++)
			;
		size_t fresh = of->old > 0 ? part_old(of->records + from, to - from) : to - from;

		if (fresh == 0)
			continue;
		for (size_t i = from; i < to; i++)
			provider_unpack(of->records[i], &lines[i]);
		days[count] = (struct provider_day){
		        .day = provider_day_of_key(key),
		        .own_day = count_own_days(lines + from, fresh),
		        .lines = lines + from,
		        .count = fresh,
		        .all = to - from,
		};
		fill_date(own, &days[count++]);
	}
	return count;
}

/* Without a tail the lines stand as they are counted. */
static int open_fresh(struct provider_private *own, size_t count)
{
	struct provider_window *window = &own->window;
	struct provider_line *lines = scratch_room(&own->fresh_room, count + 1, sizeof(*lines));
	struct provider_line *at = lines;

	if (!lines)
		return FAIL_MEMORY;
	for (size_t i = 0; i < window->day_count; i++) {
		const struct provider_day *day = &window->days[i];

		memcpy(at, day->lines, day->count * sizeof(*at));
		at += day->count;
	}
	window->lines = lines;
	return 0;
}

int provider_open(struct provider_private *own, const struct record_head **records, size_t count)
{
	struct provider_records of = {.records = records, .count = count};
	struct provider_window *window = &own->window;

	read_facts(window, &of);
	if (of.old == count)
		return 0;
	struct provider_line *lines = scratch_room(&own->line_room, of.lines + 1, sizeof(*lines));
	struct provider_day *days = scratch_room(&own->day_room, of.days + 1, sizeof(*days));

	if (!lines || !days)
		return FAIL_MEMORY;
	window->day_count = fill_days(own, &of, lines, days);
	window->days = days;
	window->lines = lines;
	window->line_count = of.lines - of.old;
	window->claims = records + of.lines;
	window->claim_count = count - of.lines;
	return of.old > 0 && open_fresh(own, window->line_count) < 0 ? FAIL_MEMORY : 1;
}
