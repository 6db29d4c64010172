/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims, inside: the forms of the records, and what the rounds share.
 *
 *   claims_emit.c   batch -> RUN, NAME records       claims_line.c  -> LINE records
 *   claims_pack.c   RUN records as they lie, and as they are read
 *   claims_match.c  rounds MATCH and RESOLVE: which adjustment is whose
 *   claims_join.c   round JOIN: a claim's records together
 *   claims_settle.c findings of a line, of a claim; round MILEAGE
 *
 * MATCH and RESOLVE only run where an adjustment names no claim, or where it
 * matters to a negative line whether its claim's original is there.  MILEAGE
 * only runs where there are ambulance miles.  What a round leaves for a later
 * one goes through partitions as well, so that no round needs more memory than
 * a partition a worker.
 */
#ifndef REGROUP_CLAIMS_PRIVATE_H
#define REGROUP_CLAIMS_PRIVATE_H

#include "regroup/claims.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Records ---- */

enum record_kind {
	RECORD_RUN,       /* by claim: adjacent lines of one claim and one provider */
	RECORD_LINE,      /* by claim, then by trip: a line with hits, or with ambulance miles */
	RECORD_NAME,      /* by claim that an adjustment names */
	RECORD_NOTE,      /* by fallback: an adjustment that names no claim */
	RECORD_CANDIDATE, /* by fallback: a claim that such a one may mean */
	RECORD_MATCHED,   /* by claim: its original is there */
	RECORD_OUT,       /* by claim: voided or superseded */
	RECORD_TRIP,      /* by trip: a payable base line */
};

/*
 * A run: its lines are equal in claim, provider, claim type and the flags that
 * RUN_LINE_FLAGS names, so that what is known of them does not hang on where a
 * batch ends.  "Lowest" is the line of lowest number, ties by digest.
 */
enum {
	RUN_DUE = 1 << 0, /* lines of service; else totals */
	RUN_ADJUSTS = 1 << 1,
	RUN_VOID = 1 << 2,
	RUN_NAMED = 1 << 3,           /* adjusts, and has left a NAME */
	RUN_SUPERSEDED = 1 << 4,      /* the file says so */
	RUN_NEGATIVE = 1 << 5,        /* any line */
	RUN_LOWEST_NEGATIVE = 1 << 6, /* the lowest line */
	RUN_OLD = 1 << 7,             /* of the tail of earlier months (--history) */
	/* Sections that follow, in this order; the two others only behind the first. */
	RUN_FACTS = 1 << 8,
	RUN_AMOUNTS = 1 << 9,
	RUN_TEXTS = 1 << 10,
	RUN_LEVELS =
	        1 << 11, /* alone, where the run's amounts are evidence of a level and no more */
	/* In partitions, of runs with facts: what follows is packed (claims_pack.c). */
	RUN_PACKED = 1 << 12,
};

struct run_record { /* 24 bytes, and nothing else, where nothing else can matter */
	struct record_head head;
	uint32_t provider;
	uint32_t flags;
};

/* Of the lowest line, save where it says otherwise. */
struct run_facts {
	uint64_t digest;
	int32_t line;              /* the run is [line, line + lines - 1], or all absent */
	uint32_t lines;            /* of the run */
	uint32_t scope, evaluated; /* of claim checks: bits from LINE_CHECKS_MAX on */
	uint64_t fallback;         /* of an adjustment's original; 0: none */
	int32_t order_date;        /* received, else paid; INT32_MAX: neither */
	int32_t service_from;
	int64_t sums[AMOUNTS]; /* of the run; AMOUNT_ABSENT: on no line */
	uint8_t claim_type;
	uint8_t pad[7];
};

struct run_amounts {
	int64_t amounts[AMOUNTS];
	uint64_t hcpcs;
	uint16_t modifiers[MODIFIERS_MAX];
	uint16_t place;
	uint8_t em_family, em_level;
	uint8_t everywhere, equal; /* bits by amount: on every line of the run; one value on all */
	uint32_t layout;
	uint8_t claim_level; /* bits by amount */
	uint8_t pad[3];
};

