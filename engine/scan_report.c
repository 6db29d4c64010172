/* SPDX-License-Identifier: Apache-2.0 */
#include "base/budget.h"
#include "memory.h"
#include "report/compare.h"
#include "report/manifest.h"
#include "report/norms_table.h"
#include "report/quality.h"
#include "report/summary.h"
#include "report/tables.h"
#include "scan_lacks.h"
#include "scan_private.h"
#include "scan_tail.h"
#include "stats/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SETTINGS_SIZE = 4096,
	AGAIN_SHARE = 20,         /* one in so many new claims may well have come in parts */
	REPORT_MEMORY_SHARE = 16, /* of --memory that the making of a page or database may use */
};

static const enum field amount_fields[AMOUNTS] = {FIELD_CHARGE, FIELD_ALLOWED, FIELD_PAID};

/* ---- Rules ---- */

static enum rule_state state_of(const struct scan *scan, size_t number)
{
	const struct rule *rule = rule_at(number)->rule;
	bool watch = true;

	if (!rule)
		return STATE_NOT_BUILT;
	if (!scan->selection.active[number])
		return STATE_OFF;
	for (size_t k = 0; k < rule->check_count; k++)
		watch &= rule->checks[k].watch;
	return watch ? STATE_WATCH : STATE_ON;
}

static void fill_rules(const struct scan *scan, struct rules_table *table)
{
	memset(table, 0, sizeof(*table));
	for (size_t rule = 0; rule < RULES_ALL; rule++) {
		table->state[rule] = state_of(scan, rule);
		table->hits[rule] = scan->totals.hits[rule] + scan->past_totals.hits[rule];
		table->dollars[rule] = scan->totals.dollars[rule] + scan->past_totals.dollars[rule];
		table->unique_dollars[rule] = scan->totals.unique_dollars[rule] +
		                              scan->past_totals.unique_dollars[rule];
		table->in_scope[rule] = scan->past_totals.scope[rule];
		table->evaluated[rule] = scan->past_totals.evaluated[rule];
		table->ns[rule] = scan->rule_ns[rule] + scan->past_totals.ns[rule];
	}
	for (unsigned check = 0; check < checks_used(); check++) {
		int rule = check_rule(check);
		bool line = check < LINE_CHECKS_MAX;

		if (rule < 0)
			continue;
		table->in_scope[rule] += line ? scan->scope[check] : scan->totals.scope[check];
		table->evaluated[rule] += line ? scan->evaluated[check]
		                               : scan->totals.evaluated[check];
	}
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		table->has_type[type] = scan->normalise_counts.lines[type] > 0;
		table->basis[type] = scan->settled.basis[type];
	}
	table->lines = scan->counts.used;
	table->timing = !scan->options->no_timing;
}

/* ---- Statistics ---- */

static int make_stats(const struct scan *scan, const struct field_set *bound, struct stats **stats,
        struct diag *diag)
{
	struct stats_options options = {
	        .codes = scan->codes,
	        .profile = scan->profile,
	        .providers = scan->providers,
	        .payer = scan->payer,
	        .norms = scan->norms,
	        .tallies = scan->tallies,
	        .prices = scan->prices,
	        .drg_lists = {scan->drg_lists[0], scan->drg_lists[1]},
	        .selection = &scan->selection,
	        .threads = scan->options->threads,
	        .has_beneficiaries = scan->past != NULL,
	        .has_allowed = field_set_has(bound, FIELD_ALLOWED),
	        .has_paid = field_set_has(bound, FIELD_PAID),
	        .no_codes = !(scan->options->counters & PROFILE_CODES),
	};

	for (size_t rule = 0; rule < RULES_ALL; rule++)
		options.is_on[rule] = state_of(scan, rule) == STATE_ON;
	options.weights = &scan->weights;
	return stats_create(stats, &options, diag);
}

