/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Into canonical CSV: the columns that some input has, by their canonical names
 * and in the contract's order, and what layouts say in words of their own put
 * into ours (claim type, bill type, denied flag).  A column that no input has is
 * left out, as "no such column" and "blank on this line" are two states.
 *
 * A cell that was read is written in its canonical form; one that could not be
 * read stands as it stood, so that it is found invalid again.  What RIF alone
 * says (its claim type, that a line is superseded, a pointer given as a code)
 * stands behind in columns of RIF's names.  An amount that is the claim's on every
 * line is not called as the line's.
 */
#include "convert_private.h"
#include "report/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of fields that have no canonical one and are written all the same. */
static const struct {
	enum field field;
	const char *name;
} own_names[] = {
        {FIELD_RIF_TYPE, "NCH_CLM_TYPE_CD"},
        {FIELD_RIF_FINAL, "FINAL_ACTION"},
        {FIELD_RIF_DML, "DML_IND"},
        {FIELD_POINTED_CODE, "LINE_ICD_DGNS_CD"},
};

struct columns {
	enum field fields[FIELD_COUNT];
	size_t count;
	bool denial;               /* some layout has a column that tells denied lines */
	bool claim_level[AMOUNTS]; /* of institutional lines */
};

/* Text that grows. */
struct growing {
	char *data;
	size_t size, room;
	bool lost; /* no memory */
};

struct cells_out {
	struct growing text;
	struct normalise_counts counts; /* of nobody's interest */
	uint8_t frequency[BATCH_LINES];
	uint16_t specialty[BATCH_LINES];
};

static char *reserve(struct growing *text, size_t size)
{
	if (text->room - text->size < size) {
		size_t room = (text->room + size) * 2;
		char *data = realloc(text->data, room);

		if (!data) {
			text->lost = true;
			return NULL;
		}
		text->data = data;
		text->room = room;
	}
	return text->data + text->size;
}

static void put(struct growing *text, const void *data, size_t size)
{
	char *to = reserve(text, size);

	if (!to)
		return;
	if (size)
		memcpy(to, data, size);
	text->size += size;
}

static void put_character(struct growing *text, char c)
{
	put(text, &c, 1);
}

static bool needs_quotes(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] == ',' || data[i] == '"' || data[i] == '\n' || data[i] == '\r')
			return true;
	}
	return false;
}

/* A cell as it stands, quoted if it must be. */
static void put_cell(struct growing *text, const uint8_t *data, size_t size)
{
	if (!needs_quotes(data, size)) {
		put(text, data, size);
		return;
	}
	put_character(text, '"');
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '"')
			put_character(text, '"');
		put(text, data + i, 1);
	}
	put_character(text, '"');
}

static void put_word(struct growing *text, const char *word)
{
	put(text, word, strlen(word));
}

/* ---- Which columns ---- */

static bool has_denial(const struct layout *layout)
{
	bool any = field_set_has(&layout->bound, FIELD_DENIED) ||
	           field_set_has(&layout->bound, FIELD_RIF_PROCESSING) ||
	           field_set_has(&layout->bound, FIELD_RIF_CLAIM_DENIAL);

	for (unsigned i = 0; i < CARCS_MAX; i++)
		any |= field_set_has(&layout->bound, (enum field)(FIELD_CARC_1 + i));
	return any;
}

static const enum field amount_fields[AMOUNTS] = {FIELD_CHARGE, FIELD_ALLOWED, FIELD_PAID};

static const char *column_name(const struct columns *columns, enum field field)
{
	static const char *const of_claims[AMOUNTS] = {
	        "claim_charge_amount", "claim_allowed_amount", "claim_paid_amount"};

	for (unsigned amount = 0; amount < AMOUNTS; amount++) {
		if (amount_fields[amount] == field && columns->claim_level[amount])
			return of_claims[amount];
	}
	for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++) {
		if (own_names[i].field == field)
			return own_names[i].name;
	}
	return field_name(field);
}

/* What other fields of the layouts are put into. */
static void add_derived(struct field_set *bound)
{
	if (field_set_has(bound, FIELD_RIF_TYPE))
		field_set_add(bound, FIELD_CLAIM_TYPE);
	if (field_set_has(bound, FIELD_BILL_FACILITY) && field_set_has(bound, FIELD_BILL_CLASS))
		field_set_add(bound, FIELD_BILL_TYPE);
	if (field_set_has(bound, FIELD_RIF_PROCESSING) ||
	        field_set_has(bound, FIELD_RIF_CLAIM_DENIAL))
		field_set_add(bound, FIELD_DENIED);
}

