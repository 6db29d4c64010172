/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICD-10-CM and ICD-10-PCS order files: the codes of a fiscal year, headers too.
 *
 *     00002 A000    1 Cholera due to Vibrio cholerae ...   Cholera due to Vibrio cholerae ...
 *     |     |       | |                                    |
 *     1     7      15 17 short title                      78 long title
 *
 * Lines are numbered, so that one which is missing shows.
 */
#include "lookup/icd10_years.h"

#include <string.h>

enum {
	NUMBER_SIZE = 5,
	CODE_AT = 6,
	CODE_SIZE = 7,
	FLAG_AT = 14,
	LONG_AT = 77,
	LINES_WHOLE = 5000, /* a file of more lines is no excerpt, and must reach the end */
};

static size_t digits_of(struct cell line)
{
	size_t count = 0;

	while (count < line.size && line.text[count] >= '0' && line.text[count] <= '9')
		count++;
	return count;
}

/* Is it laid out as a line of an order file, whole? */
static bool order_shape(struct cell line)
{
	return line.size > LONG_AT && digits_of(line) == NUMBER_SIZE &&
	       line.text[NUMBER_SIZE] == ' ' && line.text[FLAG_AT - 1] == ' ' &&
	       (line.text[FLAG_AT] == '0' || line.text[FLAG_AT] == '1') &&
	       line.text[FLAG_AT + 1] == ' ' && line.text[LONG_AT - 1] == ' ';
}

static struct icd10_line order_line(struct cell line)
{
	return (struct icd10_line){.code = cell_cut(line, CODE_AT, CODE_SIZE),
	        .title = cell_cut(line, LONG_AT, line.size - LONG_AT),
	        .billable = line.text[FLAG_AT] == '1'};
}

/*
 * Which of the two a file is of: only ICD-10-PCS has codes that begin with a digit, and
 * goes from a header of three characters to codes of seven.
 */
static enum code_system order_system(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	enum code_system system = SYSTEM_NONE;
	bool section = false;
	struct cell line;

	while (head_next(&lines, &line)) {
		struct icd10_line order;

		if (!order_shape(line)) {
			if (digits_of(line) == NUMBER_SIZE || lines.at > RELEASE_HEAD / 4)
				break;
			continue;
		}
		order = order_line(line);
		if (!icd10pcs_shape(order.code) && !icd10cm_shape(order.code))
			break;
		if (order.code.text[0] <= '9' || (section && order.code.size == CODE_SIZE))
			return SYSTEM_ICD10PCS;
		section = order.code.size == 3 && !order.billable;
		system = SYSTEM_ICD10CM;
	}
	return system;
}

static bool recognise_cm(const struct release_head *head)
{
	return order_system(head) == SYSTEM_ICD10CM;
}

static bool recognise_pcs(const struct release_head *head)
{
	return order_system(head) == SYSTEM_ICD10PCS;
}

struct order_read {
	struct release *release;
	struct set_build *build;
	struct icd10_file *file;
	uint32_t number; /* of the line before, 0 none */
	bool pcs;
};

static int read_line(struct order_read *read, struct cell line, struct diag *diag)
{
	struct icd10_line order;
	uint32_t number;
	int err;

	if (!order_shape(line))
		return release_refuse(read->release, diag,
		        "the line is cut short, or not laid out as an order file's");
	cell_number(cell_cut(line, 0, NUMBER_SIZE), &number);
	if (read->number && number != read->number + 1)
		return release_refuse(read->release, diag,
		        "order number %u follows %u: lines are missing or mixed up", number,
		        read->number);
	read->number = number;
	order = order_line(line);
	if (!(read->pcs ? icd10pcs_shape : icd10cm_shape)(order.code))
		return release_refuse(read->release, diag, "'%.*s' is no %s code",
		        (int)order.code.size, order.code.text,
		        read->pcs ? "ICD-10-PCS" : "ICD-10-CM");
	if (order.title.size == 0)
		return release_refuse(read->release, diag, "the line is cut short: no long title");
	err = icd10_list_add(&read->file->codes, read->build, &order, diag);
	if (err < 0)
		return err;
	return icd10_row_add(read->build, &read->file->codes.codes[read->file->codes.count - 1],
	        read->file->source, diag);
}

/* A whole file ends in the last chapters: X in ICD-10-PCS, U or Z in ICD-10-CM. */
static int read_end(const struct order_read *read, struct diag *diag)
{
	const struct icd10_list *codes = &read->file->codes;
	char last;

	if (codes->count == 0)
		return release_refuse(read->release, diag, "there is no code in it");
	last = (char)(codes->codes[codes->count - 1].text >> 56);
	if (codes->count < LINES_WHOLE || (read->pcs ? last == 'X' : last == 'U' || last == 'Z'))
		return 0;
	return release_refuse(read->release, diag,
	        "the file ends in chapter %c after %zu codes: it is cut short", last, codes->count);
}

static int read_order(struct order_read *read, struct diag *diag)
{
	struct cell line;
	int got;

	if (!release_fiscal(read->release, &read->file->days))
		return release_refuse_name(read->release, diag, "fiscal year",
		        read->pcs ? "icd10pcs_order_2026.txt" : "icd10cm_order_2026.txt");
	read->file->source = source_note(read->build, read->release, &read->file->days, true, diag);
	if (read->file->source < 0)
		return read->file->source;
	while ((got = release_line(read->release, &line, diag)) > 0) {
		int err;

		if (digits_of(line) == 0) {
			release_skip(read->release);
			continue;
		}
		err = read_line(read, line, diag);
		if (err < 0)
			return err;
	}
	return got < 0 ? got : read_end(read, diag);
}

static int read_cm(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct order_read read = {.release = release, .build = set_builds_at(builds, "icd10cm")};

	read.file = icd10_file_add(read.build, ICD10_KIND_ORDER, release, diag);
	return read.file ? read_order(&read, diag) : FAIL_MEMORY;
}

static int read_pcs(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct order_read read = {
	        .release = release, .build = set_builds_at(builds, "icd10pcs"), .pcs = true};

	read.file = icd10_file_add(read.build, ICD10_KIND_ORDER, release, diag);
	return read.file ? read_order(&read, diag) : FAIL_MEMORY;
}

const struct importer importer_icd10cm_order = {
        .name = "icd10cm order",
        .layout = "ICD-10-CM order file (fixed width)",
        .recognise = recognise_cm,
        .read = read_cm,
};

const struct importer importer_icd10pcs_order = {
        .name = "icd10pcs order",
        .layout = "ICD-10-PCS order file (fixed width)",
        .recognise = recognise_pcs,
        .read = read_pcs,
};