/* What the rules that compare providers add to rules.csv. */
static void fill_stats(struct rules_table *table, const struct stats *stats)
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		struct stats_totals totals;

		if (!stats_totals(stats, rule, &totals))
			continue;
		table->in_scope[rule] = totals.in_scope;
		table->evaluated[rule] = totals.evaluated;
		table->hits[rule] = totals.hits;
		table->dollars[rule] = totals.dollars;
	}
}

/* ... and what counting over lines and claims cannot know. */
static void fill_stats_providers(struct rules_table *table, const struct stats *stats)
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		struct stats_totals totals;

		if (stats_totals(stats, rule, &totals))
			table->providers[rule] = totals.providers;
	}
}

static const char *date_or_blank(int32_t date, char text[DATE_TEXT_SIZE])
{
	text[0] = '\0';
	if (date > DATE_ABSENT + 1 && date < INT32_MAX)
		date_format(date, text);
	return text;
}

/* The first set that kept a rule from judging lines; PART_COUNT: none did. */
static enum codes_part rule_outside(const struct scan *scan, const struct rule *rule)
{
	unsigned parts = 0;

	for (size_t k = 0; k < rule->check_count; k++)
		parts |= rule->checks[k].parts;
	for (unsigned part = 0; part < PART_COUNT; part++)
		if (parts & PART_BIT(part) &&
		        codes_outside_sum(&scan->outside, (enum codes_part)part))
			return (enum codes_part)part;
	return PART_COUNT;
}

/* A rule that judged nothing for want of a release says which days its set covers. */
static void tell_outside(const struct scan *scan, struct rules_table *table)
{
	for (size_t number = 0; number < RULES_ALL; number++) {
		const struct rule *rule = rule_at(number)->rule;
		char from[DATE_TEXT_SIZE] = "", to[DATE_TEXT_SIZE] = "";
		enum codes_part part;
		struct code_window last;

		if (table->state[number] != STATE_NOT_EVALUABLE ||
		        strcmp(table->reason[number], rule->idle) != 0)
			continue;
		part = rule_outside(scan, rule);
		if (part == PART_COUNT)
			continue;
		last = codes_covered_at(
		        scan->codes, part, codes_covered_count(scan->codes, part) - 1);
		date_or_blank(codes_covered_at(scan->codes, part, 0).from, from);
		date_or_blank(last.to, to);
		snprintf(table->reason[number], sizeof(table->reason[number]),
		        "no line on a day that %s covers (%s..%s; --codes-outside nearest)",
		        codes_part_name(part), from, to);
	}
}

static struct field_set all_bound(const struct scan *scan)
{
	struct field_set bound = layouts_bound(scan->layouts);

	for (unsigned word = 0; word < 4; word++)
		bound.words[word] = (bound.words[word] & scan->wanted.words[word]) |
		                    scan->side_fields.words[word];
	return bound;
}

/* ---- Levels ---- */

/* A level for all layouts that have the amount: the highest, as it counts least often. */
static const char *level_text(const struct scan *scan, enum amount amount)
{
	static const char *const names[] = {"line", "claim", "repeated"};
	int level = -1;

	for (uint32_t i = 0; i < layouts_count(scan->layouts); i++) {
		const struct layout *layout = layouts_at(scan->layouts, i);

		if (!field_set_has(&layout->bound, amount_fields[amount]))
			continue;
		if ((int)scan_level(scan, layout, amount) > level)
			level = (int)scan_level(scan, layout, amount);
	}
	return level < 0 ? NULL : names[level];
}

/* ---- Settings that can change a result ---- */

/* The kinds of provider_counts.csv that are kept: "month+em", or "no". */
static void fill_kinds(unsigned keep, char *text, size_t size)
{
	static const struct {
		unsigned bit;
		const char *name;
	} kinds[] = {{PROFILE_MONTHS, "month"}, {PROFILE_EM, "em"}, {PROFILE_MODIFIERS, "modifier"},
	        {PROFILE_PLACES, "pos"}, {PROFILE_DIGITS, "digit"}, {PROFILE_SQUARES, "sumsq"}};
	size_t at = 0;

	snprintf(text, size, "%s", keep & PROFILE_COUNTS ? "" : "no");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && at < size; i++) {
		if (keep & kinds[i].bit)
			at += (size_t)snprintf(
			        text + at, size - at, "%s%s", at ? "+" : "", kinds[i].name);
	}
}

