/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The images of a folder, laid over the starter set.
 */
#include "base/hash.h"
#include "lookup/codes_join.h"
#include "lookup/rows_lists.h"
#include "lookup/set_private.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The sets that look-ups read, by part; MCE has two forms, and the first that is there counts. */
static const struct {
	const char *name;
	enum codes_part part;
} part_sets[] = {
        {"icd10cm", PART_ICD10CM},
        {"icd10pcs", PART_ICD10PCS},
        {"mce", PART_MCE},
        {"mce_lists", PART_MCE},
        {"hcpcs", PART_HCPCS},
        {"cpt", PART_CPT},
        {"mpfs", PART_MPFS},
        {"mue_practitioner", PART_MUE_PRACTITIONER},
        {"mue_hospital", PART_MUE_HOSPITAL},
        {"mue_dme", PART_MUE_DME},
        {"aoc", PART_AOC},
        {"modifiers", PART_MODIFIERS},
        {"leie", PART_LEIE},
        {"nppes", PART_NPPES},
};
enum { PART_SETS = sizeof(part_sets) / sizeof(part_sets[0]) };

/* ---- Opening ---- */

/* Keep the days of a set, unless it covers them all. */
static int keep_days(
        struct codes *codes, enum codes_part part, const struct set *set, struct diag *diag)
{
	size_t size = set->covered_count * sizeof(*set->covered);

	if (set->covered_count == 0 ||
	        (set->covered_count == 1 && set->covered[0].from == INT32_MIN &&
	                set->covered[0].to == INT32_MAX))
		return 0;
	codes->covered[part] = malloc(size);
	if (!codes->covered[part])
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	memcpy(codes->covered[part], set->covered, size);
	codes->covered_count[part] = set->covered_count;
	return 0;
}

/* Open the sets of some parts; of two threads each has its own. */
static int open_parts(struct codes *codes, unsigned wanted, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < PART_SETS && !err; i++) {
		enum codes_part part = part_sets[i].part;
		const struct set *set = NULL;

		if (!(wanted & PART_BIT(part)) || codes->parts[part])
			continue;
		err = part == PART_NPPES
		              ? sets_use_lazily(codes->images, part_sets[i].name, &set, diag)
		              : sets_use(codes->images, part_sets[i].name, &set, diag);
		if (err || !set)
			continue;
		codes->parts[part] = set;
		err = keep_days(codes, part, set, diag);
	}
	return err;
}

static void settle_days(struct codes *codes)
{
	codes->absent = codes->parts[PART_NPPES] ? 0 : PART_BIT(PART_NPPES);
	for (unsigned part = 0; part < PART_COUNT; part++)
		codes->limited |= codes->covered[part] ? PART_BIT(part) : 0;
}

/* ---- Small lists ---- */

/* Every key of a set with its text and its first row. */
struct list {
	const struct set *set;
	uint32_t slot;
	char text[SET_KEY_TEXT_MAX];
	const struct set_row *row;
};

static bool list_next(struct list *list)
{
	const struct phash *table = &list->set->table;

	while (list->slot < table->slots) {
		uint64_t key = table->keys[list->slot++];

		if (!key)
			continue;
		set_key_text(list->set->schema, key, list->text);
		list->row = set_find(list->set, key);
		return true;
	}
	return false;
}

static bool is_number(const char *text, size_t size, unsigned *number)
{
	*number = 0;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (unsigned)(text[i] - '0');
	}
	return text[size] == '\0';
}

/* CMS lists the numbers that it has not given away, too. */
static void read_places(struct codes *codes, const struct set *set)
{
	struct list list = {.set = set};
	unsigned place;

	memset(codes->places, 0, sizeof(codes->places));
	while (list_next(&list)) {
		const struct pos_row *row = (const struct pos_row *)(const void *)list.row;
		const char *name = set_text(set, row->name);

		if (is_number(list.text, 2, &place) && strncasecmp(name, "unassigned", 10) != 0)
			codes->places[place] = 1;
	}
}

static void read_revenue(struct codes *codes, const struct set *set)
{
	struct list list = {.set = set};
	unsigned revenue;

	memset(codes->revenue, 0, sizeof(codes->revenue));
	while (list_next(&list))
		if (is_number(list.text, 4, &revenue))
			codes->revenue[revenue / 64] |= (uint64_t)1 << (revenue % 64);
}

static void read_bill_types(struct codes *codes, const struct set *set)
{
	struct list list = {.set = set};

	memset(codes->bill_types, 0, sizeof(codes->bill_types));
	while (list_next(&list)) {
		int first = base36((uint8_t)list.text[0]), second = base36((uint8_t)list.text[1]);
		int third = base36((uint8_t)list.text[2]);
		unsigned bit;

		if (first < 0 || second < 0 || third < 0)
			continue;
		bit = (unsigned)((first * BASE36 + second) * BASE36 + third);
		codes->bill_types[bit / 64] |= (uint64_t)1 << (bit % 64);
	}
}