struct run_levels {
	int64_t amounts[AMOUNTS]; /* of any line */
	uint32_t lines;
	uint16_t layout;
	uint8_t everywhere, equal; /* as above */
};

struct run_texts {
	uint32_t claim_id_size, data_source_size, person_id_size;
	uint32_t pad;
	char bytes[]; /* one behind the other */
};

struct name_record {
	struct record_head head;
	uint64_t from; /* claim */
	uint64_t old;  /* 1: said by a line of the tail */
};

struct fallback_record {
	struct record_head head;
	uint64_t claim;
	int32_t date;
	uint32_t claim_id_size, data_source_size;
	uint32_t old; /* 1: all of the claim is of the tail */
	char bytes[];
};

/* Ambulance, of a payable line. */
enum {
	TRIP_GROUND = 1 << 0,
	TRIP_AIR = 1 << 1,
	TRIP_GROUND_MILES = 1 << 2,
	TRIP_AIR_MILES = 1 << 3,
	TRIP_ALONE = 1 << 4, /* miles without a base line, as MILEAGE has found */
	TRIP_MILES = TRIP_GROUND_MILES | TRIP_AIR_MILES,
	TRIP_BASES = TRIP_GROUND | TRIP_AIR,
};

struct trip_record {
	struct record_head head;
	uint64_t trips; /* TRIP_* */
};

enum { RULE_NONE = 0xff };

/* What a worker writes, as near and far records. */
enum { NEAR_MAIN, NEAR_FALLBACK, NEAR_ANSWERS, NEAR_TRIPS, NEAR_KINDS };

/* What a claim's findings mean to a line of it. */
struct line_place {
	int64_t amount;  /* by the run's basis */
	int64_t portion; /* of the claim's finding, in dollars_flagged already */
	uint8_t marked;  /* rule of a claim's finding that marks this line, or RULE_NONE */
	uint8_t left;    /* what stands on the claim is settled in its beneficiary's history */
	uint8_t pad[6];
};

struct line_record {
	struct record_head head;
	uint64_t digest;
	uint64_t code;
	int64_t units;
	int64_t amounts[AMOUNTS];
	struct line_place place; /* set by JOIN */
	uint64_t trip;           /* key; 0: not evaluable */
	uint64_t claim;
	uint32_t provider;
	int32_t line, date;
	uint16_t modifiers[MODIFIERS_MAX];
	uint16_t flags; /* of the batch's line */
	uint8_t claim_type, claim_level, trips, hit_count;
	uint32_t claim_id_size, data_source_size, person_id_size;
	char bytes[]; /* hits, then texts */
};

struct packed_hit {
	uint8_t rule, check, severity, watch;
	uint32_t share, whole, excess_share, excess_whole;
	uint8_t kind_size, detail_size;
	uint8_t pad[2];
	char bytes[]; /* kind, detail; to a multiple of four */
};

static inline size_t packed_hit_size(size_t kind_size, size_t detail_size)
{
	return (sizeof(struct packed_hit) + kind_size + detail_size + 3) & ~(size_t)3;
}

static inline const struct run_facts *run_facts(const struct run_record *run)
{
	return run->flags & RUN_FACTS ? (const struct run_facts *)(run + 1) : NULL;
}

static inline const struct run_amounts *run_amounts(const struct run_record *run)
{
	const struct run_facts *facts = (const struct run_facts *)(run + 1);

	return run->flags & RUN_AMOUNTS ? (const struct run_amounts *)(facts + 1) : NULL;
}

static inline const struct run_levels *run_levels(const struct run_record *run)
{
	return run->flags & RUN_LEVELS ? (const struct run_levels *)(run + 1) : NULL;
}

static inline const struct run_texts *run_texts(const struct run_record *run)
{
	const struct run_facts *facts = (const struct run_facts *)(run + 1);
	const struct run_amounts *amounts = (const struct run_amounts *)(facts + 1);

	if (!(run->flags & RUN_TEXTS))
		return NULL;
	return run->flags & RUN_AMOUNTS ? (const struct run_texts *)(amounts + 1)
	                                : (const struct run_texts *)amounts;
}

