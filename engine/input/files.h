/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the user names (files, directories, globs, manifests, pipes) to a
 * list of files, for the plan.
 */
#ifndef INPUT_FILES_H
#define INPUT_FILES_H

#include "base/diag.h"
#include "input/plan.h"

#include <stdbool.h>
#include <stddef.h>

struct stat;

/* Paths are the list's own until a plan takes them over. */
struct file_list {
	struct plan_file *files; /* path, spool, size_bytes, device, inode, modified_ns */
	size_t count;
	size_t room;
	const char *tmp;      /* directory of spooled streams */
	int (*stopped)(void); /* NULL: nobody stops it */
	unsigned threads;     /* that look at files; 0 is 1 */
	bool stdin_is_in;     /* "-" was named */
	struct diag *diag;    /* for failures and warnings */
};

void file_list_init(struct file_list *list, const char *tmp, struct diag *diag);
void file_list_reset(struct file_list *list);

/*
 * Add all files that an input stands for.  Returns 0, or a negative errno with
 * diag set: FAIL_INPUT if there is no such input or it cannot be read.
 */
int file_list_add(struct file_list *list, const char *input);

/*
 * Look at what directories named, sort by path as bytes, leave out, with a
 * warning, what is there twice.  Returns as file_list_add() does.
 */
int file_list_settle(struct file_list *list);

/* Take size, device, inode and modification time over into a file. */
void file_set_stat(struct plan_file *file, const struct stat *status);

/* Whether a file's size, device, inode and modification time are still these. */
bool file_has_stat(const struct plan_file *file, const struct stat *status);

/*
 * Copy a stream to its end into an unlinked file in directory tmp, mode 0600.
 * Returns the descriptor of that file, the caller's to close, or a negative
 * errno with diag set: -ENOSPC names --tmp; FAIL_STOPPED if a signal came.
 */
struct spool_source {
	int stream;
	const char *path;     /* for messages */
	int (*stopped)(void); /* not 0: stop; asked every now and then; NULL: nobody */
};
int spool_stream(const struct spool_source *source, const char *tmp, struct diag *diag);

#endif
