/* SPDX-License-Identifier: Apache-2.0 */
#include "report/run_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int run_rows_check(const struct run_folder *folder, const struct json_tree *manifest,
        const char *table, uint64_t rows, struct diag *diag)
{
	const struct json_value *counts = json_read_member(json_read_root(manifest), "counts");
	const struct json_value *count = json_read_member(json_read_member(counts, "out"), table);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, rows);
	if (!count || strcmp(json_read_text(count), text) == 0)
		return 0;
	return diag_set(diag, FAIL_DATA,
	        "%s/%s.csv:%" PRIu64 ": the table ends here; manifest.json has another count of "
	        "its rows",
	        folder->path, table, rows + 1);
}
