/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch's lines to their beneficiaries: a record for each run of lines that
 * are equal in all that a run says.
 */
#include "format/layout.h"
#include "regroup/digest.h"
#include "regroup/diagnosis_groups.h"
#include "regroup/history.h"
#include "regroup/history_pack.h"

#include <stdlib.h>
#include <string.h>

struct history_emitter {
	struct partition_writer *writer;
	const struct side *providers;
	const struct procedure_attributes *procedures;
	const struct set *severities;
	const struct hcc_payable *hcc;
	unsigned needs;
	uint64_t billing_asked; /* whose entity type is remembered */
	bool billing_organisation;
	uint64_t nobody;

	/* Of the lines at hand; 0 where nobody asks. */
	uint32_t diagnoses[BATCH_LINES]; /* groups */
	uint8_t severity[BATCH_LINES];
	uint16_t year[BATCH_LINES];

	/* Of the run at hand. */
	struct history_line lines[BATCH_LINES];
	uint8_t *packed; /* room for any run */
};

/* What is at hand while a batch is walked. */
struct emission {
	struct history_emitter *emitter;
	const struct batch *batch;
	const int64_t *amounts;
	uint8_t apart;
	bool denial_told;
};

int history_emitter_create(struct history_emitter **emitter,
        const struct history_emit_options *options, struct diag *diag)
{
	struct history_emitter *made = calloc(1, sizeof(*made));
	int err;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for histories");
	made->packed = malloc(history_pack_most(BATCH_LINES));
	if (!made->packed) {
		free(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for histories");
	}
	made->providers = options->providers;
	made->procedures = codes_procedures(options->codes);
	made->severities = options->severities;
	made->hcc = options->hcc;
	made->needs = options->needs;
	if (!made->hcc)
		made->needs &= ~(unsigned)HISTORY_NEEDS_HCC;
	if (!made->severities)
		made->needs &= ~(unsigned)HISTORY_NEEDS_SEVERITY;
	err = partition_writer_create(&made->writer, options->partitions, diag);
	if (err) {
		history_emitter_destroy(made);
		return err;
	}
	*emitter = made;
	return 0;
}

void history_emitter_destroy(struct history_emitter *emitter)
{
	if (!emitter)
		return;
	partition_writer_destroy(emitter->writer);
	free(emitter->packed);
	free(emitter);
}

int history_emit_finish(struct history_emitter *emitter, struct diag *diag)
{
	return partition_writer_finish(emitter->writer, diag);
}

uint64_t history_nobody(const struct history_emitter *emitter)
{
	return emitter->nobody;
}

/* ---- Who ---- */

static inline bool usable(uint64_t id)
{
	return id != 0 && id_kind(id) != ID_PLACEHOLDER && id_kind(id) != ID_NONE;
}

/* The same provider: rendering, else billing; of institutional lines CCN, else facility. */
static uint64_t same_of(const struct batch *batch, uint32_t line)
{
	switch ((enum claim_type)batch->claim_type[line]) {
	case CLAIM_PROFESSIONAL:
	case CLAIM_DENTAL:
		if (usable(batch->rendering[line]))
			return batch->rendering[line];
		return usable(batch->billing[line]) ? batch->billing[line] | HISTORY_BILLING : 0;
	case CLAIM_INSTITUTIONAL:
		if (usable(batch->billing_ccn[line]))
			return batch->billing_ccn[line];
		return usable(batch->facility[line]) ? batch->facility[line] : 0;
	default:
		return 0;
	}
}

/* Who bills for the group: the TIN, else a billing NPI that the providers file calls one. */
static uint64_t tin_of(struct history_emitter *emitter, const struct batch *batch, uint32_t line)
{
	uint64_t billing = batch->billing[line];

	if (usable(batch->billing_tin[line]))
		return batch->billing_tin[line];
	if (!emitter->providers || !usable(billing))
		return 0;
	if (emitter->billing_asked != billing) {
		emitter->billing_asked = billing;
		emitter->billing_organisation =
		        side_provider_find(emitter->providers, billing).entity_type == 2;
	}
	return emitter->billing_organisation ? billing : 0;
}

/* ---- What only some rules ask ---- */

static uint64_t ordering_of(const struct batch *batch, uint32_t line)
{
	return batch->setting[line] == SETTING_DME && usable(batch->ordering[line])
	               ? batch->ordering[line]
	               : 0;
}

/* Conditions, of lines whose file has them. */
static uint32_t conditions_of(const struct batch *batch, uint32_t line)
{
	uint32_t conditions = HISTORY_CONDITIONS;

	if (!field_set_has(&batch->layout->bound, FIELD_CONDITION_1))
		return 0;
	for (unsigned c = 0; c < CONDITIONS_MAX; c++) {
		uint16_t condition = batch->condition[c][line];

		conditions |= condition == TWO_CHARS('5', '1') ? HISTORY_CONDITION_51 : 0;
		conditions |= condition == TWO_CHARS('4', '2') ? HISTORY_CONDITION_42 : 0;
		conditions |= condition == TWO_CHARS('4', '3') ? HISTORY_CONDITION_43 : 0;
	}
	return conditions;
}

/*
 * A CCN is two digits of the state and four of a series, which tells the kind of
 * hospital (State Operations Manual, 2779A1); a letter for the first of the four
 * is a unit of one.
 */
static enum history_hospital hospital_of(const struct batch *batch, uint32_t line)
{
	struct slice slice = batch->ccn_text[line];
	const uint8_t *ccn = batch->text + slice.at;
	unsigned number = 0;

	if (!usable(batch->billing_ccn[line]) || slice.size != 6)
		return HOSPITAL_UNKNOWN;
	if (ccn[2] == 'S' || ccn[2] == 'T')
		return HOSPITAL_EXCLUDED;
	if (ccn[2] == 'M' || ccn[2] == 'R')
		return HOSPITAL_CRITICAL;
	for (unsigned i = 2; i < 6; i++) {
		if (ccn[i] < '0' || ccn[i] > '9')
			return HOSPITAL_UNKNOWN;
		number = 10 * number + (ccn[i] - '0');
	}
	if (number >= 1 && number <= 879)
		return HOSPITAL_SHORT_TERM;
	if (number >= 1300 && number <= 1399)
		return HOSPITAL_CRITICAL;
	if ((number >= 2000 && number <= 2299) || (number >= 3025 && number <= 3099) ||
	        (number >= 3300 && number <= 3399) || (number >= 4000 && number <= 4499))
		return HOSPITAL_EXCLUDED;
	return HOSPITAL_UNKNOWN;
}

/* The groups that a line's diagnoses are in, as bits; ICD-9 has other codes. */
static uint32_t diagnoses_of(const struct batch *batch, uint32_t line)
{
	uint32_t groups = 0;

	if (batch->diagnosis_type[line] == CODE_TYPE_ICD9)
		return 0;
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++)
		groups |= diagnosis_groups_of(batch->diagnosis[s][line]);
	return groups;
}

