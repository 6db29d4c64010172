/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A payer's own tables, in our CSV.  They say what the publishers' say, for the
 * days that each row names (blank: open), and stand over them.
 *
 *     column1,column2,indicator,setting,from,to,reason            pairs
 *     code,units,mai,setting,from,to,reason                       units
 *     addon,primary,from,to,reason                                add-on codes
 *     procedure,diagnosis,covered,policy,group,from,to            coverage
 *     code,limit,days,per,from,to                                 frequency
 *
 * setting: practitioner, hospital, dme, or blank for all.
 */
#include "lookup/import_table.h"
#include "lookup/rows_procedures.h"

#include <string.h>

struct payer_reading {
	struct table table;
	struct set_build *build;
	uint16_t source;
};

struct payer_table {
	const char *set;
	struct table_layout layout;
	int (*add)(struct payer_reading *reading);
};

static int refuse(struct payer_reading *reading, size_t column, const char *what)
{
	return release_refuse(reading->table.release, reading->table.diag, "%s %s",
	        reading->table.layout->names[column], what);
}

/* A procedure code, CPT, HCPCS, or the payer's own of up to five characters. */
static int read_code(struct payer_reading *reading, size_t column, uint64_t *word)
{
	struct cell code = table_cell(&reading->table, column);

	*word = code.size <= 5 ? import_word(code) : 0;
	return *word ? 0 : refuse(reading, column, "is no code of one to five letters and digits");
}

static int read_settings(struct payer_reading *reading, size_t column, uint32_t *settings)
{
	static const char *const words[] = {"practitioner", "hospital", "dme"};
	struct cell cell = table_cell(&reading->table, column);

	*settings = PAYER_PRACTITIONER | PAYER_HOSPITAL | PAYER_DME;
	if (cell.size == 0)
		return 0;
	for (int i = 0; i < 3; i++)
		if (cell_is(cell, words[i])) {
			*settings = 1u << i;
			return 0;
		}
	return refuse(reading, column, "is none of practitioner, hospital, dme");
}

/* One of the digits that may stand there. */
static int read_digit(
        struct payer_reading *reading, size_t column, const char *digits, uint8_t *digit)
{
	struct cell cell = table_cell(&reading->table, column);

	if (cell.size != 1 || !import_begins_with_one_of(cell, digits))
		return release_refuse(reading->table.release, reading->table.diag,
		        "%s is none of the digits %s", reading->table.layout->names[column],
		        digits);
	*digit = (uint8_t)(*cell.text - '0');
	return 0;
}

static int add(struct payer_reading *reading, uint64_t word, void *row)
{
	((struct set_row *)row)->source = reading->source;
	return set_build_add(reading->build,
	        (uint64_t)set_build_schema(reading->build)->tag << 56 | word, row,
	        reading->table.diag);
}

/* ---- Pairs ---- */

enum { PAIR_1, PAIR_2, PAIR_INDICATOR, PAIR_SETTING, PAIR_FROM, PAIR_TO, PAIR_REASON };

static int add_pair(struct payer_reading *reading)
{
	struct payer_pair_row row = {0};
	uint64_t words[2];
	int err = read_code(reading, PAIR_1, &words[0]);

	if (!err)
		err = read_code(reading, PAIR_2, &words[1]);
	if (!err)
		err = read_digit(reading, PAIR_INDICATOR, "019", &row.indicator);
	if (!err)
		err = read_settings(reading, PAIR_SETTING, &row.settings);
	if (!err)
		err = table_window(&reading->table, PAIR_FROM, PAIR_TO, &row.row);
	if (!err)
		err = table_text(&reading->table, PAIR_REASON, reading->build, &row.reason);
	if (err)
		return err;
	if (words[0] == words[1])
		return refuse(reading, PAIR_2, "is the code of column1: a pair is of two codes");
	row.row.source = reading->source;
	return set_build_add(reading->build,
	        set_pair_key(set_build_schema(reading->build), words[0], words[1]), &row,
	        reading->table.diag);
}

/* ---- Units ---- */

