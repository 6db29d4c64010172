/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 16, WORD_BYTES = 7, MINUTES_MAX = 24 * 60 };

struct cell {
	const char *text;
	size_t size;
};

/* The text that is being read, and where in it. */
struct reading {
	struct codes *codes;
	const struct codes_source *source;
	struct diag *diag;
	unsigned line;
	unsigned columns; /* of the kind */
	struct cell cells[CELLS_MAX];
};

/* How the rows of one kind are read. */
struct kind {
	const char *header;
	enum code_system system; /* of refs; SYSTEM_NONE: none */
	int (*row)(struct reading *reading);
};

static int refuse(struct reading *reading, struct cell cell, const char *what)
{
	return diag_set(reading->diag, FAIL_TABLE, "%s:%u: \"%.*s\" is no %s",
	        reading->source->file, reading->line, (int)(cell.size < 40 ? cell.size : 40),
	        cell.text, what);
}

static bool cell_is(struct cell cell, const char *word)
{
	return strlen(word) == cell.size && memcmp(cell.text, word, cell.size) == 0;
}

/* A code of letters and digits, at most seven. */
static int read_word(struct reading *reading, struct cell cell, uint64_t *word)
{
	*word = 0;
	if (cell.size == 0 || cell.size > WORD_BYTES)
		return refuse(reading, cell, "code");
	for (size_t i = 0; i < cell.size; i++) {
		if (base36((uint8_t)cell.text[i]) < 0)
			return refuse(reading, cell, "code");
		*word |= (uint64_t)(uint8_t)cell.text[i] << (8 * i);
	}
	return 0;
}

/* Digits up to a bound. */
static int read_number(struct reading *reading, struct cell cell, uint64_t bound, uint64_t *number)
{
	uint64_t value = 0;

	if (cell.size == 0 || cell.size > 10)
		return refuse(reading, cell, "number");
	for (size_t i = 0; i < cell.size; i++) {
		unsigned digit = (unsigned)(uint8_t)cell.text[i] - '0';

		if (digit > 9)
			return refuse(reading, cell, "number");
		value = value * 10 + digit;
	}
	if (value > bound)
		return refuse(reading, cell, "number that fits here");
	*number = value;
	return 0;
}

/* A digit that may be left out. */
static int read_digit(struct reading *reading, struct cell cell, uint8_t *digit)
{
	uint64_t number = 0;
	int err = cell.size ? read_number(reading, cell, 9, &number) : 0;

	*digit = (uint8_t)number;
	return err;
}

/* YYYY-MM-DD, or empty for the default. */
static int read_date(struct reading *reading, struct cell cell, int32_t absent, int32_t *date)
{
	*date = absent;
	if (cell.size == 0)
		return 0;
	if (cell.size != 10 || cell.text[4] != '-' || date_parse(cell.text, cell.size, date) ||
	        *date == DATE_ABSENT)
		return refuse(reading, cell, "date YYYY-MM-DD");
	return 0;
}

static int read_window(struct reading *reading, int32_t *from, int32_t *to)
{
	int err = read_date(reading, reading->cells[1], INT32_MIN, from);

	if (!err)
		err = read_date(reading, reading->cells[2], INT32_MAX, to);
	if (!err && *from > *to)
		err = refuse(reading, reading->cells[2], "date after the first");
	return err;
}

/* Words parted by single blanks; each is a bit of the table at its place. */
static int read_flags(
        struct reading *reading, struct cell cell, const char *const words[], uint32_t *flags)
{
	const char *end = cell.text + cell.size;

	while (cell.text < end) {
		const char *blank = memchr(cell.text, ' ', (size_t)(end - cell.text));
		struct cell word = {cell.text, (size_t)((blank ? blank : end) - cell.text)};
		unsigned bit = 0;

		while (words[bit] && !cell_is(word, words[bit]))
			bit++;
		if (!words[bit])
			return refuse(reading, word, "flag");
		*flags |= (uint32_t)1 << bit;
		cell.text = blank ? blank + 1 : end;
	}
	return 0;
}

