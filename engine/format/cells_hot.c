/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Column parsers.  Compiled once per CPU level.
 *
 * A column is parsed in two passes.  The first loads the first bytes of each
 * cell into a word; the second turns words into values without a branch, so
 * that the compiler can do eight or sixteen cells at once.  It takes the common
 * form only (no blanks around it, "123.45", YYYY-MM-DD, ten digits); cells of
 * any other form are marked, and a slow path that defines the answer takes them
 * one by one.
 */
#include "format/cells.h"

#include "base/date.h"
#include "base/hash.h"

#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))
#define SLOW static __attribute__((noinline, cold))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define BYTES(b) (0x0101010101010101u * (b))

struct cell {
	const uint8_t *at;
	uint32_t size;
};

/* A cell of a record, blanks and a carriage return around it left out. */
ALWAYS struct cell cell_at(const struct cells *cells, uint32_t line, uint32_t column)
{
	const uint32_t *separators = cells->separators[line];
	uint32_t from = separators[(int32_t)column - 1] + 1;
	uint32_t to = separators[column];

	if (LIKELY(to > from && cells->text[to - 1] > ' ' && cells->text[from] > ' '))
		return (struct cell){cells->text + from, to - from};
	while (to > from && cells->text[to - 1] <= ' ')
		to--;
	while (to > from && cells->text[from] <= ' ')
		from++;
	return (struct cell){cells->text + from, to - from};
}

ALWAYS uint64_t load8(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

ALWAYS uint64_t low_bytes(uint64_t word, uint32_t count)
{
	return count >= 8 ? word : word & (((uint64_t)1 << (count * 8)) - 1);
}

/* Lower-case letters become upper-case; bytes over 127 stay. */
ALWAYS uint64_t upper(uint64_t word)
{
	uint64_t seven = word & BYTES(0x7f);
	uint64_t from_a = seven + BYTES(0x80 - 'a');
	uint64_t past_z = seven + BYTES(0x80 - 'z' - 1);
	uint64_t lower = from_a & ~past_z & ~word & BYTES(0x80);

	return word ^ (lower >> 2);
}

/* Eight bytes 0 to 9, first digit lowest, as a number. */
ALWAYS uint64_t eight_digits(uint64_t word)
{
	word = word * 10 + (word >> 8);
	return ((word & 0x000000ff000000ffu) * 0x000f424000000064u +
	               ((word >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u) >>
	       32;
}

ALWAYS bool all_digits(uint64_t digits)
{
	return (((digits + BYTES(0x76)) | digits) & BYTES(0x80)) == 0;
}

/* ---- Loading: the first pass ---- */

struct loaded {
	uint64_t word[BATCH_LINES] COLUMN; /* the first eight bytes from the cell's start on */
	uint64_t tail[BATCH_LINES] COLUMN; /* eight bytes from the third on; by load_long() */
	uint32_t size[BATCH_LINES] COLUMN;
	uint32_t good[BATCH_LINES] COLUMN; /* set by the second pass: the common form, or empty */
};

ALWAYS void load_cells(const struct cells *cells, uint32_t column, struct loaded *loaded)
{
	const uint8_t *text = cells->text;

	for (uint32_t i = 0; i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i] + column;
		uint32_t from = separators[-1] + 1;

		loaded->size[i] = separators[0] - from;
		loaded->word[i] = load8(text + from);
	}
}

ALWAYS void load_long(const struct cells *cells, uint32_t column, struct loaded *loaded)
{
	const uint8_t *text = cells->text;

	for (uint32_t i = 0; i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i] + column;
		uint32_t from = separators[-1] + 1;

		loaded->size[i] = separators[0] - from;
		loaded->word[i] = load8(text + from);
		loaded->tail[i] = load8(text + from + 2);
	}
}

/* How many cells are not empty; blanks alone are found later, in the slow path. */
ALWAYS uint64_t count_present(const struct loaded *loaded, uint32_t count)
{
	uint32_t present = 0;

	for (uint32_t i = 0; i < count; i++)
		present += loaded->size[i] != 0;
	return present;
}

ALWAYS bool all_good(const struct loaded *loaded, uint32_t count)
{
	uint32_t good = 1;

	for (uint32_t i = 0; i < count; i++)
		good &= loaded->good[i];
	return good;
}

/* The next cell that the second pass could not take, or count. */
ALWAYS uint32_t next_odd(const struct loaded *loaded, uint32_t i, uint32_t count)
{
	while (i < count && loaded->good[i])
		i++;
	return i;
}

/* ---- Numbers ---- */

/* Up to eight digits, right-aligned in a word of digits; false if not digits. */
ALWAYS bool small_number(const uint8_t *at, uint32_t size, uint64_t *value)
{
	uint32_t shift = (8 - size) * 8;
	uint64_t word = load8(at) << shift;
	uint64_t digits = (word ^ BYTES('0')) >> shift << shift;

	*value = eight_digits(digits);
	return all_digits(digits);
}

/* A number with decimals, no larger than a line's may be. */
ALWAYS bool parse_amount(struct cell cell, unsigned places, int64_t *value)
{
	if (cells_parse_decimal(cell.at, cell.size, places, value) == 0 && *value <= AMOUNT_MOST &&
	        *value >= -AMOUNT_MOST)
		return true;
	*value = AMOUNT_ABSENT;
	return false;
}

SLOW void money_slow(struct cell cell, int64_t *value, struct cell_counts *counts)
{
	*value = AMOUNT_ABSENT;
	if (cell.size == 0) {
		counts->present--;
		return;
	}
	if (!parse_amount(cell, 2, value)) {
		counts->invalid++;
		return;
	}
	for (uint32_t i = 0; i < cell.size; i++) {
		if (cell.at[i] == '.' && cell.size - i > 3)
			counts->repaired++; /* beyond two decimals: rounded */
	}
}

/* "123.45" in at most eight bytes, the usual form. */
static void money_words(struct loaded *restrict loaded, int64_t *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t size = loaded->size[i];
		uint64_t shift = (8 - size) * 8 & 63;
		uint64_t word = loaded->word[i] << shift;
		uint64_t digits = (word & 0xffff000000000000u) | (word & 0x000000ffffffffffu) << 8;
		uint64_t rest = (shift + 8) & 63;
		uint64_t fits;

		digits = (digits ^ BYTES('0')) >> rest << rest;
		fits = (size - 4 <= 4) & ((word >> 40 & 0xff) == '.') &
		       (((digits + BYTES(0x76)) & BYTES(0x80)) == 0) &
		       ((digits & BYTES(0x80)) == 0);
		out[i] = fits ? (int64_t)eight_digits(digits) : AMOUNT_ABSENT;
		loaded->good[i] = (uint32_t)(fits | (size == 0));
	}
}

