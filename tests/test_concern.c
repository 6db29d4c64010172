/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that are asked only where a line concerns them (history/concern.h) say
 * and count the same as when they are asked of everybody: beneficiaries of a few
 * lines by chance, over whatever rules look for.
 */
#include "history/concern.h"

#include "base/hash.h"
#include "format/layout.h"
#include "history/tallies.h"
#include "history/times.h"
#include "regroup/history.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_0 = 19723 /* 2024-01-01 */, PERSONS = 16000, LINES_MAX = 9, ROOM = 1 << 16 };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- Chance ---- */

static uint64_t chance;

static unsigned below(unsigned count)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((chance >> 33) % count);
}

static bool one_in(unsigned count)
{
	return below(count) == 0;
}

/* ---- Lines ---- */

static const char codes_of_rules[][6] = {"99202", "99213", "99214", "99215", "99223", "99232",
        "99238", "99283", "99305", "99309", "99347", "99243", "99253", "99385", "99396", "99291",
        "99292", "99417", "G2212", "G0439", "G0402", "77080", "66984", "44970", "47562", "58150",
        "58555", "59400", "19303", "27447", "11042", "11102", "11103", "20610", "45378", "45380",
        "70450", "71046", "93000", "93005", "93010", "80048", "80053", "82947", "84132", "84295",
        "82374", "82435", "82565", "84520", "82310", "36415", "36416", "A0428", "A0429", "A0425",
        "E0601", "E1390", "A7030", "E0143", "J1885", "97110", "97140", "90837", "90834", "92004",
        "92014", "G0463", "69990", "22551", "22552", "99999"};
static const char modifiers[][3] = {"25", "59", "XE", "76", "77", "91", "58", "78", "79", "80",
        "82", "AS", "FS", "FS", "FS", "FS", "50", "RT", "LT", "26", "TC", "24", "57", "55", "54",
        "RR", "NU", "QL", "E1", "27", "GT"};
static const char places[][3] = {"11", "11", "11", "21", "22", "23", "24", "49", "12", "81", "02"};
static const char specialties[][3] = {"", "11", "11", "49", "50", "50", "69", "59"};
static const char bill_types[][4] = {"111", "111", "112", "131", "131", "211", "321", "831", "851"};
static const char diagnoses[][8] = {"I639", "I219", "C3490", "C50911", "E119", "J449", "Z0000"};

static uint64_t word_of(const char *text)
{
	uint64_t word = 0;

	memcpy(&word, text, strlen(text));
	return word;
}

struct filler {
	struct batch *batch;
	const struct codes *codes;
	char text[ROOM];
	size_t used;
	uint64_t again[2]; /* codes that the person has now and then, ... */
	uint16_t modifier; /* ... and a modifier: pairs of a kind are rare by chance alone */
};

static struct slice put(struct filler *filler, const char *text)
{
	struct slice slice = {(uint32_t)filler->used, (uint32_t)strlen(text)};

	cr_assert_lt(filler->used + slice.size, ROOM);
	memcpy(filler->text + filler->used, text, slice.size);
	filler->used += slice.size;
	return slice;
}

/* One that rules look for, any of the set, one that is in none, or blank. */
static uint64_t draw_any_code(const struct filler *filler)
{
	size_t refs = codes_ref_count(filler->codes, SYSTEM_PROCEDURE);

	if (one_in(4))
		return codes_word(filler->codes, SYSTEM_PROCEDURE, 1 + below((unsigned)refs - 1));
	return one_in(20) ? CODE_BLANK : word_of(codes_of_rules[below(COUNT(codes_of_rules))]);
}

static uint64_t draw_code(const struct filler *filler)
{
	return one_in(4) ? filler->again[below(COUNT(filler->again))] : draw_any_code(filler);
}

static uint16_t draw_modifier(void)
{
	return (uint16_t)word_of(modifiers[below(COUNT(modifiers))]);
}

static void draw_modifiers(const struct filler *filler, uint32_t i)
{
	for (unsigned m = 0; m < MODIFIERS_MAX && one_in(3); m++)
		filler->batch->modifiers[m][i] = one_in(2) ? filler->modifier : draw_modifier();
}

/* Any type of claim in any setting, though readers make few of them. */
static void draw_kind(struct batch *batch, uint32_t i, enum claim_type type, enum setting setting)
{
	batch->claim_type[i] = (uint8_t)(one_in(20) ? below(CLAIM_TYPES) : type);
	batch->setting[i] = (uint8_t)(one_in(8) ? below(CONCERN_SETTINGS) : setting);
}

