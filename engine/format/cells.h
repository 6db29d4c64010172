/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells: the texts of split records turned into a batch's columns.
 *
 * A column is parsed for all records of a batch at once, by the type of its
 * field, so that no branch depends on the column inside the loop.
 */
#ifndef FORMAT_CELLS_H
#define FORMAT_CELLS_H

#include "base/level.h"
#include "claim.h"

/*
 * The records of a batch, split.  Field c of record i is the text between the
 * positions separators[i][c - 1] and separators[i][c], both exclusive; there
 * is an entry at [-1].  64 bytes behind every cell are readable.
 */
struct cells {
	const uint8_t *text;
	uint32_t count;
	const uint32_t *separators[BATCH_LINES];
};

/* What was seen in a field's cells. */
struct cell_counts {
	uint64_t present, blank, invalid, repaired;
};

enum cell_type {
	CELL_NONE,
	CELL_TEXT,
	CELL_LINE,
	CELL_CLAIM_TYPE,
	CELL_DATE,
	CELL_TWO_DIGITS,
	CELL_TWO_CHARS,
	CELL_BILL_TYPE,
	CELL_NUMBER,
	CELL_UNITS,
	CELL_MONEY,
	CELL_CODE,
	CELL_CODE_ADMITTING,
	CELL_POINTED_CODE,
	CELL_MODIFIER,
	CELL_PROVIDER,
	CELL_TIN,
	CELL_CCN,
	CELL_CODE_TYPE,
	CELL_DIAGNOSIS,
	CELL_PROCEDURE,
	CELL_SEX,
	CELL_TAXONOMY,
	CELL_ENTITY,
	CELL_FREQUENCY,
	CELL_DENIED,
	CELL_CARC,
	CELL_POINTER,
	CELL_CONDITION,
	CELL_CHARACTER,
	CELL_RIF_TYPE,
	CELL_RIF_PROCESSING,
	CELL_RIF_DENIAL,
	CELL_RIF_FINAL,
	CELL_RIF_DML,
	CELL_TYPES
};

/* The name of a field as the contract spells it; "" for a part. */
const char *field_name(enum field field);
enum cell_type field_type(enum field field);

/* Columns of the layout that stand next to each other, of one type. */
struct cell_group {
	enum field field; /* of the first */
	uint32_t column;  /* of the first */
	uint32_t count;
};

struct cells_hot {
	/* Parse one group into the batch; counts is indexed by field. */
	void (*parse)(const struct cells *cells, const struct cell_group *group,
	        struct batch *batch, struct cell_counts counts[FIELD_COUNT]);

	/* Make groups of columns that stand next to each other blank, as parse() does where
	 * cells_may_blank() and every cell of theirs is empty; else nothing, and false. */
	bool (*blank)(const struct cells *cells, const struct cell_group groups[], uint32_t count,
	        struct batch *batch);
};

/* Is a group of a type that is often empty throughout? */
bool cells_may_blank(const struct cell_group *group);

extern const struct cells_hot cells_hot_scalar, cells_hot_avx2, cells_hot_avx512;
const struct cells_hot *cells_hot_at(enum level level);

/* Slow paths and what batches begin with. */
int cells_parse_decimal(const uint8_t *text, size_t size, unsigned places, int64_t *value);
void batch_clear(struct batch *batch); /* every column blank */

/* An id from a text, without blanks: ID_BLANK for none. */
uint64_t cells_provider_id(const uint8_t *text, size_t size, bool *repaired);

/* Ten digits: is the check digit right (Luhn with 80840 in front)? */
bool npi_check(uint64_t digits);

#endif