/* Which word of a list, from 0. */
static int read_choice(
        struct reading *reading, struct cell cell, const char *const words[], uint8_t *choice)
{
	for (uint8_t i = 0; words[i]; i++) {
		if (cell_is(cell, words[i])) {
			*choice = i;
			return 0;
		}
	}
	return refuse(reading, cell, "word for this column");
}

/* The code of this row: its word goes to the next ref. */
static int read_code(struct reading *reading, enum code_system system, size_t *ref)
{
	struct codes *codes = reading->codes;
	uint64_t word;
	int err = read_word(reading, reading->cells[0], &word);

	if (err)
		return err;
	*ref = codes->counts[system]++;
	codes->words[system][*ref] = word;
	return 0;
}

/* A bit that other columns set: no cell holds a line feed. */
#define OTHER "\n"

/* In the order of the bits of DX_*. */
static const char *const diagnosis_flags[] = {"header", "male", "female", "newborn", "pediatric",
        "maternity", "adult", "external", "manifestation", "unacceptable", "requires_secondary",
        "left", "right", "delivery", "unspecified", NULL};

/* code,from,to,header_from,flags */
static int diagnosis_row(struct reading *reading)
{
	struct diagnosis_attributes *diagnosis;
	size_t ref;
	int err = read_code(reading, SYSTEM_ICD10CM, &ref);

	if (err)
		return err;
	diagnosis = &reading->codes->diagnoses[ref];
	err = read_window(reading, &diagnosis->from, &diagnosis->to);
	if (!err)
		err = read_date(reading, reading->cells[3], INT32_MAX, &diagnosis->header_from);
	return err ? err
	           : read_flags(reading, reading->cells[4], diagnosis_flags, &diagnosis->flags);
}

/* In the order of the bits of PX_*. */
static const char *const procedure_flags[] = {"add_on", "ambulance_base", "ambulance_air",
        "ground_miles", "air_miles", "drug", "lab", "anesthesia", "dmepos", "split", "eyelid",
        "digit", "coronary", "waived", "exempt_51", OTHER, OTHER, "eye_exam", OTHER, OTHER, OTHER,
        OTHER, "cdt", OTHER, "bundled", NULL};

static const char *const families[] = {"", "office_new", "office_est", "ed", "hospital_initial",
        "hospital_subsequent", "snf_initial", "snf_subsequent", "home_new", "home_est",
        "consult_office", "consult_hospital", "discharge", "observation", "critical",
        "preventive_new", "preventive_est", "other", NULL};

static const char *const globals[] = {"", "000", "010", "090", "mmm", "xxx", "yyy", "zzz", NULL};

enum procedure_column {
	COLUMN_FLAGS = 3,
	COLUMN_FAMILY,
	COLUMN_LEVEL,
	COLUMN_GLOBAL,
	COLUMN_PCTC,
	COLUMN_BILATERAL,
	COLUMN_ASSISTANT,
	COLUMN_TC_SHARE,
	COLUMN_AGE,
	COLUMN_SEX,
	COLUMN_MUE_PRACTITIONER,
	COLUMN_MUE_OUTPATIENT,
	COLUMN_MUE_DME,
};

/* Value and adjudication indicator, "4/2"; true in *there if the cell is not empty. */
static int read_mue(
        struct reading *reading, struct cell cell, uint16_t *value, uint8_t *indicator, bool *there)
{
	const char *slash = memchr(cell.text, '/', cell.size);
	uint64_t units, digit;
	int err;

	*there = cell.size > 0;
	if (!*there)
		return 0;
	if (!slash)
		return refuse(reading, cell, "value and indicator");
	err = read_number(
	        reading, (struct cell){cell.text, (size_t)(slash - cell.text)}, UINT16_MAX, &units);
	if (!err)
		err = read_number(reading,
		        (struct cell){slash + 1, (size_t)(cell.text + cell.size - slash - 1)}, 3,
		        &digit);
	if (err)
		return err;
	if (digit == 0)
		return refuse(reading, cell, "value and indicator");
	*value = (uint16_t)units;
	*indicator = (uint8_t)digit;
	return 0;
}