/* Does the providers file say that the line's facility does not teach? */
static bool is_not_teaching(
        const struct history_emitter *emitter, const struct batch *batch, uint32_t line)
{
	return (emitter->needs & HISTORY_NEEDS_TEACHING) && emitter->providers &&
	       usable(batch->facility[line]) &&
	       side_provider_find(emitter->providers, batch->facility[line]).teaching ==
	               TEACHING_NO;
}

static uint32_t facts_of(const struct emission *emission, uint32_t line)
{
	const struct batch *batch = emission->batch;
	uint32_t facts = (uint32_t)batch->entity_type[line] << HISTORY_ENTITY_SHIFT;
	uint64_t same = same_of(batch, line) & ~HISTORY_BILLING;

	facts |= same && same == batch->provider_id[line] ? HISTORY_IN_PERSON : 0;
	facts |= batch->line_flags[line] & LINE_OLD ? HISTORY_OLD : 0;
	facts |= emission->denial_told ? HISTORY_DENIAL_TOLD : 0;
	if (batch->claim_type[line] == CLAIM_INSTITUTIONAL)
		facts |= conditions_of(batch, line) |
		         (uint32_t)hospital_of(batch, line) << HISTORY_HOSPITAL_SHIFT |
		         (uint32_t)emission->emitter->severity[line] << HISTORY_SEVERITY_SHIFT;
	else
		facts |= is_not_teaching(emission->emitter, batch, line) ? HISTORY_NOT_TEACHING : 0;
	return facts;
}

