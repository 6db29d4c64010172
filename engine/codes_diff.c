/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two folders of images compared, set by set.
 *
 * What counts is the state that a payer judges by: what is in force at the end
 * of each folder's days, and the windows that lead there.
 *
 *     added     not in force at the end of OLD, in force at the end of NEW
 *     ended     the other way round
 *     changed   in force at the end of both, and says something else
 *     windows   the same at the end, but other days before it
 *
 * A window that reaches the end of what its folder covers is open: FY2025 alone
 * ends on 30 September as little as FY2025 and FY2026 together do.
 */
#include "codes_private.h"
#include "codes_view.h"

#include "lookup/codes.h"
#include "lookup/pairs.h"
#include "report/row.h"
#include "report/run.h"
#include "rules/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum change_kind { ADDED, ENDED, CHANGED, WINDOWS, CHANGES };
static const char *const change_names[CHANGES] = {"added", "ended", "changed", "windows"};

enum { CHANGE_TEXT = 400 };

struct change {
	char code[SET_KEY_TEXT_MAX];
	enum change_kind kind;
	int32_t day; /* from which, or up to which; DATE_ABSENT: not told */
	char text[CHANGE_TEXT];
};

/* A set of both folders; old or new may be NULL. */
struct comparison {
	const struct set *old, *new;
	const struct set_schema *schema;
	struct change *changes;
	size_t count, room, counts[CHANGES];
	size_t raised, lowered; /* changed values of unit limits */
	bool failed;
};

/* ---- Windows, with the ends of the folder's days taken for open ---- */

static int32_t open_end(const struct set *set, int32_t to)
{
	return to >= set->to ? INT32_MAX : to;
}

static bool at_end(const struct set *set, const struct set_row *row)
{
	return row->from <= set->to && row->to >= set->to;
}

/* Days before both folders begin are not compared. */
static int32_t common_start(const struct comparison *comparison)
{
	return comparison->old->from > comparison->new->from ? comparison->old->from
	                                                     : comparison->new->from;
}

/* ---- Changes ---- */

static struct change *change_add(
        struct comparison *comparison, const char *code, enum change_kind kind, int32_t day)
{
	struct change *change;

	comparison->counts[kind]++;
	if (comparison->count == comparison->room) {
		size_t room = comparison->room ? 2 * comparison->room : 256;
		void *changes = realloc(comparison->changes, room * sizeof(*change));

		comparison->failed |= !changes;
		if (!changes)
			return NULL;
		comparison->changes = changes;
		comparison->room = room;
	}
	change = &comparison->changes[comparison->count++];
	change->kind = kind;
	change->day = day == INT32_MIN || day == INT32_MAX ? DATE_ABSENT : day;
	change->text[0] = '\0';
	snprintf(change->code, sizeof(change->code), "%s", code);
	return change;
}

static void append(struct change *change, const char *name, const char *then, const char *now)
{
	size_t at = strlen(change->text);

	snprintf(change->text + at, CHANGE_TEXT - at, "%s%s %s -> %s", at ? "; " : "", name, then,
	        now);
}

/* Which columns differ, and how; counts limits raised and lowered. */
static void tell_columns(struct comparison *comparison, struct change *change,
        const struct set_row *old, const struct set_row *new)
{
	for (size_t i = 0; i < comparison->schema->column_count; i++) {
		const struct set_column *column = &comparison->schema->columns[i];
		struct view_value then, now;
		bool was = view_column(comparison->old, old, column, &then);
		bool is = view_column(comparison->new, new, column, &now);

		if (was == is && (!is || strcmp(then.text, now.text) == 0))
			continue;
		if (was && is && strcmp(column->name, "value") == 0) {
			double before = strtod(then.text, NULL), after = strtod(now.text, NULL);

			comparison->raised += after > before;
			comparison->lowered += after < before;
		}
		if (change)
			append(change, column->name, was ? then.text : "blank",
			        is ? now.text : "blank");
	}
}

/* ---- Rows of one key ---- */

