/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/normalise.h"

#include "format/layout.h"

#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS uint64_t load8(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* Texts of ids are short: up to 16 bytes are compared as two words. */
ALWAYS bool same_text(const struct batch *batch, struct slice a, struct slice b)
{
	const uint8_t *left = batch->text + a.at, *right = batch->text + b.at;
	uint32_t size = a.size;
	uint64_t differ;

	if (size != b.size)
		return false;
	if (size > 16)
		return memcmp(left, right, size) == 0;
	if (size >= 8)
		return ((load8(left) ^ load8(right)) |
		               (load8(left + size - 8) ^ load8(right + size - 8))) == 0;
	differ = load8(left) ^ load8(right);
	return size == 0 || differ << (64 - 8 * size) == 0;
}

static bool bound(const struct batch *batch, enum field field)
{
	return field_set_has(&batch->layout->bound, field);
}

/* ---- Keys ---- */

/* The claim that a line replaces or voids, of the same data_source. */
static void original_keys(struct batch *batch)
{
	memset(batch->original_key, 0, batch->count * sizeof(batch->original_key[0]));
	if (!bound(batch, FIELD_ORIGINAL_CLAIM_ID))
		return;
	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice from = batch->data_source[i], id = batch->original_claim_id[i];
		uint64_t source = 0;

		if (id.size == 0)
			continue;
		if (from.size)
			source = hash64(batch->text + from.at, from.size);
		batch->original_key[i] = claim_key_of(source, batch->text + id.at, id.size);
	}
}

static void claim_keys(struct batch *batch)
{
	bool sources = bound(batch, FIELD_DATA_SOURCE);
	uint64_t source = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice id = batch->claim_id[i], from = batch->data_source[i];
		bool new_source = sources &&
		                  (i == 0 || !same_text(batch, from, batch->data_source[i - 1]));

		if (new_source)
			source = from.size ? hash64(batch->text + from.at, from.size) : 0;
		if (i > 0 && !new_source && same_text(batch, id, batch->claim_id[i - 1]))
			batch->claim_key[i] = batch->claim_key[i - 1];
		else
			batch->claim_key[i] = claim_key_of(source, batch->text + id.at, id.size);
	}
}

static void person_keys(struct batch *batch)
{
	if (!bound(batch, FIELD_PERSON_ID)) {
		memset(batch->person_key, 0, batch->count * sizeof(batch->person_key[0]));
		return;
	}
	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice id = batch->person_id[i];

		if (i > 0 && same_text(batch, id, batch->person_id[i - 1]))
			batch->person_key[i] = batch->person_key[i - 1];
		else
			batch->person_key[i] = id.size ? person_key_of(batch->text + id.at, id.size)
			                               : 0;
	}
}

/* ---- RIF: parts put together ---- */

static void rif_parts(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		uint8_t type = batch->rif_type[i];
		bool professional = type >= 70 && type < 90; /* 71 72 carrier, 81 82 DME */

		batch->claim_type[i] = type == 0      ? CLAIM_UNDETERMINED
		                       : professional ? CLAIM_PROFESSIONAL
		                                      : CLAIM_INSTITUTIONAL;
		if (batch->bill_part[0][i] && batch->bill_part[1][i])
			batch->bill_type[i] = batch->bill_part[0][i] |
			                      (uint32_t)batch->bill_part[1][i] << 8 |
			                      (uint32_t)batch->frequency[i] << 16;
	}
}

/* ---- Dates ---- */

static void service_dates(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		int32_t from = batch->line_start[i];
		int32_t thru = batch->line_end[i];

		from = from == DATE_ABSENT ? batch->claim_start[i] : from;
		from = from == DATE_ABSENT ? batch->admission[i] : from;
		thru = thru == DATE_ABSENT ? batch->claim_end[i] : thru;
		thru = thru == DATE_ABSENT ? from : thru;
		batch->service_from[i] = from;
		batch->service_thru[i] = thru;
	}
}

/* ---- Denied, payable ---- */

static bool has_denial_column(const struct batch *batch)
{
	bool any = bound(batch, FIELD_DENIED) || bound(batch, FIELD_RIF_PROCESSING) ||
	           bound(batch, FIELD_RIF_CLAIM_DENIAL);

	for (unsigned i = 0; i < CARCS_MAX; i++)
		any |= bound(batch, (enum field)(FIELD_CARC_1 + i));
	return any;
}