/*
 * CCs and MCCs among an inpatient line's secondary diagnoses, each once.  What the
 * principal diagnosis would exclude of them is in no set, and is not.
 */
static uint8_t severity_of(
        const struct history_emitter *emitter, const struct batch *batch, uint32_t line)
{
	int32_t day = batch->service_thru[line];
	unsigned count = 0;

	if (!batch->inpatient[line] || batch->diagnosis_type[line] == CODE_TYPE_ICD9 ||
	        day == DATE_ABSENT || !set_covers(emitter->severities, day))
		return SEVERITY_UNTOLD;
	for (unsigned s = 1; s < batch->diagnosis_count[line]; s++) {
		uint64_t word = batch->diagnosis[s][line];
		bool again = false;

		for (unsigned before = 0; before < s; before++)
			again |= batch->diagnosis[before][line] == word;
		count += !again && word &&
		         set_find_day(emitter->severities, code_key(SYSTEM_ICD10CM, word), day);
	}
	return (uint8_t)(count < 2 ? SEVERITY_NONE + count : SEVERITY_SEVERAL);
}

/* The year of service of a line whose diagnoses risk adjustment may read; else 0. */
static uint16_t year_of(const struct batch *batch, uint32_t line)
{
	int32_t day = batch->service_from[line];

	if (batch->claim_type[line] != CLAIM_PROFESSIONAL || day == DATE_ABSENT ||
	        batch->diagnosis_type[line] == CODE_TYPE_ICD9)
		return 0;
	int year = date_to_parts(day).year;

	return year > 0 && year < UINT16_MAX ? (uint16_t)year : 0;
}

/* What only some rules ask of a batch's lines. */
static void ask(struct history_emitter *emitter, const struct batch *batch)
{
	for (uint32_t i = 0; (emitter->needs & HISTORY_NEEDS_DIAGNOSES) && i < batch->count; i++)
		emitter->diagnoses[i] = diagnoses_of(batch, i);
	for (uint32_t i = 0; (emitter->needs & HISTORY_NEEDS_SEVERITY) && i < batch->count; i++)
		emitter->severity[i] = severity_of(emitter, batch, i);
	for (uint32_t i = 0; (emitter->needs & HISTORY_NEEDS_HCC) && i < batch->count; i++)
		emitter->year[i] = year_of(batch, i);
}

/* Why a line was denied, if it takes part as such; else 0. */
static uint16_t carc_of(
        const struct history_emitter *emitter, const struct batch *batch, uint32_t line)
{
	uint16_t flags = batch->line_flags[line];

	if (!(emitter->needs & HISTORY_DENIED_LINES))
		return 0;
	return flags & LINE_PAST && flags & LINE_DENIED ? batch->carc[line] : 0;
}

/* ---- Which lines ---- */

/* What a payable line is, of what rules read. */
static unsigned class_of(
        const struct history_emitter *emitter, const struct batch *batch, uint32_t line)
{
	const struct procedure_attributes *px = &emitter->procedures[batch->hcpcs_ref[line]];
	unsigned class = HISTORY_PROFESSIONAL;

	if (batch->claim_type[line] == CLAIM_INSTITUTIONAL)
		return HISTORY_INSTITUTIONAL;
	if (batch->claim_type[line] != CLAIM_PROFESSIONAL)
		return HISTORY_OTHERS;
	if (px->em_family != EM_NONE)
		class |= HISTORY_VISITS;
	if (px->global >= PX_GLOBAL_000 && px->global <= PX_GLOBAL_090)
		class |= HISTORY_OPERATIONS;
	return class;
}

