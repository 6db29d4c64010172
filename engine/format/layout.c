/* SPDX-License-Identifier: Apache-2.0 */
#include "format/layout.h"

#include "format/map.h"
#include "format/pack.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMNS_MAX = 4096, NAME_MAX_SIZE = 128, RANK_CLAIM_LEVEL = 20 };

struct layouts {
	enum layout_use use;
	struct column_map *map; /* NULL: none */
	pthread_mutex_t mutex;  /* taken when a new header is met, never on the scan path */
	_Atomic(uint32_t) count;
	struct layout *_Atomic list[LAYOUTS_MAX];
};

struct column {
	char name[NAME_MAX_SIZE];
};

int layouts_create(
        struct layouts **layouts, enum layout_use use, const char *map, struct diag *diag)
{
	struct layouts *made = calloc(1, sizeof(*made));
	int err;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for layouts");
	made->use = use;
	pthread_mutex_init(&made->mutex, NULL);
	err = map ? column_map_read(&made->map, map, diag) : 0;
	if (err < 0) {
		layouts_destroy(made);
		return err;
	}
	*layouts = made;
	return 0;
}

void layouts_destroy(struct layouts *layouts)
{
	if (!layouts)
		return;
	for (uint32_t i = 0; i < atomic_load(&layouts->count); i++) {
		free(layouts->list[i]->header);
		free(layouts->list[i]);
	}
	column_map_destroy(layouts->map);
	pthread_mutex_destroy(&layouts->mutex);
	free(layouts);
}

uint32_t layouts_count(const struct layouts *layouts)
{
	return atomic_load_explicit(&layouts->count, memory_order_acquire);
}

const struct layout *layouts_at(const struct layouts *layouts, uint32_t number)
{
	return atomic_load_explicit(&layouts->list[number], memory_order_relaxed);
}

struct field_set layouts_bound(const struct layouts *layouts)
{
	struct field_set bound = {{0}};

	for (uint32_t i = 0; i < layouts_count(layouts); i++) {
		for (unsigned word = 0; word < 4; word++)
			bound.words[word] |= layouts_at(layouts, i)->bound.words[word];
	}
	return bound;
}

/* ---- Names ---- */

struct alias {
	const char *name;
	enum field field;
	unsigned rank;
};

static const struct alias claim_aliases[] = {
#define ALIAS(name, symbol, rank) {name, FIELD_##symbol, rank},
#include "format/aliases.def"
#undef ALIAS
};

static const struct alias member_aliases[] = {
        {"state", FIELD_STATE, 1},
        {"BENE_BIRTH_DT", FIELD_BIRTH, 1},
        {"BENE_DEATH_DT", FIELD_DEATH, 1},
        {"BENE_SEX_IDENT_CD", FIELD_SEX, 1},
        {"DESYNPUF_ID", FIELD_PERSON_ID, 1},
        {"birth_dt", FIELD_BIRTH, 2},
};

static const struct alias provider_aliases[] = {
        {"npi", FIELD_RENDERING_NPI, 1}, {"state", FIELD_STATE, 1}, {"tin", FIELD_BILLING_TIN, 1},
        {"ccn", FIELD_BILLING_CCN, 1}, {"specialty", FIELD_SPECIALTY, 1},
        {"taxonomy", FIELD_TAXONOMY, 1},
        {"teaching", FIELD_DENIED, 1}, /* a flag like that of lines: lookup/side.c */
};

static bool is_numbered(const char *name, const char *stem, unsigned max, unsigned *number)
{
	size_t size = strlen(stem);
	char *end;
	unsigned long value;

	if (strncasecmp(name, stem, size) != 0 || !isdigit((unsigned char)name[size]))
		return false;
	value = strtoul(name + size, &end, 10);
	*number = (unsigned)value;
	return *end == '\0' && value >= 1 && value <= max;
}

static bool find_in(
        const struct alias *aliases, size_t count, const char *name, struct alias *found)
{
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(aliases[i].name, name) == 0) {
			*found = aliases[i];
			return true;
		}
	}
	return false;
}

