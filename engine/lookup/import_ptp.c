/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCCI procedure-to-procedure edits, as CMS writes them: text in tabs.
 *
 *     ... notices of the AMA ...
 *     Column 1 | Column 2 | *=in existence | Effective | Deletion   | Modifier      | PTP Edit ...
 *              |          | prior to 1996  | Date      | Date       | 0=not allowed |
 *              |          |                |           | *=no data  | 1=allowed     |
 *     0001A    | 0591T    |                | 20210101  | 20231231   | 1             | CPT Manual
 * ...
 *
 * The header may be one row as well.  It is found by its words, and so are its
 * columns.  Nothing inside says which setting the edits are for: the file's name
 * does (ccipra practitioner, ccioph outpatient hospital), as it does for the
 * release and the part.
 */
#include "base/hash.h"
#include "lookup/ptp_parts.h"
#include "lookup/release.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum column { COLUMN_1, COLUMN_2, PRIOR, EFFECTIVE, DELETION, INDICATOR, RATIONALE, COLUMNS };

static const char *const column_words[COLUMNS] = {
        "column 1", "column 2", "existence", "effective", "deletion", "modifier", "rationale"};

enum {
	CELLS_MAX = 16,
	HEADER_TEXT = 256, /* of one column, all its rows */
	MEMOS = 64,
};

struct memo {
	uint64_t key;
	uint32_t value;
};

struct reading {
	struct release *release;
	struct ptp_state *state;
	struct ptp_part *part;
	int places[COLUMNS]; /* -1: not there */
	size_t cells_needed;
	struct memo dates[MEMOS], codes[MEMOS];
	struct cell rationale_text; /* of the row before; lies in the build */
	uint16_t rationale;
};

/* ---- Cells ---- */

/* Cut at tabs; the cells behind CELLS_MAX are of no interest. */
static size_t split(struct cell line, struct cell cells[CELLS_MAX])
{
	const char *at = line.text, *end = at + line.size;
	size_t count = 0;

	while (count < CELLS_MAX) {
		const char *tab = memchr(at, '\t', (size_t)(end - at));

		cells[count].text = at;
		cells[count].size = (size_t)((tab ? tab : end) - at);
		if (cells[count].size > 0 &&
		        (at[0] <= ' ' || at[cells[count].size - 1] <= ' ' || at[0] == '"'))
			cells[count] = cell_trim(cells[count]);
		count++;
		if (!tab)
			break;
		at = tab + 1;
	}
	return count;
}

static bool is_header(const struct cell cells[], size_t count)
{
	return count >= 4 && cell_begins(cells[0], column_words[COLUMN_1]) &&
	       cell_begins(cells[1], column_words[COLUMN_2]);
}

static bool recognise(const struct release_head *head)
{
	const char *at = head->text, *end = at + head->size;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct cell cells[CELLS_MAX], line = {at, (size_t)((stop ? stop : end) - at)};

		if (is_header(cells, split(line, cells)))
			return true;
		at = stop ? stop + 1 : end;
	}
	return false;
}

/* ---- What the name says ---- */

/* The number of digits behind text in name, -1 where there is none. */
static int32_t number_behind(const char *name, const char *text, const char **found)
{
	for (const char *at = strcasestr(name, text); at; at = strcasestr(at + 1, text)) {
		const char *digits = at + strlen(text);

		if (!isdigit((unsigned char)*digits))
			continue;
		*found = at;
		return (int32_t)strtol(digits, NULL, 10) % 100000;
	}
	return -1;
}

static void read_name(struct ptp_part *part, const char *name)
{
	const char *version_at, *at;
	int32_t version = number_behind(name, "v", &version_at), revision, number;

	if (version >= 100 && version <= 999) {
		part->release.version = version;
		revision = number_behind(version_at, "r", &at);
		part->release.revision = revision < 0 ? 0 : revision;
	}
	number = number_behind(version < 0 ? name : version_at, "f", &at);
	if (number < 1 || number > PTP_PARTS)
		return;
	part->number = number;
	snprintf(part->stem, sizeof(part->stem), "%.*s", (int)(at - name), name);
}

/* "ptp_practitioner", "ptp_hospital", or NULL: the publisher's words before others, names before
 * folders. */
