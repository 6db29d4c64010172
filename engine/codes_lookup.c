/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_lookup.h"

#include "lookup/codes.h"
#include "report/row.h"
#include "rules/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEAR_DISTANCE = 3 }; /* letters that a near code may differ by, and one more */

/* ---- Entries ---- */

struct found *lookup_add(struct lookup *lookup)
{
	if (lookup->count == lookup->room) {
		size_t room = lookup->room ? 2 * lookup->room : 16;
		struct found *found = realloc(lookup->found, room * sizeof(*found));

		if (!found)
			return NULL;
		lookup->found = found;
		lookup->room = room;
	}
	memset(&lookup->found[lookup->count], 0, sizeof(lookup->found[0]));
	return &lookup->found[lookup->count++];
}

static void lookup_reset(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->count; i++) {
		free(lookup->found[i].values);
		free(lookup->found[i].partners);
	}
	free(lookup->found);
}

static struct found *add_set(struct lookup *lookup, const struct set *set)
{
	struct found *found = lookup_add(lookup);

	if (!found)
		return NULL;
	found->set = set;
	found->name = set->schema->name;
	found->title = set->schema->title;
	found->partial = set->partial;
	found->from = set->from;
	found->to = set->to;
	found->day = lookup->options->day == DATE_ABSENT ? set->to : lookup->options->day;
	found->covered = set_covers(set, found->day);
	view_releases(set, found->release);
	return found;
}

static bool holds(const struct set_row *row, int32_t day)
{
	return row->from <= day && day <= row->to;
}

const struct set_row *found_row(const struct found *found)
{
	const struct set_row *row = found->rows, *best = row;

	for (size_t i = 0; i < found->row_count; i++, row = set_next_row(found->set, row)) {
		if (holds(row, found->day))
			return row;
		if (row->from >= best->from)
			best = row;
	}
	return best;
}

static enum verdict verdict_of(const struct found *found, bool known, bool in_force, bool header)
{
	if (in_force)
		return header ? VERDICT_INVALID : VERDICT_VALID;
	if (!found->covered || (!known && found->partial))
		return VERDICT_NOT_JUDGED;
	return VERDICT_INVALID;
}

enum verdict found_verdict(const struct found *found)
{
	const struct set_row *row = found_row(found);

	if (found->partners && !found->covered)
		return VERDICT_NOT_JUDGED;
	if (found->partners)
		return found->in_force[0] + found->in_force[1] ? VERDICT_VALID : VERDICT_INVALID;
	if (found->values)
		return verdict_of(found, true,
		        found->in_from <= found->day && found->day <= found->in_to, found->header);
	return verdict_of(found, row, row && holds(row, found->day),
	        row && view_row_has(found->set, row, "header"));
}

static size_t add_window(struct window windows[], size_t room, size_t count, struct window window)
{
	struct window *last = count > 0 && count <= room ? &windows[count - 1] : NULL;

	if (last && (last->to == INT32_MAX || window.from <= last->to + 1)) {
		last->to = window.to > last->to ? window.to : last->to;
		return count;
	}
	if (count < room)
		windows[count] = window;
	return count + 1;
}

size_t found_windows(const struct found *found, struct window windows[], size_t room)
{
	const struct set_row *row = found->rows;
	size_t count = 0;

	if (found->values && found->in_count == 0)
		return add_window(windows, room, 0, (struct window){found->in_from, found->in_to});
	for (size_t i = 0; i < found->in_count; i++)
		count = add_window(windows, room, count, found->in[i]);
	for (size_t i = 0; i < found->partner_count && found->is_pair; i++)
		count = add_window(windows, room, count,
		        (struct window){found->partners[i].from, found->partners[i].to});
	for (size_t i = 0; i < found->row_count; i++, row = set_next_row(found->set, row))
		count = add_window(windows, room, count, (struct window){row->from, row->to});
	return count;
}

/* ---- Keys of a set, one by one ---- */

typedef bool key_visit(void *context, const struct set *set, const char *text, uint64_t key);

