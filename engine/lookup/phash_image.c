/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/phash_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(sizeof(struct phash_header) == 192, "the header has no padding of its own");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are used as they lie");

static uint64_t padded(uint64_t size)
{
	return (size + PHASH_ALIGNMENT - 1) & ~(uint64_t)(PHASH_ALIGNMENT - 1);
}

void phash_layout(struct phash_header *header)
{
	uint64_t at = sizeof(*header);

	header->padded[SECTION_PILOTS] = padded((uint64_t)1 << (64 - header->shift));
	header->padded[SECTION_KEYS] = padded(header->slots * (uint64_t)sizeof(uint64_t));
	header->padded[SECTION_VALUES] = padded(header->slots * (uint64_t)sizeof(uint32_t));
	for (int i = 0; i < SECTIONS; i++) {
		header->offset[i] = at;
		at += header->padded[i];
	}
	header->size = at;
}

/* Point the table into its block. */
static void attach(struct phash *table, const void *image)
{
	const struct phash_header *header = image;
	const uint8_t *bytes = image;

	table->image = image;
	table->image_size = header->size;
	table->count = header->count;
	table->seed = header->seed;
	table->slots = header->slots;
	table->shift = header->shift;
	table->pilots = bytes + header->offset[SECTION_PILOTS];
	table->keys = (const uint64_t *)(const void *)(bytes + header->offset[SECTION_KEYS]);
	table->values = (const uint32_t *)(const void *)(bytes + header->offset[SECTION_VALUES]);
}

int phash_allocate(struct phash *table, const struct phash_header *header, struct diag *diag)
{
	void *image = aligned_alloc(PHASH_ALIGNMENT, header->size);

	if (!image)
		return diag_set(diag, FAIL_MEMORY, "no memory for a code table of %llu bytes",
		        (unsigned long long)header->size);
	memset(image, 0, header->size);
	memcpy(image, header, sizeof(*header));
	table->owned = PHASH_ALLOCATED;
	attach(table, image);
	return 0;
}

static struct hash128 header_hash(const struct phash_header *header)
{
	return hash128(header, offsetof(struct phash_header, header_hash));
}

void phash_seal(struct phash *table)
{
	struct phash_header *header = (struct phash_header *)(uintptr_t)table->image;
	const uint8_t *bytes = table->image;

	for (int i = 0; i < SECTIONS; i++)
		header->hash[i] = hash128(bytes + header->offset[i], header->padded[i]);
	header->header_hash = header_hash(header);
}

void phash_destroy(struct phash *table)
{
	void *image = (void *)(uintptr_t)table->image;

	if (table->owned == PHASH_ALLOCATED)
		free(image);
	else if (table->owned == PHASH_MAPPED)
		munmap(image, table->image_size);
	memset(table, 0, sizeof(*table));
}

static bool same_hash(struct hash128 a, struct hash128 b)
{
	return a.low == b.low && a.high == b.high;
}

/* What is wrong with a header, NULL if nothing. */
static const char *check_header(const struct phash_header *header, size_t size)
{
	struct phash_header expected;

	if (memcmp(header->magic, PHASH_MAGIC, sizeof(header->magic)) != 0)
		return "is no code table";
	if (header->byte_order != PHASH_BYTE_ORDER || header->version != PHASH_IMAGE_VERSION)
		return "is a code table of another version";
	if (!same_hash(header->header_hash, header_hash(header)))
		return "has a damaged header";
	if (header->shift < 32 || header->shift > 63 || header->slots == 0 ||
	        header->count > header->slots)
		return "has a header that cannot be";
	expected = *header;
	phash_layout(&expected);
	if (memcmp(&expected, header, sizeof(expected)) != 0)
		return "has a header that cannot be";
	if (header->size != size)
		return "is truncated, or too long";
	return NULL;
}

static const char *check_beginning(const void *image, size_t size)
{
	if ((uintptr_t)image % PHASH_ALIGNMENT != 0)
		return "is not aligned";
	if (size < sizeof(struct phash_header))
		return "is truncated";
	return check_header(image, size);
}

static const char *check_image(const void *image, size_t size)
{
	const struct phash_header *header = image;
	const uint8_t *bytes = image;
	const char *wrong = check_beginning(image, size);

	if (wrong)
		return wrong;
	for (int i = 0; i < SECTIONS; i++) {
		struct hash128 found = hash128(bytes + header->offset[i], header->padded[i]);

		if (!same_hash(found, header->hash[i]))
			return "is damaged";
	}
	return NULL;
}

int phash_image_open(struct phash *table, const void *image, size_t size, struct diag *diag)
{
	const char *wrong = check_image(image, size);

	memset(table, 0, sizeof(*table));
	if (wrong)
		return diag_set(diag, FAIL_TABLE, "code table %s", wrong);
	attach(table, image);
	return 0;
}

int phash_image_attach(struct phash *table, const void *image, size_t size, struct diag *diag)
{
	const char *wrong = check_beginning(image, size);

	memset(table, 0, sizeof(*table));
	if (wrong)
		return diag_set(diag, FAIL_TABLE, "code table %s", wrong);
	attach(table, image);
	return 0;
}

/* Map a whole file; NULL for an empty one. */
static int map_file(const char *path, const void **image, size_t *size, struct diag *diag)
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
	*size = (size_t)status.st_size;
	*image = NULL;
	if (*size == 0)
		goto done;
	memory = mmap(NULL, *size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
	if (memory == MAP_FAILED)
		err = diag_set(
		        diag, FAIL_MEMORY, "%s: cannot be mapped: %s", path, strerror(errno));
	else
		*image = memory;
done:
	close(file);
	return err;
}

int phash_image_map(struct phash *table, const char *path, struct diag *diag)
{
	const void *image = NULL;
	const char *wrong;
	size_t size = 0;
	int err;

	memset(table, 0, sizeof(*table));
	err = map_file(path, &image, &size, diag);
	if (err)
		return err;
	wrong = image ? check_image(image, size) : "is empty";
	if (wrong) {
		if (image)
			munmap((void *)(uintptr_t)image, size);
		return diag_set(diag, FAIL_TABLE, "%s: %s", path, wrong);
	}
	attach(table, image);
	table->owned = PHASH_MAPPED;
	return 0;
}

static int write_all(int file, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(file, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		bytes += written;
		size -= (size_t)written;
	}
	return 0;
}

int phash_image_write(const struct phash *table, const char *path, struct diag *diag)
{
	int err = 0, file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (file < 0)
		return diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", path, strerror(errno));
	if (write_all(file, table->image, table->image_size) != 0)
		err = diag_set(diag, FAIL_IO, "%s: cannot be written: %s", path, strerror(errno));
	if (close(file) != 0 && !err)
		err = diag_set(diag, FAIL_IO, "%s: cannot be closed: %s", path, strerror(errno));
	return err;
}