static const char *set_of(const struct release *release)
{
	static const char *const words[2][2] = {{"ccipra", "ccioph"}, {"practitioner", "hospital"}};
	const char *texts[2] = {release_name(release), release_path(release)};

	for (int i = 0; i < 4; i++) {
		bool practitioner = strcasestr(texts[i % 2], words[i / 2][0]);
		bool hospital = strcasestr(texts[i % 2], words[i / 2][1]);

		if (practitioner != hospital)
			return practitioner ? "ptp_practitioner" : "ptp_hospital";
	}
	return NULL;
}

/* ---- The header ---- */

static void add_words(char text[HEADER_TEXT], struct cell cell)
{
	size_t size = strlen(text);

	if (cell.size == 0 || size + cell.size + 2 > HEADER_TEXT)
		return;
	text[size] = ' ';
	memcpy(text + size + 1, cell.text, cell.size);
	text[size + 1 + cell.size] = '\0';
}

static int place_columns(
        struct reading *reading, char texts[CELLS_MAX][HEADER_TEXT], struct diag *diag)
{
	for (int c = 0; c < COLUMNS; c++) {
		reading->places[c] = -1;
		for (int i = CELLS_MAX - 1; i >= 0; i--)
			if (strcasestr(texts[i], column_words[c]))
				reading->places[c] = i;
		if (reading->places[c] < 0 && c != PRIOR && c != RATIONALE)
			return release_refuse(reading->release, diag,
			        "the header has no column \"%s\"", column_words[c]);
		if (reading->places[c] >= (int)reading->cells_needed)
			reading->cells_needed = (size_t)reading->places[c] + 1;
	}
	return 0;
}

/*
 * Pass over the header: its first row, and those below it whose first cell is
 * empty.  cells gets the first row behind it.  1: there is one.
 */
static int read_header(
        struct reading *reading, struct cell cells[CELLS_MAX], size_t *count, struct diag *diag)
{
	char texts[CELLS_MAX][HEADER_TEXT] = {{0}};
	bool inside = false;
	struct cell line;
	int got, err;

	while ((got = release_line(reading->release, &line, diag)) > 0) {
		*count = split(line, cells);
		if (inside && cells[0].size > 0)
			break;
		release_skip(reading->release);
		inside = inside || is_header(cells, *count);
		for (size_t i = 0; i < *count && inside; i++)
			add_words(texts[i], cells[i]);
	}
	if (got < 0)
		return got;
	err = place_columns(reading, texts, diag);
	return err ? err : got;
}

/* ---- Rows ---- */

/* Five letters or digits as a code word; 0 for none. */
static uint64_t code_word(struct cell cell)
{
	uint64_t word = 0;

	if (cell.size != 5)
		return 0;
	for (unsigned i = 0; i < 5; i++) {
		unsigned char letter = (unsigned char)cell.text[i];

		if (!isalnum(letter))
			return 0;
		word |= (uint64_t)(unsigned char)toupper(letter) << (8 * i);
	}
	return word;
}

static uint64_t memo_place(uint64_t key)
{
	return key * PHASH_MULTIPLIER >> 58;
}

static int code_of(struct reading *reading, uint64_t word, uint16_t *code, struct diag *diag)
{
	struct memo *memo = &reading->codes[memo_place(word)];
	int err;

	if (memo->key == word) {
		*code = (uint16_t)memo->value;
		return 0;
	}
	err = pairs_build_code(reading->state->pairs, word, code, diag);
	if (!err)
		*memo = (struct memo){word, *code};
	return err;
}

/* The same few hundred dates stand in millions of rows. */
static bool date_of(struct reading *reading, struct cell cell, int32_t *date)
{
	struct memo *memo;
	uint64_t key;

	if (cell.size != sizeof(key))
		return cell_date(cell, date) == 0;
	memcpy(&key, cell.text, sizeof(key));
	memo = &reading->dates[memo_place(key)];
	if (memo->key != key) {
		if (cell_date(cell, date) != 0)
			return false;
		*memo = (struct memo){key, (uint32_t)*date};
	}
	*date = (int32_t)memo->value;
	return true;
}

static int rationale_of(
        struct reading *reading, struct cell cell, uint16_t *rationale, struct diag *diag)
{
	int err;

