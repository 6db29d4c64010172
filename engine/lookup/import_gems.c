/* SPDX-License-Identifier: Apache-2.0 */
/*
 * General equivalence mappings, fixed width, 19 or 20 characters a line:
 *
 *     A000    0010  00000     from ICD-10: source 1-7, target 9-13, flags 15-19
 *     0010  A000    00000     from ICD-9: source 1-5, target 7-13, flags 15-19
 *
 * Flags: approximate, no map, combination, scenario, choice list.
 */
#include "lookup/import_icd.h"
#include "lookup/rows_icd.h"

#include <string.h>

enum { FLAGS_AT = 14, FLAGS = 5, LINE_MIN = FLAGS_AT + FLAGS, LINES_LOOKED_AT = 200 };

enum { FLAG_APPROXIMATE, FLAG_NO_MAP, FLAG_COMBINATION, FLAG_SCENARIO, FLAG_CHOICE };

struct direction {
	const char *set;
	size_t source_size, target_at, target_size;
	bool to_icd10, procedures;
};

enum { TO_ICD9, TO_ICD10, TO_ICD9_PCS, TO_ICD10_PCS, DIRECTIONS };

static const struct direction directions[DIRECTIONS] = {
        [TO_ICD9] = {"gems", 7, 8, 5, false, false},
        [TO_ICD10] = {"gems_icd9", 5, 6, 7, true, false},
        [TO_ICD9_PCS] = {"gems_pcs", 7, 8, 5, false, true},
        [TO_ICD10_PCS] = {"gems_icd9_pcs", 5, 6, 7, true, true},
};

struct gem {
	struct cell source, target;
	const char *flags;
};

static bool word_shape(struct cell cell)
{
	if (cell.size < 2)
		return false;
	for (size_t i = 0; i < cell.size; i++)
		if (cell.text[i] == ' ')
			return false;
	return true;
}

/* A line as one direction has it. */
static bool gem_line(struct cell line, const struct direction *direction, struct gem *gem)
{
	if (line.size < LINE_MIN || line.text[direction->target_at - 1] != ' ' ||
	        line.text[direction->target_at] == ' ' || line.text[FLAGS_AT - 1] != ' ')
		return false;
	gem->source = cell_cut(line, 0, direction->source_size);
	gem->target = cell_cut(line, direction->target_at, direction->target_size);
	gem->flags = line.text + FLAGS_AT;
	for (int i = 0; i < FLAGS; i++)
		if (gem->flags[i] < '0' || gem->flags[i] > '9')
			return false;
	return word_shape(gem->source) && word_shape(gem->target) &&
	       cell_trim(line).size == LINE_MIN;
}

static bool is_none(struct cell target)
{
	return cell_is(target, "NoDx") || cell_is(target, "NoPCS");
}

/* Procedures of ICD-10-PCS have seven characters each, and the first of them a digit. */
static bool is_procedure(struct cell code)
{
	return code.size == 7 && code.text[0] >= '0' && code.text[0] <= '9';
}

/* All lines of the beginning are of one direction; which, or DIRECTIONS. */
static int head_direction(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	bool fits[2] = {true, true}, procedures = false;
	struct cell line;
	int seen = 0;

	while (seen < LINES_LOOKED_AT && head_next(&lines, &line)) {
		struct gem gem;

		if (cell_trim(line).size == 0)
			continue;
		for (int i = TO_ICD9; i <= TO_ICD10; i++) {
			fits[i] = fits[i] && gem_line(line, &directions[i], &gem);
			if (fits[i])
				procedures = procedures ||
				             is_procedure(i == TO_ICD9 ? gem.source : gem.target);
		}
		seen++;
	}
	if (seen == 0 || fits[0] == fits[1])
		return DIRECTIONS;
	return (fits[TO_ICD9] ? TO_ICD9 : TO_ICD10) + (procedures ? TO_ICD9_PCS : 0);
}

static bool recognise_to_icd9(const struct release_head *head)
{
	return head_direction(head) == TO_ICD9;
}