/* From the first day to the last of all its rows. */
static struct code_window rows_window(const struct codes *codes, const struct list *list)
{
	struct code_window all = {INT32_MAX, INT32_MIN};
	const struct set_row *row = list->row;

	for (unsigned left = row->more + 1u; left; left--, row = set_next_row(list->set, row)) {
		struct code_window window = join_window(codes, PART_MODIFIERS, row);

		all.from = window.from < all.from ? window.from : all.from;
		all.to = window.to > all.to ? window.to : all.to;
	}
	return all;
}

/* What is anatomic, or anaesthesia's, is the starter's to say. */
static int read_modifiers(struct codes *codes, struct diag *diag)
{
	const struct set *set = codes->parts[PART_MODIFIERS];
	struct list list = {.set = set};
	bool known[BASE36 * BASE36] = {false};

	if (!set)
		return 0;
	codes->modifier_windows = malloc(sizeof(known) * sizeof(*codes->modifier_windows));
	if (!codes->modifier_windows)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	for (size_t i = 0; i < sizeof(known); i++)
		codes->modifier_windows[i] = (struct code_window){INT32_MIN, INT32_MAX};
	while (list_next(&list)) {
		int first = base36((uint8_t)list.text[0]), second = base36((uint8_t)list.text[1]);

		if (first < 0 || second < 0)
			continue;
		known[first * BASE36 + second] = true;
		codes->modifier_windows[first * BASE36 + second] = rows_window(codes, &list);
	}
	for (size_t i = 0; i < sizeof(known); i++) {
		codes->modifiers[i] |= known[i] ? MODIFIER_KNOWN : 0;
		if (!known[i] && !set->partial)
			codes->modifiers[i] = 0;
	}
	codes->partial[SYSTEM_MODIFIER] = set->complete_count == 0;
	return 0;
}

static int read_list(struct codes *codes, const char *name,
        void (*read)(struct codes *, const struct set *), struct diag *diag)
{
	const struct set *set = NULL;
	int err = sets_use(codes->images, name, &set, diag);

	if (!err && set)
		read(codes, set);
	return err;
}

static int read_lists(struct codes *codes, struct diag *diag)
{
	int err = read_list(codes, "pos", read_places, diag);

	if (!err)
		err = read_list(codes, "revenue", read_revenue, diag);
	if (!err)
		err = read_list(codes, "tob", read_bill_types, diag);
	return err ? err : read_modifiers(codes, diag);
}

/* ---- What the run was judged by ---- */

/* The release, or the first and last by their days with the number of them. */
static void write_release(const struct set *set, char text[CODES_RELEASE_SIZE])
{
	size_t count = set_source_count(set);
	struct set_source first, last, source;

	snprintf(text, CODES_RELEASE_SIZE, "none");
	if (count == 0)
		return;
	set_source_at(set, 0, &first);
	last = first;
	for (size_t i = 1; i < count; i++) {
		set_source_at(set, i, &source);
		if (source.from < first.from)
			first = source;
		if (source.from > last.from)
			last = source;
	}
	if (strcmp(first.release, last.release) == 0)
		snprintf(text, CODES_RELEASE_SIZE, "%s", first.release);
	else
		snprintf(text, CODES_RELEASE_SIZE, "%s to %s (%zu releases)", first.release,
		        last.release, count);
}

static void describe_set(struct codes *codes, const struct set *set)
{
	size_t index = codes->set_count;
	const struct set_header *header = set->image;

	write_release(set, codes->releases[index]);
	codes->sets[codes->set_count++] = (struct codes_set_info){
	        .name = set->schema->name,
	        .release = codes->releases[index],
	        .from = set->from,
	        .to = set->to,
	        .hash = {header->header_hash.low, header->header_hash.high},
	        .codes = set->key_count,
	        .partial = set->partial,
	};
}

/* Which sets of a folder stand in place of one of the starter's. */
static bool is_replaced(const struct codes *codes, const char *name)
{
	static const struct {
		const char *starter, *sets[2];
	} replaced[] = {{"diagnoses", {"icd10cm", "mce"}}, {"procedures", {"hcpcs", "cpt"}},
	        {"icd10pcs", {"icd10pcs", "icd10pcs"}}, {"modifiers", {"modifiers", "modifiers"}},
	        {"places", {"pos", "pos"}}, {"revenue", {"revenue", "revenue"}},
	        {"bill_types", {"tob", "tob"}}, {"exclusions", {"leie", "leie"}}};

	for (size_t i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++)
		if (strcmp(replaced[i].starter, name) == 0)
			return sets_find(codes->images, replaced[i].sets[0]) &&
			       sets_find(codes->images, replaced[i].sets[1]);
	return false;
}