static unsigned wanted_class(
        const struct history_emitter *emitter, const struct batch *batch, uint32_t line)
{
	uint16_t flags = batch->line_flags[line];
	unsigned class;

	if (!(flags & LINE_DUE))
		return 0;
	if (flags & LINE_PAYABLE)
		return class_of(emitter, batch, line);
	/* Not payable for no other reason than that it was denied. */
	if ((flags & (LINE_DENIED | LINE_SUPERSEDED | LINE_VOID)) != LINE_DENIED)
		return 0;
	class = class_of(emitter, batch, line);
	return HISTORY_DENIED_LINES | (class & HISTORY_VISITS ? HISTORY_DENIED_VISITS : 0);
}

void history_mark(const struct history_emitter *emitter, struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		bool past = wanted_class(emitter, batch, i) & emitter->needs;

		batch->line_flags[i] = (uint16_t)((batch->line_flags[i] & ~LINE_PAST) |
		                                  (past ? LINE_PAST : 0));
	}
}

/* ---- Runs ---- */

static inline bool takes_part(const struct batch *batch, uint32_t line)
{
	return batch->line_flags[line] & LINE_PAST;
}

/* Is all that a run says the same of both lines? */
static bool run_follows(const struct emission *emission, uint32_t a, uint32_t b)
{
	const struct batch *batch = emission->batch;
	const struct history_emitter *emitter = emission->emitter;
	const uint32_t *diagnoses = emitter->diagnoses;

	if (batch->claim_key[a] != batch->claim_key[b] ||
	        batch->person_key[a] != batch->person_key[b] ||
	        batch->provider[a] != batch->provider[b] ||
	        batch->claim_type[a] != batch->claim_type[b] ||
	        batch->setting[a] != batch->setting[b] || diagnoses[a] != diagnoses[b])
		return false;
	if (emitter->year[a] != emitter->year[b] || emitter->severity[a] != emitter->severity[b] ||
	        carc_of(emitter, batch, a) != carc_of(emitter, batch, b))
		return false;
	if (batch->rendering[a] != batch->rendering[b] || batch->billing[a] != batch->billing[b] ||
	        batch->facility[a] != batch->facility[b] ||
	        batch->billing_tin[a] != batch->billing_tin[b] ||
	        batch->billing_ccn[a] != batch->billing_ccn[b] ||
	        batch->specialty[a] != batch->specialty[b] ||
	        batch->entity_type[a] != batch->entity_type[b])
		return false;
	if ((batch->line_flags[a] ^ batch->line_flags[b]) & LINE_OLD)
		return false;
	if (batch->received[a] != batch->received[b] || batch->paid_date[a] != batch->paid_date[b])
		return false;
	if (batch->claim_type[a] != CLAIM_INSTITUTIONAL)
		return ordering_of(batch, a) == ordering_of(batch, b);
	if (conditions_of(batch, a) != conditions_of(batch, b))
		return false;
	return batch->claim_start[a] == batch->claim_start[b] &&
	       batch->claim_end[a] == batch->claim_end[b] &&
	       batch->admission[a] == batch->admission[b] &&
	       batch->discharge[a] == batch->discharge[b] &&
	       batch->bill_type[a] == batch->bill_type[b] &&
	       batch->discharge_status[a] == batch->discharge_status[b] &&
	       batch->drg[a] == batch->drg[b] && batch->inpatient[a] == batch->inpatient[b];
}

static void fill_line(const struct emission *emission, uint32_t i, struct history_line *line)
{
	const struct batch *batch = emission->batch;
	int64_t span = (int64_t)batch->service_thru[i] - batch->service_from[i];
	uint16_t flags = batch->line_flags[i];
	uint32_t ref = batch->hcpcs_ref[i] >> HISTORY_REF_BITS ? 0 : batch->hcpcs_ref[i];

	*line = (struct history_line){
	        .digest = line_digest(batch, i),
	        .code = batch->hcpcs[i],
	        .ref_high = (uint8_t)(ref >> HISTORY_REF_LOW),
	        .ref_low = ref & HISTORY_REF_LOW_MASK,
	        .units = batch->units[i],
	        .amount = emission->amounts[i],
	        .charge = batch->charge[i],
	        .line = batch->line_number[i],
	        .from = batch->service_from[i],
	        .span = span < 0            ? 0
	                : span > UINT16_MAX ? UINT16_MAX
	                                    : (uint16_t)span,
	        .place = batch->claim_type[i] == CLAIM_INSTITUTIONAL ? batch->revenue[i]
	                                                             : batch->place[i],
	        .flags = (flags & LINE_SAME_DAY ? PAST_SAME_DAY : 0u) |
	                 (flags & LINE_NEGATIVE ? PAST_NEGATIVE : 0u) |
	                 (span < 0 ? PAST_BACKWARD : 0u) |
	                 (flags & LINE_PAYABLE ? 0u : PAST_DENIED) |
	                 (batch->line_start[i] != DATE_ABSENT ? PAST_OWN : 0u),
	};
	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		line->modifiers[m] = batch->modifiers[m][i];
}