static void fill_settings(const struct scan_options *options, char *text, size_t size)
{
	static const char *const by[] = {"line", "rendering", "billing", "facility", "tin"};
	static const char *const findings[] = {"sample", "all", "none"};
	static const char *const levels[] = {"found", "line", "claim"};
	char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE], as_of[DATE_TEXT_SIZE], counts[64];

	fill_kinds(options->counters, counts, sizeof(counts));
	snprintf(text, size,
	        "by=%s\nzero-paid=%s\ncharge-level=%s\nallowed-level=%s\npaid-level=%s\nrules=%s\n"
	        "codes-outside=%s\ndates=%s..%s\nas-of=%s\nfindings=%s\ncodes=%s\ncounts=%"
	        "s\nmembers=%s\n"
	        "providers=%s\nmap=%s\n",
	        by[options->by], options->zero_paid_payable ? "payable" : "denied",
	        levels[options->amount_level[AMOUNT_CHARGE] + 1],
	        levels[options->amount_level[AMOUNT_ALLOWED] + 1],
	        levels[options->amount_level[AMOUNT_PAID] + 1], options->rules,
	        options->codes_nearest ? "nearest" : "skip", date_or_blank(options->from, from),
	        date_or_blank(options->to, to), date_or_blank(options->as_of, as_of),
	        findings[options->findings], options->counters & PROFILE_CODES ? "yes" : "no",
	        counts, options->members ? "yes" : "no", options->providers ? "yes" : "no",
	        options->map ? "yes" : "no");
}

/* Which sample of leads' hits is drawn. */
static void fill_worklist(const struct worklist_plan *plan, char *text, size_t size)
{
	size_t at = strlen(text);

	snprintf(text + at, size - at,
	        "worklist-width=%.6f\nworklist-level=%.6f\nworklist-seed=%llu\n", plan->width / 1e6,
	        plan->level / 1e6, (unsigned long long)plan->seed);
}

/* The payer's own tables: which, and a hash of what they say. */
static void fill_own_tables(
        const struct payer *payer, const struct norms *norms, char *text, size_t size)
{
	size_t at = strlen(text);

	if (norms && at < size)
		at += (size_t)snprintf(text + at, size - at, "norms=%016llx\n",
		        (unsigned long long)norms_hash(norms));

	for (unsigned t = 0; t < PAYER_TABLES && at < size; t++) {
		uint64_t hash = payer_hash(payer, (enum payer_table)t);

		if (hash)
			at += (size_t)snprintf(text + at, size - at, "table %s=%016llx\n",
			        payer_name((enum payer_table)t), (unsigned long long)hash);
	}
}

/* A rule that could judge nothing whatever the lines are says what it is without. */
static void tell_lacks(
        const struct scan *scan, const struct field_set *bound, struct rules_table *table)
{
	for (size_t rule = 0; rule < RULES_ALL; rule++) {
		bool partly = false;
		const char *words = scan_lacks(scan, rule, bound, &partly);

		if (table->state[rule] == STATE_NOT_EVALUABLE && words && !partly &&
		        strcmp(table->reason[rule], rule_at(rule)->rule->idle) == 0)
			snprintf(table->reason[rule], sizeof(table->reason[rule]), "%s", words);
	}
}

/* ---- Writing ---- */

static bool is_judged_by_peers(const void *context, unsigned rule)
{
	struct stats_totals totals;

	return stats_totals(context, rule, &totals);
}

