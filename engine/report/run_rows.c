/* SPDX-License-Identifier: Apache-2.0 */
#include "report/run_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COUNT_TEXT_SIZE = 24 };

/* rules.csv has a row for each rule, whatever its state; the manifest lists them by it. */
static uint64_t count_rules(const struct json_value *rules)
{
	static const char *const states[] = {"on", "watch", "off", "not_evaluable", "not_built"};
	uint64_t count = 0;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		count += json_read_count(json_read_member(rules, states[i]));
	return count;
}

/* What the manifest says, as it is printed there; NULL: nothing. */
static const char *count_text(
        const struct json_tree *manifest, const char *table, char text[COUNT_TEXT_SIZE])
{
	const struct json_value *root = json_read_root(manifest);
	const struct json_value *counts = json_read_member(root, "counts");
	const struct json_value *count = json_read_member(json_read_member(counts, "out"), table);
	const struct json_value *rules = json_read_member(root, "rules");

	if (count)
		return json_read_text(count);
	if (!rules || strcmp(table, "rules") != 0)
		return NULL;
	snprintf(text, COUNT_TEXT_SIZE, "%" PRIu64, count_rules(rules));
	return text;
}

bool run_rows_has(const struct json_tree *manifest, const char *table)
{
	char text[COUNT_TEXT_SIZE];
	const char *count = count_text(manifest, table, text);

	return count && strcmp(count, "0") != 0;
}

int run_rows_check(const struct run_folder *folder, const struct json_tree *manifest,
        const char *table, uint64_t rows, struct diag *diag)
{
	char text[COUNT_TEXT_SIZE], found[COUNT_TEXT_SIZE];
	const char *count = count_text(manifest, table, text);

	snprintf(found, sizeof(found), "%" PRIu64, rows);
	if (!count || strcmp(count, found) == 0)
		return 0;
	return diag_set(diag, FAIL_DATA,
	        "%s/%s.csv:%" PRIu64 ": the table ends here; manifest.json has another count of "
	        "its rows",
	        folder->path, table, rows + 1);
}
