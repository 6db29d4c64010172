/* SPDX-License-Identifier: Apache-2.0 */
#include "base/budget.h"
#include "base/pages.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1 << 20, ROOM = 4 * MIB };

static char folder[] = "/tmp/test_budget_XXXXXX";

static void open_budget(void)
{
	cr_assert_not_null(mkdtemp(folder));
	budget_open(ROOM, folder);
}

/* The last page is back, and with it the file; in the folder it never had a name. */
static void close_budget(void)
{
	cr_assert_eq(budget_figures().mapped, 0);
	cr_assert_eq(budget_left(), ROOM);
	budget_close();
	cr_assert_eq(rmdir(folder), 0);
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static void fill(uint8_t *bytes, size_t size, unsigned seed)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 31 + seed);
}

static bool is_filled(const uint8_t *bytes, size_t size, unsigned seed)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != (uint8_t)(i * 31 + seed))
			return false;
	}
	return true;
}

Test(budget, without_a_ceiling_all_is_anonymous)
{
	uint8_t *pages = pages_create(64 * MIB), *array = budget_alloc(64 * MIB);

	cr_assert(!budget_is_mapped(pages));
	cr_assert(!budget_is_mapped(array));
	cr_assert(is_zero(pages, 64 * MIB));
	budget_free(array);
	pages_destroy(pages, 64 * MIB);
	cr_assert_eq(budget_figures().mapped_most, 0);
}

Test(budget, pages_are_anonymous_while_there_is_room)
{
	uint8_t *pages[6];

	open_budget();
	for (unsigned i = 0; i < 6; i++) {
		pages[i] = pages_create(MIB);
		cr_assert_not_null(pages[i]);
		cr_assert_eq(budget_is_mapped(pages[i]), i >= 4, "slab %u", i);
		cr_assert(is_zero(pages[i], MIB));
		fill(pages[i], MIB, i);
	}
	cr_assert_eq(budget_left(), 0);
	cr_assert_eq(budget_figures().mapped, 2 * MIB);
	for (unsigned i = 0; i < 6; i++)
		cr_assert(is_filled(pages[i], MIB, i), "slab %u", i);

	/* What one gives back the next has, and finds zeros there. */
	pages_destroy(pages[4], MIB);
	pages_destroy(pages[0], MIB);
	cr_assert_eq(budget_figures().mapped, MIB);
	cr_assert_eq(budget_left(), MIB);
	pages[0] = pages_create(MIB);
	uint8_t *again = pages_create(MIB);

	cr_assert(!budget_is_mapped(pages[0]));
	cr_assert_eq(again, pages[4]);
	cr_assert(is_zero(again, MIB));
	cr_assert(is_filled(pages[5], MIB, 5));
	for (unsigned i = 0; i < 6; i++)
		pages_destroy(pages[i], MIB);
	cr_assert_eq(budget_figures().mapped_most, 2 * MIB);
	close_budget();
}

Test(budget, places_in_the_file_are_used_again_whatever_their_size)
{
	void *slabs[8];

	open_budget();
	budget_reserve(ROOM);
	for (unsigned i = 0; i < 8; i++)
		slabs[i] = budget_map(MIB);
	/* Given back out of order, neighbours join: what is larger fits there. */
	static const unsigned order[] = {2, 4, 3, 6, 5};
	for (unsigned i = 0; i < 5; i++)
		budget_unmap(slabs[order[i]], MIB);
	void *large = budget_map(4 * MIB + 1);

	cr_assert_eq(large, slabs[2]);
	cr_assert_eq(budget_figures().mapped, 3 * MIB + 4 * MIB + 4096);
	cr_assert_eq(budget_figures().mapped_most, 8 * MIB);
	budget_unmap(large, 4 * MIB + 1);
	budget_unmap(slabs[7], MIB);
	budget_unmap(slabs[0], MIB);
	budget_unmap(slabs[1], MIB);
	budget_give(ROOM);
	close_budget();
}

Test(budget, arrays_grow_out_of_memory_and_keep_what_they_hold)
{
	size_t sizes[] = {100, BUDGET_ARRAY_BYTES, MIB, 3 * MIB, 5 * MIB, 20 * MIB, 2 * MIB};
	uint8_t *array = NULL;
	size_t held = 0;

	open_budget();
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t kept = held < sizes[i] ? held : sizes[i];

		array = budget_resize(array, sizes[i]);
		cr_assert_not_null(array);
		cr_assert(is_filled(array, kept, 7), "%zu bytes", sizes[i]);
		cr_assert_eq(budget_is_mapped(array), sizes[i] > ROOM, "%zu bytes", sizes[i]);
		fill(array, sizes[i], 7);
		held = sizes[i];
	}
	cr_assert_eq(budget_left(), ROOM - 2 * MIB);
	cr_assert_eq(budget_figures().mapped, 0, "it came back where there was room");
	budget_free(array);
	array = budget_calloc(5, MIB);
	cr_assert(budget_is_mapped(array));
	cr_assert(is_zero(array, 5 * MIB));
	cr_assert_null(budget_calloc(SIZE_MAX / 2, 3));
	budget_free(array);
	budget_free(NULL);
	close_budget();
}

