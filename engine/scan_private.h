/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of a scan share: scan.c leads, scan_worker.c is what each
 * thread does, scan_report.c fills in what is printed.
 */
#ifndef SCAN_PRIVATE_H
#define SCAN_PRIVATE_H

#include "base/level.h"
#include "convert.h"
#include "format/csv.h"
#include "format/layout.h"
#include "format/pack.h"
#include "history/history.h"
#include "history/providers.h"
#include "history/tallies.h"
#include "input/plan.h"
#include "input/reader.h"
#include "lookup/codes.h"
#include "lookup/coverage.h"
#include "lookup/normalise.h"
#include "lookup/pairs.h"
#include "lookup/side.h"
#include "profile/profile.h"
#include "regroup/claims.h"
#include "regroup/history.h"
#include "regroup/partition.h"
#include "report/findings.h"
#include "report/public.h"
#include "report/kinds.h"
#include "report/run.h"
#include "rules/outside.h"
#include "rules/rules.h"
#include "scan.h"
#include "stats/norms.h"
#include "stats/weights.h"

#include <pthread.h>
#include <stdatomic.h>

enum stage {
	STAGE_READ,
	STAGE_NORMALISE,
	STAGE_LOOKUP,
	STAGE_RULES,
	STAGE_PROFILE,
	STAGE_REGROUP,
	STAGE_HISTORY,
	STAGES
};

enum { COUNTER_PLANES = 24 }; /* bit-sliced counters of checks: up to 2^24 lines between spills */

/* How often each of 64 bits was set: plane p holds bit p of all 64 counts. */
struct bit_counts {
	uint64_t planes[COUNTER_PLANES];
	uint64_t pending; /* lines since the last spill */
	uint64_t totals[CHECKS_MAX];
};

struct scan_hot {
	void (*count_bits)(struct bit_counts *counts, const uint64_t masks[], uint32_t count);
};
extern const struct scan_hot scan_hot_scalar, scan_hot_avx2, scan_hot_avx512;
void bit_counts_spill(struct bit_counts *counts);

/* What rules cost, of some batches. */
struct rule_sample {
	uint64_t ns[RULES_ALL];
	uint64_t judged_lines, timed_lines, batches;
};

struct worker {
	/* Read by the main thread while the worker runs. */
	_Atomic uint64_t bytes_done COLUMN;
	_Atomic uint64_t lines_done;

	pthread_t id COLUMN;
	struct scan *scan;
	unsigned number;
	struct csv *csv;
	struct pack_reader *pack;     /* NULL: no pack met yet */
	struct pack_reader *tail;     /* of earlier months' lines; NULL: not met yet */
	struct convert_part *convert; /* NULL: a scan */
	struct profile_worker *profile;
	struct claims_worker *claims;
	struct history_emitter *emitter; /* NULL: no rule looks across claims */
	struct history_worker *history;
	struct providers_worker *providers;
	struct tallies *tallies; /* NULL: no rule looks across claims */
	struct finding_sink sink;
	struct verdicts *verdicts;
	struct normalise normalise;
	struct normalise_counts normalise_counts;
	struct normalise_counts tail_counts; /* of old lines; nobody asks */
	struct bit_counts scope, evaluated;
	struct codes_outside outside, tail_outside;
	uint64_t older; /* lines before the tail's first day */
	uint64_t rule_ns[RULES_ALL];
	struct rule_sample sample; /* of which rule_ns tells at the end */
	uint64_t stage_ns[STAGES];
	uint64_t clock; /* when the last stage ended */
	const struct layout *context_layout;
	struct rule_context context;
	struct rules_ready ready; /* of the context's layout */
	enum amount_level levels[AMOUNTS];
	struct diag diag;
	int err;
};

/* Memory, as planned from --memory. */
struct scan_memory {
	uint64_t profile, partitions, history, days, findings;
};