/* What --public leaves out, of providers and of rules. */
static int make_public(
        struct scan *scan, const struct stats *stats, struct rules_table *rules, struct diag *diag)
{
	struct public_options options = {
	        .profile = scan->profile,
	        .selection = &scan->selection,
	        .judged_by_peers = is_judged_by_peers,
	        .context = stats,
	        .has_beneficiaries = scan->past != NULL,
	};
	int err = public_create(&scan->public, &options, diag);

	if (err == 0)
		rules_table_hide(rules, scan->public);
	return err;
}

/* ---- What is written beside the tables of providers ---- */

enum beside_file { FILE_FINDINGS, FILE_COMPARE, FILE_WORKLIST, FILE_NORMS, BESIDE_FILES };

struct writing {
	struct scan *scan;
	const struct stats *stats;
	const struct compare *compare;
	uint64_t rows[BESIDE_FILES];
	struct out *outs[BESIDE_FILES]; /* NULL: not written */
	struct diag diags[BESIDE_FILES];
	int errors[BESIDE_FILES];
};

static int write_findings(struct writing *writing, struct out *out, struct diag *diag)
{
	return findings_write(writing->scan->findings, out, &writing->rows[FILE_FINDINGS], diag);
}

static int write_compare(struct writing *writing, struct out *out, struct diag *diag)
{
	(void)diag;
	compare_write(writing->compare, out, &writing->rows[FILE_COMPARE]);
	return 0;
}

static int write_worklist(struct writing *writing, struct out *out, struct diag *diag)
{
	const struct scan *scan = writing->scan;
	const struct worklist_source source = {
	        .profile = scan->profile,
	        .stats = writing->stats,
	        .tallies = scan->tallies,
	        .days = scan->provider_days,
	        .threads = scan->options->threads,
	};

	return findings_write_worklist(
	        scan->findings, out, &source, &writing->rows[FILE_WORKLIST], diag);
}

static int write_norms(struct writing *writing, struct out *out, struct diag *diag)
{
	(void)diag;
	norms_table_write(writing->stats, out, &writing->rows[FILE_NORMS]);
	return 0;
}

static const struct {
	const char *name;
	int (*write)(struct writing *writing, struct out *out, struct diag *diag);
	bool is_public; /* it is written with --public too */
} beside_files[BESIDE_FILES] = {
        [FILE_FINDINGS] = {"findings.csv", write_findings, true},
        [FILE_COMPARE] = {"compare.csv", write_compare, true},
        [FILE_WORKLIST] = {"worklist.csv", write_worklist, false},
        [FILE_NORMS] = {"norms.csv", write_norms, false},
};

static int open_beside(void *context, struct diag *diag)
{
	struct writing *writing = context;
	struct scan *scan = writing->scan;
	int err = 0;

	for (size_t at = 0; at < BESIDE_FILES && err == 0; at++) {
		writing->diags[at] = *diag;
		if (beside_files[at].is_public || !scan->public)
			err = out_create(
			        &writing->outs[at], scan->run, beside_files[at].name, diag);
	}
	return err;
}

/* Any thread, a file each. */
static int write_beside(void *context, size_t at)
{
	struct writing *writing = context;
	struct out *out = writing->outs[at];
	struct diag *diag = &writing->diags[at];

	if (!out)
		return 0;
	int err = beside_files[at].write(writing, out, diag);

	if (err == 0)
		err = out_close(out, diag);
	else
		out_destroy(out);
	writing->outs[at] = NULL;
	writing->errors[at] = err;
	return err;
}

/* The first failure's words; files that nobody came to are closed. */
static int end_beside(struct writing *writing, int err, struct diag *diag)
{
	for (size_t at = 0; at < BESIDE_FILES; at++) {
		if (writing->errors[at] < 0 && !diag->text[0])
			err = diag_set(diag, writing->errors[at], "%s", writing->diags[at].text);
		out_destroy(writing->outs[at]);
	}
	return err;
}