	if (reading->rationale_text.size != cell.size || cell.size == 0 ||
	        memcmp(reading->rationale_text.text, cell.text, cell.size) != 0) {
		err = pairs_build_rationale(
		        reading->state->pairs, cell.text, cell.size, &reading->rationale, diag);
		if (err)
			return err;
		reading->rationale_text.text = pairs_build_text(
		        reading->state->pairs, reading->rationale);
		reading->rationale_text.size = strlen(reading->rationale_text.text);
	}
	*rationale = reading->rationale;
	return 0;
}

static int read_dates(
        struct reading *reading, const struct cell cells[], struct pair_row *row, struct diag *diag)
{
	struct cell effective = cells[reading->places[EFFECTIVE]];
	struct cell deletion = cells[reading->places[DELETION]];

	if (!date_of(reading, effective, &row->from) || row->from == DATE_ABSENT)
		return release_refuse(
		        reading->release, diag, "no effective date of the form yyyymmdd");
	if (!date_of(reading, deletion, &row->to))
		return release_refuse(
		        reading->release, diag, "no deletion date of the form yyyymmdd, nor *");
	if (row->to == DATE_ABSENT)
		row->to = INT32_MAX;
	if (row->to < row->from && row->indicator != PAIR_NOT_APPLICABLE)
		return release_refuse(reading->release, diag,
		        "deleted on %.*s, before it was effective on %.*s", (int)deletion.size,
		        deletion.text, (int)effective.size, effective.text);
	return 0;
}

/* What is not a code, a date or an indicator; the codes are in words. */
static int read_row(struct reading *reading, const struct cell cells[], const uint64_t words[2],
        struct pair_row *row, struct diag *diag)
{
	struct cell indicator = cells[reading->places[INDICATOR]];
	int prior = reading->places[PRIOR], err;

	if (words[1] == 0)
		return release_refuse(
		        reading->release, diag, "column 2 holds no code of five characters");
	if (indicator.size != 1 || !strchr("019", indicator.text[0]))
		return release_refuse(
		        reading->release, diag, "the modifier indicator is not 0, 1 or 9");
	row->indicator = (uint8_t)(indicator.text[0] - '0');
	row->before_1996 = prior >= 0 && cells[prior].size > 0 && cells[prior].text[0] == '*';
	err = read_dates(reading, cells, row, diag);
	if (!err)
		err = code_of(reading, words[0], &row->column1, diag);
	if (!err)
		err = code_of(reading, words[1], &row->column2, diag);
	if (!err && reading->places[RATIONALE] >= 0)
		err = rationale_of(
		        reading, cells[reading->places[RATIONALE]], &row->rationale, diag);
	return err;
}

static bool pair_before(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] != b[0] ? a[0] < b[0] : a[1] < b[1];
}

static void note_row(struct ptp_part *part, const struct pair_row *row, const uint64_t words[2])
{
	uint64_t pair[2] = {__builtin_bswap64(words[0]), __builtin_bswap64(words[1])};
	uint64_t dates = (uint64_t)(uint32_t)row->from << 32 | (uint32_t)row->to;

	if (part->rows == 0 || pair_before(pair, part->first))
		memcpy(part->first, pair, sizeof(pair));
	if (part->rows == 0 || pair_before(part->last, pair))
		memcpy(part->last, pair, sizeof(pair));
	if (part->rows == 0 || row->from < part->from)
		part->from = row->from;
	if (part->rows == 0 || row->from > part->latest)
		part->latest = row->from;
	part->digest = (part->digest ^ pair[0] ^ pair[1] >> 16 ^ dates ^ row->indicator) *
	               PHASH_MULTIPLIER;
	part->digest ^= part->digest >> 29;
	part->last_line = row->line;
	part->last_rationale = row->rationale;
	part->rows++;
}

/* A row, or what is none: that has no code in its first cell. */
static int take_row(
        struct reading *reading, const struct cell cells[], size_t count, struct diag *diag)
{
	struct pair_row row = {
	        .line = (uint32_t)release_line_number(reading->release),
	        .source = reading->part->source,
	};
	uint64_t words[2] = {code_word(cells[reading->places[COLUMN_1]]), 0};
	int err;

