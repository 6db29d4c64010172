/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/build.h"
#include "lookup/sets.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

/* A folder of releases, and where their images go. */
struct place {
	char top[64], in[80], out[80];
};

static struct place make_place(void)
{
	struct place place = {.top = "/tmp/claimscan_build_XXXXXX"};

	cr_assert_not_null(mkdtemp(place.top));
	snprintf(place.in, sizeof(place.in), "%s/in", place.top);
	snprintf(place.out, sizeof(place.out), "%s/out", place.top);
	cr_assert_eq(mkdir(place.in, 0700), 0);
	return place;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_place(const struct place *place)
{
	nftw(place->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What stands beside the two folders: a build that was left behind. */
static int count_entries(const char *folder)
{
	int count;
	char command[256];
	FILE *pipe;

	snprintf(command, sizeof(command), "ls -A '%s' | wc -l", folder);
	pipe = popen(command, "r");
	cr_assert_eq(fscanf(pipe, "%d", &count), 1);
	pclose(pipe);
	return count;
}

static void put_file(const struct place *place, const char *name, const char *text, size_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", place->in, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_eq(write(fd, text, size), (ssize_t)size);
	close(fd);
}

static void put_text(const struct place *place, const char *name, const char *text)
{
	put_file(place, name, text, strlen(text));
}

static void put_folder(const struct place *place, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", place->in, name);
	cr_assert_eq(mkdir(path, 0700), 0);
}

/* Lines of an order file: codes parted by blanks, '-' behind one for a header. */
static const char *order_file(const char *codes)
{
	static char text[4096];
	char copy[512], *rest = NULL;
	int number = 0;

	snprintf(copy, sizeof(copy), "%s", codes);
	text[0] = '\0';
	for (char *code = strtok_r(copy, " ", &rest); code; code = strtok_r(NULL, " ", &rest)) {
		size_t size = strlen(code);
		bool header = code[size - 1] == '-';

		if (header)
			code[size - 1] = '\0';
		sprintf(text + strlen(text), "%05d %-7s %d %-60s Title of %s\r\n", ++number, code,
		        !header, "Short", code);
	}
	return text;
}

#define FY2025 "A00- A000 A001 A009"
#define FY2026 "A00- A000 A0010 A009"

static int build(
        const struct place *place, bool replace, struct build_result *result, struct diag *diag)
{
	struct build_options options = {.replace = replace, .threads = 2};

	diag_init(diag);
	return codes_build(place->in, place->out, &options, result, diag);
}

static const struct build_file *file_of(const struct build_result *result, const char *path)
{
	for (size_t i = 0; i < result->file_count; i++)
		if (strcmp(result->files[i].path, path) == 0)
			return &result->files[i];
	cr_assert_fail("%s is not told", path);
	return NULL;
}

Test(build, a_folder)
{
	struct place place = make_place();
	struct build_result result;
	const struct set *set;
	struct sets *sets;
	struct diag diag;

	put_folder(&place, "icd");
	put_folder(&place, "icd/older");
	put_text(&place, "icd/icd10cm_order_2026.txt", order_file(FY2026));
	put_text(&place, "icd/older/icd10cm_order_2025.txt", order_file(FY2025));
	put_text(&place, "icd/README.pdf", "%PDF-1.4 and so on\n");
	put_text(&place, "icd/.hidden", "not looked at\n");
	put_text(&place, "empty.txt", "");
	put_text(&place, "page.html", "<!DOCTYPE html><html></html>\n");
	put_file(&place, "program.exe", "MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", 16);
	cr_assert_eq(build(&place, false, &result, &diag), 0, "%s", diag.text);
	cr_assert_eq(result.file_count, 6);
	cr_assert_eq(result.unknown_count, 4);
	cr_assert_str_eq(result.files[0].path, "empty.txt");
	cr_assert_str_eq(file_of(&result, "empty.txt")->reason, "is empty");
	cr_assert_str_eq(file_of(&result, "program.exe")->reason, "is no text");
	cr_assert(strstr(file_of(&result, "page.html")->reason, "web page"));
	cr_assert(strstr(file_of(&result, "icd/README.pdf")->reason, "layout"));
	cr_assert_eq(file_of(&result, "icd/icd10cm_order_2026.txt")->rows, 4);
	cr_assert_eq(file_of(&result, "icd/icd10cm_order_2026.txt")->hash.low,
	        hash128(order_file(FY2026), strlen(order_file(FY2026))).low);
	cr_assert_eq(result.set_count, 1);
	cr_assert_str_eq(result.sets[0].schema->name, "icd10cm");
	cr_assert_eq(result.sets[0].sources, 2);
	cr_assert_eq(result.sets[0].keys, 5);
	build_result_reset(&result);
	cr_assert_eq(count_entries(place.top), 2);

	cr_assert_eq(sets_open(&sets, place.out, &diag), 0, "%s", diag.text);
	cr_assert_eq(sets_count(sets), 1);
	cr_assert_not(sets_at(sets, 0)->verified);
	cr_assert_null(sets_find(sets, "mpfs"));
	cr_assert_eq(sets_use(sets, "mpfs", &set, &diag), 0);
	cr_assert_null(set);
	cr_assert_eq(sets_use(sets, "icd10cm", &set, &diag), 0);
	cr_assert(set && set->verified);
	cr_assert_not_null(set_find(set, set_key_of(set->schema, "A00.10", 6)));
	cr_assert_null(set_find_day(
	        set, set_key_of(set->schema, "A00.10", 6), date_from_parts(2025, 9, 30)));
	cr_assert_not_null(set_find_day(
	        set, set_key_of(set->schema, "A00.10", 6), date_from_parts(2025, 10, 1)));
	sets_close(sets);
	sets_close(NULL);
	remove_place(&place);
}

static char *read_image(const struct place *place, const char *name, size_t *size)
{
	char path[256], *bytes = malloc(1 << 20);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", place->out, name);
	file = fopen(path, "r");
	cr_assert_not_null(file, "%s", path);
	*size = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

/* Packed or not, in whatever order the folder gives: the rows are the same. */
Test(build, packed)
{
	struct place place = make_place();
	struct build_result result;
	struct sets *sets;
	struct diag diag;
	char path[256];
	gzFile gz;
	zip_t *zip;

	snprintf(path, sizeof(path), "%s/icd10cm_order_2025.txt.gz", place.in);
	gz = gzopen(path, "wb");
	gzputs(gz, order_file(FY2025));
	gzclose(gz);
	snprintf(path, sizeof(path), "%s/2026.zip", place.in);
	zip = zip_open(path, ZIP_CREATE, NULL);
	zip_file_add(zip, "sub/icd10cm_order_2026.txt",
	        zip_source_buffer(zip, order_file(FY2026), strlen(order_file(FY2026)), 0), 0);
	zip_file_add(zip, "__MACOSX/._icd10cm", zip_source_buffer(zip, "x", 1, 0), 0);
	zip_file_add(zip, "a.xlsx", zip_source_buffer(zip, "PK\3\4xxxx", 8, 0), 0);
	cr_assert_eq(zip_close(zip), 0);
	snprintf(path, sizeof(path), "%s/book.xlsx", place.in);
	zip = zip_open(path, ZIP_CREATE, NULL);
	zip_file_add(zip, "[Content_Types].xml", zip_source_buffer(zip, "x", 1, 0), 0);
	zip_file_add(zip, "xl/workbook.xml", zip_source_buffer(zip, "x", 1, 0), 0);
	cr_assert_eq(zip_close(zip), 0);

	cr_assert_eq(build(&place, false, &result, &diag), 0, "%s", diag.text);
	cr_assert_eq(result.file_count, 4);
	cr_assert_str_eq(result.files[0].path, "2026.zip:a.xlsx");
	cr_assert_str_eq(result.files[1].path, "2026.zip:sub/icd10cm_order_2026.txt");
	cr_assert(strstr(file_of(&result, "book.xlsx")->reason, "as CSV"));
	cr_assert(strstr(file_of(&result, "2026.zip:a.xlsx")->reason, "as CSV"));
	cr_assert_eq(file_of(&result, "icd10cm_order_2025.txt.gz")->rows, 4);
	build_result_reset(&result);
	cr_assert_eq(sets_open(&sets, place.out, &diag), 0);
	cr_assert_eq(sets_at(sets, 0)->key_count, 5);
	cr_assert_eq(sets_verify(sets, &diag), 0);
	sets_close(sets);
	remove_place(&place);
}

Test(build, same_bytes)
{
	struct place one = make_place(), two = make_place();
	struct build_result result;
	char *one_bytes, *two_bytes;
	struct hash128 one_key, two_key;
	size_t one_size, two_size;
	struct diag diag;

	put_text(&one, "icd10cm_order_2025.txt", order_file(FY2025));
	put_text(&one, "icd10cm_order_2026.txt", order_file(FY2026));
	put_text(&two, "icd10cm_order_2026.txt", order_file(FY2026));
	put_text(&two, "icd10cm_order_2025.txt", order_file(FY2025));
	cr_assert_eq(build(&one, false, &result, &diag), 0);
	build_result_reset(&result);
	cr_assert_eq(build(&two, false, &result, &diag), 0);
	build_result_reset(&result);
	one_bytes = read_image(&one, "icd10cm.set", &one_size);
	two_bytes = read_image(&two, "icd10cm.set", &two_size);
	cr_assert_eq(one_size, two_size);
	cr_assert(memcmp(one_bytes, two_bytes, one_size) == 0);
	cr_assert_eq(codes_build_key(one.in, NULL, &one_key, &diag), 0);
	cr_assert_eq(codes_build_key(two.in, NULL, &two_key, &diag), 0);
	cr_assert(one_key.low == two_key.low && one_key.high == two_key.high);
	put_text(&two, "icd10cm_order_2025.txt", order_file(FY2025 " A01"));
	cr_assert_eq(codes_build_key(two.in, NULL, &two_key, &diag), 0);
	cr_assert(one_key.low != two_key.low);
	free(one_bytes);
	free(two_bytes);
	remove_place(&one);
	remove_place(&two);
}

Test(build, refused)
{
	static const struct {
		const char *name, *text;
		size_t size; /* 0: up to the NUL */
		const char *words;
	} rows[] = {
	        {NULL, "", 0, "holds no files"},
	        {"a.txt", "nothing that is known\n", 0, "none of its 1 files"},
	        {"icd10cm_order_2027.txt",
	                "\xff\xfe"
	                "0\0000\0",
	                6, "is UTF-16"},
	        {"icd10cm_order_2027.txt", "<!DOCTYPE html>\n<html>", 0, "is a web page"},
	        {"b.gz", "\x1f\x8b\x08\0cut", 7, "is damaged or cut"},
	        {"b.zip", "PK\3\4cut", 7, "is a damaged or cut archive"},
	        {"icd10cm_order_2025.txt", "00001 A00     0 ", 0, NULL},
	};
	struct build_result result;
	struct diag diag;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct place place = make_place();
		size_t size = rows[i].size ? rows[i].size : strlen(rows[i].text);

		if (i > 1)
			put_text(&place, "icd10cm_order_2026.txt", order_file(FY2026));
		if (i == 6) /* a NUL in the midst of a release that was known */
			put_file(&place, rows[i].name, order_file(FY2025),
			        strlen(order_file(FY2025)) + 1);
		else if (rows[i].name)
			put_file(&place, rows[i].name, rows[i].text, size);
		cr_assert_eq(build(&place, false, &result, &diag), FAIL_TABLE, "row %zu", i);
		cr_assert(strstr(diag.text, rows[i].words ? rows[i].words : "txt:5: a NUL byte"),
		        "row %zu: %s", i, diag.text);
		cr_assert_eq(result.set_count, 0);
		cr_assert_eq(count_entries(place.top), 1);
		build_result_reset(&result);
		remove_place(&place);
	}
}

/* Two releases of one year that are not alike; what was at OUT stays as it was. */
Test(build, contradiction)
{
	struct place place = make_place();
	struct build_result result;
	char *before, *after;
	size_t before_size, after_size;
	struct diag diag;

	put_text(&place, "icd10cm_order_2026.txt", order_file(FY2026));
	cr_assert_eq(build(&place, false, &result, &diag), 0);
	build_result_reset(&result);
	before = read_image(&place, "icd10cm.set", &before_size);
	put_folder(&place, "again");
	put_text(&place, "again/icd10cm_order_2026.txt", order_file("A00- A000 A0010 A009-"));
	cr_assert_eq(build(&place, true, &result, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "again/icd10cm_order_2026.txt"), "%s", diag.text);
	cr_assert(strstr(diag.text, " icd10cm_order_2026.txt"), "%s", diag.text);
	build_result_reset(&result);
	after = read_image(&place, "icd10cm.set", &after_size);
	cr_assert(before_size == after_size && memcmp(before, after, after_size) == 0);
	cr_assert_eq(count_entries(place.top), 2);
	free(before);
	free(after);
	remove_place(&place);
}

static int pieces_left;

static int stopped(void)
{
	return pieces_left-- <= 0;
}

/* Wherever it is told to stop, nothing is left, and what was there before stands. */
Test(build, stopped)
{
	struct place place = make_place();
	struct build_options options = {.replace = true, .threads = 1, .stopped = stopped};
	struct build_result result;
	struct diag diag;
	int err = FAIL_STOPPED;

	put_text(&place, "icd10cm_order_2026.txt", order_file(FY2026));
	pieces_left = 0;
	diag_init(&diag);
	cr_assert_eq(codes_build_key(place.in, stopped, &(struct hash128){0}, &diag), FAIL_STOPPED);
	for (int pieces = 0; err; pieces++) {
		pieces_left = pieces;
		diag_init(&diag);
		err = codes_build(place.in, place.out, &options, &result, &diag);
		build_result_reset(&result);
		cr_assert_lt(pieces, 20);
		cr_assert(err == 0 || err == FAIL_STOPPED, "%s", diag.text);
		cr_assert_eq(count_entries(place.top), err ? 1 : 2, "after %d pieces", pieces);
		cr_assert(err || pieces >= 2, "asked before the file, and before the set");
	}
	remove_place(&place);
}

Test(build, what_stands_at_out)
{
	struct place place = make_place();
	struct build_result result;
	struct diag diag;
	char path[256];

	put_text(&place, "icd10cm_order_2026.txt", order_file(FY2026));
	cr_assert_eq(mkdir(place.out, 0700), 0);
	cr_assert_eq(build(&place, false, &result, &diag), 0, "an empty folder is taken");
	build_result_reset(&result);
	cr_assert_eq(build(&place, false, &result, &diag), FAIL_OUTPUT);
	cr_assert(strstr(diag.text, "--force"), "%s", diag.text);
	build_result_reset(&result);
	put_text(&place, "icd10cm_order_2025.txt", order_file(FY2025));
	cr_assert_eq(build(&place, true, &result, &diag), 0, "%s", diag.text);
	cr_assert_eq(result.sets[0].sources, 2);
	build_result_reset(&result);
	cr_assert_eq(count_entries(place.top), 2);
	snprintf(path, sizeof(path), "%s/thesis.doc", place.out);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	cr_assert_eq(build(&place, true, &result, &diag), FAIL_OUTPUT);
	cr_assert(strstr(diag.text, "thesis.doc"), "%s", diag.text);
	build_result_reset(&result);
	cr_assert_eq(count_entries(place.out), 2);
	snprintf(place.out, sizeof(place.out), "%s", "/nowhere/out");
	cr_assert_eq(build(&place, true, &result, &diag), FAIL_OUTPUT);
	build_result_reset(&result);
	snprintf(place.in, sizeof(place.in), "%s", "/nowhere/in");
	cr_assert_eq(build(&place, true, &result, &diag), FAIL_INPUT);
	build_result_reset(&result);
	remove_place(&place);
}

Test(build, folders_that_do_not_open)
{
	struct place place = make_place();
	struct sets *sets;
	struct diag diag;
	char path[256];

	diag_init(&diag);
	cr_assert_eq(sets_open(&sets, "/nowhere", &diag), FAIL_INPUT);
	diag_init(&diag);
	cr_assert_eq(sets_open(&sets, place.in, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "holds no code sets"), "%s", diag.text);
	put_text(&place, "icd10cm.set", "no image\n");
	diag_init(&diag);
	cr_assert_eq(sets_open(&sets, place.in, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "icd10cm.set: is no code set"), "%s", diag.text);
	/* A link that leads back ends somewhere. */
	snprintf(path, sizeof(path), "%s/loop", place.in);
	cr_assert_eq(symlink(".", path), 0);
	diag_init(&diag);
	cr_assert_eq(codes_build_key(place.in, NULL, &(struct hash128){0}, &diag), FAIL_INPUT);
	remove_place(&place);
}

/* ---- The publishers' own, where they lie beside the sources ---- */

static const char *const publishers[] = {"icd10cm/icd10cm_order_2025.txt",
        "icd10cm/icd10cm_order_2026.txt", "icd10pcs/icd10pcs_order_2026.txt",
        "hcpcs/HCPC2020_ANWEB_w_disclaimer.txt", "mpfs/PPRRVU2025_Oct.csv",
        "ncci/MCR_MUE_PractitionerServices_Eff_07-01-2024.rebuilt.csv", "ncci/ncci_aoc_2026q2.csv",
        "mce/mce_v43_1_i10dx.csv", "mce/mce_v43_1_i10pcs.csv", "lists/nucc_taxonomy_251.csv",
        "lists/place_of_service.csv", "lists/revenue_codes.csv", "msdrg/msdrg_v41_1_list.csv"};

/* How many of them are here. */
static size_t link_publishers(const struct place *place)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(publishers) / sizeof(publishers[0]); i++) {
		char path[PATH_MAX], link[PATH_MAX];

		snprintf(path, sizeof(path), SOURCE_DIR "/../shared/codesets/%s", publishers[i]);
		snprintf(link, sizeof(link), "%s/%s", place->in, strrchr(publishers[i], '/') + 1);
		count += access(path, R_OK) == 0 && symlink(path, link) == 0;
	}
	return count;
}

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static int compare_keys(const void *one, const void *two)
{
	uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)two;