enum { UNIT_CODE, UNIT_VALUE, UNIT_MAI, UNIT_SETTING, UNIT_FROM, UNIT_TO, UNIT_REASON };

static int add_unit(struct payer_reading *reading)
{
	struct payer_unit_row row = {0};
	uint64_t word;
	int err = read_code(reading, UNIT_CODE, &word);

	if (!err)
		err = import_table_number(&reading->table, UNIT_VALUE, &row.value);
	if (!err)
		err = read_digit(reading, UNIT_MAI, "123", &row.mai);
	if (!err)
		err = read_settings(reading, UNIT_SETTING, &row.settings);
	if (!err)
		err = table_window(&reading->table, UNIT_FROM, UNIT_TO, &row.row);
	if (!err)
		err = table_text(&reading->table, UNIT_REASON, reading->build, &row.reason);
	return err ? err : add(reading, word, &row);
}

/* ---- Add-on codes ---- */

enum { ADDON_CODE, ADDON_PRIMARY, ADDON_FROM, ADDON_TO, ADDON_REASON };

static int add_addon(struct payer_reading *reading)
{
	struct payer_addon_row row = {0};
	uint64_t word;
	int err = read_code(reading, ADDON_CODE, &word);

	if (!err && table_cell(&reading->table, ADDON_PRIMARY).size)
		err = read_code(reading, ADDON_PRIMARY, &row.primary);
	if (!err)
		err = table_window(&reading->table, ADDON_FROM, ADDON_TO, &row.row);
	if (!err)
		err = table_text(&reading->table, ADDON_REASON, reading->build, &row.reason);
	return err ? err : add(reading, word, &row);
}

/* ---- Coverage ---- */

enum {
	COVER_PROCEDURE,
	COVER_DIAGNOSIS,
	COVER_COVERED,
	COVER_POLICY,
	COVER_GROUP,
	COVER_FROM,
	COVER_TO
};

static int read_diagnosis(struct payer_reading *reading, uint64_t *word)
{
	struct cell cell = table_cell(&reading->table, COVER_DIAGNOSIS);
	char text[8];
	size_t size = 0;

	for (size_t i = 0; i < cell.size && size < sizeof(text); i++)
		if (cell.text[i] != '.')
			text[size++] = cell.text[i];
	*word = size >= 3 ? import_word((struct cell){text, size}) : 0;
	return *word ? 0 : refuse(reading, COVER_DIAGNOSIS, "is no ICD-10-CM code or category");
}

static int add_coverage(struct payer_reading *reading)
{
	struct payer_coverage_row row = {0};
	uint64_t word;
	uint8_t covered = 0;
	int err = read_code(reading, COVER_PROCEDURE, &word);

	if (!err)
		err = read_diagnosis(reading, &row.diagnosis);
	if (!err)
		err = read_digit(reading, COVER_COVERED, "01", &covered);
	if (!err && table_cell(&reading->table, COVER_GROUP).size)
		err = import_table_number(&reading->table, COVER_GROUP, &row.group);
	if (!err)
		err = table_window(&reading->table, COVER_FROM, COVER_TO, &row.row);
	if (!err)
		err = table_text(&reading->table, COVER_POLICY, reading->build, &row.policy);
	row.covered = covered;
	return err ? err : add(reading, word, &row);
}

/* ---- Frequency ---- */

enum {
	FREQUENCY_CODE,
	FREQUENCY_LIMIT,
	FREQUENCY_DAYS,
	FREQUENCY_PER,
	FREQUENCY_FROM,
	FREQUENCY_TO
};

static int add_frequency(struct payer_reading *reading)
{
	struct payer_frequency_row row = {0};
	struct cell per = table_cell(&reading->table, FREQUENCY_PER);
	uint64_t word;
	int err = read_code(reading, FREQUENCY_CODE, &word);

	if (!err)
		err = import_table_number(&reading->table, FREQUENCY_LIMIT, &row.limit);
	if (!err)
		err = import_table_number(&reading->table, FREQUENCY_DAYS, &row.days);
	if (!err)
		err = table_window(&reading->table, FREQUENCY_FROM, FREQUENCY_TO, &row.row);
	if (err)
		return err;
	if (cell_is(per, "beneficiary"))
		row.per = PAYER_PER_BENEFICIARY;
	else if (cell_is(per, "provider"))
		row.per = PAYER_PER_PROVIDER;
	else
		return refuse(reading, FREQUENCY_PER, "is neither beneficiary nor provider");
	return add(reading, word, &row);
}