ALWAYS uint8_t frequency_of(const struct batch *batch, uint32_t i)
{
	return batch->frequency[i] ? batch->frequency[i] : (uint8_t)(batch->bill_type[i] >> 16);
}

/* Facts of lines, a byte each, so that each is found for many lines at once. */
struct facts {
	uint8_t zero_paid[BATCH_LINES] COLUMN;
	uint8_t unpaid[BATCH_LINES] COLUMN; /* paid nothing, or not said */
	uint8_t units[BATCH_LINES] COLUMN;  /* absent or above 0 */
	uint8_t negative[BATCH_LINES] COLUMN;
	uint8_t outside[BATCH_LINES] COLUMN;
	uint8_t same_day[BATCH_LINES] COLUMN;
	uint8_t total[BATCH_LINES] COLUMN;
};

static void amount_facts(const struct batch *restrict batch, struct facts *restrict facts)
{
	uint32_t count = batch->count;

	for (uint32_t i = 0; i < count; i++)
		facts->unpaid[i] = batch->paid[i] <= 0;
	for (uint32_t i = 0; i < count; i++)
		facts->zero_paid[i] = (batch->allowed[i] == 0) & (batch->paid[i] == 0);
	for (uint32_t i = 0; i < count; i++)
		facts->units[i] = (batch->units[i] > 0) | (batch->units[i] == AMOUNT_ABSENT);
	for (uint32_t i = 0; i < count; i++)
		facts->negative[i] =
		        ((batch->charge[i] < 0) & (batch->charge[i] != AMOUNT_ABSENT)) |
		        ((batch->allowed[i] < 0) & (batch->allowed[i] != AMOUNT_ABSENT)) |
		        ((batch->paid[i] < 0) & (batch->paid[i] != AMOUNT_ABSENT));
}

/* A day of its own: the line's own date, or a claim of one day; and no span. */
static void date_facts(const struct normalise *normalise, const struct batch *restrict batch,
        struct facts *restrict facts)
{
	uint32_t count = batch->count;
	int32_t first = normalise->from, last = normalise->to;

	for (uint32_t i = 0; i < count; i++)
		facts->outside[i] = (batch->service_from[i] < first) |
		                    (batch->service_from[i] > last);
	for (uint32_t i = 0; i < count; i++)
		facts->same_day[i] = (batch->service_from[i] != DATE_ABSENT) &
		                     (batch->service_from[i] >= batch->service_thru[i]) &
		                     ((batch->line_start[i] != DATE_ABSENT) |
		                             (batch->claim_end[i] == DATE_ABSENT) |
		                             (batch->claim_end[i] == batch->claim_start[i]));
	for (uint32_t i = 0; i < count; i++)
		facts->total[i] = batch->revenue[i] == 1;
}

static void combine(const struct batch *restrict batch, const struct facts *restrict facts,
        uint8_t by_zero, uint16_t *restrict flags)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		uint8_t said = batch->said[i], frequency = batch->frequency[i];
		uint8_t zero = by_zero & (batch->claim_type[i] == CLAIM_PROFESSIONAL) &
		               facts->zero_paid[i];
		uint8_t denied = ((said & SAID_DENIED) != 0) |
		                 (((said & SAID_CARC) != 0) & facts->unpaid[i]) | zero;
		uint8_t void_claim = frequency == '8';
		uint8_t adjusts = void_claim | (frequency == '7');
		uint8_t superseded = (said & SAID_SUPERSEDED) != 0;
		uint8_t payable = (denied | void_claim | superseded) == 0 ? facts->units[i] : 0;
		uint8_t due = (facts->total[i] | facts->outside[i]) == 0;

		flags[i] = (uint16_t)(denied * LINE_DENIED | facts->total[i] * LINE_TOTAL |
		                      superseded * LINE_SUPERSEDED | adjusts * LINE_ADJUSTMENT |
		                      void_claim * LINE_VOID | payable * LINE_PAYABLE |
		                      facts->negative[i] * LINE_NEGATIVE |
		                      facts->outside[i] * LINE_OUTSIDE |
		                      facts->same_day[i] * LINE_SAME_DAY | due * LINE_DUE);
	}
}

