/* SPDX-License-Identifier: Apache-2.0 */
#include "report/findings.h"

#include "base/hash.h"
#include "report/pseudonym.h"
#include "report/row.h"
#include "report/row_ranges.h"
#include "report/sort.h"
#include "report/spill.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROVIDERS = 4, WORKERS_MAX = 8, KINDS = 3, RULES = 3 };

static const char *const rule_ids[RULES] = {"CLN-05", "NCC-04", "VAL-06"};
static const char *const kinds[KINDS] = {"alpha", "beta", ""};
static const char *const npis[PROVIDERS] = {"1003000001", "1003000019", "", "=HYPER"};
static uint32_t provider_numbers[PROVIDERS];
static struct profile *profile;
static char home[] = "/tmp/claimscan-findings-XXXXXX";

static void set_up(void)
{
	static const enum id_kind id_kinds[PROVIDERS] = {ID_NPI, ID_BAD_CHECK, ID_NONE, ID_OTHER};
	struct profile_options options = {.workers = 1};
	struct diag diag;

	diag_init(&diag);
	rules_init();
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	for (size_t i = 0; i < PROVIDERS; i++) {
		uint64_t value = id_kinds[i] <= ID_BAD_CHECK ? strtoull(npis[i], NULL, 10) : i;

		provider_numbers[i] = profile_number(profile,
		        (uint64_t)id_kinds[i] << ID_KIND_SHIFT | value, npis[i], strlen(npis[i]));
	}
	cr_assert_not_null(mkdtemp(home));
	cr_assert_eq(chdir(home), 0);
}

static void tear_down(void)
{
	char command[64];

	profile_destroy(profile);
	snprintf(command, sizeof(command), "rm -rf %s", home);
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(system(command), 0);
}

TestSuite(findings, .init = set_up, .fini = tear_down);

/* ---- Made-up findings, and what becomes of them by the contract's words. ---- */

struct made {
	struct finding finding;
	uint64_t hash;
	unsigned provider; /* of npis */
	char claim[24], other[24], detail[64];
};

static uint64_t random_state;

static unsigned below(unsigned limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % limit;
}

static struct text text_of(const char *text)
{
	return (struct text){text, (uint32_t)strlen(text)};
}

static void make_finding(struct made *made)
{
	struct finding *finding = &made->finding;
	char joined[64];

	memset(made, 0, sizeof(*made));
	made->provider = below(PROVIDERS);
	snprintf(made->claim, sizeof(made->claim), "CLM%s%u", below(2) ? "-long-beginning" : "",
	        below(30));
	if (below(3) == 0)
		snprintf(made->other, sizeof(made->other), "CLM%u", below(3));
	snprintf(made->detail, sizeof(made->detail), "limit=%u; value=%u", below(2), 7u);
	*finding = (struct finding){
	        .rule = (uint8_t)rule_find(rule_ids[below(RULES)]),
	        .severity = (uint8_t)below(4),
	        .watch = below(8) == 0,
	        .superseded = below(8) == 0,
	        .superseding = (uint8_t)rule_find("PRV-01"),
	        .provider = provider_numbers[made->provider],
	        .line = below(5) == 0 ? LINE_ABSENT : (int32_t)below(14) - 2,
	        .other_line = below(2) ? LINE_ABSENT : (int32_t)below(12),
	        .date = 19782,
	        .units = AMOUNT_ABSENT,
	        .amount = -150,
	        .dollars = (int64_t)below(4) * 1250,
	        .digest = below(3),
	        .kind = text_of(kinds[below(KINDS)]),
	        .claim_id = text_of(made->claim),
	        .other_claim_id = text_of(made->other),
	        .detail = text_of(made->detail),
	};
	finding->claim_level = finding->rule == rule_find("CLN-05");
	bool blank = finding->claim_level || finding->line == LINE_ABSENT;
	size_t size = (size_t)snprintf(
	        joined, sizeof(joined), blank ? "%s%c" : "%s%c%d", made->claim, 0, finding->line);

	made->hash = hash64(joined, size);
}

static struct made *make_findings(size_t count, uint64_t seed)
{
	struct made *made = calloc(count, sizeof(*made));