struct rows {
	const struct set *set;
	const struct set_row *first;
	size_t count;
};

static struct rows rows_of(const struct set *set, uint64_t key)
{
	struct rows rows = {.set = set, .first = set ? set_find(set, key) : NULL};

	rows.count = rows.first ? (size_t)rows.first->more + 1 : 0;
	return rows;
}

static const struct set_row *row_at(const struct rows *rows, size_t index)
{
	return (const struct set_row *)(const void *)((const uint8_t *)rows->first +
	                                              index * rows->set->schema->row_size);
}

static const struct set_row *last_row(const struct rows *rows)
{
	for (size_t i = rows->count; i > 0; i--)
		if (at_end(rows->set, row_at(rows, i - 1)))
			return row_at(rows, i - 1);
	return NULL;
}

/* The last day on which any row of the key was in force. */
static int32_t last_day(const struct rows *rows)
{
	int32_t day = INT32_MIN;

	for (size_t i = 0; i < rows->count; i++)
		if (row_at(rows, i)->to > day)
			day = row_at(rows, i)->to;
	return day;
}

/* The next window from index on that reaches into the common days; false at the
 * end. */
static bool next_window(const struct rows *rows, size_t *index, int32_t start, int32_t window[2])
{
	while (*index < rows->count) {
		const struct set_row *row = row_at(rows, (*index)++);

		window[0] = row->from > start ? row->from : start;
		window[1] = open_end(rows->set, row->to);
		if (window[1] >= start)
			return true;
	}
	return false;
}

static bool same_windows(const struct rows *old, const struct rows *new, int32_t start)
{
	size_t i = 0, j = 0;
	int32_t a[2] = {0, 0}, b[2] = {0, 0};

	for (;;) {
		bool more = next_window(old, &i, start, a);

		if (more != next_window(new, &j, start, b))
			return false;
		if (!more)
			return true;
		if (a[0] != b[0] || a[1] != b[1])
			return false;
	}
}

static void compare_one(
        struct comparison *comparison, const char *code, struct rows *old, struct rows *new)
{
	const struct set_row *was = old->count ? last_row(old) : NULL;
	const struct set_row *is = new->count ? last_row(new) : NULL;
	struct change *change;

	if (!was && is) {
		change_add(comparison, code, ADDED, is->from);
	} else if (was && !is) {
		change_add(
		        comparison, code, ENDED, new->count ? last_day(new) : comparison->old->to);
	} else if (was && is && !view_rows_equal(old->set, was, new->set, is)) {
		change = change_add(comparison, code, CHANGED, is->from);
		tell_columns(comparison, change, was, is);
	} else if (old->count && new->count && common_start(comparison) <= comparison->old->to &&
	           !same_windows(old, new, common_start(comparison))) {
		change_add(comparison, code, WINDOWS, DATE_ABSENT);
	}
}

/* ---- Rows that hold together: each is there or not ---- */

static void name_row(struct change *change, const struct set *set, const struct set_row *row)
{
	for (size_t i = 0; change && i < set->schema->column_count; i++) {
		struct view_value value;
		size_t at = strlen(change->text);

		if (view_column(set, row, &set->schema->columns[i], &value))
			snprintf(change->text + at, CHANGE_TEXT - at, "%s%s %s", at ? ", " : "",
			        value.name, value.text);
	}
}

static bool has_row(const struct rows *rows, const struct set *set, const struct set_row *wanted)
{
	for (size_t i = 0; i < rows->count; i++)
		if (at_end(rows->set, row_at(rows, i)) &&
		        view_rows_equal(rows->set, row_at(rows, i), set, wanted))
			return true;
	return false;
}

static void compare_many(
        struct comparison *comparison, const char *code, struct rows *old, struct rows *new)
{
	for (size_t i = 0; i < new->count; i++) {
		const struct set_row *row = row_at(new, i);

		if (at_end(new->set, row) && !has_row(old, new->set, row))
			name_row(change_add(comparison, code, ADDED, row->from), new->set, row);
	}
	for (size_t i = 0; i < old->count; i++) {
		const struct set_row *row = row_at(old, i);

		if (at_end(old->set, row) && !has_row(new, old->set, row))
			name_row(change_add(comparison, code, ENDED, old->set->to), old->set, row);
	}
}

