/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes.h"
#include "lookup/phash.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 170000, NON_KEYS = 10000000, BATCH = 1000 };

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* A word of letters and digits, so of the shape of a code. */
static uint64_t random_code(uint64_t *state)
{
	uint64_t random = next_random(state), word = 0;

	for (unsigned at = 0; at < 5 + random % 3; at++) {
		random = random / 36 ^ next_random(state) << 20;
		word |= (uint64_t)(uint8_t) "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[random % 36]
		        << (8 * at);
	}
	return word;
}

static int compare_keys(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* count different keys, sorted. */
static uint64_t *make_keys(size_t count, uint64_t tag)
{
	uint64_t state = count, *keys = malloc((count + count / 8 + 8) * sizeof(*keys));
	size_t made = 0;

	while (made < count) {
		size_t unique = 0;

		for (; made < count + count / 8 + 8; made++)
			keys[made] = tag | random_code(&state);
		qsort(keys, made, sizeof(*keys), compare_keys);
		for (size_t i = 0; i < made; i++)
			if (i == 0 || keys[i] != keys[i - 1])
				keys[unique++] = keys[i];
		made = unique;
	}
	return keys;
}

static void build(struct phash *table, const uint64_t keys[], size_t count)
{
	uint32_t *values = malloc((count + 1) * sizeof(*values));
	struct diag diag;

	diag_init(&diag);
	for (size_t i = 0; i < count; i++)
		values[i] = (uint32_t)(i + 1);
	cr_assert_eq(phash_build(table, keys, values, count, &diag), 0, "%s", diag.text);
	cr_assert_eq(table->count, count);
	free(values);
}

/* How many random codes that are no keys are said to be one, and the other way. */
static size_t count_wrong(
        const struct phash *table, const uint64_t keys[], size_t count, uint64_t tag)
{
	uint64_t state = 99, words[BATCH];
	uint32_t values[BATCH];
	size_t wrong = 0;

	for (size_t done = 0; done < NON_KEYS; done += BATCH) {
		for (size_t i = 0; i < BATCH; i++)
			words[i] = random_code(&state);
		phash_find_batch(table, tag, words, BATCH, values);
		for (size_t i = 0; i < BATCH; i++) {
			uint64_t key = tag | words[i];
			bool is_key = values[i] && keys[values[i] - 1] == key;

			if (values[i] && !is_key)
				wrong++;
			else if (!values[i] &&
			         bsearch(&key, keys, count, sizeof(*keys), compare_keys))
				wrong++;
		}
	}
	return wrong;
}

Test(lookup, tables_of_all_sizes_hold_their_keys)
{
	static const size_t sizes[] = {
	        0, 1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 100, 1000, 3000, 6144, 12289, 98304, 98305};

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		size_t count = sizes[s], wrong = 0;
		uint64_t *keys = make_keys(count, (uint64_t)3 << 56);
		struct phash table;

		build(&table, keys, count);
		for (size_t i = 0; i < count; i++) {
			wrong += phash_find(&table, keys[i]) != i + 1;
			wrong += phash_find(&table, keys[i] ^ (uint64_t)1 << 56) != 0;
		}
		cr_expect_eq(wrong, 0, "%zu keys", count);
		cr_expect_eq(phash_find(&table, 0), 0);
		phash_destroy(&table);
		free(keys);
	}
}

Test(lookup, many_keys_are_found_and_ten_million_others_refused)
{
	uint64_t tag = code_key(SYSTEM_ICD10CM, 0), *keys = make_keys(MANY, tag);
	uint32_t *values = malloc(MANY * sizeof(*values));
	struct phash table;
	size_t wrong = 0;

	build(&table, keys, MANY);
	cr_expect_leq((double)table.image_size / MANY, 14.0);
	phash_find_batch(&table, 0, keys, MANY, values);
	for (size_t i = 0; i < MANY; i++)
		wrong += values[i] != i + 1;
	cr_expect_eq(wrong, 0);
	cr_expect_eq(count_wrong(&table, keys, MANY, tag), 0);
	phash_destroy(&table);
	free(values);
	free(keys);
}

Test(lookup, batched_equals_single_at_each_length)
{
	uint64_t tag = (uint64_t)5 << 56, *keys = make_keys(600, tag), words[600];
	struct phash table;

	build(&table, keys, 300);
	for (size_t i = 0; i < 600; i++)
		words[i] = keys[(i * 7) % 600] & ~((uint64_t)0xff << 56);
	for (size_t length = 0; length <= 600; length++) {
		uint32_t values[601];

		values[length] = 0xdeadbeef;
		phash_find_batch(&table, tag, words, length, values);
		for (size_t i = 0; i < length; i++)
			cr_assert_eq(values[i], phash_find(&table, tag | words[i]));
		cr_assert_eq(values[length], 0xdeadbeef);
	}
	phash_destroy(&table);
	free(keys);
}