static int read_mues(struct reading *reading, struct procedure_attributes *procedure)
{
	const struct cell *cells = reading->cells;
	bool practitioner = false, outpatient = false, dme = false;
	int err = read_mue(reading, cells[COLUMN_MUE_PRACTITIONER], &procedure->mue_practitioner,
	        &procedure->mai_practitioner, &practitioner);

	if (!err)
		err = read_mue(reading, cells[COLUMN_MUE_OUTPATIENT], &procedure->mue_outpatient,
		        &procedure->mai_outpatient, &outpatient);
	if (!err)
		err = read_mue(reading, cells[COLUMN_MUE_DME], &procedure->mue_dme,
		        &procedure->mai_dme, &dme);
	procedure->flags |= (practitioner ? PX_MUE_PRACTITIONER : 0) |
	                    (outpatient ? PX_MUE_OUTPATIENT : 0) | (dme ? PX_MUE_DME : 0);
	return err;
}

/* "18-39", "65-" or empty. */
static int read_ages(struct reading *reading, struct procedure_attributes *procedure)
{
	struct cell cell = reading->cells[COLUMN_AGE];
	const char *dash = memchr(cell.text, '-', cell.size);
	uint64_t from = 0, to = UINT8_MAX;
	int err = 0;

	if (cell.size > 0) {
		struct cell low = {cell.text, dash ? (size_t)(dash - cell.text) : cell.size};
		struct cell high = {dash + 1, cell.size - low.size - 1};

		if (!dash)
			return refuse(reading, cell, "range of years");
		err = read_number(reading, low, UINT8_MAX, &from);
		if (!err && high.size > 0)
			err = read_number(reading, high, UINT8_MAX, &to);
		if (!err && from > to)
			return refuse(reading, cell, "range of years");
	}
	procedure->age_from = (uint8_t)from;
	procedure->age_to = (uint8_t)to;
	return err;
}

/* The columns of the fee schedule; the global period tells whether they are there. */
static int read_schedule(struct reading *reading, struct procedure_attributes *procedure)
{
	const struct cell *cells = reading->cells;
	uint64_t share = 0;
	int err = read_choice(reading, cells[COLUMN_GLOBAL], globals, &procedure->global);

	if (err || procedure->global == PX_GLOBAL_NONE)
		return err;
	procedure->flags |= PX_MPFS;
	err = read_digit(reading, cells[COLUMN_PCTC], &procedure->pctc);
	if (!err)
		err = read_digit(reading, cells[COLUMN_BILATERAL], &procedure->bilateral);
	if (!err)
		err = read_digit(reading, cells[COLUMN_ASSISTANT], &procedure->assistant);
	if (!err && cells[COLUMN_TC_SHARE].size > 0)
		err = read_number(reading, cells[COLUMN_TC_SHARE], 10000, &share);
	procedure->technical_share = (uint16_t)share;
	return err;
}

static int read_person(struct reading *reading, struct procedure_attributes *procedure)
{
	static const char *const sexes[] = {"", "M", "F", NULL};
	uint8_t sex = 0;
	int err = read_ages(reading, procedure);

	if (!err)
		err = read_choice(reading, reading->cells[COLUMN_SEX], sexes, &sex);
	procedure->flags |= sex == 1 ? PX_MALE : sex == 2 ? PX_FEMALE : 0;
	return err;
}

