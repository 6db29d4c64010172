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

/*
 * Every line is hashed, though most claims have several lines side by side: to
 * ask whether the id is the last line's costs more, as nobody can tell the answer
 * in advance.
 */
static void claim_keys(struct batch *batch)
{
	bool sources = bound(batch, FIELD_DATA_SOURCE);
	uint64_t source = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice id = batch->claim_id[i], from = batch->data_source[i];

		if (sources && (i == 0 || !same_text(batch, from, batch->data_source[i - 1])))
			source = from.size ? hash64(batch->text + from.at, from.size) : 0;
		batch->claim_key[i] = claim_key_of(source, batch->text + id.at, id.size);
	}
}

static void person_keys(struct batch *batch)
{
	memset(batch->person_key, 0, batch->count * sizeof(batch->person_key[0]));
	if (!bound(batch, FIELD_PERSON_ID))
		return;
	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice id = batch->person_id[i];

		if (id.size)
			batch->person_key[i] = person_key_of(batch->text + id.at, id.size);
	}
}

/* ---- RIF: parts put together ---- */

/* A line without RIF's type keeps what a column of ours says (convert joins layouts). */
static void rif_parts(struct batch *batch)
{
	bool typed = bound(batch, FIELD_CLAIM_TYPE);

	for (uint32_t i = 0; i < batch->count; i++) {
		uint8_t type = batch->rif_type[i];
		uint8_t none = typed ? batch->claim_type[i] : CLAIM_UNDETERMINED;
		bool professional = type >= 70 && type < 90; /* 71 72 carrier, 81 82 DME */

		batch->claim_type[i] = type == 0      ? none
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
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
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
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		facts->unpaid[i] = batch->paid[i] <= 0;
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		facts->zero_paid[i] = (batch->allowed[i] == 0) & (batch->paid[i] == 0);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		facts->units[i] = (batch->units[i] > 0) | (batch->units[i] == AMOUNT_ABSENT);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		facts->negative[i] =
		        ((batch->charge[i] < 0) & (batch->charge[i] != AMOUNT_ABSENT)) |
		        ((batch->allowed[i] < 0) & (batch->allowed[i] != AMOUNT_ABSENT)) |
		        ((batch->paid[i] < 0) & (batch->paid[i] != AMOUNT_ABSENT));
}

/* A day of its own: the line's own date, or a claim of one day; and no span. */
static void date_facts(const struct normalise *normalise, const struct batch *restrict batch,
        struct facts *restrict facts)
{
	int32_t first = normalise->from, last = normalise->to;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		facts->outside[i] = (batch->service_from[i] < first) |
		                    (batch->service_from[i] > last);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		facts->same_day[i] = (batch->service_from[i] != DATE_ABSENT) &
		                     (batch->service_from[i] >= batch->service_thru[i]) &
		                     ((batch->line_start[i] != DATE_ABSENT) |
		                             (batch->claim_end[i] == DATE_ABSENT) |
		                             (batch->claim_end[i] == batch->claim_start[i]));
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		facts->total[i] = batch->revenue[i] == 1;
}

static void combine(const struct batch *restrict batch, const struct facts *restrict facts,
        uint8_t by_zero, uint16_t *restrict flags)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
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
	memset(flags + batch->count, 0, (BATCH_LINES - batch->count) * sizeof(*flags));
}

/* Behind the batch's last line there are no flags. */
static uint32_t count_flag(const struct batch *batch, uint16_t flag)
{
	uint16_t lines = 0;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		lines += (batch->line_flags[i] & flag) / flag;
	return lines;
}

static void flags(
        const struct normalise *normalise, struct batch *batch, struct normalise_counts *counts)
{
	bool column = has_denial_column(batch);
	struct facts facts;
	uint32_t denied;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
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

	return ((first == 'A') & (second >= '0') & (second <= '8')) |
	       ((first == '5') & (((second >= '1') & (second <= '4')) | (second == '8'))) |
	       ((first == '8') & (second == '7'));
}

ALWAYS bool is_equipment(uint64_t code)
{
	uint8_t class = (uint8_t)code;

	return ((class == 'E') | (class == 'K') | (class == 'L')) & (code >> 8 != 0);
}

/* Sets of bill types, by their first two characters as a number of two digits. */
#define BELOW_64(number) ((number) < 64 ? (uint64_t)1 << ((number)&63) : 0)
#define FROM_64(number) ((number) < 64 ? 0 : (uint64_t)1 << ((number)&63))
#define OUTPATIENT_BILLS(bit) \
	(bit(12) | bit(13) | bit(14) | bit(22) | bit(23) | bit(34) | bit(74) | bit(75) | bit(85))
#define BILLS_OF_NONE(bit) \
	(bit(11) | bit(18) | bit(21) | bit(41) | bit(32) | bit(33) | bit(81) | bit(82))

