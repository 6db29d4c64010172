/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the lines of a beneficiary leave behind, by the beneficiary's hash.
 *
 *   while scanning   a run of adjacent lines of one claim: what they have in
 *                    common, about 30 bytes a payable line, and the texts once
 *   while joining    what became of a claim (out, marked by a finding), and the
 *                    lines that line rules hit, with their hits
 *
 * The records go through partitions like those of claims do, and engine/history
 * walks them.  A line without a person leaves nothing, and is counted.
 */
#ifndef REGROUP_HISTORY_H
#define REGROUP_HISTORY_H

#include "base/diag.h"
#include "claim.h"
#include "lookup/hcc_payable.h"
#include "lookup/side.h"
#include "regroup/claims.h"
#include "regroup/partition.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum history_kind {
	HISTORY_RUN,      /* regroup/history_pack.h: a run, its lines, its texts */
	HISTORY_VERDICT,  /* struct history_verdict */
	HISTORY_FINDINGS, /* struct history_findings, with what it says behind it */
	HISTORY_HITS,     /* a line_record (regroup/claims_private.h): a line that line rules hit */
};

/* The kind is what these bits of a record's say; runs have others beside. */
enum { HISTORY_KIND_MASK = 3 };

/* Bits of a line's flags. */
enum {
	PAST_SAME_DAY = 1 << 0, /* has a day of its own */
	PAST_NEGATIVE = 1 << 1,
	PAST_BACKWARD = 1 << 2, /* ends before it begins */
	PAST_OWN = 1 << 3,      /* the line says itself when it was */
	PAST_DENIED = 1 << 4,
};

/* A line, payable but for PAST_DENIED.  Its code's ref (lookup/codes.h) takes what bits are left.
 */
struct history_line {
	uint64_t digest; /* of the whole record */
	uint64_t code : 56, ref_high : 8;
	int64_t units;  /* AMOUNT_ABSENT: blank */
	int64_t amount; /* by the run's basis; AMOUNT_ABSENT: blank */
	int64_t charge;
	int32_t line;
	int32_t from;   /* DATE_ABSENT: none */
	uint16_t span;  /* days from from to thru; UINT16_MAX: that or more */
	uint16_t place; /* of institutional lines the revenue code */
	uint16_t modifiers[MODIFIERS_MAX];
	uint16_t flags : 5, ref_low : 11;
};
_Static_assert(sizeof(struct history_line) == 64, "a line is a cache line");

enum {
	HISTORY_REF_LOW = 11,
	HISTORY_REF_LOW_MASK = (1 << HISTORY_REF_LOW) - 1,
	HISTORY_REF_BITS = HISTORY_REF_LOW + 8
};

/* The ref of its code on its day; 0: none, or one beyond half a million. */
static inline uint32_t history_ref(const struct history_line *line)
{
	return (uint32_t)line->ref_high << HISTORY_REF_LOW | line->ref_low;
}

/* Lines that stand together and are equal in all this. */
struct history_run {
	uint64_t person; /* key */
	uint64_t claim;
	uint64_t same;      /* id of the same provider (contract, section 1); 0: none */
	uint64_t tin;       /* billing TIN, else billing NPI of an organisation; 0: none */
	uint32_t provider;  /* dense number in profile */
	int32_t order_date; /* received, else paid; INT32_MAX: neither */
	/* Of institutional lines, and of others that have a bill type; else absent. */
	int32_t claim_start, claim_end, admission, discharge;
	uint32_t bill_type;
	uint16_t specialty, status, drg;
	uint16_t lines;
	uint8_t claim_type, setting;
	uint8_t apart; /* amounts are the claim's: they count on its lowest line; HISTORY_APART_* */
	uint32_t diagnoses; /* groups of the claim's diagnoses, with HISTORY_NEEDS_DIAGNOSES */
	uint32_t claim_id_size, data_source_size, person_id_size;
	uint32_t facts;    /* HISTORY_CONDITION... and the hospital's kind, of institutional lines;
	                      HISTORY_IN_PERSON, entity type; of professional ones HISTORY_NOT_TEACHING
	                    */
	uint16_t carc;     /* of its lines, which were denied: the least that denies (claim.h) */
	uint16_t year;     /* of service, with HISTORY_NEEDS_HCC; else 0 */
	uint64_t ordering; /* of DMEPOS lines: who ordered; 0: none, or not usable */
	uint64_t diagnosis_sum; /* hashes of all its lines' diagnoses, with HISTORY_NEEDS_CLONES */
	struct hcc_bits hcc;    /* categories of the diagnoses of all its lines */
	const struct history_line *line_list;
	const char *texts;
};

