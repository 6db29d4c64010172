/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of findings.csv as one byte string whose order as bytes is the order
 * of the rows, so that sorting and merging compare with memcmp:
 *
 *     rule | kind 0 | claim_id 0 | line | other_claim_id 0 | other_line |
 *     severity | data_source 0 | npi 0 | id_kind 0 | person 0 | ... | dollars 0
 *
 * Texts end in NUL (the formats let none through), a line is a byte that says
 * whether there is one and four bytes, highest first.  A row's string is never
 * the beginning of another's.  Authority follows from the rule.
 */
#ifndef REPORT_ROW_H
#define REPORT_ROW_H

#include "regroup/finding.h"
#include "report/run.h"

#include <stddef.h>
#include <stdint.h>

enum { ROW_FIXED_MAX = 1024 }; /* bytes of a row besides the finding's own texts */

/* What a finding does not carry itself. */
struct row_names {
	const char *npi, *id_kind, *person;
};

/* Bytes that row_pack() may need. */
size_t row_size_max(const struct finding *finding, const struct row_names *names);

/* Write the row; returns its size. */
size_t row_pack(uint8_t *to, const struct finding *finding, const struct row_names *names);

/* The claim id of a packed row; the text lives as long as the row. */
struct text row_claim(const uint8_t *row);

/* Rows by their lines, blank first: below, equal, above 0.  The second asks for a line by itself.
 */
int row_compare_lines(const uint8_t *a, const uint8_t *b);
int row_compare_line(bool has_line, int32_t line, const uint8_t *row);

/* The header, and a packed row, as lines of findings.csv. */
void row_write_header(struct out *out);
void row_write(struct out *out, const uint8_t *row);

/* The text of a code word, NUL behind it; "" for blank and for what could not be read. */
enum { WORD_TEXT_SIZE = 8 };
size_t word_text(uint64_t word, char text[WORD_TEXT_SIZE]);

/* "npi", "npi_bad_check", "ccn", "tin", "other", "none" of an id. */
const char *id_kind_name(uint64_t id);

/* "info", "low", "medium", "high". */
const char *severity_name(unsigned severity);

#endif