static void compare_key(struct comparison *comparison, uint64_t key)
{
	struct rows old = rows_of(comparison->old, key), new = rows_of(comparison->new, key);
	char code[SET_KEY_TEXT_MAX];

	set_key_text(comparison->schema, key, code);
	if (comparison->schema->many)
		compare_many(comparison, code, &old, &new);
	else
		compare_one(comparison, code, &old, &new);
}

static void compare_rows(struct comparison *comparison)
{
	const struct phash *old = &comparison->old->table, *new = &comparison->new->table;

	for (uint32_t slot = 0; slot < new->slots; slot++)
		if (new->keys[slot])
			compare_key(comparison, new->keys[slot]);
	for (uint32_t slot = 0; slot < old->slots; slot++)
		if (old->keys[slot] && !phash_find(new, old->keys[slot]))
			compare_key(comparison, old->keys[slot]);
}

/* ---- Tables of pairs ---- */

struct pair_tables {
	const struct pairs *a, *b; /* b: the other folder's */
	const uint16_t *ids;       /* in b, by the id in a; 0: not there */
	bool forward;              /* a is NEW */
};

static const struct pair_window *window_at_end(
        const struct pairs *pairs, uint16_t column1, uint16_t column2)
{
	return column1 && column2 ? pairs_find(pairs, column1, column2, pairs->set->to) : NULL;
}

static void name_pair(char text[SET_KEY_TEXT_MAX], uint64_t word1, uint64_t word2)
{
	char first[WORD_TEXT_SIZE], second[WORD_TEXT_SIZE];

	word_text(word1, first);
	word_text(word2, second);
	snprintf(text, SET_KEY_TEXT_MAX, "%s/%s", first, second);
}

static void indicator_change(struct comparison *comparison, const char *code,
        const struct pair_window *then, const struct pair_window *now)
{
	struct change *change = change_add(comparison, code, CHANGED, now->from);
	char before[4], after[4];

	snprintf(before, sizeof(before), "%u", then->indicator);
	snprintf(after, sizeof(after), "%u", now->indicator);
	comparison->raised += now->indicator > then->indicator;
	comparison->lowered += now->indicator < then->indicator;
	if (change)
		append(change, "modifier_indicator", before, after);
}

/* The last day of a pair in the other folder's table, of one that is in force no more. */
static int32_t pair_last_day(const struct pairs *pairs, uint16_t column1, uint16_t column2)
{
	const struct pair_window *window = column1 && column2
	                                           ? pairs_windows(pairs, column1, column2)
	                                           : NULL;
	int32_t day = INT32_MAX;

	for (; window; window = window->more ? window + 1 : NULL)
		day = window->to;
	return day;
}

static void compare_pair(struct comparison *comparison, const struct pair_tables *tables,
        uint16_t column1, uint16_t column2)
{
	const struct pair_window *mine = window_at_end(tables->a, column1, column2), *theirs;
	uint64_t word1 = pairs_word(tables->a, column1), word2 = pairs_word(tables->a, column2);
	uint16_t id1 = tables->ids[column1], id2 = tables->ids[column2];
	char code[SET_KEY_TEXT_MAX];

	if (!mine)
		return;
	theirs = window_at_end(tables->b, id1, id2);
	name_pair(code, word1, word2);
	if (!theirs && tables->forward)
		change_add(comparison, code, ADDED, mine->from);
	else if (!theirs)
		change_add(comparison, code, ENDED, pair_last_day(tables->b, id1, id2));
	else if (tables->forward && theirs->indicator != mine->indicator)
		indicator_change(comparison, code, theirs, mine);
	else if (tables->forward && theirs->from != mine->from)
		change_add(comparison, code, WINDOWS, DATE_ABSENT);
}