static void choose_columns(const struct layouts *layouts, struct columns *columns)
{
	struct field_set bound = layouts_bound(layouts);
	bool without = false;

	columns->count = 0;
	columns->denial = false;
	for (uint32_t i = 0; i < layouts_count(layouts); i++) {
		bool has = has_denial(layouts_at(layouts, i));

		columns->denial |= has;
		without |= !has;
	}
	if (columns->denial && without)
		field_set_add(&bound, FIELD_DENIED);
	add_derived(&bound);
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		if (field_set_has(&bound, (enum field)field) &&
		        column_name(columns, (enum field)field)[0])
			columns->fields[columns->count++] = (enum field)field;
	}
}

/* One column is of one level; where sources differ, it is found by the values. */
static void choose_levels(const struct layouts *layouts, struct columns *columns, struct diag *diag)
{
	for (unsigned amount = 0; amount < AMOUNTS; amount++) {
		bool claim = false, line = false;

		for (uint32_t i = 0; i < layouts_count(layouts); i++) {
			const struct layout *layout = layouts_at(layouts, i);

			if (!field_set_has(&layout->bound, amount_fields[amount]) ||
			        !field_set_has(&layout->bound, FIELD_REVENUE))
				continue;
			claim |= layout->claim_level[amount];
			line |= !layout->claim_level[amount];
		}
		columns->claim_level[amount] = claim && !line;
		if (claim && line)
			diag_warn(diag,
			        "%s is of claim level in some inputs and of line level in others, "
			        "which one CSV cannot say: convert them apart, or to a .clm",
			        field_name(amount_fields[amount]));
	}
}

static int begin(struct convert *convert, struct diag *diag)
{
	struct columns *columns = calloc(1, sizeof(*columns));
	struct growing header = {.data = NULL};
	int err = columns ? scan_bind_all(convert->scan, diag)
	                  : diag_set(diag, FAIL_MEMORY, "no memory");

	convert->own = columns;
	if (err < 0)
		return err;
	choose_levels(convert->scan->layouts, columns, diag);
	choose_columns(convert->scan->layouts, columns);
	for (size_t i = 0; i < columns->count; i++) {
		put_word(&header, column_name(columns, columns->fields[i]));
		put_character(&header, i + 1 < columns->count ? ',' : '\n');
	}
	err = header.lost ? diag_set(diag, FAIL_MEMORY, "no memory")
	                  : convert_write(convert, header.data, header.size, diag);
	free(header.data);
	return err;
}

static void end(struct convert *convert)
{
	free(convert->own);
	convert->own = NULL;
}

static int part_create(struct convert_part *part, struct diag *diag)
{
	struct cells_out *out = calloc(1, sizeof(*out));

	part->own = out;
	return out ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for a worker");
}

static void part_destroy(struct convert_part *part)
{
	struct cells_out *out = part->own;

	if (!out)
		return;
	free(out->text.data);
	free(out);
	part->own = NULL;
}

/* ---- Cells ---- */

/* The line that cells are written of. */
struct row {
	struct growing *text;
	const struct cells_out *out;
	const struct batch *batch;
	const struct columns *columns;
	uint32_t line;
};

static bool has(const struct row *row, enum field field)
{
	return field_set_has(&row->batch->layout->bound, field);
}

/* As it stood, without the blanks around it. */
static void put_raw(const struct row *row, enum field field)
{
	const struct batch *batch = row->batch;
	const uint32_t *separators = batch->separators[row->line];
	uint32_t column = batch->layout->column_of[field], from, to;

	if (!has(row, field))
		return;
	from = separators[(int32_t)column - 1] + 1;
	to = separators[column];
	while (to > from && batch->text[to - 1] <= ' ')
		to--;
	while (to > from && batch->text[from] <= ' ')
		from++;
	put_cell(row->text, batch->text + from, to - from);
}

/* The bytes of a word, first lowest, up to the first that is 0. */
static bool put_bytes(const struct row *row, uint64_t word)
{
	char bytes[8];
	size_t size = 0;

	for (; word; word >>= 8)
		bytes[size++] = (char)(word & 0xff);
	put_cell(row->text, (const uint8_t *)bytes, size);
	return size > 0;
}

