/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claimscan: scan health-insurance claims in bulk.
 *
 * The way of the data, a folder a stage:
 *
 *	input     files -> spans -> views      io_uring, pread or mmap
 *	simd      view -> index                where separators stand
 *	format    view -> batch                records into columns (claim.h)
 *	lookup    batch -> codes known         perfect-hash tables; side files; what a line is
 *	rules     batch -> hits                line and claim rules
 *	profile   batch + hits -> counters     per provider, integers only, lock-free
 *	regroup   batch -> partitions          claims put together, netted, judged
 *	report    counters, findings -> files  the run directory
 *
 * scan.c is the pipeline.  Here are the command line, the signals, and the only
 * place that exits.
 */
#include "base/budget.h"
#include "base/diag.h"
#include "calibrate.h"
#include "codes_command.h"
#include "convert.h"
#include "diff_command.h"
#include "gen.h"
#include "history/history.h"
#include "history/providers.h"
#include "manual.h"
#include "memory.h"
#include "options.h"
#include "report/kinds.h"
#include "report_command.h"
#include "rules/explain.h"
#include "rules/rules.h"
#include "rules/suggest.h"
#include "rules_bench.h"
#include "scan.h"
#include "stats/stats.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const char usage[] =
        "usage: claimscan COMMAND [options]\n"
        "\n"
        "  scan INPUT...          files, directories, globs, @manifest, - for stdin\n"
        "  convert INPUT... -o F  what a scan would read: F.csv canonical CSV, F.clm a claim pack\n"
        "  gen -o DIR             synthetic claims with planted schemes and their labels\n"
        "  rules list             the rules, and what is built\n"
        "  rules explain ID       one rule: definition, traps, authority, dollars\n"
        "  rules template NAME    a side table you may bring\n"
        "  rules bench INPUT...   what each rule costs on claims, and finds there\n"
        "  calibrate FILE         weights of rules from what reviewers decided\n"
        "  report RUN             reports again from a finished run\n"
        "  diff RUN_A RUN_B       what a change of rules, codes or claims did\n"
        "  codes build DIR -o OUT compile the publishers' releases of code sets\n"
        "  codes info [DIR]       the sets: releases, counts, days, hashes\n"
        "  codes lookup CODE      all that the sets say of a code; codes diff OLD NEW\n"
        "\n"
        "  claimscan scan claims.csv --members members.csv -o run\n"
        "\n"
        "COMMAND --help lists its options.  Exit codes: 0 done, 64 usage, 65 bad input,\n"
        "66 no such input, 69 not here, 70 internal, 71 memory, 73 output exists, 74 I/O,\n"
        "78 settings or tables, 130 and 143 after INT and TERM.\n";

static void warn(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "claimscan: warning: %s\n", text);
}

/* ---- scan ---- */

static int one_of(const char *option, const char *text, const char *const *words, struct diag *diag)
{
	struct suggestion near;

	suggest_begin(&near, text);
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0)
			return i;
		suggest_try(&near, words[i]);
	}
	return diag_set(diag, FAIL_USAGE, "--%s: no \"%s\"%s%s%s", option, text,
	        near.best ? ": did you mean " : "", near.best ? near.best : "",
	        near.best ? "?" : "");
}

/* The index of an option's word, or of the first if it is not given. */
static int choice(const struct option_values *values, enum option option, const char *name,
        const char *const *words, struct diag *diag)
{
	return values->value[option] ? one_of(name, values->value[option], words, diag) : 0;
}

static int set_level(
        struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	static const char *const words[] = {"auto", "scalar", "avx2", "avx512", NULL};
	int word = choice(values, OPT_CPU, "cpu", words, diag);

	if (word < 0)
		return word;
	scan->level = word == 0 ? level_best() : (enum level)(word - 1);
	if (scan->level > level_best())
		return diag_set(diag, FAIL_ABSENT, "--cpu %s: this CPU has no more than %s",
		        words[word], level_name(level_best()));
	return 0;
}