/* The numbered columns of RIF: codes with their slot in the name. */
static bool find_numbered(const char *name, struct alias *found)
{
	unsigned number;

	if (is_numbered(name, "ICD_DGNS_CD", DIAGNOSES_MAX, &number)) {
		*found = (struct alias){name, FIELD_DIAGNOSIS_1 + number - 1, 1};
		return true;
	}
	if (is_numbered(name, "ICD_PRCDR_CD", PROCEDURES_MAX, &number)) {
		*found = (struct alias){name, FIELD_PROCEDURE_1 + number - 1, 1};
		return true;
	}
	return false;
}

static bool find_canonical(const char *name, struct alias *found)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		const char *canonical = field_name((enum field)field);

		if (canonical[0] && strcasecmp(canonical, name) == 0) {
			*found = (struct alias){canonical, (enum field)field, 0};
			return true;
		}
	}
	return false;
}

static bool find_name(enum layout_use use, const char *name, struct alias *found)
{
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
	if (use == USE_MEMBERS && find_in(member_aliases, COUNT_OF(member_aliases), name, found))
		return true;
	if (use == USE_PROVIDERS &&
	        find_in(provider_aliases, COUNT_OF(provider_aliases), name, found))
		return true;
	if (find_canonical(name, found) && found->field != FIELD_MEMBER_ID)
		return true;
	return find_in(claim_aliases, COUNT_OF(claim_aliases), name, found) ||
	       find_numbered(name, found);
}

/* ---- Splitting the header ---- */

static bool is_utf16(const uint8_t *data, size_t size)
{
	return size >= 2 &&
	       ((data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff) ||
	               (size >= 4 && data[1] == 0 && data[3] == 0 && data[0] != 0));
}

/* End of the header line: the line feed outside quotes, or size. */
static size_t header_end(const uint8_t *data, size_t size)
{
	bool quoted = false;

	for (size_t i = 0; i < size; i++) {
		if (data[i] == '"')
			quoted = !quoted;
		else if (data[i] == '\n' && !quoted)
			return i;
	}
	return size;
}

static uint8_t detect_delimiter(const uint8_t *data, size_t size)
{
	static const uint8_t candidates[] = {',', '\t', '|', ';'};
	size_t best_count = 0;
	uint8_t best = ',';

	for (size_t c = 0; c < sizeof(candidates); c++) {
		size_t count = 0;
		bool quoted = false;

		for (size_t i = 0; i < size; i++) {
			if (data[i] == '"')
				quoted = !quoted;
			count += !quoted && data[i] == candidates[c];
		}
		if (count > best_count) {
			best_count = count;
			best = candidates[c];
		}
	}
	return best;
}

/* Column names, trimmed, quotes off.  Returns their number, COLUMNS_MAX at most. */
static uint32_t split_names(
        const uint8_t *data, size_t size, uint8_t delimiter, struct column *columns)
{
	uint32_t count = 0;
	size_t at = 0;

	while (count < COLUMNS_MAX) {
		struct column *column = &columns[count++];
		bool quoted = false;
		size_t length = 0;

		for (; at < size && (quoted || data[at] != delimiter); at++) {
			if (data[at] == '"')
				quoted = !quoted;
			else if ((data[at] > ' ' || length > 0) && length < NAME_MAX_SIZE - 1)
				column->name[length++] = (char)data[at];
		}
		while (length > 0 && (uint8_t)column->name[length - 1] <= ' ')
			length--;
		column->name[length] = '\0';
		if (at++ >= size)
			break;
	}
	return count;
}

/* ---- Binding ---- */

static void bind_column(struct layout *layout, unsigned ranks[FIELD_COUNT], uint32_t column,
        const struct alias *alias)
{
	enum field field = alias->field;

	if (field_set_has(&layout->bound, field) && ranks[field] <= alias->rank)
		return;
	field_set_add(&layout->bound, field);
	ranks[field] = alias->rank;
	layout->column_of[field] = (uint16_t)column;
	if (field == FIELD_CHARGE)
		layout->claim_level[0] = alias->rank >= RANK_CLAIM_LEVEL;
	if (field == FIELD_ALLOWED)
		layout->claim_level[1] = alias->rank >= RANK_CLAIM_LEVEL;
	if (field == FIELD_PAID)
		layout->claim_level[2] = alias->rank >= RANK_CLAIM_LEVEL;
}

