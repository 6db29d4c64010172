/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code sets of releases in a scan: every rule that has windows is reckoned again,
 * line by line and row by row, from the rows that the images were made of.
 */
#include "base/date.h"
#include "lookup/codes_cache.h"
#include "lookup/rows_icd.h"
#include "lookup/rows_lists.h"
#include "lookup/rows_procedures.h"
#include "lookup/sets.h"
#include "rules/outside.h"
#include "rules/rules.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_up(void)
{
	rules_init();
}

TestSuite(codes_sets, .init = set_up);

/* ---- The rows, as releases say them ---- */

/* from and to: days, as YYYYMMDD; 0 open. */
struct spec {
	const char *code;
	int from, to;
	uint32_t says; /* flags, or a value */
	uint32_t more; /* an indicator */
};

struct covered {
	int from, to;
};

static const struct covered icd_days[] = {{20231001, 20260930}};
static const struct spec icd_rows[] = {
        {"A100", 20231001, 20260930, ICD10_BILLABLE, 0},
        {"B200", 20231001, 20240331, ICD10_BILLABLE, 0}, /* ended in the year */
        {"C300", 20250401, 20260930, ICD10_BILLABLE, 0}, /* came with April */
        {"D400", 20231001, 20250930, ICD10_BILLABLE, 0}, /* became a header */
        {"D400", 20251001, 20260930, ICD10_HEADER, 0},
        {"E500", 20231001, 20240630, ICD10_BILLABLE, 0}, /* gone for a while */
        {"E500", 20250101, 20260930, ICD10_BILLABLE, 0},
        {"F600", 20231001, 20260930, ICD10_BILLABLE, 0}, /* a woman's, until 2024-09-30 */
        {"G700", 20231001, 20260930, ICD10_BILLABLE | ICD10_LEFT, 0}, /* a man's from 2024 on */
        {"H800", 20231001, 20241231, ICD10_BILLABLE, 0},              /* a woman's; ends itself */
        {"O800", 20231001, 20260930, ICD10_HEADER, 0},
};
static const struct covered mce_days[] = {{20151001, 20260930}};
static const struct spec mce_rows[] = {
        {"A100", 20151001, 20260930, 0, 0},
        {"F600", 20151001, 20240930, MCE_FEMALE, 0},
        {"F600", 20241001, 20260930, 0, 0},
        {"G700", 20151001, 20231231, 0, 0},
        {"G700", 20240101, 20240930, MCE_MALE, 0},
        {"H800", 20151001, 20240930, MCE_FEMALE | MCE_ADULT, 0},
};
static const struct covered hcpcs_days[] = {{20240101, 20240630}, {20241001, 20251231}};
static const struct spec hcpcs_rows[] = {
        {"G9001", 20200101, 0, 0, 0},
        {"G9002", 20200101, 20241115, 0, 0},
        {"G9003", 20250101, 0, 0, 0},
};
static const struct covered cpt_days[] = {{20230101, 20251231}};
static const struct spec cpt_rows[] = {
        {"11111", 20230101, 20251231, 0, 0},
        {"22222", 20240101, 20240930, 0, 0},
};
static const struct covered mpfs_days[] = {{20230101, 20251231}};
/* says: PC/TC indicator; more: hundredths of the whole. */
static const struct spec mpfs_rows[] = {
        {"11111", 20230101, 20240630, 1, 1000},
        {"11111", 20240701, 20241231, 0, 1000}, /* in the middle of a year */
        {"11111", 20250101, 20251231, 1, 500},
        {"22222", 20240101, 20240930, 9, 100},
};
static const struct spec technical_rows[] = {
        {"11111", 20230101, 20231231, 0, 600},
        {"11111", 20240101, 20240630, 0, 700},
        {"11111", 20250101, 20251231, 0, 400},
};
static const struct covered mue_days[] = {{20240401, 20240930}};
static const struct spec mue_rows[] = {
        {"11111", 20240401, 20240630, 2, 2}, /* two quarters */
        {"11111", 20240701, 20240930, 4, 3}, {"G9001", 20240401, 20240930, 1, 1},
        {"22222", 20240701, 20240930, 0, 3},
        {"33333", 20240401, 20240930, 3, 1}, /* in no list of codes */
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int32_t day_of(int date)
{
	return date_from_parts(date / 10000, date / 100 % 100, date % 100);
}

static int32_t from_of(const struct spec *spec)
{
	return spec->from ? day_of(spec->from) : INT32_MIN;
}

static int32_t to_of(const struct spec *spec)
{
	return spec->to ? day_of(spec->to) : INT32_MAX;
}

static uint64_t word_of(const char *text)
{
	uint64_t word = 0;

	memcpy(&word, text, strlen(text));
	return word;
}

/* ---- Images ---- */

/* How a row of a set is filled in. */
enum shape { SHAPE_ICD, SHAPE_FLAGS, SHAPE_DAYS, SHAPE_CPT, SHAPE_MPFS, SHAPE_MUE };

union row {
	struct set_row row;
	struct icd10_row icd10;
	struct mce_row mce;
	struct hcpcs_row hcpcs;
	struct cpt_row cpt;
	struct mpfs_row mpfs;
	struct mue_row mue;
};

static void fill_row(union row *row, enum shape shape, const struct spec *spec)
{
	memset(row, 0, sizeof(*row));
	switch (shape) {
	case SHAPE_ICD:
		row->icd10.flags = spec->says;
		break;
	case SHAPE_FLAGS:
		row->mce.flags = spec->says;
		break;
	case SHAPE_DAYS:
		row->hcpcs.added = row->hcpcs.action_day = row->hcpcs.terminated = DATE_ABSENT;
		break;
	case SHAPE_CPT:
		row->cpt.category = word_of("I");
		break;
	case SHAPE_MPFS:
		row->mpfs.status = 'A';
		row->mpfs.pctc = (uint8_t)spec->says;
		row->mpfs.global = word_of("XXX");
		row->mpfs.total_nonfacility = (int32_t)spec->more;
		break;
	case SHAPE_MUE:
		row->mue.value = spec->says;
		row->mue.mai = (uint8_t)spec->more;
		break;
	}
	row->row.from = from_of(spec);
	row->row.to = to_of(spec);
}

struct set_spec {
	const char *name;
	enum shape shape;
	const struct covered *days;
	size_t day_count;
	const struct spec *rows;
	size_t row_count;
	bool partial;
};

static struct set_build *begin_set(const struct set_spec *spec)
{
	struct set_build *build;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(set_build_create(&build, schema_find(spec->name), &diag), 0, "%s", diag.text);
	for (size_t i = 0; i < spec->day_count; i++) {
		struct set_source source = {.from = day_of(spec->days[i].from),
		        .to = day_of(spec->days[i].to),
		        .partial = spec->partial,
		        .hash = {1, 2}};

		snprintf(source.path, sizeof(source.path), "made/%s-%zu", spec->name, i);
		snprintf(source.release, sizeof(source.release), "made %zu", i + 1);
		cr_assert_eq(set_build_source(build, &source, &diag), (int)i, "%s", diag.text);
	}
	return build;
}

static void add_rows(struct set_build *build, const struct set_spec *spec, const char *modifier)
{
	struct diag diag;

	diag_init(&diag);
	for (size_t i = 0; i < spec->row_count; i++) {
		char text[16];
		union row row;
		uint64_t key;

		snprintf(text, sizeof(text), "%s%s", spec->rows[i].code, modifier);
		fill_row(&row, spec->shape, &spec->rows[i]);
		key = set_key_of(schema_find(spec->name), text, strlen(text));
		cr_assert_neq(key, 0);
		cr_assert_eq(set_build_add(build, key, &row, &diag), 0, "%s", diag.text);
	}
}

static void end_set(struct set_build *build, const char *folder, const char *name)
{
	struct diag diag;
	char path[512];

	diag_init(&diag);
	snprintf(path, sizeof(path), "%s/%s.set", folder, name);
	cr_assert_eq(set_build_finish(build, path, &diag), 0, "%s", diag.text);
	set_build_destroy(build);
}

#define SET(name_, shape_, days_, rows_, partial_) \
	{ \
		name_, shape_, days_, COUNT(days_), rows_, COUNT(rows_), partial_ \
	}

static const struct set_spec specs[] = {
        SET("icd10cm", SHAPE_ICD, icd_days, icd_rows, false),
        SET("mce", SHAPE_FLAGS, mce_days, mce_rows, false),
        SET("hcpcs", SHAPE_DAYS, hcpcs_days, hcpcs_rows, false),
        SET("cpt", SHAPE_CPT, cpt_days, cpt_rows, true),
        SET("mpfs", SHAPE_MPFS, mpfs_days, mpfs_rows, false),
        SET("mue_practitioner", SHAPE_MUE, mue_days, mue_rows, false),
};
static const struct set_spec technical_spec = SET(
        "mpfs", SHAPE_MPFS, mpfs_days, technical_rows, false);

/* Write the images of names that mask has; the folder is the caller's to remove. */
static void make_images(char folder[64], unsigned mask)
{
	snprintf(folder, 64, "/tmp/claimscan-sets-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	for (size_t i = 0; i < COUNT(specs); i++) {
		struct set_build *build;

		if (!(mask >> i & 1))
			continue;
		build = begin_set(&specs[i]);
		add_rows(build, &specs[i], "");
		if (strcmp(specs[i].name, "mpfs") == 0)
			add_rows(build, &technical_spec, "TC");
		end_set(build, folder, specs[i].name);
	}
}

static void remove_folder(const char *folder)
{
	char path[1024];
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(folder);
}

static struct codes *open_images(unsigned mask, bool nearest)
{
	struct codes *codes = NULL;
	struct diag diag;
	char folder[64];

	diag_init(&diag);
	make_images(folder, mask);
	cr_assert_eq(codes_open_sets(&codes,
	                     &(struct codes_sets_options){
	                             .folder = folder, .parts = ~0u, .nearest = nearest},
	                     &diag),
	        0, "%s", diag.text);
	remove_folder(folder); /* what is mapped stays */
	return codes;
}

enum { ALL_SETS = (1 << COUNT(specs)) - 1 };

/* ---- The reckoning: rows, one by one ---- */

static const struct spec *row_on(
        const struct spec rows[], size_t count, const char *code, int32_t day)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].code, code) == 0 && from_of(&rows[i]) <= day &&
		        day <= to_of(&rows[i]))
			return &rows[i];
	return NULL;
}

