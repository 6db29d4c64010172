/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks that know nothing of each other, shared out to threads.  Each keeps what
 * it makes under its own number, so that no order of threads can show.
 */
#ifndef BASE_TASKS_H
#define BASE_TASKS_H

#include <stddef.h>

/*
 * Call run for 0 to count - 1, by as many threads, this one among them; fewer
 * if they cannot be started.  Returns 0, or the failure of the first task by
 * number that failed; the others may not have run then.
 */
int tasks_run(unsigned threads, size_t count, int (*run)(void *context, size_t at), void *context);

#endif