static int write_tables(struct scan *scan, const struct stats *stats, struct tables_rows *rows,
        uint64_t *findings, struct diag *diag)
{
	const struct compare_source source = {
	        .profile = scan->profile,
	        .stats = stats,
	        .public = scan->public,
	        .threads = scan->options->threads,
	};
	struct compare *compare = NULL;
	struct writing writing = {.scan = scan, .stats = stats};
	struct tables_options tables = {
	        .profile = scan->profile,
	        .findings = scan->findings,
	        .selection = &scan->selection,
	        .providers = scan->providers,
	        .payer = scan->payer,
	        .threads = scan->options->threads,
	        .beneficiaries = scan->past != NULL,
	        .stats = stats,
	        .public = scan->public,
	        .beside = {&writing, BESIDE_FILES, open_beside, write_beside},
	};
	int err = compare_create(&compare, &source, diag);

	writing.compare = compare;
	if (err == 0)
		err = tables_write(scan->run, &tables, rows, diag);
	err = end_beside(&writing, err, diag);
	*findings = writing.rows[FILE_FINDINGS];
	rows->compare = writing.rows[FILE_COMPARE];
	rows->worklist = writing.rows[FILE_WORKLIST];
	rows->norms = writing.rows[FILE_NORMS];
	compare_destroy(compare);
	return err;
}

static int write_json(struct scan *scan, const struct quality *quality,
        const struct rules_table *rules, const struct tables_rows *rows, uint64_t findings,
        struct diag *diag)
{
	const struct scan_options *options = scan->options;
	char settings[SETTINGS_SIZE];
	struct manifest manifest = {
	        .version = CLAIMSCAN_VERSION,
	        .quality = quality,
	        .codes = scan->codes,
	        .outside = &scan->outside,
	        .rules = rules,
	        .settings_text = settings,
	        .rows = *rows,
	        .findings = findings,
	        .timing = !options->no_timing,
	        .threads = options->threads,
	        .ns = clock_ns() - scan->began_ns,
	        .reader = scan->reader->name,
	        .level = level_name(options->level),
	};
	int err;

	fill_settings(options, settings, sizeof(settings));
	fill_worklist(&options->worklist, settings, sizeof(settings));
	fill_own_tables(scan->payer, scan->norms, settings, sizeof(settings));
	err = quality_write(scan->run, quality, diag);
	return err == 0 ? manifest_write(scan->run, &manifest, diag) : err;
}

/* A report that is made from the tables and the JSON, which are whole now. */
static int write_kind(const struct scan *scan, const struct report_kind *kind, struct diag *diag)
{
	struct run_folder folder = run_folder_of(scan->run);
	struct report_context context = {
	        .folder = &folder,
	        .memory_bytes = scan->options->memory_bytes / REPORT_MEMORY_SHARE,
	        .tmp = scan->options->tmp,
	        .stopped = scan_stopped,
	};
	int fd = -1, err = run_open_file(scan->run, kind->file, &fd, diag);

	if (err == 0)
		err = kind->write(&context, fd, diag);
	if (fd >= 0)
		close(fd);
	return err;
}

/* All that were asked for; tables that were only read for them go again. */
static int write_kinds(struct scan *scan, struct diag *diag)
{
	unsigned asked = scan->options->reports;
	int err = 0;

	for (unsigned i = 0; report_kinds[i] && err == 0; i++) {
		uint64_t from = clock_ns();

		if (report_kinds[i]->file && report_kinds_has(asked, report_kinds[i]))
			err = write_kind(scan, report_kinds[i], diag);
		scan->kind_ns[i] = clock_ns() - from;
	}
	if (err == 0 && !report_kinds_has(asked, &report_kind_csv))
		run_drop_files(scan->run, ".csv");
	return err;
}

static void print_kinds(const struct scan *scan)
{
	for (unsigned i = 0; report_kinds[i]; i++) {
		if (report_kinds[i]->file &&
		        report_kinds_has(scan->options->reports, report_kinds[i]))
			fprintf(stderr, "  %s %.3f s\n", report_kinds[i]->file,
			        (double)scan->kind_ns[i] / 1e9);
	}
}