/* By comparing all at once: a table is read one line at a time. */
static void bill_settings(const uint32_t *restrict bill_types, uint8_t *restrict settings)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint64_t first = (bill_types[i] & 0xff) - '0';
		uint64_t second = (bill_types[i] >> 8 & 0xff) - '0';
		uint64_t number = (first < 10) & (second < 10) ? first * 10 + second : 0;
		uint64_t high = -(uint64_t)(number >= 64), bit = number & 63;
		uint64_t outpatient = (OUTPATIENT_BILLS(BELOW_64) & ~high) |
		                      (OUTPATIENT_BILLS(FROM_64) & high);
		uint64_t none = (BILLS_OF_NONE(BELOW_64) & ~high) | (BILLS_OF_NONE(FROM_64) & high);

		settings[i] = (uint8_t)((outpatient >> bit & 1) * SETTING_OUTPATIENT |
		                        (none >> bit & 1) * SETTING_NONE);
	}
}

ALWAYS bool is_inpatient(uint32_t bill_type)
{
	uint16_t type = (uint16_t)bill_type;

	return (type == TWO_CHARS('1', '1')) | (type == TWO_CHARS('1', '8')) |
	       (type == TWO_CHARS('2', '1')) | (type == TWO_CHARS('4', '1'));
}

/* A supplier's line, or equipment at home. */
static void find_equipment(const struct batch *restrict batch, uint8_t *restrict equipment)
{
	uint8_t home[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		equipment[i] = is_supplier(batch->specialty[i]);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		home[i] = batch->place[i] == TWO_CHARS('1', '2');
	for (uint32_t i = 0; i < batch->count; i++)
		if (home[i])
			equipment[i] |= is_equipment(batch->hcpcs[i]);
}

static void settings(struct batch *batch)
{
	uint8_t equipment[BATCH_LINES] COLUMN, by_bill[BATCH_LINES] COLUMN;

	find_equipment(batch, equipment);
	bill_settings(batch->bill_type, by_bill);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint8_t type = batch->claim_type[i], rif = batch->rif_type[i];
		uint8_t professional = equipment[i] ? SETTING_DME : SETTING_PRACTITIONER;
		uint8_t setting = by_bill[i];

		setting = type == CLAIM_UNDETERMINED ? SETTING_UNDETERMINED : setting;
		setting = type == CLAIM_DENTAL ? SETTING_NONE : setting;
		setting = type == CLAIM_PROFESSIONAL ? professional : setting;
		batch->setting[i] = (rif == 81) | (rif == 82) ? SETTING_DME : setting;
	}
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		batch->inpatient[i] = is_inpatient(batch->bill_type[i]);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		batch->inpatient[i] &= batch->claim_type[i] != CLAIM_PROFESSIONAL;
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
	return (id != 0) & (id >> ID_KIND_SHIFT != ID_PLACEHOLDER);
}

/* Ids, and slices as words. */
typedef uint64_t __attribute__((may_alias)) slice_word;
_Static_assert(sizeof(struct slice) == sizeof(slice_word), "a slice is a word");

/* Where a line's provider may stand, by claim type, first to last. */
struct candidate {
	const uint64_t *ids;
	const struct slice *texts;
};

ALWAYS void take_words(
        slice_word *restrict into, const slice_word *restrict from, const uint64_t *restrict masks)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		into[i] = (from[i] & masks[i]) | (into[i] & ~masks[i]);
}

/* Take the candidate on the lines of these types that have none yet. */
static void take_candidate(struct batch *batch, const struct candidate *candidate, unsigned types)
{
	const uint64_t *ids = candidate->ids;
	uint64_t masks[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint64_t of_type = types >> batch->claim_type[i] & 1;
		uint64_t take = of_type & usable(ids[i]) &
		                (batch->provider_id[i] == (uint64_t)ID_NONE << ID_KIND_SHIFT);

		masks[i] = -take;
	}
	take_words((slice_word *)batch->provider_id, (const slice_word *)ids, masks);
	take_words((slice_word *)batch->provider_text, (const slice_word *)candidate->texts, masks);
}

static bool any_without(const struct batch *batch)
{
	uint32_t without = 0, count = batch->count;

	for (uint32_t i = 0; i < count; i++)
		without += batch->provider_id[i] == (uint64_t)ID_NONE << ID_KIND_SHIFT;
	return without != 0;
}

enum {
	TYPES_ALL = (1 << CLAIM_TYPES) - 1,
	TYPE_INSTITUTIONAL = 1 << CLAIM_INSTITUTIONAL,
	TYPE_UNDETERMINED = 1 << CLAIM_UNDETERMINED,
};

