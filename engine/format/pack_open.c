/* SPDX-License-Identifier: Apache-2.0 */
#include "format/pack_open.h"

#include "base/hash.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIRECTORY_BYTES_MAX = 1 << 30 };

/* No source has so many bytes, or of anything more: those of all packs of a run add up. */
static const uint64_t source_count_max = (uint64_t)1 << 48;

struct packs {
	const struct plan *plan;
	struct layouts *layouts;
	pthread_mutex_t mutex;         /* taken when a pack is met first, never on the scan path */
	_Atomic(struct pack *) list[]; /* a file of the plan; NULL: none, or not met yet */
};

int packs_create(
        struct packs **packs, const struct plan *plan, struct layouts *layouts, struct diag *diag)
{
	struct packs *made = calloc(1, sizeof(*made) + plan->file_count * sizeof(made->list[0]));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for the plan");
	made->plan = plan;
	made->layouts = layouts;
	pthread_mutex_init(&made->mutex, NULL);
	*packs = made;
	return 0;
}

static void pack_destroy(struct pack *pack)
{
	if (!pack)
		return;
	free(pack->layouts);
	free(pack->chunks);
	free(pack);
}

void packs_destroy(struct packs *packs)
{
	if (!packs)
		return;
	for (size_t i = 0; i < packs->plan->file_count; i++)
		pack_destroy(packs->list[i]);
	pthread_mutex_destroy(&packs->mutex);
	free(packs);
}

static struct pack *find(const struct packs *packs, size_t file)
{
	return atomic_load_explicit(&packs->list[file], memory_order_acquire);
}

bool packs_has(const struct packs *packs, uint32_t file)
{
	return find(packs, file);
}

uint64_t packs_lines(const struct packs *packs, uint32_t file)
{
	return find(packs, file)->directory.lines;
}

void packs_add_counts(
        const struct packs *packs, const struct field_set *wanted, struct csv_counts *counts)
{
	for (size_t i = 0; i < packs->plan->file_count; i++) {
		const struct pack *pack = find(packs, i);
		const struct pack_sources *sources = pack ? &pack->directory.sources : NULL;

		for (unsigned kind = 0; sources && kind < BAD_KINDS; kind++)
			counts->quarantined[kind] += sources->quarantined[kind];
		for (unsigned field = 0; sources && field < FIELD_COUNT; field++) {
			if (!field_set_has(wanted, (enum field)field))
				continue;
			counts->fields[field].present += sources->fields[field].present;
			counts->fields[field].invalid += sources->fields[field].invalid;
			counts->fields[field].repaired += sources->fields[field].repaired;
		}
		counts->bad_bytes += sources ? sources->bad_bytes : 0;
	}
}

int64_t packs_bytes_saved(const struct packs *packs)
{
	int64_t saved = 0;

	for (size_t i = 0; i < packs->plan->file_count; i++) {
		const struct pack *pack = find(packs, i);

		if (pack)
			saved += (int64_t)(pack->directory.sources.bytes - pack->file_bytes);
	}
	return saved;
}

/* ---- Opening ---- */

/* A file that is being opened as a pack. */
struct opening {
	const struct plan_file *file;
	int descriptor;
	struct pack_header header;
	uint8_t *directory;
	struct diag *diag;
};

static int damaged(const struct opening *opening, uint64_t offset, const char *what)
{
	return diag_set(opening->diag, FAIL_DATA, "%s:%llu: %s: convert the claims again",
	        opening->file->path, (unsigned long long)offset, what);
}