static void print_stages(const struct scan *scan)
{
	static const char *const names[STAGES] = {"read and parse", "normalise", "look up", "rules",
	        "counters", "records", "histories"};
	double lines = (double)(scan->counts.used ? scan->counts.used : 1);
	struct partition_stats records, past = {0}, days = {0};

	fprintf(stderr, "reader %s, level %s, %u threads, attempts %u\n", scan->reader->name,
	        level_name(scan->options->level), scan->options->threads, scan->attempts);
	for (unsigned stage = 0; stage < STAGES; stage++)
		fprintf(stderr, "  %-16s %7.1f ns a line and core\n", names[stage],
		        (double)scan->stage_ns[stage] / lines);
	fprintf(stderr, "  history %.3f s, providers' days %.3f s\n",
	        (double)scan->history_ns / 1e9, (double)scan->days_ns / 1e9);
	fprintf(stderr, "  scan %.3f s, join %.3f s, merge %.3f s, report %.3f s\n",
	        (double)scan->read_ns / 1e9, (double)scan->join_ns / 1e9,
	        (double)scan->merge_ns / 1e9, (double)scan->report_ns / 1e9);
	print_kinds(scan);
	partitions_stats(scan->partitions, &records);
	if (scan->past)
		partitions_stats(scan->past, &past);
	if (scan->days)
		partitions_stats(scan->days, &days);
	fprintf(stderr, "  records %llu bytes, spilled %llu\n",
	        (unsigned long long)(records.bytes + past.bytes + days.bytes),
	        (unsigned long long)(records.spilled_bytes + past.spilled_bytes +
	                             days.spilled_bytes));
	fprintf(stderr, "  of counters and tables at most %llu bytes were in --tmp\n",
	        (unsigned long long)budget_figures().mapped_most);
}

static void print_summary(struct scan *scan, const struct quality *quality,
        const struct rules_table *rules, const struct stats *stats)
{
	const struct scan_options *options = scan->options;
	struct summary_top top;
	struct summary summary = {
	        .quality = quality,
	        .rules = rules,
	        .top = &top,
	        .codes = scan->codes,
	        .outside = &scan->outside,
	        .mode = options->findings,
	        .out = scan->run ? options->out : NULL,
	        .files = scan->run ? run_files(scan->run) : NULL,
	        .has_key = options->id_key,
	        .colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR"),
	        .timing = !options->no_timing,
	        .ns = clock_ns() - scan->began_ns,
	        .threads = options->threads,
	};

	summary_pick_leads(&top, scan->profile, stats);
	findings_count(scan->findings, &summary.findings);
	summary_write(stderr, &summary);
}

/* States and reasons of rules are settled when all is counted. */
static void settle_states(const struct scan *scan, const struct field_set *bound,
        const struct stats *stats, struct rules_table *rules)
{
	fill_stats(rules, stats);
	rules_table_settle(rules, bound);
	tell_lacks(scan, bound, rules);
	tell_outside(scan, rules);
}

static bool has_tables(const struct scan *scan)
{
	return scan->run && report_kinds_tables(scan->options->reports);
}

/* Who was hit, where no table tells: what is public depends on it, and it is printed. */
static int count_providers(const struct scan *scan, const struct stats *stats,
        struct rules_table *rules, struct diag *diag)
{
	if (has_tables(scan) && !scan->options->public)
		return 0;
	int err = rules_table_count_providers(rules, scan->profile, scan->options->threads, diag);

	if (err == 0)
		fill_stats_providers(rules, stats);
	return err;
}

static int settle_rules(const struct scan *scan, const struct field_set *bound,
        const struct stats *stats, struct rules_table *rules, struct diag *diag)
{
	settle_states(scan, bound, stats, rules);
	return count_providers(scan, stats, rules, diag);
}