	if (words[0] == 0) {
		release_skip(reading->release);
		return 0;
	}
	if (count < reading->cells_needed)
		return release_refuse(reading->release, diag,
		        "%zu cells where the header has %zu: was the file cut short? Download it "
		        "again",
		        count, reading->cells_needed);
	words[1] = code_word(cells[reading->places[COLUMN_2]]);
	err = read_row(reading, cells, words, &row, diag);
	if (err)
		return err;
	note_row(reading->part, &row, words);
	return pairs_build_add(reading->state->pairs, &row, diag);
}

static int read_rows(struct reading *reading, struct diag *diag)
{
	struct cell cells[CELLS_MAX], line;
	size_t count;
	int got = read_header(reading, cells, &count, diag), err = 0;

	while (got > 0 && !err) {
		err = take_row(reading, cells, count, diag);
		if (!err)
			got = release_line(reading->release, &line, diag);
		if (got > 0 && !err)
			count = split(line, cells);
	}
	if (!err && got == 0 && reading->part->rows == 0)
		return release_refuse(
		        reading->release, diag, "no edit behind the header: download it again");
	return err ? err : got;
}

/* ---- The whole ---- */

/* What the part judges: from its first date to a year behind its quarter's first day. */
static void set_days(const struct ptp_part *part, struct set_source *source)
{
	struct ptp_release release = part->release;
	struct date_parts latest = date_to_parts(part->latest), begin;
	int32_t from, to;

	if (release.version == 0)
		release.version = (latest.year - 1994) * 10 + (latest.month - 1) / 3;
	ptp_release_days(release, &from, &to);
	begin = date_to_parts(from);
	source->from = part->from;
	source->to = date_from_parts(begin.year + 1, begin.month, 1) - 1;
	if (source->to < source->from)
		source->to = source->from;
}

static int begin_part(struct reading *reading, struct diag *diag)
{
	struct ptp_state *state = reading->state;
	const char *path = release_path(reading->release);
	struct ptp_part *part = &state->parts[state->count];

	if (state->count == PTP_FILES_MAX)
		return release_refuse(reading->release, diag,
		        "more than %d files of PTP edits in one setting", PTP_FILES_MAX);
	state->count++;
	snprintf(part->path, sizeof(part->path), "%s", path);
	read_name(part, release_name(reading->release));
	reading->part = part;
	return pairs_build_source(state->pairs, path, &part->source, diag);
}

/* What the set's build is told of the part, when it is read. */
static int end_part(struct reading *reading, struct set_build *build, struct diag *diag)
{
	struct set_source source = {0};
	char label[PTP_LABEL_SIZE];
	int number;

	set_days(reading->part, &source);
	ptp_label(reading->part->release, label);
	snprintf(source.release, sizeof(source.release), "%s", label);
	number = set_build_source(build, &source, diag);
	if (number < 0)
		return number;
	pairs_build_source_set(reading->state->pairs, reading->part->source, (uint16_t)number);
	return 0;
}

static int read_part(struct reading *reading, struct set_build *build, struct diag *diag)
{
	int err = ptp_state_of(build, &reading->state, diag);

	if (!err)
		err = begin_part(reading, diag);
	if (!err)
		err = read_rows(reading, diag);
	return err ? err : end_part(reading, build, diag);
}

static int read(struct release *release, struct set_builds *builds, struct diag *diag)
{
	const char *name = set_of(release);
	struct set_build *build = name ? set_builds_at(builds, name) : NULL;
	struct reading *reading;
	int err;

	if (!build)
		return release_refuse(release, diag,
		        "PTP edits, but for which setting? Keep the publisher's name, or rename it "
		        "ccipra-vNNNrN-fN.txt (practitioner) or ccioph-vNNNrN-fN.txt (hospital)");
	reading = calloc(1, sizeof(*reading));
	if (!reading)
		return diag_set(diag, FAIL_MEMORY, "no memory to read PTP edits");
	reading->release = release;
	err = read_part(reading, build, diag);
	free(reading);
	return err;
}

const struct importer importer_ptp = {
        .name = "ncci ptp",
        .layout = "NCCI PTP edits (text in tabs, four parts a setting)",
        .recognise = recognise,
        .read = read,
};