/* ---- Shared ---- */

enum phase { PHASE_MATCH, PHASE_RESOLVE, PHASE_JOIN, PHASE_MILEAGE, PHASE_DONE };

enum { FILTER_BITS = 25 }; /* 4 MiB: which fallbacks are wanted; others leave no candidate */

struct claims {
	struct claims_options options;
	uint64_t claim_checks;           /* active ones of scope CLAIM */
	uint64_t line_checks;            /* ... of scope LINE */
	int check_repeated, check_miles; /* bits of the join checks, or -1 if not active */
	bool judged; /* claim checks, or line_repeated: runs keep facts and texts */

	/* Seen while emitting. */
	atomic_bool named, unnamed, negative;
	_Atomic uint64_t *filter;

	struct partitions *fallback, *answers, *trips;
	enum phase phase;
	atomic_uint next; /* partition to be taken */
	struct claims_settled settled;

	pthread_mutex_t lock; /* of what follows; taken once a worker and round */
	struct claims_totals totals;
	struct level_count (*levels)[AMOUNTS];
	uint32_t layouts;
};

/* A claim's lines of one provider, those of the tail left out. */
struct provider_lines {
	uint32_t provider;
	uint32_t fresh; /* runs that are not of the tail: it has the claim */
	uint64_t lines; /* of service */
};

/* One hit of a line or a claim, its texts where they stand. */
struct hit_view {
	uint8_t rule, check, severity;
	bool watch;
	uint32_t share, whole, excess_share, excess_whole;
	struct text kind, detail;
};

/* Claims of providers are added in one go: their counters are misses that then overlap. */
enum { CLAIMED_MAX = PROFILE_CLAIMS_MAX };

enum {
	HITS_MAX = CHECKS_MAX + 2, /* and one that a join check adds */
	DETAIL_TAIL_MAX = 96,      /* "; excess=", "; superseded_by=" */
	DETAIL_ROOM = HIT_DETAIL_MAX + DETAIL_TAIL_MAX,
};

/* Arrays that grow. */
struct scratch {
	void *data;
	size_t capacity; /* bytes */
};

/* Records of one kind of a chunk whose lines stand whole: one partition, used again and again. */
struct near {
	struct partitions *partitions;
	struct partition_writer *writer;
};

/*
 * The claim at hand of a chunk whose lines stand whole, as long as all its runs have
 * no sections or levels alone: it never becomes a record.
 */
enum { AT_HAND_RUNS = 32 };
struct at_hand {
	uint64_t key;
	bool elsewhere; /* its runs are records */
	uint32_t count;
	struct {
		struct run_record run;
		struct run_levels levels;
	} runs[AT_HAND_RUNS];
};

/* Bits by claim type, of claims that stand whole. */
struct whole_types {
	unsigned more;   /* lines leave more than that they are there */
	unsigned levels; /* ... than that, and evidence of a level */
};

/* Where the claims of a batch begin that stand whole: claims_whole_hot.c. */
struct claim_starts {
	/* Those that are no more than lines of one provider; and what they say of levels. */
	uint32_t claimed[BATCH_LINES];
	uint32_t claimed_count;
	struct level_count levels[AMOUNTS]; /* where some type has any */

	/* The first lines of the others, and which lines begin a claim. */
	uint32_t slow_count;
	uint16_t slow[BATCH_LINES];
	uint8_t start[BATCH_LINES + 1]; /* gcc counts one from 1 on */
};

struct claims_whole_hot {
	void (*find)(const struct batch *batch, const struct whole_types *types,
	        struct claim_starts *starts);
};
extern const struct claims_whole_hot claims_whole_hot_scalar, claims_whole_hot_avx2,
        claims_whole_hot_avx512;