/* Else by the rows of each provider. */
static void take_providers(const struct scan *scan, const struct stats *stats,
        const struct tables_rows *rows, struct rules_table *rules)
{
	if (scan->options->public)
		return;
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		rules->providers[rule] = rows->rule_providers[rule];
	fill_stats_providers(rules, stats);
}

static int write_all_tables(struct scan *scan, const struct stats *stats, struct rules_table *rules,
        struct tables_rows *rows, uint64_t *findings, struct diag *diag)
{
	if (!has_tables(scan))
		return 0;
	int err = write_tables(scan, stats, rows, findings, diag);

	if (err < 0)
		return err;
	take_providers(scan, stats, rows, rules);
	return rules_table_write(scan->run, rules, diag);
}

/* What providers are counted in, and judged by, does not spill. */
static void warn_of_memory(const struct scan *scan, struct diag *diag)
{
	uint64_t held = memory_held(), limit = scan->options->memory_bytes;

	if (held > limit / 20 * 21)
		diag_warn(diag,
		        "%llu MiB are held, more than --memory: code sets, tables and reports "
		        "take more than is set aside for them",
		        (unsigned long long)(held >> 20));
}

/* A month that was sent once more, or corrected, is no later month: all of it would be doubled. */
static void warn_of_again(const struct scan *scan, struct diag *diag)
{
	uint64_t again = scan->totals.again, claims = scan->totals.claims;

	if (again * AGAIN_SHARE > claims)
		diag_warn(diag,
		        "%llu of %llu claims stand in the tail too: a month given again? "
		        "(--history)",
		        (unsigned long long)again, (unsigned long long)claims);
}

static void warn_of_run(const struct scan *scan, struct diag *diag)
{
	warn_of_memory(scan, diag);
	warn_of_again(scan, diag);
}

static void print(struct scan *scan, const struct quality *quality, const struct rules_table *rules,
        const struct stats *stats)
{
	if (!scan->options->quiet)
		print_summary(scan, quality, rules, stats);
	if (scan->options->verbose)
		print_stages(scan);
}

int scan_report(struct scan *scan, struct diag *diag)
{
	struct quality_history history = {
	        .lines = scan->past_totals.lines,
	        .beneficiaries = scan->past_totals.beneficiaries,
	        .nobody = scan->nobody,
	};
	struct quality quality = {
	        .plan = scan->plan,
	        .counts = &scan->counts,
	        .normalise = &scan->normalise_counts,
	        .totals = &scan->totals,
	        .bound = all_bound(scan),
	        .layouts = scan->layouts,
	        .history = scan->past ? &history : NULL,
	};
	struct quality_tail tail;
	uint64_t from = clock_ns(), findings = 0;
	struct rules_table *rules = malloc(sizeof(*rules));
	struct tables_rows rows = {0};
	struct stats *stats = NULL;
	int err = rules ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for a report");

	if (err < 0)
		return err;
	quality.tail = scan_tail_tell(scan, &tail) ? &tail : NULL;
	for (unsigned amount = 0; amount < AMOUNTS; amount++)
		quality.amount_levels[amount] = level_text(scan, (enum amount)amount);
	fill_rules(scan, rules);
	scan_warn_lacks(scan, diag);
	err = make_stats(scan, &quality.bound, &stats, diag);
	if (err == 0)
		err = settle_rules(scan, &quality.bound, stats, rules, diag);
	if (err == 0 && scan->options->public)
		err = make_public(scan, stats, rules, diag);
	quality.public = scan->public;
	if (err == 0)
		err = write_all_tables(scan, stats, rules, &rows, &findings, diag);
	if (err == 0 && scan->run)
		err = write_json(scan, &quality, rules, &rows, findings, diag);
	if (err == 0 && scan->run)
		err = write_kinds(scan, diag);
	if (err == 0 && scan_stopped())
		err = FAIL_STOPPED;
	if (err == 0 && scan->run)
		err = run_commit(scan->run, diag);
	if (err == 0 && scan->options->rules_into)
		*scan->options->rules_into = *rules;
	scan->report_ns = clock_ns() - from;
	if (err == 0)
		warn_of_run(scan, diag);
	if (err == 0)
		print(scan, &quality, rules, stats);
	public_destroy(scan->public);
	scan->public = NULL;
	stats_destroy(stats);
	free(rules);
	return err;
}

