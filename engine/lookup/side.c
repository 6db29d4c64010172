/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/side.h"

#include "base/hash.h"
#include "base/pages.h"
#include "format/csv.h"
#include "input/plan.h"
#include "lookup/phash.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY_BIAS = 1 << 19, SAMPLE_BYTES = 64 << 10, WORKERS_MAX = 256, SIDE_FIELDS = 4 };

struct entry {
	_Atomic uint64_t key; /* 0: free */
	_Atomic uint64_t facts;
};

struct side {
	struct entry *entries;
	size_t size; /* entries, free ones included */
	struct field_set fields;
	atomic_size_t count, conflicts;
	atomic_size_t deaths, month_end_deaths;
	atomic_bool full;
};

/* ---- Packing: the facts are fields of a word; 0 is "not said". ---- */

struct packed_field {
	unsigned shift, bits;
};

static const struct packed_field member_fields[SIDE_FIELDS] = {
        {0, 20}, {20, 20}, {40, 2}, {42, 16}};
static const struct packed_field provider_fields[SIDE_FIELDS] = {
        {0, 16}, {16, 16}, {32, 2}, {34, 2}};

static uint64_t pack_date(int32_t date)
{
	if (date <= -DAY_BIAS || date >= DAY_BIAS)
		return 0;
	return (uint64_t)(date + DAY_BIAS);
}

static int32_t unpack_date(uint64_t packed)
{
	packed &= (1 << 20) - 1;
	return packed ? (int32_t)packed - DAY_BIAS : DATE_ABSENT;
}

static uint64_t pack_member(const struct batch *batch, uint32_t line)
{
	return pack_date(batch->birth[line]) | pack_date(batch->death[line]) << 20 |
	       (uint64_t)batch->sex[line] << 40 | (uint64_t)batch->state[line] << 42;
}

/* The flag column of a provider's row says whether it teaches. */
static enum side_teaching teaching_of(const struct batch *batch, uint32_t line)
{
	if (!field_set_has(&batch->layout->bound, FIELD_DENIED))
		return TEACHING_UNKNOWN;
	return batch->said[line] & SAID_DENIED ? TEACHING_YES : TEACHING_NO;
}

static uint64_t pack_provider(const struct codes *codes, const struct batch *batch, uint32_t line)
{
	uint16_t specialty = batch->specialty[line];

	if (specialty == 0 && batch->taxonomy[line][0])
		specialty = codes_taxonomy_specialty(codes, batch->taxonomy[line]);
	return (uint64_t)specialty | (uint64_t)batch->state[line] << 16 |
	       (uint64_t)batch->entity_type[line] << 32 | (uint64_t)teaching_of(batch, line) << 34;
}

/* Field by field: what is said beats what is not, the smaller beats the larger. */
static uint64_t merge_facts(uint64_t a, uint64_t b, const struct packed_field fields[SIDE_FIELDS])
{
	uint64_t merged = 0;

	for (size_t i = 0; i < SIDE_FIELDS; i++) {
		uint64_t mask = (((uint64_t)1 << fields[i].bits) - 1) << fields[i].shift;
		uint64_t of_a = a & mask, of_b = b & mask;

		merged |= of_a == 0 || (of_b != 0 && of_b < of_a) ? of_b : of_a;
	}
	return merged;
}

/* ---- The table ---- */

/* What a batch adds to the counts of the table: these are shared, and once a row is too often. */
struct added {
	size_t keys, conflicts, deaths, month_end_deaths;
};

static void add_counts(struct side *side, const struct added *added)
{
	atomic_fetch_add_explicit(&side->count, added->keys, memory_order_relaxed);
	atomic_fetch_add_explicit(&side->conflicts, added->conflicts, memory_order_relaxed);
	atomic_fetch_add_explicit(&side->deaths, added->deaths, memory_order_relaxed);
	atomic_fetch_add_explicit(
	        &side->month_end_deaths, added->month_end_deaths, memory_order_relaxed);
}

/* Where the entry of a key is looked for first. */
static inline size_t first_slot(const struct side *side, uint64_t key)
{
	return (size_t)((unsigned __int128)(key * PHASH_MULTIPLIER) * side->size >> 64);
}

static inline size_t next_slot(const struct side *side, size_t at)
{
	return at + 1 < side->size ? at + 1 : 0;
}

static struct entry *find_slot(struct side *side, uint64_t key, struct added *added)
{
	size_t at = first_slot(side, key);

	for (size_t tries = 0; tries <= side->size / 2; tries++, at = next_slot(side, at)) {
		uint64_t there = 0;

		if (atomic_compare_exchange_strong_explicit(&side->entries[at].key, &there, key,
		            memory_order_relaxed, memory_order_relaxed)) {
			added->keys++;
			return &side->entries[at];
		}
		if (there == key)
			return &side->entries[at];
	}
	return NULL;
}