/*
 * Does the file have condition codes; are among them 51, unrelated outpatient
 * services, 42, home health not for the stay's illness, 43, home health later than
 * three days?
 */
enum {
	HISTORY_CONDITIONS = 1 << 0,
	HISTORY_CONDITION_51 = 1 << 1,
	HISTORY_CONDITION_42 = 1 << 5,
	HISTORY_CONDITION_43 = 1 << 6
};

/* Of professional lines, with HISTORY_NEEDS_TEACHING: the providers file has the facility's no. */
enum { HISTORY_NOT_TEACHING = 1 << 7 };

/* Of all lines: is the provider who rendered it (the same provider); its entity type, two bits. */
enum { HISTORY_IN_PERSON = 1 << 2, HISTORY_ENTITY_SHIFT = 3 };

/* Of all lines: do the file's columns say which were denied? */
enum { HISTORY_DENIAL_TOLD = 1 << 16 };

/*
 * Of inpatient lines, with HISTORY_NEEDS_SEVERITY: CCs and MCCs among the secondary
 * diagnoses, where the set covers the day.
 */
enum history_severity { SEVERITY_UNTOLD, SEVERITY_NONE, SEVERITY_SINGLE, SEVERITY_SEVERAL };
enum { HISTORY_SEVERITY_SHIFT = 17 };

static inline enum history_severity history_severity(const struct history_run *run)
{
	return (enum history_severity)(run->facts >> HISTORY_SEVERITY_SHIFT & 3);
}

/* NULL: its diagnoses are in no category. */
static inline const struct hcc_bits *history_hcc(const struct history_run *run)
{
	return run->hcc.words[0] | run->hcc.words[1] ? &run->hcc : NULL;
}

/* Of all lines: they are of the tail of earlier months (--history; LINE_OLD). */
enum { HISTORY_OLD = 1 << 30 };

/* What the CCN says the hospital is, in facts. */
enum { HISTORY_HOSPITAL_SHIFT = 8 };
enum history_hospital {
	HOSPITAL_UNKNOWN,
	HOSPITAL_SHORT_TERM, /* of subsection (d), paid by DRG */
	HOSPITAL_EXCLUDED,   /* psychiatric, rehabilitation, long-term, children's, and units */
	HOSPITAL_CRITICAL,   /* critical access, and its units */
};

static inline enum history_hospital history_hospital(const struct history_run *run)
{
	return (enum history_hospital)(run->facts >> HISTORY_HOSPITAL_SHIFT & 0xff);
}

enum { HISTORY_APART_AMOUNT = 1, HISTORY_APART_CHARGE = 2 };

/* Billing instead of a rendering NPI: equal only to the like. */
#define HISTORY_BILLING ((uint64_t)1 << 63)

static inline bool history_is_old(const struct history_run *run)
{
	return run->facts & HISTORY_OLD;
}

static inline const struct history_line *history_lines(const struct history_run *run)
{
	return run->line_list;
}

/* Texts, one behind the other: claim id, data source, person id. */
static inline const char *history_texts(const struct history_run *run)
{
	return run->texts;
}

