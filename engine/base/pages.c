/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pages.h"

#include "base/budget.h"

#include <stdint.h>
#include <sys/mman.h>

static void *map(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* Map more than asked for and give back what lies outside the aligned part. */
static void *map_aligned(size_t bytes)
{
	uint8_t *at = map(bytes + PAGE_HUGE_BYTES);

	if (!at)
		return NULL;
	size_t before = -(uintptr_t)at & (PAGE_HUGE_BYTES - 1);

	if (before)
		munmap(at, before);
	if (before < PAGE_HUGE_BYTES)
		munmap(at + before + bytes, PAGE_HUGE_BYTES - before);
	return at + before;
}

static size_t whole_pages(size_t bytes)
{
	return (bytes + 4095) & ~(size_t)4095;
}

void *pages_create_apart(size_t bytes)
{
	bytes = whole_pages(bytes);
	return bytes < PAGE_HUGE_BYTES ? map(bytes) : map_aligned(bytes);
}

void pages_destroy_apart(void *pages, size_t bytes)
{
	if (pages)
		munmap(pages, whole_pages(bytes));
}

void *pages_create(size_t bytes)
{
	bytes = whole_pages(bytes);
	if (!budget_take(bytes))
		return budget_map(bytes);
	void *pages = pages_create_apart(bytes);

	if (!pages)
		budget_give(bytes);
	return pages;
}

void pages_destroy(void *pages, size_t bytes)
{
	bytes = whole_pages(bytes);
	if (!pages)
		return;
	if (budget_is_mapped(pages)) {
		budget_unmap(pages, bytes);
		return;
	}
	munmap(pages, bytes);
	budget_give(bytes);
}

void pages_ask_huge(void *pages, size_t bytes)
{
	/* Only a wish: where the kernel has no huge pages, nothing is lost but speed. */
	(void)madvise(pages, bytes, MADV_HUGEPAGE);
}