	random_state = seed;
	for (size_t i = 0; i < count; i++) {
		make_finding(&made[i]);
		/* Every now and then the same once more. */
		if (i > 0 && below(4) == 0) {
			made[i] = made[below((unsigned)i)];
			made[i].finding.claim_id = text_of(made[i].claim);
			made[i].finding.other_claim_id = text_of(made[i].other);
			made[i].finding.detail = text_of(made[i].detail);
		}
	}
	return made;
}

static bool has_line(const struct finding *finding)
{
	return !finding->claim_level && finding->line != LINE_ABSENT;
}

#define ORDER(a, b) \
	do { \
		if ((a) != (b)) \
			return (a) < (b) ? -1 : 1; \
	} while (0)

static int compare_unit_names(const struct made *a, const struct made *b)
{
	int order = strcmp(a->claim, b->claim);

	if (order != 0)
		return order;
	ORDER(has_line(&a->finding), has_line(&b->finding));
	if (has_line(&a->finding))
		ORDER(a->finding.line, b->finding.line);
	ORDER(a->finding.digest, b->finding.digest);
	return 0;
}

static int compare_by_hash(const void *a, const void *b)
{
	const struct made *x = *(const struct made *const *)a, *y = *(const struct made *const *)b;

	ORDER(x->hash, y->hash);
	return compare_unit_names(x, y);
}

static int compare_by_dollars(const void *a, const void *b)
{
	const struct made *x = *(const struct made *const *)a, *y = *(const struct made *const *)b;

	ORDER(y->finding.dollars, x->finding.dollars);
	return compare_unit_names(x, y);
}

/* The order of findings.csv. */
static int compare_rows(const void *a, const void *b)
{
	const struct made *x = *(const struct made *const *)a, *y = *(const struct made *const *)b;
	const struct finding *f = &x->finding, *g = &y->finding;
	int order = strcmp(rule_at(f->rule)->id, rule_at(g->rule)->id);

	if (order == 0)
		order = strcmp(f->kind.at, g->kind.at);
	if (order == 0)
		order = strcmp(x->claim, y->claim);
	if (order != 0)
		return order;
	ORDER(has_line(f), has_line(g));
	if (has_line(f))
		ORDER(f->line, g->line);
	order = strcmp(x->other, y->other);
	if (order != 0)
		return order;
	ORDER(f->other_line, g->other_line); /* LINE_ABSENT is the least */
	order = strcmp(severity_name(f->severity), severity_name(g->severity));
	if (order == 0)
		order = strcmp(npis[x->provider], npis[y->provider]);
	if (order == 0)
		order = strcmp(x->detail, y->detail);
	/* "...=PRV-01" is behind its own beginning. */
	if (order == 0)
		order = (int)f->superseded - (int)g->superseded;
	if (order != 0)
		return order;
	ORDER(f->dollars, g->dollars); /* 0.00 12.50 25.00 37.50 */
	return 0;
}

static bool is_same_row(const struct made *a, const struct made *b)
{
	return compare_rows(&a, &b) == 0;
}

/*
 * Mark what is chosen of one provider and rule: lines[count] sorted in the
 * order that choice means.  Every line of the file is a unit; rows that the
 * file's equal lines share are told apart by counting.
 */
static void mark_choice(const struct made **lines, size_t count, const struct made *all,
        bool *chosen, int (*order)(const void *, const void *))
{
	size_t left = SAMPLE_UNITS;

	qsort(lines, count, sizeof(*lines), order);
	for (size_t i = 0; i < count && left > 0;) {
		size_t end = i, most = 0;

		while (end < count && order(&lines[i], &lines[end]) == 0)
			end++;
		for (size_t k = i; k < end; k++) {
			size_t before = 0;

			for (size_t b = i; b < k; b++)
				before += is_same_row(lines[b], lines[k]);
			if (before < left)
				chosen[lines[k] - all] = true;
			most = before + 1 > most ? before + 1 : most;
		}
		left -= most < left ? most : left;
		i = end;
	}
}