	return a < b ? -1 : a > b;
}

/* The keys of a set in order, told by its table's array and not by look-ups. */
static uint64_t *sorted_keys(const struct set *set)
{
	uint64_t *keys = malloc((set->key_count + 1) * sizeof(*keys));
	size_t count = 0;

	for (uint32_t slot = 0; slot < set->table.slots; slot++)
		if (set->table.keys[slot])
			keys[count++] = set->table.keys[slot];
	cr_assert_eq(count, set->key_count);
	qsort(keys, count, sizeof(*keys), compare_keys);
	return keys;
}

static void check_keys(const struct set *set, const uint64_t keys[])
{
	size_t rows = 0;

	for (size_t i = 0; i < set->key_count; i++) {
		const struct set_row *row = set_find(set, keys[i]);
		char text[SET_KEY_TEXT_MAX];

		cr_assert_not_null(row);
		rows += row->more + (size_t)1;
		set_key_text(set->schema, keys[i], text);
		cr_assert_eq(set_key_of(set->schema, text, strlen(text)), keys[i], "%s", text);
	}
	cr_assert_eq(rows, set->row_count);
}

enum { NON_KEYS = 10000000 };

/* Half are keys of which one bit is another, half are any keys of the set's tag. */
static void check_non_keys(const struct set *set, const uint64_t keys[])
{
	uint64_t state = 1, tag = (uint64_t)set->schema->tag << 56;
	size_t found = 0, known = 0;

	for (size_t i = 0; i < NON_KEYS; i++) {
		uint64_t random = next_random(&state);
		uint64_t key = i % 2 ? keys[random % set->key_count] ^
		                               (uint64_t)1 << (random >> 58) % 56
		                     : tag | (random & ~((uint64_t)0xff << 56));

		if (!set_find(set, key))
			continue;
		found++;
		known += bsearch(&key, keys, set->key_count, sizeof(key), compare_keys) != NULL;
	}
	cr_assert_eq(found, known, "%s", set->schema->name);
}

Test(build, every_key_and_no_other)
{
	struct place place = make_place();
	struct build_result result;
	struct sets *sets;
	struct diag diag;
	size_t count = link_publishers(&place);

	if (count < sizeof(publishers) / sizeof(publishers[0])) {
		remove_place(&place);
		cr_skip_test("no ../shared/codesets here");
	}
	cr_assert_eq(build(&place, false, &result, &diag), 0, "%s", diag.text);
	cr_assert_eq(result.file_count, count);
	cr_assert_eq(result.unknown_count, 0);
	cr_assert_geq(result.set_count, 10);
	cr_assert_eq(sets_open(&sets, place.out, &diag), 0);
	cr_assert_eq(sets_verify(sets, &diag), 0, "%s", diag.text);
	for (size_t i = 0; i < sets_count(sets); i++) {
		const struct set *set = sets_at(sets, i);
		uint64_t *keys = sorted_keys(set);

		check_keys(set, keys);
		check_non_keys(set, keys);
		free(keys);
	}
	sets_close(sets);
	build_result_reset(&result);
	remove_place(&place);
}
