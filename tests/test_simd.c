/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every variant equals scalar at each length and alignment, with the text
 * against an unreadable page on either side.
 */
#include "simd/simd.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LENGTH_MAX = 300, ALIGNMENTS = 64, COUNT_BEFORE = 5, BASE = 1000000 };

/* Pages of text between two that cannot be read. */
struct guarded {
	uint8_t *first;
	uint8_t *end;
};

static struct guarded guarded_make(size_t pages)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *all = mmap(NULL, (pages + 2) * page, PROT_READ | PROT_WRITE,
	        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert_neq(all, MAP_FAILED);
	cr_assert_eq(mprotect(all, page, PROT_NONE), 0);
	cr_assert_eq(mprotect(all + (pages + 1) * page, page, PROT_NONE), 0);
	return (struct guarded){all + page, all + (pages + 1) * page};
}

static uint64_t random_next(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15;
	return hash64(state, sizeof(*state));
}

/* Kinds of text, from what claims are like to what they never are. */
static const char *const alphabets[] = {
        "0123456789abcdef,\n",
        ",",
        "\n",
        "\"",
        ",\n\"",
        ",,,,,,,,,,\n",
        "\n\n\n\n\n\nx",
        "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789,",
        "\x80\xff\xac\x8a\xa2,\n\"",
};

static void fill(uint8_t *text, size_t size, const char *alphabet, uint64_t seed)
{
	size_t count = strlen(alphabet);

	for (size_t i = 0; i < size; i++)
		text[i] = (uint8_t)alphabet[random_next(&seed) % count];
}

/* Arrays with exactly the room that the header asks for, so that ASan sees more. */
static struct text_index index_make(size_t size)
{
	size_t room = (COUNT_BEFORE + TEXT_INDEX_ROOM(size)) * sizeof(uint32_t);
	struct text_index index = {
	        malloc(room), malloc(room), malloc(room), COUNT_BEFORE, COUNT_BEFORE, COUNT_BEFORE};

	memset(index.separators, 0xee, room);
	memset(index.rows, 0xee, room);
	memset(index.quotes, 0xee, room);
	return index;
}

static void index_free(struct text_index *index)
{
	free(index->separators);
	free(index->rows);
	free(index->quotes);
}

static void check_index(
        const struct text_scan *scan, const uint8_t *text, size_t size, uint8_t delimiter)
{
	struct text_index want = index_make(size);
	struct text_index have = index_make(size);

	text_scan_at(LEVEL_SCALAR)->index(&want, text, size, BASE, delimiter);
	scan->index(&have, text, size, BASE, delimiter);
	cr_assert_eq(have.separator_count, want.separator_count);
	cr_assert_eq(have.row_count, want.row_count);
	cr_assert_eq(have.quote_count, want.quote_count);
	cr_assert_arr_eq(have.separators, want.separators, want.separator_count * 4);
	cr_assert_arr_eq(have.rows, want.rows, want.row_count * 4);
	cr_assert_arr_eq(have.quotes, want.quotes, want.quote_count * 4);
	index_free(&want);
	index_free(&have);
}

/* Against the page behind at each length, against the one before, and at each alignment. */
static void check_places(const struct text_scan *scan, const struct guarded *guarded,
        const char *alphabet, uint8_t delimiter)
{
	for (size_t size = 0; size <= LENGTH_MAX; size++) {
		fill(guarded->end - size, size, alphabet, size);
		check_index(scan, guarded->end - size, size, delimiter);
		fill(guarded->first, size, alphabet, size + 7);
		check_index(scan, guarded->first, size, delimiter);
	}
	for (size_t align = 0; align < ALIGNMENTS; align++) {
		for (size_t size = align % 5; size <= LENGTH_MAX; size += 5) {
			uint8_t *text = guarded->end - LENGTH_MAX - ALIGNMENTS + align;

			check_index(scan, text, size, delimiter);
		}
	}
}