static int set_dates(struct scan_options *scan, const char *text, struct diag *diag)
{
	const char *dots = text ? strstr(text, "..") : NULL;
	int err = 0;

	scan->from = INT32_MIN;
	scan->to = INT32_MAX;
	if (!text)
		return 0;
	if (!dots)
		return diag_set(diag, FAIL_USAGE, "--dates %s: wants FROM..TO", text);
	scan->from = DATE_ABSENT + 1; /* a line without a date is outside */
	if (dots > text)
		err = date_parse(text, (size_t)(dots - text), &scan->from);
	if (err == 0 && dots[2])
		err = date_parse(dots + 2, strlen(dots + 2), &scan->to);
	if (err < 0 || scan->from == DATE_ABSENT || scan->to == DATE_ABSENT)
		return diag_set(
		        diag, FAIL_USAGE, "--dates %s: wants FROM..TO, each YYYY-MM-DD", text);
	if (scan->from > scan->to)
		return diag_set(diag, FAIL_USAGE, "--dates %s: ends before it begins", text);
	return 0;
}

static int set_as_of(struct scan_options *scan, const char *text, struct diag *diag)
{
	scan->as_of = DATE_ABSENT;
	if (text &&
	        (date_parse(text, strlen(text), &scan->as_of) < 0 || scan->as_of == DATE_ABSENT))
		return diag_set(diag, FAIL_USAGE, "--as-of %s: wants YYYY-MM-DD", text);
	return 0;
}

static int set_amount_levels(
        struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	static const char *const names[AMOUNTS] = {
	        "charge_amount", "allowed_amount", "paid_amount"};

	for (unsigned amount = 0; amount < AMOUNTS; amount++)
		scan->amount_level[amount] = LEVEL_UNSET;
	for (size_t i = 0; i < values->amount_level_count; i++) {
		const char *text = values->amount_levels[i];
		const char *equals = strchr(text, '=');
		bool known = false;

		for (unsigned amount = 0; equals && amount < AMOUNTS; amount++) {
			if (strncmp(text, names[amount], (size_t)(equals - text)) != 0 ||
			        strlen(names[amount]) != (size_t)(equals - text))
				continue;
			known = strcmp(equals + 1, "line") == 0 || strcmp(equals + 1, "claim") == 0;
			scan->amount_level[amount] = equals[1] == 'c' ? LEVEL_CLAIM : LEVEL_LINE;
		}
		if (!known)
			return diag_set(diag, FAIL_USAGE,
			        "--amount-level %s: wants charge_amount, allowed_amount or "
			        "paid_amount "
			        "= line or claim",
			        text);
	}
	return 0;
}

static int set_max_bad(struct scan_options *scan, const char *text, struct diag *diag)
{
	char *end;
	double value;

	scan->max_bad_ppm = 10000;
	if (!text)
		return 0;
	value = strtod(text, &end);
	if (end == text || value < 0 || (*end && strcmp(end, "%") != 0) || (*end && value > 100))
		return diag_set(diag, FAIL_USAGE,
		        "--max-bad %s: wants a number of records, or a share like 1%%", text);
	scan->max_bad_ppm = *end ? (uint32_t)(value * 10000) : 0;
	scan->max_bad = *end ? 0 : (uint64_t)value;
	return 0;
}

/* A share between two others, in millionths. */
static int set_share(const char *option, const char *text, const uint32_t range[2],
        uint32_t *millionths, struct diag *diag)
{
	char *end;
	double value = text ? strtod(text, &end) * 1e6 : 0;

	if (!text)
		return 0;
	if (end == text || *end || !(value >= range[0] && value <= range[1]))
		return diag_set(diag, FAIL_USAGE, "--%s %s: wants a share from %.2f to %.3f",
		        option, text, range[0] / 1e6, range[1] / 1e6);
	*millionths = (uint32_t)(value + 0.5);
	return 0;
}

static int set_worklist(
        struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	static const uint32_t widths[2] = {10000, 500000}, levels[2] = {500000, 999000};
	struct worklist_plan *plan = &scan->worklist;
	const char *seed = values->value[OPT_WORKLIST_SEED];

	*plan = worklist_default;
	int err = set_share(
	        "worklist-width", values->value[OPT_WORKLIST_WIDTH], widths, &plan->width, diag);

	if (err == 0)
		err = set_share("worklist-level", values->value[OPT_WORKLIST_LEVEL], levels,
		        &plan->level, diag);
	if (err == 0 && seed)
		err = options_number("worklist-seed", seed, 0, UINT64_MAX, &plan->seed, diag);
	return err;
}

/* LIST: names between commas, each a bit. */
static int set_list(const char *option, const char *text, const char *const *words, unsigned *bits,
        struct diag *diag)
{
	char *copy = strdup(text), *next = copy, *word;
	int err = copy ? 0 : diag_set(diag, FAIL_MEMORY, "no memory");

