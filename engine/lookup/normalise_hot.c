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

ALWAYS bool same_day(const struct batch *batch, uint32_t i)
{
	int32_t from = batch->service_from[i];
	bool own = (batch->line_start[i] != DATE_ABSENT) | (batch->claim_end[i] == DATE_ABSENT) |
	           (batch->claim_end[i] == batch->claim_start[i]);

	return (from != DATE_ABSENT) & (from >= batch->service_thru[i]) & own;
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

ALWAYS bool is_zero_paid(const struct batch *batch, uint32_t i)
{
	return (batch->claim_type[i] == CLAIM_PROFESSIONAL) & (batch->allowed[i] == 0) &
	       (batch->paid[i] == 0);
}

ALWAYS bool is_denied(const struct batch *batch, uint32_t i, bool by_zero)
{
	uint8_t said = batch->said[i];

	return ((said & SAID_DENIED) != 0) | (((said & SAID_CARC) != 0) & (batch->paid[i] <= 0)) |
	       (by_zero & is_zero_paid(batch, i));
}

ALWAYS bool is_negative(const struct batch *batch, uint32_t i)
{
	return ((batch->charge[i] < 0) & (batch->charge[i] != AMOUNT_ABSENT)) |
	       ((batch->allowed[i] < 0) & (batch->allowed[i] != AMOUNT_ABSENT)) |
	       ((batch->paid[i] < 0) & (batch->paid[i] != AMOUNT_ABSENT));
}

ALWAYS uint16_t flags_of(const struct normalise *normalise, const struct batch *batch, uint32_t i,
        uint8_t frequency, bool by_zero)
{
	uint32_t denied = is_denied(batch, i, by_zero);
	uint32_t void_claim = frequency == '8';
	uint32_t adjusts = void_claim | (frequency == '7');
	uint32_t superseded = (batch->said[i] & SAID_SUPERSEDED) != 0;
	uint32_t units = (batch->units[i] > 0) | (batch->units[i] == AMOUNT_ABSENT);
	uint32_t payable = (denied | void_claim | superseded) == 0 ? units : 0;
	uint32_t total = batch->revenue[i] == 1;
	uint32_t outside = (batch->service_from[i] < normalise->from) |
	                   (batch->service_from[i] > normalise->to);

	return (uint16_t)(denied * LINE_DENIED | total * LINE_TOTAL | superseded * LINE_SUPERSEDED |
	                  adjusts * LINE_ADJUSTMENT | void_claim * LINE_VOID |
	                  payable * LINE_PAYABLE | is_negative(batch, i) * LINE_NEGATIVE |
	                  outside * LINE_OUTSIDE | same_day(batch, i) * LINE_SAME_DAY |
	                  ((total | outside) == 0) * LINE_DUE);
}

static void flags(
        const struct normalise *normalise, struct batch *batch, struct normalise_counts *counts)
{
	bool column = has_denial_column(batch);
	bool by_zero = !column && !normalise->zero_paid_payable;
	uint32_t denied = 0, totals = 0, outside = 0;

	for (uint32_t i = 0; i < batch->count; i++)
		batch->frequency[i] = frequency_of(batch, i);
	for (uint32_t i = 0; i < batch->count; i++) {
		uint16_t set = flags_of(normalise, batch, i, batch->frequency[i], by_zero);

		batch->line_flags[i] = set;
		denied += (set & LINE_DENIED) != 0;
		totals += (set & LINE_TOTAL) != 0;
		outside += (set & LINE_OUTSIDE) != 0;
	}
	counts->denied_by_flag += column ? denied : 0;
	counts->denied_by_zero += column ? 0 : denied;
	counts->totals += totals;
	counts->outside += outside;
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

static void count_amounts(const struct batch *batch, const int64_t *amounts, int64_t *counted,
        uint8_t *present, uint8_t bit, bool claim_level)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		bool apart = claim_level & (batch->claim_type[i] == CLAIM_INSTITUTIONAL);
		bool there = (amounts[i] != AMOUNT_ABSENT) & !apart;

		counted[i] = there ? amounts[i] : 0;
		present[i] |= there ? bit : 0;
	}
}

static void amounts(const struct normalise *normalise, struct batch *batch)
{
	memset(batch->counted_present, 0, sizeof(batch->counted_present));
	count_amounts(batch, batch->charge, batch->counted_charge, batch->counted_present,
	        COUNTED_CHARGE, normalise->claim_level[0]);
	count_amounts(batch, batch->allowed, batch->counted_allowed, batch->counted_present,
	        COUNTED_ALLOWED, normalise->claim_level[1]);
	count_amounts(batch, batch->paid, batch->counted_paid, batch->counted_present, COUNTED_PAID,
	        normalise->claim_level[2]);
}

/* ---- The edges of the data ---- */

/* Of one claim type: a pass over the batch that the compiler does many lines at once. */
static void edges_of(
        const struct batch *restrict batch, uint8_t type, struct normalise_counts *restrict counts)
{
	int32_t first = INT32_MAX, last = DATE_ABSENT, came = DATE_ABSENT;
	uint32_t lines = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		bool of = batch->claim_type[i] == type;
		int32_t date = of ? batch->service_from[i] : DATE_ABSENT;
		int32_t early = date == DATE_ABSENT ? INT32_MAX : date;
		int32_t received = of ? batch->received[i] : DATE_ABSENT;
		int32_t paid = of ? batch->paid_date[i] : DATE_ABSENT;

		lines += of;
		first = early < first ? early : first;
		last = date > last ? date : last;
		came = received > came ? received : came;
		came = paid > came ? paid : came;
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

static void normalise_batch(
        const struct normalise *normalise, struct batch *batch, struct normalise_counts *counts)
{
	forget(batch);
	claim_keys(batch);
	original_keys(batch);
	person_keys(batch);
	if (bound(batch, FIELD_RIF_TYPE))
		rif_parts(batch);
	service_dates(batch);
	flags(normalise, batch, counts);
	providers(normalise, batch);
	if (normalise->members)
		side_members(normalise->members, batch, &counts->disagreements);
	if (normalise->providers)
		side_providers(normalise->providers, batch, &counts->disagreements);
	if (bound(batch, FIELD_TAXONOMY))
		taxonomies(normalise, batch);
	settings(batch);
	amounts(normalise, batch);
	edges(batch, counts);
}

const struct normalise_hot HOT(normalise_hot) = {.batch = normalise_batch};
