/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/import_mpfs.h"
#include "lookup/import_cpt.h"
#include "lookup/import_table.h"
#include "lookup/rows_procedures.h"

#include <ctype.h>
#include <string.h>

int mpfs_begin(struct mpfs_reading *reading, struct release *release, struct set_builds *builds,
        struct diag *diag)
{
	int err;

	memset(reading, 0, sizeof(*reading));
	reading->release = release;
	reading->diag = diag;
	err = import_build(builds, "mpfs", &reading->mpfs, diag);
	return err ? err : import_build(builds, "cpt", &reading->cpt, diag);
}

bool mpfs_is_code(struct cell cell)
{
	if (cell.size != 5 || cell_is(cell, "HCPCS"))
		return false;
	for (size_t i = 0; i < 5; i++)
		if (!isalnum((unsigned char)cell.text[i]))
			return false;
	return true;
}

static bool contains(struct cell text, const char *words)
{
	size_t size = strlen(words);

	for (size_t i = 0; i + size <= text.size; i++)
		if (cell_begins((struct cell){text.text + i, text.size - i}, words))
			return true;
	return false;
}

void mpfs_title(struct mpfs_reading *reading, struct cell text)
{
	int year, month;

	if (!contains(text, "Relative Value File") || !contains(text, "Release"))
		return;
	if (import_year_month(text, &year, &month)) {
		reading->year = year;
		reading->month = month;
	}
}

/*
 * The title's year and month, else the name's ("PPRRVU2025_Oct", "PPRRVU25_JAN"); where
 * both say one they must agree, or a release was put under another's name.
 */
static int find_release(struct mpfs_reading *reading, int *year, int *month)
{
	const char *name = release_name(reading->release);
	struct cell text = {name, strlen(name)};
	bool named;

	named = import_year_month(text, year, month);
	if (!named && cell_begins(text, "PPRRVU") && isdigit((unsigned char)name[6]) &&
	        isdigit((unsigned char)name[7])) {
		import_year_month(text, year, month);
		*year = 2000 + (name[6] - '0') * 10 + (name[7] - '0');
		named = *month != 0;
	}
	if (!reading->year && !named)
		return release_refuse(reading->release, reading->diag,
		        "neither a title nor the name says which release this is: keep the "
		        "publisher's name, as in PPRRVU2025_Oct.txt");
	if (reading->year && named && (reading->year != *year || reading->month != *month))
		return release_refuse(reading->release, reading->diag,
		        "the title says %04d-%02d, the name %04d-%02d: a release under another's "
		        "name",
		        reading->year, reading->month, *year, *month);
	if (reading->year) {
		*year = reading->year;
		*month = reading->month;
	}
	return 0;
}

static int begin_sources(struct mpfs_reading *reading)
{
	struct set_source source = {.snapshot = true};
	int year, month, number;
	int err = find_release(reading, &year, &month);

	if (err)
		return err;
	source.from = date_from_parts(year, month, 1);
	source.to = date_from_parts(year, 12, 31);
	number = import_source(reading->release, reading->mpfs, &source, reading->diag);
	if (number < 0)
		return number;
	reading->mpfs_source = (uint16_t)number;
	source.partial = true; /* laboratory codes of category PLA are not in it */
	number = import_source(reading->release, reading->cpt, &source, reading->diag);
	if (number < 0)
		return number;
	reading->cpt_source = (uint16_t)number;
	reading->begun = true;
	return 0;
}

static int read_hundredths(
        struct mpfs_reading *reading, struct cell cell, const char *name, int32_t *number)
{
	*number = 0;
	if (!cell.size || cell_hundredths(cell, number))
		return 0;
	return release_refuse(reading->release, reading->diag, "the %s is no number", name);
}

static int read_rvus(struct mpfs_reading *reading, const struct cell fields[], struct mpfs_row *row)
{
	const struct {
		enum mpfs_field field;
		const char *name;
		int32_t *into;
	} numbers[] = {
	        {MPFS_WORK, "work RVU", &row->work},
	        {MPFS_PE_NONFACILITY, "non-facility PE RVU", &row->pe_nonfacility},
	        {MPFS_PE_FACILITY, "facility PE RVU", &row->pe_facility},
	        {MPFS_MP, "MP RVU", &row->mp},
	        {MPFS_TOTAL_NONFACILITY, "non-facility total", &row->total_nonfacility},
	        {MPFS_TOTAL_FACILITY, "facility total", &row->total_facility},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int err = read_hundredths(
		        reading, fields[numbers[i].field], numbers[i].name, numbers[i].into);

		if (err)
			return err;
	}
	return 0;
}

static int read_shares(
        struct mpfs_reading *reading, const struct cell fields[], struct mpfs_row *row)
{
	int32_t *const into[] = {&row->preoperative, &row->intraoperative, &row->postoperative};