static void draw_professional(struct batch *batch, uint32_t i)
{
	draw_kind(batch, i, CLAIM_PROFESSIONAL, one_in(6) ? SETTING_DME : SETTING_PRACTITIONER);
	batch->place[i] = (uint16_t)word_of(places[below(COUNT(places))]);
	batch->specialty[i] = (uint16_t)word_of(specialties[below(COUNT(specialties))]);
	batch->ordering[i] = one_in(2) ? batch->rendering[i] : 0;
}

static void draw_institutional(struct filler *filler, uint32_t i)
{
	struct batch *batch = filler->batch;
	uint64_t type = word_of(bill_types[below(COUNT(bill_types))]);
	bool inpatient = (type & 0xffff) == TWO_CHARS('1', '1');

	draw_kind(batch, i, CLAIM_INSTITUTIONAL, inpatient ? SETTING_NONE : SETTING_OUTPATIENT);
	batch->inpatient[i] = inpatient;
	batch->bill_type[i] = (uint32_t)type;
	batch->revenue[i] = one_in(3) ? 450 : (uint16_t)(300 + below(20));
	batch->discharge_status[i] = TWO_CHARS('0', '1');
	batch->admission[i] = batch->claim_start[i];
	batch->discharge[i] = batch->claim_end[i] += (int32_t)below(6);
	batch->drg[i] = one_in(2) ? 291 : 470;
	batch->billing_ccn[i] = (uint64_t)ID_CCN << ID_KIND_SHIFT | (10001 + below(3));
	batch->ccn_text[i] = put(filler, "010001");
}

static void draw_claim(struct filler *filler, uint32_t i, unsigned person, unsigned number)
{
	struct batch *batch = filler->batch;
	int32_t day = DAY_0 + (int32_t)below(one_in(3) ? 200 : 3);
	uint64_t npi = (uint64_t)ID_NPI << ID_KIND_SHIFT | (1003000001 + below(4));
	char text[32];

	snprintf(text, sizeof(text), "c%u-%u", person, number);
	batch->claim_id[i] = put(filler, text);
	batch->claim_key[i] = hash64(text, strlen(text)) | 1;
	snprintf(text, sizeof(text), "p%u", person);
	batch->person_id[i] = put(filler, text);
	batch->person_key[i] = hash64(text, strlen(text)) | 1;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)(npi & ID_VALUE_MASK));
	batch->provider_id[i] = batch->rendering[i] = batch->billing[i] = npi;
	batch->provider_text[i] = put(filler, text);
	batch->entity_type[i] = 1;
	batch->billing_tin[i] = one_in(4) ? 0 : 77 + below(2);
	batch->claim_start[i] = batch->claim_end[i] = day;
	batch->received[i] = day + (int32_t)below(3);
	batch->paid_date[i] = batch->discharge[i] = batch->admission[i] = DATE_ABSENT;
	batch->drg[i] = batch->revenue[i] = NUMBER_BLANK;
	batch->diagnosis[0][i] = word_of(diagnoses[below(COUNT(diagnoses))]);
	batch->diagnosis_count[i] = (uint8_t)below(2);
	if (one_in(4))
		draw_institutional(filler, i);
	else
		draw_professional(batch, i);
}

static void draw_days(struct batch *batch, uint32_t i)
{
	int32_t day = batch->claim_start[i] + (int32_t)(one_in(5) ? below(2) : 0), end = day;
	uint16_t flags = LINE_DUE | (one_in(25) ? LINE_DENIED : LINE_PAYABLE);

	if (one_in(30))
		end += (int32_t)below(4) - 1;
	if (one_in(60))
		day = end = DATE_ABSENT;
	flags |= day == end && day != DATE_ABSENT ? LINE_SAME_DAY : 0;
	flags |= one_in(25) ? LINE_OLD : 0;
	batch->line_flags[i] = flags;
	batch->line_start[i] = batch->service_from[i] = day;
	batch->line_end[i] = batch->service_thru[i] = end;
}