static void add_facts(struct side *side, uint64_t key, uint64_t facts,
        const struct packed_field fields[SIDE_FIELDS], struct added *added)
{
	struct entry *entry = find_slot(side, key, added);
	uint64_t there;

	if (!entry) {
		atomic_store_explicit(&side->full, true, memory_order_relaxed);
		return;
	}
	facts |= (uint64_t)1 << 63; /* said */
	there = atomic_load_explicit(&entry->facts, memory_order_relaxed);
	for (;;) {
		uint64_t merged = merge_facts(there, facts, fields) | (uint64_t)1 << 63;

		if (atomic_compare_exchange_weak_explicit(&entry->facts, &there, merged,
		            memory_order_relaxed, memory_order_relaxed))
			break;
	}
	added->conflicts += there != 0 && there != facts;
}

static uint64_t facts_at(const struct side *side, uint64_t key)
{
	for (size_t at = first_slot(side, key);; at = next_slot(side, at)) {
		uint64_t there = atomic_load_explicit(&side->entries[at].key, memory_order_relaxed);

		if (there == key)
			return atomic_load_explicit(&side->entries[at].facts, memory_order_relaxed);
		if (there == 0)
			return 0;
	}
}

static void prefetch(const struct side *side, uint64_t key)
{
	__builtin_prefetch(&side->entries[first_slot(side, key)]);
}

/* ---- Reading ---- */

struct loader {
	struct side *side;
	const struct side_options *options;
	struct plan *plan;
	struct layouts *layouts;
	const struct layout *_Atomic *file_layouts;
	pthread_mutex_t mutex;
	struct diag *diag; /* the first failure's */
	int err;
	struct csv_counts counts;
};

/* The entries are far apart: each line's is on its way while those before it are filled. */
static void fetch_members(const struct side *side, struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice person = batch->person_id[i];

		batch->person_key[i] = person.size
		                               ? person_key_of(batch->text + person.at, person.size)
		                               : 0;
		prefetch(side, batch->person_key[i]);
	}
}

static int add_members(void *context, struct batch *batch, struct diag *diag)
{
	struct loader *loader = context;
	struct added added = {0};

	(void)diag;
	fetch_members(loader->side, batch);
	for (uint32_t i = 0; i < batch->count; i++) {
		if (!batch->person_key[i])
			continue;
		add_facts(loader->side, batch->person_key[i], pack_member(batch, i), member_fields,
		        &added);
		if (batch->death[i] != DATE_ABSENT) {
			added.deaths++;
			added.month_end_deaths += date_month(batch->death[i] + 1) !=
			                          date_month(batch->death[i]);
		}
	}
	add_counts(loader->side, &added);
	return 0;
}

static int add_providers(void *context, struct batch *batch, struct diag *diag)
{
	struct loader *loader = context;
	struct added added = {0};

	(void)diag;
	for (uint32_t i = 0; i < batch->count; i++) {
		uint64_t facts = pack_provider(loader->options->codes, batch, i);

		if (batch->rendering[i])
			add_facts(
			        loader->side, batch->rendering[i], facts, provider_fields, &added);
		if (batch->billing_ccn[i])
			add_facts(loader->side, batch->billing_ccn[i], facts, provider_fields,
			        &added);
	}
	add_counts(loader->side, &added);
	return 0;
}

static void *load(void *context)
{
	struct loader *loader = context;
	struct csv_options options = {
	        .level = loader->options->level,
	        .reader = loader->options->reader,
	        .layouts = loader->layouts,
	        .plan = loader->plan,
	        .file_layouts = loader->file_layouts,
	        .batch = loader->options->use == USE_MEMBERS ? add_members : add_providers,
	        .context = loader,
	};
	struct diag diag;
	const struct span *span;
	struct csv *csv = NULL;
	int err;

	diag_init(&diag);
	err = csv_create(&csv, &options, &diag);
	while (err == 0 && (span = plan_take(loader->plan))) {
		struct span_edges edges;

		err = csv_span(csv, span, 0, &edges, &diag);
	}
	pthread_mutex_lock(&loader->mutex);
	if (csv)
		csv_counts_merge(&loader->counts, csv_counts(csv));
	if (err < 0 && loader->err == 0) {
		loader->err = err;
		diag_set(loader->diag, err, "%s", diag.text);
	}
	pthread_mutex_unlock(&loader->mutex);
	csv_destroy(csv);
	return NULL;
}

