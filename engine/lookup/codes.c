/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes.h"

#include "base/hash.h"
#include "base/tasks.h"
#include "lookup/codes_kinds.h"
#include "lookup/rows_lists.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The fictional NPIs that the starter's list of exclusions knows. */
enum { EXCLUSION_FIRST = 1000000000, EXCLUSION_LAST = 1002999999 };

/* Diagnoses are nearly half of what there is to read. */
enum { OPEN_THREADS = 2 };

/* ---- Opening ---- */

/* The tables of the systems: word with its tag to ref. */
static int build_table(struct codes *codes, const struct codes_source *source, struct diag *diag)
{
	enum code_system system = codes_kind_system(source->kind);
	size_t count = codes->counts[system] - 1;
	uint64_t *keys = malloc((count + 1) * sizeof(*keys));
	uint32_t *refs = malloc((count + 1) * sizeof(*refs));
	struct diag inner;
	int err = FAIL_MEMORY;

	diag_init(&inner);
	if (!keys || !refs)
		goto done;
	for (size_t i = 0; i < count; i++) {
		keys[i] = code_key(system, codes->words[system][i + 1]);
		refs[i] = (uint32_t)(i + 1);
	}
	phash_destroy(&codes->tables[system]);
	err = phash_build(&codes->tables[system], keys, refs, count, &inner);
done:
	if (err)
		diag_set(diag, err, "%s: %s", source->file,
		        inner.text[0] ? inner.text : "no memory");
	free(keys);
	free(refs);
	return err;
}

static int build_taxonomy(struct codes *codes, const char *file, struct diag *diag)
{
	size_t count = codes->taxonomy_count;
	uint64_t *keys = malloc((count + 1) * sizeof(*keys));
	uint32_t *indexes = malloc((count + 1) * sizeof(*indexes));
	struct diag inner;
	int err = FAIL_MEMORY;

	diag_init(&inner);
	if (!keys || !indexes)
		goto done;
	for (size_t i = 0; i < count; i++) {
		keys[i] = codes_taxonomy_key(codes->taxonomies[i].words);
		indexes[i] = (uint32_t)(i + 1);
	}
	phash_destroy(&codes->taxonomy);
	err = phash_build(&codes->taxonomy, keys, indexes, count, &inner);
done:
	if (err)
		diag_set(diag, err, "%s: %s", file, inner.text[0] ? inner.text : "no memory");
	free(keys);
	free(indexes);
	return err;
}

