/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of pairs against what it was made of, pair by pair and day by day, at
 * every level, and the real tables where ../shared is there.
 */
#include "import_cases.h"
#include "lookup/codes.h"
#include "lookup/pairs_build.h"

#include <criterion/criterion.h>

enum {
	CODES = 400,
	WINDOWS_MAX = 3,
	DAY_FROM = 18000, /* days that windows begin and end in */
	DAYS = 400,
	NON_PAIRS = 10000000,
	NO_WINDOW = -1,
};

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* ---- A table that is known in full ---- */

struct history {
	int count;
	struct pair_window windows[WINDOWS_MAX];
};

static struct table {
	struct history histories[CODES][CODES]; /* [column 1][column 2] */
	size_t pairs, windows;
	char path[64];
	struct set set;
	struct pairs pairs_open;
	struct diag diag;
} table;

static uint64_t word_of(int code)
{
	char text[8];
	uint64_t word = 0;

	/* Not in the order of the numbers, and some with letters. */
	snprintf(text, sizeof(text), code % 5 ? "%05d" : "J%04d", code * 7919 % 9973);
	memcpy(&word, text, 5);
	return word;
}

/* One to three windows that do not overlap; some never in force. */
static void make_history(struct history *history, uint64_t *state)
{
	static const uint8_t indicators[] = {0, 1, 1, 9};
	int32_t day = DAY_FROM + (int32_t)(next_random(state) % (DAYS / 2));

	history->count = 1 + (int)(next_random(state) % WINDOWS_MAX);
	for (int i = 0; i < history->count; i++) {
		struct pair_window *window = &history->windows[i];

		window->indicator = indicators[next_random(state) % 4];
		window->before_1996 = next_random(state) & 1;
		window->rationale = (uint16_t)(next_random(state) % 3);
		window->from = day;
		window->to = day + (int32_t)(next_random(state) % (DAYS / 4));
		if (i + 1 == history->count && next_random(state) % 2)
			window->to = INT32_MAX;
		else
			day = window->to + 1 + (int32_t)(next_random(state) % 2);
	}
}

static void add_history(struct pairs_build *build, uint16_t column1, uint16_t column2,
        const struct history *history, uint16_t source)
{
	/* The last window first: the order of rows decides nothing. */
	for (int i = history->count - 1; i >= 0; i--) {
		const struct pair_window *window = &history->windows[i];
		struct pair_row row = {
		        .column1 = column1,
		        .column2 = column2,
		        .rationale = window->rationale,
		        .indicator = window->indicator,
		        .before_1996 = window->before_1996,
		        .from = window->from,
		        .to = window->to,
		        .source = source,
		};

		cr_assert_eq(pairs_build_add(build, &row, &table.diag), 0);
	}
}

static void fill(struct pairs_build *build)
{
	static const char *const rationales[] = {"", "Mutually exclusive procedures", "Other"};
	uint16_t codes[CODES], source, number;
	uint64_t state = 11;

	cr_assert_eq(pairs_build_source(build, "made", &source, &table.diag), 0);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(pairs_build_rationale(build, rationales[i], strlen(rationales[i]),
		                     &number, &table.diag),
		        0);
	for (int i = 0; i < CODES; i++)
		cr_assert_eq(pairs_build_code(build, word_of(i), &codes[i], &table.diag), 0);
	for (int a = 0; a < CODES; a++) {
		for (int b = 0; b < CODES; b++) {
			struct history *history = &table.histories[a][b];

			if (a == b || next_random(&state) % 12)
				continue;
			make_history(history, &state);
			add_history(build, codes[a], codes[b], history, source);
			table.pairs++;
			table.windows += (size_t)history->count;
		}
	}
}