	*bits = 0;
	while (err == 0 && (word = strsep(&next, ","))) {
		int found = one_of(option, word, words, diag);

		if (found < 0)
			err = found;
		else
			*bits |= 1u << found;
	}
	free(copy);
	return err;
}

static int set_counters(struct scan_options *scan, const char *text, struct diag *diag)
{
	static const char *const words[] = {"all", "none", "codes", "counts", "month", "em",
	        "modifier", "pos", "digit", "sumsq", NULL};
	static const unsigned keep[] = {PROFILE_CODES | PROFILE_COUNTS, 0, PROFILE_CODES,
	        PROFILE_COUNTS, PROFILE_MONTHS, PROFILE_EM, PROFILE_MODIFIERS, PROFILE_PLACES,
	        PROFILE_DIGITS, PROFILE_SQUARES};
	unsigned bits;
	int err = set_list("counters", text ? text : "all", words, &bits, diag);

	scan->counters = 0;
	for (unsigned i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		scan->counters |= bits >> i & 1 ? keep[i] : 0;
	return err;
}

static int set_report(struct scan_options *scan, const char *text, struct diag *diag)
{
	scan->reports = report_kinds_default();
	for (unsigned i = 0; report_kinds[i] && !text; i++) {
		if (report_kinds[i]->is_default && report_kinds[i]->absent)
			diag_warn(diag, "%s is left out: it %s", report_kinds[i]->name,
			        report_kinds[i]->absent);
	}
	return text ? report_kinds_parse(text, &scan->reports, diag) : 0;
}

static int set_memory(
        struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	const char *cache = values->value[OPT_CACHE];
	uint64_t usable = memory_usable();

	scan->memory_bytes = usable / 2;
	scan->cache = CACHE_AUTO;
	if (cache)
		scan->cache = strcmp(cache, "drop") == 0 ? CACHE_DROP : CACHE_KEEP;
	if (scan->cache == CACHE_KEEP && strcmp(cache, "keep") != 0)
		return diag_set(diag, FAIL_USAGE, "--cache %s: wants keep or drop", cache);
	scan->tmp = values->value[OPT_TMP] ? values->value[OPT_TMP] : getenv("TMPDIR");
	if (!scan->tmp || !scan->tmp[0])
		scan->tmp = "/var/tmp";
	if (values->value[OPT_MEMORY])
		return options_size("memory", values->value[OPT_MEMORY], &scan->memory_bytes, diag);
	return 0;
}

/* A year's filing limit, and three months that rules look back from there. */
enum { HISTORY_DAYS = 457, HISTORY_DAYS_MAX = 36500 };

static int set_history(
        struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	const char *days = values->value[OPT_HISTORY_DAYS];
	uint64_t given = HISTORY_DAYS;
	int err = 0;

	scan->history = values->value[OPT_HISTORY];
	if (days && !scan->history)
		err = diag_set(diag, FAIL_USAGE, "--history-days: of which tail? (--history DIR)");
	if (err == 0 && scan->history && !scan->history[0])
		err = diag_set(diag, FAIL_USAGE, "--history: wants a directory");
	if (err == 0 && days)
		err = options_number("history-days", days, 1, HISTORY_DAYS_MAX, &given, diag);
	scan->history_days = (uint32_t)given;
	return err;
}

static int set_words(
        struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	static const char *const by[] = {"line", "rendering", "billing", "facility", "tin", NULL};
	static const char *const zero[] = {"denied", "payable", NULL};
	static const char *const findings[] = {"sample", "all", "none", NULL};
	static const char *const progress[] = {"auto", "on", "off", NULL};
	static const char *const formats[] = {"auto", "csv", NULL};
	static const char *const outside[] = {"skip", "nearest", NULL};
	const int words[] = {choice(values, OPT_BY, "by", by, diag),
	        choice(values, OPT_ZERO_PAID, "zero-paid", zero, diag),
	        choice(values, OPT_FINDINGS, "findings", findings, diag),
	        choice(values, OPT_PROGRESS, "progress", progress, diag),
	        choice(values, OPT_FORMAT, "format", formats, diag),
	        choice(values, OPT_CODES_OUTSIDE, "codes-outside", outside, diag)};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i] < 0)
			return words[i];
	}
	scan->by = (enum provider_by)words[0];
	scan->zero_paid_payable = words[1] == 1;
	scan->findings = (enum findings_mode)words[2];
	scan->codes_nearest = words[5] == 1;
	scan->public = values->value[OPT_PUBLIC];
	if (scan->public)
		scan->findings = FINDINGS_NONE; /* they name claims */
	scan->progress = words[3] == 1 || (words[3] == 0 && isatty(STDERR_FILENO) && !scan->quiet);
	return 0;
}