static void parse_money(
        const struct cells *cells, uint32_t column, int64_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	money_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		money_slow(cell_at(cells, i, column), &out[i], counts);
}

SLOW void units_slow(struct cell cell, int64_t *value, struct cell_counts *counts)
{
	const uint8_t *point;

	*value = AMOUNT_ABSENT;
	if (cell.size == 0) {
		counts->present--;
		return;
	}
	if (!parse_amount(cell, 4, value)) {
		counts->invalid++;
		return;
	}
	point = memchr(cell.at, '.', cell.size);
	if (point && cell.at + cell.size - point > 5)
		counts->repaired++;
}

/* One to eight digits; an empty cell is good, and its value is not looked at. */
ALWAYS uint64_t number_word(struct loaded *loaded, uint32_t i)
{
	uint64_t size = loaded->size[i];
	uint64_t shift = (8 - size) * 8 & 63;
	uint64_t digits = ((loaded->word[i] << shift) ^ BYTES('0')) >> shift << shift;
	uint64_t fits = (size <= 8) & (((digits + BYTES(0x76)) & BYTES(0x80)) == 0) &
	                ((digits & BYTES(0x80)) == 0);

	loaded->good[i] = (uint32_t)(fits | (size == 0));
	return eight_digits(digits);
}

static void units_words(struct loaded *restrict loaded, int64_t *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t number = number_word(loaded, i);

		out[i] = loaded->size[i] ? (int64_t)number * UNITS_ONE : AMOUNT_ABSENT;
	}
}

static void parse_units(
        const struct cells *cells, uint32_t column, int64_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	units_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		units_slow(cell_at(cells, i, column), &out[i], counts);
}

SLOW int32_t line_slow(struct cell cell, struct cell_counts *counts)
{
	int64_t value;

	if (cell.size == 0) {
		counts->present--;
		return LINE_ABSENT;
	}
	if (cells_parse_decimal(cell.at, cell.size, 0, &value) < 0 || value < 0 ||
	        value > INT32_MAX) {
		counts->invalid++;
		return LINE_ABSENT;
	}
	return (int32_t)value;
}

static void line_words(struct loaded *restrict loaded, int32_t *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t number = number_word(loaded, i);

		out[i] = loaded->size[i] ? (int32_t)number : LINE_ABSENT;
	}
}

static void parse_line(
        const struct cells *cells, uint32_t column, int32_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	line_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		out[i] = line_slow(cell_at(cells, i, column), counts);
}

SLOW uint16_t small_slow(struct cell cell, struct cell_counts *counts, uint32_t width)
{
	uint64_t number = 0;

	if (cell.size == 0) {
		counts->present--;
		return NUMBER_BLANK;
	}
	if (cell.size > 4 || !small_number(cell.at, cell.size, &number)) {
		counts->invalid++;
		return NUMBER_INVALID;
	}
	counts->repaired += cell.size < width;
	return (uint16_t)number;
}

static void small_words(
        struct loaded *restrict loaded, uint16_t *restrict out, uint32_t count, uint32_t width)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t number = number_word(loaded, i);
		uint32_t size = loaded->size[i];

		out[i] = size ? (uint16_t)number : NUMBER_BLANK;
		loaded->good[i] &= (size == 0) | (size == width) | (size == 4);
	}
}

/* Up to four digits (revenue code, DRG); the padding to the left is the number's. */
static void parse_number(const struct cells *cells, uint32_t column, uint16_t *out,
        struct cell_counts *counts, uint32_t width)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	small_words(&loaded, out, cells->count, width);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		out[i] = small_slow(cell_at(cells, i, column), counts, width);
}

/* ---- Dates ---- */

SLOW int32_t date_slow(struct cell cell, struct cell_counts *counts)
{
	int32_t date = DATE_ABSENT;

	if (cell.size == 0) {
		counts->present--;
		return DATE_ABSENT;
	}
	if (date_parse((const char *)cell.at, cell.size, &date) < 0) {
		counts->invalid++;
		return DATE_ABSENT;
	}
	if (date != DATE_ABSENT && (cell.size != 10 || cell.at[4] != '-'))
		counts->repaired++;
	return date;
}

/* Days since 1970-01-01 of a Gregorian date (Hinnant's days_from_civil, years above 0). */
ALWAYS uint32_t day_number(uint32_t year, uint32_t month, uint32_t day)
{
	uint32_t early = month <= 2;
	uint32_t y = year - early;
	uint32_t century = y / 100;
	uint32_t day_of_year = (153 * (month + 12 * early - 3) + 2) / 5 + day - 1;

	return y * 365 + y / 4 - century + century / 4 + day_of_year - 719468;
}

/*
 * YYYY-MM-DD of 1901 to 2199, days up to the 28th: the 29th to the 31st may not
 * exist, and go the slow way with other years.
 */
static void date_words(struct loaded *restrict loaded, int32_t *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t word = loaded->word[i];
		uint64_t digits = (word & 0xffffffffu) | (word >> 8 & 0x0000ffff00000000u) |
		                  (loaded->tail[i] & 0xffff000000000000u);
		uint32_t dashes = (word & 0xff0000ff00000000u) == 0x2d00002d00000000u;
		uint32_t numeric, year, month, day, fits;

		digits ^= BYTES('0');
		numeric = (((digits + BYTES(0x76)) | digits) & BYTES(0x80)) == 0;
		digits = digits * 10 + (digits >> 8);
		year = (uint32_t)(digits & 0xff) * 100 + (uint32_t)(digits >> 16 & 0xff);
		month = (uint32_t)(digits >> 32 & 0xff);
		day = (uint32_t)(digits >> 48 & 0xff);
		fits = (loaded->size[i] == 10) & dashes & numeric & (year - 1901 < 299) &
		       (month - 1 < 12) & (day - 1 < 30) & ((day <= 28) | (month != 2));
		out[i] = fits ? (int32_t)day_number(year, month, day) : DATE_ABSENT;
		loaded->good[i] = fits | (loaded->size[i] == 0);
	}
}