static bool put_number(const struct row *row, const char *format, unsigned number)
{
	char text[16];

	if (number == NUMBER_BLANK || number == NUMBER_INVALID)
		return false;
	put(row->text, text, (size_t)snprintf(text, sizeof(text), format, number));
	return true;
}

static bool put_date(const struct row *row, int32_t date)
{
	char text[DATE_TEXT_SIZE];
	size_t size = date_format(date, text);

	put(row->text, text, size);
	return size > 0;
}

static bool put_amount(const struct row *row, enum field field)
{
	const struct batch *batch = row->batch;
	const int64_t *amounts = field == FIELD_PAID      ? batch->paid
	                         : field == FIELD_ALLOWED ? batch->allowed
	                         : field == FIELD_CHARGE  ? batch->charge
	                                                  : batch->units;
	int64_t amount = amounts[row->line];
	char text[NUMBER_TEXT_MAX];
	char *stop;

	if (amount == AMOUNT_ABSENT)
		return false;
	stop = field == FIELD_UNITS ? number_units(text, amount) : number_money(text, amount);
	put(row->text, text, (size_t)(stop - text));
	return true;
}

static bool put_choice(const struct row *row, const char *const *words, unsigned choice)
{
	if (!words[choice])
		return false;
	put_word(row->text, words[choice]);
	return true;
}

/*
 * Denied by a flag, or by what RIF says; where this file has no such column and
 * others do, by amounts of zero too, which a scan would not look at any more.
 */
static bool put_denied(const struct row *row)
{
	const struct batch *batch = row->batch;
	bool denied = batch->said[row->line] & SAID_DENIED;

	if (has(row, FIELD_DENIED))
		return false;
	if (!has_denial(batch->layout))
		denied = batch->line_flags[row->line] & LINE_DENIED;
	put_character(row->text, denied ? '1' : '0');
	return true;
}

static bool put_taxonomy(const struct row *row)
{
	const uint64_t *words = row->batch->taxonomy[row->line];

	if (!words[0])
		return false;
	put(row->text, words, sizeof(words[0]));
	put(row->text, words + 1, 2);
	return true;
}

/* An id that is ten digits; others stand as they stood. */
static bool put_id(const struct row *row, enum field field)
{
	const struct batch *batch = row->batch;
	uint64_t id = field == FIELD_RENDERING_NPI  ? batch->rendering[row->line]
	              : field == FIELD_BILLING_NPI  ? batch->billing[row->line]
	              : field == FIELD_FACILITY_NPI ? batch->facility[row->line]
	                                            : batch->ordering[row->line];
	char text[24];

	if (id_kind(id) != ID_NPI && id_kind(id) != ID_BAD_CHECK)
		return false;
	put(row->text, text,
	        (size_t)snprintf(
	                text, sizeof(text), "%010llu", (unsigned long long)(id & ID_VALUE_MASK)));
	return true;
}

static int32_t date_of(const struct row *row, enum field field)
{
	const struct batch *batch = row->batch;
	uint32_t line = row->line;

	switch (field) {
	case FIELD_CLAIM_START:
		return batch->claim_start[line];
	case FIELD_CLAIM_END:
		return batch->claim_end[line];
	case FIELD_LINE_START:
		return batch->line_start[line];
	case FIELD_LINE_END:
		return batch->line_end[line];
	case FIELD_ADMISSION:
		return batch->admission[line];
	case FIELD_DISCHARGE:
		return batch->discharge[line];
	case FIELD_PAID_DATE:
		return batch->paid_date[line];
	case FIELD_RECEIVED:
		return batch->received[line];
	case FIELD_BIRTH:
		return batch->birth[line];
	default:
		return batch->death[line];
	}
}

