/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_lookup.h"

#include "report/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOWS_MAX = 64, NAME_WIDTH = 20 };

/* ---- Text ---- */

static bool is_header(const struct found *found)
{
	const struct set_row *row = found_row(found);

	if (found->values)
		return found->header;
	return row && row->from <= found->day && found->day <= row->to &&
	       view_row_has(found->set, row, "header");
}

/* What is said of the code on the day, and why. */
static const char *verdict_text(const struct found *found, const char **why)
{
	*why = "";
	if (found_verdict(found) == VERDICT_VALID)
		return "in force";
	if (found_verdict(found) == VERDICT_NOT_JUDGED) {
		*why = found->covered ? ": not in this set, which is partial"
		                      : ": the set does not cover the day";
		return "not judged";
	}
	if (!found->rows && !found->values)
		return "unknown";
	if (!is_header(found))
		return "not in force";
	*why = ": a longer code is to be billed";
	return "a header";
}

static void print_verdict(const struct found *found)
{
	struct window windows[WINDOWS_MAX];
	size_t count = found_windows(found, windows, WINDOWS_MAX);
	char day[DATE_TEXT_SIZE], text[VIEW_WINDOW_MAX];
	const char *why, *verdict = verdict_text(found, &why);

	date_format(found->day == INT32_MAX ? DATE_ABSENT : found->day, day);
	printf("  %s: %s%s%s%s", found->code, verdict, day[0] ? " on " : "", day, why);
	for (size_t i = 0; i < count && i < WINDOWS_MAX; i++)
		printf("%s%s", i ? ", " : " (", view_window(windows[i].from, windows[i].to, text));
	puts(count ? ")" : "");
}