static int procedure_row(struct reading *reading)
{
	const struct cell *cells = reading->cells;
	struct procedure_attributes *procedure;
	size_t ref;
	int err = read_code(reading, SYSTEM_PROCEDURE, &ref);

	if (err)
		return err;
	procedure = &reading->codes->procedures[ref];
	err = read_window(reading, &procedure->from, &procedure->to);
	if (!err)
		err = read_flags(reading, cells[COLUMN_FLAGS], procedure_flags, &procedure->flags);
	if (!err)
		err = read_choice(reading, cells[COLUMN_FAMILY], families, &procedure->em_family);
	if (!err)
		err = read_digit(reading, cells[COLUMN_LEVEL], &procedure->em_level);
	if (!err)
		err = read_schedule(reading, procedure);
	if (!err)
		err = read_person(reading, procedure);
	return err ? err : read_mues(reading, procedure);
}

/* code,from,to */
static int icd10pcs_row(struct reading *reading)
{
	struct code_window *window;
	size_t ref;
	int err = read_code(reading, SYSTEM_ICD10PCS, &ref);

	if (err)
		return err;
	window = &reading->codes->icd10pcs[ref];
	return read_window(reading, &window->from, &window->to);
}

/* modifier,flags; MODIFIER_KNOWN is set for each. */
static int modifier_row(struct reading *reading)
{
	static const char *const words[] = {OTHER, "anatomic", "anesthesia", NULL};
	struct cell cell = reading->cells[0];
	uint32_t flags = MODIFIER_KNOWN;
	uint64_t word;
	int err = read_word(reading, cell, &word);

	if (!err)
		err = read_flags(reading, reading->cells[1], words, &flags);
	if (err)
		return err;
	if (cell.size != 2)
		return refuse(reading, cell, "modifier");
	reading->codes->modifiers[base36((uint8_t)cell.text[0]) * BASE36 +
	                          base36((uint8_t)cell.text[1])] = (uint8_t)flags;
	return 0;
}

/* first,last of a range of numbers of a certain width; last may be empty. */
static int read_range(struct reading *reading, size_t width, uint64_t *first, uint64_t *last)
{
	struct cell low = reading->cells[0], high = reading->cells[1];
	int err = read_number(reading, low, REVENUE_CODES - 1, first);

	*last = *first;
	if (!err && high.size > 0)
		err = read_number(reading, high, REVENUE_CODES - 1, last);
	if (err)
		return err;
	if (low.size != width || (high.size > 0 && high.size != width) || *last < *first)
		return refuse(reading, low, "range of codes");
	return 0;
}

static int place_row(struct reading *reading)
{
	uint64_t first, last;
	int err = read_range(reading, 2, &first, &last);

	for (; !err && first <= last; first++)
		reading->codes->places[first] = 1;
	return err;
}

static int revenue_row(struct reading *reading)
{
	uint64_t first, last;
	int err = read_range(reading, 4, &first, &last);

	for (; !err && first <= last; first++)
		reading->codes->revenue[first / 64] |= (uint64_t)1 << (first % 64);
	return err;
}

/* prefix,frequencies: two digits, and the characters that may follow. */
static int bill_type_row(struct reading *reading)
{
	struct cell prefix = reading->cells[0], frequencies = reading->cells[1];
	uint64_t number;
	int err = read_number(reading, prefix, 99, &number);

	if (err)
		return err;
	if (prefix.size != 2 || frequencies.size == 0)
		return refuse(reading, prefix, "type of bill");
	for (size_t i = 0; i < frequencies.size; i++) {
		int last = base36((uint8_t)frequencies.text[i]);
		unsigned bit = (unsigned)(number / 10 * BASE36 + number % 10) * BASE36;

		if (last < 0)
			return refuse(reading, frequencies, "list of frequencies");
		bit += (unsigned)last;
		reading->codes->bill_types[bit / 64] |= (uint64_t)1 << (bit % 64);
	}
	return 0;
}

