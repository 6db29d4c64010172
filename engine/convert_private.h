/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kinds of conversion share.
 */
#ifndef CONVERT_PRIVATE_H
#define CONVERT_PRIVATE_H

#include "convert.h"
#include "format/pack.h"
#include "scan_private.h"

#include <pthread.h>
#include <stdatomic.h>

/*
 * Several threads write one file: each waits until all before it have written.
 * Spans and partitions are taken in order, so the first of those at work never
 * waits.
 */
struct turn {
	pthread_mutex_t mutex;
	pthread_cond_t moved;
	uint64_t next;
	int err; /* of one who cannot go on: no one waits any more */
};

void turn_reset(struct turn *turn);
int turn_wait(struct turn *turn, uint64_t number); /* 0, or the failure of another */
void turn_pass(struct turn *turn, uint64_t number);
void turn_fail(struct turn *turn, int err);

/* Each function returns 0 or a negative errno with diag set; NULL: there is nothing to do. */
struct convert_kind {
	const char *ending;
	int (*begin)(struct convert *convert, struct diag *diag);
	void (*end)(struct convert *convert); /* takes what begin() left half made */
	int (*part_create)(struct convert_part *part, struct diag *diag);
	void (*part_destroy)(struct convert_part *part);
	int (*batch)(struct convert_part *part, struct batch *batch, struct diag *diag);
	int (*span)(struct convert_part *part, size_t number, struct diag *diag);
	int (*read)(struct convert_part *part, struct diag *diag);
	int (*settle)(struct convert *convert, struct diag *diag);
	int (*finish)(struct convert_part *part, struct diag *diag);
	int (*complete)(struct convert *convert, struct diag *diag);
};
extern const struct convert_kind convert_csv, convert_pack;

struct convert {
	const struct convert_kind *kind;
	char *path, *temporary;
	bool force;
	int descriptor;
	struct scan *scan;
	struct turn turn;
	void (*keeps)(void *context, const struct batch *batch, bool keep[]); /* NULL: all lines */
	void *keeps_context;
	void *own; /* the kind's */
};

struct convert_part {
	struct convert *convert;
	struct worker *worker;
	void *own; /* the kind's */
};

/* Which lines of a batch are converted. */
void convert_pick(const struct convert *convert, const struct batch *batch, bool keep[BATCH_LINES]);

/* Write all at the end of the file. */
int convert_write(struct convert *convert, const void *data, size_t size, struct diag *diag);

#endif
