/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The budget: how much anonymous memory the process may still take, and the
 * file that holds what is beyond it.
 *
 * Structures that grow with the input (counters, tallies, columns, tables of
 * side files, what is sorted) take their memory here.  While there is room it is
 * anonymous, as it would be without a budget.  When there is none it is pages of
 * a file in --tmp, without a name, whose space is reserved before it is mapped:
 * memory that the kernel writes back and reads again, so that a structure has
 * the same layout wherever it lies, and a full disk is an error, not a signal.
 * A page that the disk does not give back is told by budget_when_lost().
 *
 * Until budget_open() all is room.  Any thread may call what stands below it.
 */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From now on at most so many bytes are anonymous, beside what was taken before;
 * tmp is the directory of the file, and stands until budget_close().
 */
void budget_open(uint64_t bytes, const char *tmp);

/*
 * Memory that cannot be read has no one to be told of where it is touched.  So the
 * process ends: told is called in a signal handler, does what is safe there, and
 * does not come back.  NULL: the process dies of SIGBUS.  Before any thread begins.
 */
void budget_when_lost(void (*told)(void));

/* All is room again; the file stays until its last page is given back. */
void budget_close(void);

/* Count bytes as anonymous if there is room for them. */
bool budget_take(size_t bytes);

/* ... room or none: a share that is set aside for one who keeps to it by other means. */
void budget_reserve(size_t bytes);
void budget_give(size_t bytes);

/* Bytes that are still room. */
uint64_t budget_left(void);

/*
 * Zeroed pages of the file; bytes are made whole pages.  NULL: no address space,
 * or no space on the disk, which budget_failure() tells.
 */
void *budget_map(size_t bytes);
void budget_unmap(void *at, size_t bytes); /* with the same size */
bool budget_is_mapped(const void *at);

/*
 * As malloc, calloc, realloc and free are, for arrays that may become large:
 * those of BUDGET_ARRAY_BYTES and more are counted.  What one of these gave,
 * only these take.
 */
enum { BUDGET_ARRAY_BYTES = 64 << 10 };
void *budget_alloc(size_t bytes);
void *budget_calloc(size_t count, size_t size);
void *budget_resize(void *array, size_t bytes);
void budget_free(void *array);

/* If the file could not be made or had no space: FAIL_IO with the words for it; else 0. */
int budget_failure(struct diag *diag);

/* Bytes of the file that are in use, and the most there were. */
struct budget_figures {
	uint64_t mapped, mapped_most;
};
struct budget_figures budget_figures(void);

#endif