static bool recognise_to_icd10(const struct release_head *head)
{
	return head_direction(head) == TO_ICD10;
}

static bool recognise_to_icd9_pcs(const struct release_head *head)
{
	return head_direction(head) == TO_ICD9_PCS;
}

static bool recognise_to_icd10_pcs(const struct release_head *head)
{
	return head_direction(head) == TO_ICD10_PCS;
}

static int add(struct release *release, struct set_build *build, const struct gem *gem,
        struct gems_row *row, struct diag *diag)
{
	uint64_t word = icd_word(gem->source);
	bool none = is_none(gem->target);

	row->target = none ? 0 : icd_word(gem->target);
	if (word == 0 || (row->target == 0 && !none))
		return release_refuse(release, diag, "'%.*s' to '%.*s' are no codes",
		        (int)gem->source.size, gem->source.text, (int)gem->target.size,
		        gem->target.text);
	if (none != (gem->flags[FLAG_NO_MAP] == '1'))
		return release_refuse(
		        release, diag, "the flag for 'no map' is not as the target says");
	row->flags = (gem->flags[FLAG_APPROXIMATE] == '1' ? GEM_APPROXIMATE : 0) |
	             (none ? GEM_NO_MAP : 0) |
	             (gem->flags[FLAG_COMBINATION] == '1' ? GEM_COMBINATION : 0);
	row->scenario = (uint8_t)(gem->flags[FLAG_SCENARIO] - '0');
	row->choice = (uint8_t)(gem->flags[FLAG_CHOICE] - '0');
	return set_build_add(build, (uint64_t)set_build_schema(build)->tag << 56 | word, row, diag);
}

static int read_gems(
        struct release *release, struct set_builds *builds, int direction, struct diag *diag)
{
	struct set_build *build = set_builds_at(builds, directions[direction].set);
	struct gems_row row = {.flags = 0};
	struct release_days days;
	struct cell line;
	int got = 0, source, err = 0;

	if (!release_fiscal(release, &days))
		return release_refuse_name(release, diag, "year", "2018_I10gem.txt");
	days.to = INT32_MAX; /* they were never ended */
	source = source_note(build, release, &days, true, diag);
	if (source < 0)
		return source;
	row.row.source = (uint16_t)source;
	while (err == 0 && (got = release_line(release, &line, diag)) > 0) {
		struct gem gem;

		if (cell_trim(line).size == 0)
			release_skip(release);
		else if (!gem_line(line, &directions[direction], &gem))
			err = release_refuse(release, diag,
			        "the line is cut short, or not laid out as a mapping");
		else
			err = add(release, build, &gem, &row, diag);
	}
	return err < 0 ? err : got;
}

static int read_to_icd9(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_gems(release, builds, TO_ICD9, diag);
}

static int read_to_icd10(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_gems(release, builds, TO_ICD10, diag);
}

static int read_to_icd9_pcs(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_gems(release, builds, TO_ICD9_PCS, diag);
}

static int read_to_icd10_pcs(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_gems(release, builds, TO_ICD10_PCS, diag);
}

const struct importer importer_gems = {
        .name = "gems icd10cm",
        .layout = "GEMs from ICD-10-CM to ICD-9-CM (fixed width)",
        .recognise = recognise_to_icd9,
        .read = read_to_icd9,
};

const struct importer importer_gems_icd9 = {
        .name = "gems icd9cm",
        .layout = "GEMs from ICD-9-CM to ICD-10-CM (fixed width)",
        .recognise = recognise_to_icd10,
        .read = read_to_icd10,
};

const struct importer importer_gems_pcs = {
        .name = "gems icd10pcs",
        .layout = "GEMs from ICD-10-PCS to ICD-9-CM procedures (fixed width)",
        .recognise = recognise_to_icd9_pcs,
        .read = read_to_icd9_pcs,
};

const struct importer importer_gems_icd9_pcs = {
        .name = "gems icd9 procedures",
        .layout = "GEMs from ICD-9-CM procedures to ICD-10-PCS (fixed width)",
        .recognise = recognise_to_icd10_pcs,
        .read = read_to_icd10_pcs,
};
