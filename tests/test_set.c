/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/set_private.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct row {
	struct set_row row;
	uint32_t number, text;
	uint8_t digit;
};

static const struct set_column columns[] = {
        {"number", SET_U32, offsetof(struct row, number), NULL},
        {"text", SET_TEXT, offsetof(struct row, text), NULL},
        {"digit", SET_U8, offsetof(struct row, digit), NULL},
};

#define SCHEMA_OF(set_name, kind, several) \
	{ \
		.name = set_name, .title = set_name, .tag = 77, .key = kind, .many = several, \
		.columns = columns, .column_count = 3, .row_size = sizeof(struct row) \
	}

static const struct set_schema one_schema = SCHEMA_OF("one", SET_KEY_CODE, false);
static const struct set_schema many_schema = SCHEMA_OF("many", SET_KEY_CODE, true);

static char *temporary(void)
{
	char *path = strdup("/tmp/claimscan_set_XXXXXX");
	int fd = mkstemp(path);

	cr_assert(fd >= 0);
	close(fd);
	return path;
}

/* ---- Merging ---- */

enum { OPEN_FROM = INT32_MIN, OPEN_TO = INT32_MAX };

struct said {
	int source; /* index */
	int32_t from, to;
	const char *code; /* NULL: no more */
	uint32_t number;
};

struct merge_case {
	const char *name;
	bool many;
	struct set_source sources[4];
	struct said said[8];
	const char *expected; /* rows as "CODE number from..to source;", the first source a, or part
	                         of the words */
};

#define SNAPSHOT(name, first, last) \
	{ \
		.path = name, .release = name, .from = first, .to = last, .snapshot = true \
	}
#define DATED(name, first, last) \
	{ \
		.path = name, .release = name, .from = first, .to = last \
	}

