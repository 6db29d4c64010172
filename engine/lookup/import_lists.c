/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small lists, a table of codes each.  They carry no days of their own (adjustment
 * codes do), so they hold on every day.
 */
#include "lookup/codes_kinds.h"
#include "lookup/import_held.h"
#include "lookup/import_table.h"
#include "lookup/rows_lists.h"

#include <ctype.h>
#include <string.h>

/* A list that is being read: its table, its set, and the number of its source. */
struct list {
	struct table table;
	struct set_build *build;
	uint16_t source;
};

static struct set_row always(const struct list *list)
{
	return (struct set_row){.from = INT32_MIN, .to = INT32_MAX, .source = list->source};
}

static int list_begin(struct list *list, struct release *release, struct set_builds *builds,
        const char *set, const struct table_layout *layout)
{
	const struct set_source source = {.from = INT32_MIN, .to = INT32_MAX};
	int number, err = import_build(builds, set, &list->build, list->table.diag);

	if (!err)
		err = table_open(&list->table, release, layout, list->table.diag);
	if (err)
		return err;
	number = import_source(release, list->build, &source, list->table.diag);
	list->source = (uint16_t)number;
	return number < 0 ? number : 0;
}

/* Read a list to its end, a row at a time. */
static int list_read(struct release *release, struct set_builds *builds, const char *set,
        const struct table_layout *layout, int (*add)(struct list *), struct diag *diag)
{
	struct list list = {.table = {.diag = diag}};
	int got = 0, err = list_begin(&list, release, builds, set, layout);

	while (!err && (got = table_next(&list.table)) > 0)
		err = add(&list);
	return err ? err : table_end(&list.table, got);
}

/* The key of the first column; 0 with *err set where it is not size characters long. */
static uint64_t list_key(struct list *list, size_t size, int *err)
{
	struct cell code = table_cell(&list->table, 0);
	uint64_t key = set_key_of(set_build_schema(list->build), code.text, code.size);

	*err = 0;
	if (key && code.size == size)
		return key;
	*err = release_refuse(list->table.release, list->table.diag,
	        "%s has no %zu letters or digits", list->table.layout->names[0], size);
	return 0;
}

static int list_add(struct list *list, uint64_t key, const void *row)
{
	return set_build_add(list->build, key, row, list->table.diag);
}

/* ---- Places of service ---- */

enum { POS_NAME = 1, POS_TYPE };

static const char *const pos_names[] = {"pos_code", "pos_name", "pos_type"};
static const struct table_layout pos_layout = {pos_names, 3, 2, ','};

/* As CMS publishes the list itself. */
static const char *const cms_pos_names[] = {
        "Place of Service Code(s)", "Place of Service Name", "Place of Service Type"};
static const struct table_layout cms_pos_layout = {cms_pos_names, 3, 2, ','};

static int add_pos_code(struct list *list, struct cell code, const struct pos_row *row)
{
	if (code.size != 2 || !isdigit((unsigned char)code.text[0]) ||
	        !isdigit((unsigned char)code.text[1]))
		return release_refuse(list->table.release, list->table.diag,
		        "the place of service is not two digits");
	return list_add(list, set_key_of(set_build_schema(list->build), code.text, code.size), row);
}

/* "27-30": places that are not assigned stand together, and are no codes. */
static int add_pos(struct list *list)
{
	struct cell code = table_cell(&list->table, 0), type = table_cell(&list->table, POS_TYPE);
	struct cell name = table_cell(&list->table, POS_NAME);
	struct pos_row row = {.row = always(list)};
	int err;

	if (code.size > 2 || cell_is(name, "Unassigned")) {
		release_skip(list->table.release);
		return 0;
	}
	if (cell_is(type, "Facility"))
		row.setting = POS_FACILITY;
	else if (cell_is(type, "Non-Facility") || cell_is(type, "Nonfacility"))
		row.setting = POS_NONFACILITY;
	err = table_text(&list->table, POS_NAME, list->build, &row.name);
	return err ? err : add_pos_code(list, code, &row);
}

static bool recognise_pos(const struct release_head *head)
{
	return table_recognise(head, &pos_layout);
}

static int read_pos(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return list_read(release, builds, "pos", &pos_layout, add_pos, diag);
}

const struct importer importer_pos = {
        .name = "pos list",
        .layout = "places of service (CSV: pos_code, pos_name, pos_type)",
        .recognise = recognise_pos,
        .read = read_pos,
};

static bool recognise_cms_pos(const struct release_head *head)
{
	return table_recognise(head, &cms_pos_layout);
}

static int read_cms_pos(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return list_read(release, builds, "pos", &cms_pos_layout, add_pos, diag);
}

const struct importer importer_pos_cms = {
        .name = "pos cms",
        .layout = "CMS place of service code set (CSV)",
        .recognise = recognise_cms_pos,
        .read = read_cms_pos,
};

