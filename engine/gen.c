/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options, the files, and the threads that fill them.
 *
 * A file is made of parts, each a function of its number.  A thread takes the
 * next number, fills its buffer, waits until the sizes of all parts before are
 * known, which is soon, and writes at the offset that they leave: parts are
 * written side by side, and nobody waits for the disk of another.
 */
#include "gen.h"

#include "gen_company.h"
#include "gen_schemes.h"
#include "gen_write.h"
#include "rules/suggest.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	THREADS_MAX = 64,
	SIDE_ROWS = 8192, /* of members.csv and providers.csv, a part */
	SLOT_PART = 8,    /* a slot has an eighth of a usual provider's claims planted on top */
	BURST_PART = 4,   /* of cases of many claims, one in so many */
	HOSPITAL_CLAIMS = 150, /* of 1,000 claims */
	TRIES_MAX = 64,        /* claims that found no member, one after the other */
	PATH_MAX_BYTES = 4096,
};

static const char *const dirt_names[] = {"amounts", "totals", "blanks", "denied", "placeholders",
        "scattered", "quotes", "crlf", "bom", "dates", "trailing", "blank_lines", "unnamed"};

enum { DIRT_COUNT = sizeof(dirt_names) / sizeof(dirt_names[0]) };

struct maker;

/* A file that is being made, and the state that its threads share. */
struct making {
	const struct gen_world *world;
	const char *name;
	int fd;
	uint64_t parts;
	size_t part_max; /* bytes of a part */

	/* Fill the part into maker->text; returns its bytes. */
	size_t (*fill)(struct maker *maker, uint64_t part);

	_Atomic uint64_t taken;
	pthread_mutex_t lock;
	pthread_cond_t turned;
	uint64_t turn;   /* the part whose offset is known next */
	uint64_t offset; /* its offset */
	int error;       /* errno of the first that failed */
};

/* What one thread has. */
struct maker {
	struct making *making;
	char *text;
	char *scattered; /* a second buffer, for claims only */
	struct gen_chunk chunk;
	struct gen_label *labels;
};

/* ---- Options ---- */

void gen_options_init(struct gen_options *options)
{
	*options = (struct gen_options){
	        .lines = 1000000,
	        .providers = 2000,
	        .members = 100000,
	        .months = 12,
	        .schemes = GEN_SCHEMES_ALL,
	        .prevalence_ppm = 10000,
	        .columns = GEN_NARROW,
	        .seed = 1,
	};
}

const char *gen_scheme_name(size_t index)
{
	const struct gen_scheme *scheme = gen_scheme_at(index);

	return scheme ? scheme->name : NULL;
}

const char *gen_scheme_rule(size_t index)
{
	const struct gen_scheme *scheme = gen_scheme_at(index);

	return scheme ? scheme->rule : NULL;
}

bool gen_scheme_is_decoy(size_t index)
{
	const struct gen_scheme *scheme = gen_scheme_at(index);

	return scheme && scheme->flags & GEN_SCHEME_DECOY;
}

const char *gen_dirt_name(size_t index)
{
	return index < DIRT_COUNT ? dirt_names[index] : NULL;
}

/*
 * Set the bits of the names in a list; what names them is told by name_of.
 * Returns 0, or FAIL_USAGE.
 */
static int list_parse(const char *text, const char *what, const char *(*name_of)(size_t),
        uint64_t *bits, struct diag *diag)
{
	char word[64];

	*bits = 0;
	if (strcmp(text, "none") == 0)
		return 0;
	for (const char *at = text;;) {
		size_t size = strcspn(at, ","), index = 0;
		struct suggestion near;

		snprintf(word, sizeof(word), "%.*s", (int)(size < 63 ? size : 63), at);
		suggest_begin(&near, word);
		for (; name_of(index) && strcmp(name_of(index), word) != 0; index++)
			suggest_try(&near, name_of(index));
		if (!name_of(index))
			return diag_set(diag, FAIL_USAGE, "gen: no %s \"%s\"%s%s%s", what, word,
			        near.best ? ": did you mean " : "", near.best ? near.best : "",
			        near.best ? "?" : "");
		*bits |= UINT64_C(1) << index;
		if (at[size] == '\0')
			return 0;
		at += size + 1;
	}
}

