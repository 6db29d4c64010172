/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening images.  Mapping looks at the header and at the small sections that
 * say what the set covers; verifying looks at every byte, and at what a table
 * must promise so that no look-up leaves the image.
 */
#include "lookup/set_private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(sizeof(struct set_header) == 2048, "the header has no padding of its own");
_Static_assert(sizeof(struct set_source_row) == 352, "a source has no padding of its own");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are used as they lie");

enum { SET_CLOSED, SET_MAPPED };

static bool same_hash(struct hash128 a, struct hash128 b)
{
	return a.low == b.low && a.high == b.high;
}

const struct set_header *set_header_of(const struct set *set)
{
	return set->image;
}

static const struct set_section_entry *find_section(
        const struct set_header *header, const char *name)
{
	for (uint32_t i = 0; i < header->section_count; i++)
		if (strcmp(header->sections[i].name, name) == 0)
			return &header->sections[i];
	return NULL;
}

static bool section_is_sound(const struct set *set, const struct set_section_entry *entry)
{
	const uint8_t *bytes = set->image;

	return same_hash(hash128(bytes + entry->offset, entry->padded), entry->hash);
}

/* ---- The header ---- */

/* One section behind the other, from the header to the end. */
static bool sections_fit(const struct set_header *header)
{
	uint64_t at = sizeof(*header);

	if (header->section_count > SET_SECTIONS_MAX)
		return false;
	for (uint32_t i = 0; i < header->section_count; i++) {
		const struct set_section_entry *entry = &header->sections[i];

		if (entry->offset != at || entry->padded > header->size - at ||
		        entry->padded % SET_ALIGNMENT != 0 || entry->size > entry->padded ||
		        entry->name[SET_SECTION_NAME_MAX - 1] != '\0')
			return false;
		at += entry->padded;
	}
	return at == header->size;
}

/* What is wrong with an image's header, NULL if nothing. */
static const char *check_header(const struct set_header *header, uint64_t size)
{
	if (size < sizeof(header->magic) ||
	        memcmp(header->magic, SET_MAGIC, sizeof(header->magic)) != 0)
		return "is no code set";
	if (size < sizeof(*header))
		return "is truncated";
	if (header->byte_order != SET_BYTE_ORDER || header->version != SET_IMAGE_VERSION)
		return "is a code set of another version; build it again";
	if (!same_hash(
	            header->header_hash, hash128(header, offsetof(struct set_header, header_hash))))
		return "has a damaged header";
	if (header->size != size)
		return "is truncated, or too long";
	if (header->schema[sizeof(header->schema) - 1] != '\0' || !sections_fit(header))
		return "has a header that cannot be";
	return NULL;
}

static const char *check_schema(const struct set_header *header, const struct set_schema *schema)
{
	if (!schema)
		return "is a code set that this version does not know";
	if (!same_hash(header->schema_hash, set_schema_hash(schema)) ||
	        header->row_size != schema->row_size)
		return "is a code set of another version; build it again";
	return NULL;
}

/* ---- Sections ---- */

const void *set_section_bytes(const struct set *set, const char *name, uint64_t *size)
{
	const struct set_section_entry *entry = find_section(set_header_of(set), name);

	*size = entry ? entry->size : 0;
	return entry ? (const uint8_t *)set->image + entry->offset : NULL;
}

static const char *attach_days(
        struct set *set, const char *name, const struct set_days **days, size_t *count)
{
	const struct set_section_entry *entry = find_section(set_header_of(set), name);

	if (!entry || entry->size % sizeof(**days) != 0)
		return "has a header that cannot be";
	if (!section_is_sound(set, entry))
		return "is damaged";
	*days = (const struct set_days *)(const void *)((const uint8_t *)set->image +
	                                                entry->offset);
	*count = entry->size / sizeof(**days);
	return NULL;
}

static const char *attach_rows(struct set *set)
{
	const struct set_header *header = set_header_of(set);
	uint64_t size;

	set->rows = set_section_bytes(set, "rows", &size);
	set->row_count = header->row_count;
	set->key_count = header->key_count;
	if (!set->rows || header->row_count > size || header->row_count * header->row_size != size)
		return "has a header that cannot be";
	set->texts = set_section_bytes(set, "texts", &size);
	set->text_size = size;
	if (size == 0)
		return "has a header that cannot be";
	return NULL;
}

static const char *attach_table(struct set *set)
{
	uint64_t size;
	const void *table = set_section_bytes(set, "table", &size);
	struct diag unused;

	diag_init(&unused);
	if (!table || phash_image_attach(&set->table, table, size, &unused) ||
	        set->table.count != set_header_of(set)->key_count)
		return "has a damaged table";
	return NULL;
}

static const char *attach_sources(struct set *set)
{
	const struct set_section_entry *entry = find_section(set_header_of(set), "sources");

	if (!entry || entry->size % sizeof(struct set_source_row) != 0)
		return "has a header that cannot be";
	return section_is_sound(set, entry) ? NULL : "is damaged";
}

static const char *attach(struct set *set)
{
	const struct set_header *header = set_header_of(set);
	const char *wrong = attach_rows(set);

	set->from = header->from;
	set->to = header->to;
	set->partial = header->partial != 0;
	if (!wrong)
		wrong = attach_table(set);
	if (!wrong)
		wrong = attach_sources(set);
	if (!wrong)
		wrong = attach_days(set, "covered", &set->covered, &set->covered_count);
	if (!wrong)
		wrong = attach_days(set, "complete", &set->complete, &set->complete_count);
	return wrong;
}