Test(budget, small_arrays_are_not_counted)
{
	open_budget();
	budget_reserve(2 * ROOM);
	void *small = budget_alloc(BUDGET_ARRAY_BYTES - 1),
	     *large = budget_alloc(BUDGET_ARRAY_BYTES);

	cr_assert_eq(budget_left(), 0);
	cr_assert(!budget_is_mapped(small));
	cr_assert(budget_is_mapped(large));
	budget_free(small);
	budget_free(large);
	budget_give(2 * ROOM);
	close_budget();
}

/* What is taken of one run may outlive it. */
Test(budget, the_file_stays_until_its_last_page_is_back)
{
	open_budget();
	uint8_t *array = budget_alloc(ROOM + 1);

	fill(array, ROOM + 1, 3);
	budget_close();
	cr_assert(is_filled(array, ROOM + 1, 3));
	cr_assert_eq(budget_figures().mapped_most, budget_figures().mapped);
	budget_free(array);
	cr_assert_eq(budget_figures().mapped, 0);
	cr_assert_eq(rmdir(folder), 0);
}

/* A disk that is full is an error where memory is asked for, not a signal where it is used. */
Test(budget, a_full_disk_is_told)
{
	struct rlimit limit = {8 * MIB, 8 * MIB};
	struct diag diag;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	diag_init(&diag);
	open_budget();
	budget_reserve(ROOM);
	uint8_t *fits = budget_map(6 * MIB);

	fill(fits, 6 * MIB, 1);
	cr_assert_eq(budget_failure(&diag), 0);
	cr_assert_null(budget_map(6 * MIB));
	cr_assert_null(budget_resize(NULL, 6 * MIB));
	cr_assert(is_filled(fits, 6 * MIB, 1));
	diag_set(&diag, FAIL_MEMORY, "no memory for columns");
	cr_assert_eq(budget_failure(&diag), FAIL_IO);
	cr_assert_eq(diag_exit_code(budget_failure(&diag)), 74);
	cr_assert_not_null(strstr(diag.text, folder));
	cr_assert_not_null(strstr(diag.text, "cannot write the spill file: File too large"));
	cr_assert_not_null(strstr(diag.text, "--tmp names another directory"));
	budget_unmap(fits, 6 * MIB);
	uint8_t *again = budget_map(8 * MIB);

	cr_assert_not_null(again, "what was refused has lost no place");
	cr_assert(is_zero(again, 8 * MIB));
	budget_unmap(again, 8 * MIB);
	budget_give(ROOM);
	close_budget();
}

Test(budget, a_folder_that_is_not_there_is_told)
{
	struct diag diag;

	diag_init(&diag);
	budget_open(0, "/nowhere/at/all");
	cr_assert_null(pages_create(MIB));
	cr_assert_eq(budget_failure(&diag), FAIL_IO);
	cr_assert_not_null(strstr(diag.text, "/nowhere/at/all: cannot make the spill file"));
	budget_close();
	cr_assert_eq(budget_failure(&diag), FAIL_IO, "until the next is opened");
	budget_open(0, "/tmp");
	cr_assert_eq(budget_failure(&diag), 0);
	budget_close();
}

/* The descriptor of the budget's file, which has no name left. */
static int budget_descriptor(void)
{
	char link[64], name[256];

	for (int fd = 3; fd < 64; fd++) {
		ssize_t size;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		size = readlink(link, name, sizeof(name) - 1);
		name[size > 0 ? size : 0] = '\0';
		if (strncmp(name, folder, strlen(folder)) == 0)
			return fd;
	}
	cr_assert_fail("the budget has no file");
	return -1;
}

static void end_of_it(void)
{
	_exit(74);
}

/* As where the disk does not read its pages again. */
Test(budget, a_page_that_is_lost_ends_the_process, .exit_code = 74)
{
	uint8_t *pages;

	cr_assert_not_null(mkdtemp(folder));
	budget_when_lost(end_of_it);
	budget_open(0, folder);
	pages = budget_map(MIB);
	cr_assert_not_null(pages);
	cr_assert_eq(ftruncate(budget_descriptor(), 0), 0);
	rmdir(folder);
	pages[0] = 1;
}