/* Equal rows are chosen by place here, so count them: the union takes the larger number. */
static size_t unite(const struct made *all, const struct made **lines, size_t count,
        const bool *by_hash, const bool *by_dollars, const struct made **rows)
{
	size_t united = 0;

	for (size_t i = 0; i < count; i++) {
		size_t before = 0, hash_count = 0, dollars_count = 0;

		for (size_t k = 0; k < count; k++) {
			bool same = is_same_row(lines[i], lines[k]) &&
			            lines[i]->finding.digest == lines[k]->finding.digest;

			before += same && k < i;
			hash_count += same && by_hash[lines[k] - all];
			dollars_count += same && by_dollars[lines[k] - all];
		}
		if (before < (hash_count > dollars_count ? hash_count : dollars_count))
			rows[united++] = lines[i];
	}
	return united;
}

static size_t expect_sample(const struct made *all, size_t count, const struct made **rows)
{
	const struct made **lines = calloc(count, sizeof(*lines));
	bool *by_hash = calloc(count, 1), *by_dollars = calloc(count, 1);
	size_t total = 0;

	for (unsigned provider = 0; provider < PROVIDERS; provider++) {
		for (unsigned r = 0; r < RULES; r++) {
			size_t here = 0;

			for (size_t i = 0; i < count; i++) {
				const struct finding *finding = &all[i].finding;

				if (all[i].provider == provider &&
				        finding->rule == rule_find(rule_ids[r]) &&
				        !finding->watch && !finding->superseded)
					lines[here++] = &all[i];
			}
			mark_choice(lines, here, all, by_hash, compare_by_hash);
			mark_choice(lines, here, all, by_dollars, compare_by_dollars);
			total += unite(all, lines, here, by_hash, by_dollars, rows + total);
		}
	}
	free(lines);
	free(by_hash);
	free(by_dollars);
	qsort(rows, total, sizeof(*rows), compare_rows);
	return total;
}

static void print_expected(FILE *file, const struct made *made)
{
	static const char *const id_kinds[PROVIDERS] = {"npi", "npi_bad_check", "none", "other"};
	const struct finding *finding = &made->finding;
	const struct rule_entry *entry = rule_at(finding->rule);
	char line[16] = "", other_line[16] = "";

	if (has_line(finding))
		snprintf(line, sizeof(line), "%d", finding->line);
	if (finding->other_line != LINE_ABSENT)
		snprintf(other_line, sizeof(other_line), "%d", finding->other_line);
	fprintf(file, "%s,%s,%s,%s,%s,,%s%s,%s,,2024-02-29,,,,-1.50,%s,%s,%s%s,%lld.%02lld,",
	        entry->id, finding->kind.at, severity_name(finding->severity), made->claim, line,
	        npis[made->provider][0] == '=' ? "'" : "", npis[made->provider],
	        id_kinds[made->provider], made->other, other_line, made->detail,
	        finding->superseded ? "; superseded_by=PRV-01" : "",
	        (long long)finding->dollars / 100, (long long)finding->dollars % 100);
	const char *authority = entry->rule && entry->rule->authority ? entry->rule->authority : "";
	bool quoted = strpbrk(authority, ",\"") != NULL;

	fprintf(file, quoted ? "\"%s\"\n" : "%s\n", authority);
}

static const char header[] =
        "rule,kind,severity,claim_id,line,data_source,npi,id_kind,person,date,code,modifiers,"
        "units,amount,other_claim_id,other_line,detail,dollars,authority\n";

static char *print_rows(const struct made **rows, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	fputs(header, file);
	for (size_t i = 0; i < count; i++)
		print_expected(file, rows[i]);
	fclose(file);
	return text;
}

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	FILE *copy = open_memstream(&text, &size);

	cr_assert_not_null(file, "%s", path);
	for (int c; (c = fgetc(file)) != EOF;)
		fputc(c, copy);
	fclose(file);
	fclose(copy);
	return text;
}

