/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Line and claim rules over batches.
 *
 * One file defines a rule, one line in rules.def adds it.  A rule has one or
 * more checks: what is counted on its own (VAL-06 has one a kind, VAL-07 one a
 * role, most rules have one).  Each check is a bit in the masks below.
 *
 * judge() only marks lines of a batch, in loops that a compiler can vectorise.  tell() is called
 * for the few lines that were hit, and works out kind, severity, dollars and detail.
 *
 * A check of scope CLAIM is judged on each line as if that line were the
 * lowest-numbered of its claim; regroup takes the bits of the one that is.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "base/level.h"
#include "claim.h"
#include "lookup/codes.h"
#include "lookup/payer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CHECKS_MAX = 64,         /* bits of a mask */
	LINE_CHECKS_MAX = 32,    /* checks of scope LINE are bits 0 to 31, all others from 32 on */
	CHECKS_OF_RULE_MAX = 16, /* VAL-06 has twelve */
	HIT_DETAIL_MAX = 240,
	RULES_ALL = 77, /* rows of rules.csv */
};

enum check_scope {
	CHECK_LINE,
	CHECK_CLAIM,
	CHECK_JOIN, /* judged by regroup itself (VAL-06 line_repeated, SPC-03 mileage_alone); claim
	               bits */
	CHECK_HISTORY, /* judged over a beneficiary's lines (engine/history): no bits */
};

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH };
enum rule_state { STATE_ON, STATE_WATCH, STATE_OFF, STATE_NOT_EVALUABLE, STATE_NOT_BUILT };

struct codes_outside; /* rules/outside.h */
struct coverage;      /* lookup/coverage.h */

/* What a rule may read besides the batch.  Const during a run. */
struct rule_context {
	const struct codes *codes;
	struct field_set
	        bound; /* the fields of the batch's layout, and those that side files give */
	int32_t as_of; /* DATE_ABSENT if not given */
	int32_t death_month_level;       /* 1: death dates are month-level (catalogue TIM-04) */
	const struct payer *payer;       /* the payer's own tables; NULL: none */
	const struct coverage *coverage; /* policies (lookup/coverage.h); NULL: none */

	/* Where lines on days that no set covers are counted: the worker's own.  NULL: not. */
	struct codes_outside *outside;

	/* What rules_find_ready() says of bound; NULL: to be found anew for each batch. */
	const struct rules_ready *ready;
};

/* The rules that judge batches of a layout, active or not, and of each the checks that can. */
struct rules_ready {
	uint32_t count;
	uint8_t rules[RULES_ALL];
	uint16_t checks[RULES_ALL]; /* bits, in the order of rules */
};
_Static_assert((int)CHECKS_OF_RULE_MAX <= 16, "a bit a check");
void rules_find_ready(struct rules_ready *ready, const struct field_set *bound);

struct verdicts {
	uint64_t scope[BATCH_LINES] COLUMN;
	uint64_t evaluated[BATCH_LINES] COLUMN;
	uint64_t hits[BATCH_LINES] COLUMN; /* hits & ~evaluated == 0, evaluated & ~scope == 0 */
};

/* One hit, told.  Dollars are amount * share / whole; 0/1 for none. */
struct hit {
	uint8_t rule;  /* number in rule_at() */
	uint8_t check; /* global bit */
	uint8_t severity;
	uint8_t watch;
	uint32_t share, whole; /* dollars of the hit; whole > 0 */
	uint32_t excess_share,
	        excess_whole; /* regroup appends "; excess=D.DD" if excess_whole > 0 */
	char kind[24];
	char detail[HIT_DETAIL_MAX]; /* "name=value; name=value": always the limit and the value
	                                found */
};

/*
 * The units that a check is about, save what its judge() narrows further:
 * lines of service inside --dates (CHECK_LINE), lines of claims inside --dates
 * (CHECK_CLAIM), and of these ...
 */
enum {
	BASE_PAYABLE = 1 << 0,
	BASE_PROFESSIONAL = 1 << 1,
	BASE_INSTITUTIONAL = 1 << 2,
	BASE_INPATIENT = 1 << 3,
	BASE_SETTING = 1 << 4, /* a setting that NCC and MOD know: not SETTING_NONE */
	BASE_NOT_INSTITUTIONAL = 1 << 5,
};

