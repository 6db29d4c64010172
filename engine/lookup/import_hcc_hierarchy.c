/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HCC hierarchies: which categories a category drops.
 *
 *     %MACRO V28115H1;                                   SAS; the macro names the model
 *     %SET0(CC=17, HIER=%STR(18, 19, 20));
 *
 *     cc_parent,cc_child,model_domain,model_version,model_fullname     csv; the year stands
 *                                                                      in the file's name
 */
#include "lookup/hcc_models.h"
#include "lookup/import_icd.h"

#include <stdio.h>
#include <string.h>

enum { HCC_MAX = 999, HEAD_TEXT = 4096, CALL_MAX = 1024 };

struct hierarchy_read {
	struct release *release;
	struct set_build *build;
	struct hcc_hierarchy_row row;
	size_t count;
	size_t call_size; /* bytes of a call that has not ended */
	bool ended;
	char call[CALL_MAX];
};

/* What stands behind a word in a line; text NULL: the word is not there. */
static struct cell behind(struct cell line, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= line.size; i++)
		if (cell_begins((struct cell){line.text + i, line.size - i}, word))
			return (struct cell){line.text + i + size, line.size - i - size};
	return (struct cell){NULL, 0};
}

/* The model of a line "%MACRO V28115H1;". */
static bool macro_model(struct cell line, struct hcc_model *model)
{
	struct cell name = behind(line, "%MACRO ");
	char text[16] = "";

	if (!name.text || cell_begins(name, "SET0"))
		return false;
	name = cell_trim(name);
	memcpy(text, name.text, name.size < sizeof(text) ? name.size : sizeof(text) - 1);
	return strpbrk(text, "hH") && hcc_model_of_name(text, model);
}

static bool recognise_sas(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	struct hcc_model model;
	struct cell line;
	bool named = false;

	while (head_next(&lines, &line)) {
		named = named || (lines.at < HEAD_TEXT && macro_model(line, &model));
		if (named && behind(line, "%SET0").text)
			return true;
	}
	return false;
}

static const char *const names[] = {
        "cc_parent", "cc_child", "model_domain", "model_version", "model_fullname", NULL};

static bool recognise_csv(const struct release_head *head)
{
	return head_begins(head, ',', names);
}

static int begin(struct hierarchy_read *read, const char *label, struct diag *diag)
{
	struct release_days days = {.from = INT32_MIN, .to = INT32_MAX};
	int source;

	snprintf(days.label, sizeof(days.label), "%s", label);
	source = source_note(read->build, read->release, &days, false, diag);
	read->row.row = (struct set_row){
	        .from = INT32_MIN, .to = INT32_MAX, .source = (uint16_t)source};
	return source < 0 ? source : 0;
}

static int use_model(struct hierarchy_read *read, const struct hcc_model *model, struct diag *diag)
{
	read->row.family = (uint8_t)model->family;
	read->row.version = model->version;
	return set_build_text(
	        read->build, model->name, strlen(model->name), &read->row.model, diag);
}

static int add(struct hierarchy_read *read, struct cell one, struct cell two, struct diag *diag)
{
	uint32_t parent, child;

	if (!cell_number(one, &parent) || !cell_number(two, &child) || parent == 0 || child == 0 ||
	        parent > HCC_MAX || child > HCC_MAX)
		return release_refuse(read->release, diag, "'%.*s' and '%.*s' are no two HCCs",
		        (int)one.size, one.text, (int)two.size, two.text);
	read->row.dropped = (uint16_t)child;
	read->count++;
	return set_build_add(read->build,
	        set_key_of(set_build_schema(read->build), one.text, one.size), &read->row, diag);
}

/* "CC=17, HIER=%STR(18, 19 ));": a row for each of the list. */
static int read_call(struct hierarchy_read *read, struct diag *diag)
{
	struct cell call = {read->call, read->call_size};
	struct cell parent = line_cell(behind(call, "CC="), ',', 0), list = behind(call, "%STR(");
	int err = 0;

	list.size = (size_t)((const char *)memchr(list.text, ')', list.size) - list.text);
	read->call_size = 0;
	for (size_t i = 0; err == 0; i++) {
		struct cell child = line_cell(list, ',', i);

		if (child.size == 0)
			break;
		err = add(read, parent, child, diag);
	}
	return err;
}

/* A call may go over several lines: it is kept until its list is closed. */
static int read_part(struct hierarchy_read *read, struct cell part, struct diag *diag)
{
	struct cell list;

	if (read->call_size + part.size + 1 > CALL_MAX)
		return release_refuse(read->release, diag, "a call of SET0 that does not end");
	memcpy(read->call + read->call_size, part.text, part.size);
	read->call_size += part.size;
	read->call[read->call_size++] = ' ';
	list = behind((struct cell){read->call, read->call_size}, "%STR(");
	return list.text && memchr(list.text, ')', list.size) ? read_call(read, diag) : 0;
}

static int read_line(struct hierarchy_read *read, struct cell line, struct diag *diag)
{
	struct cell call = behind(line, "%SET0(");
	struct hcc_model model;
	int err;

	if (read->row.model && (read->call_size || call.text))
		return read_part(read, read->call_size ? line : call, diag);
	release_skip(read->release);
	read->ended = read->ended || (read->count && behind(line, "%MEND").text);
	if (read->row.model || !macro_model(line, &model))
		return 0;
	err = begin(read, model.name, diag);
	return err < 0 ? err : use_model(read, &model, diag);
}

static int read_sas(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct hierarchy_read read = {
	        .release = release, .build = set_builds_at(builds, "hcc_hierarchy")};
	struct cell line;
	int got = 0, err = 0;

	while (err == 0 && (got = release_line(release, &line, diag)) > 0)
		err = read_line(&read, line, diag);
	if (err == 0 && got == 0 && (!read.ended || read.call_size))
		return release_refuse(
		        release, diag, "there is no %%MEND behind the hierarchies: cut short");
	return err < 0 ? err : got;
}

static int read_csv(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct hierarchy_read read = {
	        .release = release, .build = set_builds_at(builds, "hcc_hierarchy")};
	struct cell cells[RELEASE_CELLS_MAX];
	int year = text_year(release_own_name(release)), got = 1, err;
	char label[16];
	size_t count;

	if (year == 0)
		return release_refuse_name(release, diag, "year", "hcc_hierarchies_2026.csv");
	snprintf(label, sizeof(label), "%d", year);
	err = begin(&read, label, diag);
	read.row.year = (uint16_t)year;
	if (err == 0)
		got = release_record(release, ',', cells, &count, diag);
	release_skip(release);
	while (err == 0 && got > 0 &&
	        (got = release_record(release, ',', cells, &count, diag)) > 0) {
		struct hcc_model model;

		if (count == 1 && cells[0].size == 0) {
			release_skip(release);
			continue;
		}
		if (count != 5 || !hcc_model_of_words(cells[2], cells[3], &model))
			return release_refuse(release, diag,
			        "the line is cut short, or its model is not known here");
		err = use_model(&read, &model, diag);
		if (err == 0)
			err = add(&read, cells[0], cells[1], diag);
	}
	return err < 0 ? err : got;
}

const struct importer importer_hcc_hierarchy_sas = {
        .name = "hcc hierarchy",
        .layout = "HCC hierarchies (SAS macro, V28115H1.TXT)",
        .recognise = recognise_sas,
        .read = read_sas,
};

const struct importer importer_hcc_hierarchy_csv = {
        .name = "hcc hierarchy csv",
        .layout = "HCC hierarchies (csv: cc_parent, cc_child, model_domain, ...)",
        .recognise = recognise_csv,
        .read = read_csv,
};