static const struct merge_case merge_cases[] = {
        {"dated rows as they are", false, {DATED("a", 0, 100)},
                {{0, 0, 10, "A", 1}, {0, 20, 30, "A", 2}, {0, 5, OPEN_TO, "B", 3}},
                "A 1 0..10 a;A 2 20..30 a;B 3 5..* a;"},
        {"equal neighbours are one", false, {DATED("a", 0, 100)},
                {{0, 11, 20, "A", 1}, {0, 0, 10, "A", 1}}, "A 1 0..20 a;"},
        {"a gap stays", false, {DATED("a", 0, 100)}, {{0, 12, 20, "A", 1}, {0, 0, 10, "A", 1}},
                "A 1 0..10 a;A 1 12..20 a;"},
        {"the same from two sources is one", false, {DATED("a", 0, 100), DATED("b", 0, 100)},
                {{1, 0, 10, "A", 1}, {0, 0, 10, "A", 1}}, "A 1 0..10 a;"},
        {"the same, overlapping", false, {DATED("a", 0, 100), DATED("b", 0, 100)},
                {{1, 5, 20, "A", 1}, {0, 0, 10, "A", 1}, {0, 6, 7, "A", 1}}, "A 1 0..20 a;"},
        {"open on both sides", false, {DATED("a", OPEN_FROM, OPEN_TO)},
                {{0, OPEN_FROM, 10, "A", 1}, {0, 11, OPEN_TO, "A", 2}}, "A 1 *..10 a;A 2 11..* a;"},
        {"open, twice the same", false, {DATED("a", OPEN_FROM, OPEN_TO)},
                {{0, OPEN_FROM, OPEN_TO, "A", 1}, {0, 11, OPEN_TO, "A", 1}}, "A 1 *..* a;"},
        {"another row at the same time", false, {DATED("x.csv", 0, 100), DATED("y.csv", 0, 100)},
                {{0, 0, 10, "A", 1}, {1, 10, 20, "A", 2}},
                "set one: releases contradict one another: A: number in x.csv is not that in "
                "y.csv, from 1970-01-11 to 1970-01-11"},
        {"a snapshot ends where the next begins", false,
                {SNAPSHOT("a", 0, 100), SNAPSHOT("b", 50, 150)},
                {{0, 0, 0, "A", 1}, {1, 0, 0, "A", 2}, {0, 0, 0, "GONE", 3}, {1, 0, 0, "NEW", 4}},
                "A 1 0..49 a;A 2 50..150 b;NEW 4 50..150 b;GONE 3 0..49 a;"},
        {"adjoining snapshots that say the same", false,
                {SNAPSHOT("b", 50, 150), SNAPSHOT("a", 0, 100)},
                {{1, 0, 0, "A", 1}, {0, 0, 0, "A", 1}}, "A 1 0..150 b;"},
        {"snapshots with a gap between", false, {SNAPSHOT("a", 0, 40), SNAPSHOT("b", 50, 150)},
                {{0, 0, 0, "A", 1}, {1, 0, 0, "A", 1}}, "A 1 0..40 a;A 1 50..150 b;"},
        {"three snapshots, gone and back", false,
                {SNAPSHOT("a", 0, 200), SNAPSHOT("b", 50, 200), SNAPSHOT("c", 100, 200)},
                {{0, 0, 0, "A", 1}, {2, 0, 0, "A", 1}, {1, 0, 0, "B", 1}},
                "A 1 0..49 a;A 1 100..200 c;B 1 50..99 b;"},
        {"an open snapshot", false, {SNAPSHOT("a", OPEN_FROM, OPEN_TO), SNAPSHOT("b", 50, OPEN_TO)},
                {{0, 0, 0, "A", 1}, {1, 0, 0, "A", 2}}, "A 1 *..49 a;A 2 50..* b;"},
        {"two snapshots of one day, alike", false, {SNAPSHOT("a", 0, 99), SNAPSHOT("b", 0, 99)},
                {{0, 0, 0, "A", 1}, {1, 0, 0, "A", 1}, {1, 0, 0, "B", 1}},
                "A 1 0..99 a;B 1 0..99 b;"},
        {"two snapshots of one day, not alike", false, {SNAPSHOT("a", 0, 99), SNAPSHOT("b", 0, 99)},
                {{0, 0, 0, "A", 1}, {1, 0, 0, "A", 2}}, "number in a is not that in b"},
        {"a snapshot and dated rows agree", false, {SNAPSHOT("a", 0, 99), DATED("b", 0, 500)},
                {{0, 0, 0, "A", 1}, {1, 90, 200, "A", 1}}, "A 1 0..200 a;"},
        {"a snapshot and dated rows do not", false, {SNAPSHOT("a", 0, 99), DATED("b", 0, 500)},
                {{0, 0, 0, "A", 1}, {1, 90, 200, "A", 2}}, "from 1970-04-01 to 1970-04-10"},
        {"many at a time", true, {DATED("a", 0, 100), DATED("b", 0, 100)},
                {{0, 0, 10, "A", 2}, {1, 5, 20, "A", 1}, {1, 11, 30, "A", 2}, {0, 0, 10, "A", 3}},
                "A 3 0..10 a;A 2 0..30 a;A 1 5..20 b;"},
        {"within one release", false, {DATED("a", 0, 100)},
                {{0, 0, 10, "A", 1}, {0, 0, 10, "A", 2}, {0, 0, 9, "B", 1}, {0, 1, 9, "B", 2},
                        {0, 0, 9, "C", 1}, {0, 1, 9, "C", 2}, {0, 0, 9, "D", 1}, {0, 1, 9, "D", 2}},
                "releases contradict one another: A: a has two rows that differ in number, from "},
        {"more of them than are told", false, {DATED("a", 0, 100)},
                {{0, 0, 10, "A", 1}, {0, 0, 10, "A", 2}, {0, 0, 9, "B", 1}, {0, 1, 9, "B", 2},
                        {0, 0, 9, "C", 1}, {0, 1, 9, "C", 2}, {0, 0, 9, "D", 1}, {0, 1, 9, "D", 2}},
                "; and 1 more; keep the one that is right"},
};

static struct set_build *build_case(const struct merge_case *row, struct diag *diag)
{
	struct set_build *build;
	size_t count = 0;

	cr_assert_eq(set_build_create(&build, row->many ? &many_schema : &one_schema, diag), 0);
	for (int i = 0; i < 4 && row->sources[i].path[0]; i++)
		cr_assert_eq(set_build_source(build, &row->sources[i], diag), i);
	for (const struct said *said = row->said; count < 8 && said->code; said++, count++) {
		struct row added = {
		        .row = {.from = said->from,
		                .to = said->to,
		                .more = 9,
		                .source = (uint16_t)said->source},
		        .number = said->number,
		};

		cr_assert_eq(
		        set_build_add(build,
		                set_key_of(set_build_schema(build), said->code, strlen(said->code)),
		                &added, diag),
		        0);
	}
	return build;
}

static void put_day(char *out, int32_t day)
{
	if (day == OPEN_FROM || day == OPEN_TO)
		strcat(out, "*");
	else
		sprintf(out + strlen(out), "%d", (int)day);
}