static void fill_run(const struct emission *emission, uint32_t i, struct history_run *run)
{
	const struct batch *batch = emission->batch;
	bool institutional = batch->claim_type[i] == CLAIM_INSTITUTIONAL;
	int32_t order = batch->received[i] != DATE_ABSENT ? batch->received[i]
	                                                  : batch->paid_date[i];

	run->claim = batch->claim_key[i];
	run->same = same_of(batch, i);
	run->tin = tin_of(emission->emitter, batch, i);
	run->provider = batch->provider[i];
	run->order_date = order != DATE_ABSENT ? order : INT32_MAX;
	run->claim_start = batch->claim_start[i];
	run->claim_end = batch->claim_end[i];
	run->admission = batch->admission[i];
	run->discharge = batch->discharge[i];
	run->bill_type = batch->bill_type[i];
	run->specialty = batch->specialty[i];
	run->status = batch->discharge_status[i];
	run->drg = batch->drg[i];
	run->claim_type = batch->claim_type[i];
	run->setting = batch->setting[i];
	run->apart = institutional ? emission->apart : 0;
	run->diagnoses = emission->emitter->diagnoses[i];
	run->carc = carc_of(emission->emitter, batch, i);
	run->year = emission->emitter->year[i];
	run->claim_id_size = batch->claim_id[i].size;
	run->data_source_size = batch->data_source[i].size;
	run->person_id_size = batch->person_id[i].size;
	run->ordering = ordering_of(batch, i);
	run->facts = facts_of(emission, i);
}

static char *put_slice(char *to, const struct batch *batch, struct slice slice)
{
	if (slice.size > 0)
		memcpy(to, batch->text + slice.at, slice.size);
	return to + slice.size;
}

/* However lines are parted into runs, the sums of a claim's runs are the same. */
static uint64_t diagnosis_sum(const struct batch *batch, uint32_t from, uint32_t to)
{
	uint64_t sum = 0;

	for (uint32_t i = from; i < to; i++) {
		uint64_t line = 0;

		for (unsigned s = 0; s < batch->diagnosis_count[i]; s++)
			line += hash64(&batch->diagnosis[s][i], sizeof(uint64_t));
		sum += hash64(&line, sizeof(line));
	}
	return sum;
}

/* The same diagnoses as another line's? */
static bool has_diagnoses_of(const struct batch *batch, uint32_t line, uint32_t other)
{
	bool same = batch->diagnosis_count[line] == batch->diagnosis_count[other];

	for (unsigned s = 0; same && s < batch->diagnosis_count[line]; s++)
		same = batch->diagnosis[s][line] == batch->diagnosis[s][other];
	return same;
}

/* The categories of all lines of a run, however they are parted into runs. */
static struct hcc_bits hcc_of(const struct history_emitter *emitter, const struct batch *batch,
        uint32_t from, uint32_t to)
{
	struct hcc_bits bits = {{0, 0}};
	unsigned year = emitter->year[from];

	for (uint32_t i = from; year && i < to; i++) {
		if (!(batch->line_flags[i] & LINE_DUE) ||
		        (i > from && has_diagnoses_of(batch, i, i - 1) &&
		                batch->line_flags[i - 1] & LINE_DUE))
			continue;
		for (unsigned s = 0; s < batch->diagnosis_count[i]; s++)
			hcc_payable_add(emitter->hcc, year, batch->diagnosis[s][i], &bits);
	}
	return bits;
}