static bool known(const struct spec rows[], size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].code, code) == 0)
			return true;
	return false;
}

static bool in_force(
        const struct spec rows[], size_t count, const char *code, int32_t low, int32_t high)
{
	for (int32_t day = low; day <= high; day++)
		if (row_on(rows, count, code, day))
			return true;
	return false;
}

static bool covers(const struct covered days[], size_t count, int32_t day)
{
	for (size_t i = 0; i < count; i++)
		if (day_of(days[i].from) <= day && day <= day_of(days[i].to))
			return true;
	return false;
}

struct line {
	const char *dx[2], *hcpcs;
	int32_t low, high;
	enum sex sex;
	int units;
};

/* Bits of a verdict. */
enum { EVALUATED = 1, HIT = 2 };

static unsigned verdict(bool evaluated, bool hit)
{
	return evaluated ? EVALUATED | (hit ? HIT : 0) : 0;
}

static unsigned reckon_val_01(const struct line *line)
{
	bool covered = covers(icd_days, COUNT(icd_days), line->low) &&
	               covers(icd_days, COUNT(icd_days), line->high);
	bool unknown = false;

	for (int s = 0; s < 2; s++)
		unknown |= !known(icd_rows, COUNT(icd_rows), line->dx[s]);
	return verdict(covered, unknown);
}