	for (int i = 0; i < 3; i++) {
		struct cell cell = fields[MPFS_PRE + i];

		*into[i] = 0;
		if (cell.size && !cell_ten_thousandths(cell, into[i]))
			return release_refuse(reading->release, reading->diag,
			        "a share of the global package is no number");
	}
	return 0;
}

static bool read_digit(struct cell cell, uint8_t *digit)
{
	*digit = MPFS_BLANK;
	if (!cell.size)
		return true;
	if (cell.size != 1 || !isdigit((unsigned char)*cell.text))
		return false;
	*digit = (uint8_t)(*cell.text - '0');
	return true;
}

static int read_digits(
        struct mpfs_reading *reading, const struct cell fields[], struct mpfs_row *row)
{
	const struct {
		enum mpfs_field field;
		const char *name;
		uint8_t *into;
	} digits[] = {
	        {MPFS_PCTC, "PC/TC indicator", &row->pctc},
	        {MPFS_MULTIPLE, "multiple procedure indicator", &row->multiple},
	        {MPFS_BILATERAL, "bilateral indicator", &row->bilateral},
	        {MPFS_ASSISTANT, "assistant indicator", &row->assistant},
	        {MPFS_COSURGEON, "co-surgeon indicator", &row->cosurgeon},
	        {MPFS_TEAM, "team indicator", &row->team},
	};

	for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++)
		if (!read_digit(fields[digits[i].field], digits[i].into))
			return release_refuse(reading->release, reading->diag, "the %s is no digit",
			        digits[i].name);
	return 0;
}

/* Days, or one of four letters three times. */
static bool is_global(struct cell cell)
{
	if (cell_is(cell, "000") || cell_is(cell, "010") || cell_is(cell, "090"))
		return true;
	return cell.size == 3 && import_begins_with_one_of(cell, "MXYZ") &&
	       cell.text[1] == cell.text[0] && cell.text[2] == cell.text[0];
}

static int read_words(
        struct mpfs_reading *reading, const struct cell fields[], struct mpfs_row *row)
{
	uint32_t calculation = 0;

	if (fields[MPFS_GLOBAL].size && !is_global(fields[MPFS_GLOBAL]))
		return release_refuse(reading->release, reading->diag,
		        "the global days are neither 000, 010, 090 nor three times M, X, Y or Z");
	if (fields[MPFS_STATUS].size != 1 || !isalpha((unsigned char)*fields[MPFS_STATUS].text))
		return release_refuse(
		        reading->release, reading->diag, "the status is no single letter");
	cell_number(fields[MPFS_CALCULATION], &calculation);
	row->global = import_word(fields[MPFS_GLOBAL]);
	row->status = import_chars(fields[MPFS_STATUS]);
	row->supervision = import_chars(fields[MPFS_SUPERVISION]);
	row->imaging_family = import_chars(fields[MPFS_IMAGING]);
	row->endoscopic_base = import_word(fields[MPFS_ENDO_BASE]);
	row->calculation = calculation;
	row->not_applicable = (cell_is(fields[MPFS_NA_NONFAC], "NA") ? MPFS_NA_NONFACILITY : 0) |
	                      (cell_is(fields[MPFS_NA_FAC], "NA") ? MPFS_NA_FACILITY : 0);
	return 0;
}

static uint64_t row_key(const struct mpfs_reading *reading, const struct cell fields[])
{
	char text[7];

	memcpy(text, fields[MPFS_CODE].text, 5);
	if (fields[MPFS_MODIFIER].size == 2)
		memcpy(text + 5, fields[MPFS_MODIFIER].text, 2);
	return set_key_of(set_build_schema(reading->mpfs), text, 5 + fields[MPFS_MODIFIER].size);
}

int mpfs_row_add(struct mpfs_reading *reading, const struct cell fields[MPFS_FIELDS])
{
	struct mpfs_row row = {0};
	uint64_t key;
	int err = reading->begun ? 0 : begin_sources(reading);

	if (err)
		return err;
	if (fields[MPFS_MODIFIER].size != 0 && fields[MPFS_MODIFIER].size != 2)
		return release_refuse(
		        reading->release, reading->diag, "the modifier is not two characters");
	row.row.source = reading->mpfs_source;
	err = read_words(reading, fields, &row);
	if (!err)
		err = read_digits(reading, fields, &row);
	if (!err)
		err = read_rvus(reading, fields, &row);
	if (!err)
		err = read_shares(reading, fields, &row);
	if (err)
		return err;
	key = row_key(reading, fields);
	if (!key)
		return release_refuse(
		        reading->release, reading->diag, "the code or its modifier is none");
	err = set_build_add(reading->mpfs, key, &row, reading->diag);
	return err ? err
	           : cpt_add(reading->cpt, fields[MPFS_CODE], reading->cpt_source, reading->diag);
}

int mpfs_end(struct mpfs_reading *reading)
{
	if (reading->begun)
		return 0;
	return release_refuse(
	        reading->release, reading->diag, "a fee schedule without a single row");
}
