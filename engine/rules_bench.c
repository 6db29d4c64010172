/* SPDX-License-Identifier: Apache-2.0 */
#include "rules_bench.h"

#include "report/number.h"
#include "report/tables.h"

#include <stdlib.h>
#include <string.h>

/* Core nanoseconds over all lines, a round each; sorted once all have been. */
struct rounds {
	uint64_t ns[BENCH_ROUNDS_MAX];
};

/* A rule alone and in the run. */
struct cost {
	unsigned rule;
	struct rounds alone, run;
	uint64_t evaluated, hits;
	int64_t dollars;
};

struct bench {
	struct rules_table run, alone;
	struct cost costs[RULES_ALL];
	size_t count;
	unsigned rounds;
};

/* As the user has it, but with nothing written and the time taken. */
static struct scan_options quiet_options(const struct scan_options *options)
{
	struct scan_options quiet = *options;

	quiet.reports = 0;
	quiet.no_timing = quiet.explain = quiet.progress = quiet.verbose = false;
	quiet.quiet = true;
	quiet.findings = FINDINGS_NONE;
	return quiet;
}

/* ---- Times ---- */

static int compare_times(const void *a, const void *b)
{
	uint64_t of_a = *(const uint64_t *)a, of_b = *(const uint64_t *)b;

	return (of_a > of_b) - (of_a < of_b);
}

static uint64_t median(const struct bench *bench, const struct rounds *times)
{
	return times->ns[bench->rounds / 2];
}

/* Most less least, in percent of the median. */
static double spread(const struct bench *bench, const struct rounds *times)
{
	uint64_t middle = median(bench, times);

	return middle > 0 ? 100 * (double)(times->ns[bench->rounds - 1] - times->ns[0]) /
	                            (double)middle
	                  : 0;
}

static int compare_costs(const void *a, const void *b, void *context)
{
	const struct cost *of_a = a, *of_b = b;
	uint64_t run_a = median(context, &of_a->run), run_b = median(context, &of_b->run);

	if (run_a != run_b)
		return run_a > run_b ? -1 : 1;
	return of_a->rule < of_b->rule ? -1 : of_a->rule > of_b->rule;
}

static void sort_all(struct bench *bench)
{
	for (size_t i = 0; i < bench->count; i++) {
		struct cost *cost = &bench->costs[i];

		qsort(cost->run.ns, bench->rounds, sizeof(cost->run.ns[0]), compare_times);
		qsort(cost->alone.ns, bench->rounds, sizeof(cost->alone.ns[0]), compare_times);
	}
	qsort_r(bench->costs, bench->count, sizeof(*bench->costs), compare_costs, bench);
}

/* ---- Rounds ---- */

static int time_rule(
        struct bench *bench, const struct scan_options *options, struct cost *cost, unsigned round)
{
	struct scan_options own = quiet_options(options);
	struct diag diag; /* what there is to warn of was said by the run of all */
	int err;

	diag_init(&diag);
	own.rules = rule_at(cost->rule)->id;
	own.rules_into = &bench->alone;
	err = scan_run(&own, &diag);
	cost->alone.ns[round] = bench->alone.ns[cost->rule];
	return err;
}

/* The rules that judged anything, and what they found: the same in every round. */
static void list_rules(struct bench *bench)
{
	const struct rules_table *run = &bench->run;

	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		if (run->state[rule] != STATE_ON && run->state[rule] != STATE_WATCH)
			continue;
		bench->costs[bench->count++] = (struct cost){
		        .rule = rule,
		        .evaluated = run->evaluated[rule],
		        .hits = run->hits[rule],
		        .dollars = run->dollars[rule],
		};
	}
}

/* All rules together, then each alone: what slows the machine a while slows them alike. */
static int time_round(
        struct bench *bench, const struct scan_options *options, unsigned round, struct diag *diag)
{
	struct scan_options all = quiet_options(options);
	struct diag again; /* warnings are said once */

	diag_init(&again);
	all.rules_into = &bench->run;
	int err = scan_run(&all, round == 0 ? diag : &again);