static void parse_date(
        const struct cells *cells, uint32_t column, int32_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_long(cells, column, &loaded);
	date_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		out[i] = date_slow(cell_at(cells, i, column), counts);
}

/* ---- Codes ---- */

SLOW uint64_t code_slow(struct cell cell, struct cell_counts *counts)
{
	uint64_t word = 0;
	uint32_t size = 0;

	for (uint32_t i = 0; i < cell.size; i++) {
		uint8_t byte = cell.at[i];

		if (byte == '.' || byte == ' ')
			continue;
		if (byte >= 'a' && byte <= 'z')
			byte = (uint8_t)(byte - 'a' + 'A');
		if (byte > 126 || size == 7) {
			counts->invalid++;
			return CODE_UNREADABLE;
		}
		word |= (uint64_t)byte << (8 * size++);
	}
	counts->repaired++;
	return word;
}

/* Bytes equal to byte show in bit 7; so may the byte behind such a one. */
ALWAYS uint64_t has_byte(uint64_t word, uint8_t byte)
{
	uint64_t differ = word ^ BYTES(byte);

	return (differ - BYTES(1)) & ~differ & BYTES(0x80);
}

/* A code word; letters raised; dots and blanks inside taken out. */
ALWAYS uint64_t code_word(struct cell cell, struct cell_counts *counts)
{
	uint64_t word;

	if (UNLIKELY(cell.size > 7))
		return code_slow(cell, counts);
	word = low_bytes(load8(cell.at), cell.size);
	if (UNLIKELY((has_byte(word, '.') | has_byte(word, ' ') | (word & BYTES(0x80)) |
	                     (upper(word) ^ word)) != 0))
		return code_slow(cell, counts);
	return word;
}

/* Up to seven upper-case letters and digits, nothing else. */
static void code_words(struct loaded *restrict loaded, uint64_t *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t size = loaded->size[i], text = loaded->word[i];
		uint64_t rest = (8 - size) * 8 & 63;
		uint64_t some = -(uint64_t)(size != 0);
		uint64_t word = text << rest >> rest & some;
		uint64_t odd = (~(text + BYTES(0x80 - '0')) | (text + BYTES(0x80 - 'Z' - 1)) |
		                       text) &
		               BYTES(0x80);
		uint64_t fits = ((odd << rest & some) == 0) & (size <= 7);

		out[i] = word & -fits; /* else CODE_BLANK */
		loaded->good[i] = (uint32_t)fits;
	}
}

static void parse_code(
        const struct cells *cells, uint32_t column, uint64_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	code_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++) {
		struct cell cell = cell_at(cells, i, column);

		counts->present -= cell.size == 0;
		out[i] = cell.size ? code_word(cell, counts) : CODE_BLANK;
	}
}

/* Where a slot of codes goes, and how far a line's slots are filled. */
struct slots {
	uint64_t (*codes)[BATCH_LINES];
	uint8_t *filled;
	uint32_t first; /* slot of the group's first column */
};

ALWAYS void fill_slot(const struct slots *slots, uint32_t line, uint32_t slot)
{
	if (slots->filled[line] < slots->first + slot + 1)
		slots->filled[line] = (uint8_t)(slots->first + slot + 1);
}

/* ... of all lines that have a cell of the common form. */
static void fill_good(const struct loaded *restrict loaded, uint8_t *restrict filled, uint8_t slot,
        uint32_t count)
{
	uint8_t some[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < count; i++)
		some[i] = (uint8_t)((loaded->size[i] != 0) & loaded->good[i]);
	for (uint32_t i = 0; i < count; i++) {
		uint8_t to = some[i] ? slot : 0;

		filled[i] = filled[i] < to ? to : filled[i];
	}
}

/* One slot of all lines, as parse_code().  Returns how many cells are not empty. */
static uint32_t parse_slot(const struct cells *cells, const struct cell_group *group, uint32_t slot,
        const struct slots *slots, struct cell_counts *counts)
{
	uint64_t *out = slots->codes[slots->first + slot];
	uint32_t column = group->column + slot;
	struct loaded loaded;
	uint64_t present;

	load_cells(cells, column, &loaded);
	code_words(&loaded, out, cells->count);
	fill_good(&loaded, slots->filled, (uint8_t)(slots->first + slot + 1), cells->count);
	present = count_present(&loaded, cells->count);
	counts->present += present;
	if (all_good(&loaded, cells->count))
		return (uint32_t)present;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++) {
		struct cell cell = cell_at(cells, i, column);

		counts->present -= cell.size == 0;
		out[i] = cell.size ? code_word(cell, counts) : CODE_BLANK;
		if (cell.size)
			fill_slot(slots, i, slot);
	}
	return (uint32_t)present;
}

/*
 * Slots of a code, columns side by side: a column at a time as long as every other
 * line has one, then line by line, up to where only separators are left.
 */
static void parse_slots(const struct cells *cells, const struct cell_group *group,
        const struct slots *slots, struct cell_counts *counts)
{
	uint32_t from = 0;

	while (from < group->count &&
	        parse_slot(cells, group, from, slots, &counts[from]) * 2 >= cells->count)
		from++;
	for (uint32_t i = 0; from + 1 < group->count && i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i] + group->column;
		uint32_t last = separators[group->count - 1];

		for (uint32_t slot = from + 1; slot < group->count; slot++) {
			struct cell cell;

			if (last - separators[(int32_t)slot - 1] == group->count - slot)
				break; /* nothing but separators from here on */
			cell = cell_at(cells, i, group->column + slot);
			if (cell.size == 0)
				continue;
			slots->codes[slots->first + slot][i] = code_word(cell, &counts[slot]);
			counts[slot].present++;
			fill_slot(slots, i, slot);
		}
	}
}

