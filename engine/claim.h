/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one shape that all stages share: a batch of claim lines, column by
 * column.  A format fills it, lookup resolves its codes, rules judge it,
 * profile adds it up, regroup keeps what the claim rules need.
 *
 * Absent is not zero.  Each column has a value that says "blank on this line"
 * (below); that a file has no such column at all is told by layout.bound.
 * Unbound columns are filled with the blank value once, when the layout is
 * set, so that any stage may read any column.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include "base/date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BATCH_LINES = 128, /* 256 measures alike on a quiet machine, and lost more on a busy one */
	DIAGNOSES_MAX = 25,
	PROCEDURES_MAX = 25,
	MODIFIERS_MAX = 5,
	POINTERS_MAX = 4,
	CONDITIONS_MAX = 11,
	CARCS_MAX = 4,
};

/* The canonical fields, in the contract's order: format/fields.def. */
enum field {
#define FIELD(symbol, name, type) FIELD_##symbol,
#include "format/fields.def"
#undef FIELD
	FIELD_COUNT
};

/* A set of fields. */
struct field_set {
	uint64_t words[4];
};

static inline bool field_set_has(const struct field_set *set, enum field field)
{
	return set->words[field / 64] >> (field % 64) & 1;
}

static inline void field_set_add(struct field_set *set, enum field field)
{
	set->words[field / 64] |= (uint64_t)1 << (field % 64);
}

/* Money: int64_t cents.  Units: int64_t ten-thousandths. */
#define AMOUNT_ABSENT INT64_MIN

/*
 * The most that a line may say either way, in cents and in ten-thousandths of a
 * unit: a hundred billion dollars, a billion units.  Beyond it a number is
 * invalid, so that sums of a million such lines still fit.
 */
#define AMOUNT_MOST INT64_C(10000000000000)
enum { UNITS_ONE = 10000 };

/* Line numbers. */
enum { LINE_ABSENT = INT32_MIN };

/*
 * A code in a word: its upper-case bytes, first byte lowest, at most 7; the
 * top byte is 0 here (a look-up puts the tag of the code system there).
 * 0 is blank.
 */
#define CODE_BLANK ((uint64_t)0)
#define CODE_UNREADABLE ((uint64_t)0x00ffffffffffffff) /* over 7 bytes, or not ASCII */

/* Modifiers, places of service, discharge status: two characters, first lowest; 0 blank. */
#define TWO_CHARS(a, b) ((uint16_t)((uint8_t)(a) | (uint8_t)(b) << 8))

/* Numbers of four digits at most (revenue code, DRG). */
enum { NUMBER_BLANK = 0xffff, NUMBER_INVALID = 0xfffe };

enum claim_type {
	CLAIM_UNDETERMINED,
	CLAIM_PROFESSIONAL,
	CLAIM_INSTITUTIONAL,
	CLAIM_DENTAL,
	CLAIM_TYPES
};

enum sex { SEX_BLANK, SEX_MALE, SEX_FEMALE, SEX_UNKNOWN };

enum code_type { CODE_TYPE_BLANK, CODE_TYPE_ICD10, CODE_TYPE_ICD9, CODE_TYPE_OTHER };

/* What a rule's tables are chosen by: contract, section 3, "Setting of a claim". */
enum setting {
	SETTING_UNDETERMINED,
	SETTING_PRACTITIONER, /* professional and ASC */
	SETTING_OUTPATIENT,   /* hospital tables */
	SETTING_DME,
	SETTING_NONE, /* inpatient, hospice, home health, dental: never in scope of NCC and MOD */
};

/*
 * An id as a word: the kind on top, then for ten digits their value, else the
 * low 60 bits of the text's hash.  0 is blank.
 */
enum id_kind {
	ID_BLANK,
	ID_NPI,       /* ten digits, first 1 or 2, check digit right */
	ID_BAD_CHECK, /* ten digits, not so */
	ID_PLACEHOLDER,
	ID_CCN,
	ID_TIN,
	ID_OTHER,
	ID_NONE, /* the one row of lines without a provider */
};
#define ID_KIND_SHIFT 60
#define ID_VALUE_MASK (((uint64_t)1 << ID_KIND_SHIFT) - 1)

static inline enum id_kind id_kind(uint64_t id)
{
	return (enum id_kind)(id >> ID_KIND_SHIFT);
}

/* May it be somebody's?  Lines of nobody in particular have no provider to judge. */
static inline bool id_is_somebody(enum id_kind kind)
{
	return kind != ID_NONE && kind != ID_BLANK && kind != ID_PLACEHOLDER;
}

/* A text in the current view: batch->text + at.  Dies with the view. */
struct slice {
	uint32_t at;
	uint32_t size;
};

/* How the lines of one kind of file are read; format/layout.h. */
struct layout;