/* Returns 0, or FAIL_DATA where the file ends before. */
static int read_at(const struct opening *opening, void *to, size_t size, uint64_t at)
{
	uint8_t *next = to;

	while (size > 0) {
		ssize_t got = pread(opening->descriptor, next, size, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return diag_set(opening->diag, FAIL_IO, "%s:%llu: %s", opening->file->path,
			        (unsigned long long)at, strerror(errno));
		if (got == 0)
			return damaged(opening, at, "a claim pack that is cut short");
		next += got;
		at += (uint64_t)got;
		size -= (size_t)got;
	}
	return 0;
}

static int read_header(struct opening *opening)
{
	struct pack_header *header = &opening->header;
	int err = read_at(opening, header, sizeof(*header), 0);

	if (err < 0)
		return err;
	if (memcmp(header->magic, PACK_MAGIC, PACK_MAGIC_BYTES) != 0)
		return damaged(opening, 0, "no claim pack");
	if (header->version < PACK_VERSION_LEAST || header->version > PACK_VERSION)
		return diag_set(opening->diag, FAIL_DATA,
		        "%s:%zu: a claim pack of version %u, this program reads version %d: "
		        "convert the claims again",
		        opening->file->path, offsetof(struct pack_header, version), header->version,
		        PACK_VERSION);
	if (header->hash != hash64(header, offsetof(struct pack_header, hash)))
		return damaged(opening, 0, "the header of this claim pack is damaged");
	if (header->file_bytes != opening->file->size_bytes)
		return damaged(opening, opening->file->size_bytes,
		        opening->file->size_bytes < header->file_bytes
		                ? "a claim pack that is cut short"
		                : "a claim pack with something behind it");
	if (header->columns != PACK_COLUMNS ||
	        header->directory_bytes < sizeof(struct pack_directory) ||
	        header->directory_bytes > DIRECTORY_BYTES_MAX ||
	        header->directory_at < sizeof(*header) ||
	        header->directory_at > header->file_bytes ||
	        header->directory_bytes != header->file_bytes - header->directory_at)
		return damaged(opening, 0, "the header of this claim pack makes no sense");
	return 0;
}

static int read_directory(struct opening *opening)
{
	const struct pack_header *header = &opening->header;
	int err;

	opening->directory = malloc(header->directory_bytes);
	if (!opening->directory)
		return diag_set(opening->diag, FAIL_MEMORY, "no memory for a claim pack");
	err = read_at(opening, opening->directory, header->directory_bytes, header->directory_at);
	if (err == 0 &&
	        hash64(opening->directory, header->directory_bytes) != header->directory_hash)
		err = damaged(opening, header->directory_at,
		        "the directory of this claim pack is damaged");
	return err;
}

/* Where in the directory parsing stands; bytes of it that are left. */
struct rest {
	const uint8_t *at;
	size_t size;
};

static bool take(struct rest *rest, void *to, size_t size)
{
	if (size > rest->size)
		return false;
	memcpy(to, rest->at, size);
	rest->at += size;
	rest->size -= size;
	return true;
}

static int take_layout(struct opening *opening, struct layouts *layouts, struct rest *rest,
        const struct layout **layout)
{
	struct pack_layout of;
	struct layout_kept kept;
	size_t bytes;

	if (!take(rest, &of, sizeof(of)) || of.header_bytes > rest->size)
		return damaged(opening, opening->header.directory_at, "no directory");
	bytes = ((size_t)of.header_bytes + 7) & ~(size_t)7;
	of.family[sizeof(of.family) - 1] = '\0';
	kept = (struct layout_kept){
	        .bound = of.bound,
	        .columns = of.columns,
	        .delimiter = of.delimiter,
	        .family = of.family,
	        .header = rest->at,
	        .header_bytes = of.header_bytes,
	};
	for (unsigned i = 0; i < 3; i++)
		kept.claim_level[i] = of.claim_level[i];
	if (bytes > rest->size)
		return damaged(opening, opening->header.directory_at, "no directory");
	rest->at += bytes;
	rest->size -= bytes;
	return layouts_adopt(layouts, &kept, opening->file->path, layout, opening->diag);
}

/* Chunks stand one behind the other, from the header to the directory. */
static bool chunks_fit(const struct opening *opening, const struct pack *pack)
{
	uint64_t at = sizeof(struct pack_header), lines = 0;

	for (uint32_t i = 0; i < pack->directory.chunks; i++) {
		const struct pack_chunk *chunk = &pack->chunks[i];

		if (chunk->at != at || chunk->lines == 0 || chunk->lines > PACK_CHUNK_LINES ||
		        chunk->size < sizeof(struct pack_head) || chunk->size > READER_KEEP_MAX)
			return false;
		at += chunk->size;
		lines += chunk->lines;
	}
	return at == opening->header.directory_at && lines == pack->directory.lines;
}

static bool sources_fit(const struct pack_sources *sources)
{
	bool fit = sources->bytes <= source_count_max && sources->bad_bytes <= source_count_max;

	for (unsigned kind = 0; kind < BAD_KINDS; kind++)
		fit &= sources->quarantined[kind] <= source_count_max;
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		const struct cell_counts *cells = &sources->fields[field];

		fit &= cells->present <= source_count_max && cells->invalid <= source_count_max &&
		       cells->repaired <= source_count_max;
	}
	return fit;
}