/* taxonomy,specialty */
static int taxonomy_row(struct reading *reading)
{
	struct codes *codes = reading->codes;
	struct taxonomy_specialty *row = &codes->taxonomies[codes->taxonomy_count];
	struct cell cell = reading->cells[0], specialty = reading->cells[1];
	uint64_t word;
	int err = read_word(reading, specialty, &word);

	if (err)
		return err;
	if (cell.size != TAXONOMY_LETTERS || specialty.size != 2)
		return refuse(reading, cell, "taxonomy with its specialty");
	for (size_t i = 0; i < cell.size; i++)
		row->words[i / 8] |= (uint64_t)(uint8_t)cell.text[i] << (i % 8 * 8);
	row->specialty = (uint16_t)word;
	codes->taxonomy_count++;
	return 0;
}

/* npi,excluded,reinstated: excluded from that day to the day before reinstatement. */
static int exclusion_row(struct reading *reading)
{
	struct codes *codes = reading->codes;
	struct exclusion *row = &codes->exclusions[codes->exclusion_count];
	int err = read_number(reading, reading->cells[0], 9999999999u, &row->npi);

	if (!err)
		err = read_window(reading, &row->from, &row->to);
	if (err)
		return err;
	if (reading->cells[0].size != 10 || reading->cells[1].size == 0)
		return refuse(reading, reading->cells[0], "NPI with the day of its exclusion");
	if (row->to != INT32_MAX)
		row->to--;
	codes->exclusion_count++;
	return 0;
}

/* code,from,first,further,unit: whole minutes; from and unit may be empty. */
static int minutes_row(struct reading *reading)
{
	struct codes *codes = reading->codes;
	struct code_minutes *row = &codes->minutes[codes->minutes_count++];
	uint64_t first = 0, further = 0, unit = 0;
	int err = read_word(reading, reading->cells[0], &row->word);

	if (!err)
		err = read_date(reading, reading->cells[1], INT32_MIN, &row->from);
	if (!err)
		err = read_number(reading, reading->cells[2], MINUTES_MAX, &first);
	if (!err)
		err = read_number(reading, reading->cells[3], MINUTES_MAX, &further);
	if (!err && reading->cells[4].size > 0)
		err = read_number(reading, reading->cells[4], MINUTES_MAX, &unit);
	row->first = (uint16_t)first;
	row->further = (uint16_t)further;
	row->unit = (uint16_t)unit;
	return err;
}

static const struct kind kinds[KIND_COUNT] = {
        [KIND_DIAGNOSES] = {"code,from,to,header_from,flags", SYSTEM_ICD10CM, diagnosis_row},
        [KIND_PROCEDURES] = {"code,from,to,flags,family,level,global,pctc,bilateral,assistant,"
                             "tc_share,age,sex,mue_practitioner,mue_outpatient,mue_dme",
                SYSTEM_PROCEDURE, procedure_row},
        [KIND_ICD10PCS] = {"code,from,to", SYSTEM_ICD10PCS, icd10pcs_row},
        [KIND_MODIFIERS] = {"modifier,flags", SYSTEM_NONE, modifier_row},
        [KIND_PLACES] = {"first,last", SYSTEM_NONE, place_row},
        [KIND_REVENUE] = {"first,last", SYSTEM_NONE, revenue_row},
        [KIND_BILL_TYPES] = {"prefix,frequencies", SYSTEM_NONE, bill_type_row},
        [KIND_TAXONOMY] = {"taxonomy,specialty", SYSTEM_NONE, taxonomy_row},
        [KIND_EXCLUSIONS] = {"npi,excluded,reinstated", SYSTEM_NONE, exclusion_row},
        [KIND_MINUTES] = {"code,from,first,further,unit", SYSTEM_NONE, minutes_row},
};

/* Cut a line into cells; the number of them, over CELLS_MAX for too many.  They are of a few bytes
 * each: calling memchr() for one takes longer. */
static unsigned split(const char *text, const char *end, struct cell cells[CELLS_MAX])
{
	unsigned count = 0;

	for (const char *from = text;; text++) {
		if (text < end && *text != ',')
			continue;
		if (count == CELLS_MAX)
			return CELLS_MAX + 1;
		cells[count++] = (struct cell){from, (size_t)(text - from)};
		if (text == end)
			return count;
		from = text + 1;
	}
}