int gen_schemes_parse(const char *text, uint64_t *schemes, struct diag *diag)
{
	uint64_t named;
	int err;

	*schemes = GEN_SCHEMES_ALL;
	if (strcmp(text, "all") == 0)
		return 0;
	err = list_parse(text, "scheme", gen_scheme_name, &named, diag);
	*schemes = named;
	for (size_t i = 0; err == 0 && gen_scheme_at(i); i++) {
		for (size_t of = 0; gen_scheme_at(i)->of && gen_scheme_at(of); of++) {
			if (named >> of & 1 &&
			        strcmp(gen_scheme_at(of)->name, gen_scheme_at(i)->of) == 0)
				*schemes |= UINT64_C(1) << i;
		}
	}
	return err;
}

int gen_dirt_parse(const char *text, unsigned *dirt, struct diag *diag)
{
	uint64_t bits = (UINT64_C(1) << DIRT_COUNT) - 1;
	int err = 0;

	if (strcmp(text, "all") != 0)
		err = list_parse(text, "kind of dirt", gen_dirt_name, &bits, diag);
	*dirt = (unsigned)bits;
	return err;
}

/* The generator numbers slots in 32 bits, and a file's offsets in 64. */
static int options_check(const struct gen_options *options, struct diag *diag)
{
	if (options->lines < 1 || options->lines > UINT64_C(1) << 40)
		return diag_set(diag, FAIL_USAGE, "gen: --lines must be 1 to 2^40");
	if (options->providers < 1 || options->providers > GEN_PROVIDERS_MAX)
		return diag_set(
		        diag, FAIL_USAGE, "gen: --providers must be 1 to %d", GEN_PROVIDERS_MAX);
	if (options->members < 1 || options->members > GEN_MEMBERS_MAX)
		return diag_set(
		        diag, FAIL_USAGE, "gen: --members must be 1 to %d", GEN_MEMBERS_MAX);
	if (options->months < 1 || options->months > GEN_MONTHS_MAX)
		return diag_set(diag, FAIL_USAGE,
		        "gen: --months must be 1 to %d: the codes are those of 2022 to 2024",
		        GEN_MONTHS_MAX);
	if (options->prevalence_ppm < 1 || options->prevalence_ppm > GEN_PREVALENCE_MAX_PPM)
		return diag_set(diag, FAIL_USAGE,
		        "gen: --prevalence must be above 0 and at most %d%%",
		        GEN_PREVALENCE_MAX_PPM / 10000);
	if (options->dirt & GEN_DIRT_TOTALS && options->columns != GEN_FULL &&
	        options->dirt != (1u << DIRT_COUNT) - 1)
		return diag_set(diag, FAIL_USAGE,
		        "gen: dirt \"totals\" needs revenue codes: --columns full");
	if (!options->directory || options->directory[0] == '\0')
		return diag_set(diag, FAIL_USAGE, "gen: no output directory: -o DIR");
	return 0;
}

/* ---- Claims ---- */

/*
 * Is the next case one that comes on top of what a slot's provider bills anyway?
 * As many a slot whatever the prevalence: that says how many do it, not how much.
 */
static bool pick_slot(struct gen_chunk *chunk, uint32_t *slot)
{
	const struct gen_world *world = chunk->world;
	uint32_t slots = gen_slots(world);

	if (slots == 0 || gen_below(&chunk->random, world->options->providers * SLOT_PART) >= slots)
		return false;
	*slot = (uint32_t)gen_below(&chunk->random, slots);
	return !(gen_slot_scheme(world, *slot)->flags & GEN_SCHEME_BURST) ||
	       gen_below(&chunk->random, BURST_PART) == 0;
}

/* One more claim, planted or ordinary; false if it found no member or no room. */
static bool chunk_claim(struct gen_chunk *chunk)
{
	const struct gen_world *world = chunk->world;
	struct gen_provider provider;
	struct gen_claim claim;
	uint32_t slot;

	if (pick_slot(chunk, &slot))
		return gen_slot_plant(chunk, slot);
	gen_provider_get(world,
	        gen_pick_provider(chunk,
	                world->hospitals > 0 && gen_below(&chunk->random, 1000) < HOSPITAL_CLAIMS),
	        &provider);
	if (provider.slot != GEN_SLOT_NONE) {
		const struct gen_scheme *scheme = gen_slot_scheme(world, provider.slot);

		if (gen_chance(&chunk->random, scheme->rate) && scheme->plant(chunk, &provider))
			return true;
		if (scheme->flags & GEN_SCHEME_WHOLE)
			return false;
	}
	if (!gen_claim_make(chunk, &provider, &claim) ||
	        !gen_room(chunk, gen_claim_records(chunk, &claim)))
		return false;
	gen_claim_emit(chunk, &claim);
	return true;
}