/*
 * ORG_NPI_NUM is the organisation's on a carrier line and the facility's on an
 * institutional claim.
 */
static void bind_organisation(struct layout *layout, unsigned ranks[FIELD_COUNT], uint32_t column)
{
	bool institutional = field_set_has(&layout->bound, FIELD_REVENUE);
	struct alias alias = {"", institutional ? FIELD_FACILITY_NPI : FIELD_BILLING_NPI, 5};

	bind_column(layout, ranks, column, &alias);
}

static void bind_names(struct layouts *layouts, struct layout *layout, const struct column *columns,
        struct field_set *mapped)
{
	unsigned ranks[FIELD_COUNT] = {0};
	uint32_t organisation = UINT32_MAX;

	layout->family = "canonical";
	for (uint32_t i = 0; i < layout->columns; i++) {
		struct alias alias = {NULL, 0, 0};
		int field = layouts->map ? column_map_find(layouts->map, columns[i].name, i) : -1;

		if (field >= 0) {
			alias = (struct alias){"", (enum field)field, 0};
			field_set_add(mapped, (enum field)field);
			layout->family = "map";
		} else if (!find_name(layouts->use, columns[i].name, &alias)) {
			if (strcasecmp(columns[i].name, "ORG_NPI_NUM") == 0)
				organisation = i;
			continue;
		}
		if (alias.rank > 0 && strcasecmp(columns[i].name, "CLM_ID") == 0)
			layout->family = "rif";
		bind_column(layout, ranks, i, &alias);
	}
	if (organisation != UINT32_MAX)
		bind_organisation(layout, ranks, organisation);
}

/* May this field's columns be parsed together, side by side? */
static bool joins_group(enum field field)
{
	switch (field_type(field)) {
	case CELL_DIAGNOSIS:
	case CELL_PROCEDURE:
	case CELL_MODIFIER:
	case CELL_CONDITION:
		return true;
	default:
		return false;
	}
}

static void make_groups(struct layout *layout)
{
	struct cell_group *group = NULL;

	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		if (!field_set_has(&layout->bound, (enum field)field) ||
		        field_type((enum field)field) == CELL_NONE) {
			group = NULL;
			continue;
		}
		if (group && joins_group((enum field)field) &&
		        field_type(group->field) == field_type((enum field)field) &&
		        group->column + group->count == layout->column_of[field]) {
			group->count++;
			continue;
		}
		group = &layout->groups[layout->group_count++];
		*group = (struct cell_group){(enum field)field, layout->column_of[field], 1};
	}
}

/* ---- What a header must have ---- */

static bool has(const struct layout *layout, enum field field)
{
	return field_set_has(&layout->bound, field);
}

static bool has_column(const struct column *columns, uint32_t count, const char *name)
{
	bool has = false;

	for (uint32_t i = 0; i < count && !has; i++)
		has = strcasecmp(columns[i].name, name) == 0;
	return has;
}

/*
 * A header that is no claims' may be that of a file that lies beside them, as in the
 * folder that gen writes.  Returns what to do with it, or NULL.
 */
static const char *beside_claims(const struct column *columns, uint32_t count)
{
	static const struct {
		const char *key, *mark; /* columns that tell it */
		const char *words;
	} known[] = {
	        {"npi", "scheme",
	                "these are the labels of claimscan gen, which no scan reads: name the "
	                "claim "
	                "files alone, those beside them by --members and --providers"},
	        {"person_id", "birth_date",
	                "its columns are a members file's: give it by --members, and name the "
	                "claim "
	                "files alone"},
	        {"person_id", "coverage_start",
	                "its columns are a members file's: give it by --members, and name the "
	                "claim "
	                "files alone"},
	        {"npi", "specialty_code",
	                "its columns are a providers file's: give it by --providers, and name the "
	                "claim files alone"},
	        {"npi", "taxonomy_code",
	                "its columns are a providers file's: give it by --providers, and name the "
	                "claim files alone"},
	};

	if (has_column(columns, count, "claim_id"))
		return NULL;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (has_column(columns, count, known[i].key) &&
		        has_column(columns, count, known[i].mark))
			return known[i].words;
	}
	return NULL;
}

