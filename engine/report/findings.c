/* SPDX-License-Identifier: Apache-2.0 */
#include "report/findings.h"

#include "report/pseudonym.h"
#include "report/row.h"
#include "report/row_ranges.h"
#include "report/spill.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_BYTES = 4096 };

/* Each on cache lines of its own. */
struct worker {
	struct findings *findings;
	unsigned index;
	struct pseudonym *pseudonym;  /* NULL: no key */
	struct sample_filter *filter; /* NULL: no evidence */
	struct spill *spill;          /* NULL: only the evidence */
	uint8_t *scratch;             /* a row */
	size_t scratch_bytes;
	struct findings_counts counts;
	int error;
} __attribute__((aligned(64)));

struct findings {
	enum findings_mode mode;
	const struct profile *profile;
	struct samples *samples;
	struct worklist *worklist; /* NULL: nothing is drawn */
	unsigned worker_count;
	struct worker *workers;
	struct spill **spills;
};

/* Rows hold the rule's number, and are ordered by it as the contract orders ids. */
static void check_rule_order(void)
{
	for (size_t i = 1; i < rules_count(); i++)
		assert(strcmp(rule_at(i - 1)->id, rule_at(i)->id) < 0);
}

/* The worklist has a quarter, half of it until it is written. */
static size_t rows_memory(const struct findings_options *options)
{
	return options->worklist ? options->memory_bytes / 4 * 3 : options->memory_bytes;
}

static int create_worklist(
        struct findings *findings, const struct findings_options *options, struct diag *diag)
{
	struct worklist_options worklist = {
	        .workers = options->workers,
	        .memory_bytes = options->memory_bytes / 8,
	        .tmp = options->tmp,
	};

	if (!options->worklist || options->mode == FINDINGS_NONE)
		return 0;
	worklist.plan = *options->worklist;
	return worklist_create(&findings->worklist, &worklist, diag);
}

static int worker_init(struct worker *worker, struct findings *findings,
        const struct findings_options *options, struct diag *diag)
{
	int err = 0;

	worker->findings = findings;
	worker->scratch_bytes = SCRATCH_BYTES;
	worker->scratch = malloc(SCRATCH_BYTES);
	if (!worker->scratch)
		return diag_set(diag, FAIL_MEMORY, "no memory for findings");
	if (findings->mode != FINDINGS_NONE)
		err = sample_filter_create(&worker->filter, diag);
	if (err == 0 && findings->mode == FINDINGS_ALL)
		err = spill_create(&worker->spill, rows_memory(options) / options->workers,
		        options->tmp, diag);
	if (err < 0 || !options->key_path)
		return err;
	const struct pseudonym *first = findings->workers[0].pseudonym;

	return first ? pseudonym_copy(&worker->pseudonym, first, diag)
	             : pseudonym_create(&worker->pseudonym, options->key_path, diag);
}

static int findings_init(
        struct findings *findings, const struct findings_options *options, struct diag *diag)
{
	size_t bytes = options->workers * sizeof(*findings->workers);
	int err = samples_create(&findings->samples, diag);

	findings->workers = aligned_alloc(64, bytes);
	findings->spills = calloc(options->workers, sizeof(*findings->spills));
	if (!findings->workers || !findings->spills)
		return diag_set(diag, FAIL_MEMORY, "no memory for findings");
	memset(findings->workers, 0, bytes);
	findings->worker_count = options->workers;
	if (err == 0)
		err = create_worklist(findings, options, diag);
	for (unsigned i = 0; i < options->workers && err == 0; i++) {
		findings->workers[i].index = i;
		err = worker_init(&findings->workers[i], findings, options, diag);
		findings->spills[i] = findings->workers[i].spill;
	}
	return err;
}

int findings_create(
        struct findings **findings, const struct findings_options *options, struct diag *diag)
{
	struct findings *made = calloc(1, sizeof(*made));

	assert(options->workers > 0);
	check_rule_order();
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for findings");
	made->mode = options->mode;
	made->profile = options->profile;
	int err = findings_init(made, options, diag);

	if (err < 0) {
		findings_destroy(made);
		return err;
	}
	*findings = made;
	return 0;
}

void findings_destroy(struct findings *findings)
{
	if (!findings)
		return;
	for (unsigned i = 0; i < findings->worker_count; i++) {
		struct worker *worker = &findings->workers[i];

		pseudonym_destroy(worker->pseudonym);
		sample_filter_destroy(worker->filter);
		spill_destroy(worker->spill);
		free(worker->scratch);
	}
	samples_destroy(findings->samples);
	worklist_destroy(findings->worklist);
	free(findings->workers);
	free(findings->spills);
	free(findings);
}

/* ---- Adding. ---- */

static int row_names_of(
        struct worker *worker, const struct finding *finding, struct row_names *names)
{
	struct text person = finding->person_id;

	*names = (struct row_names){.person = ""};
	uint64_t id = profile_id(worker->findings->profile, finding->provider, &names->npi);

	names->id_kind = id_kind_name(id);
	if (worker->pseudonym)
		names->person = pseudonym_of(worker->pseudonym, person.at, person.size);
	return names->person ? 0 : FAIL_INTERNAL;
}

