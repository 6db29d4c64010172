/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --map FILE: the user's own names, or positions, for the canonical fields.
 *
 *	# canonical name = column of the file
 *	claim_id = ClaimNo
 *	rendering_npi = "Provider NPI"
 *	delimiter = |
 *	header = no          (then columns are 1-based positions)
 */
#ifndef FORMAT_MAP_H
#define FORMAT_MAP_H

#include "base/diag.h"
#include "claim.h"

#include <stdbool.h>
#include <stdint.h>

struct column_map;

/* FAIL_INPUT if it cannot be read, FAIL_TABLE with file and line if it does not parse. */
int column_map_read(struct column_map **map, const char *path, struct diag *diag);
void column_map_destroy(struct column_map *map); /* takes NULL */

/* The field of a column, by name, or by 0-based position if headerless; -1 for none. */
int column_map_find(const struct column_map *map, const char *name, uint32_t position);

/* FAIL_DATA if a file lacks a column that the map names. */
int column_map_check(const struct column_map *map, const struct field_set *found, const char *path,
        struct diag *diag);

bool column_map_headerless(const struct column_map *map);
uint8_t column_map_delimiter(const struct column_map *map); /* 0: detect */

#endif
