/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/import_hcpcs.h"
#include "lookup/import_held.h"
#include "lookup/import_table.h"
#include "lookup/rows_lists.h"
#include "lookup/rows_procedures.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_TEXT_MAX = 4000 }; /* fifty records; the longest seen has a dozen */

struct hcpcs_reading {
	struct release *release;
	struct set_build *codes, *modifiers;
	struct diag *diag;
	size_t codes_mark, modifiers_mark;
	int32_t newest; /* day that the release names: the quarter it is of */

	bool pending; /* a first record whose continuations may follow */
	bool modifier;
	char code[8];
	struct hcpcs_row row;
	char text[LONG_TEXT_MAX];
	size_t text_size;
};

int hcpcs_begin(struct hcpcs_reading **reading, struct release *release, struct set_builds *builds,
        struct diag *diag)
{
	struct hcpcs_reading *begun = calloc(1, sizeof(*begun));
	int err;

	*reading = NULL;
	if (!begun)
		return diag_set(diag, FAIL_MEMORY, "no memory to read %s", release_path(release));
	begun->release = release;
	begun->diag = diag;
	begun->newest = INT32_MIN;
	err = import_build(builds, "hcpcs", &begun->codes, diag);
	if (!err)
		err = import_build(builds, "modifiers", &begun->modifiers, diag);
	if (err) {
		free(begun);
		return err;
	}
	begun->codes_mark = held_mark(begun->codes);
	begun->modifiers_mark = held_mark(begun->modifiers);
	*reading = begun;
	return 0;
}

static int add_code(struct hcpcs_reading *reading)
{
	struct hcpcs_row *row = &reading->row;
	uint64_t key = set_key_of(
	        set_build_schema(reading->codes), reading->code, strlen(reading->code));
	int err = 0;

	/* CDT's descriptors are the ADA's. */
	if (reading->code[0] != 'D')
		err = set_build_text(reading->codes, reading->text, reading->text_size,
		        &row->long_text, reading->diag);
	return err ? err : held_add(reading->codes, key, HELD_UNDATED, row, reading->diag);
}

static int add_modifier(struct hcpcs_reading *reading)
{
	struct modifiers_row row = {.row = reading->row.row, .level = MODIFIER_LEVEL_2};
	uint64_t key = set_key_of(
	        set_build_schema(reading->modifiers), reading->code, strlen(reading->code));
	int err = set_build_text(
	        reading->modifiers, reading->text, reading->text_size, &row.text, reading->diag);

	return err ? err : held_add(reading->modifiers, key, HELD_UNDATED, &row, reading->diag);
}

static int flush(struct hcpcs_reading *reading)
{
	if (!reading->pending)
		return 0;
	reading->pending = false;
	return reading->modifier ? add_modifier(reading) : add_code(reading);
}

/* Pieces are broken between words. */
static void add_text(struct hcpcs_reading *reading, struct cell piece)
{
	size_t room = LONG_TEXT_MAX - reading->text_size;

	if (reading->text_size && piece.size && room) {
		reading->text[reading->text_size++] = ' ';
		room--;
	}
	if (piece.size > room)
		piece.size = room;
	memcpy(reading->text + reading->text_size, piece.text, piece.size);
	reading->text_size += piece.size;
}

static int read_day(struct hcpcs_reading *reading, struct cell cell, const char *name, int32_t *day)
{
	if (cell_date(cell, day) == 0)
		return 0;
	return release_refuse(reading->release, reading->diag, "%s is no date: %s", name,
	        "eight digits are wanted");
}

static int read_days(struct hcpcs_reading *reading, const struct cell fields[])
{
	struct hcpcs_row *row = &reading->row;
	int err = read_day(reading, fields[HCPCS_ADDED], "the day added", &row->added);

	if (!err)
		err = read_day(
		        reading, fields[HCPCS_ACTION_DAY], "the action's day", &row->action_day);
	if (!err)
		err = read_day(
		        reading, fields[HCPCS_TERMINATED], "the termination day", &row->terminated);
	if (err)
		return err;
	row->row.from = row->added == DATE_ABSENT ? INT32_MIN : row->added;
	row->row.to = row->terminated == DATE_ABSENT ? INT32_MAX : row->terminated;
	if (row->row.from > row->row.to)
		return release_refuse(
		        reading->release, reading->diag, "the code ends before it was added");
	if (row->added > reading->newest)
		reading->newest = row->added;
	if (row->action_day > reading->newest)
		reading->newest = row->action_day;
	return 0;
}