/* ---- --explain ---- */

static int bind_all(struct scan *scan, struct diag *diag)
{
	for (size_t i = 0; i < scan->plan->file_count; i++) {
		const struct plan_file *file = &scan->plan->files[i];
		const struct layout *layout = NULL;
		int err = scan_bind_file(scan, (uint32_t)i, &layout, diag);

		if (err < 0)
			return err;
		if (err > 0)
			printf("file   %s: %s columns %u of which read %u, %llu bytes\n",
			        file->path, layout->family, layout->columns, layout->group_count,
			        (unsigned long long)file->size_bytes);
		else if (packs_has(scan->packs, (uint32_t)i))
			printf("file   %s: claim pack, %llu lines, %llu bytes\n", file->path,
			        (unsigned long long)packs_lines(scan->packs, (uint32_t)i),
			        (unsigned long long)file->size_bytes);
	}
	return 0;
}

static void explain_tail(const struct scan *scan)
{
	char from[DATE_TEXT_SIZE], edge[DATE_TEXT_SIZE];
	struct quality_tail tail;

	if (!scan_tail_tell(scan, &tail))
		return;
	if (!tail.is_used) {
		printf("tail   %s: none yet, one of %u days would be written\n",
		        scan->options->history, tail.days);
		return;
	}
	printf("tail   %s: %llu lines of %zu files, whole from %s to %s; one of %u days would be "
	       "written\n",
	        scan->options->history, (unsigned long long)tail.used.lines, tail.used.files,
	        date_format(tail.used.whole_from, from) ? from : "its beginning",
	        date_format(tail.used.edge, edge) ? edge : "no day", tail.days);
}

/* Can a rule judge anything, by the columns, tables and counters that are there? */
static void explain_rule(const struct scan *scan, size_t number, const struct field_set *bound)
{
	const struct rule_entry *entry = rule_at(number);
	char text[256];
	bool partly = false;

	if (!entry->rule || !scan->selection.active[number])
		return;
	const char *reason = rule_reason(number, bound, text, sizeof(text));
	const char *lacks = scan_lacks(scan, number, bound, &partly);

	if (reason != entry->rule->idle || (lacks && !partly))
		printf("rule   %s: not evaluable: %s\n", entry->id,
		        reason != entry->rule->idle ? reason : lacks);
	else
		printf("rule   %s: evaluable%s%s  (%s)\n", entry->id, lacks ? " " : "",
		        lacks ? lacks : "", entry->name);
}

int scan_explain(struct scan *scan, struct diag *diag)
{
	struct field_set bound;
	int err = bind_all(scan, diag);

	if (err < 0)
		return err;
	explain_tail(scan);
	err = scan_tail_explain(scan, diag);
	if (err < 0)
		return err;
	bound = all_bound(scan);
	printf("plan   %zu files, %zu spans, %llu bytes, %u threads, reader %s, level %s\n",
	        scan->plan->file_count, scan->plan->span_count,
	        (unsigned long long)scan->plan->total_bytes, scan->options->threads,
	        scan->reader->name, level_name(scan->options->level));
	for (size_t i = 0; i < codes_set_count(scan->codes); i++) {
		const struct codes_set_info *set = codes_set_at(scan->codes, i);

		printf("codes  %s: %s, %zu codes%s\n", set->name, set->release, set->codes,
		        set->partial ? ", partial" : "");
	}
	for (size_t rule = 0; rule < RULES_ALL; rule++)
		explain_rule(scan, rule, &bound);
	return 0;
}
