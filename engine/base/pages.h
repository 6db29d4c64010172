/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zeroed memory from the kernel: anonymous while the budget has room, else of
 * its file (base/budget.h).  What is never touched costs nothing.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stdbool.h>
#include <stddef.h>

enum { PAGE_HUGE_BYTES = 2 << 20 };

/*
 * Zeroed bytes at a page's start; from PAGE_HUGE_BYTES on at a huge page's.
 * NULL: no memory.  Freed by pages_destroy() with the same size.
 */
void *pages_create(size_t bytes);
void pages_destroy(void *pages, size_t bytes);

/*
 * ... always anonymous, and not counted: tables of which little is ever touched,
 * and what is of a share that the budget has set aside.
 */
void *pages_create_apart(size_t bytes);
void pages_destroy_apart(void *pages, size_t bytes);

/* Ask for huge pages: for tables that are read at random and will fill up. */
void pages_ask_huge(void *pages, size_t bytes);

#endif