static int set_scan(
        struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	const char *const *value = values->value;
	uint64_t threads = cpus_usable();
	int err = 0;

	scan->inputs = values->operands;
	scan->out = value[OPT_OUT] ? value[OPT_OUT] : "claimscan-out";
	scan->force = value[OPT_FORCE];
	scan->map = value[OPT_MAP];
	scan->codes = value[OPT_CODES];
	scan->members = value[OPT_MEMBERS];
	scan->providers = value[OPT_PROVIDERS];
	scan->tables = values->tables;
	scan->descriptions = value[OPT_DESCRIPTIONS];
	scan->norms = value[OPT_NORMS];
	scan->rules = value[OPT_RULES] ? value[OPT_RULES] : "all";
	scan->io = value[OPT_IO] ? value[OPT_IO] : "auto";
	scan->id_key = value[OPT_ID_KEY];
	scan->no_timing = value[OPT_NO_TIMING];
	scan->explain = value[OPT_EXPLAIN];
	scan->quiet = value[OPT_QUIET];
	scan->verbose = value[OPT_VERBOSE];
	if (value[OPT_THREADS])
		err = options_number("threads", value[OPT_THREADS], 1, 1024, &threads, diag);
	scan->threads = (unsigned)threads;
	if (err == 0)
		err = set_words(scan, values, diag);
	if (err == 0)
		err = set_level(scan, values, diag);
	if (err == 0)
		err = set_dates(scan, value[OPT_DATES], diag);
	if (err == 0)
		err = set_as_of(scan, value[OPT_AS_OF], diag);
	if (err == 0)
		err = set_amount_levels(scan, values, diag);
	if (err == 0)
		err = set_max_bad(scan, value[OPT_MAX_BAD], diag);
	if (err == 0)
		err = set_worklist(scan, values, diag);
	if (err == 0)
		err = set_counters(scan, value[OPT_COUNTERS], diag);
	if (err == 0)
		err = set_history(scan, values, diag);
	if (err == 0)
		err = set_report(scan, value[OPT_REPORT], diag);
	return err == 0 ? set_memory(scan, values, diag) : err;
}

static int command_scan(int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	struct scan_options scan = {.inputs = NULL};
	int err = options_parse(&values, 'S', argc, argv, diag);

	if (err == 1) {
		puts("usage: claimscan scan [options] INPUT...\n"
		     "       claimscan scan claims.csv --members members.csv -o run\n");
		options_help(stdout, 'S');
		err = 0;
		goto out;
	}
	if (err == 0 && values.operand_count == 0)
		err = diag_set(diag, FAIL_USAGE,
		        "scan: no input (files, directories, globs, @manifest, -)");
	if (err == 0)
		err = set_scan(&scan, &values, diag);
	if (err == 0)
		err = scan_run(&scan, diag);
	err = options_blame(&values, err, diag);
out:
	options_free(&values);
	return err;
}

/* ---- convert ---- */

