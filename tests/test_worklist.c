/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is drawn for a lead, against all of its hits put in order by hash.
 */
#include "report/worklist.h"

#include "base/hash.h"
#include "report/findings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PERSONS = 31, EVALUATED = 9000, HITS = 3000, WORKERS = 3, DRAWN = 64 };

static struct profile *profile;
static struct stats *stats;
static uint32_t numbers[PERSONS];
static int rule;
static char home[] = "/tmp/claimscan-worklist-XXXXXX";
static struct diag diag;

/* ---- A lead: the first of the persons, whose every third line is hit. ---- */

static void add_line(struct profile_worker *worker, unsigned i)
{
	static struct batch batch;
	char text[16];

	snprintf(text, sizeof(text), "10030%05u", i);
	numbers[i] = profile_number(
	        profile, (uint64_t)ID_NPI << ID_KIND_SHIFT | (1003000000 + i), text, strlen(text));
	memset(&batch, 0, sizeof(batch));
	batch.count = 1;
	batch.line_flags[0] = LINE_DUE;
	batch.provider[0] = numbers[i];
	batch.service_from[0] = 19782;
	batch.specialty[0] = TWO_CHARS('1', '1');
	batch.state[0] = TWO_CHARS('N', 'Y');
	batch.entity_type[0] = 1;
	cr_assert_eq(profile_add(worker, &batch, NULL, NULL), 0);
}

static void add_hits(struct profile_worker *worker, unsigned i)
{
	unsigned hits = i == 0 ? HITS : 1 + i % 2;

	cr_assert_eq(profile_add_judged(worker, numbers[i], (unsigned)rule, EVALUATED), 0);
	for (unsigned hit = 0; hit < hits; hit++)
		cr_assert_eq(profile_add_hit(worker, numbers[i], (unsigned)rule, 1000), 0);
	cr_assert_eq(profile_add_flagged(worker, numbers[i], hits, hits, 1000 * (int64_t)hits), 0);
	for (unsigned person = 0; person < 11; person++)
		cr_assert_eq(profile_add_beneficiary(worker, numbers[i]), 0);
}

static void make(void)
{
	struct profile_options options = {.keep = PROFILE_RULES, .workers = 1};
	static struct rule_selection selection;
	struct profile_worker *worker = NULL;
	struct stats_options made = {.selection = &selection, .has_beneficiaries = true};

	diag_init(&diag);
	rules_init();
	stats_init();
	rule = rule_find("NCC-04");
	cr_assert_eq(rules_select(&selection, "all", &diag), 0);
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	for (unsigned i = 0; i < PERSONS; i++) {
		add_line(worker, i);
		add_hits(worker, i);
	}
	cr_assert_eq(profile_merge(worker), 0);
	profile_worker_destroy(worker);
	made.profile = profile;
	made.is_on[rule] = true;
	cr_assert_eq(stats_create(&stats, &made, &diag), 0, "%s", diag.text);
	cr_assert_not_null(mkdtemp(home));
	cr_assert_eq(chdir(home), 0);
}

static void end(void)
{
	char command[64];

	stats_destroy(stats);
	profile_destroy(profile);
	snprintf(command, sizeof(command), "rm -rf %s", home);
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(system(command), 0);
}

TestSuite(worklist, .init = make, .fini = end);

/* ---- Its hits. ---- */

struct unit {
	uint64_t hash;
	char claim[16];
	int64_t dollars;
};

/* XXH3-64 under the seed of the evidence's hash: of claim_id, NUL, line. */
static struct unit unit_at(unsigned i, uint64_t seed)
{
	struct unit unit = {.dollars = (int64_t)(i * 7919 % HITS)};
	char text[8]; /* of six characters, all of them */

	snprintf(unit.claim, sizeof(unit.claim), "C%05u", i % 100000);
	memcpy(text, unit.claim, 7);
	text[7] = '2';
	uint64_t hash = hash64(text, sizeof(text));

	unit.hash = hash64_seed(&hash, sizeof(hash), seed);
	return unit;
}

static int compare_units(const void *a, const void *b)
{
	const struct unit *left = a, *right = b;

	return left->hash < right->hash ? -1 : left->hash > right->hash;
}

static void add_findings(struct findings *findings, bool backwards)
{
	for (unsigned k = 0; k < HITS; k++) {
		unsigned i = backwards ? HITS - 1 - k : k;
		struct unit unit = unit_at(i, 0);
		struct finding_sink sink = findings_sink(findings, backwards ? k % WORKERS : 0);
		struct finding finding = {
		        .rule = (uint8_t)rule,
		        .provider = numbers[0],
		        .line = 2,
		        .other_line = LINE_ABSENT,
		        .amount = 5000,
		        .dollars = unit.dollars,
		        .digest = i,
		        .kind = {"mai3", 4},
		        .claim_id = {unit.claim, (uint32_t)strlen(unit.claim)},
		};

		cr_assert_eq(sink.add(sink.context, &finding), 0);
		finding.superseded = true; /* stands nowhere: never drawn */
		finding.claim_id = (struct text){"Z", 1};
		cr_assert_eq(sink.add(sink.context, &finding), 0);
	}
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	cr_assert_not_null(file);
	cr_assert_gt(getdelim(&text, &room, '\0', file), 0);
	fclose(file);
	return text;
}