/* Write findings in mode through some workers; the text of findings.csv, caller frees. */
static char *write_findings(
        const struct findings_options *options, const struct made *made, size_t count)
{
	struct findings *findings = NULL;
	struct finding_sink sinks[WORKERS_MAX];
	struct run *run = NULL;
	struct diag diag;
	uint64_t rows = 0;

	diag_init(&diag);
	cr_assert_eq(findings_create(&findings, options, &diag), 0, "%s", diag.text);
	for (unsigned i = 0; i < options->workers; i++)
		sinks[i] = findings_sink(findings, i);
	for (size_t i = 0; i < count; i++) {
		struct finding_sink *sink = &sinks[below(options->workers)];

		cr_assert_eq(sink->add(sink->context, &made[i].finding), 0);
	}
	cr_assert_eq(run_create(&run, "out", true, &diag), 0, "%s", diag.text);
	struct out *out = NULL;

	cr_assert_eq(out_create(&out, run, "findings.csv", &diag), 0, "%s", diag.text);
	cr_assert_eq(findings_write(findings, out, &rows, &diag), 0, "%s", diag.text);
	cr_assert_eq(out_close(out, &diag), 0, "%s", diag.text);
	cr_assert_eq(out_create(&out, run, "manifest.json", &diag), 0);
	out_raw(out, "\"claimscan\"", 11);
	cr_assert_eq(out_close(out, &diag), 0);
	cr_assert_eq(run_commit(run, &diag), 0, "%s", diag.text);
	run_destroy(run);
	findings_destroy(findings);
	char *text = read_all("out/findings.csv");
	uint64_t lines = 0;

	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	cr_assert_eq(lines, rows + 1);
	return text;
}

static void check_texts(const char *got, const char *want)
{
	size_t at = 0;

	while (got[at] && got[at] == want[at])
		at++;
	while (at > 0 && got[at - 1] != '\n')
		at--;
	cr_assert_str_eq(
	        got, want, "first difference: got\n%.300s\nwant\n%.300s", got + at, want + at);
}

/* ---- Tests. ---- */

Test(findings, sample_is_what_brute_force_takes)
{
	static const size_t counts[] = {0, 1, 7, 40, 200, 1500};

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		for (unsigned workers = 1; workers <= WORKERS_MAX; workers += 3) {
			size_t count = counts[c];
			struct made *made = make_findings(count, 17 * count + workers);
			const struct made **rows = calloc(count + 1, sizeof(*rows));
			struct findings_options options = {.mode = FINDINGS_SAMPLE,
			        .workers = workers,
			        .tmp = ".",
			        .profile = profile};
			char *want = print_rows(rows, expect_sample(made, count, rows));
			char *got = write_findings(&options, made, count);

			check_texts(got, want);
			free(want);
			free(got);
			free(rows);
			free(made);
		}
	}
}

Test(findings, all_are_the_same_in_memory_and_spilled)
{
	enum { COUNT = 30000 };
	struct made *made = make_findings(COUNT, 5);
	const struct made **rows = calloc(COUNT, sizeof(*rows));
	static const struct {
		unsigned workers;
		size_t memory_bytes;
	} shares[] = {{1, 64 << 20}, {1, 0}, {2, 100 << 10}, {7, 0}};

	for (size_t i = 0; i < COUNT; i++)
		rows[i] = &made[i];
	qsort(rows, COUNT, sizeof(*rows), compare_rows);
	char *want = print_rows(rows, COUNT);

	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		struct findings_options options = {.mode = FINDINGS_ALL,
		        .workers = shares[i].workers,
		        .memory_bytes = shares[i].memory_bytes,
		        .tmp = ".",
		        .profile = profile};
		char *got = write_findings(&options, made, COUNT);

		check_texts(got, want);
		free(got);
	}
	free(want);
	free(rows);
	free(made);
}