static void compare_table(
        struct comparison *comparison, const struct pairs *a, const struct pairs *b, bool forward)
{
	size_t room = (size_t)a->code_count + 1;
	uint16_t *partners = malloc(room * sizeof(*partners)), *ids = calloc(room, sizeof(*ids));
	struct pair_tables tables = {a, b, ids, forward};

	for (uint32_t id = 1; ids && id <= a->code_count; id++)
		ids[id] = pairs_id(b, pairs_word(a, (uint16_t)id));
	for (uint32_t id = 1; ids && partners && id <= a->code_count; id++) {
		size_t count = pairs_partners(a, (uint16_t)id, 1, partners);

		for (size_t i = 0; i < count; i++)
			compare_pair(comparison, &tables, (uint16_t)id, partners[i]);
	}
	comparison->failed |= !ids || !partners;
	free(partners);
	free(ids);
}

static int compare_pairs(struct comparison *comparison, struct diag *diag)
{
	struct pairs old, new;
	int err = pairs_open(&old, comparison->old, diag);

	if (!err)
		err = pairs_open(&new, comparison->new, diag);
	if (!err)
		compare_table(comparison, &new, &old, true);
	if (!err)
		compare_table(comparison, &old, &new, false);
	return err;
}

/* ---- What it means ---- */

struct meaning {
	const char *set, *kinds[CHANGES];
};

/* In words of the edits, by the first letters of a set's name. */
static const struct meaning meanings[] = {
        {"icd10cm", {"valid from that day; claims of earlier days hit VAL-02",
                            "claims of later days hit VAL-02, or VAL-03 where the code is a header "
                            "now",
                            "headers hit VAL-03, billable codes do not; a title decides nothing",
                            "VAL-02 judges other days"}},
        {"icd10pcs", {"valid from that day; stays of earlier days hit VAL-04",
                             "stays of later days hit VAL-04",
                             "headers hit VAL-04, billable codes do not; a title decides nothing",
                             "VAL-04 judges other days"}},
        {"hcpcs", {"valid from that day; lines of earlier days hit VAL-04",
                          "lines of later days hit VAL-04",
                          "coverage, pricing or texts: no edit by itself",
                          "VAL-04 judges other days"}},
        {"cpt", {"known to VAL-04 from that day", "lines of later days hit VAL-04",
                        "no edit by itself", "VAL-04 judges other days"}},
        {"modifiers", {"known to VAL-05", "lines with them hit VAL-05", "no edit by itself",
                              "VAL-05 judges other days"}},
        {"ptp", {"column 2 is denied beside column 1 from that day (NCC-01; NCC-02 where "
                 "a "
                 "modifier would help)",
                        "NCC-01 and NCC-02 no longer hit these pairs",
                        "indicator 1 lets a modifier separate the pair (NCC-02), 0 never does "
                        "(NCC-01)",
                        "NCC-01 and NCC-02 judge other days"}},
        {"mue", {"NCC-04 to NCC-06 limit these codes from that day",
                        "NCC-04 to NCC-06 no longer limit them",
                        "a lower value gives more hits of NCC-04 to NCC-06, a higher one fewer",
                        "NCC-04 to NCC-06 judge other days"}},
        {"aoc", {"the add-on code is paid beside one primary more (NCC-07)",
                        "the add-on code with this primary alone hits NCC-07", "",
                        "NCC-07 judges other days"}},
        {"mpfs", {"MOD and GLO rules can judge the code", "MOD and GLO rules cannot judge the code",
                         "global days (GLO-01, -02), PC/TC (MOD-04), bilateral (MOD-05), "
                         "assistant "
                         "(MOD-07) and status (GLO-04) decide by the new values",
                         "MOD and GLO rules judge other days"}},
        {"mce", {"CLN-03 to CLN-06 judge the code by its flags", "CLN-03 to CLN-06 no longer do",
                        "age (CLN-03), sex (CLN-04) and principal-diagnosis edits (CLN-05) "
                        "differ",
                        "CLN-03 to CLN-06 judge other days"}},
        {"drg_cc", {"the diagnosis raises a DRG (INP-01, INP-03)", "it no longer raises a DRG",
                           "CC or MCC: INP-01 and INP-03 reckon with the other level",
                           "INP-01 and INP-03 judge other days"}},
        {"hcc", {"the diagnosis counts for this category (INP-06, INP-07)",
                        "it no longer counts for this category", "", "other days are judged"}},
        {"leie", {"lines of these providers hit PRV-01 from that day",
                         "not on the list any more: PRV-01 does not hit later days",
                         "the kind of exclusion: no edit by itself", "PRV-01 judges other days"}},
        {"ncd_lcd", {"CLN-01 judges by it from that day", "CLN-01 no longer judges by it", "",
                            "CLN-01 judges other days"}},
};