static unsigned reckon_val_02(const struct line *line)
{
	bool covered = covers(icd_days, COUNT(icd_days), line->low) &&
	               covers(icd_days, COUNT(icd_days), line->high);
	bool any = false, hit = false;

	for (int s = 0; s < 2; s++) {
		if (!known(icd_rows, COUNT(icd_rows), line->dx[s]))
			continue;
		any = true;
		hit |= !in_force(icd_rows, COUNT(icd_rows), line->dx[s], line->low, line->high);
	}
	return verdict(covered && any, hit);
}

static unsigned reckon_val_03(const struct line *line)
{
	bool hit = false;

	for (int s = 0; s < 2; s++) {
		const struct spec *row = row_on(icd_rows, COUNT(icd_rows), line->dx[s], line->low);

		hit |= row && row->says & ICD10_HEADER;
	}
	return verdict(reckon_val_02(line) & EVALUATED, hit);
}

static unsigned reckon_val_04(const struct line *line)
{
	bool level2 = line->hcpcs[0] >= 'A';
	const struct spec *rows = level2 ? hcpcs_rows : cpt_rows;
	size_t count = level2 ? COUNT(hcpcs_rows) : COUNT(cpt_rows);
	const struct covered *days = level2 ? hcpcs_days : cpt_days;
	size_t day_count = level2 ? COUNT(hcpcs_days) : COUNT(cpt_days);
	bool covered = covers(days, day_count, line->low) && covers(days, day_count, line->high);

	if (known(rows, count, line->hcpcs))
		return verdict(covered, !in_force(rows, count, line->hcpcs, line->low, line->high));
	if (known(mue_rows, COUNT(mue_rows), line->hcpcs)) /* known, and never ended */
		return verdict(covered, false);
	return verdict(covered && level2, true); /* the list of CPT is partial */
}

static unsigned reckon_ncc_04(const struct line *line)
{
	const struct spec *mue = row_on(mue_rows, COUNT(mue_rows), line->hcpcs, line->low);
	int days = line->high - line->low + 1;
	int a_day = days == 1 ? line->units : (2 * line->units + days) / (2 * days);

	if (!mue)
		return 0;
	return verdict(true, mue->says == 0 ? line->units > 0 : a_day > (int)mue->says);
}

static unsigned reckon_cln_04(const struct line *line)
{
	uint32_t other = line->sex == SEX_MALE ? MCE_FEMALE : MCE_MALE, all = 0;

	if (!covers(mce_days, COUNT(mce_days), line->low) ||
	        !covers(mce_days, COUNT(mce_days), line->high))
		return 0;
	for (int s = 0; s < 2; s++) {
		const struct spec *row = row_on(mce_rows, COUNT(mce_rows), line->dx[s], line->low);

		all |= row && known(icd_rows, COUNT(icd_rows), line->dx[s]) ? row->says : 0;
	}
	return verdict(all & (MCE_FEMALE | MCE_MALE), all & other);
}

static const struct reckoning {
	const char *rule;
	unsigned (*reckon)(const struct line *line);
} reckonings[] = {{"VAL-01", reckon_val_01}, {"VAL-02", reckon_val_02}, {"VAL-03", reckon_val_03},
        {"VAL-04", reckon_val_04}, {"NCC-04", reckon_ncc_04}, {"CLN-04", reckon_cln_04}};