/* ---- Modifiers ---- */

enum { MODIFIER_LEVEL = 1, MODIFIER_TEXT, MODIFIER_PLACES = BASE36 * BASE36 };

static const char *const modifier_names[] = {"modifier", "level", "description"};
static const struct table_layout modifier_layout = {modifier_names, 3, 2, ','};

/* A modifier may stand in a list once for each level (P1 to P6 do), so rows come at the end. */
struct modifier_list {
	struct list list;
	uint32_t level[MODIFIER_PLACES], text[MODIFIER_PLACES];
};

static int place_of(struct cell modifier)
{
	int first = base36((unsigned)toupper((unsigned char)modifier.text[0]));
	int second = base36((unsigned)toupper((unsigned char)modifier.text[1]));

	return first * BASE36 + second;
}

static int read_modifier(struct modifier_list *modifiers)
{
	struct list *list = &modifiers->list;
	struct cell level = table_cell(&list->table, MODIFIER_LEVEL);
	int err, place;

	if (!list_key(list, 2, &err))
		return err;
	place = place_of(table_cell(&list->table, 0));
	if (cell_is(level, "CPT")) {
		modifiers->level[place] |= MODIFIER_LEVEL_1;
		return 0;
	}
	if (!cell_is(level, "HCPCS"))
		return release_refuse(list->table.release, list->table.diag,
		        "the level is neither CPT nor HCPCS");
	modifiers->level[place] |= MODIFIER_LEVEL_2;
	return table_text(&list->table, MODIFIER_TEXT, list->build, &modifiers->text[place]);
}

static int hold_modifiers(struct modifier_list *modifiers)
{
	static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct list *list = &modifiers->list;

	for (int i = 0; i < MODIFIER_PLACES; i++) {
		const char text[2] = {characters[i / BASE36], characters[i % BASE36]};
		const struct modifiers_row row = {
		        .row = always(list),
		        .level = modifiers->level[i],
		        .text = modifiers->text[i],
		};
		int err = row.level ? held_add(list->build,
		                              set_key_of(set_build_schema(list->build), text, 2),
		                              HELD_UNDATED, &row, list->table.diag)
		                    : 0;

		if (err)
			return err;
	}
	return 0;
}

static bool recognise_modifiers(const struct release_head *head)
{
	return table_recognise(head, &modifier_layout);
}

static int read_modifiers(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct modifier_list modifiers = {.list = {.table = {.diag = diag}}};
	int got = 0;
	int err = list_begin(&modifiers.list, release, builds, "modifiers", &modifier_layout);

	while (!err && (got = table_next(&modifiers.list.table)) > 0)
		err = read_modifier(&modifiers);
	if (!err)
		err = table_end(&modifiers.list.table, got);
	return err ? err : hold_modifiers(&modifiers);
}

const struct importer importer_modifiers = {
        .name = "modifiers list",
        .layout = "modifiers (CSV: modifier, level CPT or HCPCS, description)",
        .recognise = recognise_modifiers,
        .read = read_modifiers,
};

/* ---- Revenue codes ---- */

static const char *const revenue_names[] = {"revenue_code", "category"};
static const struct table_layout revenue_layout = {revenue_names, 2, 2, ','};

static int add_revenue(struct list *list)
{
	struct revenue_row row = {.row = always(list)};
	struct cell code = table_cell(&list->table, 0);
	uint32_t number;
	int err;
	uint64_t key = list_key(list, 4, &err);

	if (!err && !cell_number(code, &number))
		err = release_refuse(
		        list->table.release, list->table.diag, "revenue_code is not four digits");
	if (!err)
		err = table_text(&list->table, 1, list->build, &row.label);
	return err ? err : list_add(list, key, &row);
}

static bool recognise_revenue(const struct release_head *head)
{
	return table_recognise(head, &revenue_layout);
}

static int read_revenue(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return list_read(release, builds, "revenue", &revenue_layout, add_revenue, diag);
}

const struct importer importer_revenue = {
        .name = "revenue list",
        .layout = "revenue codes (CSV: revenue_code, category)",
        .recognise = recognise_revenue,
        .read = read_revenue,
};

/* ---- Patient discharge status ---- */

static const char *const discharge_names[] = {"code", "label"};
static const struct table_layout discharge_layout = {discharge_names, 2, 1, ','};

static int add_discharge(struct list *list)
{
	struct discharge_row row = {.row = always(list)};
	int err;
	uint64_t key = list_key(list, 2, &err);

	if (!err)
		err = table_text(&list->table, 1, list->build, &row.label);
	return err ? err : list_add(list, key, &row);
}