static const char *meaning_of(const char *set, enum change_kind kind)
{
	static const char *const others[CHANGES] = {"judged from that day on",
	        "not judged after that day", "judged by the new values from that day on",
	        "other days are judged"};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (strncmp(meanings[i].set, set, strlen(meanings[i].set)) == 0)
			return meanings[i].kinds[kind];
	return others[kind];
}

/* ---- Text ---- */

static void print_change(const struct change *change)
{
	char day[DATE_TEXT_SIZE];

	date_format(change->day, day);
	printf("    %-13s%s%s%s%s\n", change->code,
	        change->kind == ENDED && day[0] ? " to " : (day[0] ? " from " : ""), day,
	        change->text[0] ? "  " : "", change->text);
}

static void print_kind(const struct comparison *comparison, enum change_kind kind, size_t limit)
{
	size_t shown = 0;

	if (comparison->counts[kind] == 0)
		return;
	printf("  %zu %s: %s\n", comparison->counts[kind],
	        kind == WINDOWS ? "with other windows" : change_names[kind],
	        meaning_of(comparison->schema->name, kind));
	for (size_t i = 0; i < comparison->count; i++) {
		if (comparison->changes[i].kind != kind)
			continue;
		if (shown++ < limit)
			print_change(&comparison->changes[i]);
	}
	if (shown > limit)
		printf("    and %zu more (--limit 0 shows all)\n", shown - limit);
}

static void print_comparison(const struct comparison *comparison, size_t limit)
{
	char then[VIEW_RELEASE_MAX] = "none", now[VIEW_RELEASE_MAX] = "none";
	size_t all = 0;

	if (comparison->old)
		view_releases(comparison->old, then);
	if (comparison->new)
		view_releases(comparison->new, now);
	for (unsigned kind = 0; kind < CHANGES; kind++)
		all += comparison->counts[kind];
	printf("%s: %s -> %s", comparison->schema->name, then, now);
	if (!comparison->old || !comparison->new) {
		puts(comparison->new ? ": new here" : ": no longer here, and not judged");
		return;
	}
	puts(all ? "" : ": the same");
	for (unsigned kind = 0; kind < CHANGES; kind++)
		print_kind(comparison, (enum change_kind)kind, limit ? limit : SIZE_MAX);
	if (comparison->raised || comparison->lowered)
		printf("  %zu raised, %zu lowered\n", comparison->raised, comparison->lowered);
}

/* ---- JSON ---- */

static void json_change(struct json *json, const struct change *change)
{
	json_object(json, NULL, true);
	json_text(json, "code", change->code);
	json_text(json, "change", change_names[change->kind]);
	json_date(json, change->kind == ENDED ? "to" : "from", change->day);
	json_text(json, "detail", change->text);
	json_end(json);
}

static void json_release(struct json *json, const char *key, const struct set *set)
{
	char text[VIEW_RELEASE_MAX];

	if (set)
		json_text(json, key, view_releases(set, text));
	else
		json_literal(json, key, "null");
}