/* Enough rows for many ranges. */
Test(findings, rows_are_sorted_by_any_number_of_threads)
{
	enum { COUNT = 20000 };
	struct made *made = make_findings(COUNT, 23);
	const struct made **rows = calloc(COUNT, sizeof(*rows));
	struct sort_item *items = calloc(COUNT, sizeof(*items));
	uint8_t **packed = calloc(COUNT, sizeof(*packed));

	for (size_t i = 0; i < COUNT; i++) {
		struct row_names names = {.npi = npis[made[i].provider], .person = ""};
		const char *npi;

		names.id_kind = id_kind_name(
		        profile_id(profile, provider_numbers[made[i].provider], &npi));
		cr_assert_str_eq(npi, names.npi);
		packed[i] = malloc(row_size_max(&made[i].finding, &names));
		items[i].at = packed[i];
		items[i].size = row_pack(packed[i], &made[i].finding, &names);
		rows[i] = &made[i];
	}
	qsort(rows, COUNT, sizeof(*rows), compare_rows);
	char *want = print_rows(rows, COUNT);

	for (unsigned threads = 1; threads <= 5; threads += 2) {
		struct out *out = NULL;
		struct diag diag;
		size_t size;

		diag_init(&diag);
		cr_assert_eq(out_create_memory(&out, &diag), 0);
		cr_assert_eq(rows_write_sorted(out, items, COUNT, threads), 0);
		cr_assert_eq(out_row_count(out), COUNT);
		const char *got = out_memory_text(out, &size);

		cr_assert_eq(size, strlen(want) - strlen(header));
		cr_assert_eq(memcmp(got, want + strlen(header), size), 0);
		cr_assert_eq(rows_write_sorted(out, items, 0, threads), 0);
		out_destroy(out);
	}
	for (size_t i = 0; i < COUNT; i++)
		free(packed[i]);
	free(packed);
	free(items);
	free(rows);
	free(want);
	free(made);
}

Test(findings, none_leaves_the_header)
{
	struct made *made = make_findings(10, 1);
	struct findings_options options = {
	        .mode = FINDINGS_NONE, .workers = 2, .tmp = ".", .profile = profile};
	char *got = write_findings(&options, made, 10);

	cr_assert_str_eq(got, header);
	free(got);
	free(made);
}

Test(findings, a_row_has_every_column)
{
	struct finding finding = {
	        .rule = (uint8_t)rule_find("STA-07"), /* not built: no authority */
	        .severity = SEVERITY_HIGH,
	        .provider = provider_numbers[0],
	        .line = 3,
	        .other_line = -1,
	        .date = 0,
	        .code = 0x3331323939, /* 99213 */
	        .modifiers = {TWO_CHARS('2', '5'), 0, TWO_CHARS('L', 'T')},
	        .units = 25000,
	        .amount = 12345,
	        .dollars = 100,
	        .kind = text_of("mai1"),
	        .claim_id = text_of("-C,1"),
	        .data_source = text_of("plan \"x\""),
	        .person_id = text_of("Jefe"),
	        .other_claim_id = text_of("O"),
	        .detail = text_of("limit=1; value=2.5"),
	};
	struct made made = {.finding = finding};
	int key = open("key", O_CREAT | O_WRONLY, 0600);
	char bytes[20];

	memset(bytes, 0x0b, sizeof(bytes));
	cr_assert_eq(write(key, bytes, sizeof(bytes)), (ssize_t)sizeof(bytes));
	close(key);
	struct findings_options options = {.mode = FINDINGS_ALL,
	        .workers = 1,
	        .tmp = ".",
	        .profile = profile,
	        .key_path = "key"};

	made.finding.person_id = text_of("Hi There"); /* RFC 4231, test case 1 */
	char *got = write_findings(&options, &made, 1);

	cr_assert_str_eq(got + strlen(header),
	        "STA-07,mai1,high,\"'-C,1\",3,\"plan \"\"x\"\"\",1003000001,npi,"
	        "b0344c61d8db38535ca8afceaf0bf12b,1970-01-01,99213,25 LT,2.5,123.45,O,-1,"
	        "limit=1; value=2.5,1.00,\n");
	free(got);
}

struct crowd {
	struct finding_sink sink;
	const struct made *made;
	size_t count, first;
};

static void *add_share(void *context)
{
	struct crowd *crowd = context;

	for (size_t i = crowd->first; i < crowd->count; i += WORKERS_MAX)
		crowd->sink.add(crowd->sink.context, &crowd->made[i].finding);
	return NULL;
}