static int check_claims(const struct layout *layout, const char *path, struct diag *diag)
{
	bool provider = has(layout, FIELD_RENDERING_NPI) || has(layout, FIELD_BILLING_NPI) ||
	                has(layout, FIELD_FACILITY_NPI) || has(layout, FIELD_BILLING_TIN) ||
	                has(layout, FIELD_BILLING_CCN);
	bool any = false;

	for (unsigned word = 0; word < 4; word++)
		any |= layout->bound.words[word] != 0;
	if (!any)
		return diag_set(diag, FAIL_DATA,
		        "%s:0: no header: the first line names no column known here (--map FILE "
		        "names them)",
		        path);
	if (!has(layout, FIELD_CLAIM_ID))
		return diag_set(
		        diag, FAIL_DATA, "%s:0: no column claim_id (--map FILE names it)", path);
	if (!provider)
		return diag_set(diag, FAIL_DATA,
		        "%s:0: no provider column: one of rendering_npi, billing_npi, "
		        "facility_npi, "
		        "billing_tin, billing_ccn is needed (--map FILE names it)",
		        path);
	return 0;
}

static int check_layout(
        enum layout_use use, const struct layout *layout, const char *path, struct diag *diag)
{
	switch (use) {
	case USE_CLAIMS:
		return check_claims(layout, path, diag);
	case USE_MEMBERS:
		if (!has(layout, FIELD_PERSON_ID))
			return diag_set(diag, FAIL_TABLE, "%s:1: no column person_id", path);
		return 0;
	case USE_PROVIDERS:
		if (!has(layout, FIELD_RENDERING_NPI))
			return diag_set(diag, FAIL_TABLE, "%s:1: no column npi", path);
		return 0;
	}
	return FAIL_INTERNAL;
}

static int refuse_other_formats(
        enum layout_use use, const struct file_head *head, struct diag *diag)
{
	const uint8_t *data = head->data;
	const char *path = head->path;
	size_t size = head->size;

	static const struct {
		const char *magic;
		size_t size;
		const char *name;
		int err;
	} known[] = {
	        {"\x1f\x8b", 2, "gzip: decompress it first; compressed input", FAIL_ABSENT},
	        {"\x28\xb5\x2f\xfd", 4, "zstd: decompress it first; compressed input", FAIL_ABSENT},
	        {"PK\x03\x04", 4, "zip: unpack it first; zipped input", FAIL_ABSENT},
	        {"ISA", 3, "X12: this format", FAIL_ABSENT},
	        {"{\"resourceType\"", 15, "FHIR JSON: this format", FAIL_ABSENT},
	        {"SQLite format 3", 15, "a SQLite database: this format", FAIL_ABSENT},
	        {"PAR1", 4, "Parquet: this format", FAIL_ABSENT},
	};

	if (size >= PACK_MAGIC_BYTES && memcmp(data, PACK_MAGIC, PACK_MAGIC_BYTES) == 0)
		return use == USE_CLAIMS ? LAYOUT_PACK
		                         : diag_set(diag, FAIL_TABLE,
		                                   "%s:0: a claim pack, no side file", path);
	if (is_utf16(data, size))
		return diag_set(diag, FAIL_DATA,
		        "%s:0: UTF-16 text: convert it to UTF-8 first (iconv -f UTF-16 -t UTF-8)",
		        path);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (size >= known[i].size && memcmp(data, known[i].magic, known[i].size) == 0)
			return diag_set(
			        diag, known[i].err, "%s:0: %s is not built", path, known[i].name);
	}
	return 0;
}

/* ---- Finding and adding ---- */

static bool matches(const struct layout *layout, const uint8_t *data, size_t size)
{
	return layout->header_bytes > 0 && layout->header_bytes <= size &&
	       memcmp(layout->header, data, layout->header_bytes) == 0;
}