SLOW uint16_t two_slow(struct cell cell, struct cell_counts *counts)
{
	uint64_t word, raised;

	if (cell.size == 0) {
		counts->present--;
		return 0;
	}
	if (cell.size > 2) {
		counts->invalid++;
		return 0;
	}
	word = low_bytes(load8(cell.at), cell.size);
	raised = upper(word);
	counts->repaired += raised != word;
	return (uint16_t)(cell.size == 1 ? raised << 8 | '0' : raised);
}

/* Of a word's first two bytes: digits and capitals, or other signs before the small letters. */
ALWAYS uint32_t two_plain(uint64_t word)
{
	uint32_t first = word & 0xff, second = word >> 8 & 0xff;

	return (first - '0' <= 'Z' - '0') & (second - '0' <= 'Z' - '0');
}

static void two_words(struct loaded *restrict loaded, uint16_t *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t word = loaded->word[i];
		uint32_t size = loaded->size[i];

		out[i] = size ? (uint16_t)word : 0;
		loaded->good[i] = (size == 0) | ((size == 2) & two_plain(word));
	}
}

/* Two characters: specialty, state. */
static void parse_two_chars(
        const struct cells *cells, uint32_t column, uint16_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	two_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		out[i] = two_slow(cell_at(cells, i, column), counts);
}

/* Modifiers: a slot of one character is kept as it is and is in no list. */
static void parse_modifiers(const struct cells *cells, const struct cell_group *group,
        uint16_t (*out)[BATCH_LINES], struct cell_counts *counts)
{
	memset(out, 0, group->count * sizeof(*out)); /* most are empty */
	for (uint32_t i = 0; i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i] + group->column;
		uint32_t last = separators[group->count - 1];

		for (uint32_t slot = 0; slot < group->count; slot++) {
			struct cell cell;
			uint64_t word;

			if (LIKELY(last - separators[(int32_t)slot - 1] == group->count - slot))
				break;
			cell = cell_at(cells, i, group->column + slot);
			word = low_bytes(load8(cell.at), cell.size);
			counts[slot].present += cell.size > 0;
			counts[slot].repaired += upper(word) != word;
			counts[slot].invalid += cell.size > 2;
			out[slot][i] = cell.size <= 2 ? (uint16_t)upper(word) : 0;
		}
	}
}

SLOW uint16_t digits_slow(struct cell cell, struct cell_counts *counts)
{
	if (cell.size == 2)
		return TWO_CHARS(cell.at[0], cell.at[1]);
	if (cell.size == 1) {
		counts->repaired++;
		return TWO_CHARS('0', cell.at[0]);
	}
	counts->present -= cell.size == 0;
	counts->invalid += cell.size > 2;
	return 0;
}

/* Two digits, padded to the left: place of service, discharge status. */
static void parse_two_digits(
        const struct cells *cells, uint32_t column, uint16_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	two_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		out[i] = digits_slow(cell_at(cells, i, column), counts);
}

SLOW uint32_t bill_slow(struct cell cell, struct cell_counts *counts)
{
	if (cell.size == 0) {
		counts->present--;
		return 0;
	}
	if (cell.size == 4 && cell.at[0] == '0') {
		cell.at++;
		cell.size = 3;
		counts->repaired++;
	}
	if (cell.size == 3)
		return (uint32_t)upper(low_bytes(load8(cell.at), 3));
	counts->invalid++;
	return 0;
}

/* Three characters, or four with a zero in front.  Returns how many have the zero. */
static uint32_t bill_words(struct loaded *restrict loaded, uint32_t *restrict out, uint32_t count)
{
	uint32_t longer = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t size = loaded->size[i];
		uint32_t word = (uint32_t)loaded->word[i];
		uint32_t zero = (size == 4) & ((word & 0xff) == '0');
		uint32_t three = (zero ? word >> 8 : word) & 0xffffff;
		uint32_t last = three >> 16;
		uint32_t fits = ((size == 3) | zero) & two_plain(three) & (last - '0' <= 'Z' - '0');

		out[i] = fits ? three : 0;
		loaded->good[i] = fits | (size == 0);
		longer += zero & fits;
	}
	return longer;
}

/* Bill type: one leading 0 of four characters dropped. */
static void parse_bill_type(
        const struct cells *cells, uint32_t column, uint32_t *out, struct cell_counts *counts)
{
	struct loaded loaded;

	load_cells(cells, column, &loaded);
	counts->repaired += bill_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		out[i] = bill_slow(cell_at(cells, i, column), counts);
}

/* ---- Texts and ids ---- */

/*
 * The cells of a column as slices.  Returns how many are not empty; *odd: some
 * have blanks around them.  An empty cell is compared with what stands where it
 * would, without a branch.
 */
ALWAYS uint32_t slice_cells(
        const struct cells *cells, uint32_t column, struct slice *out, bool *odd)
{
	const uint8_t *text = cells->text;
	uint32_t present = 0, blanks = 0;

	for (uint32_t i = 0; i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i] + column;
		uint32_t from = separators[-1] + 1, size = separators[0] - from;
		uint32_t some = size != 0;

		out[i] = (struct slice){from, size};
		present += some;
		blanks |= some & ((text[from] <= ' ') | (text[from + size - some] <= ' '));
	}
	*odd = blanks;
	return present;
}

/* Those with blanks around them cut.  Returns how many are nothing else. */
SLOW uint32_t slices_slow(const struct cells *cells, uint32_t column, struct slice *out)
{
	uint32_t empty = 0;

	for (uint32_t i = 0; i < cells->count; i++) {
		struct cell cell = cell_at(cells, i, column);

		empty += out[i].size && !cell.size;
		out[i] = (struct slice){(uint32_t)(cell.at - cells->text), cell.size};
	}
	return empty;
}

static void parse_text(
        const struct cells *cells, uint32_t column, struct slice *out, struct cell_counts *counts)
{
	bool odd;

	counts->present += slice_cells(cells, column, out, &odd);
	if (UNLIKELY(odd))
		counts->present -= slices_slow(cells, column, out);
}

SLOW uint64_t id_slow(struct cell cell, struct cell_counts *counts)
{
	bool repaired = false;
	uint64_t id = cells_provider_id(cell.at, cell.size, &repaired);

	counts->present -= cell.size == 0;
	counts->repaired += repaired;
	counts->invalid += id_kind(id) == ID_BAD_CHECK || id_kind(id) == ID_OTHER;
	return id;
}