/* All at once on a dozen pairs: the same evidence. */
Test(findings, workers_share_the_evidence)
{
	enum { COUNT = 1600 };
	struct made *made = make_findings(COUNT, 99);
	const struct made **rows = calloc(COUNT, sizeof(*rows));
	struct findings_options options = {
	        .mode = FINDINGS_SAMPLE, .workers = WORKERS_MAX, .tmp = ".", .profile = profile};
	struct findings *findings = NULL;
	struct crowd crowd[WORKERS_MAX];
	pthread_t threads[WORKERS_MAX];
	struct run *run = NULL;
	struct diag diag;
	uint64_t written = 0;

	diag_init(&diag);
	cr_assert_eq(findings_create(&findings, &options, &diag), 0);
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		crowd[i] = (struct crowd){findings_sink(findings, i), made, COUNT, i};
		cr_assert_eq(pthread_create(&threads[i], NULL, add_share, &crowd[i]), 0);
	}
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		pthread_join(threads[i], NULL);
	struct out *out = NULL;

	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(out_create(&out, run, "findings.csv", &diag), 0);
	cr_assert_eq(findings_write(findings, out, &written, &diag), 0);
	cr_assert_eq(out_close(out, &diag), 0);
	cr_assert_eq(written, expect_sample(made, COUNT, rows));
	cr_assert_eq(run_commit(run, &diag), 0);
	char *got = read_all("out/findings.csv");
	char *want = print_rows(rows, written);

	check_texts(got, want);
	free(got);
	free(want);
	run_destroy(run);
	findings_destroy(findings);
	free(rows);
	free(made);
}

Test(findings, claims_come_in_hash_order_and_once)
{
	struct findings_options options = {
	        .mode = FINDINGS_SAMPLE, .workers = 1, .tmp = ".", .profile = profile};
	struct findings *findings = NULL;
	struct diag diag;
	static const char *const claims[] = {"A", "B", "C", "D", "E", "F", "G"};
	enum { CLAIMS = sizeof(claims) / sizeof(claims[0]) };
	struct text got[SAMPLE_UNITS];

	diag_init(&diag);
	cr_assert_eq(findings_create(&findings, &options, &diag), 0);
	struct finding_sink sink = findings_sink(findings, 0);

	for (size_t i = 0; i < CLAIMS; i++) {
		struct finding finding = {.provider = provider_numbers[0],
		        .line = 1,
		        .other_line = LINE_ABSENT,
		        .kind = text_of(""),
		        .claim_id = text_of(claims[i])};

		cr_assert_eq(sink.add(sink.context, &finding), 0);
	}
	size_t count = findings_claims(findings, provider_numbers[0], 0, got);

	cr_assert_eq(count, SAMPLE_UNITS);
	for (size_t k = 0; k < count; k++) {
		char key[3] = {got[k].at[0], 0, '1'};
		uint64_t hash = hash64(key, 3);
		size_t smaller = 0;

		for (size_t i = 0; i < CLAIMS; i++) {
			char other[3] = {claims[i][0], 0, '1'};

			smaller += hash64(other, 3) < hash;
		}
		cr_assert_eq(smaller, k);
	}
	cr_assert_eq(findings_claims(findings, provider_numbers[1], 0, got), 0);
	findings_destroy(findings);
}

Test(findings, key_must_be_long_and_private)
{
	static const struct {
		const char *name;
		size_t size;
		mode_t mode;
		int want;
	} keys[] = {
	        {"short", 15, 0600, FAIL_TABLE},
	        {"enough", 16, 0600, 0},
	        {"read-only", 32, 0400, 0},
	        {"group", 32, 0640, FAIL_TABLE},
	        {"others", 32, 0604, FAIL_TABLE},
	        {"huge", PSEUDONYM_KEY_MAX + 1, 0600, FAIL_TABLE},
	        {"largest", PSEUDONYM_KEY_MAX, 0600, 0},
	};
	static const char bytes[PSEUDONYM_KEY_MAX + 1];
	struct pseudonym *pseudonym = NULL;
	struct diag diag;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int fd = open(keys[i].name, O_CREAT | O_WRONLY, 0600);

		cr_assert_eq(write(fd, bytes, keys[i].size), (ssize_t)keys[i].size);
		cr_assert_eq(fchmod(fd, keys[i].mode), 0);
		close(fd);
		diag_init(&diag);
		cr_assert_eq(pseudonym_create(&pseudonym, keys[i].name, &diag), keys[i].want, "%s",
		        keys[i].name);
		cr_assert_eq(diag.text[0] != '\0', keys[i].want != 0);
		if (keys[i].want == 0)
			pseudonym_destroy(pseudonym);
	}
	diag_init(&diag);
	cr_assert_eq(pseudonym_create(&pseudonym, "nowhere", &diag), FAIL_TABLE);
}