Test(simd, index_equals_scalar_against_guard_pages)
{
	struct guarded guarded = guarded_make(1);

	for (int level = LEVEL_AVX2; level < LEVEL_COUNT; level++) {
		const struct text_scan *scan = text_scan_at((enum level)level);

		for (size_t i = 0; scan && i < sizeof(alphabets) / sizeof(alphabets[0]); i++)
			check_places(scan, &guarded, alphabets[i], ',');
		if (scan) {
			check_places(scan, &guarded, "a\nb\"", '\n');
			check_places(scan, &guarded, "a\nb\"", '"');
			check_places(scan, &guarded, "\xff\n", 0xff);
		}
	}
}

/* A masked-out byte of a tail must not pass for a delimiter. */
Test(simd, index_with_nul_as_delimiter)
{
	for (int level = LEVEL_SCALAR; level < LEVEL_COUNT; level++) {
		const struct text_scan *scan = text_scan_at((enum level)level);
		static const uint8_t text[] = {'a', 0, 'b', '\n', 0};
		struct text_index index = index_make(sizeof(text));

		if (scan) {
			scan->index(&index, text, sizeof(text), 0, 0);
			cr_assert_eq(index.separator_count, COUNT_BEFORE + 3);
			cr_assert_eq(index.separators[COUNT_BEFORE + 2], 4);
		}
		index_free(&index);
	}
}

Test(simd, index_known_answer)
{
	static const char text[] = "a,\"b\"\nc,d\n";

	for (int level = LEVEL_SCALAR; level < LEVEL_COUNT; level++) {
		const struct text_scan *scan = text_scan_at((enum level)level);
		struct text_index index = index_make(sizeof(text));

		index.separator_count = index.row_count = index.quote_count = 0;
		if (scan) {
			scan->index(&index, (const uint8_t *)text, sizeof(text) - 1, 100, ',');
			cr_assert_eq(index.separator_count, 4);
			cr_assert_arr_eq(index.separators, ((uint32_t[]){101, 105, 107, 109}), 16);
			cr_assert_eq(index.row_count, 2);
			cr_assert_arr_eq(index.rows, ((uint32_t[]){1, 3}), 8);
			cr_assert_eq(index.quote_count, 2);
			cr_assert_arr_eq(index.quotes, ((uint32_t[]){102, 104}), 8);
		}
		index_free(&index);
	}
}

/* A text indexed in pieces is the text indexed whole. */
Test(simd, index_in_pieces)
{
	enum { SIZE = 5000 };
	static uint8_t text[SIZE];

	fill(text, SIZE, alphabets[0], 3);
	for (int level = LEVEL_SCALAR; level < LEVEL_COUNT; level++) {
		const struct text_scan *scan = text_scan_at((enum level)level);
		struct text_index want = index_make(SIZE);
		struct text_index have = index_make(SIZE);
		uint64_t seed = 11;

		for (size_t at = 0, size; scan && at < SIZE; at += size) {
			size = random_next(&seed) % 200;
			size = size < SIZE - at ? size : SIZE - at;
			scan->index(&have, text + at, size, (uint32_t)at, ',');
		}
		if (scan) {
			scan->index(&want, text, SIZE, 0, ',');
			cr_assert_eq(have.row_count, want.row_count);
			cr_assert_arr_eq(have.rows, want.rows, want.row_count * 4);
			cr_assert_arr_eq(
			        have.separators, want.separators, want.separator_count * 4);
		}
		index_free(&want);
		index_free(&have);
	}
}

Test(simd, find_line_end_at_each_place)
{
	struct guarded guarded = guarded_make(1);

	for (int level = LEVEL_SCALAR; level < LEVEL_COUNT; level++) {
		const struct text_scan *scan = text_scan_at((enum level)level);

		for (size_t size = 0; scan && size <= LENGTH_MAX; size++) {
			uint8_t *text = guarded.end - size;

			memset(text, 'x', size);
			cr_assert_eq(scan->find_line_end(text, size), size);
			for (size_t at = size; at-- > 0;) {
				text[at] = '\n';
				cr_assert_eq(scan->find_line_end(text, size), at);
			}
		}
	}
}

struct text_case {
	const char *text;
	size_t size;
	int valid;
};

#define TEXT(literal, is_valid) \
	{ \
		literal, sizeof(literal) - 1, is_valid \
	}