static uint32_t count_flag(const struct batch *batch, uint16_t flag)
{
	uint32_t lines = 0;

	for (uint32_t i = 0; i < batch->count; i++)
		lines += (batch->line_flags[i] & flag) != 0;
	return lines;
}

static void flags(
        const struct normalise *normalise, struct batch *batch, struct normalise_counts *counts)
{
	bool column = has_denial_column(batch);
	struct facts facts;
	uint32_t denied;

	for (uint32_t i = 0; i < batch->count; i++)
		batch->frequency[i] = frequency_of(batch, i);
	amount_facts(batch, &facts);
	date_facts(normalise, batch, &facts);
	combine(batch, &facts, !column && !normalise->zero_paid_payable, batch->line_flags);
	denied = count_flag(batch, LINE_DENIED);
	counts->denied_by_flag += column ? denied : 0;
	counts->denied_by_zero += column ? 0 : denied;
	counts->totals += count_flag(batch, LINE_TOTAL);
	counts->outside += count_flag(batch, LINE_OUTSIDE);
}

/* ---- Setting ---- */

/* Medicare specialties of suppliers: 51 to 54, 58, 87, A0 to A8. */
ALWAYS bool is_supplier(uint16_t specialty)
{
	uint8_t first = (uint8_t)specialty, second = (uint8_t)(specialty >> 8);

	return (first == 'A' && second >= '0' && second <= '8') ||
	       (first == '5' && ((second >= '1' && second <= '4') || second == '8')) ||
	       (first == '8' && second == '7');
}

ALWAYS bool is_equipment(uint64_t code, uint16_t place)
{
	uint8_t class = (uint8_t)code;

	return place == TWO_CHARS('1', '2') && (class == 'E' || class == 'K' || class == 'L') &&
	       code >> 8;
}

/* By the first two characters of the bill type. */
static uint8_t institutional_setting(uint32_t bill_type)
{
	switch (bill_type & 0xffff) {
	case TWO_CHARS('1', '2'):
	case TWO_CHARS('1', '3'):
	case TWO_CHARS('1', '4'):
	case TWO_CHARS('2', '2'):
	case TWO_CHARS('2', '3'):
	case TWO_CHARS('3', '4'):
	case TWO_CHARS('7', '4'):
	case TWO_CHARS('7', '5'):
	case TWO_CHARS('8', '5'):
		return SETTING_OUTPATIENT;
	case TWO_CHARS('1', '1'):
	case TWO_CHARS('1', '8'):
	case TWO_CHARS('2', '1'):
	case TWO_CHARS('4', '1'):
	case TWO_CHARS('3', '2'):
	case TWO_CHARS('3', '3'):
	case TWO_CHARS('8', '1'):
	case TWO_CHARS('8', '2'):
		return SETTING_NONE;
	}
	return SETTING_UNDETERMINED;
}

ALWAYS bool is_inpatient(uint32_t bill_type)
{
	uint16_t type = (uint16_t)bill_type;

	return type == TWO_CHARS('1', '1') || type == TWO_CHARS('1', '8') ||
	       type == TWO_CHARS('2', '1') || type == TWO_CHARS('4', '1');
}

static void settings(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		uint8_t setting = SETTING_UNDETERMINED;
		uint8_t rif = batch->rif_type[i];

		if (rif == 81 || rif == 82)
			setting = SETTING_DME;
		else if (batch->claim_type[i] == CLAIM_PROFESSIONAL)
			setting = is_supplier(batch->specialty[i]) ||
			                          is_equipment(batch->hcpcs[i], batch->place[i])
			                  ? SETTING_DME
			                  : SETTING_PRACTITIONER;
		else if (batch->claim_type[i] == CLAIM_INSTITUTIONAL)
			setting = institutional_setting(batch->bill_type[i]);
		else if (batch->claim_type[i] == CLAIM_DENTAL)
			setting = SETTING_NONE;
		batch->setting[i] = setting;
		batch->inpatient[i] = is_inpatient(batch->bill_type[i]) &&
		                      batch->claim_type[i] != CLAIM_PROFESSIONAL;
	}
}

/* ---- Provider ---- */