static int put_row(void *context, uint64_t key, const struct set_row *row, struct diag *diag)
{
	const struct row *full = (const struct row *)(const void *)row;
	char *out = context, text[SET_KEY_TEXT_MAX];

	(void)diag;
	set_key_text(&one_schema, key, text);
	sprintf(out + strlen(out), "%s %u ", text, full->number);
	put_day(out, row->from);
	strcat(out, "..");
	put_day(out, row->to);
	sprintf(out + strlen(out), " %c;", 'a' + row->source);
	return 0;
}

Test(set, merging)
{
	for (size_t i = 0; i < sizeof(merge_cases) / sizeof(merge_cases[0]); i++) {
		const struct merge_case *row = &merge_cases[i];
		char out[1024] = "";
		struct set_sink sink = {.take = put_row, .context = out};
		struct set_build *build;
		struct diag diag;
		int err;

		diag_init(&diag);
		build = build_case(row, &diag);
		err = set_merge(build, &sink, &diag);
		set_build_destroy(build);
		if (err) {
			cr_assert_eq(err, FAIL_TABLE);
			cr_assert(strstr(diag.text, row->expected), "%s: %s", row->name, diag.text);
			continue;
		}
		cr_assert_str_eq(out, row->expected, "%s: %s", row->name, out);
	}
}

Test(set, refused_rows)
{
	struct set_source source = {.path = "a.csv", .from = 0, .to = 100};
	struct set_source inverted = {.path = "b.csv", .from = 10, .to = 9};
	struct row row = {.row = {.from = 11, .to = 10}};
	struct set_build *build;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(set_build_create(&build, &one_schema, &diag), 0);
	cr_assert_eq(set_build_source(build, &inverted, &diag), FAIL_TABLE);
	cr_assert_str_eq(diag.text, "b.csv: the release ends before it begins");
	cr_assert_eq(set_build_source(build, &source, &diag), 0);
	diag_init(&diag);
	cr_assert_eq(
	        set_build_add(build, set_key_of(&one_schema, "A", 1), &row, &diag), FAIL_TABLE);
	cr_assert_str_eq(diag.text, "one A: dates inverted, from 1970-01-12 to 1970-01-11");
	diag_init(&diag);
	cr_assert_eq(set_build_add(build, 0, &row, &diag), FAIL_TABLE);
	set_build_destroy(build);
	set_build_destroy(NULL);
}

/* ---- Keys ---- */