static void open_table(void)
{
	struct set_source source = {
	        .path = "made", .release = "v30.2", .from = DAY_FROM, .to = DAY_FROM + DAYS};
	struct set_build *set = NULL;
	struct pairs_build *build = NULL;
	int fd;

	diag_init(&table.diag);
	strcpy(table.path, "/tmp/claimscan-pairs-XXXXXX");
	fd = mkstemp(table.path);
	cr_assert(fd >= 0);
	close(fd);
	cr_assert_eq(set_build_create(&set, schema_find("ptp_hospital"), &table.diag), 0);
	cr_assert_eq(pairs_build_create(&build, &table.diag), 0);
	cr_assert_eq(set_build_source(set, &source, &table.diag), 0);
	fill(build);
	cr_assert_eq(pairs_build_finish(build, set, &table.diag), 0, "%s", table.diag.text);
	cr_assert_eq(set_build_finish(set, table.path, &table.diag), 0, "%s", table.diag.text);
	pairs_build_destroy(build);
	set_build_destroy(set);
	cr_assert_eq(set_map(&table.set, table.path, &table.diag), 0, "%s", table.diag.text);
	unlink(table.path);
	cr_assert_eq(set_verify(&table.set, &table.diag), 0, "%s", table.diag.text);
	cr_assert_eq(pairs_open(&table.pairs_open, &table.set, &table.diag), 0);
}

static void close_table(void)
{
	set_close(&table.set);
}

/* The contract's words: effective <= day <= deletion, never with 9 or one day long. */
static int expected_window(int a, int b, int32_t day, bool exclusive)
{
	const struct history *history = &table.histories[a][b];

	for (int i = 0; i < history->count; i++) {
		const struct pair_window *window = &history->windows[i];
		bool ended = exclusive ? day >= window->to : day > window->to;

		if (window->from <= day && !ended && window->indicator != 9 &&
		        window->from != window->to)
			return i;
	}
	return NO_WINDOW;
}

static bool same_window(const struct pair_window *a, const struct pair_window *b)
{
	return a->from == b->from && a->to == b->to && a->indicator == b->indicator &&
	       a->before_1996 == b->before_1996 && a->rationale == b->rationale;
}

/* ---- Single look-ups ---- */

Test(pairs, every_pair_has_its_windows, .init = open_table, .fini = close_table)
{
	const struct pairs *pairs = &table.pairs_open;
	size_t found = 0;

	cr_assert_eq(pairs->pair_count, table.pairs);
	cr_assert_eq(pairs->window_count, table.windows);
	cr_assert_eq(pairs->code_count, CODES);
	for (int a = 0; a < CODES; a++) {
		uint16_t id = pairs_id(pairs, word_of(a));

		cr_assert_eq(pairs_word(pairs, id), word_of(a));
		for (int b = 0; b < CODES; b++) {
			const struct history *history = &table.histories[a][b];
			const struct pair_window *window = pairs_windows(
			        pairs, id, pairs_id(pairs, word_of(b)));

			cr_assert_eq(window != NULL, history->count > 0);
			for (int i = 0; i < history->count; i++, window++) {
				cr_assert(same_window(window, &history->windows[i]));
				cr_assert_eq(window->more, i + 1 < history->count);
			}
			found += history->count > 0;
		}
	}
	cr_assert_eq(found, table.pairs);
}

Test(pairs, a_day_at_the_edge_of_a_window, .init = open_table, .fini = close_table)
{
	struct pairs pairs = table.pairs_open;

	for (int exclusive = 0; exclusive < 2; exclusive++) {
		pairs.deletion_exclusive = exclusive;
		for (int a = 0; a < CODES; a++) {
			uint16_t id = pairs_id(&pairs, word_of(a));

			for (int b = 0; b < CODES; b++) {
				const struct history *history = &table.histories[a][b];
				uint16_t other = pairs_id(&pairs, word_of(b));

				for (int i = 0; i < 4 * history->count; i++) {
					const struct pair_window *window = &history->windows[i / 4];
					int32_t day = i & 1 ? window->to : window->from;
					int expected;
					const struct pair_window *got;

					if (day == INT32_MAX)
						continue;
					day += i & 2 ? 1 : -(i & 1 ? 0 : 1);
					expected = expected_window(a, b, day, exclusive);
					got = pairs_find(&pairs, id, other, day);
					cr_assert_eq(got != NULL, expected != NO_WINDOW);
					cr_assert(!got ||
					          same_window(got, &history->windows[expected]));
				}
			}
		}
	}
}