/* Ids that the payer calls placeholders: few, and of few runs. */
static void pass_over(const struct payer *payer, struct batch *batch)
{
	uint64_t *const columns[] = {
	        batch->rendering, batch->billing, batch->facility, batch->ordering};

	for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
		for (uint32_t i = 0; i < batch->count; i++) {
			uint64_t id = columns[c][i];
			size_t rows;

			if (id && payer_find(payer, PAYER_PLACEHOLDERS, (int64_t)id, &rows))
				columns[c][i] = (uint64_t)ID_PLACEHOLDER << ID_KIND_SHIFT |
				                (id & ID_VALUE_MASK);
		}
}

ALWAYS bool usable(uint64_t id)
{
	return id != 0 && id_kind(id) != ID_PLACEHOLDER;
}

struct candidate {
	const uint64_t *ids;
	const struct slice *texts;
};

static void providers(const struct normalise *normalise, struct batch *batch)
{
	const struct candidate rendering = {batch->rendering, batch->rendering_text};
	const struct candidate billing = {batch->billing, batch->billing_text};
	const struct candidate facility = {batch->facility, batch->facility_text};
	const struct candidate tin = {batch->billing_tin, batch->tin_text};
	const struct candidate ccn = {batch->billing_ccn, batch->ccn_text};
	const struct candidate orders[CLAIM_TYPES][3] = {
	        [CLAIM_UNDETERMINED] = {rendering, billing, facility},
	        [CLAIM_PROFESSIONAL] = {rendering, billing, billing},
	        [CLAIM_INSTITUTIONAL] = {facility, billing, ccn},
	        [CLAIM_DENTAL] = {rendering, billing, billing},
	};
	const struct candidate by[] = {[BY_RENDERING] = rendering,
	        [BY_BILLING] = billing,
	        [BY_FACILITY] = facility,
	        [BY_TIN] = tin};

	for (uint32_t i = 0; i < batch->count; i++) {
		const struct candidate *order = orders[batch->claim_type[i]];
		uint32_t tries = normalise->by == BY_LINE ? 3 : 1;

		if (normalise->by != BY_LINE)
			order = &by[normalise->by];
		batch->provider_id[i] = (uint64_t)ID_NONE << ID_KIND_SHIFT;
		batch->provider_text[i] = (struct slice){0, 0};
		for (uint32_t t = 0; t < tries; t++) {
			if (!usable(order[t].ids[i]))
				continue;
			batch->provider_id[i] = order[t].ids[i];
			batch->provider_text[i] = order[t].texts[i];
			break;
		}
	}
}

static void taxonomies(const struct normalise *normalise, struct batch *batch)
{
	uint64_t last[2] = {0, 0};
	uint16_t specialty = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		const uint64_t *taxonomy = batch->taxonomy[i];

		if (batch->specialty[i] || !taxonomy[0])
			continue;
		if (taxonomy[0] != last[0] || taxonomy[1] != last[1]) {
			specialty = codes_taxonomy_specialty(normalise->codes, taxonomy);
			last[0] = taxonomy[0];
			last[1] = taxonomy[1];
		}
		batch->specialty[i] = specialty;
	}
}

/* Derived columns without a column of the file hold what the last batch left. */
static void forget(struct batch *batch)
{
	if (!bound(batch, FIELD_FREQUENCY))
		memset(batch->frequency, 0, sizeof(batch->frequency));
	if (!bound(batch, FIELD_BILL_TYPE))
		memset(batch->bill_type, 0, sizeof(batch->bill_type));
	if (!bound(batch, FIELD_SPECIALTY))
		memset(batch->specialty, 0, sizeof(batch->specialty));
	if (!bound(batch, FIELD_STATE))
		memset(batch->state, 0, sizeof(batch->state));
	if (!bound(batch, FIELD_ENTITY_TYPE))
		memset(batch->entity_type, 0, sizeof(batch->entity_type));
}

/* ---- Amounts ---- */

static void count_amounts(const struct batch *restrict batch, const int64_t *restrict amounts,
        int64_t *restrict counted, uint8_t *restrict present, uint8_t bit)
{
	for (uint32_t i = 0; i < batch->count; i++)
		counted[i] = amounts[i] == AMOUNT_ABSENT ? 0 : amounts[i];
	for (uint32_t i = 0; i < batch->count; i++)
		present[i] |= amounts[i] == AMOUNT_ABSENT ? 0 : bit;
}