static int parse_directory(struct opening *opening, struct layouts *layouts, struct pack *pack)
{
	struct rest rest = {opening->directory, opening->header.directory_bytes};
	size_t bytes;
	int err = 0;

	take(&rest, &pack->directory, sizeof(pack->directory));
	if (pack->directory.layouts > LAYOUTS_MAX || !sources_fit(&pack->directory.sources))
		return damaged(opening, opening->header.directory_at, "no directory");
	pack->file_bytes = opening->header.file_bytes;
	pack->layouts = calloc(pack->directory.layouts + 1, sizeof(pack->layouts[0]));
	if (!pack->layouts)
		return diag_set(opening->diag, FAIL_MEMORY, "no memory for a claim pack");
	for (uint32_t i = 0; i < pack->directory.layouts && err >= 0; i++)
		err = take_layout(opening, layouts, &rest, &pack->layouts[i]);
	if (err < 0)
		return err;
	bytes = (size_t)pack->directory.chunks * sizeof(pack->chunks[0]);
	pack->chunks = malloc(rest.size + 1);
	if (!pack->chunks)
		return diag_set(opening->diag, FAIL_MEMORY, "no memory for a claim pack");
	if (bytes != rest.size || !take(&rest, pack->chunks, bytes) || !chunks_fit(opening, pack))
		return damaged(opening, opening->header.directory_at, "no directory");
	return 0;
}

static int open_pack(struct packs *packs, uint32_t file, struct diag *diag)
{
	struct opening opening = {.file = &packs->plan->files[file], .diag = diag};
	struct pack *made = calloc(1, sizeof(*made));
	bool spooled = opening.file->spool >= 0;
	int err = made ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for a claim pack");

	opening.descriptor = spooled ? opening.file->spool
	                             : open(opening.file->path, O_RDONLY | O_CLOEXEC);
	if (err == 0 && opening.descriptor < 0)
		err = diag_set(diag, FAIL_INPUT, "%s: %s", opening.file->path, strerror(errno));
	if (err == 0)
		err = read_header(&opening);
	if (err == 0)
		err = read_directory(&opening);
	if (err == 0)
		err = parse_directory(&opening, packs->layouts, made);
	if (opening.descriptor >= 0 && !spooled)
		close(opening.descriptor);
	free(opening.directory);
	if (err < 0)
		pack_destroy(made);
	else
		atomic_store_explicit(&packs->list[file], made, memory_order_release);
	return err;
}

int pack_look(const char *path, struct pack_facts *facts, struct diag *diag)
{
	struct plan_file file = {.path = path, .spool = -1};
	struct opening opening = {.file = &file, .diag = diag};
	struct pack_directory directory;
	struct stat status;
	int err = 0;

	opening.descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (opening.descriptor < 0 || fstat(opening.descriptor, &status) < 0)
		err = diag_set(diag, FAIL_INPUT, "%s: %s", path, strerror(errno));
	else
		file.size_bytes = (uint64_t)status.st_size;
	if (err == 0)
		err = read_header(&opening);
	if (err == 0)
		err = read_directory(&opening);
	if (err == 0) {
		memcpy(&directory, opening.directory, sizeof(directory));
		*facts = (struct pack_facts){.bytes = opening.header.file_bytes,
		        .lines = directory.lines,
		        .hash = opening.header.hash};
	}
	if (opening.descriptor >= 0)
		close(opening.descriptor);
	free(opening.directory);
	return err;
}

int packs_open(struct packs *packs, uint32_t file, const struct pack **pack, struct diag *diag)
{
	int err = 0;

	if (!packs_has(packs, file)) {
		pthread_mutex_lock(&packs->mutex);
		if (!packs_has(packs, file))
			err = open_pack(packs, file, diag);
		pthread_mutex_unlock(&packs->mutex);
	}
	*pack = find(packs, file);
	return err;
}

int packs_bind(struct packs *packs, uint32_t file, struct diag *diag)
{
	const struct pack *pack;

	return packs_open(packs, file, &pack, diag);
}
