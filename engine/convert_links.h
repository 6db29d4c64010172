/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which lines stand whole in a pack.
 *
 * Lines are grouped by their person, or where there is none by their claim.  A
 * claim links all groups that its lines are of, and those whose lines name it as
 * their original.  A group that is linked to another is open: of its claims more
 * has to be known than its own lines say.
 */
#ifndef CONVERT_LINKS_H
#define CONVERT_LINKS_H

#include "base/diag.h"
#include "claim.h"
#include "regroup/partition.h"

#include <stdbool.h>
#include <stdint.h>

struct links;
struct links_writer; /* one a thread */

int links_create(struct links **links, const struct partition_options *options, struct diag *diag);
void links_destroy(struct links *links); /* takes NULL */
int links_writer_create(struct links_writer **writer, struct links *links, struct diag *diag);
void links_writer_destroy(struct links_writer *writer); /* takes NULL */

/* The group of a line of a batch whose keys are worked out. */
static inline uint64_t links_group(const struct batch *batch, uint32_t line)
{
	return batch->person_key[line] ? batch->person_key[line] : batch->claim_key[line];
}

/* Take a batch; claim_key, person_key and original_key are worked out. */
int links_add(struct links_writer *writer, const struct batch *batch, struct diag *diag);
int links_finish(struct links_writer *writer, struct diag *diag);

/* When all writers have finished: which groups are open.  One thread. */
int links_settle(struct links *links, struct diag *diag);
bool links_open(const struct links *links, uint64_t group); /* any thread */

#endif