struct rule_check {
	const char *kind; /* "" where tell() names the kind */
	enum check_scope scope;
	bool watch;   /* watch by default */
	uint8_t base; /* BASE_* */

	/*
	 * Fields without which nothing can be evaluated, ended by FIELD_COUNT;
	 * NULL: none.  The first of a numbered field stands for any of them
	 * (FIELD_DIAGNOSIS_1), FIELD_CLAIM_START for any date of service.
	 * Where one is not bound, every unit of base is in scope and none is
	 * evaluated.
	 */
	const enum field *needs;

	/*
	 * PART_BIT() of the sets that the check judges by.  A line on a day that one
	 * of them does not cover is not evaluated, or judged by the nearest day and
	 * marked so; own_days: judge() asks judging_outside() itself, for some of
	 * its kinds need no set.
	 */
	unsigned parts;
	bool own_days;
};

struct judging; /* rules/judge.h */

struct rule {
	const char *id, *name, *tier, *scope, *hit_unit;
	const char *definition, *traps, *tables, *parameters, *dollars, *evaluated, *authority;
	const char *idle; /* why nothing was evaluated though every column is there */
	const struct rule_check *checks;
	size_t check_count;

	/* Mark the checks, by judging_mark(), over lines [0, batch->count); NULL: of history. */
	void (*judge)(struct judging *judging);

	/*
	 * Fill in the hit of check k on a line: kind, severity, watch, dollars,
	 * excess, detail.  rule, check and the check's own kind and watch are
	 * set by the caller.
	 */
	void (*tell)(const struct rule_context *context, const struct batch *batch, uint32_t line,
	        unsigned k, struct hit *hit);
};

/* All 77 rules in the order of their ids, built or not. */
struct rule_entry {
	const char *id, *name, *family, *tier, *scope, *hit_unit; /* family: "VAL" of "VAL-01" */
	const struct rule *rule;                                  /* NULL: not built */
	uint8_t bits[CHECKS_OF_RULE_MAX]; /* of rule->checks: line bits and claim bits may mix */
	uint8_t precedence;               /* total order on one line, 0 first */
};

/* Number the checks; called once at start.  Asserts what the tables promise. */
void rules_init(void);

/* Judge by the loops of a level from now on (--cpu); rules_init() takes the best. */
void rules_set_level(enum level level);
size_t rules_count(void); /* RULES_ALL */

/*
 * Make a rule of history known, whose judge is not of this folder: its words and
 * checks (CHECK_HISTORY).  After rules_init(); its id stands in rules.def.
 */
void rules_describe(const struct rule *rule);
const struct rule_entry *rule_at(size_t number);
int rule_find(const char *id);  /* number, or -1 */
int check_rule(unsigned check); /* number of the rule that a check bit belongs to, or -1 */
const struct rule_check *check_at(unsigned check);
unsigned checks_used(void); /* highest check bit in use + 1 */

/* Which rules run: by --rules. */
struct rule_selection {
	uint64_t checks; /* bits of active checks */
	bool active[RULES_ALL];
};

/*
 * LIST: "all", "none", ids, families, "-ID" to leave out, comma between.
 * Returns 0 or FAIL_USAGE with a suggestion for a wrong word.
 */
int rules_select(struct rule_selection *selection, const char *list, struct diag *diag);

/* The sets that the checks of a selection judge by: bits of parts. */
unsigned rules_parts(const struct rule_selection *selection);

/* Judge a batch by all active rules.  ns: added cost per rule number, or NULL. */
void rules_judge(const struct rule_selection *selection, const struct rule_context *context,
        const struct batch *batch, struct verdicts *verdicts, uint64_t ns[RULES_ALL]);

/* Tell the hit of one check bit. */
void rules_tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned check, struct hit *hit);

/*
 * Why a rule could judge nothing, given the fields bound in any file of the
 * run: "no column birth_date (or --members)".  Static or in text.
 */
const char *rule_reason(size_t number, const struct field_set *bound, char *text, size_t size);

#endif