static const struct layout *find_known(struct layouts *layouts, const uint8_t *data, size_t size)
{
	for (uint32_t i = 0; i < layouts_count(layouts); i++) {
		if (matches(layouts_at(layouts, i), data, size))
			return layouts_at(layouts, i);
	}
	return NULL;
}

static int keep_header(struct layout *layout, const uint8_t *data, size_t size)
{
	layout->header_bytes = size;
	layout->header = malloc(size ? size : 1);
	if (!layout->header)
		return FAIL_MEMORY;
	memcpy(layout->header, data, size);
	return 0;
}

static bool is_read(const struct layout *layout, uint32_t column)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		if (has(layout, (enum field)field) && layout->column_of[field] == column)
			return true;
	}
	return false;
}

/* Which of two columns of one name is meant cannot be known: say which is read. */
static void warn_of_twins(const struct layout *layout, const struct column *columns,
        const char *path, struct diag *diag)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		uint32_t read = layout->column_of[field];

		if (!has(layout, (enum field)field) || columns[read].name[0] == '\0')
			continue;
		for (uint32_t i = 0; i < layout->columns; i++) {
			if (i != read && strcasecmp(columns[i].name, columns[read].name) == 0 &&
			        !is_read(layout, i))
				diag_warn(diag,
				        "%s:1: columns %u and %u are both named %s: column %u is "
				        "read, the other is not",
				        path, (i < read ? i : read) + 1, (i < read ? read : i) + 1,
				        columns[read].name, read + 1);
		}
	}
}

static int bind_header(struct layouts *layouts, struct layout *layout, const uint8_t *data,
        size_t end, const char *path, struct diag *diag)
{
	struct column *columns = calloc(COLUMNS_MAX, sizeof(*columns));
	struct field_set mapped = {{0}};
	size_t bom = end >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	uint8_t given = layouts->map ? column_map_delimiter(layouts->map) : 0;
	int err;

	if (!columns)
		return diag_set(diag, FAIL_MEMORY, "no memory for a header");
	layout->delimiter = given ? given : detect_delimiter(data + bom, end - bom);
	layout->columns = split_names(data + bom, end - bom, layout->delimiter, columns);
	bind_names(layouts, layout, columns, &mapped);
	if (!layouts->map || !column_map_headerless(layouts->map))
		warn_of_twins(layout, columns, path, diag);
	const char *beside = layouts->use == USE_CLAIMS && !has(layout, FIELD_CLAIM_ID)
	                             ? beside_claims(columns, layout->columns)
	                             : NULL;

	free(columns);
	err = layouts->map ? column_map_check(layouts->map, &mapped, path, diag) : 0;
	if (err == 0 && beside)
		err = diag_set(diag, FAIL_DATA, "%s:0: no column claim_id: %s", path, beside);
	if (err == 0)
		err = check_layout(layouts->use, layout, path, diag);
	make_groups(layout);
	return err;
}

/* From now on it is the run's. */
static const struct layout *publish(struct layouts *layouts, struct layout *layout)
{
	layout->number = layouts_count(layouts);
	layouts->list[layout->number] = layout;
	atomic_store_explicit(&layouts->count, layout->number + 1, memory_order_release);
	return layout;
}

static int add(struct layouts *layouts, const struct file_head *head, size_t end,
        const struct layout **found, struct diag *diag)
{
	struct layout *layout = calloc(1, sizeof(*layout));
	bool headerless = layouts->map && column_map_headerless(layouts->map);
	size_t first = headerless ? 0 : end < head->size ? end + 1 : end;
	int err;

	if (!layout)
		return diag_set(diag, FAIL_MEMORY, "no memory for a layout");
	err = bind_header(layouts, layout, head->data, end, head->path, diag);
	if (err == 0)
		err = keep_header(layout, head->data, first);
	if (err == 0 && layouts_count(layouts) == LAYOUTS_MAX)
		err = diag_set(diag, FAIL_DATA, "%s:0: over %d different headers in one run",
		        head->path, LAYOUTS_MAX);
	if (err < 0) {
		free(layout->header);
		free(layout);
		return err;
	}
	*found = publish(layouts, layout);
	return 1;
}