/* "code" heads many a list: every line must be a code of two digits, with a label or without. */
static bool recognise_discharge(const struct release_head *head)
{
	const char *at = head->text, *end = head->text + head->size;
	size_t lines = 0;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct cell line = cell_trim((struct cell){at, (size_t)((stop ? stop : end) - at)});

		at = stop ? stop + 1 : end;
		if (lines == 0 && !cell_is(line, "code") && !cell_is(line, "code,label") &&
		        !cell_is(line, "discharge_status,label"))
			return false;
		if (lines > 0 && line.size > 0 &&
		        (line.size < 2 || !isdigit((unsigned char)line.text[0]) ||
		                !isdigit((unsigned char)line.text[1]) ||
		                (line.size > 2 && line.text[2] != ',')))
			return false;
		lines++;
	}
	return lines > 1;
}

static int read_discharge(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return list_read(release, builds, "discharge", &discharge_layout, add_discharge, diag);
}

const struct importer importer_discharge = {
        .name = "discharge list",
        .layout = "patient discharge status (CSV: code, label; two digits)",
        .recognise = recognise_discharge,
        .read = read_discharge,
};

/* ---- Specialty ---- */

static const char *const specialty_names[] = {"specialty_code", "label"};
static const struct table_layout specialty_layout = {specialty_names, 2, 2, ','};

static int add_specialty(struct list *list)
{
	struct specialty_row row = {.row = always(list)};
	int err;
	uint64_t key = list_key(list, 2, &err);

	if (!err)
		err = table_text(&list->table, 1, list->build, &row.label);
	return err ? err : list_add(list, key, &row);
}

static bool recognise_specialty(const struct release_head *head)
{
	return table_recognise(head, &specialty_layout);
}

static int read_specialty(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return list_read(release, builds, "specialty", &specialty_layout, add_specialty, diag);
}

const struct importer importer_specialty = {
        .name = "specialty list",
        .layout = "CMS provider specialty (CSV: specialty_code, label)",
        .recognise = recognise_specialty,
        .read = read_specialty,
};

/* ---- Taxonomy ---- */

enum { TAXONOMY_TEXTS = 5 };

static const char *const taxonomy_names[] = {
        "Code", "Grouping", "Classification", "Specialization", "Display Name", "Section"};
static const struct table_layout taxonomy_layout = {taxonomy_names, 6, 4, ','};

static int add_taxonomy(struct list *list)
{
	struct taxonomy_row row = {.row = always(list)};
	uint32_t *const texts[TAXONOMY_TEXTS] = {&row.grouping, &row.classification,
	        &row.specialization, &row.display_name, &row.section};
	int err;
	uint64_t key = list_key(list, 10, &err);

	for (size_t i = 0; i < TAXONOMY_TEXTS && !err; i++)
		err = table_text(&list->table, i + 1, list->build, texts[i]);
	return err ? err : list_add(list, key, &row);
}

static bool recognise_taxonomy(const struct release_head *head)
{
	return table_recognise(head, &taxonomy_layout);
}

static int read_taxonomy(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return list_read(release, builds, "taxonomy", &taxonomy_layout, add_taxonomy, diag);
}

const struct importer importer_taxonomy = {
        .name = "nucc taxonomy",
        .layout = "NUCC provider taxonomy (CSV)",
        .recognise = recognise_taxonomy,
        .read = read_taxonomy,
};

/* ---- Adjustment reasons, remarks and groups ---- */

enum { CARC_KIND = 1, CARC_START, CARC_END, CARC_MODIFIED };

static const char *const carc_names[] = {
        "adj_code", "adj_type", "adj_start_date", "adj_end_date", "adj_last_modified"};
static const struct table_layout carc_layout = {carc_names, 5, 4, ','};

static int add_carc(struct list *list)
{
	struct carc_row row = {.row = {.source = list->source}};
	struct cell code = table_cell(&list->table, 0), kind = table_cell(&list->table, CARC_KIND);
	uint64_t key = set_key_of(set_build_schema(list->build), code.text, code.size);
	int err;

	if (!key || code.size > 5)
		return release_refuse(list->table.release, list->table.diag, "adj_code is no code");
	if (!cell_is(kind, "CARC") && !cell_is(kind, "RARC") && !cell_is(kind, "Group"))
		return release_refuse(list->table.release, list->table.diag,
		        "adj_type is none of CARC, RARC, Group");
	err = table_window(&list->table, CARC_START, CARC_END, &row.row);
	if (!err)
		err = table_day(&list->table, CARC_MODIFIED, &row.modified);
	if (!err)
		err = table_text(&list->table, CARC_KIND, list->build, &row.kind);
	return err ? err : list_add(list, key, &row);
}

static bool recognise_carc(const struct release_head *head)
{
	return table_recognise(head, &carc_layout);
}

static int read_carc(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return list_read(release, builds, "carc", &carc_layout, add_carc, diag);
}

const struct importer importer_carc = {
        .name = "carc list",
        .layout = "adjustment reasons and remarks (CSV: adj_code, adj_type, days)",
        .recognise = recognise_carc,
        .read = read_carc,
};