static void load_by_all(struct loader *loader)
{
	unsigned threads = loader->options->threads;
	pthread_t ids[WORKERS_MAX];
	unsigned started = 0;

	if (threads > loader->plan->span_count)
		threads = (unsigned)loader->plan->span_count;
	for (; started + 1 < threads && started < WORKERS_MAX; started++) {
		if (pthread_create(&ids[started], NULL, load, loader) != 0)
			break;
	}
	load(loader);
	while (started > 0)
		pthread_join(ids[--started], NULL);
}

/* Line number of an offset, for a message. */
static uint64_t line_of(const char *path, uint64_t offset)
{
	FILE *file = fopen(path, "re");
	uint64_t line = 1;

	if (!file)
		return 0;
	for (uint64_t at = 0; at < offset; at++) {
		int byte = getc_unlocked(file);

		if (byte == EOF)
			break;
		line += byte == '\n';
	}
	fclose(file);
	return line;
}

/* A side table is the user's own: any row that cannot be read is an error. */
static int refuse_bad_rows(const struct loader *loader, struct diag *diag)
{
	for (unsigned bad = 0; bad < BAD_KINDS; bad++) {
		if (loader->counts.quarantined[bad])
			return diag_set(diag, FAIL_TABLE, "%s:%llu: row cannot be read (%s)",
			        loader->options->path,
			        (unsigned long long)line_of(loader->options->path,
			                loader->counts.samples[bad][0].offset),
			        bad_name((enum bad)bad));
	}
	return 0;
}

/* Rows, from the line ends of the file's first bytes. */
static size_t estimate_rows(const char *path, uint64_t size)
{
	static const size_t least = 1024;
	FILE *file = fopen(path, "re");
	size_t bytes = 0, lines = 1;
	int byte;

	if (!file)
		return least;
	while (bytes < SAMPLE_BYTES && (byte = getc_unlocked(file)) != EOF) {
		bytes++;
		lines += byte == '\n';
	}
	fclose(file);
	return (size_t)((double)size / (double)(bytes + 1) * (double)lines * 1.05) + least;
}

static size_t table_bytes(const struct side *side)
{
	return side->size * sizeof(*side->entries);
}

/* Two of three entries are in use: half of those that are there are found at once. */
static int make_table(struct side *side, size_t rows, struct diag *diag)
{
	pages_destroy(side->entries, table_bytes(side));
	side->size = rows + rows / 2;
	side->entries = pages_create(table_bytes(side));
	side->count = side->conflicts = side->deaths = side->month_end_deaths = 0;
	side->full = false;
	if (!side->entries)
		return diag_set(diag, FAIL_MEMORY, "no memory for a side file");
	if (table_bytes(side) >= PAGE_HUGE_BYTES)
		pages_ask_huge(side->entries, table_bytes(side));
	return 0;
}

static int read_all(struct loader *loader, struct diag *diag)
{
	size_t rows = estimate_rows(loader->options->path, loader->plan->total_bytes);

	for (;;) {
		int err = make_table(loader->side, rows, diag);

		if (err < 0)
			return err;
		plan_rewind(loader->plan);
		memset(&loader->counts, 0, sizeof(loader->counts));
		load_by_all(loader);
		if (loader->err < 0)
			return loader->err;
		if (!loader->side->full && loader->side->count < loader->side->size / 8 * 7)
			return refuse_bad_rows(loader, diag);
		rows = loader->side->size * 2;
	}
}

static int check_path(const char *path, struct diag *diag)
{
	struct stat facts;

	if (stat(path, &facts) < 0)
		return diag_set(diag, FAIL_INPUT, "%s: %s", path, strerror(errno));
	if (S_ISDIR(facts.st_mode))
		return diag_set(diag, FAIL_INPUT, "%s: is a directory, a file is needed", path);
	return 0;
}

static int open_loader(struct loader *loader, struct diag *diag)
{
	const char *inputs[] = {loader->options->path, NULL};
	struct plan_options plan = {
	        .inputs = inputs, .tmp = loader->options->tmp, .threads = loader->options->threads};
	int err = check_path(loader->options->path, diag);

	if (err == 0)
		err = plan_create(&loader->plan, &plan, diag);
	if (err == 0)
		err = layouts_create(&loader->layouts, loader->options->use, NULL, diag);
	if (err < 0)
		return err;
	loader->file_layouts = calloc(loader->plan->file_count + 1, sizeof(*loader->file_layouts));
	return loader->file_layouts ? 0 : diag_set(diag, FAIL_MEMORY, "no memory");
}