Test(set, keys)
{
	static const struct {
		enum set_key kind;
		const char *text, *back; /* NULL: no key */
	} rows[] = {
	        {SET_KEY_CODE, "e11.9", "E119"},
	        {SET_KEY_CODE, " 99213 ", "99213"},
	        {SET_KEY_CODE, "0DTJ4ZZ", "0DTJ4ZZ"},
	        {SET_KEY_CODE, "12345678", NULL},
	        {SET_KEY_CODE, "", NULL},
	        {SET_KEY_CODE, "A-1", NULL},
	        {SET_KEY_CODE, "A\xe9", NULL},
	        {SET_KEY_CODE_MODIFIER, "99213", "99213"},
	        {SET_KEY_CODE_MODIFIER, "99213-tc", "99213-TC"},
	        {SET_KEY_CODE_MODIFIER, "9921326", "99213-26"},
	        {SET_KEY_CODE_MODIFIER, "992132", NULL},
	        {SET_KEY_CODE_MODIFIER, "9921-326", NULL},
	        {SET_KEY_LONG, "207RC0000X", "207RC0000X"},
	        {SET_KEY_LONG, "1A00.0", "1A000"},
	        {SET_KEY_LONG, "0", "0"},
	        {SET_KEY_LONG, "00", "00"},
	        {SET_KEY_LONG, "ZZZZZZZZZZ", "ZZZZZZZZZZ"},
	        {SET_KEY_LONG, "ZZZZZZZZZZZ", NULL},
	        {SET_KEY_NUMBER, "1000000004", "1000000004"},
	        {SET_KEY_NUMBER, "0", "0"},
	        {SET_KEY_NUMBER, "027", "27"},
	        {SET_KEY_NUMBER, "72057594037927935", "72057594037927935"},
	        {SET_KEY_NUMBER, "72057594037927936", NULL},
	        {SET_KEY_NUMBER, "1A", NULL},
	        {SET_KEY_NUMBER, "A0", NULL},
	        {SET_KEY_PAIR, "11042/97597", "11042/97597"},
	        {SET_KEY_PAIR, "1104297597", "11042/97597"},
	        {SET_KEY_PAIR, "zzzzz/00000", "ZZZZZ/00000"},
	        {SET_KEY_PAIR, "0/Z", "0/Z"},
	        {SET_KEY_PAIR, "00/ZZZZ", "00/ZZZZ"},
	        {SET_KEY_PAIR, "11042", NULL},
	        {SET_KEY_PAIR, "11042/", NULL},
	        {SET_KEY_PAIR, "11042/975977", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct set_schema schema = SCHEMA_OF("keys", rows[i].kind, false);
		uint64_t key = set_key_of(&schema, rows[i].text, strlen(rows[i].text));
		char text[SET_KEY_TEXT_MAX];

		cr_assert_eq(key == 0, rows[i].back == NULL, "%s", rows[i].text);
		if (key == 0)
			continue;
		cr_assert_eq(key >> 56, 77);
		set_key_text(&schema, key, text);
		cr_assert_str_eq(text, rows[i].back);
	}
}

/* No two texts share a key: all short ones, and the ends of the long. */
Test(set, pair_parts_differ)
{
	static const struct set_schema schema = SCHEMA_OF("keys", SET_KEY_PAIR, false);
	uint8_t *seen = calloc(1, (size_t)1 << 23);
	uint64_t word[4];

	for (uint32_t i = 0; i < 36 * 36 * 36; i++) {
		char text[4] = "";
		uint32_t rest = i;

		for (int at = 2; at >= 0; at--, rest /= 36)
			text[at] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 36];
		for (int size = 1; size <= 3; size++) {
			uint32_t part;

			if (strspn(text, "0") < (size_t)(3 - size))
				continue;
			memset(word, 0, sizeof(word));
			memcpy(word, text + 3 - size, (size_t)size);
			part = (uint32_t)set_pair_key(&schema, word[0], word[0]) & ((1 << 26) - 1);
			cr_assert_not(seen[part / 8] >> part % 8 & 1, "%s", text);
			seen[part / 8] |= (uint8_t)(1 << part % 8);
		}
	}
	free(seen);
}

/* ---- Texts ---- */

Test(set, texts)
{
	static const struct {
		const char *text, *kept;
	} rows[] = {
	        {"Cholera", "Cholera"},
	        {"Caf\xc3\xa9", "Caf\xc3\xa9"},
	        {"Caf\xe9", "Caf\xc3\xa9"},
	        {"Crohn\x92s", "Crohn\xe2\x80\x99s"},
	        {"a\r\nb\tc", "a  b c"},
	        {"\xc3", "\xc3\x83"},
	        {"\xed\xa0\x80", "\xc3\xad\xc2\xa0\xe2\x82\xac"},
	        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
	};
	struct set_texts texts = {0};
	uint32_t at, again;
	struct diag diag;
	char text[32];

	diag_init(&diag);
	cr_assert_eq(set_texts_add(&texts, "", 0, &at, &diag), 0);
	cr_assert_eq(at, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_texts_add(&texts, rows[i].text, strlen(rows[i].text), &at, &diag);
		cr_assert_str_eq(texts.bytes + at, rows[i].kept, "row %zu", i);
	}
	set_texts_add(&texts, "Cholera", 7, &again, &diag);
	cr_assert_eq(again, 1);
	for (int turn = 0; turn < 2; turn++) {
		size_t size = texts.size;

		for (int i = 0; i < 20000; i++) {
			int length = sprintf(text, "text %d", i);

			cr_assert_eq(set_texts_add(&texts, text, (size_t)length, &at, &diag), 0);
			cr_assert_str_eq(texts.bytes + at, text);
		}
		if (turn)
			cr_assert_eq(texts.size, size);
	}
	set_texts_reset(&texts);
}

/* ---- Images ---- */

static void code_of(char text[8], uint32_t number)
{
	snprintf(text, 8, "%07u", number % 10000000);
}

/* Codes 0 to count - 1 in a mixed order; every third has a second row. */
static struct set_build *build_numbers(uint32_t count, struct diag *diag)
{
	struct set_source sources[] = {
	        {.path = "a.zip:x.txt", .release = "2024", .from = 0, .to = 99, .hash = {1, 2}},
	        {.path = "b.txt", .release = "2025", .from = 200, .to = 299, .partial = true},
	};
	struct set_build *build;
	char code[8];