/*
 * Ten digits, the first 1 or 2, with a right check digit (Luhn, with 80840 in
 * front): the places 0, 2, 4, 6, 8 from the left are doubled.
 */
static void npi_words(struct loaded *restrict loaded, uint64_t *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t word = loaded->word[i] ^ BYTES('0'); /* places 0 to 7 */
		uint64_t tail = loaded->tail[i] ^ BYTES('0'); /* places 2 to 9 */
		uint64_t even = tail & 0x00ff00ff00ff00ffu;
		uint64_t odd = tail >> 8 & 0x00ff00ff00ff00ffu;
		uint64_t first = word & 0xff;
		uint64_t doubled = even * 2, sum, value, fits;

		doubled -= ((doubled + 0x0076007600760076u) >> 7 & 0x0001000100010001u) * 9;
		sum = doubled + odd;
		sum += sum >> 32;
		sum = ((sum + (sum >> 16)) & 0xffff) + first * 2 + (word >> 8 & 0xff) + 24;
		value = eight_digits(word) * 100 + (tail >> 48 & 0xff) * 10 + (tail >> 56);
		fits = (loaded->size[i] == 10) & (((word + BYTES(0x76)) & BYTES(0x80)) == 0) &
		       (((tail + BYTES(0x76)) & BYTES(0x80)) == 0) &
		       (((word | tail) & BYTES(0x80)) == 0) & (first - 1 < 2) &
		       ((uint32_t)sum % 10 == 0) & (value != 1111111111) & (value != 2222222222) &
		       (value != 1234567890);
		out[i] = fits ? (uint64_t)ID_NPI << ID_KIND_SHIFT | value : 0;
		loaded->good[i] = (uint32_t)(fits | (loaded->size[i] == 0));
	}
}

static void keep_slices(const struct cells *cells, uint32_t column, struct slice *text)
{
	for (uint32_t i = 0; i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i] + column;
		uint32_t from = separators[-1] + 1;

		text[i] = (struct slice){from, separators[0] - from};
	}
}

static void parse_provider(const struct cells *cells, uint32_t column, uint64_t *out,
        struct slice *text, struct cell_counts *counts)
{
	struct loaded loaded;

	load_long(cells, column, &loaded);
	npi_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (text)
		keep_slices(cells, column, text);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++) {
		struct cell cell = cell_at(cells, i, column);
		bool zero = cell.size > 2 && cell.at[cell.size - 2] == '.' &&
		            cell.at[cell.size - 1] == '0';

		out[i] = id_slow(cell, counts);
		if (text)
			text[i] = (struct slice){
			        (uint32_t)(cell.at - cells->text), cell.size - (zero ? 2 : 0)};
	}
}

static void parse_hashed_id(const struct cells *cells, uint32_t column, uint64_t *out,
        struct slice *text, enum id_kind kind, struct cell_counts *counts)
{
	parse_text(cells, column, text, counts);
	for (uint32_t i = 0; i < cells->count; i++) {
		out[i] = 0;
		if (text[i].size)
			out[i] = (uint64_t)kind << ID_KIND_SHIFT |
			         (hash64_short(cells->text + text[i].at, text[i].size) &
			                 ID_VALUE_MASK);
	}
}

SLOW void taxonomy_slow(struct cell cell, uint64_t out[2], struct cell_counts *counts)
{
	out[0] = out[1] = 0;
	counts->present -= cell.size == 0;
	if (cell.size == 10) {
		out[0] = upper(load8(cell.at));
		out[1] = upper(low_bytes(load8(cell.at + 8), 2));
	} else {
		counts->invalid += cell.size > 0;
	}
}

static void taxonomy_words(
        struct loaded *restrict loaded, uint64_t (*restrict out)[2], uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t size = loaded->size[i];
		uint64_t word = loaded->word[i], tail = loaded->tail[i] >> 48;

		out[i][0] = size ? word : 0;
		out[i][1] = size ? tail : 0;
		loaded->good[i] = (size == 0) |
		                  ((size == 10) & ((word & 0xff) > ' ') & (tail >> 8 > ' ') &
		                          (upper(word) == word) & (upper(tail) == tail));
	}
}

static void parse_taxonomy(
        const struct cells *cells, uint32_t column, uint64_t (*out)[2], struct cell_counts *counts)
{
	struct loaded loaded;

	load_long(cells, column, &loaded);
	taxonomy_words(&loaded, out, cells->count);
	counts->present += count_present(&loaded, cells->count);
	if (all_good(&loaded, cells->count))
		return;
	for (uint32_t i = 0; (i = next_odd(&loaded, i, cells->count)) < cells->count; i++)
		taxonomy_slow(cell_at(cells, i, column), out[i], counts);
}

/* ---- Words ---- */

/* The first character, upper-case; 0 blank. */
ALWAYS uint8_t first_char(struct cell cell)
{
	return cell.size ? (uint8_t)upper(cell.at[0]) : 0;
}

ALWAYS uint8_t claim_type_of(struct cell cell, struct cell_counts *counts)
{
	switch (first_char(cell)) {
	case 0:
	case 'U': /* undetermined */
		return CLAIM_UNDETERMINED;
	case 'P':
		return CLAIM_PROFESSIONAL;
	case 'I':
		return CLAIM_INSTITUTIONAL;
	case 'D':
		return CLAIM_DENTAL;
	}
	counts->invalid++;
	return CLAIM_UNDETERMINED;
}

ALWAYS uint8_t sex_of(struct cell cell, struct cell_counts *counts)
{
	switch (first_char(cell)) {
	case 0:
		return SEX_BLANK;
	case 'M':
	case '1':
		return SEX_MALE;
	case 'F':
	case '2':
		return SEX_FEMALE;
	case 'U':
	case '0':
	case 'O':
		return SEX_UNKNOWN;
	}
	counts->invalid++;
	return SEX_BLANK;
}