int side_read(struct side **side, const struct side_options *options, struct diag *diag)
{
	struct loader *loader = calloc(1, sizeof(*loader));
	struct side *made = calloc(1, sizeof(*made));
	int err = loader && made ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for a side file");

	if (err < 0)
		goto out;
	loader->side = made;
	loader->options = options;
	loader->diag = diag;
	pthread_mutex_init(&loader->mutex, NULL);
	err = open_loader(loader, diag);
	if (err == 0)
		err = read_all(loader, diag);
	if (err == 0)
		made->fields = layouts_bound(loader->layouts);
	layouts_destroy(loader->layouts);
	plan_destroy(loader->plan);
	free(loader->file_layouts);
	pthread_mutex_destroy(&loader->mutex);
out:
	free(loader);
	if (err < 0) {
		side_destroy(made);
		return err;
	}
	*side = made;
	return 0;
}

void side_destroy(struct side *side)
{
	if (!side)
		return;
	pages_destroy(side->entries, table_bytes(side));
	free(side);
}

bool side_conflicts(const struct side *side)
{
	return side->conflicts != 0;
}

struct field_set side_fields(const struct side *side)
{
	return side->fields;
}

int side_death_month_level(const struct side *side)
{
	return side->month_end_deaths * 5 > side->deaths;
}

/* ---- Joining ---- */

static void join_member(
        uint64_t facts, struct batch *batch, uint32_t line, struct side_counts *counts)
{
	int32_t birth = unpack_date(facts), death = unpack_date(facts >> 20);
	uint8_t sex = facts >> 40 & 3;

	if (batch->birth[line] == DATE_ABSENT)
		batch->birth[line] = birth;
	else
		counts->birth += birth != DATE_ABSENT && birth != batch->birth[line];
	if (batch->death[line] == DATE_ABSENT)
		batch->death[line] = death;
	else
		counts->death += death != DATE_ABSENT && death != batch->death[line];
	if (batch->sex[line] == SEX_BLANK)
		batch->sex[line] = sex;
	else
		counts->sex += sex != SEX_BLANK && sex != batch->sex[line];
}

/* Columns that the file lacks hold what an earlier batch's join left there. */
static void blank_unbound(const struct layout *layout, struct batch *batch)
{
	bool birth = field_set_has(&layout->bound, FIELD_BIRTH);
	bool death = field_set_has(&layout->bound, FIELD_DEATH);
	bool sex = field_set_has(&layout->bound, FIELD_SEX);

	for (uint32_t i = 0; i < batch->count && !birth; i++)
		batch->birth[i] = DATE_ABSENT;
	for (uint32_t i = 0; i < batch->count && !death; i++)
		batch->death[i] = DATE_ABSENT;
	for (uint32_t i = 0; i < batch->count && !sex; i++)
		batch->sex[i] = SEX_BLANK;
}

void side_members(const struct side *side, struct batch *batch, struct side_counts *counts)
{
	blank_unbound(batch->layout, batch);
	for (uint32_t i = 0; i < batch->count; i++)
		prefetch(side, batch->person_key[i]);
	for (uint32_t i = 0; i < batch->count; i++) {
		uint64_t facts = batch->person_key[i] ? facts_at(side, batch->person_key[i]) : 0;

		if (facts)
			join_member(facts, batch, i, counts);
	}
}

static void join_provider(
        uint64_t facts, struct batch *batch, uint32_t line, struct side_counts *counts)
{
	uint16_t specialty = facts & 0xffff, state = facts >> 16 & 0xffff;
	uint8_t entity = facts >> 32 & 3;

	if (batch->specialty[line] == 0)
		batch->specialty[line] = specialty;
	else
		counts->specialty += specialty && specialty != batch->specialty[line];
	if (batch->state[line] == 0)
		batch->state[line] = state;
	else
		counts->state += state && state != batch->state[line];
	if (batch->entity_type[line] == 0)
		batch->entity_type[line] = entity;
	else
		counts->entity_type += entity && entity != batch->entity_type[line];
}

void side_providers(const struct side *side, struct batch *batch, struct side_counts *counts)
{
	uint64_t facts = 0;

	for (uint32_t i = 0; i < batch->count; i++)
		prefetch(side, batch->provider_id[i]);
	for (uint32_t i = 0; i < batch->count; i++) {
		if (i == 0 || batch->provider_id[i] != batch->provider_id[i - 1])
			facts = facts_at(side, batch->provider_id[i]);
		if (facts)
			join_provider(facts, batch, i, counts);
	}
}

struct side_provider side_provider_find(const struct side *side, uint64_t id)
{
	uint64_t facts = side && id ? facts_at(side, id) : 0;

	return (struct side_provider){
	        .specialty = facts & 0xffff,
	        .state = facts >> 16 & 0xffff,
	        .entity_type = facts >> 32 & 3,
	        .teaching = facts >> 34 & 3,
	};
}
