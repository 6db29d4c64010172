/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the walk by provider share, and its rules do not see.
 *
 *   provider_emit.c   a beneficiary's events -> records
 *   provider_walk.c   partitions -> providers               provider_days.c  records -> days
 *   provider_find.c   what rules found, and its dollars
 */
#ifndef HISTORY_PROVIDER_PRIVATE_H
#define HISTORY_PROVIDER_PRIVATE_H

#include "history/private.h"
#include "history/provider.h"

#include <pthread.h>
#include <stdatomic.h>

/* Dollars that a finding takes of a line, which is of a day that may be over. */
struct take {
	const struct record_head *record;
	int64_t dollars;
	uint8_t rule;
	bool stands; /* the finding stands on this line */
};

/* A rule that runs. */
struct running {
	const struct provider_rule *rule;
	unsigned number; /* of the rule, or of the first that it counts for */
};

/* What is known of a date, found again by its low bits: history/provider_days.c. */
struct known_day {
	int32_t day;
	int32_t year;
	uint8_t month, day_of_month;
	bool known, weekend, holiday;
};
enum { KNOWN_DAYS = 1024 }; /* years apart, so that neighbours do not push each other out */

struct provider_private {
	struct provider_window window;
	struct providers *providers;
	struct profile_worker *profile;
	struct tallies *tallies;
	const struct finding_sink *sink;
	struct history_totals totals;
	uint64_t walked; /* providers */
	struct running *running;
	size_t running_count;
	struct known_day known_days[KNOWN_DAYS];
	struct growing takes;
	struct scratch line_room, fresh_room, day_room, rule_room, zeroed_room;
	char detail[DETAIL_ROOM];
	uint32_t judged; /* evaluated by the rule at hand */
	int err;
};

struct providers {
	struct providers_options options;
	uint32_t *order; /* partitions, the largest first */
	atomic_uint next;
	pthread_mutex_t lock; /* of totals; taken once a worker */
	struct history_totals totals;
};

struct providers_worker {
	struct provider_private own;
};

size_t provider_rules_count(void);
const struct provider_rule *provider_rule_at(size_t index);

/* The number of the first active rule that it is for, or -1. */
int provider_rule_number(const struct provider_rule *rule, const struct rule_selection *selection);

/*
 * Put the records of one provider, its lines by days and then its claims, into
 * the window.  0: it has nothing new; 1; FAIL_MEMORY.
 */
int provider_open(struct provider_private *own, const struct record_head **records, size_t count);

/* Take up what the provider's findings mean to its lines.  0 or FAIL_MEMORY. */
int provider_settle(struct provider_private *own);

#endif