ALWAYS uint8_t code_type_of(struct cell cell, struct cell_counts *counts)
{
	if (cell.size == 0)
		return CODE_TYPE_BLANK;
	if (cell.size == 1 && cell.at[0] == '0')
		return CODE_TYPE_ICD10;
	if (cell.size == 1 && cell.at[0] == '9')
		return CODE_TYPE_ICD9;
	if (cell.size >= 5 && memcmp(cell.at + cell.size - 3, "-cm", 3) == 0) {
		if (memmem(cell.at, cell.size, "10", 2))
			return CODE_TYPE_ICD10;
		if (memmem(cell.at, cell.size, "9", 1))
			return CODE_TYPE_ICD9;
	}
	if (memmem(cell.at, cell.size, "10", 2))
		return CODE_TYPE_ICD10;
	counts->invalid++;
	return CODE_TYPE_OTHER;
}

ALWAYS uint8_t digit_of(struct cell cell, struct cell_counts *counts)
{
	uint64_t number;

	if (cell.size == 0)
		return 0;
	if (cell.size <= 2 && small_number(cell.at, cell.size, &number))
		return (uint8_t)number;
	counts->invalid++;
	return 0;
}

ALWAYS uint8_t entity_of(struct cell cell, struct cell_counts *counts)
{
	uint8_t digit = digit_of(cell, counts);

	counts->invalid += digit > 2;
	return digit > 2 ? 0 : digit;
}

ALWAYS uint8_t character_of(struct cell cell, struct cell_counts *counts)
{
	counts->invalid += cell.size > 1;
	return cell.size > 1 ? 0 : first_char(cell);
}

/*
 * The usual forms of these words, eight or more cells at a time: the value, or
 * WORD_ODD for what value_of() above must look at.
 */
enum { WORD_ODD = 0xff };

ALWAYS uint32_t claim_type_word(uint64_t word, uint32_t size)
{
	uint32_t first = word & 0xdf;
	uint32_t type = first == 'P'   ? CLAIM_PROFESSIONAL
	                : first == 'I' ? CLAIM_INSTITUTIONAL
	                : first == 'D' ? CLAIM_DENTAL
	                               : WORD_ODD;

	return size ? type : CLAIM_UNDETERMINED;
}

ALWAYS uint32_t sex_word(uint64_t word, uint32_t size)
{
	uint32_t first = word & 0xdf;
	uint32_t sex = first == 'M' ? SEX_MALE : first == 'F' ? SEX_FEMALE : WORD_ODD;

	return size ? sex : SEX_BLANK;
}

/* "icd-10-cm", by its first eight characters. */
ALWAYS uint32_t code_type_word(uint64_t word, uint32_t size)
{
	uint32_t type = (size == 9) & (word == 0x632d30312d646369u) ? CODE_TYPE_ICD10 : WORD_ODD;

	return size ? type : CODE_TYPE_BLANK;
}

/* All bits set or none: gcc makes jumps of choices within choices. */
ALWAYS uint32_t mask_of(bool is)
{
	return -(uint32_t)is;
}

ALWAYS uint32_t digit_word(uint64_t word, uint32_t size)
{
	uint32_t digit = ((uint32_t)word & 0xff) - '0';
	uint32_t fits = mask_of((size == 1) & (digit < 10));

	return ((digit & fits) | (WORD_ODD & ~fits)) & mask_of(size != 0);
}

ALWAYS uint32_t entity_word(uint64_t word, uint32_t size)
{
	uint32_t digit = ((uint32_t)word & 0xff) - '0';
	uint32_t fits = mask_of((size == 1) & (digit <= 2));

	return ((digit & fits) | (WORD_ODD & ~fits)) & mask_of(size != 0);
}

ALWAYS uint32_t character_word(uint64_t word, uint32_t size)
{
	uint32_t first = (uint32_t)word & 0xff;
	uint32_t fits = mask_of((size == 1) & (first - '0' <= 'Z' - '0'));

	return ((first & fits) | (WORD_ODD & ~fits)) & mask_of(size != 0);
}

#define PARSE_BYTES(name, word_of, value_of) \
	static uint32_t name##_words( \
	        const struct loaded *restrict loaded, uint8_t *restrict out, uint32_t count) \
	{ \
		uint32_t odd = 0; \
\
		for (uint32_t i = 0; i < count; i++) { \
			uint32_t value = word_of(loaded->word[i], loaded->size[i]); \
\
			out[i] = (uint8_t)value; \
			odd |= value == WORD_ODD; \
		} \
		return odd; \
	} \
\
	static void name(const struct cells *cells, uint32_t column, uint8_t *out, \
	        struct cell_counts *counts) \
	{ \
		struct loaded loaded; \
		uint32_t odd; \
\
		load_cells(cells, column, &loaded); \
		odd = name##_words(&loaded, out, cells->count); \
		counts->present += count_present(&loaded, cells->count); \
		for (uint32_t i = 0; UNLIKELY(odd) && i < cells->count; i++) { \
			if (out[i] != WORD_ODD) \
				continue; \
			struct cell cell = cell_at(cells, i, column); \
\
			counts->present -= cell.size == 0; \
			out[i] = value_of(cell, counts); \
		} \
	}

PARSE_BYTES(parse_claim_type, claim_type_word, claim_type_of)
PARSE_BYTES(parse_sex, sex_word, sex_of)
PARSE_BYTES(parse_code_type, code_type_word, code_type_of)
PARSE_BYTES(parse_digit, digit_word, digit_of)
PARSE_BYTES(parse_entity, entity_word, entity_of)
PARSE_BYTES(parse_character, character_word, character_of)

/*
 * CARCs that say how a payable line was priced or shared (deductible,
 * coinsurance, copayment, contract, sequestration, other payer, fee schedule)
 * do not deny it.  Source: X12 external code list 139.
 */
ALWAYS bool carc_denies(uint64_t number)
{
	static const uint16_t pricing[] = {1, 2, 3, 22, 23, 24, 44, 45, 59, 66, 70, 85, 90, 91, 94,
	        100, 101, 102, 103, 104, 105, 118, 130, 131, 132, 142, 143, 144, 161, 172, 178, 187,
	        209, 215, 223, 237, 238, 241, 247, 248, 253};

	for (uint32_t i = 0; i < sizeof(pricing) / sizeof(pricing[0]); i++) {
		if (pricing[i] == number)
			return false;
	}
	return true;
}