/* One that is a pair may be one, in either order; of those that are none, most are told so. */
Test(pairs, what_may_be_a_pair, .init = open_table, .fini = close_table)
{
	const struct pairs *pairs = &table.pairs_open;
	size_t told = 0, none = 0;

	for (uint16_t a = 1; a <= CODES; a++) {
		for (uint16_t b = 1; b <= CODES; b++) {
			bool is = pairs_windows(pairs, a, b) || pairs_windows(pairs, b, a);

			cr_assert(!is || pairs_may_be(pairs, a, b), "%u %u", a, b);
			cr_assert_eq(pairs_may_be(pairs, a, b), pairs_may_be(pairs, b, a));
			none += !is;
			told += !pairs_may_be(pairs, a, b);
		}
	}
	cr_expect_gt(none, 0);
	cr_expect_gt(told, 0);
	cr_expect_not(pairs_may_be(pairs, 1, 1));
	cr_expect_not(pairs_may_be(pairs, 0, 1));
	cr_expect_not(pairs_may_be(pairs, 1, CODES + 1));
}

Test(pairs, what_is_no_pair, .init = open_table, .fini = close_table)
{
	const struct pairs *pairs = &table.pairs_open;
	uint16_t ids[3];
	const uint64_t words[3] = {word_of(3), 0, 0x3939393939};

	pairs_ids(pairs, words, 3, ids);
	cr_assert_neq(ids[0], 0);
	cr_assert_eq(ids[1], 0);
	cr_assert_eq(ids[2], 0);
	cr_assert_null(pairs_windows(pairs, 0, ids[0]));
	cr_assert_null(pairs_windows(pairs, ids[0], 0));
	cr_assert_null(pairs_windows(pairs, ids[0], ids[0]));
	cr_assert_null(pairs_windows(pairs, ids[0], CODES + 1));
	cr_assert_null(pairs_windows(pairs, UINT16_MAX, ids[0]));
}

Test(pairs, partners_and_roles, .init = open_table, .fini = close_table)
{
	const struct pairs *pairs = &table.pairs_open;

	for (int a = 0; a < CODES; a++) {
		uint16_t id = pairs_id(pairs, word_of(a)), partners[CODES];
		size_t expected[2] = {0, 0};

		for (int b = 0; b < CODES; b++) {
			expected[0] += table.histories[a][b].count > 0;
			expected[1] += table.histories[b][a].count > 0;
		}
		cr_assert_eq(pairs_partners(pairs, id, PAIR_COLUMN_2, partners), expected[1]);
		cr_assert_eq(pairs_partners(pairs, id, PAIR_COLUMN_1, partners), expected[0]);
		for (size_t i = 1; i < expected[0]; i++)
			cr_assert(partners[i - 1] < partners[i]);
		cr_assert_eq(pairs_roles(pairs, id),
		        (expected[0] ? PAIR_COLUMN_1 : 0u) | (expected[1] ? PAIR_COLUMN_2 : 0u));
	}
}

Test(pairs, release_and_days, .init = open_table, .fini = close_table)
{
	const struct pairs *pairs = &table.pairs_open;
	char text[PAIRS_RELEASE_SIZE];
	struct pair_window window = {.rationale = 1};

	cr_assert_str_eq(pairs_release(pairs, text), "v30.2");
	cr_assert(pairs_covers(pairs, DAY_FROM));
	cr_assert_not(pairs_covers(pairs, DAY_FROM - 1));
	cr_assert_not(pairs_covers(pairs, DAY_FROM + DAYS + 1));
	cr_assert_str_eq(pairs_rationale(pairs, &window), "Mutually exclusive procedures");
}