/* The folder's sets, then what the starter still says; as far as that goes it is partial. */
static int describe(struct codes *codes, struct diag *diag)
{
	struct codes_set_info starter[KIND_COUNT];
	size_t count = codes->set_count;

	assert(count <= KIND_COUNT);
	memcpy(starter, codes->sets, count * sizeof(starter[0]));
	codes->releases = calloc(CODES_SETS_MAX, sizeof(*codes->releases));
	if (!codes->releases)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	codes->set_count = 0;
	for (size_t i = 0; i < sets_count(codes->images); i++)
		if (codes->set_count < CODES_SETS_MAX - KIND_COUNT)
			describe_set(codes, sets_at(codes->images, i));
	for (size_t i = 0; i < count; i++) {
		if (is_replaced(codes, starter[i].name))
			continue;
		starter[i].partial = true;
		codes->sets[codes->set_count++] = starter[i];
	}
	return 0;
}

static void settle_partial(struct codes *codes)
{
	static const enum codes_part parts[] = {PART_ICD10CM, PART_ICD10PCS};
	static const enum code_system systems[] = {SYSTEM_ICD10CM, SYSTEM_ICD10PCS};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (codes->parts[parts[i]])
			codes->partial[systems[i]] = codes->parts[parts[i]]->complete_count == 0;
	codes->partial[SYSTEM_PROCEDURE] = true;
	codes->partial[SYSTEM_MODIFIER] |= !codes->parts[PART_MODIFIERS];
	for (unsigned part = PART_HCPCS; part <= PART_CPT; part++)
		if (codes->parts[part] && codes->parts[part]->complete_count)
			codes->partial[SYSTEM_PROCEDURE] = false;
}

/* ---- Two halves, a thread each: procedures, and all else ---- */

enum {
	PARTS_OF_PROCEDURES = PARTS_PROCEDURE | PARTS_MUE | PART_BIT(PART_MPFS) |
	                      PART_BIT(PART_AOC),
	PARTS_OF_PROVIDERS = PART_BIT(PART_LEIE) | PART_BIT(PART_NPPES),
};

struct half {
	struct codes *codes;
	struct diag diag;
	int err;
};

static void *open_procedures(void *context)
{
	struct half *half = context;

	half->err = open_parts(half->codes, PARTS_OF_PROCEDURES, &half->diag);
	if (!half->err)
		half->err = codes_join_procedures(half->codes, &half->diag);
	return NULL;
}

/* Sets of providers are many times the size of others: read where a rule asks for them only. */
static int open_others(
        struct codes *codes, const struct codes_sets_options *options, struct diag *diag)
{
	unsigned aside = PARTS_OF_PROCEDURES | (PARTS_OF_PROVIDERS & ~options->parts);
	int err = open_parts(codes, ~aside, diag);

	if (!err)
		err = read_lists(codes, diag);
	if (!err)
		err = codes_join_diagnoses(codes, diag);
	return err ? err : codes_join_icd10pcs(codes, diag);
}

static int open_halves(
        struct codes *codes, const struct codes_sets_options *options, struct diag *diag)
{
	struct half procedures = {.codes = codes};
	pthread_t thread;
	bool apart;
	int err;

	diag_init(&procedures.diag);
	apart = pthread_create(&thread, NULL, open_procedures, &procedures) == 0;
	if (!apart)
		open_procedures(&procedures);
	err = open_others(codes, options, diag);
	if (apart)
		pthread_join(thread, NULL);
	if (!err && procedures.err)
		err = diag_set(diag, procedures.err, "%s", procedures.diag.text);
	return err;
}

int codes_use_set(struct codes *codes, const char *name, const struct set **set, struct diag *diag)
{
	*set = NULL;
	return codes->images ? sets_use(codes->images, name, set, diag) : 0;
}

int codes_damage(const struct codes *codes, struct diag *diag)
{
	const struct set *nppes = codes->parts[PART_NPPES];

	return nppes ? set_damage(nppes, diag) : 0;
}

int codes_open_sets(
        struct codes **codes, const struct codes_sets_options *options, struct diag *diag)
{
	struct codes *made;
	int err = codes_open_starter(codes, diag);

	if (err)
		return err;
	made = *codes;
	made->nearest = options->nearest;
	err = sets_open(&made->images, options->folder, diag);
	if (!err)
		err = open_halves(made, options, diag);
	if (!err)
		err = describe(made, diag);
	settle_days(made);
	settle_partial(made);
	if (err) {
		codes_destroy(made);
		*codes = NULL;
	}
	return err;
}