/* The CARC as a number (claim.h), if it denies; else 0. */
ALWAYS uint16_t carc_of(struct cell cell)
{
	uint64_t number;
	uint8_t letter = first_char(cell);

	if (cell.size == 0)
		return 0;
	if (cell.size <= 8 && small_number(cell.at, cell.size, &number)) {
		if (!carc_denies(number))
			return 0;
		return number > 0 && number < CARC_LETTERS ? (uint16_t)number : CARC_OTHER;
	}
	if (letter < 'A' || letter > 'Z' || cell.size < 2 || cell.size > 3 ||
	        !small_number(cell.at + 1, cell.size - 1, &number))
		return CARC_OTHER;
	return (uint16_t)(CARC_LETTERS + 100u * (letter - 'A') + number);
}

ALWAYS uint8_t denied_said(struct cell cell)
{
	switch (first_char(cell)) {
	case '1':
	case 'Y':
	case 'T':
	case 'D':
		return SAID_DENIED;
	}
	return 0;
}

ALWAYS uint8_t processing_said(struct cell cell)
{
	uint8_t first = first_char(cell);

	return first == 0 || first == 'A' || first == 'R' || first == 'S' ? 0 : SAID_DENIED;
}

ALWAYS uint8_t denial_said(struct cell cell)
{
	return first_char(cell) == '0' ? SAID_DENIED : 0;
}

ALWAYS uint8_t final_said(struct cell cell)
{
	return first_char(cell) == 'N' ? SAID_SUPERSEDED : 0;
}

ALWAYS uint8_t dml_said(struct cell cell)
{
	switch (first_char(cell)) {
	case 'D':
		return SAID_SUPERSEDED;
	case 'U':
		return SAID_UPDATE;
	}
	return 0;
}

#define PARSE_SAID(name, value_of) \
	static void name(const struct cells *cells, uint32_t column, uint8_t *out, \
	        struct cell_counts *counts) \
	{ \
		uint64_t present = 0; \
\
		for (uint32_t i = 0; i < cells->count; i++) { \
			struct cell cell = cell_at(cells, i, column); \
\
			present += cell.size > 0; \
			out[i] |= value_of(cell); \
		} \
		counts->present += present; \
	}

/* Of several columns the least stands, whatever their order. */
static void parse_carc(
        const struct cells *cells, uint32_t column, struct batch *batch, struct cell_counts *counts)
{
	uint64_t present = 0;

	for (uint32_t i = 0; i < cells->count; i++) {
		struct cell cell = cell_at(cells, i, column);
		uint16_t carc = carc_of(cell);

		present += cell.size > 0;
		if (carc == 0)
			continue;
		batch->said[i] |= SAID_CARC;
		if (batch->carc[i] == 0 || carc < batch->carc[i])
			batch->carc[i] = carc;
	}
	counts->present += present;
}

PARSE_SAID(parse_denied, denied_said)
PARSE_SAID(parse_rif_processing, processing_said)
PARSE_SAID(parse_rif_denial, denial_said)
PARSE_SAID(parse_rif_final, final_said)
PARSE_SAID(parse_rif_dml, dml_said)

/* ---- Which column goes where ---- */

static int32_t *dates_of(struct batch *batch, enum field field)
{
	switch (field) {
	case FIELD_CLAIM_START:
		return batch->claim_start;
	case FIELD_CLAIM_END:
		return batch->claim_end;
	case FIELD_LINE_START:
		return batch->line_start;
	case FIELD_LINE_END:
		return batch->line_end;
	case FIELD_ADMISSION:
		return batch->admission;
	case FIELD_DISCHARGE:
		return batch->discharge;
	case FIELD_PAID_DATE:
		return batch->paid_date;
	case FIELD_RECEIVED:
		return batch->received;
	case FIELD_BIRTH:
		return batch->birth;
	default:
		return batch->death;
	}
}

static struct slice *texts_of(struct batch *batch, enum field field)
{
	switch (field) {
	case FIELD_CLAIM_ID:
		return batch->claim_id;
	case FIELD_PERSON_ID:
		return batch->person_id;
	case FIELD_DATA_SOURCE:
		return batch->data_source;
	default:
		return batch->original_claim_id;
	}
}

static void parse_npi_of(const struct cells *cells, const struct cell_group *group,
        struct batch *batch, struct cell_counts *counts)
{
	switch (group->field) {
	case FIELD_RENDERING_NPI:
		parse_provider(
		        cells, group->column, batch->rendering, batch->rendering_text, counts);
		break;
	case FIELD_BILLING_NPI:
		parse_provider(cells, group->column, batch->billing, batch->billing_text, counts);
		break;
	case FIELD_FACILITY_NPI:
		parse_provider(cells, group->column, batch->facility, batch->facility_text, counts);
		break;
	default:
		parse_provider(cells, group->column, batch->ordering, NULL, counts);
	}
}

static void parse_amount_of(const struct cells *cells, const struct cell_group *group,
        struct batch *batch, struct cell_counts *counts)
{
	int64_t *out = group->field == FIELD_PAID      ? batch->paid
	               : group->field == FIELD_ALLOWED ? batch->allowed
	                                               : batch->charge;

	parse_money(cells, group->column, out, counts);
}

static void parse_coded(const struct cells *cells, const struct cell_group *group,
        struct batch *batch, struct cell_counts *counts)
{
	uint32_t column = group->column;