enum {
	VERDICT_OUT = 1 << 0, /* void, voided or superseded: nothing of it takes part */
	VERDICT_NEGATIVE =
	        1 << 1,          /* its negative lines take no part: their original is not there */
	VERDICT_MARKED = 1 << 2, /* a finding of the claim marks all its lines */
	VERDICT_ALONE = 1 << 3,  /* ... the only one so far: dollars may be unique */
};

struct history_verdict {
	struct record_head head; /* key: the person's */
	uint64_t claim;
	int64_t dollars;       /* of the claim's finding, where it stands alone */
	uint32_t share, whole; /* of a line's amount, that is in dollars_flagged already */
	uint8_t flags, rule;
	uint8_t pad[6];
};

/*
 * What joining found of a claim, of which the rules of histories may say more.
 * Behind it: its lowest run_record, a struct provider_lines for each of its
 * providers, and packed hits (regroup/claims_private.h).
 */
struct history_findings {
	struct record_head head; /* key: the person's of the lowest line */
	uint64_t claim;
	int64_t amount;
	uint32_t providers, hits;
	uint8_t denied;
	uint8_t pad[7];
};

/* ---- Emitting: one a worker ---- */

struct history_emitter;

/*
 * What rules read, as bits: of a run what it does not leave unasked, and which of
 * the payable lines.  A run is always left, if with no line: whose beneficiary it
 * was is counted.
 */
enum {
	HISTORY_NEEDS_DIAGNOSES = 1 << 0, /* regroup/diagnosis_groups.h */
	HISTORY_NEEDS_TEACHING = 1 << 1,
	HISTORY_NEEDS_CLONES = 1 << 2, /* diagnosis_sum of runs, for what claims have alike */
	HISTORY_NEEDS_SEVERITY = 1 << 3,
	HISTORY_NEEDS_HCC = 1 << 4,
	HISTORY_NEEDS = HISTORY_NEEDS_DIAGNOSES | HISTORY_NEEDS_TEACHING | HISTORY_NEEDS_CLONES |
	                HISTORY_NEEDS_SEVERITY | HISTORY_NEEDS_HCC,

	HISTORY_VISITS = 1 << 8,     /* professional, of an E/M family */
	HISTORY_OPERATIONS = 1 << 9, /* professional, with a global period of 0, 10 or 90 days */
	HISTORY_PROFESSIONAL = 1 << 10,
	HISTORY_INSTITUTIONAL = 1 << 11, /* all of them: a stay is what all its lines say */
	HISTORY_OTHERS = 1 << 12,        /* dental, or of no type */
	HISTORY_DENIED_VISITS = 1 << 13, /* visits that are not payable, for they were denied */
	HISTORY_DENIED_LINES = 1 << 14,  /* ... whatever they are */
	HISTORY_LINES = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL | HISTORY_OTHERS,
};

struct history_emit_options {
	struct partitions *partitions;
	const struct side *providers; /* NULL: none */
	const struct codes *codes;
	const struct set *severities;  /* the set drg_cc, verified; NULL: none */
	const struct hcc_payable *hcc; /* NULL: none */
	unsigned needs;                /* of all rules that are active */
};

int history_emitter_create(struct history_emitter **emitter,
        const struct history_emit_options *options, struct diag *diag);
void history_emitter_destroy(struct history_emitter *emitter); /* takes NULL */

/* Set or clear LINE_PAST of a batch's lines: before claims_emit() and history_emit(). */
void history_mark(const struct history_emitter *emitter, struct batch *batch);

/*
 * Leave the records of a batch, whose providers are resolved.  basis: the
 * amount of the run; levels: as claims_emit().
 *
 * Returns 0, or a negative errno whose words history_emit_finish() tells.
 */
int history_emit(struct history_emitter *emitter, const struct batch *batch, enum amount basis,
        const enum amount_level levels[AMOUNTS]);
int history_emit_finish(struct history_emitter *emitter, struct diag *diag);

/* Lines of service that belong to no person, those of the tail left out. */
uint64_t history_nobody(const struct history_emitter *emitter);

#endif