static void json_comparison(struct json *json, const struct comparison *comparison)
{
	json_object(json, NULL, false);
	json_text(json, "set", comparison->schema->name);
	json_release(json, "old", comparison->old);
	json_release(json, "new", comparison->new);
	for (unsigned kind = 0; kind < CHANGES; kind++)
		json_unsigned(json, change_names[kind], comparison->counts[kind]);
	json_unsigned(json, "raised", comparison->raised);
	json_unsigned(json, "lowered", comparison->lowered);
	json_object(json, "edits", false);
	for (unsigned kind = 0; kind < CHANGES; kind++)
		if (comparison->counts[kind])
			json_text(json, change_names[kind],
			        meaning_of(comparison->schema->name, (enum change_kind)kind));
	json_end(json);
	json_array(json, "codes", false);
	for (size_t i = 0; i < comparison->count; i++)
		json_change(json, &comparison->changes[i]);
	json_end(json);
	json_end(json);
}

/* ---- The folders ---- */

static int compare_changes(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	int order = strcmp(a->code, b->code);

	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	return order ? order : strcmp(a->text, b->text);
}

static int compare_sets(struct comparison *comparison, struct diag *diag)
{
	int err = 0;

	if (!comparison->old || !comparison->new)
		return 0;
	if (view_has_pairs(comparison->new))
		err = compare_pairs(comparison, diag);
	else
		compare_rows(comparison);
	if (comparison->failed)
		return diag_set(diag, FAIL_MEMORY, "no memory for the changes of %s",
		        comparison->schema->name);
	if (comparison->count)
		qsort(comparison->changes, comparison->count, sizeof(*comparison->changes),
		        compare_changes);
	return err;
}

struct folders {
	struct sets *old, *new;
};

/* One set; json NULL: as text. */
static int diff_set(const struct folders *folders, const char *name,
        const struct diff_options *options, struct json *json, struct diag *diag)
{
	struct comparison comparison = {.schema = schema_find(name)};
	int err = sets_use(folders->old, name, &comparison.old, diag);

	if (!err)
		err = sets_use(folders->new, name, &comparison.new, diag);
	if (!err && !comparison.old && !comparison.new)
		return 0;
	if (!err)
		err = compare_sets(&comparison, diag);
	if (!err && json)
		json_comparison(json, &comparison);
	else if (!err)
		print_comparison(&comparison, options->limit);
	free(comparison.changes);
	return err;
}

static int diff_all(const struct folders *folders, const struct diff_options *options,
        struct json *json, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < schemas_count() && !err; i++) {
		const char *name = schema_at(i)->name;

		if (!options->set || strcmp(options->set, name) == 0)
			err = diff_set(folders, name, options, json, diag);
	}
	return err;
}

static int diff_json(
        const struct folders *folders, const struct diff_options *options, struct diag *diag)
{
	struct json json;
	struct out *out;
	int err = out_create_memory(&out, diag);

	if (err)
		return err;
	json_init(&json, out);
	json_array(&json, NULL, false);
	err = diff_all(folders, options, &json, diag);
	if (err) {
		out_destroy(out);
		return err;
	}
	json_end(&json);
	return view_print(out, diag);
}

static int check_set(const char *name, struct diag *diag)
{
	struct suggestion near;

	if (!name || schema_find(name))
		return 0;
	suggest_begin(&near, name);
	for (size_t i = 0; i < schemas_count(); i++)
		suggest_try(&near, schema_at(i)->name);
	return diag_set(diag, FAIL_USAGE, "--set: no set \"%s\"%s%s%s", name,
	        near.best ? ": did you mean " : "", near.best ? near.best : "",
	        near.best ? "?" : " (codes info lists them)");
}

int codes_diff(const struct diff_options *options, struct diag *diag)
{
	struct codes *old = NULL, *new = NULL;
	struct folders folders = {NULL, NULL};
	int err = check_set(options->set, diag);

	if (!err)
		err = codes_folder_sets(&old, &folders.old, options->old, diag);
	if (!err)
		err = codes_folder_sets(&new, &folders.new, options->new, diag);
	if (!err)
		err = options->json ? diff_json(&folders, options, diag)
		                    : diff_all(&folders, options, NULL, diag);
	codes_destroy(old);
	codes_destroy(new);
	return err;
}