/* ---- Lines ---- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Days around every change, and a few in between. */
static struct line make_line(uint64_t *state)
{
	static const char *const dx[] = {
	        "A100", "B200", "C300", "D400", "E500", "F600", "G700", "H800", "O800", "X999"};
	static const char *const px[] = {
	        "G9001", "G9002", "G9003", "G9999", "11111", "22222", "33333", "44444"};
	static const int changes[] = {20151001, 20200101, 20230101, 20231001, 20240101, 20240401,
	        20240630, 20240930, 20241001, 20241115, 20241231, 20250101, 20250401, 20250930,
	        20251231, 20260930};
	struct line line = {
	        .dx = {dx[next_random(state) % COUNT(dx)], dx[next_random(state) % COUNT(dx)]},
	        .hcpcs = px[next_random(state) % COUNT(px)],
	        .sex = next_random(state) % 2 ? SEX_MALE : SEX_FEMALE,
	        .units = (int)(next_random(state) % 9)};

	line.low = day_of(changes[next_random(state) % COUNT(changes)]) - 3 +
	           (int32_t)(next_random(state) % 7);
	line.high = line.low + (next_random(state) % 2 ? (int32_t)(next_random(state) % 40) : 0);
	return line;
}

static void set_line(struct batch *batch, uint32_t i, const struct line *line)
{
	batch->line_flags[i] = LINE_DUE | LINE_PAYABLE;
	batch->claim_type[i] = CLAIM_PROFESSIONAL;
	batch->setting[i] = SETTING_PRACTITIONER;
	batch->service_from[i] = line->low;
	batch->service_thru[i] = line->high;
	batch->discharge[i] = batch->admission[i] = DATE_ABSENT;
	batch->hcpcs[i] = word_of(line->hcpcs);
	batch->diagnosis[0][i] = word_of(line->dx[0]);
	batch->diagnosis[1][i] = word_of(line->dx[1]);
	batch->diagnosis_count[i] = 2;
	batch->sex[i] = (uint8_t)line->sex;
	batch->units[i] = (int64_t)line->units * UNITS_ONE;
	batch->revenue[i] = NUMBER_BLANK;
}

struct bench {
	struct batch *batch;
	struct verdicts *verdicts;
	struct line lines[BATCH_LINES];
	struct rule_context context;
	struct rule_selection selection;
	struct codes_outside outside;
};

static struct bench *bench_create(struct codes *codes)
{
	struct bench *bench = aligned_alloc(64, (sizeof(*bench) + 63) / 64 * 64);
	struct diag diag;

	cr_assert_not_null(bench);
	memset(bench, 0, sizeof(*bench));
	bench->batch = aligned_alloc(64, sizeof(*bench->batch));
	bench->verdicts = aligned_alloc(64, sizeof(*bench->verdicts));
	cr_assert(bench->batch && bench->verdicts);
	memset(bench->batch, 0, sizeof(*bench->batch));
	memset(bench->verdicts, 0, sizeof(*bench->verdicts));
	bench->context = (struct rule_context){
	        .codes = codes, .as_of = DATE_ABSENT, .outside = &bench->outside};
	memset(&bench->context.bound, 0xff, sizeof(bench->context.bound));
	diag_init(&diag);
	cr_assert_eq(rules_select(&bench->selection, "all", &diag), 0);
	return bench;
}

static void bench_destroy(struct bench *bench)
{
	free(bench->batch);
	free(bench->verdicts);
	free(bench);
}

static void bench_run(struct bench *bench, uint32_t count)
{
	bench->batch->count = count;
	for (uint32_t i = 0; i < count; i++)
		set_line(bench->batch, i, &bench->lines[i]);
	codes_find_batch(bench->context.codes, bench->batch);
	rules_judge(&bench->selection, &bench->context, bench->batch, bench->verdicts, NULL);
}

static unsigned got(const struct bench *bench, const char *rule, uint32_t i)
{
	unsigned bit = rule_at((size_t)rule_find(rule))->bits[0];

	return (bench->verdicts->evaluated[i] >> bit & 1 ? EVALUATED : 0u) |
	       (bench->verdicts->hits[i] >> bit & 1 ? HIT : 0u);
}

/* ---- Tests ---- */

Test(codes_sets, rules_equal_the_reckoning_on_every_level)
{
	struct codes *codes = open_images(ALL_SETS, false);
	struct bench *bench = bench_create(codes);
	unsigned hits[COUNT(reckonings)] = {0};

	for (int level = 0; level <= (int)level_best(); level++) {
		uint64_t state = 11;

		rules_set_level((enum level)level);
		for (int round = 0; round < 200; round++) {
			uint32_t count = round % 3 ? BATCH_LINES : 1 + (uint32_t)round % 17;

			for (uint32_t i = 0; i < count; i++)
				bench->lines[i] = make_line(&state);
			bench_run(bench, count);
			for (uint32_t i = 0; i < count * COUNT(reckonings); i++) {
				const struct reckoning *is = &reckonings[i % COUNT(reckonings)];
				const struct line *line = &bench->lines[i / COUNT(reckonings)];
				unsigned want = is->reckon(line);

				hits[i % COUNT(reckonings)] += want == (EVALUATED | HIT);
				cr_assert_eq(got(bench, is->rule, i / COUNT(reckonings)), want,
				        "%s level %d: %s %s %s days %d..%d units %d: %u, not %u",
				        is->rule, level, line->dx[0], line->dx[1], line->hcpcs,
				        line->low, line->high, line->units,
				        got(bench, is->rule, i / COUNT(reckonings)), want);
			}
		}
	}
	for (size_t r = 0; r < COUNT(reckonings); r++)
		cr_expect_gt(hits[r], 100, "%s: %u hits", reckonings[r].rule, hits[r]);
	bench_destroy(bench);
	codes_destroy(codes);
}