struct claims_worker {
	struct claims *claims;
	struct profile_worker *profile;
	const struct finding_sink *sink;
	struct partition_writer *main, *fallback, *answers, *trips;
	struct near near[NEAR_KINDS];
	struct partition_writer *far[NEAR_KINDS]; /* the writers, while those of near are in use */
	struct at_hand at_hand;
	const struct claims_whole_hot *whole_hot;
	struct partition_writer *history; /* NULL: no rule looks across claims */
	bool named, unnamed, negative;    /* told to claims already */
	struct hit told[CHECKS_MAX];
	struct hit_view views[HITS_MAX];
	char detail[DETAIL_ROOM];
	struct run_record plain[BATCH_LINES]; /* a batch's runs without sections */
	uint32_t plain_count;
	uint32_t claimed[CLAIMED_MAX]; /* a provider for each of its claims */
	uint32_t claimed_count;
	struct scratch providers, names, notes, candidates, intervals;
	struct scratch group, unpacked; /* the records of the claim at hand */
	struct claims_totals totals;    /* of this round */
	struct level_count (*levels)[AMOUNTS];
	uint32_t layouts;
};

/* Room for count items of size bytes; NULL if there is no memory. */
void *scratch_room(struct scratch *scratch, size_t count, size_t size);

/* A record for a later round: FAIL_IO or FAIL_MEMORY have words in the writer. */
int claims_forward(struct partition_writer *writer, const void *record, uint64_t key,
        enum record_kind kind, size_t size);

/* Counts of a layout, zero at first; NULL if there is no memory. */
struct level_count *claims_layout_levels(struct claims_worker *worker, uint32_t layout);

/* ---- Runs with facts (claims_pack.c) ---- */

struct run_parts {
	uint64_t claim;
	uint32_t provider, flags; /* RUN_FACTS among them */
	struct run_facts facts;
	struct run_amounts amounts; /* with RUN_AMOUNTS */
	struct text texts[3];       /* claim id, data source, person id; empty without RUN_TEXTS */
};

/* Leave a run.  0 or FAIL_IO, told by the writer. */
int claims_put_run(struct partition_writer *writer, const struct run_parts *run);

/*
 * Records of one claim, its runs unpacked; they live until it is called again.  NULL
 * if there is no memory.
 */
const struct record_head **claims_unpack_runs(
        struct claims_worker *worker, const struct record_head **records, size_t count);

/* ---- Emitting (claims_line.c) ---- */

struct emitting {
	const struct rule_context *context;
	const struct batch *batch;
	const struct verdicts *verdicts; /* or NULL */
	uint8_t claim_level;             /* bits by amount, of institutional lines */
};

/* TRIP_* of a line. */
uint8_t claims_trips(const struct claims *claims, const struct batch *batch, uint32_t line);
/* The line's record: these hits, told, and what its ambulance miles need. */
int claims_emit_line(struct claims_worker *worker, const struct emitting *emitting, uint32_t line,
        uint64_t hits, uint8_t trips);
/* Unpack the hits of these checks; returns how many.  Texts live as long as the record. */
size_t claims_unpack(const struct line_record *line, uint64_t checks, struct hit_view *views);
size_t claims_unpack_hits(const char *at, unsigned hits, uint64_t checks, struct hit_view *views);

/* ---- A claim's records (claims_join.c) ---- */

struct claim {
	const struct record_head **records;
	size_t count;
	size_t runs, names, lines;        /* records of each kind */
	size_t fresh;                     /* runs not of the tail: a claim is new if it has any */
	const struct run_record *lowest;  /* of the lines of service, else of all; or NULL */
	const struct run_record *adjusts; /* lowest run that adjusts, or NULL */
	uint32_t flags;                   /* of all runs */
};

void claim_gather(struct claim *claim, const struct record_head **records, size_t count);

/* Who names a claim. */
struct named {
	const struct name *names; /* the claims, each once, itself left out; the worker's */
	size_t count;
	size_t fresh; /* ... those that are new, at least in part */
	bool self;    /* a new line of it names itself */
};
struct name {
	uint64_t from; /* claim */
	uint64_t old;  /* 1: only lines of the tail say so */
};
int claim_names(struct claims_worker *worker, const struct claim *claim, struct named *named);