/* ---- Days ---- */

struct day_case {
	int codes[700]; /* of the lines, -1: none of the table */
	uint16_t ids[700];
	size_t count;
	int32_t date;
};

enum { SHORT_DAYS = 300, LONG_DAYS = 6, ALL_DAYS = SHORT_DAYS + LONG_DAYS };

static struct day_case days[ALL_DAYS];

static void make_days(void)
{
	uint64_t state = 21;

	for (size_t i = 0; i < ALL_DAYS; i++) {
		struct day_case *day = &days[i];

		day->count = i < SHORT_DAYS ? next_random(&state) % 12
		                            : 60 + next_random(&state) % 640;
		day->date = DAY_FROM + (int32_t)(next_random(&state) % (DAYS + 20)) - 10;
		for (size_t k = 0; k < day->count; k++) {
			/* In some days few codes, so that lines share them. */
			int code = (int)(next_random(&state) % (i % 3 ? CODES : 5));

			day->codes[k] = next_random(&state) % 9 ? code : -1;
			day->ids[k] = day->codes[k] < 0
			                      ? 0
			                      : pairs_id(&table.pairs_open, word_of(code));
		}
	}
}

static bool stands_before(const struct day_case *day, size_t line)
{
	for (size_t i = 0; i < line; i++)
		if (day->codes[i] == day->codes[line])
			return true;
	return false;
}

/* Every hit once, none else: marks takes the hits of a day off again. */
static size_t expected_hits(const struct day_case *day, uint8_t marks[700][700])
{
	size_t count = 0;

	memset(marks, 0, 700 * 700);
	for (size_t a = 0; a < day->count; a++) {
		if (day->codes[a] < 0 || stands_before(day, a))
			continue;
		for (size_t b = 0; b < day->count; b++) {
			if (day->codes[b] < 0 || a == b || stands_before(day, b))
				continue;
			marks[a][b] = expected_window(day->codes[a], day->codes[b], day->date,
			                      false) != NO_WINDOW;
			count += marks[a][b];
		}
	}
	return count;
}

static void check_hit(
        const struct day_case *day, const struct pair_hit *hit, uint8_t marks[700][700])
{
	int a = day->codes[hit->line1], b = day->codes[hit->line2];

	cr_assert_eq(marks[hit->line1][hit->line2], 1);
	marks[hit->line1][hit->line2] = 0;
	cr_assert(same_window(hit->window,
	        &table.histories[a][b].windows[expected_window(a, b, day->date, false)]));
}

static uint8_t marks[700][700];

/* Day by day, against all ordered pairs of its lines. */
static void check_level(enum level level)
{
	static struct pair_hit hits[PAIR_HITS_MAX];
	struct pairs_test *test;
	size_t all = 0;

	cr_assert_eq(pairs_test_create(&test, &table.pairs_open, level, &table.diag), 0);
	for (size_t i = 0; i < ALL_DAYS; i++) {
		const struct pair_day day = {days[i].ids, days[i].count, days[i].date};
		size_t expected = expected_hits(&days[i], marks), count;

		pairs_days_begin(test, &day, 1);
		while ((count = pairs_days_next(test, hits)) > 0) {
			cr_assert_leq(count, PAIR_HITS_MAX);
			cr_assert_leq(count, expected);
			expected -= count;
			all += count;
			for (size_t k = 0; k < count; k++) {
				cr_assert_eq(hits[k].day, 0);
				check_hit(&days[i], &hits[k], marks);
			}
		}
		cr_assert_eq(expected, 0, "day %zu: %zu hits missed", i, expected);
		cr_assert_eq(pairs_days_next(test, hits), 0);
	}
	cr_assert_gt(all, 1000);
	pairs_test_destroy(test);
}

Test(pairs, days_are_what_brute_force_says, .init = open_table, .fini = close_table)
{
	make_days();
	for (enum level level = 0; level <= level_best(); level++)
		check_level(level);
}

