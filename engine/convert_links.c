/* SPDX-License-Identifier: Apache-2.0 */
#include "convert_links.h"

#include <stdlib.h>
#include <string.h>

/* More open groups than this, which take 64 MiB: then all are. */
enum { OPEN_MAX = 4 << 20 };

struct link {
	struct record_head head; /* key: the claim's */
	uint64_t group;
};

struct links {
	struct partitions *partitions; /* until settled */
	uint64_t *open;                /* in order */
	size_t count;
	bool all_open;
};

struct links_writer {
	struct partition_writer *records;
	uint64_t claim, group; /* of the last line */
};

int links_create(struct links **links, const struct partition_options *options, struct diag *diag)
{
	struct links *made = calloc(1, sizeof(*made));
	int err = made ? partitions_create(&made->partitions, options, diag)
	               : diag_set(diag, FAIL_MEMORY, "no memory for a pack");

	if (err < 0) {
		links_destroy(made);
		return err;
	}
	*links = made;
	return 0;
}

void links_destroy(struct links *links)
{
	if (!links)
		return;
	partitions_destroy(links->partitions);
	free(links->open);
	free(links);
}

int links_writer_create(struct links_writer **writer, struct links *links, struct diag *diag)
{
	struct links_writer *made = calloc(1, sizeof(*made));
	int err = made ? partition_writer_create(&made->records, links->partitions, diag)
	               : diag_set(diag, FAIL_MEMORY, "no memory for a worker");

	if (err < 0) {
		links_writer_destroy(made);
		return err;
	}
	*writer = made;
	return 0;
}

void links_writer_destroy(struct links_writer *writer)
{
	if (!writer)
		return;
	partition_writer_destroy(writer->records);
	free(writer);
}

static bool put_link(struct links_writer *writer, uint64_t claim, uint64_t group)
{
	const struct link link = {.head = {claim, sizeof(link), 0}, .group = group};

	return partition_put(writer->records, &link, 1, sizeof(link));
}

int links_add(struct links_writer *writer, const struct batch *batch, struct diag *diag)
{
	bool put = true;

	for (uint32_t i = 0; i < batch->count && put; i++) {
		uint64_t claim = batch->claim_key[i], group = links_group(batch, i);

		if (claim != writer->claim || group != writer->group)
			put = put_link(writer, claim, group);
		if (put && batch->original_key[i])
			put = put_link(writer, batch->original_key[i], group);
		writer->claim = claim;
		writer->group = group;
	}
	return put ? 0 : partition_writer_error(writer->records, diag);
}

int links_finish(struct links_writer *writer, struct diag *diag)
{
	return partition_writer_finish(writer->records, diag);
}

/* ---- Settling ---- */

static int compare_groups(const void *a, const void *b)
{
	uint64_t of_a = *(const uint64_t *)a, of_b = *(const uint64_t *)b;

	return (of_a > of_b) - (of_a < of_b);
}

/* Each open group once, in order.  What is above the limit hangs on nothing but the links. */
static void sort_open(struct links *links)
{
	size_t distinct = 0;

	qsort(links->open, links->count, sizeof(*links->open), compare_groups);
	for (size_t i = 0; i < links->count; i++) {
		if (distinct == 0 || links->open[distinct - 1] != links->open[i])
			links->open[distinct++] = links->open[i];
	}
	links->count = distinct;
	links->all_open |= distinct > OPEN_MAX;
}

static void add_open(struct links *links, uint64_t group)
{
	if (links->all_open)
		return;
	if (links->count == (size_t)2 * OPEN_MAX)
		sort_open(links);
	if (!links->all_open)
		links->open[links->count++] = group;
}

/* The links of one claim: if they are of several groups, these are open. */
static void settle_claim(
        struct links *links, const struct record_head *const *records, size_t count)
{
	uint64_t first = ((const struct link *)(const void *)records[0])->group;
	bool several = false;

	for (size_t i = 1; i < count; i++)
		several |= ((const struct link *)(const void *)records[i])->group != first;
	for (size_t i = 0; several && i < count; i++)
		add_open(links, ((const struct link *)(const void *)records[i])->group);
}

static void settle_partition(struct links *links, const struct partition_view *view)
{
	for (size_t from = 0, to; from < view->count; from = to) {
		for (to = from + 1; to < view->count; to++) {
			if (view->records[to]->key != view->records[from]->key)
				break;
		}
		settle_claim(links, view->records + from, to - from);
	}
}

int links_settle(struct links *links, struct diag *diag)
{
	int err = 0;

	links->open = malloc((size_t)2 * OPEN_MAX * sizeof(*links->open));
	if (!links->open)
		return diag_set(diag, FAIL_MEMORY, "no memory for a pack");
	for (unsigned i = 0; i < partitions_count(links->partitions) && err == 0; i++) {
		struct partition_view view;

		err = partition_load(links->partitions, i, &view, diag);
		if (err == 0) {
			settle_partition(links, &view);
			partition_release(links->partitions, &view);
		}
	}
	sort_open(links);
	partitions_destroy(links->partitions);
	links->partitions = NULL;
	return err;
}

bool links_open(const struct links *links, uint64_t group)
{
	return links->all_open || (links->count > 0 && bsearch(&group, links->open, links->count,
	                                                       sizeof(group), compare_groups));
}