static uint64_t service_types(const struct cell fields[])
{
	char text[5];
	size_t size = 0;

	for (int i = HCPCS_TOS1; i <= HCPCS_TOS5; i++)
		if (fields[i].size == 1)
			text[size++] = fields[i].text[0];
	return import_word((struct cell){text, size});
}

static int read_facts(struct hcpcs_reading *reading, const struct cell fields[])
{
	struct hcpcs_row *row = &reading->row;
	uint32_t units = 0;

	if (fields[HCPCS_ANESTHESIA].size &&
	        (!cell_number(fields[HCPCS_ANESTHESIA], &units) || units > UINT16_MAX))
		return release_refuse(
		        reading->release, reading->diag, "the anesthesia base units are no number");
	row->anesthesia_units = (uint16_t)units;
	row->coverage = import_chars(fields[HCPCS_COVERAGE]);
	row->action = import_chars(fields[HCPCS_ACTION]);
	row->pricing = import_chars(fields[HCPCS_PRICING]);
	row->betos = import_word(fields[HCPCS_BETOS]);
	row->service_types = service_types(fields);
	row->cross_reference = import_word(fields[HCPCS_XREF]);
	if (reading->modifier || reading->code[0] == 'D')
		return 0;
	return set_build_text(reading->codes, fields[HCPCS_SHORT].text, fields[HCPCS_SHORT].size,
	        &row->short_text, reading->diag);
}

static bool code_fits(struct cell code, bool modifier)
{
	if (!modifier)
		return import_is_procedure(code);
	return code.size == 2 && isalnum((unsigned char)code.text[0]) &&
	       isalnum((unsigned char)code.text[1]);
}

static int first_record(struct hcpcs_reading *reading, const struct cell fields[])
{
	struct cell code = fields[HCPCS_CODE];
	int err = flush(reading);

	if (err)
		return err;
	reading->modifier = fields[HCPCS_RECORD].text[0] == '7';
	if (!code_fits(code, reading->modifier))
		return release_refuse(reading->release, reading->diag,
		        reading->modifier ? "a modifier that is not two characters"
		                          : "a code that is not one letter and four digits");
	memset(&reading->row, 0, sizeof(reading->row));
	for (size_t i = 0; i < code.size; i++)
		reading->code[i] = (char)toupper((unsigned char)code.text[i]);
	reading->code[code.size] = '\0';
	reading->text_size = 0;
	reading->pending = true;
	err = read_days(reading, fields);
	if (!err)
		err = read_facts(reading, fields);
	add_text(reading, fields[HCPCS_LONG]);
	return err;
}

int hcpcs_record(struct hcpcs_reading *reading, const struct cell fields[HCPCS_FIELDS])
{
	struct cell kind = fields[HCPCS_RECORD];

	if (kind.size == 1 && (*kind.text == '3' || *kind.text == '7'))
		return first_record(reading, fields);
	if (kind.size != 1 || (*kind.text != '4' && *kind.text != '8'))
		return release_refuse(
		        reading->release, reading->diag, "the record's kind is none of 3, 4, 7, 8");
	if (!reading->pending || !cell_is(fields[HCPCS_CODE], reading->code))
		return release_refuse(reading->release, reading->diag,
		        "a continuation without the first record of its code");
	add_text(reading, fields[HCPCS_LONG]);
	return 0;
}

/* The release is of the quarter of the newest day in it; it holds to the year's end. */
static int name_release(struct hcpcs_reading *reading)
{
	struct set_source source = {0};
	struct date_parts day;
	int number, modifiers_number;
	int32_t to;

	if (reading->newest == INT32_MIN)
		return release_refuse(reading->release, reading->diag,
		        "no code has a day, so the release has none");
	day = date_to_parts(reading->newest);
	days_of_quarter(day.year, (day.month + 2) / 3, &source.from, &to);
	source.to = date_from_parts(day.year, 12, 31);
	number = import_source(reading->release, reading->codes, &source, reading->diag);
	if (number < 0)
		return number;
	held_release(reading->codes, reading->codes_mark, source.from, (uint16_t)number);
	if (held_mark(reading->modifiers) == reading->modifiers_mark)
		return 0;
	source.partial = true; /* level 1 is not in it */
	modifiers_number = import_source(
	        reading->release, reading->modifiers, &source, reading->diag);
	if (modifiers_number < 0)
		return modifiers_number;
	held_release(reading->modifiers, reading->modifiers_mark, source.from,
	        (uint16_t)modifiers_number);
	return 0;
}

int hcpcs_end(struct hcpcs_reading *reading, int err)
{
	if (!err)
		err = flush(reading);
	if (!err)
		err = name_release(reading);
	free(reading);
	return err;
}