	cr_assert_eq(set_build_create(&build, &one_schema, diag), 0);
	set_build_source(build, &sources[0], diag);
	set_build_source(build, &sources[1], diag);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t number = (uint32_t)((uint64_t)i * 7919 % count);
		struct row row = {.row = {0, 99, 0, 0}, .number = number, .digit = number % 10};

		code_of(code, number);
		cr_assert_eq(set_build_text(build, code, 7, &row.text, diag), 0);
		cr_assert_eq(set_build_add(build, set_key_of(&one_schema, code, 7), &row, diag), 0);
		if (number % 3 != 0)
			continue;
		row.row = (struct set_row){200, 299, 0, 1};
		row.number++;
		set_build_add(build, set_key_of(&one_schema, code, 7), &row, diag);
	}
	return build;
}

static char *write_numbers(uint32_t count)
{
	char *path = temporary();
	struct set_build *build;
	struct diag diag;

	diag_init(&diag);
	build = build_numbers(count, &diag);
	cr_assert_eq(set_build_section(build, "own", "bytes", 5, &diag), 0);
	cr_assert_eq(set_build_finish(build, path, &diag), 0, "%s", diag.text);
	set_build_destroy(build);
	return path;
}

static void check_row(const struct set *set, uint32_t number)
{
	const struct set_row *row;
	const struct row *full;
	char code[8];
	uint64_t key;

	code_of(code, number);
	key = set_key_of(&one_schema, code, 7);
	row = set_find(set, key);
	full = (const struct row *)(const void *)row;
	cr_assert(row && full->number == number && full->digit == number % 10);
	cr_assert_str_eq(set_text(set, full->text), code);
	cr_assert_eq(row->more, number % 3 == 0);
	cr_assert_eq(set_find_day(set, key, 0), row);
	cr_assert_eq(set_find_day(set, key, 99), row);
	cr_assert_null(set_find_day(set, key, -1));
	cr_assert_null(set_find_day(set, key, 100));
	cr_assert_null(set_find_day(set, key, 300));
	row = number % 3 == 0 ? set_next_row(set, row) : NULL;
	cr_assert_eq(set_find_day(set, key, 200), row);
	cr_assert_eq(set_find_day(set, key, 299), row);
}

Test(set, image)
{
	enum { COUNT = 100000 };
	char *path = write_numbers(COUNT);
	struct set_section section;
	struct set_source source;
	struct diag diag;
	struct set set;

	diag_init(&diag);
	cr_assert_eq(set_map_as(&set, path, &one_schema, &diag), 0, "%s", diag.text);
	cr_assert_eq(set_verify(&set, &diag), 0, "%s", diag.text);
	cr_assert(set.verified);
	cr_assert_eq(set.key_count, COUNT);
	cr_assert_eq(set.row_count, COUNT + (COUNT + 2) / 3);
	for (uint32_t i = 0; i < COUNT; i++)
		check_row(&set, i);
	cr_assert_null(set_find(&set, set_key_of(&one_schema, "0100000", 7)));
	cr_assert_null(set_find(&set, set_key_of(&one_schema, "A", 1)));
	cr_assert_eq(set.from, 0);
	cr_assert_eq(set.to, 299);
	cr_assert_not(set.partial);
	cr_assert(set_covers(&set, 99) && set_covers(&set, 200) && set_complete(&set, 99));
	cr_assert_not(set_covers(&set, 100) || set_covers(&set, 300) || set_complete(&set, 200));
	cr_assert_eq(set_source_count(&set), 2);
	set_source_at(&set, 0, &source);
	cr_assert_str_eq(source.path, "a.zip:x.txt");
	cr_assert_str_eq(source.release, "2024");
	cr_assert(source.hash[0] == 1 && source.hash[1] == 2 && source.to == 99);
	cr_assert_eq(set_section(&set, "own", &section), 0);
	cr_assert_eq(section.size, 5);
	cr_assert_eq((uintptr_t)section.bytes % 64, 0);
	cr_assert_eq(set_section(&set, "none", &section), FAIL_ABSENT);
	cr_assert_str_eq(set_text(&set, UINT32_MAX), "");
	set_close(&set);
	set_close(&set);
	unlink(path);
	free(path);
}

static char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat status;
	char *bytes;

	cr_assert(fd >= 0 && fstat(fd, &status) == 0);
	*size = (size_t)status.st_size;
	bytes = malloc(*size + 1);
	cr_assert_eq(read(fd, bytes, *size), (ssize_t)*size);
	close(fd);
	return bytes;
}

