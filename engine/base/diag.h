/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, in words for the user, and the exit code that it means.
 *
 * The words are written once, where the fault is first known; the callers in
 * between pass on the negative errno.  Below main.c nothing writes to stderr.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <errno.h>

/* The kinds of failure that have an exit code of their own. */
#define FAIL_USAGE (-EINVAL)             /* 64: wrong command line */
#define FAIL_DATA (-EBADMSG)             /* 65: bad, changed or too bad input */
#define FAIL_INPUT (-ENOENT)             /* 66: no such or unreadable input */
#define FAIL_ABSENT (-ENOTSUP)           /* 69: not here: backend, level, report */
#define FAIL_INTERNAL (-ENOTRECOVERABLE) /* 70: a promise of the code is broken */
#define FAIL_MEMORY (-ENOMEM)            /* 71: memory */
#define FAIL_OUTPUT (-EEXIST)            /* 73: output exists or cannot be made */
#define FAIL_IO (-EIO)                   /* 74: reading or writing failed */
#define FAIL_TABLE (-EPROTO)             /* 78: settings, rules, tables, code sets */
#define FAIL_STOPPED (-EINTR)            /* 128 + signal: told to stop */

enum { DIAG_TEXT_MAX = 1024 };

struct diag {
	char text[DIAG_TEXT_MAX]; /* ended by NUL, no newline; "" for none */

	/* Called for each warning, if set.  Any thread; text lives for the call. */
	void (*warn)(void *context, const char *text);
	void *warn_context;
};

void diag_init(struct diag *diag);

/* No words yet, and warnings where the other's go: for what is done beside it. */
void diag_init_beside(struct diag *diag, const struct diag *other);

/*
 * Note the words of a failure and return err, so that a function can end in
 * return diag_set(diag, FAIL_DATA, "%s:%llu: ...", ...).  The first words
 * stand: a later call for the same failure changes nothing.
 */
int diag_set(struct diag *diag, int err, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Warn: one line, without newline. */
void diag_warn(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The exit code that a negative errno means; 0 for 0. */
int diag_exit_code(int err);

#endif
