/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns are the canonical fields by their names in format/fields.def;
 * what stands in a cell is told by one switch over the field, in two parts.
 */
#include "gen_write.h"

#include "claim.h"

#include <assert.h>
#include <string.h>

const char gen_members_header[] =
        "person_id,birth_date,sex,death_date,state,zip,coverage_start,coverage_end\n";
const char gen_providers_header[] =
        "npi,entity_type,specialty_code,taxonomy_code,state,zip,tin,ccn,teaching\n";
const char gen_labels_header[] = "npi,scheme,rule,label,lines,dollars\n";

static const char *const field_names[] = {
#define FIELD(symbol, name, type) name,
#include "format/fields.def"
#undef FIELD
};

static const uint8_t narrow_columns[] = {FIELD_CLAIM_ID, FIELD_LINE_NUMBER, FIELD_CLAIM_TYPE,
        FIELD_PERSON_ID, FIELD_LINE_START, FIELD_PLACE, FIELD_UNITS, FIELD_HCPCS, FIELD_MODIFIER_1,
        FIELD_RENDERING_NPI, FIELD_BILLING_NPI, FIELD_PAID, FIELD_ALLOWED, FIELD_CHARGE,
        FIELD_DIAGNOSIS_1, FIELD_DIAGNOSIS_2, FIELD_DIAGNOSIS_3, FIELD_DIAGNOSIS_4};

/* Runs of fields, first and last, in the canonical order. */
static const uint8_t full_columns[][2] = {
        {FIELD_CLAIM_ID, FIELD_PERSON_ID},
        {FIELD_CLAIM_START, FIELD_DISCHARGE},
        {FIELD_DISCHARGE_STATUS, FIELD_BILL_TYPE},
        {FIELD_DRG, FIELD_RENDERING_NPI},
        {FIELD_BILLING_NPI, FIELD_CHARGE},
        {FIELD_DIAGNOSIS_TYPE, FIELD_DIAGNOSIS_25},
        {FIELD_PROCEDURE_1, FIELD_PROCEDURE_25},
        {FIELD_DATA_SOURCE, FIELD_DATA_SOURCE},
        {FIELD_SPECIALTY, FIELD_CONDITION_11},
};

enum { COLUMNS_MAX = 160 };

/* One line on its way to text. */
struct row {
	const struct gen_chunk *chunk;
	const struct gen_claim *claim;
	const struct gen_line *line;
	unsigned number; /* of the line, from 1 */
	uint64_t bits;   /* for the dirt of this row */
	uint64_t rendering;
	bool flagged; /* denied with the flag */
};

char *gen_write_number(char *text, uint64_t value)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
	                            "2021222324252627282930313233343536373839"
	                            "4041424344454647484950515253545556575859"
	                            "6061626364656667686970717273747576777879"
	                            "8081828384858687888990919293949596979899";
	char digits[20];
	size_t at = sizeof(digits);

	while (value >= 10) {
		memcpy(digits + (at -= 2), pairs + value % 100 * 2, 2);
		value /= 100;
	}
	if (value > 0 || at == sizeof(digits))
		digits[--at] = (char)('0' + value);
	memcpy(text, digits + at, sizeof(digits) - at);
	return text + sizeof(digits) - at;
}

char *gen_write_cents(char *text, int64_t cents)
{
	uint64_t value = (uint64_t)(cents < 0 ? -cents : cents);

	if (cents < 0)
		*text++ = '-';
	text = gen_write_number(text, value / 100);
	*text++ = '.';
	*text++ = (char)('0' + value / 10 % 10);
	*text++ = (char)('0' + value % 10);
	return text;
}

static char *put(char *text, const char *from)
{
	while (*from != '\0')
		*text++ = *from++;
	return text;
}

/* The number in so many digits. */
static char *put_digits(char *text, uint64_t value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		text[i] = (char)('0' + value % 10);
	return text + digits;
}

static char *put_npi(char *text, uint64_t npi)
{
	return npi == 0 ? text : put_digits(text, npi, 10);
}

static char *put_day(char *text, const struct gen_world *world, int32_t day)
{
	if (day < world->dates_from || day > world->dates_to)
		return text + date_format(day, text);
	memcpy(text, world->dates[day - world->dates_from], 10);
	return text + 10;
}

