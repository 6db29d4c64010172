/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is cut short while it is mapped makes whoever touches its pages
 * die of SIGBUS, anywhere in the code that reads a view.  Jumping out of there
 * would leave that code's state behind.  So the handler puts zeros in the
 * place of the pages that are gone, notes that it did, and returns; the code
 * goes on over zeros to the end of the view, and the reader then says that the
 * file changed.
 *
 * The handler is the process's, set at the first guard; a SIGBUS outside of
 * all guards goes to the handler that was there before.
 */
#ifndef INPUT_SIGBUS_H
#define INPUT_SIGBUS_H

#include <stdbool.h>
#include <stddef.h>

struct sigbus_guard;

/* Guard memory, whole pages, until it is released.  NULL: no memory.  Any thread. */
struct sigbus_guard *sigbus_guard(void *memory, size_t size);
void sigbus_release(struct sigbus_guard *guard); /* takes NULL */

/* Whether pages of it were gone when they were touched. */
bool sigbus_was_hit(const struct sigbus_guard *guard);

#endif