/* Bits of batch.line_flags. */
enum {
	LINE_DENIED = 1 << 0,
	LINE_TOTAL = 1 << 1,      /* revenue code 0001: no line of service */
	LINE_SUPERSEDED = 1 << 2, /* the file says so (FINAL_ACTION N, DML_IND DELETE) */
	LINE_ADJUSTMENT = 1 << 3, /* frequency 7 or 8, and the like */
	LINE_VOID = 1 << 4,       /* ... of these, a void */
	LINE_PAYABLE = 1 << 5,    /* not denied, not superseded by its own fields, not void, units
	                             absent or > 0 */
	LINE_NEGATIVE = 1 << 6,   /* an amount below zero */
	LINE_OUTSIDE = 1 << 7,    /* outside --dates: used, takes part in nothing */
	LINE_SAME_DAY = 1 << 8,   /* has a day of its own: evaluable for same-day rules */
	LINE_DUE = 1 << 9,        /* a line of service inside --dates: what the rules look at */
	LINE_PAST = 1 << 10, /* leaves itself to its beneficiary's history (regroup/history.h) */
	LINE_OLD = 1 << 11, /* of the tail of earlier months (--history): evidence, judged before */
};

/* Bits of batch.said. */
enum {
	SAID_DENIED = 1,     /* denied_flag 1, or a RIF column's word for it */
	SAID_CARC = 2,       /* a CARC that is more than cost sharing or a contract's write-off */
	SAID_SUPERSEDED = 4, /* FINAL_ACTION N, DML_IND DELETE */
	SAID_UPDATE = 8,     /* DML_IND UPDATE */
};

/*
 * A CARC as a number: its own, or that of a letter and two digits (A1, B7, P12)
 * from CARC_LETTERS on.  CARC_OTHER: neither.
 */
enum { CARC_LETTERS = 1000, CARC_OTHER = CARC_LETTERS + 26 * 100 };

enum { COUNTED_CHARGE = 1, COUNTED_ALLOWED = 2, COUNTED_PAID = 4 };

#define COLUMN __attribute__((aligned(64)))

struct batch {
	uint32_t count;         /* lines in use */
	uint32_t layout_number; /* of the run's layouts, from 0 */
	const struct layout *layout;
	const uint8_t *text; /* what slices point into */

	/* Of delimited records, as struct cells has them (format/cells.h); else NULL. */
	const uint32_t *const *separators;

	/*
	 * The lines come from a pack: their keys and digests are there, their
	 * records are not.
	 */
	bool kept;

	/*
	 * ... and in this chunk of it is all that there is of their claims and
	 * persons: format/pack.h.
	 */
	bool whole;

	/* The whole record, without its line end, and its hash: regroup/digest.h. */
	struct slice record[BATCH_LINES] COLUMN;
	uint64_t digest[BATCH_LINES] COLUMN; /* if kept */

	/* Identifying texts. */
	struct slice claim_id[BATCH_LINES] COLUMN;
	struct slice person_id[BATCH_LINES] COLUMN;
	struct slice data_source[BATCH_LINES] COLUMN;
	struct slice original_claim_id[BATCH_LINES] COLUMN;
	uint64_t claim_key[BATCH_LINES] COLUMN;  /* hash of (data_source, claim_id) */
	uint64_t person_key[BATCH_LINES] COLUMN; /* hash of person_id; 0 blank */
	uint64_t
	        original_key[BATCH_LINES] COLUMN; /* as claim_key, of the claim replaced; 0 blank */
	int32_t line_number[BATCH_LINES] COLUMN;

	/* Providers as ids, and their texts. */
	uint64_t rendering[BATCH_LINES] COLUMN;
	uint64_t billing[BATCH_LINES] COLUMN;
	uint64_t facility[BATCH_LINES] COLUMN;
	uint64_t ordering[BATCH_LINES] COLUMN;
	uint64_t billing_tin[BATCH_LINES] COLUMN;
	uint64_t billing_ccn[BATCH_LINES] COLUMN;
	struct slice rendering_text[BATCH_LINES] COLUMN;
	struct slice billing_text[BATCH_LINES] COLUMN;
	struct slice facility_text[BATCH_LINES] COLUMN;
	struct slice tin_text[BATCH_LINES] COLUMN;
	struct slice ccn_text[BATCH_LINES] COLUMN;
	uint16_t specialty[BATCH_LINES] COLUMN;   /* CMS specialty, two characters; 0 blank */
	uint16_t state[BATCH_LINES] COLUMN;       /* two letters; 0 blank */
	uint64_t taxonomy[BATCH_LINES][2] COLUMN; /* ten characters; 0 blank */
	uint8_t entity_type[BATCH_LINES] COLUMN;  /* 1, 2; 0 blank */

