/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks of work made by several threads at once and put in order, one after
 * the other:
 *
 *     chunk 0  make | put
 *     chunk 1  make ------- | put
 *     chunk 2         make -------- | put
 *
 * Making is most of the work, so the turns hardly make anyone wait.
 */
#ifndef REPORT_ORDERED_H
#define REPORT_ORDERED_H

#include <stddef.h>

struct ordered_work {
	void *context; /* shared */

	/* Tasks without a turn, taken before the chunks: the longest should be first. */
	size_t beside_count;
	int (*beside)(void *context, size_t at);

	/* What a thread has for itself; end takes what begin made, NULL too. */
	int (*begin)(void **own, void *context);
	void (*end)(void *own);

	int (*make)(void *own, size_t chunk); /* any number at once */
	int (*put)(void *own, size_t chunk);  /* in order; NULL: nothing to put */
};

/*
 * Make and put chunks 0 to count - 1 with at most so many threads, the caller
 * being one of them.  Returns 0, or the first failure that came to be known;
 * nothing is put behind it.
 */
int ordered_run(const struct ordered_work *work, size_t count, unsigned threads);

#endif