Test(lookup, what_no_table_may_hold_is_refused_by_name)
{
	static const struct {
		uint64_t keys[3];
		uint32_t values[3];
		const char *text;
	} cases[] = {
	        {{0x3332313939, 0x41, 0x3332313939}, {1, 2, 3}, "code \"99123\" stands twice"},
	        {{(uint64_t)3 << 56 | 0x3332313939, 0x3332313939, (uint64_t)3 << 56 | 0x3332313939},
	                {1, 2, 3}, "code \"99123\" stands twice"},
	        {{7, 8, 8}, {1, 2, 3}, "code 0x0000000000000008 stands twice"},
	        {{1, 0, 2}, {1, 2, 3}, "an empty code"},
	        {{0x41, 0x42, 0x43}, {1, 0, 3}, "code \"B\" has the value 0"},
	};

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct phash table;
		struct diag diag;

		diag_init(&diag);
		cr_expect_eq(
		        phash_build(&table, cases[c].keys, cases[c].values, 3, &diag), FAIL_TABLE);
		cr_expect(strstr(diag.text, cases[c].text), "%s", diag.text);
		phash_destroy(&table);
	}
}

Test(lookup, a_thousand_equal_keys_are_refused)
{
	uint64_t keys[1000];
	uint32_t values[1000];
	struct phash table;
	struct diag diag;

	for (size_t i = 0; i < 1000; i++) {
		keys[i] = 77;
		values[i] = 1;
	}
	diag_init(&diag);
	cr_expect_eq(phash_build(&table, keys, values, 1000, &diag), FAIL_TABLE);
	phash_destroy(&table);
}

Test(lookup, an_image_is_used_as_it_lies)
{
	char path[] = "/tmp/test_lookup_XXXXXX";
	uint64_t *keys = make_keys(5000, 1ull << 56);
	struct phash table, mapped, opened;
	struct diag diag;
	void *copy;

	diag_init(&diag);
	build(&table, keys, 5000);
	close(mkstemp(path));
	cr_assert_eq(phash_image_write(&table, path, &diag), 0, "%s", diag.text);
	cr_assert_eq(phash_image_map(&mapped, path, &diag), 0, "%s", diag.text);
	copy = aligned_alloc(PHASH_ALIGNMENT, table.image_size);
	memcpy(copy, table.image, table.image_size);
	cr_assert_eq(phash_image_open(&opened, copy, table.image_size, &diag), 0, "%s", diag.text);
	phash_destroy(&table);
	cr_expect_eq(mapped.count, 5000);
	for (size_t i = 0; i < 5000; i++) {
		cr_assert_eq(phash_find(&mapped, keys[i]), i + 1);
		cr_assert_eq(phash_find(&opened, keys[i]), i + 1);
	}
	phash_destroy(&mapped);
	phash_destroy(&opened);
	unlink(path);
	free(copy);
	free(keys);
}

Test(lookup, two_builds_of_one_set_are_equal_bytes)
{
	uint64_t *keys = make_keys(3000, 1ull << 56);
	struct phash one, two;

	build(&one, keys, 3000);
	build(&two, keys, 3000);
	cr_assert_eq(one.image_size, two.image_size);
	cr_expect_eq(memcmp(one.image, two.image, one.image_size), 0);
	phash_destroy(&one);
	phash_destroy(&two);
	free(keys);
}

/* An image with one byte changed or its end cut is refused, whatever the byte. */
Test(lookup, damaged_images_are_refused)
{
	uint64_t *keys = make_keys(60, 1ull << 56);
	struct phash table, opened;
	uint8_t *copy;
	size_t size, accepted = 0;

	build(&table, keys, 60);
	size = table.image_size;
	copy = aligned_alloc(PHASH_ALIGNMENT, size + PHASH_ALIGNMENT);
	memcpy(copy, table.image, size);
	for (size_t at = 0; at < size; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			struct diag diag;

			diag_init(&diag);
			copy[at] ^= (uint8_t)(1 << bit);
			accepted += phash_image_open(&opened, copy, size, &diag) != FAIL_TABLE;
			copy[at] ^= (uint8_t)(1 << bit);
		}
	}
	for (size_t cut = 0; cut <= size + PHASH_ALIGNMENT; cut++) {
		struct diag diag;

		diag_init(&diag);
		if (cut != size)
			accepted += phash_image_open(&opened, copy, cut, &diag) != FAIL_TABLE;
	}
	cr_expect_eq(accepted, 0);
	phash_destroy(&table);
	free(copy);
	free(keys);
}

static void expect_map(const char *path, int err, const char *text)
{
	struct phash table;
	struct diag diag;

	diag_init(&diag);
	cr_expect_eq(phash_image_map(&table, path, &diag), err);
	cr_expect(strstr(diag.text, text), "%s", diag.text);
	phash_destroy(&table);
}

Test(lookup, files_that_are_no_images_are_refused)
{
	char path[] = "/tmp/test_lookup_XXXXXX";
	int file = mkstemp(path);

	expect_map(path, FAIL_TABLE, "is empty");
	cr_assert_eq(write(file, "code,from,to\n", 13), 13);
	expect_map(path, FAIL_TABLE, "is truncated");
	cr_assert_eq(ftruncate(file, 4096), 0);
	expect_map(path, FAIL_TABLE, "is no code table");
	close(file);
	unlink(path);
	expect_map(path, FAIL_INPUT, "cannot be opened");
	expect_map("/tmp", FAIL_TABLE, "is no regular file");
}