/* The text of a worklist; the caller frees. */
static char *draw(const struct worklist_plan *plan, const char *name, size_t memory, bool backwards)
{
	struct findings_options options = {
	        .workers = WORKERS,
	        .memory_bytes = memory,
	        .tmp = ".",
	        .profile = profile,
	        .worklist = plan,
	};
	struct findings *findings = NULL;
	struct run *run = NULL;
	uint64_t rows = 0;
	const struct worklist_source source = {.profile = profile, .stats = stats};
	char path[64];

	cr_assert_eq(findings_create(&findings, &options, &diag), 0, "%s", diag.text);
	add_findings(findings, backwards);
	cr_assert_eq(run_create(&run, name, false, &diag), 0, "%s", diag.text);
	struct out *out = NULL;

	cr_assert_eq(out_create(&out, run, "worklist.csv", &diag), 0);
	cr_assert_eq(findings_write_worklist(findings, out, &source, &rows, &diag), 0);
	cr_assert_eq(out_close(out, &diag), 0);
	cr_assert_eq(rows, DRAWN + WORKLIST_DEAREST);
	cr_assert_eq(run_commit(run, &diag), 0);
	run_destroy(run);
	findings_destroy(findings);
	snprintf(path, sizeof(path), "%s/worklist.csv", name);
	return read_text(path);
}

Test(worklist, sizes_by_wilson_and_the_finite_population)
{
	static const struct worklist_plan wide = {.width = 200000, .level = 950000};
	static const struct {
		uint64_t size, wanted;
	} cases[] = {
	        {0, 0}, {1, 1}, {2, 2}, {20, 16}, {65, 33}, {203, 50}, {3000, 64}, {1000000, 65}};

	cr_assert_eq(worklist_size(&worklist_default), 65);
	cr_assert_eq(worklist_size(&wide), 21);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(worklist_size_of(&worklist_default, cases[i].size), cases[i].wanted,
		        "%llu", (unsigned long long)cases[i].size);
}

Test(worklist, the_smallest_hashes_are_drawn)
{
	static struct unit units[HITS];
	const struct worklist_plan plan = {.width = 100000, .level = 900000, .seed = 77};
	char *text = draw(&plan, "a", 1 << 20, false);
	char *row = strchr(text, '\n') + 1;

	for (unsigned i = 0; i < HITS; i++)
		units[i] = unit_at(i, plan.seed);
	qsort(units, HITS, sizeof(units[0]), compare_units);
	for (unsigned i = 0; i < DRAWN; i++) {
		char wanted[256];
		int size = snprintf(wanted, sizeof(wanted),
		        "1003000000,npi,NCC-04,3000,64,77,random,%u,%s,2,50.00,NCC-04 mai3: "
		        "$%lld.%02lld flagged; drawn by hash of 3000 hits\n",
		        i + 1, units[i].claim, (long long)units[i].dollars / 100,
		        (long long)units[i].dollars % 100);

		cr_assert_eq(
		        strncmp(row, wanted, (size_t)size), 0, "wanted %sgot %.120s", wanted, row);
		row = strchr(row, '\n') + 1;
	}
	free(text);
}

Test(worklist, the_dearest_are_told_apart_and_first)
{
	char *text = draw(&worklist_default, "b", 1 << 20, false);
	const char *row = strstr(text, ",judgement,");

	cr_assert_not_null(row);
	for (unsigned i = 0; i < WORKLIST_DEAREST; i++) {
		char wanted[64];

		/* Each dollar figure from 0 to HITS - 1 cents occurs once. */
		snprintf(wanted, sizeof(wanted), "$%u.%02u flagged; of most", (HITS - 1 - i) / 100,
		        (HITS - 1 - i) % 100);
		const char *found = strstr(row, wanted), *line_end = strchr(row, '\n');

		cr_assert(found && found < line_end, "%s not in %.120s", wanted, row);
		row = strstr(line_end, ",judgement,");
	}
	cr_assert_null(row);
	free(text);
}

Test(worklist, neither_workers_nor_order_nor_memory_show)
{
	char *one = draw(&worklist_default, "c", 1 << 20, false);
	char *other = draw(&worklist_default, "d", 4096, true);

	cr_assert_str_eq(one, other);
	free(one);
	free(other);
}