static int compare_exclusions(const void *left, const void *right)
{
	const struct exclusion *a = left, *b = right;

	if (a->npi != b->npi)
		return a->npi < b->npi ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

static int compare_minutes(const void *left, const void *right)
{
	const struct code_minutes *a = left, *b = right;

	return (a->word > b->word) - (a->word < b->word);
}

static struct codes_set_info describe(const struct codes_source *source, size_t rows)
{
	struct hash128 hash = hash128(source->text, (size_t)(source->end - source->text));

	return (struct codes_set_info){
	        .name = source->name,
	        .release = source->release,
	        .from = INT32_MIN,
	        .to = INT32_MAX,
	        .hash = {hash.low, hash.high},
	        .codes = rows,
	        .partial = source->partial,
	};
}

/* A kind is in tables of its own: several may be opened at once. */
static int open_source(struct codes *codes, const struct codes_source *source,
        struct codes_set_info *info, struct diag *diag)
{
	enum code_system system = codes_kind_system(source->kind);
	size_t rows;
	int err = codes_read(codes, source, &rows, diag);

	if (err)
		return err;
	*info = describe(source, rows);
	if (source->kind == KIND_MODIFIERS)
		codes->partial[SYSTEM_MODIFIER] = source->partial;
	if (source->kind == KIND_TAXONOMY)
		return build_taxonomy(codes, source->file, diag);
	if (source->kind == KIND_EXCLUSIONS)
		qsort(codes->exclusions, codes->exclusion_count, sizeof(*codes->exclusions),
		        compare_exclusions);
	if (source->kind == KIND_MINUTES)
		qsort(codes->minutes, codes->minutes_count, sizeof(*codes->minutes),
		        compare_minutes);
	if (system == SYSTEM_NONE)
		return 0;
	codes->partial[system] = source->partial;
	return build_table(codes, source, diag);
}

/* A table with no keys for what is not there, so that each look-up has one. */
static int open_empty(struct codes *codes, struct diag *diag)
{
	int err = phash_build(&codes->taxonomy, NULL, NULL, 0, diag);

	for (int system = 0; system < SYSTEM_COUNT && !err; system++) {
		codes->partial[system] = true;
		err = phash_build(&codes->tables[system], NULL, NULL, 0, diag);
	}
	return err;
}

/* Ref 0: nothing is known, and no day is in force.  A kind that is not there
 * has just that. */
static bool clear_unknown(struct codes *codes)
{
	if (!codes->diagnoses)
		codes->diagnoses = malloc(sizeof(*codes->diagnoses));
	if (!codes->procedures)
		codes->procedures = malloc(sizeof(*codes->procedures));
	if (!codes->icd10pcs)
		codes->icd10pcs = malloc(sizeof(*codes->icd10pcs));
	if (codes->diagnoses)
		codes->diagnoses[0] = (struct diagnosis_attributes){
		        .from = INT32_MAX, .to = INT32_MIN, .header_from = INT32_MAX};
	if (codes->procedures)
		codes->procedures[0] = (struct procedure_attributes){
		        .from = INT32_MAX, .to = INT32_MIN, .age_to = UINT8_MAX};
	if (codes->icd10pcs)
		codes->icd10pcs[0] = (struct code_window){.from = INT32_MAX, .to = INT32_MIN};
	return codes->diagnoses && codes->procedures && codes->icd10pcs;
}

struct opening {
	struct codes *codes;
	const struct codes_source *sources;
	const struct diag *diag; /* of the run: warnings go there */
	struct diag diags[KIND_COUNT];
};

static int open_one(void *context, size_t at)
{
	struct opening *opening = context;
	struct diag *diag = &opening->diags[at];

	diag_init_beside(diag, opening->diag);
	return open_source(opening->codes, &opening->sources[at], &opening->codes->sets[at], diag);
}

static int open_all(
        struct codes *codes, const struct codes_source sources[], size_t count, struct diag *diag)
{
	struct opening opening = {.codes = codes, .sources = sources, .diag = diag};
	int err = tasks_run(OPEN_THREADS, count, open_one, &opening);

	for (size_t i = 0; i < count && err && !diag->text[0]; i++)
		if (opening.diags[i].text[0])
			diag_set(diag, err, "%s", opening.diags[i].text);
	codes->set_count = count;
	return err;
}

int codes_open_sources(
        struct codes **codes, const struct codes_source sources[], size_t count, struct diag *diag)
{
	struct codes *made = calloc(1, sizeof(*made));
	int err;

	assert(count <= KIND_COUNT);
	*codes = NULL;
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	err = open_empty(made, diag);
	if (!err)
		err = open_all(made, sources, count, diag);
	if (!err && !clear_unknown(made))
		err = diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	if (err) {
		codes_destroy(made);
		return err;
	}
	*codes = made;
	return 0;
}

int codes_open_starter(struct codes **codes, struct diag *diag)
{
	size_t count;
	const struct codes_source *sources = starter_sources(&count);

	return codes_open_sources(codes, sources, count, diag);
}

void codes_destroy(struct codes *codes)
{
	if (!codes)
		return;
	for (int system = 0; system < SYSTEM_COUNT; system++) {
		if (!codes->borrowed[system])
			phash_destroy(&codes->tables[system]);
		free(codes->words[system]);
		free(codes->others[system]);
	}
	for (int part = 0; part < PART_COUNT; part++)
		free(codes->covered[part]);
	free(codes->modifier_windows);
	free(codes->releases);
	sets_close(codes->images);
	phash_destroy(&codes->taxonomy);
	free(codes->diagnoses);
	free(codes->procedures);
	free(codes->icd10pcs);
	free(codes->taxonomies);
	free(codes->exclusions);
	free(codes->minutes);
	free(codes);
}

const struct code_minutes *codes_minutes(const struct codes *codes, size_t *count)
{
	*count = codes->minutes_count;
	return codes->minutes;
}

size_t codes_set_count(const struct codes *codes)
{
	return codes->set_count;
}

const struct codes_set_info *codes_set_at(const struct codes *codes, size_t index)
{
	return index < codes->set_count ? &codes->sets[index] : NULL;
}

bool codes_partial(const struct codes *codes, enum code_system system)
{
	return codes->partial[system];
}

/* ---- Codes ---- */

void codes_find(const struct codes *codes, enum code_system system, const uint64_t words[],
        size_t count, uint32_t refs[])
{
	phash_find_batch(&codes->tables[system], code_key(system, 0), words, count, refs);
}

/* One slot of diagnoses or procedures: its words, how many each line has, its
 * refs. */
struct slot {
	enum code_system system;
	unsigned number;
	const uint64_t *words;
	const uint8_t *counts;
	uint32_t *refs;
};

/* Only the lines of a larger count have a code in the slot. */
static void find_slot(const struct codes *codes, const struct slot *slot, uint32_t count)
{
	uint32_t lines[BATCH_LINES], refs[BATCH_LINES], filled = 0;
	uint64_t words[BATCH_LINES];

	for (uint32_t i = 0; i < count; i++) {
		lines[filled] = i;
		words[filled] = slot->words[i];
		filled += slot->counts[i] > slot->number;
	}
	if (filled == count) {
		codes_find(codes, slot->system, slot->words, count, slot->refs);
		return;
	}
	codes_find(codes, slot->system, words, filled, refs);
	memset(slot->refs, 0, count * sizeof(*slot->refs));
	for (uint32_t i = 0; i < filled; i++)
		slot->refs[lines[i]] = refs[i];
}

static unsigned largest(const uint8_t counts[], uint32_t count)
{
	unsigned most = 0;

	for (uint32_t i = 0; i < count; i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

/* ---- The row of a day ---- */

/* Rows of all systems begin alike. */
static inline const struct code_window *row_window(const void *rows, size_t size, uint32_t ref)
{
	return (const struct code_window *)((const uint8_t *)rows + ref * size);
}

/* The rows of a code part all days among them: the first that does not end
 * before the day. */
static uint32_t resolve_other(
        const struct other_rows *others, const void *rows, size_t size, uint32_t ref, int32_t day)
{
	uint32_t at = others[ref].first, end = at + others[ref].count;

	if (at == end || day == DATE_ABSENT)
		return ref;
	while (at + 1 < end && row_window(rows, size, at)->to < day)
		at++;
	return at;
}

/* Nearly every line is settled by the row that is there: a compare, and no
 * branch taken. */
static inline void resolve_column(const struct other_rows *others, const void *rows, size_t size,
        const int32_t days[], uint32_t count, uint32_t refs[])
{
	for (uint32_t i = 0; i < count; i++) {
		const struct code_window *window = row_window(rows, size, refs[i]);

		if (days[i] < window->from || days[i] > window->to)
			refs[i] = resolve_other(others, rows, size, refs[i], days[i]);
	}
}

static void resolve_diagnoses(
        const struct codes *codes, const int32_t days[], uint32_t count, uint32_t refs[])
{
	resolve_column(codes->others[SYSTEM_ICD10CM], codes->diagnoses, sizeof(*codes->diagnoses),
	        days, count, refs);
}

static void resolve_procedures(
        const struct codes *codes, const int32_t days[], uint32_t count, uint32_t refs[])
{
	resolve_column(codes->others[SYSTEM_PROCEDURE], codes->procedures,
	        sizeof(*codes->procedures), days, count, refs);
}

static void resolve_icd10pcs(
        const struct codes *codes, const int32_t days[], uint32_t count, uint32_t refs[])
{
	resolve_column(codes->others[SYSTEM_ICD10PCS], codes->icd10pcs, sizeof(*codes->icd10pcs),
	        days, count, refs);
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* The days by which diagnoses are judged: of inpatient claims the discharge. */
static void key_days(const struct batch *batch, int32_t days[BATCH_LINES])
{
	for (uint32_t i = 0; i < batch->count; i++) {
		int32_t thru = batch->service_thru[i];
		int32_t out = batch->discharge[i] != DATE_ABSENT ? batch->discharge[i] : thru;

		days[i] = batch->inpatient[i] ? out : smaller(batch->service_from[i], thru);
	}
}

static void service_days(const struct batch *batch, int32_t days[BATCH_LINES])
{
	for (uint32_t i = 0; i < batch->count; i++)
		days[i] = smaller(batch->service_from[i], batch->service_thru[i]);
}

static void resolve_batch(
        const struct codes *codes, struct batch *batch, unsigned diagnoses, unsigned procedures)
{
	bool dx = codes->others[SYSTEM_ICD10CM] && diagnoses;
	bool pcs = codes->others[SYSTEM_ICD10PCS] && procedures;
	int32_t days[BATCH_LINES] COLUMN;

	if (codes->others[SYSTEM_PROCEDURE]) {
		service_days(batch, days);
		resolve_procedures(codes, days, batch->count, batch->hcpcs_ref);
	}
	if (dx || pcs)
		key_days(batch, days);
	for (unsigned slot = 0; dx && slot < diagnoses; slot++)
		resolve_diagnoses(codes, days, batch->count, batch->diagnosis_ref[slot]);
	for (unsigned slot = 0; pcs && slot < procedures; slot++)
		resolve_icd10pcs(codes, days, batch->count, batch->procedure_ref[slot]);
}

void codes_find_batch(const struct codes *codes, struct batch *batch)
{
	unsigned diagnoses = largest(batch->diagnosis_count, batch->count);
	unsigned procedures = largest(batch->procedure_count, batch->count);

	codes_find(codes, SYSTEM_PROCEDURE, batch->hcpcs, batch->count, batch->hcpcs_ref);
	for (unsigned slot = 0; slot < diagnoses; slot++)
		find_slot(codes,
		        &(struct slot){SYSTEM_ICD10CM, slot, batch->diagnosis[slot],
		                batch->diagnosis_count, batch->diagnosis_ref[slot]},
		        batch->count);
	for (unsigned slot = 0; slot < procedures; slot++)
		find_slot(codes,
		        &(struct slot){SYSTEM_ICD10PCS, slot, batch->procedure[slot],
		                batch->procedure_count, batch->procedure_ref[slot]},
		        batch->count);
	resolve_batch(codes, batch, diagnoses, procedures);
}

/* ---- The window around a day ---- */

/* The rows of a code, by place: 0 is the one that its ref names, then the
 * others in order. */
struct code_rows {
	const void *rows;
	size_t size;
	uint32_t ref;
	struct other_rows others;
};

static struct code_rows rows_of_code(
        const struct codes *codes, enum code_system system, uint32_t ref)
{
	struct code_rows found = {.ref = ref};

	found.rows = system == SYSTEM_ICD10CM    ? (const void *)codes->diagnoses
	             : system == SYSTEM_ICD10PCS ? (const void *)codes->icd10pcs
	                                         : (const void *)codes->procedures;
	found.size = system == SYSTEM_ICD10CM    ? sizeof(*codes->diagnoses)
	             : system == SYSTEM_ICD10PCS ? sizeof(*codes->icd10pcs)
	                                         : sizeof(*codes->procedures);
	if (codes->others[system])
		found.others = codes->others[system][ref];
	return found;
}

/* The row that holds the day, else one of nothing. */
static struct code_window window_on(const struct code_rows *rows, int32_t day)
{
	struct code_window window = *row_window(rows->rows, rows->size, rows->ref);

	for (uint32_t i = 0; i < rows->others.count && (day < window.from || day > window.to); i++)
		window = *row_window(rows->rows, rows->size, rows->others.first + i);
	if (day < window.from || day > window.to)
		window = (struct code_window){INT32_MAX, INT32_MIN};
	return window;
}

/* A day of the window wanted: the day itself, the first in force behind it,
 * else the last before. */
static int32_t day_in_force(const struct code_rows *rows, int32_t day)
{
	int64_t next = INT64_MAX, last = INT64_MIN;

	for (uint32_t i = 0; i <= rows->others.count; i++) {
		uint32_t at = i ? rows->others.first + i - 1 : rows->ref;
		const struct code_window *window = row_window(rows->rows, rows->size, at);

		if (window->from > window->to)
			continue;
		if (window->from <= day && day <= window->to)
			return day;
		if (window->from > day && window->from < next)
			next = window->from;
		if (window->to < day && window->to > last)
			last = window->to;
	}
	return next != INT64_MAX ? (int32_t)next : last != INT64_MIN ? (int32_t)last : day;
}

struct code_window codes_in_force(
        const struct codes *codes, enum code_system system, uint64_t word, int32_t day)
{
	struct code_window window, next;
	struct code_rows rows;
	uint32_t ref;

	codes_find(codes, system, &word, 1, &ref);
	rows = rows_of_code(codes, system, ref);
	window = next = window_on(&rows, day_in_force(&rows, day));
	while (window.to != INT32_MAX && next.from <= next.to) {
		next = window_on(&rows, window.to + 1);
		window.to = next.from <= next.to ? next.to : window.to;
	}
	next = window;
	while (window.from != INT32_MIN && next.from <= next.to) {
		next = window_on(&rows, window.from - 1);
		window.from = next.from <= next.to ? next.from : window.from;
	}
	return window;
}

const struct diagnosis_attributes *codes_diagnoses(const struct codes *codes)
{
	return codes->diagnoses;
}

const struct procedure_attributes *codes_procedures(const struct codes *codes)
{
	return codes->procedures;
}

const struct code_window *codes_icd10pcs(const struct codes *codes)
{
	return codes->icd10pcs;
}

size_t codes_ref_count(const struct codes *codes, enum code_system system)
{
	return codes->counts[system];
}

uint32_t codes_other_rows(
        const struct codes *codes, enum code_system system, uint32_t ref, uint32_t *first)
{
	const struct other_rows *others = codes->others[system];

	*first = others ? others[ref].first : 0;
	return others ? others[ref].count : 0;
}

size_t codes_row_count(const struct codes *codes, enum code_system system)
{
	size_t refs = codes_ref_count(codes, system), rows = refs;

	for (uint32_t ref = 1; ref < refs; ref++) {
		uint32_t first, count = codes_other_rows(codes, system, ref, &first);

		if ((size_t)first + count > rows)
			rows = (size_t)first + count;
	}
	return rows;
}

uint64_t codes_word(const struct codes *codes, enum code_system system, uint32_t ref)
{
	const struct phash *table = &codes->tables[system];

	if (codes->words[system])
		return ref < codes->counts[system] ? codes->words[system][ref] : CODE_BLANK;
	for (uint32_t slot = 0; ref && slot < table->slots; slot++)
		if (table->values[slot] == ref)
			return table->keys[slot] & ~code_key(UINT8_MAX, 0);
	return CODE_BLANK;
}

/* ---- Small lists ---- */

uint8_t codes_modifier(const struct codes *codes, uint16_t modifier)
{
	int first = base36(modifier & 0xff), second = base36(modifier >> 8);

	return first < 0 || second < 0 ? 0 : codes->modifiers[first * BASE36 + second];
}

uint8_t codes_modifier_on(const struct codes *codes, uint16_t modifier, int32_t day)
{
	int first = base36(modifier & 0xff), second = base36(modifier >> 8);
	const struct code_window *window;

	if (first < 0 || second < 0)
		return 0;
	if (codes->modifier_windows && day != DATE_ABSENT) {
		window = &codes->modifier_windows[first * BASE36 + second];
		if (day < window->from || day > window->to)
			return 0;
	}
	return codes->modifiers[first * BASE36 + second];
}

bool codes_place_assigned(const struct codes *codes, unsigned place)
{
	return place < PLACES && codes->places[place];
}

bool codes_revenue_known(const struct codes *codes, unsigned revenue)
{
	return revenue < REVENUE_CODES && (codes->revenue[revenue / 64] >> (revenue % 64) & 1);
}

bool codes_bill_type_known(const struct codes *codes, uint32_t bill_type)
{
	int first = base36(bill_type & 0xff), second = base36(bill_type >> 8 & 0xff);
	int third = base36(bill_type >> 16 & 0xff);
	unsigned bit;

	if (first < 0 || second < 0 || third < 0 || bill_type >> 24)
		return false;
	bit = (unsigned)((first * BASE36 + second) * BASE36 + third);
	return codes->bill_types[bit / 64] >> (bit % 64) & 1;
}

uint16_t codes_taxonomy_specialty(const struct codes *codes, const uint64_t taxonomy[2])
{
	uint32_t index = phash_find(&codes->taxonomy, codes_taxonomy_key(taxonomy));
	const struct taxonomy_specialty *row;

	if (index == 0)
		return 0;
	row = &codes->taxonomies[index - 1];
	return row->words[0] == taxonomy[0] && row->words[1] == taxonomy[1] ? row->specialty : 0;
}

/* The starter's list has rows by NPI, then day: the first that is not before an NPI's. */
static size_t first_exclusion(const struct codes *codes, uint64_t npi)
{
	size_t low = 0, high = codes->exclusion_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (codes->exclusions[middle].npi < npi)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool codes_starter_exclusion(
        const struct codes *codes, uint64_t npi, size_t at, int32_t *from, int32_t *to)
{
	size_t row = first_exclusion(codes, npi) + at;

	if (row >= codes->exclusion_count || codes->exclusions[row].npi != npi)
		return false;
	*from = codes->exclusions[row].from;
	*to = codes->exclusions[row].to;
	return true;
}

/* NPIs of its own range alone. */
static int starter_exclusion(
        const struct codes *codes, uint64_t npi, int32_t date, struct code_exclusion *exclusion)
{
	if (npi < EXCLUSION_FIRST || npi > EXCLUSION_LAST)
		return -1;
	for (size_t low = first_exclusion(codes, npi);
	        low < codes->exclusion_count && codes->exclusions[low].npi == npi; low++)
		if (codes->exclusions[low].from <= date && date <= codes->exclusions[low].to) {
			exclusion->from = codes->exclusions[low].from;
			return 1;
		}
	return 0;
}

/* The latest exclusion in force: several may be at a time. */
static int listed_exclusion(
        const struct set *leie, uint64_t npi, int32_t date, struct code_exclusion *exclusion)
{
	const struct set_row *row = set_find(leie, (uint64_t)leie->schema->tag << 56 | npi);
	int found = 0;

	for (unsigned left = row ? row->more + 1u : 0; left;
	        left--, row = set_next_row(leie, row)) {
		const struct leie_row *listed = (const struct leie_row *)(const void *)row;

		if (date < row->from || date > row->to)
			continue;
		*exclusion = (struct code_exclusion){
		        row->from, listed->waiver_state, listed->waiver_day};
		found = 1;
	}
	return found;
}

int codes_exclusion(
        const struct codes *codes, uint64_t npi, int32_t date, struct code_exclusion *exclusion)
{
	npi &= ID_VALUE_MASK;
	*exclusion = (struct code_exclusion){DATE_ABSENT, 0, DATE_ABSENT};
	if (date == DATE_ABSENT)
		return -1;
	if (codes->parts[PART_LEIE])
		return listed_exclusion(codes->parts[PART_LEIE], npi, date, exclusion);
	return starter_exclusion(codes, npi, date, exclusion);
}

int codes_excluded(const struct codes *codes, uint64_t npi, int32_t date)
{
	struct code_exclusion exclusion;

	return codes_exclusion(codes, npi, date, &exclusion);
}

void codes_npis(const struct codes *codes, const uint64_t npis[], size_t count, uint8_t said[])
{
	enum { PIECE = 64 };
	const struct set *leie = codes->parts[PART_LEIE];
	uint32_t rows[PIECE];

	if (codes->parts[PART_NPPES]) {
		memset(said, NPI_BY_DAY, count);
		return;
	}
	for (size_t i = 0; !leie && i < count; i++)
		said[i] = npis[i] >= EXCLUSION_FIRST && npis[i] <= EXCLUSION_LAST ? NPI_BY_DAY : 0;
	for (size_t at = 0; leie && at < count; at += PIECE) {
		size_t piece = count - at < PIECE ? count - at : PIECE;

		phash_find_batch(
		        &leie->table, (uint64_t)leie->schema->tag << 56, npis + at, piece, rows);
		for (size_t i = 0; i < piece; i++)
			said[at + i] = rows[i] ? NPI_BY_DAY : NPI_NOT_EXCLUDED;
	}
}

int codes_deactivated(const struct codes *codes, uint64_t npi, int32_t date, int32_t *since)
{
	const struct set *nppes = codes->parts[PART_NPPES];
	const struct set_row *row;
	int32_t ended = INT32_MIN;

	npi &= ID_VALUE_MASK;
	row = nppes && date != DATE_ABSENT
	              ? set_find_checked(nppes, (uint64_t)nppes->schema->tag << 56 | npi)
	              : NULL;
	if (!row)
		return -1;
	for (unsigned left = row->more + 1u; left; left--, row = set_next_row(nppes, row)) {
		if (row->from <= date && date <= row->to)
			return 0;
		if (row->to < date && row->to > ended)
			ended = row->to;
	}
	if (ended == INT32_MIN)
		return 0;
	*since = ended + 1;
	return 1;
}

int32_t codes_enumerated(const struct codes *codes, uint64_t npi)
{
	const struct set *nppes = codes->parts[PART_NPPES];
	const struct set_row *row = nppes ? set_find_checked(
	                                            nppes, (uint64_t)nppes->schema->tag << 56 |
	                                                           (npi & ID_VALUE_MASK))
	                                  : NULL;

	return row && row->from != INT32_MIN ? row->from : DATE_ABSENT;
}
