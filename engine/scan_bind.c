/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files are, by their beginnings: for those who must know before the scan.
 */
#include "scan_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns how many bytes there are, or a negative errno with diag set. */
static ssize_t read_head(
        const struct plan_file *file, uint8_t *head, size_t room, struct diag *diag)
{
	bool spooled = file->spool >= 0;
	int descriptor = spooled ? file->spool : open(file->path, O_RDONLY | O_CLOEXEC);
	ssize_t size = descriptor < 0 ? -1 : pread(descriptor, head, room, 0);

	if (size < 0)
		size = diag_set(diag, FAIL_INPUT, "%s: %s", file->path, strerror(errno));
	if (descriptor >= 0 && !spooled)
		close(descriptor);
	return size;
}

int scan_bind_file(
        struct scan *scan, uint32_t number, const struct layout **layout, struct diag *diag)
{
	const struct plan_file *file = &scan->plan->files[number];
	uint8_t *head = malloc(HEADER_BYTES_MAX);
	ssize_t size = head ? read_head(file, head, HEADER_BYTES_MAX, diag)
	                    : diag_set(diag, FAIL_MEMORY, "no memory");
	struct file_head begins = {.data = head,
	        .size = size > 0 ? (size_t)size : 0,
	        .whole = size >= 0 && (uint64_t)size == file->size_bytes,
	        .path = file->path};
	int err = size > 0 ? layouts_find(scan->layouts, &begins, layout, diag) : (int)size;

	free(head);
	if (err == LAYOUT_PACK)
		err = packs_bind(scan->packs, number, diag);
	return err;
}

int scan_bind_all(struct scan *scan, struct diag *diag)
{
	const struct layout *layout;
	int err = 0;

	for (size_t i = 0; i < scan->plan->file_count && err >= 0; i++)
		err = scan_bind_file(scan, (uint32_t)i, &layout, diag);
	return err < 0 ? err : 0;
}

/* Only its first bytes are looked at: what else it may be is found when it is read. */
int scan_find_whole(struct scan *scan, struct diag *diag)
{
	const struct plan_file *file = &scan->plan->files[0];
	uint8_t magic[PACK_MAGIC_BYTES] = {0};

	/* A tail of earlier months has more of the same persons. */
	if (scan->plan->file_count != 1 || scan->tail)
		return 0;
	if (read_head(file, magic, sizeof(magic), diag) < 0)
		return FAIL_INPUT;
	scan->whole = memcmp(magic, PACK_MAGIC, sizeof(magic)) == 0;
	return scan->whole ? packs_bind(scan->packs, 0, diag) : 0;
}