/* Bounds of Unicode 15, table 3-7. */
static const struct text_case text_cases[] = {
        TEXT("plain", 1), TEXT("\x01\x7f", 1), TEXT("\0", 0), TEXT("a\0b", 0), TEXT("\x80", 0),
        TEXT("\xbf", 0), TEXT("\xc0\x80", 0), TEXT("\xc1\xbf", 0), TEXT("\xc2\x80", 1),
        TEXT("\xdf\xbf", 1), TEXT("\xc2", 0), TEXT("\xc2\x7f", 0), TEXT("\xc2\xc0", 0),
        TEXT("\xe0\x9f\xbf", 0), TEXT("\xe0\xa0\x80", 1), TEXT("\xed\x9f\xbf", 1),
        TEXT("\xed\xa0\x80", 0), TEXT("\xee\x80\x80", 1), TEXT("\xef\xbf\xbf", 1),
        TEXT("\xe1\x80", 0), TEXT("\xe1\x80\x7f", 0), TEXT("\xe1", 0), TEXT("\xf0\x8f\xbf\xbf", 0),
        TEXT("\xf0\x90\x80\x80", 1), TEXT("\xf4\x8f\xbf\xbf", 1), TEXT("\xf4\x90\x80\x80", 0),
        TEXT("\xf5\x80\x80\x80", 0), TEXT("\xff", 0), TEXT("\xfe\xff", 0), TEXT("\xf1\x80\x80", 0),
        TEXT("\xf1\x80\x80\xc0", 0), TEXT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 a \xc3\xa9", 1),
        TEXT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 a \xc3\xa9\0", 0),
        TEXT("\xe9t\xe9", 0), /* Latin-1 */
};

/* Each case with 0 to 130 plain bytes before and behind it, at the end of a page. */
Test(simd, valid_text_at_each_place)
{
	struct guarded guarded = guarded_make(1);

	for (size_t i = 0; i < sizeof(text_cases) / sizeof(text_cases[0]); i++) {
		const struct text_case *text_case = &text_cases[i];

		for (size_t pad = 0; pad <= 2 * 130; pad++) {
			size_t before = pad / 2;
			size_t size = pad + text_case->size;
			uint8_t *text = guarded.end - size;

			memset(text, 'x', size);
			memcpy(text + before, text_case->text, text_case->size);
			for (int level = LEVEL_SCALAR; level < LEVEL_COUNT; level++) {
				const struct text_scan *scan = text_scan_at((enum level)level);

				cr_assert(!scan || scan->valid_text(text, size) == text_case->valid,
				        "case %zu, padding %zu, level %d", i, pad, level);
			}
		}
	}
}

/* Cut anywhere, even inside a character: the variants agree, and read no further. */
Test(simd, valid_text_of_random_bytes_equals_scalar)
{
	static const char *const pieces[] = {"abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
	        "0123456789012345678901234567890123456789"};
	struct guarded guarded = guarded_make(1);
	uint64_t seed = 99;

	for (int round = 0; round < 20000; round++) {
		size_t size = random_next(&seed) % LENGTH_MAX;
		uint8_t *text = guarded.end - size;
		int want;

		for (size_t at = 0; at < size;) {
			const char *piece = pieces[random_next(&seed) % 5];

			for (size_t i = 0; piece[i] != '\0' && at < size; i++)
				text[at++] = (uint8_t)piece[i];
		}
		if (size > 0 && round % 3 == 0)
			text[random_next(&seed) % size] = (uint8_t)random_next(&seed);
		want = text_scan_at(LEVEL_SCALAR)->valid_text(text, size);
		for (int level = LEVEL_AVX2; level < LEVEL_COUNT; level++) {
			const struct text_scan *scan = text_scan_at((enum level)level);

			cr_assert(!scan || scan->valid_text(text, size) == want);
		}
	}
}

Test(simd, table_holds_what_the_cpu_runs)
{
	cr_assert_eq(text_scan_best()->level, level_best());
	for (int level = LEVEL_SCALAR; level < LEVEL_COUNT; level++) {
		const struct text_scan *scan = text_scan_at((enum level)level);

		cr_assert_eq(scan != NULL, level <= (int)level_best());
		if (scan)
			cr_assert_str_eq(scan->name, level_name(scan->level));
	}
	cr_assert_null(text_scan_at(LEVEL_COUNT));
}