static void copy_claim(struct batch *batch, uint32_t from, uint32_t to)
{
#define COPY(column) batch->column[to] = batch->column[from]
	COPY(claim_id), COPY(claim_key), COPY(person_id), COPY(person_key), COPY(provider_id);
	COPY(provider_text), COPY(rendering), COPY(billing), COPY(billing_tin), COPY(billing_ccn);
	COPY(ccn_text), COPY(ordering), COPY(entity_type), COPY(specialty), COPY(claim_start);
	COPY(claim_end), COPY(received), COPY(paid_date), COPY(admission), COPY(discharge);
	COPY(claim_type), COPY(setting), COPY(inpatient), COPY(bill_type), COPY(discharge_status);
	COPY(drg), COPY(diagnosis_count), COPY(diagnosis[0]), COPY(revenue), COPY(place);
#undef COPY
}

static void draw_line(struct filler *filler, uint32_t i, uint32_t first)
{
	struct batch *batch = filler->batch;
	char record[32];

	if (first != i)
		copy_claim(batch, first, i);
	batch->line_number[i] = (int32_t)(i - first) + 1;
	snprintf(record, sizeof(record), "%u/%u", (unsigned)chance, i);
	batch->record[i] = put(filler, record);
	draw_days(batch, i);
	if (first != i && one_in(4)) { /* again */
		batch->hcpcs[i] = batch->hcpcs[i - 1];
	} else {
		batch->hcpcs[i] = draw_code(filler);
		draw_modifiers(filler, i);
	}
	batch->units[i] = (1 + (int64_t)below(3)) * UNITS_ONE;
	batch->paid[i] = batch->charge[i] = 5000 * (1 + (int64_t)below(3));
}

/* Claims of one person, of a line or a few each; returns the lines. */
static uint32_t draw_person(struct filler *filler, unsigned person)
{
	uint32_t lines = 1 + below(LINES_MAX), first = 0;

	memset(filler->batch, 0, sizeof(*filler->batch));
	filler->used = 0;
	for (unsigned c = 0; c < COUNT(filler->again); c++)
		filler->again[c] = draw_any_code(filler);
	filler->modifier = draw_modifier();
	filler->batch->text = (const uint8_t *)filler->text;
	for (uint32_t i = 0; i < lines; i++) {
		if (i == 0 || one_in(2)) {
			draw_claim(filler, i, person, i);
			first = i;
		}
		draw_line(filler, i, first);
	}
	filler->batch->count = lines;
	return lines;
}

/* ---- A run ---- */

struct outcome {
	struct history_totals totals;
	struct tallies *tallies;
	uint64_t findings, finding_count; /* a sum of hashes: they come in any order */
};

static int add_finding(void *context, const struct finding *finding)
{
	struct outcome *outcome = context;
	char text[512];

	int size = snprintf(text, sizeof(text), "%u %.*s %.*s/%d %lld %d %.*s", finding->rule,
	        (int)finding->kind.size, finding->kind.at, (int)finding->claim_id.size,
	        finding->claim_id.at, finding->line, (long long)finding->dollars,
	        finding->superseded ? finding->superseding : -1, (int)finding->detail.size,
	        finding->detail.at);
	outcome->findings += hash64(text, (size_t)size);
	outcome->finding_count++;
	return 0;
}

struct run {
	struct rule_selection selection;
	struct codes *codes;
	struct times *times;
	struct profile *profile;
	struct profile_worker *profiles;
	struct partitions *past;
	struct diag diag;
};

static void open_run(struct run *run, const char *rules)
{
	struct partition_options options = {.memory_bytes = 64 << 20, .tmp = "/tmp"};

	*run = (struct run){0};
	diag_init(&run->diag);
	rules_init();
	history_init();
	cr_assert_eq(rules_select(&run->selection, rules, &run->diag), 0, "%s", run->diag.text);
	run->selection.checks = 0;
	cr_assert_eq(codes_open_starter(&run->codes, &run->diag), 0);
	cr_assert_eq(times_create(&run->times, run->codes, NULL, &run->diag), 0);
	cr_assert_eq(
	        profile_create(&run->profile,
	                &(struct profile_options){.keep = PROFILE_RULES, .workers = 1}, &run->diag),
	        0);
	cr_assert_eq(profile_worker_create(&run->profiles, run->profile, &run->diag), 0);
	cr_assert_eq(partitions_create(&run->past, &options, &run->diag), 0);
}

static void close_run(struct run *run)
{
	profile_worker_destroy(run->profiles);
	profile_destroy(run->profile);
	partitions_destroy(run->past);
	times_destroy(run->times);
	codes_destroy(run->codes);
}