static int make_row(struct worker *worker, const struct finding *finding, size_t *size)
{
	struct row_names names;
	int err = row_names_of(worker, finding, &names);

	if (err < 0)
		return err;
	size_t needed = row_size_max(finding, &names);

	if (needed > worker->scratch_bytes) {
		uint8_t *scratch = realloc(worker->scratch, needed);

		if (!scratch)
			return FAIL_MEMORY;
		worker->scratch = scratch;
		worker->scratch_bytes = needed;
	}
	*size = row_pack(worker->scratch, finding, &names);
	return 0;
}

static int spill_row(struct worker *worker, size_t size)
{
	struct diag unused;
	uint8_t *room = spill_reserve(worker->spill, size);

	diag_init(&unused);
	if (!room)
		return spill_error(worker->spill, &unused);
	memcpy(room, worker->scratch, size);
	spill_keep(worker->spill, size);
	return 0;
}

/* Evidence, and what may be drawn, are of units whose hash is one. */
static int choose_unit(struct worker *worker, const struct finding *finding,
        struct sample_unit *unit, bool *sampled)
{
	struct findings *findings = worker->findings;
	bool drawn = !finding->superseded && worklist_wants(findings->worklist, finding->rule);

	*sampled = !finding->watch && !finding->superseded;
	if (!*sampled && !drawn)
		return 0;
	*unit = sample_unit_of(finding);
	*sampled = *sampled && samples_want(findings->samples, worker->filter, unit);
	return drawn ? worklist_add(findings->worklist, worker->index, finding, unit->hash) : 0;
}

static int add_finding(struct worker *worker, const struct finding *finding)
{
	struct sample_unit unit = {0};
	size_t size = 0;
	bool sampled;
	int err = choose_unit(worker, finding, &unit, &sampled);

	if (err < 0 || (!sampled && !worker->spill))
		return err;
	err = make_row(worker, finding, &size);
	if (err == 0 && sampled)
		err = samples_add(
		        worker->findings->samples, worker->filter, &unit, worker->scratch, size);
	if (err == 0 && worker->spill)
		err = spill_row(worker, size);
	return err;
}

static int sink_add(void *context, const struct finding *finding)
{
	struct worker *worker = context;

	worker->counts.standing += !finding->watch && !finding->superseded;
	worker->counts.watch += finding->watch;
	worker->counts.superseded += finding->superseded && !finding->watch;
	if (worker->error == 0 && worker->findings->mode != FINDINGS_NONE)
		worker->error = add_finding(worker, finding);
	return worker->error;
}

struct finding_sink findings_sink(struct findings *findings, unsigned index)
{
	assert(index < findings->worker_count);
	return (struct finding_sink){.add = sink_add, .context = &findings->workers[index]};
}

void findings_count(const struct findings *findings, struct findings_counts *counts)
{
	*counts = (struct findings_counts){0};
	for (unsigned i = 0; i < findings->worker_count; i++) {
		const struct findings_counts *of = &findings->workers[i].counts;

		counts->standing += of->standing;
		counts->watch += of->watch;
		counts->superseded += of->superseded;
	}
}

/* ---- Writing. ---- */

static int workers_error(const struct findings *findings, struct diag *diag)
{
	for (unsigned i = 0; i < findings->worker_count; i++) {
		const struct worker *worker = &findings->workers[i];
		int err = worker->spill ? spill_error(worker->spill, diag) : 0;

		if (err < 0)
			return err;
		if (worker->error == FAIL_INTERNAL)
			return diag_set(diag, FAIL_INTERNAL, "HMAC-SHA-256 failed (--id-key)");
		if (worker->error < 0)
			return diag_set(diag, worker->error, "no memory for findings");
	}
	return 0;
}

static int write_row(void *context, const uint8_t *row, size_t size)
{
	(void)size;
	row_write(context, row);
	return 0;
}

static int write_sample(const struct findings *findings, struct out *out, struct diag *diag)
{
	struct sort_item *items = NULL;
	size_t count = 0;
	int err = samples_rows(findings->samples, &items, &count);

	if (err == 0)
		err = rows_write_sorted(out, items, count, findings->worker_count);
	free(items);
	return err < 0 ? diag_set(diag, err, "no memory for findings") : 0;
}

int findings_write(struct findings *findings, struct out *out, uint64_t *rows, struct diag *diag)
{
	int err = workers_error(findings, diag);

	if (err < 0)
		return err;
	row_write_header(out);
	if (findings->mode == FINDINGS_SAMPLE)
		err = write_sample(findings, out, diag);
	else if (findings->mode == FINDINGS_ALL)
		err = spill_merge(findings->spills, findings->worker_count, write_row, out, diag);
	*rows = out_row_count(out);
	return err;
}

int findings_write_worklist(struct findings *findings, struct out *out,
        const struct worklist_source *source, uint64_t *rows, struct diag *diag)
{
	return worklist_write(findings->worklist, out, source, rows, diag);
}

size_t findings_claims(const struct findings *findings, uint32_t provider, unsigned rule,
        struct text claims[SAMPLE_UNITS])
{
	return samples_claims(findings->samples, provider, (uint8_t)rule, claims);
}