	/* Dates. */
	int32_t claim_start[BATCH_LINES] COLUMN;
	int32_t claim_end[BATCH_LINES] COLUMN;
	int32_t line_start[BATCH_LINES] COLUMN;
	int32_t line_end[BATCH_LINES] COLUMN;
	int32_t admission[BATCH_LINES] COLUMN;
	int32_t discharge[BATCH_LINES] COLUMN;
	int32_t paid_date[BATCH_LINES] COLUMN;
	int32_t received[BATCH_LINES] COLUMN;
	int32_t birth[BATCH_LINES] COLUMN;
	int32_t death[BATCH_LINES] COLUMN;

	/* Codes. */
	uint64_t hcpcs[BATCH_LINES] COLUMN;
	uint16_t modifiers[MODIFIERS_MAX][BATCH_LINES] COLUMN;
	uint64_t diagnosis[DIAGNOSES_MAX][BATCH_LINES] COLUMN;
	uint8_t diagnosis_count[BATCH_LINES] COLUMN; /* up to the last that is not blank */
	uint64_t procedure[PROCEDURES_MAX][BATCH_LINES] COLUMN; /* ICD procedures */
	uint8_t procedure_count[BATCH_LINES] COLUMN;
	uint64_t admitting[BATCH_LINES] COLUMN;
	uint64_t pointed_code[BATCH_LINES] COLUMN; /* a pointer given as a code (RIF); else 0 */
	uint8_t pointer[POINTERS_MAX][BATCH_LINES] COLUMN; /* 1-based; 0 blank */
	uint16_t condition[CONDITIONS_MAX][BATCH_LINES] COLUMN;
	uint16_t revenue[BATCH_LINES] COLUMN; /* number; NUMBER_BLANK, NUMBER_INVALID */
	uint16_t drg[BATCH_LINES] COLUMN;
	uint32_t bill_type[BATCH_LINES] COLUMN; /* three characters, first lowest; 0 blank */
	uint16_t place[BATCH_LINES] COLUMN;     /* place of service */
	uint16_t discharge_status[BATCH_LINES] COLUMN;
	uint8_t frequency[BATCH_LINES] COLUMN;      /* a character; 0 blank */
	uint8_t claim_type[BATCH_LINES] COLUMN;     /* enum claim_type */
	uint8_t diagnosis_type[BATCH_LINES] COLUMN; /* enum code_type */
	uint8_t sex[BATCH_LINES] COLUMN;            /* enum sex */

	/* Amounts, as read; their level is the layout's. */
	int64_t units[BATCH_LINES] COLUMN;
	int64_t charge[BATCH_LINES] COLUMN;
	int64_t allowed[BATCH_LINES] COLUMN;
	int64_t paid[BATCH_LINES] COLUMN;

	/* What denial and replacement columns said; read by format/normalise. */
	uint8_t said[BATCH_LINES] COLUMN;         /* bits SAID_* */
	uint16_t carc[BATCH_LINES] COLUMN;        /* the least CARC that denies; 0 none */
	uint8_t bill_part[2][BATCH_LINES] COLUMN; /* RIF: facility, class */
	uint8_t rif_type[BATCH_LINES] COLUMN;     /* NCH_CLM_TYPE_CD as a number; 0 blank */

	/* Worked out by format/normalise once a batch. */
	int32_t service_from[BATCH_LINES] COLUMN; /* service date; DATE_ABSENT */
	int32_t service_thru[BATCH_LINES] COLUMN;
	uint16_t line_flags[BATCH_LINES] COLUMN;
	uint8_t setting[BATCH_LINES] COLUMN;   /* enum setting */
	uint8_t inpatient[BATCH_LINES] COLUMN; /* TOB 11x 18x 21x 41x */

	uint64_t provider_id[BATCH_LINES] COLUMN; /* of the line, by --by; ID_NONE << ID_KIND_SHIFT
	                                             for none */
	struct slice provider_text[BATCH_LINES] COLUMN;
	int64_t counted_charge[BATCH_LINES] COLUMN;  /* what profile adds on this line: 0 where */
	int64_t counted_allowed[BATCH_LINES] COLUMN; /* absent, or of claim level */
	int64_t counted_paid[BATCH_LINES] COLUMN;
	uint8_t counted_present[BATCH_LINES] COLUMN; /* bits COUNTED_*: there and of line level */

	/* Worked out by lookup: index into the code sets' attributes; 0 unknown or blank. */
	uint32_t hcpcs_ref[BATCH_LINES] COLUMN;
	uint32_t diagnosis_ref[DIAGNOSES_MAX][BATCH_LINES] COLUMN;
	uint32_t procedure_ref[PROCEDURES_MAX][BATCH_LINES] COLUMN;

	/* Worked out by profile: the dense number of the line's provider. */
	uint32_t provider[BATCH_LINES] COLUMN;
};

#endif