static void providers(const struct normalise *normalise, struct batch *batch)
{
	const struct candidate rendering = {batch->rendering, batch->rendering_text};
	const struct candidate billing = {batch->billing, batch->billing_text};
	const struct candidate facility = {batch->facility, batch->facility_text};
	const struct candidate tin = {batch->billing_tin, batch->tin_text};
	const struct candidate ccn = {batch->billing_ccn, batch->ccn_text};
	const struct candidate by[] = {[BY_RENDERING] = rendering,
	        [BY_BILLING] = billing,
	        [BY_FACILITY] = facility,
	        [BY_TIN] = tin};

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		batch->provider_id[i] = (uint64_t)ID_NONE << ID_KIND_SHIFT;
	memset(batch->provider_text, 0, sizeof(batch->provider_text));
	if (normalise->by != BY_LINE) {
		take_candidate(batch, &by[normalise->by], TYPES_ALL);
		return;
	}
	take_candidate(batch, &rendering, TYPES_ALL & ~TYPE_INSTITUTIONAL);
	take_candidate(batch, &facility, TYPE_INSTITUTIONAL);
	if (!any_without(batch))
		return;
	take_candidate(batch, &billing, TYPES_ALL);
	take_candidate(batch, &facility, TYPE_UNDETERMINED);
	take_candidate(batch, &ccn, TYPE_INSTITUTIONAL);
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

static void count_amounts(const int64_t *restrict amounts, int64_t *restrict counted,
        uint8_t *restrict present, uint8_t bit)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		counted[i] = amounts[i] == AMOUNT_ABSENT ? 0 : amounts[i];
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		present[i] |= amounts[i] == AMOUNT_ABSENT ? 0 : bit;
}

/* An amount of claim level is not counted on institutional lines. */
static void leave_to_claims(const struct batch *restrict batch, int64_t *restrict counted,
        uint8_t *restrict present, uint8_t bit)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
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
		count_amounts(all[i].amounts, all[i].counted, batch->counted_present, all[i].bit);
		if (normalise->claim_level[i])
			leave_to_claims(batch, all[i].counted, batch->counted_present, all[i].bit);
	}
}

/* ---- The edges of the data ---- */

/* Without a choice, which gcc would make a jump of. */
ALWAYS int32_t dated(int32_t date, bool is)
{
	int32_t mask = -(int32_t)is;

	return (date & mask) | (DATE_ABSENT & ~mask);
}

/* The least and the most of dates on lines of a type; DATE_ABSENT is the least of all. */
ALWAYS int32_t latest(const int32_t *restrict dates, const uint8_t *restrict types, uint8_t type)
{
	int32_t last = DATE_ABSENT;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		int32_t date = dated(dates[i], types[i] == type);

		last = date > last ? date : last;
	}
	return last;
}

/* INT32_MAX: none.  As unsigned numbers from the least date on, DATE_ABSENT past the greatest. */
ALWAYS int32_t earliest(const int32_t *restrict dates, const uint8_t *restrict types, uint8_t type)
{
	uint32_t first = UINT32_MAX;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint32_t date = ((uint32_t)dated(dates[i], types[i] == type) ^ 0x80000000u) - 1;

		first = date < first ? date : first;
	}
	return first == UINT32_MAX ? INT32_MAX : (int32_t)((first + 1) ^ 0x80000000u);
}

ALWAYS uint32_t lines_of(const uint8_t *restrict types, uint8_t type)
{
	uint8_t lines = 0;

	_Static_assert(BATCH_LINES <= UINT8_MAX, "lines of a batch fit a byte");
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		lines += types[i] == type;
	return lines;
}

ALWAYS void later(int32_t *most, int32_t date)
{
	*most = date > *most ? date : *most;
}

/* Of one claim type: passes over the batch that the compiler does many lines at once. */
static void edges_of(const struct batch *batch, const uint8_t types[BATCH_LINES], uint8_t type,
        struct normalise_counts *counts)
{
	int32_t first = earliest(batch->service_from, types, type);

	counts->first_service[type] = first < counts->first_service[type]
	                                      ? first
	                                      : counts->first_service[type];
	later(&counts->last_service[type], latest(batch->service_from, types, type));
	if (bound(batch, FIELD_RECEIVED))
		later(&counts->last_received[type], latest(batch->received, types, type));
	if (bound(batch, FIELD_PAID_DATE))
		later(&counts->last_received[type], latest(batch->paid_date, types, type));
}

static void edges(const struct batch *batch, struct normalise_counts *counts)
{
	uint8_t types[BATCH_LINES] COLUMN;

	memcpy(types, batch->claim_type, sizeof(types));
	memset(types + batch->count, CLAIM_TYPES, BATCH_LINES - batch->count);
	for (uint8_t type = 0; type < CLAIM_TYPES; type++) {
		uint32_t lines = lines_of(types, type);

		counts->lines[type] += lines;
		if (lines)
			edges_of(batch, types, type, counts);
	}
}

/* Adjustments are matched by person where they name no claim. */
static bool has_adjustments(const struct batch *batch)
{
	return bound(batch, FIELD_FREQUENCY) || bound(batch, FIELD_ORIGINAL_CLAIM_ID) ||
	       bound(batch, FIELD_BILL_TYPE) || bound(batch, FIELD_BILL_FACILITY);
}

static void keys(const struct normalise *normalise, struct batch *batch)
{
	claim_keys(batch);
	original_keys(batch);
	if (normalise->judged || has_adjustments(batch))
		person_keys(batch);
}

static void normalise_batch(
        const struct normalise *normalise, struct batch *batch, struct normalise_counts *counts)
{
	forget(batch);
	if (!batch->kept)
		keys(normalise, batch);
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