/* A run's lines that rules read, which may be none. */
static uint16_t fill_lines(const struct emission *emission, uint32_t from, uint32_t to)
{
	struct history_line *lines = emission->emitter->lines;
	uint16_t count = 0;

	for (uint32_t i = from; i < to; i++) {
		if (takes_part(emission->batch, i))
			fill_line(emission, i, &lines[count++]);
	}
	return count;
}

static int put_run(const struct emission *emission, uint32_t from, uint32_t to)
{
	const struct batch *batch = emission->batch;
	struct history_emitter *emitter = emission->emitter;
	size_t texts = (size_t)batch->claim_id[from].size + batch->data_source[from].size +
	               batch->person_id[from].size;
	struct history_run run = {.hcc = hcc_of(emitter, batch, from, to)};
	uint32_t kind;

	fill_run(emission, from, &run);
	run.line_list = emitter->lines;
	run.lines = fill_lines(emission, from, to);
	if (emitter->needs & HISTORY_NEEDS_CLONES)
		run.diagnosis_sum = diagnosis_sum(batch, from, to);
	size_t packed = history_pack(&run, emitter->packed, &kind);
	size_t size = (sizeof(struct record_head) + packed + texts + 7) & ~(size_t)7;
	struct record_head *record = partition_reserve(
	        emitter->writer, batch->person_key[from], kind, size);
	if (!record)
		return FAIL_IO;
	memcpy(record + 1, emitter->packed, packed);
	char *at = put_slice((char *)(record + 1) + packed, batch, batch->claim_id[from]);
	at = put_slice(at, batch, batch->data_source[from]);
	put_slice(at, batch, batch->person_id[from]);
	return 0;
}

/* Does the file say which lines were denied? */
static bool says_denied(const struct batch *batch)
{
	const struct field_set *bound = &batch->layout->bound;
	bool says = field_set_has(bound, FIELD_DENIED) ||
	            field_set_has(bound, FIELD_RIF_PROCESSING) ||
	            field_set_has(bound, FIELD_RIF_CLAIM_DENIAL);

	for (unsigned i = 0; i < CARCS_MAX; i++)
		says |= field_set_has(bound, (enum field)(FIELD_CARC_1 + i));
	return says;
}

static struct emission emission_of(struct history_emitter *emitter, const struct batch *batch,
        enum amount basis, const enum amount_level levels[AMOUNTS])
{
	const int64_t *const amounts[AMOUNTS] = {
	        [AMOUNT_CHARGE] = batch->charge,
	        [AMOUNT_ALLOWED] = batch->allowed,
	        [AMOUNT_PAID] = batch->paid,
	};

	return (struct emission){
	        .emitter = emitter,
	        .batch = batch,
	        .amounts = amounts[basis],
	        .denial_told = (emitter->needs & HISTORY_DENIED_LINES) && says_denied(batch),
	        .apart = (uint8_t)((levels[basis] != LEVEL_LINE ? HISTORY_APART_AMOUNT : 0) |
	                           (levels[AMOUNT_CHARGE] != LEVEL_LINE ? HISTORY_APART_CHARGE
	                                                                : 0)),
	};
}

int history_emit(struct history_emitter *emitter, const struct batch *batch, enum amount basis,
        const enum amount_level levels[AMOUNTS])
{
	struct emission emission = emission_of(emitter, batch, basis, levels);
	int err = 0;

	ask(emitter, batch);
	for (uint32_t from = 0, to; from < batch->count && !err; from = to) {
		to = from + 1;
		if (batch->line_flags[from] & LINE_OUTSIDE)
			continue;
		if (!batch->person_key[from]) {
			emitter->nobody += (batch->line_flags[from] & (LINE_DUE | LINE_OLD)) ==
			                   LINE_DUE;
			continue;
		}
		while (to < batch->count && !(batch->line_flags[to] & LINE_OUTSIDE) &&
		        run_follows(&emission, from, to))
			to++;
		err = put_run(&emission, from, to);
	}
	return err;
}