Test(findings, pseudonyms_are_hmac_sha_256)
{
	struct pseudonym *pseudonym = NULL, *copy = NULL;
	struct diag diag;
	int fd = open("key", O_CREAT | O_WRONLY, 0600);
	char bytes[131];

	/* RFC 4231, test case 6: a key longer than a block. */
	memset(bytes, 0xaa, sizeof(bytes));
	cr_assert_eq(write(fd, bytes, sizeof(bytes)), (ssize_t)sizeof(bytes));
	close(fd);
	diag_init(&diag);
	cr_assert_eq(pseudonym_create(&pseudonym, "key", &diag), 0);
	cr_assert_eq(pseudonym_copy(&copy, pseudonym, &diag), 0);
	static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	static const char want[] = "60e431591ee0b67f0d8a26aacbf5b77f";

	for (int i = 0; i < 2; i++) {
		cr_assert_str_eq(pseudonym_of(pseudonym, text, strlen(text)), want);
		cr_assert_str_eq(pseudonym_of(copy, text, strlen(text)), want);
		cr_assert_str_neq(pseudonym_of(pseudonym, "else", 4), want);
		cr_assert_str_eq(pseudonym_of(pseudonym, NULL, 0), "");
	}
	pseudonym_destroy(pseudonym);
	pseudonym_destroy(copy);
}

static int compare_items(const void *a, const void *b)
{
	const struct sort_item *x = a, *y = b;

	return sort_compare(x->at, x->size, y->at, y->size);
}

Test(findings, byte_strings_are_sorted)
{
	enum { ITEMS = 3000, SIZE = 40 };
	static uint8_t bytes[ITEMS][SIZE];
	static struct sort_item items[ITEMS], want[ITEMS];

	random_state = 3;
	for (unsigned spread = 1; spread <= 256; spread *= 4) {
		for (size_t i = 0; i < ITEMS; i++) {
			for (size_t k = 0; k < SIZE; k++)
				bytes[i][k] = (uint8_t)(k < 11 ? 'x' : below(spread));
			items[i] = (struct sort_item){.at = bytes[i], .size = below(SIZE + 1)};
			want[i] = items[i];
		}
		sort_items(items, ITEMS);
		qsort(want, ITEMS, sizeof(*want), compare_items);
		for (size_t i = 0; i < ITEMS; i++)
			cr_assert_eq(compare_items(&items[i], &want[i]), 0);
	}
	sort_items(items, 0);
	sort_items(NULL, 0);
}

/* Spilling to a directory that is not there is told when the findings are written. */
Test(findings, a_spill_that_fails_is_told)
{
	struct made *made = make_findings(200, 8);
	struct findings_options options = {
	        .mode = FINDINGS_ALL, .workers = 1, .tmp = "nowhere", .profile = profile};
	struct findings *findings = NULL;
	struct run *run = NULL;
	struct diag diag;
	uint64_t rows = 0;
	int err = 0;

	diag_init(&diag);
	cr_assert_eq(findings_create(&findings, &options, &diag), 0);
	struct finding_sink sink = findings_sink(findings, 0);

	for (size_t i = 0; i < 200; i++)
		err = sink.add(sink.context, &made[i].finding);
	cr_assert_lt(err, 0);
	struct out *out = NULL;

	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(out_create(&out, run, "findings.csv", &diag), 0);
	cr_assert_eq(findings_write(findings, out, &rows, &diag), FAIL_IO);
	cr_assert_not_null(strstr(diag.text, "--tmp"));
	out_destroy(out);
	run_destroy(run);
	findings_destroy(findings);
	free(made);
}