static void emit(struct run *run)
{
	static const enum amount_level levels[AMOUNTS];
	static struct layout layout;
	const struct history_emit_options options = {.partitions = run->past,
	        .codes = run->codes,
	        .needs = history_needs(&run->selection) | HISTORY_LINES | HISTORY_DENIED_LINES};
	struct filler *filler = calloc(1, sizeof(*filler));
	struct history_emitter *emitter;

	memset(&layout.bound, 0xff, sizeof(layout.bound));
	filler->batch = aligned_alloc(64, sizeof(*filler->batch));
	filler->codes = run->codes;
	cr_assert_eq(history_emitter_create(&emitter, &options, &run->diag), 0);
	chance = 20240101;
	for (unsigned person = 0; person < PERSONS; person++) {
		cr_assert_gt(draw_person(filler, person), 0);
		filler->batch->layout = &layout;
		codes_find_batch(run->codes, filler->batch);
		cr_assert_eq(profile_resolve(run->profiles, filler->batch), 0);
		history_mark(emitter, filler->batch);
		cr_assert_eq(history_emit(emitter, filler->batch, AMOUNT_PAID, levels), 0);
	}
	cr_assert_eq(history_emit_finish(emitter, &run->diag), 0);
	history_emitter_destroy(emitter);
	free(filler->batch);
	free(filler);
}

static void walk(struct run *run, bool ask_all, struct outcome *outcome)
{
	struct history_options options = {.partitions = run->past,
	        .selection = &run->selection,
	        .codes = run->codes,
	        .first_service = 0,
	        .first_met = 0,
	        .as_of = DATE_ABSENT,
	        .ask_all = ask_all,
	        .times = run->times};
	const struct finding_sink sink = {add_finding, outcome};
	struct history_worker *worker;
	struct history *history;

	*outcome = (struct outcome){0};
	for (unsigned type = 0; type < CLAIM_TYPES; type++)
		options.last_came[type] = DAY_0 + 3650;
	cr_assert_eq(tallies_create(&outcome->tallies, &run->diag), 0);
	cr_assert_eq(history_create(&history, &options, &run->diag), 0);
	cr_assert_eq(history_worker_create(
	                     &worker, history, run->profiles, outcome->tallies, &run->diag),
	        0);
	cr_assert_eq(history_walk(worker, &sink, &run->diag), 0);
	history_totals(history, &outcome->totals);
	cr_assert_eq(tallies_join(outcome->tallies, &outcome->tallies, 1, 1), 0);
	history_worker_destroy(worker);
	history_destroy(history);
}

static void expect_tallies(
        const struct tallies *asked, const struct tallies *all, enum tally_measure measure)
{
	size_t count, count_all;
	const struct tally *tallies = tallies_of(asked, measure, &count);
	const struct tally *tallies_too = tallies_of(all, measure, &count_all);

	cr_assert_eq(count, count_all);
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(memcmp(&tallies[i], &tallies_too[i], sizeof(*tallies)), 0, "%s",
		        tally_rule(measure));
}

static void expect_same(const struct outcome *asked, const struct outcome *all)
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		const char *id = rule_at(rule)->id;

		cr_expect_eq(asked->totals.scope[rule], all->totals.scope[rule], "%s", id);
		cr_expect_eq(asked->totals.evaluated[rule], all->totals.evaluated[rule], "%s", id);
		cr_expect_eq(asked->totals.hits[rule], all->totals.hits[rule], "%s", id);
		cr_expect_eq(asked->totals.dollars[rule], all->totals.dollars[rule], "%s", id);
		cr_expect_eq(asked->totals.unique_dollars[rule], all->totals.unique_dollars[rule],
		        "%s", id);
	}
	cr_expect_eq(
	        memcmp(&asked->totals.outside, &all->totals.outside, sizeof(all->totals.outside)),
	        0);
	cr_expect_eq(asked->finding_count, all->finding_count);
	cr_expect_eq(asked->findings, all->findings);
	for (unsigned measure = 0; measure < TALLY_MEASURES; measure++)
		expect_tallies(asked->tallies, all->tallies, (enum tally_measure)measure);
}