/* The technical share follows the fee schedule by day, as does the indicator. */
Test(codes_sets, fee_schedule_of_the_day)
{
	struct codes *codes = open_images(ALL_SETS, false);
	struct bench *bench = bench_create(codes);

	for (int32_t day = day_of(20230101); day <= day_of(20251231); day++) {
		const struct spec *whole = row_on(mpfs_rows, COUNT(mpfs_rows), "11111", day);
		const struct spec *part = row_on(
		        technical_rows, COUNT(technical_rows), "11111", day);
		const struct procedure_attributes *px;

		bench->lines[0] = (struct line){.dx = {"A100", "A100"},
		        .hcpcs = "11111",
		        .low = day,
		        .high = day,
		        .sex = SEX_MALE};
		bench_run(bench, 1);
		px = &codes_procedures(codes)[bench->batch->hcpcs_ref[0]];
		cr_assert_eq(px->pctc, whole->says, "day %d", day);
		cr_assert_eq(px->technical_share,
		        whole->says == 1 && part ? part->more * 10000 / whole->more : 0, "day %d",
		        day);
		cr_assert(px->flags & PX_MPFS);
		cr_assert(px->from <= day && day <= px->to);
	}
	bench_destroy(bench);
	codes_destroy(codes);
}

Test(codes_sets, windows_around_a_day)
{
	struct codes *codes = open_images(ALL_SETS, false);
	static const struct {
		enum code_system system;
		const char *code;
		int day, from, to; /* 0 open */
	} cases[] = {
	        {SYSTEM_ICD10CM, "B200", 20240515, 0, 20240331},
	        {SYSTEM_ICD10CM, "C300", 20240515, 20250401, 0},
	        {SYSTEM_ICD10CM, "D400", 20240515, 0, 0}, /* in force as a header, too */
	        {SYSTEM_ICD10CM, "E500", 20240515, 0, 20240630},
	        {SYSTEM_ICD10CM, "E500", 20240815, 20250101, 0},
	        {SYSTEM_ICD10CM, "H800", 20250101, 0, 20241231},
	        {SYSTEM_PROCEDURE, "G9002", 20250101, 20200101, 20241115},
	        {SYSTEM_PROCEDURE, "22222", 20241001, 20240101, 20240930},
	        {SYSTEM_PROCEDURE, "11111", 20240801, 0, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct code_window window = codes_in_force(
		        codes, cases[i].system, word_of(cases[i].code), day_of(cases[i].day));

		cr_expect_eq(window.from, cases[i].from ? day_of(cases[i].from) : INT32_MIN,
		        "case %zu: from %d", i, window.from);
		cr_expect_eq(window.to, cases[i].to ? day_of(cases[i].to) : INT32_MAX,
		        "case %zu: to %d", i, window.to);
	}
	codes_destroy(codes);
}

Test(codes_sets, days_outside_are_counted_by_year)
{
	static const int days[] = {20231231, 20240101, 20241231, 20240229, 20230101, 18991231,
	        21551231, 21560101, 22000101, 20240101};
	struct codes_outside *together = calloc(1, sizeof(*together));
	struct codes_outside *singly = calloc(1, sizeof(*singly));
	int32_t list[COUNT(days)];

	for (size_t i = 0; i < COUNT(days); i++) {
		list[i] = day_of(days[i]);
		codes_outside_add(singly, PART_MCE, list[i]);
	}
	codes_outside_add_days(together, PART_MCE, list, COUNT(days));
	codes_outside_add_days(together, PART_MCE, list, 0);
	cr_expect_eq(memcmp(together, singly, sizeof(*singly)), 0);
	cr_expect_eq(together->lines[PART_MCE][2024 - OUTSIDE_YEAR_FIRST], 4);
	cr_expect_eq(together->lines[PART_MCE][OUTSIDE_YEARS - 1], 3);
	free(together);
	free(singly);
}

Test(codes_sets, lines_outside_are_counted_once_a_set)
{
	struct codes *codes = open_images(ALL_SETS, false);
	struct bench *bench = bench_create(codes);
	const struct codes_outside *outside = &bench->outside;

	for (uint32_t i = 0; i < 100; i++)
		bench->lines[i] = (struct line){.dx = {"A100", "F600"},
		        .hcpcs = i % 2 ? "11111" : "G9001",
		        .low = day_of(i < 60 ? 20180703 : 20240801),
		        .high = day_of(i < 60 ? 20180703 : 20240801),
		        .sex = SEX_MALE,
		        .units = 1};
	bench_run(bench, 100);
	cr_expect_eq(outside->lines[PART_ICD10CM][2018 - OUTSIDE_YEAR_FIRST], 60);
	cr_expect_eq(outside->lines[PART_HCPCS][2018 - OUTSIDE_YEAR_FIRST], 30);
	cr_expect_eq(outside->lines[PART_HCPCS][2024 - OUTSIDE_YEAR_FIRST], 20); /* between two */
	cr_expect_eq(outside->lines[PART_CPT][2018 - OUTSIDE_YEAR_FIRST], 30);
	cr_expect_eq(outside->lines[PART_MUE_PRACTITIONER][2018 - OUTSIDE_YEAR_FIRST], 60);
	cr_expect_eq(codes_outside_sum(outside, PART_MUE_PRACTITIONER), 60);
	cr_expect_eq(codes_outside_sum(outside, PART_MUE_HOSPITAL), 0);
	cr_expect_eq(codes_outside_sum(outside, PART_MCE), 0);
	bench_destroy(bench);
	codes_destroy(codes);
}

/* The nearest covered day, the earlier of two. */
static int32_t nearest(const struct covered days[], size_t count, int32_t day)
{
	for (int32_t away = 0;; away++) {
		if (covers(days, count, day - away))
			return day - away;
		if (covers(days, count, day + away))
			return day + away;
	}
}

Test(codes_sets, nearest_release_judges_and_says_so)
{
	struct codes *codes = open_images(ALL_SETS, true);
	struct bench *bench = bench_create(codes);
	unsigned val_02 = rule_at((size_t)rule_find("VAL-02"))->bits[0];
	unsigned ncc_04 = rule_at((size_t)rule_find("NCC-04"))->bits[0];
	uint64_t state = 5;
	struct hit hit;

	for (int round = 0; round < 4000; round++) {
		struct line line = make_line(&state), moved;

		line.high = line.low;
		bench->lines[0] = moved = line;
		bench_run(bench, 1);
		moved.low = moved.high = nearest(icd_days, COUNT(icd_days), line.low);
		cr_assert_eq(got(bench, "VAL-02", 0), reckon_val_02(&moved), "%s %s %d", line.dx[0],
		        line.dx[1], line.low);
		if (line.low >= day_of(20151001)) /* ICD-9-CM was right before */
			cr_assert_eq(got(bench, "VAL-01", 0), reckon_val_01(&moved));
		cr_assert_eq(got(bench, "VAL-03", 0), reckon_val_03(&moved));
		moved.low = moved.high = nearest(mue_days, COUNT(mue_days), line.low);
		cr_assert_eq(got(bench, "NCC-04", 0), reckon_ncc_04(&moved), "%s %d", line.hcpcs,
		        line.low);
	}
	bench->lines[0] = (struct line){.dx = {"B200", "A100"},
	        .hcpcs = "11111",
	        .low = day_of(20270101),
	        .high = day_of(20270101),
	        .sex = SEX_MALE,
	        .units = 9};
	bench_run(bench, 1);
	rules_tell(&bench->context, bench->batch, 0, val_02, &hit);
	cr_expect_str_eq(
	        hit.detail, "release=nearest; date=2027-01-01; dx1=B200; in_force=..2024-03-31");
	cr_expect_eq(hit.severity, SEVERITY_LOW);
	rules_tell(&bench->context, bench->batch, 0, ncc_04, &hit);
	cr_expect_str_eq(hit.detail, "release=nearest; mue=4; mai=3; units_day=9");
	cr_expect_eq(hit.severity, SEVERITY_LOW);
	cr_expect_gt(codes_outside_sum(&bench->outside, PART_ICD10CM), 0);
	bench->lines[0].low = bench->lines[0].high = day_of(20240801);
	bench_run(bench, 1);
	rules_tell(&bench->context, bench->batch, 0, ncc_04, &hit);
	cr_expect_str_eq(hit.detail, "mue=4; mai=3; units_day=9");
	cr_expect_eq(hit.severity, SEVERITY_MEDIUM);
	bench_destroy(bench);
	codes_destroy(codes);
}

/* What a folder lacks is the starter's, partial, and on every day. */
Test(codes_sets, missing_sets_fall_back)
{
	struct codes *codes = open_images(1u << 1 | 1u << 5, false); /* mce, mue_practitioner */
	struct bench *bench = bench_create(codes);
	bool diagnoses = false, procedures = false, places = false;

	for (size_t i = 0; i < codes_set_count(codes); i++) {
		const struct codes_set_info *set = codes_set_at(codes, i);

		diagnoses |= strcmp(set->name, "diagnoses") == 0 && set->partial;
		procedures |= strcmp(set->name, "procedures") == 0 && set->partial;
		places |= strcmp(set->name, "places") == 0 && set->partial;
	}
	cr_expect(diagnoses && procedures && places);
	cr_expect(codes_partial(codes, SYSTEM_ICD10CM));
	cr_expect(codes_partial(codes, SYSTEM_PROCEDURE));
	cr_expect_not(codes_limited(codes) & PART_BIT(PART_ICD10CM));
	cr_expect(codes_limited(codes) & PART_BIT(PART_MUE_PRACTITIONER));

	/* The starter has E119 and 99213; neither MUE nor MCE here has. */
	bench->lines[0] = (struct line){.dx = {"E119", "E119"},
	        .hcpcs = "99213",
	        .low = day_of(20240801),
	        .high = day_of(20240801),
	        .sex = SEX_MALE,
	        .units = 9};
	bench_run(bench, 1);
	cr_expect_neq(bench->batch->hcpcs_ref[0], 0);
	cr_expect_eq(got(bench, "VAL-02", 0), EVALUATED);
	cr_expect_eq(got(bench, "NCC-04", 0), 0); /* the table does not have the code */
	cr_expect_eq(got(bench, "VAL-01", 0), EVALUATED);
	bench_destroy(bench);
	codes_destroy(codes);
}

Test(codes_sets, starter_stays_as_a_layer)
{
	struct codes *starter, *codes = open_images(ALL_SETS, false);
	struct diag diag;
	uint64_t words[] = {word_of("99213"), word_of("A0425"), word_of("11111")};
	uint32_t of_starter[3], of_sets[3];

	diag_init(&diag);
	cr_assert_eq(codes_open_starter(&starter, &diag), 0);
	codes_find(starter, SYSTEM_PROCEDURE, words, 3, of_starter);
	codes_find(codes, SYSTEM_PROCEDURE, words, 3, of_sets);
	cr_assert(of_starter[0] && of_starter[1]);

	/* A partial list cannot deny 99213; the list of HCPCS is complete and lacks A0425. */
	cr_assert_neq(of_sets[0], 0);
	cr_expect_eq(of_sets[1], 0);
	cr_expect_eq(codes_procedures(codes)[of_sets[0]].em_family, EM_OFFICE_EST);
	cr_expect_eq(codes_procedures(codes)[of_sets[0]].em_level, 3);
	cr_expect_not(codes_procedures(codes)[of_sets[0]].flags & PX_MUE_PRACTITIONER);
	cr_expect(codes_procedures(codes)[of_sets[2]].flags & PX_UNCLASSED);
	codes_destroy(starter);
	codes_destroy(codes);
}

/* ---- Providers ---- */

static void make_provider_set(const char *folder, const char *name, uint64_t npi,
        const struct covered rows[], size_t count, int to)
{
	struct set_source source = {.path = "made", .release = "made", .hash = {1, 2}};
	const struct set_schema *schema = schema_find(name);
	union {
		struct set_row row;
		struct leie_row leie;
		struct nppes_row nppes;
	} row;
	struct set_build *build;
	struct diag diag;
	char text[16];

	diag_init(&diag);
	source.from = INT32_MIN;
	source.to = day_of(to);
	cr_assert_eq(set_build_create(&build, schema, &diag), 0);
	cr_assert_eq(set_build_source(build, &source, &diag), 0);
	snprintf(text, sizeof(text), "%010llu", (unsigned long long)npi);
	for (size_t i = 0; i < count; i++) {
		memset(&row, 0, sizeof(row));
		if (strcmp(name, "leie") == 0)
			row.leie.waiver_day = DATE_ABSENT;
		else
			row.nppes.deactivation = DATE_ABSENT;
		row.row.from = day_of(rows[i].from);
		row.row.to = rows[i].to ? day_of(rows[i].to) : INT32_MAX;
		cr_assert_eq(set_build_add(build, set_key_of(schema, text, 10), &row, &diag), 0,
		        "%s", diag.text);
	}
	end_set(build, folder, name);
}

enum { EXCLUDED_NPI = 1234567893, DEACTIVATED_NPI = 1245319599 };

static const struct provider_case {
	int day, admitted; /* admitted: the line is of a stay */
	uint64_t npi;
	unsigned want;
	const char *detail; /* NULL: no hit */
} provider_cases[] = {
        {20220228, 0, EXCLUDED_NPI, EVALUATED, NULL},
        {20220301, 0, EXCLUDED_NPI, EVALUATED | HIT,
                "role=rendering; excluded_on=2022-03-01; match=npi"},
        {20220330, 20220220, EXCLUDED_NPI, EVALUATED, NULL}, /* within 30 days' grace */
        {20220331, 20220220, EXCLUDED_NPI, EVALUATED, NULL},
        {20220401, 20220220, EXCLUDED_NPI, EVALUATED | HIT,
                "role=rendering; excluded_on=2022-04-01; match=npi"},
        {20220330, 20220301, EXCLUDED_NPI, EVALUATED | HIT,
                "role=rendering; excluded_on=2022-03-30; match=npi"},
        {20230831, 0, EXCLUDED_NPI, EVALUATED | HIT,
                "role=rendering; excluded_on=2023-08-31; match=npi"},
        {20230901, 0, EXCLUDED_NPI, EVALUATED, NULL}, /* reinstated */
        {20240615, 0, EXCLUDED_NPI, EVALUATED | HIT,
                "role=rendering; excluded_on=2024-06-15; match=npi"},
        {20250701, 0, EXCLUDED_NPI, 0, NULL}, /* behind the list */
        {20240331, 0, DEACTIVATED_NPI, EVALUATED, NULL},
        {20240401, 0, DEACTIVATED_NPI, EVALUATED | HIT,
                "role=rendering; date=2024-04-01; deactivated=2024-04-01; match=npi"},
        {20240701, 0, DEACTIVATED_NPI, EVALUATED, NULL}, /* active again */
};

static void set_provider_cases(struct bench *bench)
{
	for (uint32_t i = 0; i < COUNT(provider_cases); i++)
		bench->lines[i] = (struct line){.dx = {"E119", "E119"},
		        .hcpcs = "99213",
		        .low = day_of(provider_cases[i].day),
		        .high = day_of(provider_cases[i].day),
		        .units = 1};
	for (uint32_t i = 0; i < COUNT(provider_cases); i++) {
		bench->batch->rendering[i] = (uint64_t)ID_NPI << ID_KIND_SHIFT |
		                             provider_cases[i].npi;
		bench->batch->inpatient[i] = provider_cases[i].admitted != 0;
		bench->batch->claim_start[i] = provider_cases[i].admitted
		                                       ? day_of(provider_cases[i].admitted)
		                                       : DATE_ABSENT;
	}
}

/* parts: PART_LEIE, or PART_NPPES too. */
static struct codes *open_provider_sets(unsigned parts)
{
	static const struct covered excluded[] = {{20220301, 20230831}, {20240601, 0}};
	static const struct covered active[] = {{20100101, 20240331}, {20240701, 0}};
	struct codes *codes = NULL;
	struct diag diag;
	char folder[64];

	make_images(folder, 0);
	make_provider_set(folder, "leie", EXCLUDED_NPI, excluded, COUNT(excluded), 20250630);
	make_provider_set(folder, "nppes", DEACTIVATED_NPI, active, COUNT(active), 20250630);
	diag_init(&diag);
	cr_assert_eq(codes_open_sets(&codes,
	                     &(struct codes_sets_options){.folder = folder, .parts = parts}, &diag),
	        0, "%s", diag.text);
	remove_folder(folder);
	return codes;
}

/* More than are looked up at a time. */
Test(codes_sets, npis_of_no_list_need_no_day)
{
	struct codes *codes = open_provider_sets(PART_BIT(PART_LEIE));
	uint64_t npis[150];
	uint8_t said[150];

	for (uint32_t i = 0; i < 150; i++)
		npis[i] = i % 7 == 3 ? EXCLUDED_NPI : 1500000000 + i;
	codes_npis(codes, npis, 150, said);
	for (uint32_t i = 0; i < 150; i++) {
		cr_expect_eq(said[i], i % 7 == 3 ? NPI_BY_DAY : NPI_NOT_EXCLUDED, "%u", i);
		cr_expect_eq(codes_excluded(codes, npis[i], day_of(20230101)), i % 7 == 3);
	}
	codes_destroy(codes);
	codes = open_provider_sets(~0u);
	codes_npis(codes, npis, 150, said);
	for (uint32_t i = 0; i < 150; i++)
		cr_expect_eq(said[i], NPI_BY_DAY, "%u", i);
	codes_destroy(codes);
}

Test(codes_sets, excluded_and_deactivated_providers)
{
	struct codes *codes;
	struct bench *bench;
	struct diag diag;

	codes = open_provider_sets(~0u);
	bench = bench_create(codes);
	set_provider_cases(bench);
	bench_run(bench, COUNT(provider_cases));
	for (uint32_t i = 0; i < COUNT(provider_cases); i++) {
		struct hit hit;

		cr_assert_eq(got(bench, "PRV-01", i), provider_cases[i].want, "case %u: %u", i,
		        got(bench, "PRV-01", i));
		if (!provider_cases[i].detail)
			continue;
		rules_tell(&bench->context, bench->batch, i,
		        rule_at((size_t)rule_find("PRV-01"))->bits[0], &hit);
		cr_expect_str_eq(
		        hit.detail, provider_cases[i].detail, "case %u: %s", i, hit.detail);
		cr_expect_eq(hit.severity,
		        provider_cases[i].npi == EXCLUDED_NPI ? SEVERITY_HIGH : SEVERITY_LOW);
	}
	diag_init(&diag);
	cr_expect_eq(codes_damage(codes, &diag), 0);
	bench_destroy(bench);
	codes_destroy(codes);
}

/* Every damage is told, and nothing is opened. */
Test(codes_sets, damaged_images_are_refused)
{
	struct codes *codes = NULL;
	struct diag diag;
	char folder[64], path[128];
	FILE *file;

	make_images(folder, ALL_SETS);
	snprintf(path, sizeof(path), "%s/mpfs.set", folder);
	file = fopen(path, "r+b");
	cr_assert_not_null(file);
	fseek(file, -70, SEEK_END);
	fputc(0x5a, file);
	fclose(file);
	diag_init(&diag);
	cr_expect_eq(codes_open_sets(&codes,
	                     &(struct codes_sets_options){.folder = folder, .parts = ~0u}, &diag),
	        FAIL_TABLE);
	cr_expect_null(codes);
	cr_expect_not_null(strstr(diag.text, "mpfs.set"));
	remove_folder(folder);
	diag_init(&diag);
	cr_expect_eq(codes_open_sets(&codes,
	                     &(struct codes_sets_options){.folder = folder, .parts = ~0u}, &diag),
	        FAIL_INPUT);
	cr_expect_null(codes);
}