/* The word that a code, or two characters, are; 0 for what is blank or not to be read. */
static uint64_t word_of(const struct row *row, enum field field)
{
	const struct batch *batch = row->batch;
	uint32_t line = row->line;
	uint64_t word = 0;

	switch (field_type(field)) {
	case CELL_CODE:
		word = batch->hcpcs[line];
		break;
	case CELL_CODE_ADMITTING:
		word = batch->admitting[line];
		break;
	case CELL_POINTED_CODE:
		word = batch->pointed_code[line];
		break;
	case CELL_DIAGNOSIS:
		word = batch->diagnosis[field - FIELD_DIAGNOSIS_1][line];
		break;
	case CELL_PROCEDURE:
		word = batch->procedure[field - FIELD_PROCEDURE_1][line];
		break;
	case CELL_MODIFIER:
		return batch->modifiers[field - FIELD_MODIFIER_1][line];
	case CELL_CONDITION:
		return batch->condition[field - FIELD_CONDITION_1][line];
	case CELL_TWO_DIGITS:
		return field == FIELD_PLACE ? batch->place[line] : batch->discharge_status[line];
	case CELL_TWO_CHARS:
		return field == FIELD_SPECIALTY ? row->out->specialty[line] : batch->state[line];
	case CELL_BILL_TYPE:
		return batch->bill_type[line];
	case CELL_FREQUENCY:
		return row->out->frequency[line];
	default:
		return 0;
	}
	return word == CODE_UNREADABLE ? 0 : word;
}

/* A field as it was read.  False: blank, or not to be read. */
static bool put_read(const struct row *row, enum field field)
{
	static const char *const types[CLAIM_TYPES] = {
	        NULL, "professional", "institutional", "dental"};
	static const char *const sexes[] = {NULL, "male", "female", "unknown"};
	static const char *const code_types[] = {NULL, "icd-10-cm", "icd-9-cm", NULL};
	const struct batch *batch = row->batch;
	uint32_t line = row->line;

	switch (field_type(field)) {
	case CELL_CLAIM_TYPE:
		return put_choice(row, types, batch->claim_type[line]);
	case CELL_SEX:
		return put_choice(row, sexes, batch->sex[line]);
	case CELL_CODE_TYPE:
		return put_choice(row, code_types, batch->diagnosis_type[line]);
	case CELL_DATE:
		return put_date(row, date_of(row, field));
	case CELL_NUMBER:
		return field == FIELD_DRG ? put_number(row, "%03u", batch->drg[line])
		                          : put_number(row, "%04u", batch->revenue[line]);
	case CELL_MONEY:
	case CELL_UNITS:
		return put_amount(row, field);
	case CELL_PROVIDER:
		return put_id(row, field);
	case CELL_TAXONOMY:
		return put_taxonomy(row);
	case CELL_DENIED:
		return put_denied(row);
	default:
		return put_bytes(row, word_of(row, field));
	}
}

static void put_row(const struct row *row)
{
	for (size_t i = 0; i < row->columns->count; i++) {
		enum field field = row->columns->fields[i];

		if (!put_read(row, field))
			put_raw(row, field);
		put_character(row->text, i + 1 < row->columns->count ? ',' : '\n');
	}
}

/* Normalised as a scan would, save what a scan works out again from our cells. */
static int take_batch(struct convert_part *part, struct batch *batch, struct diag *diag)
{
	struct cells_out *out = part->own;
	struct worker *worker = part->worker;
	struct row row = {
	        .text = &out->text, .out = out, .batch = batch, .columns = part->convert->own};

	if (!batch->separators)
		return diag_set(diag, FAIL_ABSENT,
		        "a claim pack keeps what rules read and not the cells: convert its "
		        "sources to CSV");
	memset(out->frequency, 0, sizeof(out->frequency));
	memset(out->specialty, 0, sizeof(out->specialty));
	if (field_set_has(&batch->layout->bound, FIELD_FREQUENCY))
		memcpy(out->frequency, batch->frequency, sizeof(out->frequency));
	if (field_set_has(&batch->layout->bound, FIELD_SPECIALTY))
		memcpy(out->specialty, batch->specialty, sizeof(out->specialty));
	worker->scan->normalise_hot->batch(&worker->normalise, batch, &out->counts);
	for (row.line = 0; row.line < batch->count; row.line++)
		put_row(&row);
	return out->text.lost ? diag_set(diag, FAIL_MEMORY, "no memory for a span's cells") : 0;
}

/* A span's text goes behind that of all spans before it. */
static int take_span(struct convert_part *part, size_t number, struct diag *diag)
{
	struct cells_out *out = part->own;
	int err = turn_wait(&part->convert->turn, number);

	if (err == 0)
		err = convert_write(part->convert, out->text.data, out->text.size, diag);
	out->text.size = 0;
	if (err == 0)
		turn_pass(&part->convert->turn, number);
	return err;
}

const struct convert_kind convert_csv = {
        .ending = ".csv",
        .begin = begin,
        .end = end,
        .part_create = part_create,
        .part_destroy = part_destroy,
        .batch = take_batch,
        .span = take_span,
};