/* The rounds, over one partition. */
int claims_match(struct claims_worker *worker, const struct partition_view *view);
int claims_resolve(struct claims_worker *worker, const struct partition_view *view);
int claims_join_partition(struct claims_worker *worker, const struct partition_view *view,
        const struct partition_view *answers);
/* Claims that are no more than lines of one provider: at most BATCH_LINES. */
int claims_claimed(struct claims_worker *worker, const uint32_t providers[], uint32_t count);

/* Evidence of those claims for the levels of a layout. */
int claims_leveled(
        struct claims_worker *worker, uint32_t layout, const struct level_count levels[AMOUNTS]);

/* One claim on which no other's record hangs. */
int claims_join_alone(
        struct claims_worker *worker, const struct record_head **records, size_t count);
int claims_mileage(struct claims_worker *worker, const struct partition_view *view);

void claims_near_destroy(struct claims_worker *worker); /* claims_whole.c */

/* The claim at hand is over; or it becomes records after all. */
int claims_end_at_hand(struct claims_worker *worker);
int claims_put_at_hand(struct claims_worker *worker);

/* ---- Findings (claims_settle.c) ---- */

/* amount * share / whole, half away from zero, never negative; 0 for an absent amount. */
int64_t claims_dollars(int64_t amount, uint32_t share, uint32_t whole);

/*
 * The detail, and behind it the excess in money and the rule that stands over
 * it, or RULE_NONE.  The text lives in room.
 */
struct text claims_detail(
        char room[DETAIL_ROOM], const struct hit_view *view, int64_t amount, uint8_t superseding);

/* The hit of miles that no base line of the trip carries. */
struct hit_view claims_miles_alone(unsigned check);

/* The rule of highest precedence among findings that are no watch, or RULE_NONE. */
uint8_t claims_standing(const struct hit_view *views, size_t count);

/* Where findings are told and added up: of one worker, by rule. */
struct teller {
	struct profile_worker *profile;
	const struct finding_sink *sink; /* NULL: nobody listens */
	uint64_t *hits;
	int64_t *dollars, *unique_dollars;
	char *detail; /* DETAIL_ROOM */
};

/*
 * Tell one finding, the rest of which is filled in; standing is the rule that
 * stands on its line or claim.  Adds its hit and its dollars.
 */
int finding_tell(const struct teller *teller, struct finding *finding, const struct hit_view *view,
        uint8_t standing);

/* A line, and what it is in its claim. */
struct settled_line {
	const struct line_record *line;
	struct line_place place;
	const struct hit_view *views;
	size_t count;
};

/* Tell the findings of a line that stands in no history, and add them up. */
int claims_tell_line(const struct teller *teller, const struct settled_line *settled);

/*
 * The same, or leave that to the beneficiary's history.  Returns 0 or what the
 * sink, the profile or spilling failed with.
 */
int claims_settle_line(struct claims_worker *worker, const struct settled_line *settled);

/* A claim's findings, on its lowest line. */
struct claim_findings {
	const struct run_record *lowest; /* with facts and texts */
	int64_t amount;                  /* of the claim */
	bool denied;
	const struct hit_view *views;
	size_t count;

	/* By claims_rank_claim(): the rule that stands, or RULE_NONE, and what it means. */
	uint8_t rule;
	uint32_t standing;     /* its findings */
	uint32_t share, whole; /* of the one of most dollars */
	int64_t dollars;       /* of that one */
};
void claims_rank_claim(struct claim_findings *findings);

/* Tell a claim's findings where a rule stands, and add up hits and dollars; marking lines is
 * the caller's. */
int claims_tell_claim(
        const struct teller *teller, const struct claim_findings *findings, uint8_t standing);

/* A standing finding of a claim marks its lines of all these providers. */
int claims_mark_lines(struct profile_worker *profile, const struct claim_findings *findings,
        const struct provider_lines *all, size_t count);

/* A worker's own. */
struct teller claims_teller(struct claims_worker *worker);

/* A hit as it was told, into room for packed_hit_size(); returns what is behind it. */
char *claims_pack_view(char *to, const struct hit_view *view);

#endif