static void visit_keys(const struct set *set, key_visit *visit, void *context)
{
	for (uint32_t slot = 0; slot < set->table.slots; slot++) {
		uint64_t key = set->table.keys[slot];
		char text[SET_KEY_TEXT_MAX];

		if (!key)
			continue;
		set_key_text(set->schema, key, text);
		if (!visit(context, set, text, key))
			return;
	}
}

/* ---- Codes with modifiers, pairs of a payer ---- */

struct wanted_part {
	struct lookup *lookup;
	const char *code;
	char mark;   /* what parts the key's text: '-' or '/' */
	bool either; /* the code may stand on either side */
	bool failed;
};

static bool add_key(struct lookup *lookup, const struct set *set, const char *text, uint64_t key)
{
	struct found *found = add_set(lookup, set);

	if (!found)
		return false;
	strcpy(found->code, text);
	found->rows = set_find(set, key);
	found->row_count = found->rows ? (size_t)found->rows->more + 1 : 0;
	return true;
}

static bool visit_part(void *context, const struct set *set, const char *text, uint64_t key)
{
	struct wanted_part *part = context;
	size_t size = strlen(part->code);
	const char *mark = strchrnul(text, part->mark);
	bool first = (size_t)(mark - text) == size && memcmp(text, part->code, size) == 0;
	bool second = part->either && *mark && strcmp(mark + 1, part->code) == 0;

	if (first || second)
		part->failed = !add_key(part->lookup, set, text, key);
	return !part->failed;
}

static int compare_codes(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	return strcmp(a->code, b->code);
}

static int find_parts(struct lookup *lookup, const struct set *set, char mark, bool either)
{
	struct wanted_part part = {lookup, lookup->options->code, mark, either, false};
	size_t before = lookup->count;

	visit_keys(set, visit_part, &part);
	if (lookup->count > before)
		qsort(lookup->found + before, lookup->count - before, sizeof(*lookup->found),
		        compare_codes);
	return part.failed ? FAIL_MEMORY : 0;
}

/* ---- Tables of pairs ---- */

struct partner_list {
	struct partner *partners;
	size_t count;
	int32_t day;
};

static void partner_add(struct partner_list *list, const struct pairs *pairs,
        const uint16_t columns[2], const struct pair_window *window)
{
	struct partner *partner = &list->partners[list->count++];

	word_text(pairs_word(pairs, columns[0]), partner->column1);
	word_text(pairs_word(pairs, columns[1]), partner->column2);
	partner->from = window->from;
	partner->to = window->to;
	partner->indicator = window->indicator;
	partner->rationale = pairs_rationale(pairs, window);
}

/* The partners of a code in one column, if the edit is in force. */
static void add_column(struct partner_list *list, const struct pairs *pairs, uint16_t id,
        unsigned column, uint16_t others[])
{
	size_t count = pairs_partners(pairs, id, column, others);

	for (size_t i = 0; i < count; i++) {
		bool first = column == PAIR_COLUMN_1;
		uint16_t columns[2] = {first ? id : others[i], first ? others[i] : id};
		const struct pair_window *window = pairs_find(
		        pairs, columns[0], columns[1], list->day);

		if (window)
			partner_add(list, pairs, columns, window);
	}
}

static int add_partners(struct found *found, const struct pairs *pairs, uint16_t id)
{
	size_t room = 2 * (size_t)pairs->code_count + 1;
	uint16_t *others = malloc(room * sizeof(*others));
	struct partner_list list = {malloc(room * sizeof(struct partner)), 0, found->day};

	found->partners = list.partners;
	if (!others || !list.partners) {
		free(others);
		return FAIL_MEMORY;
	}
	add_column(&list, pairs, id, PAIR_COLUMN_1, others);
	found->in_force[0] = found->as_column1 = list.count;
	add_column(&list, pairs, id, PAIR_COLUMN_2, others);
	found->in_force[1] = list.count - found->as_column1;
	found->partner_count = list.count;
	free(others);
	return 0;
}