/* ---- Mapping ---- */

static int map_file(struct set *set, const char *path, struct diag *diag)
{
	int err = 0, file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *memory;

	if (file < 0)
		return diag_set(
		        diag, FAIL_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
	if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
		err = diag_set(diag, FAIL_TABLE, "%s: is no regular file", path);
		goto done;
	}
	if (status.st_size == 0) {
		err = diag_set(diag, FAIL_TABLE, "%s: is empty", path);
		goto done;
	}
	memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, file, 0);
	if (memory == MAP_FAILED) {
		err = diag_set(
		        diag, FAIL_MEMORY, "%s: cannot be mapped: %s", path, strerror(errno));
		goto done;
	}
	set->image = memory;
	set->image_size = (size_t)status.st_size;
	set->owned = SET_MAPPED;
done:
	close(file);
	return err;
}

int set_map_as(
        struct set *set, const char *path, const struct set_schema *schema, struct diag *diag)
{
	const char *wrong;
	int err;

	memset(set, 0, sizeof(*set));
	err = map_file(set, path, diag);
	if (err)
		return err;
	wrong = check_header(set->image, set->image_size);
	if (!wrong) {
		set->schema = schema ? schema : schema_find(set_header_of(set)->schema);
		wrong = check_schema(set->image, set->schema);
	}
	if (!wrong)
		wrong = attach(set);
	if (!wrong)
		return 0;
	set_close(set);
	return diag_set(diag, FAIL_TABLE, "%s: %s", path, wrong);
}

int set_map(struct set *set, const char *path, struct diag *diag)
{
	return set_map_as(set, path, NULL, diag);
}

void set_close(struct set *set)
{
	if (set->owned == SET_MAPPED)
		munmap((void *)(uintptr_t)set->image, set->image_size);
	set_touched_destroy(set->touched);
	memset(set, 0, sizeof(*set));
}

/* ---- Verifying ---- */

int set_section_check(
        const struct set *set, const struct set_section_entry *entry, struct diag *diag)
{
	if (section_is_sound(set, entry))
		return 0;
	return diag_set(diag, FAIL_TABLE, "code set %s is damaged (%s); build it again",
	        set->schema->name, entry->name);
}

/* Every row that a look-up may reach lies in the image. */
static bool rows_are_sound(const struct set *set)
{
	size_t sources = set_source_count(set);

	for (uint32_t slot = 0; slot < set->table.slots; slot++)
		if (set->table.values[slot] > set->row_count)
			return false;
	for (size_t i = 0; i < set->row_count; i++) {
		const struct set_row *row =
		        (const struct set_row *)(const void *)(set->rows +
		                                               i * set->schema->row_size);

		if (row->more >= set->row_count - i || row->source >= sources)
			return false;
	}
	return set->texts[set->text_size - 1] == '\0' && set->texts[0] == '\0';
}

int set_verify(struct set *set, struct diag *diag)
{
	const struct set_header *header = set_header_of(set);
	int err = 0;

	if (set->verified)
		return 0;
	madvise((void *)(uintptr_t)set->image, set->image_size, MADV_WILLNEED);
	for (uint32_t i = 0; i < header->section_count && !err; i++)
		err = set_section_check(set, &header->sections[i], diag);
	if (err)
		return err;
	if (!rows_are_sound(set))
		return diag_set(diag, FAIL_TABLE,
		        "code set %s has rows that cannot be; build it again", set->schema->name);
	if (set->schema->check)
		err = set->schema->check(set, diag);
	set->verified = err == 0;
	return err;
}

/* ---- Looking up ---- */

size_t set_source_count(const struct set *set)
{
	return find_section(set_header_of(set), "sources")->size / sizeof(struct set_source_row);
}

void set_source_at(const struct set *set, size_t index, struct set_source *source)
{
	uint64_t size;
	const struct set_source_row *rows = set_section_bytes(set, "sources", &size);
	const struct set_source_row *row = &rows[index];

	*source = (struct set_source){
	        .from = row->from,
	        .to = row->to,
	        .snapshot = row->snapshot != 0,
	        .partial = row->partial != 0,
	        .hash = {row->hash[0], row->hash[1]},
	};
	memcpy(source->path, row->path, sizeof(source->path) - 1);
	memcpy(source->release, row->release, sizeof(source->release) - 1);
}

int set_section(const struct set *set, const char *name, struct set_section *section)
{
	uint64_t size;

	section->bytes = set_section_bytes(set, name, &size);
	section->size = size;
	return section->bytes ? 0 : FAIL_ABSENT;
}

static bool in_days(const struct set_days days[], size_t count, int32_t day)
{
	for (size_t i = 0; i < count && days[i].from <= day; i++)
		if (day <= days[i].to)
			return true;
	return false;
}

bool set_covers(const struct set *set, int32_t day)
{
	return in_days(set->covered, set->covered_count, day);
}

bool set_complete(const struct set *set, int32_t day)
{
	return in_days(set->complete, set->complete_count, day);
}

const struct set_row *set_find_day(const struct set *set, uint64_t key, int32_t day)
{
	const struct set_row *row = set_find(set, key);

	for (; row && row->from <= day; row = set_next_row(set, row)) {
		if (day <= row->to)
			return row;
		if (row->more == 0)
			return NULL;
	}
	return NULL;
}

const char *set_text(const struct set *set, uint32_t at)
{
	return at < set->text_size ? set->texts + at : "";
}
