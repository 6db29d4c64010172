/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's own JSON, read back: manifest.json and quality.json as trees.
 *
 * Values belong to their tree and die with it.  Wherever a value is taken NULL
 * is taken too, as an empty one, so that paths need no tests on the way.
 */
#ifndef REPORT_JSON_READ_H
#define REPORT_JSON_READ_H

#include "base/diag.h"
#include "report/run_folder.h"

#include <stddef.h>

struct json_tree;
struct json_value;

/* FAIL_INPUT if the file is not there, FAIL_DATA, with its offset, if it is no JSON. */
int json_read_create(struct json_tree **tree, const struct run_folder *folder, const char *name,
        struct diag *diag);
void json_read_destroy(struct json_tree *tree); /* takes NULL */

const struct json_value *json_read_root(const struct json_tree *tree);

/* The member of an object; NULL: none. */
const struct json_value *json_read_member(const struct json_value *value, const char *name);

/* Members of an object or an array, in the file's order. */
size_t json_read_count(const struct json_value *value);
const struct json_value *json_read_at(const struct json_value *value, size_t index);
/* Of an object's; NULL: it is none. */
const char *json_read_name(const struct json_value *value, size_t index);

/* A text as it is, what is none as JSON on one line; "" for NULL and null. */
const char *json_read_text(const struct json_value *value);

#endif