static size_t count_windows(const struct pair_window *window)
{
	size_t count = 0;

	for (; window; window = window->more ? window + 1 : NULL)
		count++;
	return count;
}

/* Two codes: all windows of their edits, in either order. */
static int add_pair(struct found *found, const struct pairs *pairs, uint16_t id, uint16_t other)
{
	const uint16_t columns[2][2] = {{id, other}, {other, id}};
	size_t room = 1 + count_windows(pairs_windows(pairs, id, other)) +
	              count_windows(pairs_windows(pairs, other, id));
	struct partner_list list = {malloc(room * sizeof(struct partner)), 0, found->day};

	found->is_pair = true;
	found->partners = list.partners;
	if (!list.partners)
		return FAIL_MEMORY;
	for (int order = 0; order < 2; order++) {
		const struct pair_window *window = pairs_windows(
		        pairs, columns[order][0], columns[order][1]);

		for (; window; window = window->more ? window + 1 : NULL) {
			partner_add(&list, pairs, columns[order], window);
			found->in_force[order] += pair_window_holds(pairs, window, list.day);
		}
		if (order == 0)
			found->as_column1 = list.count;
	}
	found->partner_count = list.count;
	return 0;
}

static uint16_t pair_id(const struct pairs *pairs, const char *text, size_t size)
{
	static const struct set_schema procedures = {.key = SET_KEY_CODE, .tag = SYSTEM_PROCEDURE};
	uint64_t key = set_key_of(&procedures, text, size);

	return key ? pairs_id(pairs, key & ~code_key(SYSTEM_PROCEDURE, 0)) : 0;
}

/* A code, or two with a stroke between them. */
static int find_pairs(struct lookup *lookup, const struct set *set, struct diag *diag)
{
	const char *code = lookup->options->code;
	const char *stroke = strchr(code, '/');
	struct pairs pairs;
	struct found *found;
	uint16_t id, other;
	int err = pairs_open(&pairs, set, diag);

	if (err)
		return err;
	id = pair_id(&pairs, code, strcspn(code, "/"));
	other = stroke ? pair_id(&pairs, stroke + 1, strlen(stroke + 1)) : id;
	if (id == 0 || other == 0)
		return 0;
	found = add_set(lookup, set);
	if (!found)
		return FAIL_MEMORY;
	snprintf(found->code, sizeof(found->code), "%s", code);
	return stroke ? add_pair(found, &pairs, id, other) : add_partners(found, &pairs, id);
}

/* ---- Near codes ---- */

void found_near(struct found *found, const char *wanted, const char *code)
{
	struct suggestion near;
	size_t at;

	suggest_begin(&near, wanted);
	near.distance = found->near_count ? found->near_distance + 1 : NEAR_DISTANCE;
	suggest_try(&near, code);
	if (!near.best)
		return;
	if (found->near_count == 0 || near.distance < found->near_distance) {
		found->near_count = 0;
		found->near_more = 0;
		found->near_distance = near.distance;
	}
	for (at = found->near_count; at > 0 && strcmp(code, found->near[at - 1]) < 0; at--)
		if (at < NEAR_MAX)
			memcpy(found->near[at], found->near[at - 1], sizeof(found->near[at]));
	if (at < NEAR_MAX)
		snprintf(found->near[at], sizeof(found->near[at]), "%s", code);
	found->near_more += found->near_count == NEAR_MAX;
	found->near_count += found->near_count < NEAR_MAX;
}

static bool visit_near(void *context, const struct set *set, const char *text, uint64_t key)
{
	struct lookup *lookup = context;

	(void)set;
	(void)key;
	found_near(&lookup->found[lookup->count - 1], lookup->options->code, text);
	return true;
}

/* Sets of NPIs and pairs have no near codes: any ten digits are near to many.
 */