struct scan {
	const struct scan_options *options;
	struct diag *diag;
	struct plan *plan;
	struct layouts *layouts;
	const struct layout *_Atomic *file_layouts;
	const struct reader_kind *reader;
	struct packs *packs;
	bool whole; /* one pack is all that is read: what stands whole there does so here */
	const struct reader_kind *pack_reader; /* mapped, if not told otherwise */
	struct scan_tail *tail;                /* --history (scan_tail.h); NULL: none */
	struct codes *codes;
	const struct set *add_ons;      /* of codes; NULL: none, or no rule asks */
	const struct set *drgs;         /* msdrg_weights; NULL: the same */
	const struct set *drg_lists[2]; /* msdrg, msdrg_weights; NULL: the same */
	const struct set *severities;   /* drg_cc; NULL: the same */
	struct hcc_payable *hcc;        /* NULL: the same */
	const struct set *minutes;      /* phystime; NULL: the same */
	struct pairs pairs[2];          /* PTP: practitioner, hospital */
	bool has_pairs[2]; /* a folder of code sets has them; else those of the starter */
	struct side *members, *providers;
	struct payer *payer;   /* NULL: no tables of the payer */
	struct norms *norms;   /* of an earlier run; NULL: none */
	struct prices *prices; /* of units, of one attempt; NULL: none */
	struct weights weights;
	struct coverage *coverage; /* NULL: no policies, or no rule asks */
	struct rule_selection selection;
	struct field_set side_fields;
	bool any_rules, any_history, any_providers, any_times, drop_cache;
	struct field_set wanted;                /* fields that anything of this run reads */
	uint8_t repeated[LAYOUTS_MAX][AMOUNTS]; /* found to be so */
	uint64_t *starts;                       /* a span; certain, or 0 */
	struct span_edges *edges;
	struct scan_memory memory;
	const struct scan_hot *hot;
	const struct normalise_hot *normalise_hot;

	/* Of one attempt. */
	struct profile *profile;
	struct partitions *partitions;
	struct claims *claims;
	struct partitions *past; /* the beneficiaries' records; NULL: none */
	struct history *history;
	struct partitions *days; /* the providers' records; NULL: no rule asks */
	struct times *times;     /* NULL: no rule of providers' days finds anything */
	struct providers *provider_days;
	struct tallies *tallies; /* of all workers, in order; NULL: no rule looks across claims */
	struct findings *findings;
	struct worker *workers;
	unsigned attempts;
	bool adjustments; /* some files can carry adjustments and others cannot */
	int basis;        /* enum amount of histories; -1: each layout's own, as all have one */

	/* Of all workers. */
	struct csv_counts counts;
	uint64_t old_lines, older_lines; /* of the tail; new ones from before it */
	struct normalise_counts normalise_counts;
	uint64_t scope[CHECKS_MAX], evaluated[CHECKS_MAX];
	struct codes_outside outside;
	uint64_t rule_ns[RULES_ALL], stage_ns[STAGES];
	struct claims_totals totals;
	struct claims_settled settled;
	struct history_totals past_totals;
	uint64_t nobody; /* lines of service without a person */
	uint64_t read_ns, join_ns, history_ns, days_ns, merge_ns, report_ns;
	uint64_t kind_ns[REPORT_KINDS_MAX];
	struct run *run;            /* NULL: nothing is written */
	struct public_view *public; /* --public: what is left out; NULL: nothing */
	uint64_t began_ns;
};

uint64_t clock_ns(void);

/*
 * scan.c: read all inputs once more, into a conversion, when the rest of the scan
 * is done but for its report: readers and the claims' records are given up for it.
 */
int scan_read_again(struct scan *scan, struct convert *convert);

/* scan_worker.c */
int worker_create(struct worker *worker, struct scan *scan, unsigned number);
void worker_destroy(struct worker *worker);
void *worker_scan(void *worker);

/* The certain first offsets of a file's spans.  Called between scanning and joining. */
int scan_find_starts(struct scan *scan, uint32_t file, uint64_t starts[]);
void *worker_join(void *worker);
void *worker_convert(void *worker); /* the second half of a conversion */
void *worker_history(void *worker);
void *worker_days(void *worker);
void *worker_merge(void *worker);

/* The level of an amount of a layout's institutional lines, as it is taken to be. */
enum amount_level scan_level(
        const struct scan *scan, const struct layout *layout, enum amount amount);

/* The amount that a layout's dollars come from: paid, else allowed, else charge. */
enum amount layout_basis(const struct layout *layout);

/*
 * scan_bind.c: bind a file's layout by its beginning, which the worker that reads
 * it would do.  Returns 1 with *layout set, 0 for an empty file and for a pack,
 * or an error.
 */
int scan_bind_file(
        struct scan *scan, uint32_t file, const struct layout **layout, struct diag *diag);
int scan_bind_all(struct scan *scan, struct diag *diag);

/* Is one pack all that is read?  It is bound then. */
int scan_find_whole(struct scan *scan, struct diag *diag);

/* scan_report.c */
int scan_report(struct scan *scan, struct diag *diag);
int scan_explain(struct scan *scan, struct diag *diag);

#endif