static void chunk_lines(struct gen_chunk *chunk, uint64_t chunks)
{
	unsigned failed = 0;

	for (uint32_t slot = 0; slot < gen_slots(chunk->world); slot++) {
		if (gen_slot_due(chunk->world, slot, chunk->number, chunks))
			gen_slot_plant(chunk, slot);
	}
	while (chunk->made < chunk->lines) {
		struct gen_claim claim;

		if (failed < TRIES_MAX) {
			failed = chunk_claim(chunk) ? 0 : failed + 1;
			continue;
		}
		gen_claim_visit(chunk, &claim);
		gen_claim_emit(chunk, &claim);
		if (gen_room(chunk, GEN_CLAIM_LINES))
			failed = 0;
	}
}

/* The rows of the chunk in an order of their own. */
static size_t chunk_scatter(struct maker *maker)
{
	struct gen_chunk *chunk = &maker->chunk;
	uint32_t order[GEN_CHUNK_LINES];
	char *end = maker->scattered;

	chunk->rows[chunk->lines] = (uint32_t)(chunk->end - chunk->text);
	for (uint32_t i = 0; i < chunk->lines; i++)
		order[i] = i;
	for (uint32_t i = chunk->lines; i > 1; i--) {
		uint32_t other = (uint32_t)gen_below(&chunk->dirt, i);
		uint32_t kept = order[i - 1];

		order[i - 1] = order[other];
		order[other] = kept;
	}
	for (uint32_t i = 0; i < chunk->lines; i++) {
		uint32_t from = chunk->rows[order[i]], to = chunk->rows[order[i] + 1];

		memcpy(end, chunk->text + from, to - from);
		end += to - from;
	}
	memcpy(maker->text, maker->scattered, (size_t)(end - maker->scattered));
	return (size_t)(end - maker->scattered);
}

static size_t fill_claims(struct maker *maker, uint64_t part)
{
	const struct gen_world *world = maker->making->world;
	struct gen_chunk *chunk = &maker->chunk;
	uint64_t chunks = maker->making->parts, lines = world->options->lines;

	chunk->number = part;
	chunk->first_line = part * GEN_CHUNK_LINES;
	chunk->lines = lines - chunk->first_line < GEN_CHUNK_LINES
	                       ? (uint32_t)(lines - chunk->first_line)
	                       : GEN_CHUNK_LINES;
	chunk->made = 0;
	chunk->unit_from = (uint64_t)((unsigned __int128)part * world->units / chunks);
	chunk->unit_to = (uint64_t)((unsigned __int128)(part + 1) * world->units / chunks);
	chunk->random.state = gen_mix(gen_mix(world->options->seed) + part);
	chunk->dirt.state = gen_mix(chunk->random.state);
	chunk->end = chunk->text;
	memset(chunk->seen, 0, GEN_SEEN_BITS / 8);
	chunk_lines(chunk, chunks);
	if (world->options->dirt & GEN_DIRT_SCATTERED)
		return chunk_scatter(maker);
	return (size_t)(chunk->end - chunk->text);
}

/* ---- Side files ---- */

static size_t fill_members(struct maker *maker, uint64_t part)
{
	const struct gen_world *world = maker->making->world;
	uint64_t first = part * SIDE_ROWS, last = first + SIDE_ROWS;
	char *end = maker->text;

	if (last > world->options->members)
		last = world->options->members;
	for (uint64_t i = first; i < last; i++)
		end = gen_write_member(world, i, end);
	return (size_t)(end - maker->text);
}