/* Options that convert shares with scan are read as scan's. */
static void take_as_scan(struct option_values *values)
{
	static const enum option pairs[][2] = {
	        {OPT_CONVERT_THREADS, OPT_THREADS},
	        {OPT_CONVERT_MAP, OPT_MAP},
	        {OPT_CONVERT_ZERO_PAID, OPT_ZERO_PAID},
	        {OPT_CONVERT_IO, OPT_IO},
	        {OPT_CONVERT_CPU, OPT_CPU},
	        {OPT_CONVERT_CACHE, OPT_CACHE},
	        {OPT_CONVERT_MEMORY, OPT_MEMORY},
	        {OPT_CONVERT_TMP, OPT_TMP},
	        {OPT_CONVERT_MAX_BAD, OPT_MAX_BAD},
	        {OPT_CONVERT_PROGRESS, OPT_PROGRESS},
	        {OPT_CONVERT_QUIET, OPT_QUIET},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		values->value[pairs[i][1]] = values->value[pairs[i][0]];
	values->value[OPT_RULES] = "none";
	values->value[OPT_REPORT] = "none";
}

static int command_convert(int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	struct scan_options scan = {.inputs = NULL};
	int err = options_parse(&values, 'V', argc, argv, diag);

	if (err == 1) {
		puts("usage: claimscan convert [options] INPUT... -o FILE\n"
		     "       claimscan convert claims.csv -o claims.clm\n");
		options_help(stdout, 'V');
		err = 0;
		goto out;
	}
	if (err == 0 && (values.operand_count == 0 || !values.value[OPT_CONVERT_OUT]))
		err = diag_set(
		        diag, FAIL_USAGE, "convert: wants inputs and --out FILE (.csv or .clm)");
	take_as_scan(&values);
	if (err == 0)
		err = set_scan(&scan, &values, diag);
	if (err == 0)
		err = convert_create(&scan.convert, values.value[OPT_CONVERT_OUT],
		        values.value[OPT_CONVERT_FORCE], diag);
	if (err == 0)
		err = scan_run(&scan, diag);
	convert_destroy(scan.convert);
out:
	options_free(&values);
	return err;
}

/* ---- gen ---- */

static int set_gen_number(const struct option_values *values, enum option option, const char *name,
        uint64_t most, uint64_t *value, struct diag *diag)
{
	if (!values->value[option])
		return 0;
	return options_number(
	        name, values->value[option], option == OPT_GEN_SEED ? 0 : 1, most, value, diag);
}

static int set_gen_prevalence(struct gen_options *gen, const char *text, struct diag *diag)
{
	char *end;
	double percent;

	if (!text)
		return 0;
	percent = strtod(text, &end);
	if (end == text || strcmp(end, "%") != 0 || !(percent > 0 && percent <= 100))
		return diag_set(diag, FAIL_USAGE, "--prevalence %s: wants a share like 1%%", text);
	gen->prevalence_ppm = (uint32_t)(percent * 10000 + 0.5);
	return 0;
}

static int set_gen(struct gen_options *gen, const struct option_values *values, struct diag *diag)
{
	static const char *const columns[] = {"narrow", "full", NULL};
	uint64_t months = gen->months, threads = cpus_usable();
	int kind = choice(values, OPT_GEN_COLUMNS, "columns", columns, diag);
	int err = kind < 0 ? kind : 0;

	gen->columns = kind == 1 ? GEN_FULL : GEN_NARROW;
	gen->directory = values->value[OPT_GEN_OUT];
	gen->force = values->value[OPT_GEN_FORCE];
	if (err == 0 && !gen->directory)
		err = diag_set(diag, FAIL_USAGE, "gen: --out DIR is needed");
	if (err == 0)
		err = set_gen_number(
		        values, OPT_GEN_LINES, "lines", UINT64_C(1) << 40, &gen->lines, diag);
	if (err == 0)
		err = set_gen_number(values, OPT_GEN_PROVIDERS, "providers", GEN_PROVIDERS_MAX,
		        &gen->providers, diag);
	if (err == 0)
		err = set_gen_number(
		        values, OPT_GEN_MEMBERS, "members", GEN_MEMBERS_MAX, &gen->members, diag);
	if (err == 0)
		err = set_gen_number(
		        values, OPT_GEN_MONTHS, "months", GEN_MONTHS_MAX, &months, diag);
	if (err == 0)
		err = set_gen_number(values, OPT_GEN_SEED, "seed", UINT64_MAX, &gen->seed, diag);
	if (err == 0)
		err = set_gen_number(values, OPT_GEN_THREADS, "threads", 1024, &threads, diag);
	gen->months = (unsigned)months;
	gen->threads = (unsigned)threads;
	if (err == 0 && values->value[OPT_GEN_SCHEMES])
		err = gen_schemes_parse(values->value[OPT_GEN_SCHEMES], &gen->schemes, diag);
	if (err == 0)
		err = set_gen_prevalence(gen, values->value[OPT_GEN_PREVALENCE], diag);
	if (err == 0 && values->value[OPT_GEN_DIRT])
		err = gen_dirt_parse(values->value[OPT_GEN_DIRT], &gen->dirt, diag);
	return err;
}

static void gen_help(void)
{
	puts("usage: claimscan gen [options] -o DIR\n"
	     "       claimscan gen --lines 1000000 --columns full -o year\n");
	options_help(stdout, 'G');
	puts("\nSchemes (d: the lawful look-alike, a decoy):");
	for (size_t i = 0; gen_scheme_name(i); i++)
		printf("  %c %-24s %s\n", gen_scheme_is_decoy(i) ? 'd' : ' ', gen_scheme_name(i),
		        gen_scheme_rule(i));
	fputs("\nDirt:", stdout);
	for (size_t i = 0; gen_dirt_name(i); i++)
		printf(" %s", gen_dirt_name(i));
	putchar('\n');
}

static int command_gen(int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	struct gen_options gen;
	int err = options_parse(&values, 'G', argc, argv, diag);

	gen_options_init(&gen);
	if (err == 1) {
		gen_help();
		err = 0;
		goto out;
	}
	if (err == 0 && values.operand_count > 0)
		err = diag_set(
		        diag, FAIL_USAGE, "gen: \"%s\": no operands are taken", values.operands[0]);
	if (err == 0)
		err = set_gen(&gen, &values, diag);
	if (err == 0)
		err = gen_run(&gen, diag);
out:
	options_free(&values);
	return err;
}

/* ---- rules ---- */

static int bench_rules(
        const struct scan_options *scan, const struct option_values *values, struct diag *diag)
{
	const char *text = values->value[OPT_BENCH_ROUNDS];
	uint64_t rounds = BENCH_ROUNDS;
	int err = text ? options_number("rounds", text, 1, BENCH_ROUNDS_MAX, &rounds, diag) : 0;
	const struct rules_bench_options bench = {.scan = scan,
	        .rounds = (unsigned)rounds,
	        .json = values->value[OPT_BENCH_JSON] != NULL};

	return err < 0 ? err : rules_bench(stdout, &bench, diag);
}

/* Its options are those of scan by the same names, and what they mean stands there. */
static int command_bench(int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	struct scan_options scan = {.inputs = NULL};
	int err = options_parse(&values, 'r', argc, argv, diag);

	if (err == 1) {
		puts("usage: claimscan rules bench [options] INPUT...\n"
		     "       claimscan rules bench claims.csv --members members.csv\n");
		options_help(stdout, 'r');
		err = 0;
		goto out;
	}
	if (err == 0 && values.operand_count == 0)
		err = diag_set(
		        diag, FAIL_USAGE, "rules bench: no input (files, directories, globs)");
	values.value[OPT_RULES] = values.value[OPT_BENCH_RULES];
	values.value[OPT_CODES] = values.value[OPT_BENCH_CODES];
	values.value[OPT_MEMBERS] = values.value[OPT_BENCH_MEMBERS];
	values.value[OPT_PROVIDERS] = values.value[OPT_BENCH_PROVIDERS];
	values.value[OPT_THREADS] = values.value[OPT_BENCH_THREADS];
	if (err == 0)
		err = set_scan(&scan, &values, diag);
	if (err == 0)
		err = bench_rules(&scan, &values, diag);
out:
	options_free(&values);
	return err;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int rules_help(void)
{
	puts("usage: claimscan rules list\n"
	     "       claimscan rules explain ID        (claimscan rules explain NCC-01)\n"
	     "       claimscan rules template [NAME]   (claimscan rules template members)\n"
	     "       claimscan rules bench [options] INPUT...\n\n"
	     "  list      each rule, by id, with its name and whether it is built\n"
	     "  explain   one rule: definition, traps, authority, dollars\n"
	     "  template  the header of a side table you may bring\n"
	     "  bench     what each rule costs on claims; rules bench --help lists its options");
	return 0;
}

static int command_rules(int argc, char **argv, struct diag *diag)
{
	const char *what = argc > 0 ? argv[0] : "list";

	if (is_help(what) || (argc > 1 && is_help(argv[1]) && strcmp(what, "bench") != 0))
		return rules_help();
	if (strcmp(what, "list") == 0)
		return rules_print_list(stdout);
	if (strcmp(what, "explain") == 0 && argc > 1)
		return rules_print_explain(stdout, argv[1], diag);
	if (strcmp(what, "template") == 0)
		return rules_print_template(stdout, argc > 1 ? argv[1] : NULL, diag);
	if (strcmp(what, "bench") == 0)
		return command_bench(argc - 1, argv + 1, diag);
	if (strcmp(what, "check") == 0)
		return diag_set(diag, FAIL_ABSENT, "rules %s is not built yet", what);
	return diag_set(
	        diag, FAIL_USAGE, "rules: wants list, explain ID, template NAME or bench INPUT");
}

/* ---- calibrate ---- */

static int command_calibrate(int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	uint64_t prior = CALIBRATE_PRIOR;
	int err = options_parse(&values, 'C', argc, argv, diag);

	if (err == 1) {
		puts("usage: claimscan calibrate [options] DISPOSITIONS.csv >weights.csv\n"
		     "       claimscan scan claims.csv --table precision_weights=weights.csv\n");
		options_help(stdout, 'C');
		err = 0;
		goto out;
	}
	if (err == 0 && values.operand_count != 1)
		err = diag_set(diag, FAIL_USAGE,
		        "calibrate: wants one file (claimscan rules template dispositions)");
	if (err == 0 && values.value[OPT_PRIOR])
		err = options_number("prior", values.value[OPT_PRIOR], 0, 1000000, &prior, diag);
	if (err == 0)
		err = calibrate(stdout, values.value[OPT_CALIBRATE_QUIET] ? NULL : stderr,
		        values.operands[0], prior, diag);
out:
	options_free(&values);
	return err;
}

/* ---- commands ---- */

static int command(const char *name, int argc, char **argv, struct diag *diag)
{
	static const char *const unbuilt[] = {"plan", "merge", NULL};
	static const char *const all[] = {"scan", "gen", "rules", "codes", "convert", "report",
	        "diff", "calibrate", "plan", "merge", NULL};
	struct suggestion near;

	if (strcmp(name, "scan") == 0)
		return command_scan(argc, argv, diag);
	if (strcmp(name, "convert") == 0)
		return command_convert(argc, argv, diag);
	if (strcmp(name, "gen") == 0)
		return command_gen(argc, argv, diag);
	if (strcmp(name, "rules") == 0)
		return command_rules(argc, argv, diag);
	if (strcmp(name, "codes") == 0)
		return codes_command(argc, argv, diag);
	if (strcmp(name, "report") == 0)
		return report_command(argc, argv, diag);
	if (strcmp(name, "diff") == 0)
		return diff_command(argc, argv, diag);
	if (strcmp(name, "calibrate") == 0)
		return command_calibrate(argc, argv, diag);
	if (strcmp(name, "--man") == 0) { /* this and the next at build time: CMakeLists.txt */
		manual_page(stdout);
		return 0;
	}
	if (strcmp(name, "--completion") == 0)
		return manual_completion(stdout, argc > 0 ? argv[0] : "", diag);
	for (int i = 0; unbuilt[i]; i++) {
		if (strcmp(name, unbuilt[i]) == 0)
			return diag_set(diag, FAIL_ABSENT, "%s is not built yet", name);
	}
	suggest_begin(&near, name);
	for (int i = 0; all[i]; i++)
		suggest_try(&near, all[i]);
	return diag_set(diag, FAIL_USAGE, "no command \"%s\"%s%s%s", name,
	        near.best ? ": did you mean " : "", near.best ? near.best : "",
	        near.best ? "?" : " (claimscan --help)");
}

static void on_signal(int number)
{
	scan_stop(number);
}

/* Called in a signal handler: write and _exit are what it may call. */
static void on_lost_memory(void)
{
	static const char words[] = "claimscan: the spill file under --tmp cannot be read again: "
	                            "--memory keeps more in memory\n";
	ssize_t ignored = write(STDERR_FILENO, words, sizeof(words) - 1);

	(void)ignored;
	_exit(74);
}

/* Claims are protected health information: no core dumps. */
static void set_up_process(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct rlimit none = {0, 0};

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	budget_when_lost(on_lost_memory);
}

/* Words on stdout that could not be written: a closed pipe is no fault. */
static int flush_output(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return errno == EPIPE ? 0 : 74;
}

int main(int argc, char **argv)
{
	struct diag diag;
	int err, code;

	set_up_process();
	diag_init(&diag);
	diag.warn = warn;
	rules_init();
	history_init();
	providers_init();
	stats_init();
	if (argc < 2) {
		fputs(usage, stderr);
		return 64;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	        strcmp(argv[1], "help") == 0) {
		fputs(usage, stdout);
		return flush_output();
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("claimscan " CLAIMSCAN_VERSION);
		return flush_output();
	}
	err = command(argv[1], argc - 2, argv + 2, &diag);
	if (scan_stopped())
		return 128 + scan_stopped();
	if (err < 0)
		fprintf(stderr, "claimscan: %s\n", diag.text[0] ? diag.text : strerror(-err));
	code = diag_exit_code(err < 0 ? err : 0);
	return code ? code : flush_output();
}