static void print_values(const struct view_value values[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("    %-*s  %s\n", NAME_WIDTH, values[i].name, values[i].text);
}

/* A row on a line: where several hold together, and those of other days. */
static void print_row(const struct set *set, const struct set_row *row)
{
	struct view_value values[VIEW_VALUES_MAX];
	size_t count = view_row(set, row, values);
	char text[VIEW_WINDOW_MAX];

	printf("    %s:", view_window(row->from, row->to, text));
	for (size_t i = 0; i < count; i++)
		printf("%s %s %s", i ? "," : "", values[i].name, values[i].text);
	putchar('\n');
}

/* What differs in a row of other days from the one that is told. */
static void print_change(
        const struct set *set, const struct set_row *row, const struct set_row *told)
{
	const char *mark = "";
	char text[VIEW_WINDOW_MAX];

	printf("    %s:", view_window(row->from, row->to, text));
	for (size_t i = 0; i < set->schema->column_count; i++) {
		const struct set_column *column = &set->schema->columns[i];
		struct view_value then, now;
		bool is = view_column(set, row, column, &then);
		bool was = view_column(set, told, column, &now);

		if (is == was && (!is || strcmp(then.text, now.text) == 0))
			continue;
		printf("%s %s %s", mark, column->name, is ? then.text : "blank");
		mark = ",";
	}
	puts(mark[0] ? "" : " the same");
}

static void print_more(size_t shown, size_t count)
{
	if (count > shown)
		printf("    and %zu more (--limit 0 shows all)\n", count - shown);
}

/* Rows that hold together: those of the day, or if there are none, all. */
static void print_together(const struct found *found, size_t limit)
{
	size_t count = 0, shown = 0;
	bool any = false;
	const struct set_row *row = found->rows;

	for (size_t i = 0; i < found->row_count; i++, row = set_next_row(found->set, row))
		any |= row->from <= found->day && found->day <= row->to;
	row = found->rows;
	for (size_t i = 0; i < found->row_count; i++, row = set_next_row(found->set, row)) {
		if (any && !(row->from <= found->day && found->day <= row->to))
			continue;
		if (count++ < limit) {
			print_row(found->set, row);
			shown++;
		}
	}
	print_more(shown, count);
}

static void print_rows(const struct found *found, size_t limit)
{
	const struct set_row *told = found_row(found), *row = found->rows;
	struct view_value values[VIEW_VALUES_MAX];
	size_t shown = 0;

	if (found->set->schema->many && found->row_count > 1) {
		print_together(found, limit);
		return;
	}
	print_values(values, view_row(found->set, told, values));
	for (size_t i = 0; i < found->row_count; i++, row = set_next_row(found->set, row)) {
		if (row == told)
			continue;
		if (shown++ < limit)
			print_change(found->set, row, told);
	}
	print_more(shown < limit ? shown : limit, shown);
}

static const char *indicator_text(unsigned indicator)
{
	return indicator == PAIR_ALLOWED ? "a modifier may allow both" : "never both";
}

static void print_partners(const struct partner partners[], size_t count, size_t limit)
{
	char text[VIEW_WINDOW_MAX];
	size_t shown = count < limit ? count : limit;

	for (size_t i = 0; i < shown; i++)
		printf("    %s pays, %s does not: %u, %s; %s%s%s\n", partners[i].column1,
		        partners[i].column2, partners[i].indicator,
		        indicator_text(partners[i].indicator),
		        view_window(partners[i].from, partners[i].to, text),
		        partners[i].rationale[0] ? "; " : "", partners[i].rationale);
	print_more(shown, count);
}

static void print_pairs(const struct found *found, size_t limit)
{
	size_t second = found->partner_count - found->as_column1;
	char day[DATE_TEXT_SIZE];

	date_format(found->day == INT32_MAX ? DATE_ABSENT : found->day, day);
	printf("  %s: column 1 of %zu edits, column 2 of %zu%s%s\n", found->code,
	        found->in_force[0], found->in_force[1], day[0] ? ", on " : "", day);
	print_partners(found->partners, found->as_column1, limit);
	print_partners(found->partners + found->as_column1, second, limit);
}

static void print_near(const struct found *found)
{
	if (found->near_count == 0)
		return;
	printf("    %s:", found->near_distance == SIZE_MAX ? "use" : "did you mean");
	for (size_t i = 0; i < found->near_count; i++)
		printf("%s %s", i ? "," : "", found->near[i]);
	if (found->near_more)
		printf(" and %zu more", found->near_more);
	putchar('\n');
}

static void print_found(const struct found *found, size_t limit)
{
	if (found->partners) {
		print_pairs(found, limit);
		return;
	}
	print_verdict(found);
	if (found->values)
		print_values(found->values, found->value_count);
	else if (found->rows)
		print_rows(found, limit);
	print_near(found);
}

void lookup_print_text(const struct lookup *lookup)
{
	size_t limit = lookup->options->limit ? lookup->options->limit : SIZE_MAX;
	const char *name = "";

	if (lookup->count == 0)
		printf("%s: not in any set, nor is one like it\n", lookup->options->code);
	for (size_t i = 0; i < lookup->count; i++) {
		const struct found *found = &lookup->found[i];

		if (strcmp(name, found->name) != 0)
			printf("%s%s: %s (%s)\n", i ? "\n" : "", found->name, found->title,
			        found->release);
		name = found->name;
		print_found(found, limit);
	}
}

/* ---- JSON ---- */

static void json_window(struct json *json, int32_t from, int32_t to)
{
	view_json_day(json, "from", from);
	view_json_day(json, "to", to);
}

static void json_windows(struct json *json, const struct found *found)
{
	struct window windows[WINDOWS_MAX];
	size_t count = found_windows(found, windows, WINDOWS_MAX);

	json_array(json, "windows", false);
	for (size_t i = 0; i < count && i < WINDOWS_MAX; i++) {
		json_object(json, NULL, true);
		json_window(json, windows[i].from, windows[i].to);
		json_end(json);
	}
	json_end(json);
}

static void json_values(struct json *json, const struct view_value values[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		view_json_value(json, &values[i]);
}

static void json_rows(struct json *json, const char *key, const struct found *found)
{
	const struct set_row *row = found->rows;

	json_array(json, key, false);
	for (size_t i = 0; i < found->row_count; i++, row = set_next_row(found->set, row)) {
		struct view_value values[VIEW_VALUES_MAX];

		json_object(json, NULL, true);
		json_window(json, row->from, row->to);
		json_values(json, values, view_row(found->set, row, values));
		json_end(json);
	}
	json_end(json);
}

static void json_partners(struct json *json, const struct found *found)
{
	json_object(json, "attributes", true);
	json_unsigned(json, "as_column_1", found->in_force[0]);
	json_unsigned(json, "as_column_2", found->in_force[1]);
	json_end(json);
	json_array(json, "partners", false);
	for (size_t i = 0; i < found->partner_count; i++) {
		const struct partner *partner = &found->partners[i];

		json_object(json, NULL, true);
		json_text(json, "column_1", partner->column1);
		json_text(json, "column_2", partner->column2);
		json_window(json, partner->from, partner->to);
		json_unsigned(json, "modifier_indicator", partner->indicator);
		json_text(json, "rationale", partner->rationale);
		json_end(json);
	}
	json_end(json);
}

/* An object; where rows hold together an array of them, each with its window.
 */
static void json_attributes(struct json *json, const struct found *found)
{
	struct view_value values[VIEW_VALUES_MAX];

	if (found->partners) {
		json_partners(json, found);
		return;
	}
	if (found->rows && found->set->schema->many) {
		json_rows(json, "attributes", found);
		return;
	}
	json_object(json, "attributes", false);
	if (found->values)
		json_values(json, found->values, found->value_count);
	else if (found->rows)
		json_values(json, values, view_row(found->set, found_row(found), values));
	json_end(json);
	if (found->row_count > 1)
		json_rows(json, "history", found);
}

static void json_near(struct json *json, const struct found *found)
{
	if (found->near_count == 0)
		return;
	json_array(json, found->near_distance == SIZE_MAX ? "use" : "near", true);
	for (size_t i = 0; i < found->near_count; i++)
		json_text(json, NULL, found->near[i]);
	json_end(json);
}

static void json_found(struct json *json, const struct found *found)
{
	static const char *const verdicts[] = {"true", "false", "null"};

	json_object(json, NULL, false);
	json_text(json, "set", found->name);
	json_text(json, "release", found->release);
	json_text(json, "code", found->code);
	json_literal(json, "valid", verdicts[found_verdict(found)]);
	json_windows(json, found);
	json_attributes(json, found);
	json_near(json, found);
	json_end(json);
}

int lookup_print_json(const struct lookup *lookup, struct diag *diag)
{
	struct json json;
	struct out *out;
	int err = out_create_memory(&out, diag);

	if (err)
		return err;
	json_init(&json, out);
	json_array(&json, NULL, false);
	for (size_t i = 0; i < lookup->count; i++)
		json_found(&json, &lookup->found[i]);
	json_end(&json);
	return view_print(out, diag);
}