	switch (field_type(group->field)) {
	case CELL_CODE:
		parse_code(cells, column, batch->hcpcs, counts);
		break;
	case CELL_CODE_ADMITTING:
		parse_code(cells, column, batch->admitting, counts);
		break;
	case CELL_POINTED_CODE:
		parse_code(cells, column, batch->pointed_code, counts);
		break;
	case CELL_MODIFIER:
		parse_modifiers(
		        cells, group, batch->modifiers + (group->field - FIELD_MODIFIER_1), counts);
		break;
	case CELL_DIAGNOSIS:
		parse_slots(cells, group,
		        &(struct slots){batch->diagnosis, batch->diagnosis_count,
		                group->field - FIELD_DIAGNOSIS_1},
		        counts);
		break;
	case CELL_PROCEDURE:
		parse_slots(cells, group,
		        &(struct slots){batch->procedure, batch->procedure_count,
		                group->field - FIELD_PROCEDURE_1},
		        counts);
		break;
	case CELL_CONDITION:
		parse_modifiers(cells, group, batch->condition + (group->field - FIELD_CONDITION_1),
		        counts);
		break;
	case CELL_TWO_DIGITS:
		parse_two_digits(cells, column,
		        group->field == FIELD_PLACE ? batch->place : batch->discharge_status,
		        counts);
		break;
	case CELL_TWO_CHARS:
		parse_two_chars(cells, column,
		        group->field == FIELD_SPECIALTY ? batch->specialty : batch->state, counts);
		break;
	case CELL_BILL_TYPE:
		parse_bill_type(cells, column, batch->bill_type, counts);
		break;
	case CELL_NUMBER:
		parse_number(cells, column, group->field == FIELD_DRG ? batch->drg : batch->revenue,
		        counts, group->field == FIELD_DRG ? 3 : 4);
		break;
	default:
		break;
	}
}

static void parse_word(const struct cells *cells, const struct cell_group *group,
        struct batch *batch, struct cell_counts *counts)
{
	uint32_t column = group->column;

	switch (field_type(group->field)) {
	case CELL_CLAIM_TYPE:
		parse_claim_type(cells, column, batch->claim_type, counts);
		break;
	case CELL_SEX:
		parse_sex(cells, column, batch->sex, counts);
		break;
	case CELL_CODE_TYPE:
		parse_code_type(cells, column, batch->diagnosis_type, counts);
		break;
	case CELL_ENTITY:
		parse_entity(cells, column, batch->entity_type, counts);
		break;
	case CELL_FREQUENCY:
		parse_character(cells, column, batch->frequency, counts);
		break;
	case CELL_CHARACTER:
		parse_character(
		        cells, column, batch->bill_part[group->field == FIELD_BILL_CLASS], counts);
		break;
	case CELL_RIF_TYPE:
		parse_digit(cells, column, batch->rif_type, counts);
		break;
	case CELL_POINTER:
		parse_digit(cells, column, batch->pointer[group->field - FIELD_POINTER_1], counts);
		break;
	case CELL_DENIED:
		parse_denied(cells, column, batch->said, counts);
		break;
	case CELL_CARC:
		parse_carc(cells, column, batch, counts);
		break;
	case CELL_RIF_PROCESSING:
		parse_rif_processing(cells, column, batch->said, counts);
		break;
	case CELL_RIF_DENIAL:
		parse_rif_denial(cells, column, batch->said, counts);
		break;
	case CELL_RIF_FINAL:
		parse_rif_final(cells, column, batch->said, counts);
		break;
	case CELL_RIF_DML:
		parse_rif_dml(cells, column, batch->said, counts);
		break;
	default:
		parse_coded(cells, group, batch, counts);
	}
}

static void parse_group(const struct cells *cells, const struct cell_group *group,
        struct batch *batch, struct cell_counts all[FIELD_COUNT])
{
	struct cell_counts *counts = &all[group->field];
	uint32_t column = group->column;

	switch (field_type(group->field)) {
	case CELL_TEXT:
		parse_text(cells, column, texts_of(batch, group->field), counts);
		break;
	case CELL_LINE:
		parse_line(cells, column, batch->line_number, counts);
		break;
	case CELL_DATE:
		parse_date(cells, column, dates_of(batch, group->field), counts);
		break;
	case CELL_UNITS:
		parse_units(cells, column, batch->units, counts);
		break;
	case CELL_MONEY:
		parse_amount_of(cells, group, batch, counts);
		break;
	case CELL_PROVIDER:
		parse_npi_of(cells, group, batch, counts);
		break;
	case CELL_TIN:
		parse_hashed_id(cells, column, batch->billing_tin, batch->tin_text, ID_TIN, counts);
		break;
	case CELL_CCN:
		parse_hashed_id(cells, column, batch->billing_ccn, batch->ccn_text, ID_CCN, counts);
		break;
	case CELL_TAXONOMY:
		parse_taxonomy(cells, column, batch->taxonomy, counts);
		break;
	default:
		parse_word(cells, group, batch, counts);
	}
}

/* ---- Columns without anything ---- */

static bool all_empty(const struct cells *cells, uint32_t first, uint32_t last)
{
	uint32_t some = 0;

	for (uint32_t i = 0; i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i];

		some |= separators[last] - separators[(int32_t)first - 1] - (last - first + 1);
	}
	return some == 0;
}

/* To carcs and slots cells are only ever added. */
static void blank_group(const struct cell_group *group, struct batch *batch)
{
	enum field field = group->field;
	uint16_t *numbers = field == FIELD_DRG ? batch->drg : batch->revenue;
	int32_t *dates = dates_of(batch, field);

	switch (field_type(field)) {
	case CELL_TEXT:
		memset(texts_of(batch, field), 0, sizeof(batch->original_claim_id));
		break;
	case CELL_DATE:
		for (uint32_t i = 0; i < BATCH_LINES; i++)
			dates[i] = DATE_ABSENT;
		break;
	case CELL_NUMBER:
		for (uint32_t i = 0; i < BATCH_LINES; i++)
			numbers[i] = NUMBER_BLANK;
		break;
	case CELL_CODE_ADMITTING:
		memset(batch->admitting, 0, sizeof(batch->admitting));
		break;
	case CELL_POINTER:
		memset(batch->pointer[field - FIELD_POINTER_1], 0, sizeof(batch->pointer[0]));
		break;
	case CELL_CONDITION:
		memset(batch->condition[field - FIELD_CONDITION_1], 0,
		        group->count * sizeof(batch->condition[0]));
		break;
	default:
		break;
	}
}

static bool blank_groups(const struct cells *cells, const struct cell_group groups[],
        uint32_t count, struct batch *batch)
{
	const struct cell_group *last = &groups[count - 1];

	if (!all_empty(cells, groups[0].column, last->column + last->count - 1))
		return false;
	for (uint32_t g = 0; g < count; g++)
		blank_group(&groups[g], batch);
	return true;
}

const struct cells_hot HOT(cells_hot) = {.parse = parse_group, .blank = blank_groups};