static int find_near(struct lookup *lookup, const struct sets *sets)
{
	for (size_t i = 0; i < sets_count(sets); i++) {
		const struct set *set = sets_at(sets, i);
		enum set_key key = set->schema->key;

		if (!set->verified || key == SET_KEY_NUMBER || key == SET_KEY_PAIR ||
		        view_has_pairs(set))
			continue;
		if (!add_set(lookup, set))
			return FAIL_MEMORY;
		snprintf(lookup->found[lookup->count - 1].code, SET_KEY_TEXT_MAX, "%s",
		        lookup->options->code);
		visit_keys(set, visit_near, lookup);
	}
	return 0;
}

static bool is_near_before(const struct lookup *lookup, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < lookup->found[i].near_count; j++)
			if (strcmp(lookup->found[i].near[j], code) == 0)
				return true;
	return false;
}

/* Leave out the codes that an earlier set has named: edits are of codes that lists have. */
static void drop_named(struct lookup *lookup, size_t count, struct found *found)
{
	size_t kept = 0;

	for (size_t i = 0; i < found->near_count; i++)
		if (!is_near_before(lookup, count, found->near[i]))
			memmove(found->near[kept++], found->near[i], sizeof(found->near[i]));
	found->near_count = kept;
}

/* Only the sets whose codes are nearest are told of. */
static void keep_nearest(struct lookup *lookup)
{
	size_t best = SIZE_MAX, kept = 0;

	for (size_t i = 0; i < lookup->count; i++)
		if (lookup->found[i].near_count && lookup->found[i].near_distance < best)
			best = lookup->found[i].near_distance;
	for (size_t i = 0; i < lookup->count; i++) {
		struct found found = lookup->found[i];

		if (found.near_distance == best)
			drop_named(lookup, kept, &found);
		if (found.near_count && found.near_distance == best)
			lookup->found[kept++] = found;
	}
	lookup->count = kept;
}

/* ---- What stands below a header ---- */

static int compare_texts(const void *left, const void *right)
{
	return strcmp(left, right);
}

struct below {
	struct found *found;
	char (*codes)[SET_KEY_TEXT_MAX];
	size_t count, room;
};

static bool visit_below(void *context, const struct set *set, const char *text, uint64_t key)
{
	struct below *below = context;
	size_t size = strlen(below->found->code);
	const struct set_row *row;

	if (strncmp(text, below->found->code, size) != 0 || !text[size])
		return true;
	row = set_find_day(set, key, below->found->day);
	if (!row || !view_row_has(set, row, "billable"))
		return true;
	if (below->count == below->room) {
		size_t room = below->room ? 2 * below->room : 64;
		void *codes = realloc(below->codes, room * sizeof(below->codes[0]));

		if (!codes)
			return false;
		below->codes = codes;
		below->room = room;
	}
	strcpy(below->codes[below->count++], text);
	return true;
}

/* The codes to use instead: for the reader, so that no memory for them is no
 * failure. */
static void find_below(struct found *found)
{
	struct below below = {.found = found};

	if (!found->rows || !view_row_has(found->set, found_row(found), "header"))
		return;
	visit_keys(found->set, visit_below, &below);
	if (below.count)
		qsort(below.codes, below.count, sizeof(below.codes[0]), compare_texts);
	found->near_distance = SIZE_MAX;
	found->near_count = below.count < NEAR_MAX ? below.count : NEAR_MAX;
	found->near_more = below.count - found->near_count;
	if (below.count)
		memcpy(found->near, below.codes, found->near_count * sizeof(found->near[0]));
	free(below.codes);
}

/* ---- A code ---- */

static int find_in_set(struct lookup *lookup, const struct set *set, struct diag *diag)
{
	const char *code = lookup->options->code;
	char text[SET_KEY_TEXT_MAX];
	uint64_t key;

	if (view_has_pairs(set))
		return find_pairs(lookup, set, diag);
	if (set->schema->key == SET_KEY_PAIR && !strchr(code, '/'))
		return find_parts(lookup, set, '/', true);
	if (set->schema->key == SET_KEY_CODE_MODIFIER && strlen(code) == 5)
		return find_parts(lookup, set, '-', false);
	key = set_key_of(set->schema, code, strlen(code));
	if (!key || !set_find(set, key))
		return 0;
	set_key_text(set->schema, key, text);
	if (!add_key(lookup, set, text, key))
		return FAIL_MEMORY;
	find_below(&lookup->found[lookup->count - 1]);
	return 0;
}