/* The digest of all hits, in their order. */
static uint64_t digest(struct pairs_test *test, size_t together, size_t *all)
{
	static struct pair_hit hits[PAIR_HITS_MAX];
	uint64_t sum = 0;

	*all = 0;
	for (size_t i = 0; i < ALL_DAYS; i += together) {
		struct pair_day begun[ALL_DAYS];
		size_t count, n;

		for (n = 0; n < together && i + n < ALL_DAYS; n++)
			begun[n] = (struct pair_day){
			        days[i + n].ids, days[i + n].count, days[i + n].date};
		pairs_days_begin(test, begun, n);
		while ((count = pairs_days_next(test, hits)) > 0) {
			*all += count;
			for (size_t k = 0; k < count; k++) {
				sum = (sum ^ (i + hits[k].day)) * PHASH_MULTIPLIER;
				sum = (sum ^ hits[k].line1) * PHASH_MULTIPLIER;
				sum = (sum ^ hits[k].line2) * PHASH_MULTIPLIER;
				sum ^= (uint64_t)(hits[k].window - table.pairs_open.windows) ^
				       sum >> 31;
			}
		}
	}
	return sum;
}

Test(pairs, days_together_are_days_one_by_one, .init = open_table, .fini = close_table)
{
	static const size_t together[] = {1, 2, 7, 64, ALL_DAYS};
	size_t all, first_all = 0;
	uint64_t first = 0;

	make_days();
	for (enum level level = 0; level <= level_best(); level++) {
		struct pairs_test *test;

		cr_assert_eq(pairs_test_create(&test, &table.pairs_open, level, &table.diag), 0);
		for (size_t i = 0; i < sizeof(together) / sizeof(*together); i++) {
			uint64_t sum = digest(test, together[i], &all);

			if (first_all == 0) {
				first = sum;
				first_all = all;
			}
			cr_assert_eq(all, first_all);
			cr_assert_eq(sum, first, "%zu together", together[i]);
		}
		pairs_test_destroy(test);
	}
	pairs_test_destroy(NULL);
}

/* ---- Damage ---- */

/* A section that says other than the bits do is found out, whatever its hash. */
Test(pairs, sections_that_do_not_fit, .init = open_table, .fini = close_table)
{
	const struct {
		const char *name;
		const void *bytes;
	} parts[] = {
	        {"ranks", &table.pairs_open.ranks[1]},
	        {"cells", &table.pairs_open.cells[7].rank},
	        {"values", &table.pairs_open.values[9]},
	        {"map", &table.pairs_open.map[3]},
	};
	uint8_t *copy = aligned_alloc(64, (table.set.image_size + 63) / 64 * 64);
	struct set set = table.set;

	memcpy(copy, table.set.image, table.set.image_size);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t at = (size_t)((const uint8_t *)parts[i].bytes -
		                     (const uint8_t *)table.set.image);

		set.image = copy;
		cr_assert_eq(pairs_check(&set, &table.diag), 0, "%s", table.diag.text);
		copy[at + 3] ^= 0x40;
		cr_assert_eq(pairs_check(&set, &table.diag), FAIL_TABLE, "%s", parts[i].name);
		copy[at + 3] ^= 0x40;
		diag_init(&table.diag);
	}
	free(copy);
}

/* ---- The real tables ---- */

/* One setting's image, built from the releases; false: none here. */
static bool build_real(struct folder *folder, const char *prefix)
{
	char releases[400] = "", name[64], source[512];
	FILE *pipe = popen(SOURCE_DIR "/tests/releases", "r");

	if (pipe && fgets(releases, sizeof(releases), pipe))
		releases[strcspn(releases, "\n")] = '\0';
	if (pipe)
		pclose(pipe);
	if (releases[0] == '\0')
		return false;
	folder_begin(folder);
	for (int part = 1; part <= 4; part++) {
		char path[256];

		snprintf(name, sizeof(name), "%s-v302r0-f%d.txt", prefix, part);
		snprintf(source, sizeof(source), "%s/ncci/%s", releases, name);
		snprintf(path, sizeof(path), "%s/in/%s", folder->root, name);
		cr_assert_eq(symlink(source, path), 0);
	}
	cr_assert_eq(folder_build(folder), 0, "%s", folder->diag.text);
	return true;
}