/* The lines have something for each rule, or that it says the same says nothing. */
static void expect_met(const struct outcome *all)
{
	static const char *const ids[] = {"CLN-02", "CLN-07", "DUP-01", "DUP-02", "EM-05", "EM-06",
	        "GLO-01", "GLO-02", "GLO-03", "GLO-04", "INP-04", "INP-05", "INP-07", "MOD-01",
	        "MOD-02", "MOD-04", "MOD-05", "MOD-06", "MOD-07", "MOD-09", "NCC-01", "NCC-02",
	        "NCC-05", "NCC-07", "NCC-08", "SPC-01", "SPC-02", "SPC-04", "SPC-06", "TIM-05",
	        "TIM-06"};
	static const enum tally_measure measures[] = {TALLY_NCC_03_ALL, TALLY_GLO_04, TALLY_NCC_06,
	        TALLY_INP_01_DRG, TALLY_INP_02_DRG, TALLY_INP_03_ONE_DAY, TALLY_STA_07_TIN,
	        TALLY_STA_11};

	for (size_t i = 0; i < COUNT(ids); i++)
		cr_expect_gt(all->totals.hits[rule_find(ids[i])], 0, "%s", ids[i]);
	cr_expect_gt(all->totals.evaluated[rule_find("TIM-02")], 0);
	for (size_t i = 0; i < COUNT(measures); i++) {
		size_t count;

		tallies_of(all->tallies, measures[i], &count);
		cr_expect_gt(count, 0, "%s %s", tally_rule(measures[i]), tally_name(measures[i]));
	}
}

Test(concern, who_is_not_asked_would_have_said_nothing)
{
	struct outcome asked, all;
	struct run run;

	open_run(&run, "all");
	emit(&run);
	walk(&run, false, &asked);
	walk(&run, true, &all);
	expect_same(&asked, &all);
	expect_met(&all);
	tallies_destroy(asked.tallies);
	tallies_destroy(all.tallies);
	close_run(&run);
}

/* ---- Codes of the PTP tables ---- */

Test(edits, a_code_is_the_same_by_its_row)
{
	struct edits *edits;
	struct codes *codes;
	struct diag diag;
	size_t in_table = 0;

	diag_init(&diag);
	cr_assert_eq(codes_open_starter(&codes, &diag), 0);
	cr_assert_eq(edits_create(&edits, NULL, &diag), 0);
	cr_assert_eq(edits_bind(edits, codes_row_count(codes, SYSTEM_PROCEDURE)), 0);
	for (unsigned again = 0; again < 2; again++) {
		for (uint32_t ref = 1; ref < codes_ref_count(codes, SYSTEM_PROCEDURE); ref++) {
			uint64_t word = codes_word(codes, SYSTEM_PROCEDURE, ref);
			struct edits_code code = edits_code(edits, word, ref);

			cr_assert_eq(code.id, edits_id(edits, word));
			cr_assert_eq(code.roles, edits_roles(edits, code.id));
			in_table += code.id > 0;
		}
	}
	cr_expect_gt(in_table, 0);
	cr_expect_eq(edits_code(edits, CODE_BLANK, 0).id, 0);
	cr_expect_eq(edits_code(edits, word_of("99213"), UINT32_MAX).id,
	        edits_id(edits, word_of("99213")));
	edits_destroy(edits);
	codes_destroy(codes);
}

/* ---- Modifiers ---- */

Test(marks, of_a_line)
{
	static const struct {
		char modifiers[MODIFIERS_MAX][3];
		uint16_t marks;
	} lines[] = {
	        {{"", "", "", ""}, 0},
	        {{"25"}, MARK_25 | MARK_VISIT},
	        {{"", "", "24"}, MARK_VISIT},
	        {{"59", "XU"}, MARK_59 | MARK_SUBSET | MARK_ANYWHERE},
	        {{"RT", "91"}, MARK_ANATOMIC | MARK_ANYWHERE | MARK_91},
	        {{"78"}, MARK_REASON | MARK_ANYWHERE},
	        {{"AS", "82", "FS"}, MARK_ASSISTANT | MARK_FS},
	        {{"77", "27"}, MARK_REPEAT | MARK_27},
	        {{"GT", "ZZ", "0"}, 0},
	        {{"~~", "\xc3\xa9", "as", "!!"}, 0},
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		uint16_t words[MODIFIERS_MAX] = {0};

		for (unsigned m = 0; m < MODIFIERS_MAX; m++)
			words[m] = (uint16_t)word_of(lines[i].modifiers[m]);
		cr_expect_eq(marks_of(words), lines[i].marks, "%zu: %x", i, marks_of(words));
	}
}