static void *rows_of(size_t rows, size_t size, bool *failed)
{
	void *memory = calloc(rows, size);

	*failed |= !memory;
	return memory;
}

/* Room for a row a line, and for the empty ref. */
static bool allocate(struct codes *codes, enum codes_kind kind, size_t rows)
{
	enum code_system system = kinds[kind].system;
	bool failed = false;

	if (system != SYSTEM_NONE) {
		codes->words[system] = rows_of(rows, sizeof(uint64_t), &failed);
		codes->counts[system] = 1;
	}
	if (kind == KIND_DIAGNOSES)
		codes->diagnoses = rows_of(rows, sizeof(*codes->diagnoses), &failed);
	else if (kind == KIND_PROCEDURES)
		codes->procedures = rows_of(rows, sizeof(*codes->procedures), &failed);
	else if (kind == KIND_ICD10PCS)
		codes->icd10pcs = rows_of(rows, sizeof(*codes->icd10pcs), &failed);
	else if (kind == KIND_TAXONOMY)
		codes->taxonomies = rows_of(rows, sizeof(*codes->taxonomies), &failed);
	else if (kind == KIND_EXCLUSIONS)
		codes->exclusions = rows_of(rows, sizeof(*codes->exclusions), &failed);
	else if (kind == KIND_MINUTES)
		codes->minutes = rows_of(rows, sizeof(*codes->minutes), &failed);
	return !failed;
}

static size_t count_lines(const char *text, const char *end)
{
	size_t count = 0;

	while (text < end) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));

		count++;
		text = feed ? feed + 1 : end;
	}
	return count;
}

/* One line that is no comment. */
static int read_row(struct reading *reading, const struct kind *kind, struct cell line)
{
	if (split(line.text, line.text + line.size, reading->cells) != reading->columns)
		return diag_set(reading->diag, FAIL_TABLE, "%s:%u: a row has %u cells: %s",
		        reading->source->file, reading->line, reading->columns, kind->header);
	return kind->row(reading);
}

/* All lines; the number of rows in *rows. */
static int read_lines(struct reading *reading, size_t *rows)
{
	const struct codes_source *source = reading->source;
	const struct kind *kind = &kinds[source->kind];
	bool headed = false;
	int err = 0;

	reading->columns = 1;
	for (const char *at = kind->header; *at; at++)
		reading->columns += *at == ',';
	for (const char *at = source->text; at < source->end && !err;) {
		const char *feed = memchr(at, '\n', (size_t)(source->end - at));
		struct cell line = {at, (size_t)((feed ? feed : source->end) - at)};

		at = feed ? feed + 1 : source->end;
		reading->line++;
		if (line.size > 0 && line.text[line.size - 1] == '\r')
			line.size--;
		if (line.size == 0 || line.text[0] == '#')
			continue;
		if (headed) {
			err = read_row(reading, kind, line);
			++*rows;
		} else if (!cell_is(line, kind->header)) {
			return diag_set(reading->diag, FAIL_TABLE,
			        "%s:%u: the columns are to be %s", source->file, reading->line,
			        kind->header);
		}
		headed = true;
	}
	if (!err && !headed)
		return diag_set(reading->diag, FAIL_TABLE, "%s: has no columns", source->file);
	return err;
}

int codes_read(
        struct codes *codes, const struct codes_source *source, size_t *rows, struct diag *diag)
{
	struct reading reading = {.codes = codes, .source = source, .diag = diag};

	*rows = 0;
	if (!allocate(codes, source->kind, count_lines(source->text, source->end) + 1))
		return diag_set(diag, FAIL_MEMORY, "%s: no memory to read it", source->file);
	return read_lines(&reading, rows);
}

enum code_system codes_kind_system(enum codes_kind kind)
{
	return kinds[kind].system;
}
