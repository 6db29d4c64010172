/* SPDX-License-Identifier: Apache-2.0 */
#include "rules_bench.h"

#include "report/number.h"
#include "report/tables.h"

#include <stdlib.h>
#include <string.h>

/* A rule alone and in the run: core nanoseconds, over all lines. */
struct cost {
	unsigned rule;
	uint64_t alone, run, lines;
	uint64_t evaluated, hits;
	int64_t dollars;
};

struct bench {
	struct rules_table run, alone;
	struct cost costs[RULES_ALL];
	size_t count;
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

static int compare_costs(const void *a, const void *b)
{
	const struct cost *of_a = a, *of_b = b;

	if (of_a->run != of_b->run)
		return of_a->run > of_b->run ? -1 : 1;
	return of_a->rule < of_b->rule ? -1 : of_a->rule > of_b->rule;
}

static int time_rule(struct bench *bench, const struct scan_options *options, unsigned rule)
{
	const struct rules_table *run = &bench->run;
	struct scan_options own = quiet_options(options);
	struct diag diag; /* what there is to warn of was said by the run of all */
	int err;

	diag_init(&diag);
	own.rules = rule_at(rule)->id;
	own.rules_into = &bench->alone;
	err = scan_run(&own, &diag);
	if (err < 0)
		return err;
	bench->costs[bench->count++] = (struct cost){
	        .rule = rule,
	        .alone = bench->alone.ns[rule],
	        .run = run->ns[rule],
	        .lines = run->lines,
	        .evaluated = run->evaluated[rule],
	        .hits = run->hits[rule],
	        .dollars = run->dollars[rule],
	};
	return 0;
}

static int time_rules(struct bench *bench, const struct scan_options *options, struct diag *diag)
{
	struct scan_options all = quiet_options(options);
	int err;

	all.rules_into = &bench->run;
	err = scan_run(&all, diag);
	for (unsigned rule = 0; rule < RULES_ALL && err == 0; rule++) {
		enum rule_state state = bench->run.state[rule];

		if (state != STATE_ON && state != STATE_WATCH)
			continue;
		err = time_rule(bench, options, rule);
		if (err < 0)
			diag_set(diag, err, "rules bench: %s alone could not be run",
			        rule_at(rule)->id);
	}
	qsort(bench->costs, bench->count, sizeof(*bench->costs), compare_costs);
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
	fprintf(file, "%s lines; nanoseconds of one core a line\n\n", text[0]);
	fprintf(file, "%-6s %9s %9s %14s %12s %16s\n", "rule", "alone", "in run", "evaluated",
	        "hits", "dollars");
	for (size_t i = 0; i < bench->count; i++) {
		const struct cost *cost = &bench->costs[i];

		*number_unsigned_grouped(text[0], cost->evaluated) = '\0';
		*number_unsigned_grouped(text[1], cost->hits) = '\0';
		*number_money_grouped(text[2], cost->dollars) = '\0';
		fprintf(file, "%-6s %9.3f %9.3f %14s %12s %16s\n", rule_at(cost->rule)->id,
		        a_line(cost->alone, lines), a_line(cost->run, lines), text[0], text[1],
		        text[2]);
		sum += cost->run;
	}
	fprintf(file, "%-6s %9s %9.3f\n", "all", "", a_line(sum, lines));
}

static void print_json(FILE *file, const struct bench *bench)
{
	fputs("[", file);
	for (size_t i = 0; i < bench->count; i++) {
		const struct cost *cost = &bench->costs[i];
		char dollars[NUMBER_TEXT_MAX];

		*number_money(dollars, cost->dollars) = '\0';
		fprintf(file,
		        "%s\n  {\"rule\": \"%s\", \"lines\": %llu, \"ns_alone\": %.3f, "
		        "\"ns_run\": %.3f, \"evaluated\": %llu, \"hits\": %llu, "
		        "\"dollars\": %s}",
		        i > 0 ? "," : "", rule_at(cost->rule)->id, (unsigned long long)cost->lines,
		        a_line(cost->alone, cost->lines), a_line(cost->run, cost->lines),
		        (unsigned long long)cost->evaluated, (unsigned long long)cost->hits,
		        dollars);
	}
	fputs(bench->count > 0 ? "\n]\n" : "]\n", file);
}

int rules_bench(FILE *file, const struct scan_options *options, bool json, struct diag *diag)
{
	struct bench *bench;
	int err;

	for (size_t i = 0; options->inputs[i]; i++)
		if (strcmp(options->inputs[i], "-") == 0)
			return diag_set(diag, FAIL_USAGE,
			        "rules bench: reads its input once for each rule, which standard "
			        "input cannot; give a file");
	bench = calloc(1, sizeof(*bench));
	if (!bench)
		return diag_set(diag, FAIL_MEMORY, "no memory");
	err = time_rules(bench, options, diag);
	if (err == 0 && json)
		print_json(file, bench);
	else if (err == 0)
		print_text(file, bench);
	free(bench);
	return err;
}