static size_t fill_providers(struct maker *maker, uint64_t part)
{
	const struct gen_world *world = maker->making->world;
	uint64_t providers = world->options->providers;
	uint64_t first = part * SIDE_ROWS, last = first + SIDE_ROWS;
	char *end = maker->text;

	if (last > providers + world->groups)
		last = providers + world->groups;
	for (uint64_t i = first; i < last; i++) {
		struct gen_provider provider;

		if (i < providers)
			gen_provider_get(world, i, &provider);
		else
			gen_group_get(world, i - providers, &provider);
		end = gen_write_provider(&provider, end);
	}
	return (size_t)(end - maker->text);
}

/* ---- Making a file ---- */

static int write_at(int fd, const char *text, size_t size, uint64_t offset)
{
	while (size > 0) {
		ssize_t wrote = pwrite(fd, text, size, (off_t)offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return wrote < 0 ? errno : EIO;
		text += wrote;
		size -= (size_t)wrote;
		offset += (uint64_t)wrote;
	}
	return 0;
}

/* The offset of the part, once all before it are known; false if one of them failed. */
static bool take_offset(struct making *making, uint64_t part, size_t size, uint64_t *offset)
{
	bool good;

	pthread_mutex_lock(&making->lock);
	while (making->turn != part && making->error == 0)
		pthread_cond_wait(&making->turned, &making->lock);
	good = making->error == 0;
	*offset = making->offset;
	making->offset += size;
	making->turn++;
	pthread_cond_broadcast(&making->turned);
	pthread_mutex_unlock(&making->lock);
	return good;
}

static void making_fail(struct making *making, int error)
{
	pthread_mutex_lock(&making->lock);
	if (making->error == 0)
		making->error = error;
	pthread_cond_broadcast(&making->turned);
	pthread_mutex_unlock(&making->lock);
}

static void *maker_run(void *context)
{
	struct maker *maker = context;
	struct making *making = maker->making;

	for (;;) {
		uint64_t part = atomic_fetch_add_explicit(&making->taken, 1, memory_order_relaxed);
		uint64_t offset;
		size_t size;
		int error;

		if (part >= making->parts)
			return NULL;
		size = making->fill(maker, part);
		if (!take_offset(making, part, size, &offset))
			return NULL;
		error = write_at(making->fd, maker->text, size, offset);
		if (error) {
			making_fail(making, error);
			return NULL;
		}
	}
}

static void maker_destroy(struct maker *maker)
{
	free(maker->text);
	free(maker->scattered);
	free(maker->chunk.rows);
	free(maker->chunk.seen);
	free(maker->labels);
}

static bool maker_create(struct maker *maker, struct making *making)
{
	bool claims = making->fill == fill_claims;
	bool scattered = claims && making->world->options->dirt & GEN_DIRT_SCATTERED;

	memset(maker, 0, sizeof(*maker));
	maker->making = making;
	maker->text = malloc(making->part_max);
	if (scattered)
		maker->scattered = malloc(making->part_max);
	if (claims) {
		maker->chunk.rows = malloc((GEN_CHUNK_LINES + 1) * sizeof(uint32_t));
		maker->chunk.seen = malloc(GEN_SEEN_BITS / 8);
		maker->labels = calloc(
		        (size_t)gen_slots(making->world) * 2 + 1, sizeof(*maker->labels));
	}
	maker->chunk.world = making->world;
	maker->chunk.text = maker->text;
	maker->chunk.labels = maker->labels;
	return maker->text && (maker->scattered || !scattered) &&
	       (!claims || (maker->chunk.rows && maker->chunk.seen && maker->labels));
}

/* The threads that were started go through all parts; the caller is one of them. */
static void makers_run(struct maker makers[], unsigned count)
{
	pthread_t threads[THREADS_MAX];
	unsigned started = 1;

	while (started < count &&
	        pthread_create(&threads[started], NULL, maker_run, &makers[started]) == 0)
		started++;
	maker_run(&makers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(threads[i], NULL);
}

static unsigned threads_number(const struct gen_options *options, uint64_t parts)
{
	unsigned threads = options->threads;
	cpu_set_t cpus;

	if (threads == 0 && sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		threads = (unsigned)CPU_COUNT(&cpus);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (threads > parts)
		threads = (unsigned)parts;
	return threads ? threads : 1;
}

/* Make all parts behind a header of header_size bytes; adds the makers' labels to labels. */
static int making_run(struct making *making, const char *header, size_t header_size,
        struct gen_label *labels, struct diag *diag)
{
	struct maker makers[THREADS_MAX];
	unsigned count = threads_number(making->world->options, making->parts), ready = 0;
	int err = 0;

	pthread_mutex_init(&making->lock, NULL);
	pthread_cond_init(&making->turned, NULL);
	making->offset = header_size;
	making->error = write_at(making->fd, header, header_size, 0);
	while (ready < count && maker_create(&makers[ready], making))
		ready++;
	if (ready == count && making->error == 0)
		makers_run(makers, count);
	else if (making->error == 0)
		err = diag_set(diag, FAIL_MEMORY, "gen: no memory for the buffers");
	if (making->error)
		err = diag_set(diag, -making->error, "%s: cannot be written: %s", making->name,
		        strerror(making->error));
	for (unsigned i = 0; i < (ready < count ? ready + 1 : count); i++) {
		for (size_t k = 0;
		        labels && makers[i].labels && k < (size_t)gen_slots(making->world) * 2;
		        k++) {
			labels[k].lines += makers[i].labels[k].lines;
			labels[k].cents += makers[i].labels[k].cents;
		}
		maker_destroy(&makers[i]);
	}
	pthread_cond_destroy(&making->turned);
	pthread_mutex_destroy(&making->lock);
	return err;
}

/* ---- The directory ---- */

static int path_of(char path[PATH_MAX_BYTES], const struct gen_options *options, const char *name,
        struct diag *diag)
{
	int size = snprintf(path, PATH_MAX_BYTES, "%s/%s", options->directory, name);

	if (size >= PATH_MAX_BYTES)
		return diag_set(diag, FAIL_USAGE, "gen: the directory's name is too long");
	return 0;
}

static int directory_make(const struct gen_options *options, struct diag *diag)
{
	char path[PATH_MAX_BYTES];
	int err = path_of(path, options, "claims.csv", diag);

	if (err)
		return err;
	if (mkdir(options->directory, 0700) != 0 && errno != EEXIST)
		return diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", options->directory,
		        strerror(errno));
	if (access(path, F_OK) != 0)
		return 0;
	if (!options->force)
		return diag_set(
		        diag, FAIL_OUTPUT, "%s: is there already; --force writes over it", path);
	if (unlink(path) != 0)
		return diag_set(
		        diag, FAIL_OUTPUT, "%s: cannot be replaced: %s", path, strerror(errno));
	return 0;
}

/* Make one file of the directory; a claims.csv that failed is taken away. */
static int file_make(struct making *making, const char *name, const char *header,
        size_t header_size, struct gen_label *labels, struct diag *diag)
{
	char path[PATH_MAX_BYTES];
	int err = path_of(path, making->world->options, name, diag);

	if (err)
		return err;
	making->name = path;
	making->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (making->fd < 0)
		return diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", path, strerror(errno));
	err = making_run(making, header, header_size, labels, diag);
	if (close(making->fd) != 0 && err == 0)
		err = diag_set(diag, -errno, "%s: cannot be written: %s", path, strerror(errno));
	if (err)
		unlink(path);
	return err;
}

static uint64_t parts_of(uint64_t count, uint64_t size)
{
	return (count + size - 1) / size;
}

static int make_claims(const struct gen_world *world, struct gen_label *labels, struct diag *diag)
{
	char header[GEN_HEADER_MAX];
	struct making making = {
	        .world = world,
	        .parts = parts_of(world->options->lines, GEN_CHUNK_LINES),
	        .part_max = (size_t)GEN_CHUNK_LINES * (world->options->columns == GEN_FULL
	                                                              ? GEN_ROW_FULL_MAX
	                                                              : GEN_ROW_NARROW_MAX),
	        .fill = fill_claims,
	};

	return file_make(&making, "claims.csv", header,
	        (size_t)(gen_write_header(world->options, header) - header), labels, diag);
}

static int make_side(const struct gen_world *world, struct diag *diag)
{
	struct making members = {
	        .world = world,
	        .parts = parts_of(world->options->members, SIDE_ROWS),
	        .part_max = (size_t)SIDE_ROWS * GEN_SIDE_ROW_MAX,
	        .fill = fill_members,
	};
	struct making providers = members;
	int err;

	providers.parts = parts_of(world->options->providers + world->groups, SIDE_ROWS);
	providers.fill = fill_providers;
	err = file_make(&members, "members.csv", gen_members_header, strlen(gen_members_header),
	        NULL, diag);
	if (err)
		return err;
	return file_make(&providers, "providers.csv", gen_providers_header,
	        strlen(gen_providers_header), NULL, diag);
}

/* ---- Labels ---- */

struct label_row {
	uint64_t npi;
	const struct gen_scheme *scheme;
	const struct gen_label *label;
};

static int compare_rows(const void *left, const void *right)
{
	const struct label_row *a = left, *b = right;

	if (a->npi != b->npi)
		return a->npi < b->npi ? -1 : 1;
	return strcmp(a->scheme->name, b->scheme->name);
}

static size_t label_rows(
        const struct gen_world *world, const struct gen_label *labels, struct label_row *rows)
{
	size_t count = 0;

	for (uint32_t slot = 0; slot < gen_slots(world); slot++) {
		for (unsigned part = 0; part < 2; part++) {
			const struct gen_label *label = &labels[GEN_LABEL(slot, part)];
			struct gen_provider provider;

			if (label->lines == 0)
				continue;
			gen_provider_get(world, gen_slot_provider(world, slot, part), &provider);
			rows[count++] = (struct label_row){
			        provider.npi, gen_slot_scheme(world, slot), label};
		}
	}
	qsort(rows, count, sizeof(*rows), compare_rows);
	return count;
}

static int labels_write(FILE *file, const struct label_row *rows, size_t count)
{
	fputs(gen_labels_header, file);
	for (size_t i = 0; i < count; i++) {
		char dollars[32];

		*gen_write_cents(dollars, rows[i].label->cents) = '\0';
		fprintf(file, "%llu,%s,%s,%s,%lld,%s\n", (unsigned long long)rows[i].npi,
		        rows[i].scheme->name, rows[i].scheme->rule,
		        rows[i].scheme->flags & GEN_SCHEME_DECOY ? "decoy" : "planted",
		        (long long)rows[i].label->lines, dollars);
	}
	return fflush(file) == 0 && !ferror(file) ? 0 : -1;
}

static int make_labels(
        const struct gen_world *world, const struct gen_label *labels, struct diag *diag)
{
	char path[PATH_MAX_BYTES];
	struct label_row *rows = malloc(((size_t)gen_slots(world) * 2 + 1) * sizeof(*rows));
	FILE *file;
	int fd, err = path_of(path, world->options, "labels.csv", diag);

	if (!rows)
		return diag_set(diag, FAIL_MEMORY, "gen: no memory for the labels");
	if (err)
		goto out;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!file) {
		err = diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", path, strerror(errno));
		goto out;
	}
	if (labels_write(file, rows, label_rows(world, labels, rows)) != 0)
		err = diag_set(diag, FAIL_IO, "%s: cannot be written", path);
	fclose(file);
out:
	free(rows);
	return err;
}

/* Without labels no claims either: where claims.csv is, the others are whole. */
static int make_all(const struct gen_world *world, struct diag *diag)
{
	char path[PATH_MAX_BYTES];
	struct gen_label *labels = calloc((size_t)gen_slots(world) * 2 + 1, sizeof(*labels));
	int err = labels ? 0 : diag_set(diag, FAIL_MEMORY, "gen: no memory for the labels");

	if (err == 0)
		err = make_side(world, diag);
	if (err == 0)
		err = make_claims(world, labels, diag);
	if (err == 0) {
		err = make_labels(world, labels, diag);
		if (err && path_of(path, world->options, "claims.csv", diag) == 0)
			unlink(path);
	}
	free(labels);
	return err;
}

int gen_run(const struct gen_options *options, struct diag *diag)
{
	struct gen_world world;
	int err = options_check(options, diag);

	if (err)
		return err;
	err = gen_world_create(&world, options, parts_of(options->lines, GEN_CHUNK_LINES), diag);
	if (err == 0)
		err = gen_schemes_place(&world, diag);
	if (err == 0) {
		gen_company_init(&world);
		err = directory_make(options, diag);
	}
	if (err == 0)
		err = make_all(&world, diag);
	gen_world_destroy(&world);
	return err;
}