	if (err < 0)
		return round == 0 ? err : diag_set(diag, err, "%s", again.text);
	if (round == 0)
		list_rules(bench);
	for (size_t i = 0; i < bench->count && err == 0; i++) {
		struct cost *cost = &bench->costs[i];

		cost->run.ns[round] = bench->run.ns[cost->rule];
		err = time_rule(bench, options, cost, round);
		if (err < 0)
			diag_set(diag, err, "rules bench: %s alone could not be run",
			        rule_at(cost->rule)->id);
	}
	return err;
}

/* ---- Printing ---- */

static double a_line(uint64_t ns, uint64_t lines)
{
	return lines > 0 ? (double)ns / (double)lines : 0;
}

static void print_text(FILE *file, const struct bench *bench)
{
	uint64_t lines = bench->run.lines, sum = 0;
	char text[3][NUMBER_TEXT_MAX];

	*number_unsigned_grouped(text[0], lines) = '\0';
	fprintf(file,
	        "%s lines; nanoseconds of one core a line, medians of %u rounds and how far these "
	        "lie apart\n\n",
	        text[0], bench->rounds);
	fprintf(file, "%-6s %9s %7s %9s %7s %14s %12s %16s\n", "rule", "alone", "spread", "in run",
	        "spread", "evaluated", "hits", "dollars");
	for (size_t i = 0; i < bench->count; i++) {
		const struct cost *cost = &bench->costs[i];

		*number_unsigned_grouped(text[0], cost->evaluated) = '\0';
		*number_unsigned_grouped(text[1], cost->hits) = '\0';
		*number_money_grouped(text[2], cost->dollars) = '\0';
		fprintf(file, "%-6s %9.3f %5.0f %% %9.3f %5.0f %% %14s %12s %16s\n",
		        rule_at(cost->rule)->id, a_line(median(bench, &cost->alone), lines),
		        spread(bench, &cost->alone), a_line(median(bench, &cost->run), lines),
		        spread(bench, &cost->run), text[0], text[1], text[2]);
		sum += median(bench, &cost->run);
	}
	fprintf(file, "%-6s %9s %7s %9.3f\n", "all", "", "", a_line(sum, lines));
}

static void print_times(
        FILE *file, const struct bench *bench, const char *name, const struct rounds *times)
{
	uint64_t lines = bench->run.lines;

	fprintf(file, "\"ns_%s\": %.3f, \"ns_%s_least\": %.3f, \"ns_%s_most\": %.3f, ", name,
	        a_line(median(bench, times), lines), name, a_line(times->ns[0], lines), name,
	        a_line(times->ns[bench->rounds - 1], lines));
}

static void print_json(FILE *file, const struct bench *bench)
{
	fputs("[", file);
	for (size_t i = 0; i < bench->count; i++) {
		const struct cost *cost = &bench->costs[i];
		char dollars[NUMBER_TEXT_MAX];

		*number_money(dollars, cost->dollars) = '\0';
		fprintf(file, "%s\n  {\"rule\": \"%s\", \"lines\": %llu, \"rounds\": %u, ",
		        i > 0 ? "," : "", rule_at(cost->rule)->id,
		        (unsigned long long)bench->run.lines, bench->rounds);
		print_times(file, bench, "alone", &cost->alone);
		print_times(file, bench, "run", &cost->run);
		fprintf(file, "\"evaluated\": %llu, \"hits\": %llu, \"dollars\": %s}",
		        (unsigned long long)cost->evaluated, (unsigned long long)cost->hits,
		        dollars);
	}
	fputs(bench->count > 0 ? "\n]\n" : "]\n", file);
}

int rules_bench(FILE *file, const struct rules_bench_options *options, struct diag *diag)
{
	struct bench *bench;
	int err = 0;

	for (size_t i = 0; options->scan->inputs[i]; i++)
		if (strcmp(options->scan->inputs[i], "-") == 0)
			return diag_set(diag, FAIL_USAGE,
			        "rules bench: reads its input once for each rule, which standard "
			        "input cannot; give a file");
	bench = calloc(1, sizeof(*bench));
	if (!bench)
		return diag_set(diag, FAIL_MEMORY, "no memory");
	bench->rounds = options->rounds;
	for (unsigned round = 0; round < bench->rounds && err == 0; round++)
		err = time_round(bench, options->scan, round, diag);
	sort_all(bench);
	if (err == 0 && options->json)
		print_json(file, bench);
	else if (err == 0)
		print_text(file, bench);
	free(bench);
	return err;
}