/* In one of the forms that feeds write; which one hangs on the row and the field. */
static char *put_date(char *text, const struct row *row, enum field field, int32_t day)
{
	static const char months[12][4] = {
	        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const struct gen_world *world = row->chunk->world;
	struct date_parts parts;

	if (day == GEN_NO_DAY)
		return text;
	if (!(world->options->dirt & GEN_DIRT_DATES) || row->bits >> (field % 13) & 1)
		return put_day(text, world, day);
	parts = date_to_parts(day);
	switch (row->bits >> (field % 17 + 16) & 3) {
	case 0:
		return put_digits(
		        text, (uint64_t)(parts.year * 10000 + parts.month * 100 + parts.day), 8);
	case 1:
		text = put_digits(text, (uint64_t)parts.month, 2);
		*text++ = '/';
		text = put_digits(text, (uint64_t)parts.day, 2);
		*text++ = '/';
		return put_digits(text, (uint64_t)parts.year, 4);
	case 2:
		text = put_digits(text, (uint64_t)parts.day, 2);
		*text++ = '-';
		text = put(text, months[parts.month - 1]);
		*text++ = '-';
		return put_digits(text, (uint64_t)parts.year, 4);
	default:
		return put(put_day(text, world, day), "T00:00:00");
	}
}

static char *put_person(char *text, uint64_t member)
{
	*text++ = 'M';
	return member < 10000000 ? put_digits(text, member, 7) : gen_write_number(text, member);
}

/*
 * Without a column of free text the quotes are put about the claim's id; what
 * stands inside is then a part of it.
 */
static char *put_claim_id(char *text, const struct row *row, uint64_t id)
{
	const struct gen_options *options = row->chunk->world->options;
	unsigned variant = (unsigned)(gen_mix(id) % 32);

	if (id == 0)
		return text;
	if (!(options->dirt & GEN_DIRT_QUOTES) || options->columns == GEN_FULL || variant > 3)
		return gen_write_number(text, id);
	*text++ = '"';
	text = gen_write_number(text, id);
	if (variant > 0)
		text = put(text, variant == 1 ? ",A" : variant == 2 ? " \"\"B\"\"" : "\nC");
	*text++ = '"';
	return text;
}

/* A payer's name hangs on the member, so that a replacement has its original's. */
static char *put_source(char *text, const struct row *row)
{
	static const char *const quoted[] = {
	        "\"Plan, West\"", "\"Plan \"\"Plus\"\"\"", "\"Plan\nEast\"", "plan"};

	if (row->chunk->world->options->dirt & GEN_DIRT_QUOTES)
		return put(text, quoted[row->claim->member.index % 4]);
	return put(text, "synthetic");
}

static char *put_revenue(char *text, const struct row *row)
{
	return row->line->revenue ? put_digits(text, row->line->revenue, 4) : text;
}

static char *put_units(char *text, int32_t units)
{
	return units == INT32_MIN ? text : gen_write_number(text, (uint64_t)units);
}

static char *put_diagnosis(char *text, const struct row *row, unsigned index)
{
	return index < row->claim->diagnosis_count ? put(text, row->claim->diagnoses[index]) : text;
}

static char *put_modifier(char *text, const struct row *row, unsigned index)
{
	if (index < row->line->modifier_count)
		return put(text, row->line->modifiers[index]);
	return text;
}

static char *put_type(char *text, const struct row *row)
{
	return put(text, row->claim->kind == GEN_PROFESSIONAL ? "professional" : "institutional");
}

/* Every other adjustment does not say which claim it is about. */
static bool is_unnamed(const struct row *row)
{
	return row->chunk->world->options->dirt & GEN_DIRT_UNNAMED &&
	       gen_mix(row->claim->original) & 1;
}

/* Ids, dates, and what only institutional claims have. */
static char *put_claim_field(char *text, const struct row *row, enum field field)
{
	const struct gen_claim *claim = row->claim;
	bool stay = claim->kind == GEN_INPATIENT;

	switch (field) {
	case FIELD_CLAIM_START:
		return put_date(text, row, field, claim->from);
	case FIELD_CLAIM_END:
		return put_date(text, row, field, claim->thru);
	case FIELD_LINE_END:
		return put_date(text, row, field, row->line->thru);
	case FIELD_ADMISSION:
		return put_date(text, row, field, stay ? claim->from : GEN_NO_DAY);
	case FIELD_DISCHARGE:
		return put_date(text, row, field, stay ? claim->thru : GEN_NO_DAY);
	case FIELD_DISCHARGE_STATUS:
		return put(text, claim->discharge_status);
	case FIELD_BILL_TYPE:
		return put(text, claim->bill_type);
	case FIELD_DRG:
		return claim->drg ? put_digits(text, claim->drg, 3) : text;
	case FIELD_REVENUE:
		return put_revenue(text, row);
	case FIELD_PROCEDURE_1:
		return claim->procedure ? put(text, claim->procedure) : text;
	case FIELD_CONDITION_1:
		return put(text, claim->condition);
	case FIELD_ADMITTING:
		return stay ? put_diagnosis(text, row, 0) : text;
	case FIELD_PAID_DATE:
		return put_date(text, row, field, claim->paid_on);
	case FIELD_RECEIVED:
		return put_date(text, row, field, claim->received);
	case FIELD_FREQUENCY:
		*text = claim->frequency;
		return text + 1;
	case FIELD_ORIGINAL_CLAIM_ID:
		return is_unnamed(row) ? text : put_claim_id(text, row, claim->original);
	case FIELD_DATA_SOURCE:
		return put_source(text, row);
	default:
		return text;
	}
}

/* Providers and their like, and what the payer said; the other fields of full. */
static char *put_full_field(char *text, const struct row *row, enum field field)
{
	const struct gen_provider *provider = &row->claim->provider;

	switch (field) {
	case FIELD_MODIFIER_2 ... FIELD_MODIFIER_5:
		return put_modifier(text, row, field - FIELD_MODIFIER_1);
	case FIELD_DIAGNOSIS_TYPE:
		return put(text, "icd-10-cm");
	case FIELD_DIAGNOSIS_5 ... FIELD_DIAGNOSIS_25:
		return put_diagnosis(text, row, field - FIELD_DIAGNOSIS_1);
	case FIELD_POINTER_1 ... FIELD_POINTER_4:
		if (row->claim->kind != GEN_PROFESSIONAL ||
		        field - FIELD_POINTER_1 >= row->line->pointer_count)
			return text;
		*text = (char)('1' + (field - FIELD_POINTER_1));
		return text + 1;
	case FIELD_BILLING_TIN:
		return put_digits(text, provider->tin, 9);
	case FIELD_FACILITY_NPI:
		return put_npi(text, row->claim->facility);
	case FIELD_ORDERING_NPI:
		return put_npi(text, row->claim->ordering);
	case FIELD_BILLING_CCN:
		return provider->ccn ? put_digits(text, provider->ccn, 6) : text;
	case FIELD_SPECIALTY:
		return put(text, provider->specialty->code);
	case FIELD_TAXONOMY:
		return put(text, provider->specialty->taxonomy);
	case FIELD_STATE:
		memcpy(text, provider->state, 2);
		return text + 2;
	case FIELD_ENTITY_TYPE:
		*text = (char)('0' + provider->entity_type);
		return text + 1;
	case FIELD_DENIED:
		*text = row->flagged ? '1' : '0';
		return text + 1;
	case FIELD_CARC_1:
		return row->flagged ? put(text, "16") : text;
	default:
		return put_claim_field(text, row, field);
	}
}

/* What narrow has, first; all else is handed on. */
static char *put_field(char *text, const struct row *row, enum field field)
{
	switch (field) {
	case FIELD_CLAIM_ID:
		return put_claim_id(text, row, row->claim->id);
	case FIELD_LINE_NUMBER:
		return gen_write_number(text, row->number);
	case FIELD_CLAIM_TYPE:
		return put_type(text, row);
	case FIELD_PERSON_ID:
		return put_person(text, row->claim->member.index);
	case FIELD_LINE_START:
		return put_date(text, row, field, row->line->from);
	case FIELD_PLACE:
		return put(text, row->line->place);
	case FIELD_UNITS:
		return put_units(text, row->line->units);
	case FIELD_HCPCS:
		return put(text, row->line->code);
	case FIELD_MODIFIER_1:
		return put_modifier(text, row, 0);
	case FIELD_RENDERING_NPI:
		return put_npi(text, row->rendering);
	case FIELD_BILLING_NPI:
		return put_npi(text, row->claim->billing);
	case FIELD_PAID:
		return gen_write_cents(text, row->line->paid);
	case FIELD_ALLOWED:
		return gen_write_cents(text, row->line->allowed);
	case FIELD_CHARGE:
		return gen_write_cents(text, row->line->charge);
	case FIELD_DIAGNOSIS_1 ... FIELD_DIAGNOSIS_4:
		return put_diagnosis(text, row, field - FIELD_DIAGNOSIS_1);
	default:
		return put_full_field(text, row, field);
	}
}

static char *put_line_end(char *text, const struct gen_options *options)
{
	if (options->dirt & GEN_DIRT_CRLF)
		*text++ = '\r';
	*text++ = '\n';
	return text;
}

/* From this field on, how many of the full columns are blank for sure: most of a row is. */
static unsigned blank_run(const struct row *row, unsigned field)
{
	switch (field) {
	case FIELD_MODIFIER_1 ... FIELD_MODIFIER_5:
		field -= FIELD_MODIFIER_1;
		return field < row->line->modifier_count ? 0 : MODIFIERS_MAX - field;
	case FIELD_DIAGNOSIS_1 ... FIELD_DIAGNOSIS_25:
		field -= FIELD_DIAGNOSIS_1;
		return field < row->claim->diagnosis_count ? 0 : DIAGNOSES_MAX - field;
	case FIELD_PROCEDURE_1 ... FIELD_PROCEDURE_25:
		field -= FIELD_PROCEDURE_1;
		return field == 0 && row->claim->procedure ? 0 : PROCEDURES_MAX - field;
	case FIELD_CONDITION_1 ... FIELD_CONDITION_11:
		field -= FIELD_CONDITION_1;
		return field == 0 && row->claim->condition[0] ? 0 : CONDITIONS_MAX - field;
	default:
		return 0;
	}
}

static char *put_full_row(char *text, const struct row *row)
{
	for (size_t i = 0; i < sizeof(full_columns) / 2; i++) {
		for (unsigned f = full_columns[i][0]; f <= full_columns[i][1];) {
			unsigned blanks = blank_run(row, f);

			if (blanks > 0) {
				memset(text, ',', blanks);
				text += blanks;
				f += blanks;
				continue;
			}
			text = put_field(text, row, (enum field)f++);
			*text++ = ',';
		}
	}
	return text;
}

static char *put_row(char *text, const struct row *row)
{
	const struct gen_options *options = row->chunk->world->options;

	if (options->columns == GEN_FULL) {
		text = put_full_row(text, row);
	} else {
		for (size_t i = 0; i < sizeof(narrow_columns); i++) {
			text = put_field(text, row, narrow_columns[i]);
			*text++ = ',';
		}
	}
	if (!(options->dirt & GEN_DIRT_TRAILING) || row->bits >> 40 & 3)
		text--;
	text = put_line_end(text, options);
	if (options->dirt & GEN_DIRT_BLANK_LINES && (row->bits >> 44 & 63) == 0)
		text = put_line_end(text, options);
	return text;
}

char *gen_write_header(const struct gen_options *options, char *text)
{
	if (options->dirt & GEN_DIRT_BOM)
		text = put(text, "\xef\xbb\xbf");
	if (options->columns == GEN_NARROW) {
		for (size_t i = 0; i < sizeof(narrow_columns); i++) {
			text = put(text, field_names[narrow_columns[i]]);
			*text++ = ',';
		}
	} else {
		for (size_t i = 0; i < sizeof(full_columns) / 2; i++) {
			for (unsigned f = full_columns[i][0]; f <= full_columns[i][1]; f++) {
				text = put(text, field_names[f]);
				*text++ = ',';
			}
		}
	}
	return put_line_end(text - 1, options);
}

/* One line in a hundred lacks something. */
static void dirt_blank(struct gen_line *line, struct row *row)
{
	switch (row->bits >> 57 & 7) {
	case 0:
		line->from = line->thru = GEN_NO_DAY;
		break;
	case 1:
		line->place[0] = '\0';
		break;
	case 2:
		line->units = INT32_MIN;
		break;
	case 3:
		line->code[0] = '\0';
		line->modifier_count = 0;
		break;
	case 4:
		row->rendering = 0;
		break;
	default:
		line->thru = GEN_NO_DAY;
		break;
	}
}

/* A copy of the line as the feed has it; the claim itself stays as it is. */
static void dirt_apply(struct gen_line *line, struct row *row)
{
	static const uint64_t placeholders[4] = {9999999999, 1111111111, 9999999999, 1234567890};
	unsigned dirt = row->chunk->world->options->dirt;

	if (row->claim->exact || line->revenue == 1)
		return;
	/* Miles without their ride would be a finding: an ambulance's lines stay whole. */
	if (dirt & GEN_DIRT_BLANKS && (row->bits >> 50 & 127) == 0 &&
	        strcmp(line->place, "41") != 0)
		dirt_blank(line, row);
	if (dirt & GEN_DIRT_DENIED && gen_mix(row->claim->id) % 32 == 0) {
		line->allowed = line->paid = 0;
		row->flagged = gen_mix(row->claim->id) >> 8 & 1;
	}
	if (dirt & GEN_DIRT_PLACEHOLDERS && row->rendering && gen_mix(~row->claim->id) % 256 == 0)
		row->rendering = placeholders[row->claim->id & 3];
}

/* The claim's sums, as a line under revenue code 0001. */
static struct gen_line total_line(const struct gen_claim *claim)
{
	struct gen_line total = {
	        .from = claim->from, .thru = claim->thru, .units = INT32_MIN, .revenue = 1};

	for (unsigned i = 0; i < claim->line_count; i++) {
		total.charge += claim->lines[i].charge;
		total.allowed += claim->lines[i].allowed;
		total.paid += claim->lines[i].paid;
	}
	return total;
}

static bool has_total(const struct gen_chunk *chunk, const struct gen_claim *claim)
{
	return claim->kind != GEN_PROFESSIONAL && chunk->world->options->dirt & GEN_DIRT_TOTALS;
}

uint32_t gen_write_lines(const struct gen_chunk *chunk, const struct gen_claim *claim)
{
	return claim->line_count + has_total(chunk, claim);
}

void gen_write_claim(struct gen_chunk *chunk, const struct gen_claim *claim)
{
	unsigned dirt = chunk->world->options->dirt;
	struct row row = {.chunk = chunk, .claim = claim};
	struct gen_line total = total_line(claim);

	assert(gen_room(chunk, gen_write_lines(chunk, claim)));
	for (unsigned i = 0; i < gen_write_lines(chunk, claim); i++) {
		struct gen_line line = i < claim->line_count ? claim->lines[i] : total;

		row.line = &line;
		row.number = i + 1;
		row.rendering = claim->rendering;
		row.flagged = false;
		if (dirt) {
			row.bits = gen_next(&chunk->dirt);
			dirt_apply(&line, &row);
		}
		if (dirt & GEN_DIRT_AMOUNTS && claim->kind != GEN_PROFESSIONAL) {
			line.charge = total.charge;
			line.allowed = total.allowed;
			line.paid = total.paid;
		}
		chunk->rows[chunk->made++] = (uint32_t)(chunk->end - chunk->text);
		chunk->end = put_row(chunk->end, &row);
	}
}

char *gen_write_member(const struct gen_world *world, uint64_t index, char *text)
{
	struct gen_member member;
	int32_t covered;

	gen_member_get(world, index, &member);
	covered = world->first_day - 365 - (int32_t)(gen_mix(index) % 3000);
	text = put_person(text, index);
	*text++ = ',';
	text = put_day(text, world, member.birth);
	text = put(text, member.sex == GEN_MALE ? ",male," : ",female,");
	if (member.death != GEN_DAY_NEVER)
		text = put_day(text, world, member.death);
	*text++ = ',';
	memcpy(text, member.state, 2);
	text[2] = ',';
	text = put_digits(text + 3, member.zip, 5);
	*text++ = ',';
	text = put_day(text, world, covered > member.birth ? covered : member.birth);
	*text++ = ',';
	if (member.death != GEN_DAY_NEVER)
		text = put_day(text, world, member.death);
	*text++ = '\n';
	return text;
}

char *gen_write_provider(const struct gen_provider *provider, char *text)
{
	const struct gen_specialty *specialty = provider->specialty;

	text = put_npi(text, provider->npi);
	*text++ = ',';
	*text++ = (char)('0' + provider->entity_type);
	*text++ = ',';
	text = put(text, specialty ? specialty->code : "70");
	*text++ = ',';
	text = put(text, specialty ? specialty->taxonomy : "261QM1300X");
	*text++ = ',';
	memcpy(text, provider->state, 2);
	text[2] = ',';
	text = put_digits(text + 3, provider->zip, 5);
	*text++ = ',';
	text = put_digits(text, provider->tin, 9);
	*text++ = ',';
	if (provider->ccn)
		text = put_digits(text, provider->ccn, 6);
	text = put(text, provider->teaching ? ",1\n" : ",0\n");
	return text;
}