static int32_t day_of(const char *text)
{
	int number = atoi(text);

	if (text[0] == '*')
		return INT32_MAX;
	return date_from_parts(number / 10000, number / 100 % 100, number % 100);
}

static bool has_window(const struct pair_window *window, int32_t from, int32_t to, int indicator)
{
	for (; window; window = window->more ? window + 1 : NULL)
		if (window->from == from && window->to == to && window->indicator == indicator)
			return true;
	return false;
}

/* Every row of a part is in the table, as it stands; a bit in known for its pair. */
static size_t check_part(const struct pairs *pairs, const char *path, uint8_t *known)
{
	FILE *file = fopen(path, "r");
	char line[512], *cells[6], *rest;
	size_t rows = 0;

	cr_assert_not_null(file, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		uint64_t words[2] = {0, 0};
		uint16_t ids[2];

		rest = line;
		for (int i = 0; i < 6; i++)
			cells[i] = strsep(&rest, "\t");
		if (!rest || strlen(cells[0]) != 5 || strlen(cells[3]) != 8)
			continue;
		memcpy(&words[0], cells[0], 5);
		memcpy(&words[1], cells[1], 5);
		pairs_ids(pairs, words, 2, ids);
		cr_assert(has_window(pairs_windows(pairs, ids[0], ids[1]), day_of(cells[3]),
		                  day_of(cells[4]), atoi(cells[5])),
		        "%s %s", cells[0], cells[1]);
		known[((size_t)ids[0] << 16 | ids[1]) / 8] |= (uint8_t)(1 << ids[1] % 8);
		rows++;
	}
	fclose(file);
	return rows;
}

static void check_real(const char *prefix, const char *name, size_t rows, size_t pair_count)
{
	uint8_t *known = calloc((size_t)1 << 29, 1);
	struct folder folder;
	struct pairs pairs;
	uint64_t state = 5;
	size_t found = 0;

	if (!build_real(&folder, prefix)) {
		free(known);
		cr_skip_test("no ../shared/codesets here");
	}
	cr_assert_eq(pairs_open(&pairs, folder_set(&folder, name), &folder.diag), 0);
	cr_assert_eq(pairs.window_count, rows);
	cr_assert_eq(pairs.pair_count, pair_count);
	cr_assert_lt(pairs.bytes, 48000000);
	for (int part = 1; part <= 4; part++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/in/%s-v302r0-f%d.txt", folder.root, prefix, part);
		found += check_part(&pairs, path, known);
	}
	cr_assert_eq(found, rows);
	for (size_t i = 0; i < NON_PAIRS; i++) {
		uint16_t a = (uint16_t)(next_random(&state) % (pairs.code_count + 1));
		uint16_t b = (uint16_t)(next_random(&state) % (pairs.code_count + 1));

		cr_assert_eq(pairs_windows(&pairs, a, b) != NULL,
		        known[((size_t)a << 16 | b) / 8] >> b % 8 & 1);
	}
	cr_assert_not(pairs_covers(&pairs, date_from_parts(2025, 7, 1)));
	cr_assert(pairs_covers(&pairs, date_from_parts(2025, 6, 30)));
	cr_assert(pairs_covers(&pairs, date_from_parts(1996, 1, 1)));
	folder_end(&folder);
	free(known);
}

Test(pairs, the_practitioner_table)
{
	check_real("ccipra", "ptp_practitioner", 2546017, 2238466);
}

Test(pairs, the_hospital_table)
{
	check_real("ccioph", "ptp_hospital", 1775818, 1695434);
}
