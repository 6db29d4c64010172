/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON, written as it comes: two blanks an indent, one member a line, short
 * objects on one line.  Numbers are integers, or texts that the caller has
 * formatted; bytes that are not UTF-8 (in a path) become U+FFFD.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "report/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 16 };

struct json {
	struct out *out;
	unsigned depth;
	unsigned flat;            /* depth from which all stands on one line; 0: none */
	bool hides;               /* --public: json_count() hides counts of 1 to 10 */
	uint64_t hidden;          /* so many */
	bool any[JSON_DEPTH_MAX]; /* the level has a member already */
	char close[JSON_DEPTH_MAX];
};

void json_init(struct json *json, struct out *out);

/*
 * Begin an object or an array; key is NULL in arrays and at the top.  flat:
 * what is in it stands on one line.
 */
void json_object(struct json *json, const char *key, bool flat);
void json_array(struct json *json, const char *key, bool flat);
void json_end(struct json *json); /* of the innermost; after the outermost a line feed */

void json_text(struct json *json, const char *key, const char *text);
void json_unsigned(struct json *json, const char *key, uint64_t value);
/* A count of lines, claims, persons: null where it is small and the writer hides, or is told to. */
void json_count(struct json *json, const char *key, uint64_t count);
void json_hidden_count(struct json *json, const char *key, uint64_t count, bool hidden);

void json_bool(struct json *json, const char *key, bool value);
void json_date(struct json *json, const char *key, int32_t date); /* null if absent */
void json_literal(struct json *json, const char *key, const char *literal);

/* A quoted and escaped string, by itself. */
void json_put_string(struct out *out, const char *text, size_t size);

#endif