/* ---- All of them ---- */

static const char *const pair_names[] = {
        "column1", "column2", "indicator", "setting", "from", "to", "reason"};
static const char *const unit_names[] = {"code", "units", "mai", "setting", "from", "to", "reason"};
static const char *const addon_names[] = {"addon", "primary", "from", "to", "reason"};
static const char *const coverage_names[] = {
        "procedure", "diagnosis", "covered", "policy", "group", "from", "to"};
static const char *const frequency_names[] = {"code", "limit", "days", "per", "from", "to"};

static const struct payer_table pairs = {"payer_pairs", {pair_names, 7, 3, ','}, add_pair};
static const struct payer_table units = {"payer_units", {unit_names, 7, 3, ','}, add_unit};
static const struct payer_table addons = {"payer_addons", {addon_names, 5, 2, ','}, add_addon};
static const struct payer_table coverage = {
        "payer_coverage", {coverage_names, 7, 3, ','}, add_coverage};
static const struct payer_table frequency = {
        "payer_frequency", {frequency_names, 6, 4, ','}, add_frequency};

static int read_table(struct release *release, struct set_builds *builds,
        const struct payer_table *payer, struct diag *diag)
{
	const struct set_source source = {.from = INT32_MIN, .to = INT32_MAX, .partial = true};
	struct payer_reading reading = {0};
	int got, number, err = import_build(builds, payer->set, &reading.build, diag);

	if (!err)
		err = table_open(&reading.table, release, &payer->layout, diag);
	if (err)
		return err;
	number = import_source(release, reading.build, &source, diag);
	if (number < 0)
		return number;
	reading.source = (uint16_t)number;
	while ((got = table_next(&reading.table)) > 0) {
		err = payer->add(&reading);
		if (err)
			return err;
	}
	return got;
}

static bool recognise_pairs(const struct release_head *head)
{
	return table_recognise(head, &pairs.layout);
}

static int read_pairs(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_table(release, builds, &pairs, diag);
}

const struct importer importer_payer_pairs = {
        .name = "payer pair edits",
        .layout = "a payer's pair edits (CSV: column1, column2, indicator, ...)",
        .recognise = recognise_pairs,
        .read = read_pairs,
};

static bool recognise_units(const struct release_head *head)
{
	return table_recognise(head, &units.layout);
}

static int read_units(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_table(release, builds, &units, diag);
}

const struct importer importer_payer_units = {
        .name = "payer unit limits",
        .layout = "a payer's unit limits (CSV: code, units, mai, ...)",
        .recognise = recognise_units,
        .read = read_units,
};

static bool recognise_addons(const struct release_head *head)
{
	return table_recognise(head, &addons.layout);
}

static int read_addons(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_table(release, builds, &addons, diag);
}

const struct importer importer_payer_addons = {
        .name = "payer add-on codes",
        .layout = "a payer's add-on codes (CSV: addon, primary, ...)",
        .recognise = recognise_addons,
        .read = read_addons,
};

static bool recognise_coverage(const struct release_head *head)
{
	return table_recognise(head, &coverage.layout);
}

static int read_coverage(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_table(release, builds, &coverage, diag);
}

const struct importer importer_payer_coverage = {
        .name = "payer coverage",
        .layout = "a payer's coverage (CSV: procedure, diagnosis, covered, ...)",
        .recognise = recognise_coverage,
        .read = read_coverage,
};

static bool recognise_frequency(const struct release_head *head)
{
	return table_recognise(head, &frequency.layout);
}

static int read_frequency(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_table(release, builds, &frequency, diag);
}

const struct importer importer_payer_frequency = {
        .name = "payer frequency limits",
        .layout = "a payer's frequency limits (CSV: code, limit, days, per, ...)",
        .recognise = recognise_frequency,
        .read = read_frequency,
};