static void write_file(const char *path, const char *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

Test(set, same_bytes)
{
	char *one = write_numbers(5000), *two = write_numbers(5000);
	size_t one_size, two_size;
	char *one_bytes = read_file(one, &one_size), *two_bytes = read_file(two, &two_size);

	cr_assert_eq(one_size, two_size);
	cr_assert(memcmp(one_bytes, two_bytes, one_size) == 0);
	unlink(one);
	unlink(two);
	free(one);
	free(two);
	free(one_bytes);
	free(two_bytes);
}

/* 0: the image was taken as sound. */
static int open_fully(const char *path, const struct set_schema *schema, struct diag *diag)
{
	struct set set;
	int err = set_map_as(&set, path, schema, diag);

	if (!err)
		err = set_verify(&set, diag);
	set_close(&set);
	return err;
}

Test(set, every_byte_is_checked)
{
	char *path = write_numbers(40);
	size_t size;
	char *bytes = read_file(path, &size);
	int fd = open(path, O_RDWR);

	for (size_t i = 0; i < size; i++) {
		char flipped = (char)(bytes[i] ^ 1 << i % 8);
		struct diag diag;

		diag_init(&diag);
		cr_assert_eq(pwrite(fd, &flipped, 1, (off_t)i), 1);
		cr_assert_eq(open_fully(path, &one_schema, &diag), FAIL_TABLE, "byte %zu", i);
		cr_assert_neq(diag.text[0], '\0');
		cr_assert_eq(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
	}
	for (size_t i = size; i-- > 0;) {
		struct diag diag;

		diag_init(&diag);
		cr_assert_eq(ftruncate(fd, (off_t)i), 0);
		cr_assert_eq(open_fully(path, &one_schema, &diag), FAIL_TABLE, "size %zu", i);
	}
	close(fd);
	unlink(path);
	free(bytes);
	free(path);
}

/* Look up all numbers by blocks: how many were found, each with its own row. */
static uint32_t find_checked(const char *path, uint32_t count, bool *damaged)
{
	struct diag diag;
	struct set set;
	uint32_t found = 0;
	char code[8];

	diag_init(&diag);
	*damaged = set_map_as(&set, path, &one_schema, &diag) != 0 ||
	           set_verify_lazily(&set, &diag) != 0;
	for (uint32_t i = 0; i < 2 * count && !*damaged; i++) {
		const struct set_row *row;

		code_of(code, i);
		row = set_find_checked(&set, set_key_of(&one_schema, code, 7));
		cr_assert(!row ||
		          (i < count && ((const struct row *)(const void *)row)->number == i));
		found += row != NULL;
	}
	if (!*damaged)
		*damaged = set_damage(&set, &diag) != 0;
	cr_assert(!*damaged || diag.text[0] != '\0');
	cr_assert(!*damaged || !set.verified);
	set_close(&set);
	return found;
}

/* A byte that is wrong is never answered from, and is told once a look-up comes by. */
Test(set, blocks)
{
	enum { COUNT = 6000 };
	char *path = write_numbers(COUNT), *bytes;
	size_t size, told = 0, turns = 0;
	int fd = open(path, O_RDWR);
	bool damaged;

	cr_assert_eq(find_checked(path, COUNT, &damaged), COUNT);
	cr_assert_not(damaged);
	bytes = read_file(path, &size);
	for (size_t i = 0; i < size; i += 9973, turns++) {
		char flipped = (char)(bytes[i] ^ 4);

		cr_assert_eq(pwrite(fd, &flipped, 1, (off_t)i), 1);
		if (find_checked(path, COUNT, &damaged) < COUNT)
			cr_assert(damaged, "byte %zu", i);
		told += damaged;
		cr_assert_eq(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
	}
	/* Every block is touched by so many look-ups. */
	cr_assert_eq(told, turns);
	close(fd);
	unlink(path);
	free(bytes);
	free(path);
}

/* In a set that was verified in full, and in one without rows. */
Test(set, blocks_of_other_sets)
{
	char *path = write_numbers(100);
	uint64_t key = set_key_of(&one_schema, "0000042", 7);
	struct set_build *build;
	struct diag diag;
	struct set set;

	diag_init(&diag);
	cr_assert_eq(set_map_as(&set, path, &one_schema, &diag), 0);
	cr_assert_eq(set_verify(&set, &diag), 0);
	cr_assert_eq(set_verify_lazily(&set, &diag), 0);
	cr_assert_eq(set_find_checked(&set, key), set_find(&set, key));
	cr_assert_eq(set_damage(&set, &diag), 0);
	set_close(&set);
	cr_assert_eq(set_build_create(&build, &one_schema, &diag), 0);
	cr_assert_eq(set_build_finish(build, path, &diag), 0);
	set_build_destroy(build);
	cr_assert_eq(set_map_as(&set, path, &one_schema, &diag), 0);
	cr_assert_eq(set_verify_lazily(&set, &diag), 0, "%s", diag.text);
	cr_assert_null(set_find_checked(&set, key));
	cr_assert_eq(set_damage(&set, &diag), 0);
	set_close(&set);
	unlink(path);
	free(path);
}

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void seal_blocks(char *bytes, const struct set_section_entry *entry)
{
	size_t at = sizeof(struct set_header);

	for (size_t i = 0; i < entry->size / sizeof(uint64_t) && at < entry->offset; i++) {
		size_t left = entry->offset - at, size = left < SET_BLOCK ? left : SET_BLOCK;
		uint64_t hash = hash64(bytes + at, size);

		memcpy(bytes + entry->offset + i * sizeof(hash), &hash, sizeof(hash));
		at += size;
	}
}

/* As a writer that lies would: the hashes are right, what they cover is not. */
static void seal(char *bytes, size_t size)
{
	struct set_header *header = (struct set_header *)(void *)bytes;

	for (uint32_t i = 0; i < header->section_count && i < SET_SECTIONS_MAX; i++) {
		struct set_section_entry *entry = &header->sections[i];

		if (entry->offset >= size || entry->padded > size - entry->offset)
			continue;
		if (strcmp(entry->name, "blocks") == 0 && entry->size <= entry->padded)
			seal_blocks(bytes, entry);
		entry->hash = hash128(bytes + entry->offset, entry->padded);
	}
	header->header_hash = hash128(header, offsetof(struct set_header, header_hash));
}

/* Whatever is taken as sound is looked up in, under the sanitizers. */
static void use_image(const char *path)
{
	struct set_source source;
	struct diag diag;
	struct set set;
	char code[8];

	diag_init(&diag);
	if (set_map_as(&set, path, &one_schema, &diag) == 0 && set_verify(&set, &diag) == 0) {
		for (uint32_t i = 0; i < 50; i++) {
			uint64_t key;
			const struct set_row *row;

			code_of(code, i);
			key = set_key_of(&one_schema, code, 7);
			set_find_day(&set, key, 250);
			row = set_find(&set, key);
			if (row)
				cr_assert(strlen(set_text(&set,
				                  ((const struct row *)(const void *)row)->text)) <
				          1000000);
		}
		for (size_t i = 0; i < set_source_count(&set); i++)
			set_source_at(&set, i, &source);
		set_covers(&set, 50);
	}
	set_close(&set);
	if (set_map_as(&set, path, &one_schema, &diag) == 0 && set_verify_lazily(&set, &diag) == 0)
		for (uint32_t i = 0; i < 50; i++) {
			code_of(code, i);
			set_find_checked(&set, set_key_of(&one_schema, code, 7));
		}
	set_close(&set);
}

Test(set, mutations)
{
	char *path = write_numbers(40);
	size_t size;
	char *bytes = read_file(path, &size), *changed = malloc(size + 64);
	uint64_t state = 1;

	for (int turn = 0; turn < 2000; turn++) {
		size_t changed_size = size;
		int changes = 1 + (int)(next_random(&state) % 8);

		memcpy(changed, bytes, size);
		for (int i = 0; i < changes; i++) {
			/* Half of them in the header, where most can be said wrongly. */
			size_t range = next_random(&state) % 2 ? sizeof(struct set_header) : size;

			changed[next_random(&state) % range] = (char)next_random(&state);
		}
		if (next_random(&state) % 8 == 0)
			changed_size = next_random(&state) % (size + 64);
		if (changed_size > size)
			memset(changed + size, 0, changed_size - size);
		if (changed_size >= sizeof(struct set_header) && turn % 4)
			seal(changed, changed_size);
		write_file(path, changed, changed_size);
		use_image(path);
	}
	unlink(path);
	free(changed);
	free(bytes);
	free(path);
}

Test(set, other_images)
{
	static const struct set_column other_columns[] = {
	        {"number", SET_U32, offsetof(struct row, number), NULL},
	        {"text", SET_TEXT, offsetof(struct row, text), NULL},
	        {"digits", SET_U8, offsetof(struct row, digit), NULL},
	};
	struct set_schema other = one_schema;
	char *path = write_numbers(10);
	size_t size;
	char *bytes = read_file(path, &size);
	struct diag diag;

	other.columns = other_columns;
	diag_init(&diag);
	cr_assert_eq(open_fully(path, &other, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "another version"), "%s", diag.text);
	diag_init(&diag);
	cr_assert_eq(open_fully(path, NULL, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "does not know"), "%s", diag.text);
	((struct set_header *)(void *)bytes)->version++;
	seal(bytes, size);
	write_file(path, bytes, size);
	diag_init(&diag);
	cr_assert_eq(open_fully(path, &one_schema, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "another version"), "%s", diag.text);
	write_file(path, "HCPCS,SHORT\nA0425,Ground mileage\n", 33);
	diag_init(&diag);
	cr_assert_eq(open_fully(path, &one_schema, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "is no code set"), "%s", diag.text);
	write_file(path, "", 0);
	diag_init(&diag);
	cr_assert_eq(open_fully(path, &one_schema, &diag), FAIL_TABLE);
	unlink(path);
	diag_init(&diag);
	cr_assert_eq(open_fully(path, &one_schema, &diag), FAIL_INPUT);
	diag_init(&diag);
	cr_assert_eq(open_fully("/tmp", &one_schema, &diag), FAIL_TABLE);
	free(bytes);
	free(path);
}

/* What fails leaves no file, and one that was there as it was. */
Test(set, failures_leave_nothing)
{
	const struct merge_case *row = &merge_cases[7];
	char *path = write_numbers(10), *beside;
	struct set_build *build;
	struct diag diag;

	cr_assert(asprintf(&beside, "%s.new", path) > 0);
	for (int turn = 0; turn < 2; turn++) {
		diag_init(&diag);
		build = build_case(row, &diag);
		cr_assert_eq(set_build_finish(build, path, &diag), FAIL_TABLE);
		set_build_destroy(build);
		cr_assert_neq(access(beside, F_OK), 0);
		diag_init(&diag);
		cr_assert_eq(open_fully(path, &one_schema, &diag), turn ? FAIL_INPUT : 0);
		unlink(path);
	}
	diag_init(&diag);
	build = build_case(&merge_cases[0], &diag);
	cr_assert_eq(set_build_finish(build, "/nowhere/x.set", &diag), FAIL_OUTPUT);
	set_build_destroy(build);
	free(beside);
	free(path);
}

/* ---- What a schema adds ---- */

static int destroyed;

static void destroy_state(void *state)
{
	free(state);
	destroyed++;
}

static int add_own(struct set_build *build, struct diag *diag)
{
	const char *state = set_build_state(build);

	if (!state)
		return diag_set(diag, FAIL_TABLE, "part 2 is missing");
	return set_build_section(build, "own", state, strlen(state), diag);
}

static int check_own(const struct set *set, struct diag *diag)
{
	struct set_section section;

	cr_assert_eq(set_section(set, "own", &section), 0);
	return section.size == 3 ? 0 : diag_set(diag, FAIL_TABLE, "own is wrong");
}

Test(set, finish_and_check)
{
	struct set_schema schema = one_schema;
	char *path = temporary();
	struct set_build *build;
	struct diag diag;
	struct set set;

	schema.finish = add_own;
	schema.check = check_own;
	for (int turn = 0; turn < 3; turn++) {
		diag_init(&diag);
		cr_assert_eq(set_build_create(&build, &schema, &diag), 0);
		if (turn > 0)
			set_build_state_set(
			        build, strdup(turn == 1 ? "abc" : "abcd"), destroy_state);
		cr_assert_eq(set_build_finish(build, path, &diag), turn ? 0 : FAIL_TABLE);
		set_build_destroy(build);
		cr_assert_eq(destroyed, turn);
		if (turn == 0)
			cr_assert_str_eq(diag.text, "part 2 is missing");
		if (turn > 0) {
			cr_assert_eq(set_map_as(&set, path, &schema, &diag), 0, "%s", diag.text);
			cr_assert_eq(set.row_count, 0);
			cr_assert_eq(set_verify(&set, &diag), turn == 1 ? 0 : FAIL_TABLE);
			cr_assert_eq(set.verified, turn == 1);
			cr_assert_null(set_find(&set, set_key_of(&schema, "A", 1)));
			cr_assert_not(set_covers(&set, 0));
			set_close(&set);
		}
	}
	unlink(path);
	free(path);
}
