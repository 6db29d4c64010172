/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it takes to compare providers: synthetic counters of so many, each with
 * every measure, from the first cell to the last rank.
 *
 *	bench_stats [PROVIDERS [THREADS]]
 *
 * Specialties and states are drawn so that some groups are small and some large;
 * rates, lines a beneficiary and days vary as those of claims do.
 */
#include "history/history.h"
#include "profile/profile.h"
#include "stats/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PROVIDERS = 1000000, THREADS = 2, MEASURES_EACH = 60 };

static uint64_t draw(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;

	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	return mixed ^ mixed >> 31;
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void check(int err, const struct diag *diag)
{
	if (err >= 0)
		return;
	fprintf(stderr, "bench_stats: %s\n", diag->text);
	exit(1);
}

static uint32_t number_of(struct profile *profile, uint64_t i)
{
	char text[16];
	uint64_t value = 1000000000 + i;

	snprintf(text, sizeof(text), "%010llu", (unsigned long long)value);
	return profile_number(profile, (uint64_t)ID_NPI << ID_KIND_SHIFT | value, text, 10);
}

/* A line each, so that they are members of groups: 40 specialties, 50 states. */
static void add_lines(struct profile *profile, struct profile_worker *worker, uint64_t providers)
{
	static const char states[][3] = {
	        "NY", "TX", "CA", "FL", "OH", "WA", "IL", "GA", "VT", "WY"};
	static struct batch batch;
	uint64_t state = 1;

	for (uint64_t i = 0; i < providers; i++) {
		uint64_t drawn = draw(&state);
		uint32_t line = batch.count++;
		const char *at = states[drawn % 10];
		unsigned specialty = 1 + (unsigned)(drawn >> 8) % 40;

		batch.line_flags[line] = LINE_DUE;
		batch.provider[line] = number_of(profile, i);
		batch.service_from[line] = 19782;
		batch.specialty[line] = TWO_CHARS('0' + specialty / 10, '0' + specialty % 10);
		batch.state[line] = TWO_CHARS(at[0], at[1]);
		batch.entity_type[line] = 1;
		batch.place[line] = TWO_CHARS('1', '1');
		if (batch.count == BATCH_LINES || i + 1 == providers) {
			profile_add(worker, &batch, NULL, NULL);
			batch.count = 0;
		}
	}
}

/* Hits of the rules that count them: rates of some percent, of some tens. */
static unsigned add_hits(struct profile_worker *worker, const struct rule_selection *selection,
        uint64_t providers, unsigned rules)
{
	unsigned added = 0;

	for (unsigned rule = 0; rule < RULES_ALL && added < rules; rule++) {
		uint64_t state = rule + 100;

		if (!selection->active[rule] || strncmp(rule_at(rule)->scope, "provider", 8) == 0)
			continue;
		added++;
		for (uint32_t i = 0; i < providers; i++) {
			uint64_t drawn = draw(&state);

			profile_add_judged(worker, i, rule, 20 + (uint32_t)(drawn % 200));
			for (unsigned k = 0; k < (drawn >> 32) % 5; k++)
				profile_add_hit(worker, i, rule, 1000);
		}
	}
	return added;
}

int main(int argc, char **argv)
{
	uint64_t providers = argc > 1 ? strtoull(argv[1], NULL, 10) : PROVIDERS;
	unsigned threads = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : THREADS;
	struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 1};
	static struct rule_selection selection;
	struct profile *profile;
	struct profile_worker *worker;
	struct stats *stats = NULL;
	struct diag diag;
	size_t rows = 0;

	diag_init(&diag);
	rules_init();
	history_init();
	stats_init();
	check(rules_select(&selection, "all", &diag), &diag);
	check(profile_create(&profile, &options, &diag), &diag);
	check(profile_worker_create(&worker, profile, &diag), &diag);
	add_lines(profile, worker, providers);
	unsigned rules = add_hits(worker, &selection, providers, MEASURES_EACH);

	check(profile_merge(worker), &diag);
	double from = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct stats_options asked = {.profile = profile,
	        .selection = &selection,
	        .threads = threads,
	        .has_beneficiaries = true};

	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		asked.is_on[rule] = true;
	check(stats_create(&stats, &asked, &diag), &diag);
	double took = seconds(CLOCK_MONOTONIC) - from;

	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;

	struct stats_row *read = malloc((stats_rows_max(stats) + 1) * sizeof(*read));

	for (uint32_t i = 0; i < providers && read; i++)
		rows += stats_rows(stats, i, read);
	free(read);
	printf("%llu providers, %u rules each, %zu rows, %u threads: %.3f s, of all threads "
	       "%.3f s, %.0f ns a row\n",
	        (unsigned long long)providers, rules, rows, threads, took, cpu,
	        cpu * 1e9 / (double)(rows ? rows : 1));
	stats_destroy(stats);
	profile_worker_destroy(worker);
	profile_destroy(profile);
	return 0;
}
