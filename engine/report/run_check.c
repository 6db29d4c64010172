/* SPDX-License-Identifier: Apache-2.0 */
#include "report/run_check.h"

#include "report/column_types.h"
#include "report/json_read.h"
#include "report/run_rows.h"
#include "report/table_read.h"

#include <stdio.h>

enum { STOP_ROWS = 4096 }; /* between two looks at stopped() */

/* Runs of earlier versions, and public ones, lack what is optional. */
static const struct part {
	const char *name;
	bool is_optional;
} parts[] = {
        {"providers", false},
        {"provider_rules", false},
        {"provider_codes", false},
        {"provider_counts", false},
        {"findings", false},
        {"rules", false},
        {"worklist", true},
        {"compare", true},
        {"norms", true},
};

static int read_rows(struct table_read *table, int (*stopped)(void), struct diag *diag)
{
	struct column_types types;
	int got;

	column_types_of(&types, table);
	while ((got = table_read_next(table, diag)) == 1) {
		int err = column_types_check(&types, table, diag);

		if (err < 0)
			return err;
		if (table_read_rows(table) % STOP_ROWS == 0 && stopped && stopped())
			return FAIL_STOPPED;
	}
	return got;
}

static int check_table(const struct run_folder *folder, const struct json_tree *manifest,
        const struct part *part, int (*stopped)(void), struct diag *diag)
{
	struct table_read *table = NULL;
	char file[64];

	snprintf(file, sizeof(file), "%s.csv", part->name);
	if (part->is_optional && !run_rows_has(manifest, part->name) &&
	        !run_folder_has(folder, file))
		return 0;
	int err = table_read_create(&table, folder, file, diag);

	if (err == 0)
		err = read_rows(table, stopped, diag);
	if (err == 0)
		err = run_rows_check(folder, manifest, part->name, table_read_rows(table), diag);
	table_read_destroy(table);
	return err;
}

int run_check(const struct run_folder *folder, int (*stopped)(void), struct diag *diag)
{
	struct json_tree *manifest = NULL, *quality = NULL;
	int err = json_read_create(&manifest, folder, "manifest.json", diag);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && err == 0; i++)
		err = check_table(folder, manifest, &parts[i], stopped, diag);
	if (err == 0)
		err = json_read_create(&quality, folder, "quality.json", diag);
	json_read_destroy(quality);
	json_read_destroy(manifest);
	return err;
}