static int no_such_set(const struct sets *sets, const char *name, struct diag *diag)
{
	struct suggestion near;

	suggest_begin(&near, name);
	for (size_t i = 0; i < sets_count(sets); i++)
		suggest_try(&near, sets_at(sets, i)->schema->name);
	return diag_set(diag, FAIL_USAGE, "--set: no set \"%s\" here%s%s%s", name,
	        near.best ? ": did you mean " : "", near.best ? near.best : "",
	        near.best ? "?" : " (codes info lists them)");
}

static int lookup_images(struct lookup *lookup, struct sets *sets, struct diag *diag)
{
	const char *only = lookup->options->set;
	const struct set *set;
	int err = 0;

	if (only && !sets_find(sets, only))
		return no_such_set(sets, only, diag);
	for (size_t i = 0; i < sets_count(sets) && !err; i++) {
		const char *name = sets_at(sets, i)->schema->name;

		if (only && strcmp(only, name) != 0)
			continue;
		err = sets_use(sets, name, &set, diag);
		if (!err)
			err = find_in_set(lookup, set, diag);
	}
	if (!err && lookup->count == 0) {
		err = find_near(lookup, sets);
		keep_nearest(lookup);
	}
	return err;
}

static int print(const struct lookup *lookup, struct diag *diag)
{
	if (lookup->options->json)
		return lookup_print_json(lookup, diag);
	lookup_print_text(lookup);
	return 0;
}

static int lookup_in_starter(struct lookup *lookup, struct diag *diag)
{
	struct codes *codes;
	int err = codes_open_starter(&codes, diag);

	if (err)
		return err;
	err = lookup_starter(lookup, codes, diag);
	if (!err && lookup->count == 0) {
		lookup_near_starter(lookup, codes);
		keep_nearest(lookup);
	}
	if (!err)
		err = print(lookup, diag);
	codes_destroy(codes);
	return err;
}

static int lookup_in_folder(struct lookup *lookup, struct diag *diag)
{
	struct codes *owner;
	struct sets *sets;
	int err = codes_folder_sets(&owner, &sets, lookup->options->folder, diag);

	if (err)
		return err;
	err = lookup_images(lookup, sets, diag);
	if (!err)
		err = print(lookup, diag);
	codes_destroy(owner);
	return err;
}

/* As the sets write codes: capitals, without dots and blanks. */
static int clean_code(const char *text, char code[SET_KEY_TEXT_MAX], struct diag *diag)
{
	size_t size = 0;

	for (const char *at = text; *at; at++) {
		if (*at == '.' || *at == ' ')
			continue;
		if (size == SET_KEY_TEXT_MAX - 1 || !isgraph((unsigned char)*at))
			return diag_set(
			        diag, FAIL_USAGE, "codes lookup: \"%.40s\" is no code", text);
		code[size++] = (char)toupper((unsigned char)*at);
	}
	code[size] = '\0';
	return size ? 0 : diag_set(diag, FAIL_USAGE, "codes lookup: no code");
}

int codes_lookup(const struct lookup_options *options, struct diag *diag)
{
	struct lookup_options clean = *options;
	struct lookup lookup = {.options = &clean};
	char code[SET_KEY_TEXT_MAX];
	int err = clean_code(options->code, code, diag);

	if (err)
		return err;
	clean.code = code;
	err = options->folder ? lookup_in_folder(&lookup, diag) : lookup_in_starter(&lookup, diag);
	if (err == FAIL_MEMORY)
		diag_set(diag, err, "no memory for what was found");
	lookup_reset(&lookup);
	return err;
}