/* A header not met before: bound by the first thread that comes. */
static int find_or_add(struct layouts *layouts, const struct file_head *head, size_t end,
        const struct layout **layout, struct diag *diag)
{
	int err = 1;

	pthread_mutex_lock(&layouts->mutex);
	*layout = find_known(layouts, head->data, head->size);
	if (!*layout)
		err = add(layouts, head, end, layout, diag);
	pthread_mutex_unlock(&layouts->mutex);
	return err;
}

int layouts_find(struct layouts *layouts, const struct file_head *head,
        const struct layout **layout, struct diag *diag)
{
	size_t end;
	int err;

	*layout = head->last && matches(head->last, head->data, head->size)
	                  ? head->last
	                  : find_known(layouts, head->data, head->size);
	if (*layout)
		return 1;
	err = refuse_other_formats(layouts->use, head, diag);
	if (err < 0)
		return err;
	end = header_end(head->data, head->size);
	if (end == head->size && !head->whole)
		return head->size < HEADER_BYTES_MAX
		               ? 0
		               : diag_set(diag, FAIL_DATA,
		                         "%s:0: no header: no line end in the first MiB",
		                         head->path);
	return find_or_add(layouts, head, end, layout, diag);
}

/* ---- Layouts that packs have kept ---- */

static bool is_like(const struct layout *layout, const struct layout_kept *kept)
{
	return memcmp(&layout->bound, &kept->bound, sizeof(kept->bound)) == 0 &&
	       memcmp(layout->claim_level, kept->claim_level, sizeof(kept->claim_level)) == 0 &&
	       strcmp(layout->family, kept->family) == 0;
}

static const char *family_of(const struct layout_kept *kept)
{
	static const char *const families[] = {"canonical", "rif", "map"};

	for (size_t i = 0; i < COUNT_OF(families); i++) {
		if (strcmp(families[i], kept->family) == 0)
			return families[i];
	}
	return "pack";
}

/* One that is of no file: nothing is read by its columns. */
static int add_kept(struct layouts *layouts, const struct layout_kept *kept, const char *path,
        const struct layout **found, struct diag *diag)
{
	struct layout *layout;

	for (uint32_t i = 0; i < layouts_count(layouts); i++) {
		*found = layouts_at(layouts, i);
		if (is_like(*found, kept) && (*found)->header_bytes == 0)
			return 1;
	}
	if (layouts_count(layouts) == LAYOUTS_MAX)
		return diag_set(diag, FAIL_DATA, "%s:0: over %d different headers in one run", path,
		        LAYOUTS_MAX);
	layout = calloc(1, sizeof(*layout));
	if (!layout)
		return diag_set(diag, FAIL_MEMORY, "no memory for a layout");
	layout->bound = kept->bound;
	layout->columns = kept->columns;
	layout->delimiter = kept->delimiter;
	layout->family = family_of(kept);
	memcpy(layout->claim_level, kept->claim_level, sizeof(layout->claim_level));
	*found = publish(layouts, layout);
	return 1;
}

/* The layout that a file with the same header has here; NULL: it cannot be read so. */
static const struct layout *bind_again(struct layouts *layouts, const struct layout_kept *kept)
{
	struct file_head head = {.data = kept->header,
	        .size = kept->header_bytes,
	        .whole = true,
	        .path = kept->family};
	const struct layout *layout = find_known(layouts, head.data, head.size);
	struct diag diag;

	diag_init(&diag);
	if (!layout && add(layouts, &head, header_end(head.data, head.size), &layout, &diag) < 0)
		return NULL;
	return layout;
}

int layouts_adopt(struct layouts *layouts, const struct layout_kept *kept, const char *path,
        const struct layout **layout, struct diag *diag)
{
	int err = 1;

	pthread_mutex_lock(&layouts->mutex);
	*layout = NULL;
	if (!layouts->map && kept->header_bytes > 0 && strcmp(kept->family, "map") != 0)
		*layout = bind_again(layouts, kept);
	if (!*layout || !is_like(*layout, kept))
		err = add_kept(layouts, kept, path, layout, diag);
	pthread_mutex_unlock(&layouts->mutex);
	return err;
}