/* An amount of claim level is not counted on institutional lines. */
static void leave_to_claims(const struct batch *restrict batch, int64_t *restrict counted,
        uint8_t *restrict present, uint8_t bit)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		bool apart = batch->claim_type[i] == CLAIM_INSTITUTIONAL;

		counted[i] = apart ? 0 : counted[i];
		present[i] = apart ? present[i] & (uint8_t)~bit : present[i];
	}
}

static void amounts(const struct normalise *normalise, struct batch *batch)
{
	const struct {
		const int64_t *amounts;
		int64_t *counted;
		uint8_t bit;
	} all[] = {{batch->charge, batch->counted_charge, COUNTED_CHARGE},
	        {batch->allowed, batch->counted_allowed, COUNTED_ALLOWED},
	        {batch->paid, batch->counted_paid, COUNTED_PAID}};

	memset(batch->counted_present, 0, sizeof(batch->counted_present));
	for (unsigned i = 0; i < 3; i++) {
		count_amounts(
		        batch, all[i].amounts, all[i].counted, batch->counted_present, all[i].bit);
		if (normalise->claim_level[i])
			leave_to_claims(batch, all[i].counted, batch->counted_present, all[i].bit);
	}
}

/* ---- The edges of the data ---- */

/* Of one claim type: a pass over the batch that the compiler does many lines at once. */
static void edges_of(
        const struct batch *restrict batch, uint8_t type, struct normalise_counts *restrict counts)
{
	int32_t first = INT32_MAX, last = DATE_ABSENT, came = DATE_ABSENT;
	uint32_t lines = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		int32_t date = batch->service_from[i], late = batch->received[i];
		int32_t of = batch->claim_type[i] == type;

		late = batch->paid_date[i] > late ? batch->paid_date[i] : late;
		late = of ? late : DATE_ABSENT;
		date = of ? date : DATE_ABSENT;
		lines += (uint32_t)of;
		last = date > last ? date : last;
		date = date == DATE_ABSENT ? INT32_MAX : date;
		first = date < first ? date : first;
		came = late > came ? late : came;
	}
	counts->lines[type] += lines;
	counts->first_service[type] = first < counts->first_service[type]
	                                      ? first
	                                      : counts->first_service[type];
	counts->last_service[type] = last > counts->last_service[type] ? last
	                                                               : counts->last_service[type];
	counts->last_received[type] = came > counts->last_received[type]
	                                      ? came
	                                      : counts->last_received[type];
}

static void edges(const struct batch *batch, struct normalise_counts *counts)
{
	uint32_t types = 0;

	for (uint32_t i = 0; i < batch->count; i++)
		types |= 1u << batch->claim_type[i];
	for (uint8_t type = 0; type < CLAIM_TYPES; type++) {
		if (types >> type & 1)
			edges_of(batch, type, counts);
	}
}

/* Adjustments are matched by person where they name no claim. */
static bool has_adjustments(const struct batch *batch)
{
	return bound(batch, FIELD_FREQUENCY) || bound(batch, FIELD_ORIGINAL_CLAIM_ID) ||
	       bound(batch, FIELD_BILL_TYPE) || bound(batch, FIELD_BILL_FACILITY);
}

static void normalise_batch(
        const struct normalise *normalise, struct batch *batch, struct normalise_counts *counts)
{
	forget(batch);
	claim_keys(batch);
	original_keys(batch);
	if (normalise->judged || has_adjustments(batch))
		person_keys(batch);
	if (bound(batch, FIELD_RIF_TYPE))
		rif_parts(batch);
	service_dates(batch);
	flags(normalise, batch, counts);
	if (payer_count(normalise->payer, PAYER_PLACEHOLDERS))
		pass_over(normalise->payer, batch);
	providers(normalise, batch);
	if (normalise->members)
		side_members(normalise->members, batch, &counts->disagreements);
	if (normalise->providers)
		side_providers(normalise->providers, batch, &counts->disagreements);
	if (bound(batch, FIELD_TAXONOMY))
		taxonomies(normalise, batch);
	if (normalise->judged)
		settings(batch);
	amounts(normalise, batch);
	edges(batch, counts);
}

const struct normalise_hot HOT(normalise_hot) = {.batch = normalise_batch};
