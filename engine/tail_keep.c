/* SPDX-License-Identifier: Apache-2.0 */
#include "tail_keep.h"

#include "format/layout.h"

#include <string.h>

struct tail_days tail_days_of(int32_t edge, uint32_t window_days)
{
	struct tail_days days = {DATE_ABSENT, DATE_ABSENT};
	int32_t late = window_days < TAIL_LATE_DAYS ? (int32_t)window_days : TAIL_LATE_DAYS;

	if (edge == DATE_ABSENT)
		return days;
	days.from = edge - (int32_t)window_days;
	days.met_from = date_add_years(edge - late, -TAIL_MET_YEARS) - 1;
	if (days.met_from > days.from)
		days.met_from = days.from;
	return days;
}

int32_t tail_service_date(const struct batch *batch, uint32_t line)
{
	if (batch->line_start[line] != DATE_ABSENT)
		return batch->line_start[line];
	return batch->claim_start[line] != DATE_ABSENT ? batch->claim_start[line]
	                                               : batch->admission[line];
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b; /* DATE_ABSENT is before all */
}

/* The last day that a line, or the claim that it is of, is about. */
static int32_t ends(const struct batch *batch, uint32_t line)
{
	int32_t last = later(tail_service_date(batch, line),
	        later(batch->line_end[line], batch->claim_end[line]));

	if (last == DATE_ABSENT)
		last = later(batch->received[line], batch->paid_date[line]);
	return last;
}

/* ---- What a line is, by columns that may be RIF's ---- */

static bool bound(const struct batch *batch, enum field field)
{
	return field_set_has(&batch->layout->bound, field);
}

static bool is_professional(const struct batch *batch, uint32_t line)
{
	uint8_t rif = bound(batch, FIELD_RIF_TYPE) ? batch->rif_type[line] : 0;

	if (rif)
		return rif >= 70 && rif < 90;
	return bound(batch, FIELD_CLAIM_TYPE) && batch->claim_type[line] == CLAIM_PROFESSIONAL;
}

/* The first two characters of the bill type: 11x, 18x, 21x, 41x are stays. */
static bool is_inpatient(const struct batch *batch, uint32_t line)
{
	uint16_t class = bound(batch, FIELD_BILL_TYPE) ? (uint16_t)batch->bill_type[line] : 0;

	if (class == 0 && bound(batch, FIELD_BILL_FACILITY))
		class = TWO_CHARS(batch->bill_part[0][line], batch->bill_part[1][line]);
	return class == TWO_CHARS('1', '1') || class == TWO_CHARS('1', '8') ||
	       class == TWO_CHARS('2', '1') || class == TWO_CHARS('4', '1');
}

static bool has_modifier(const struct batch *batch, uint32_t line, uint16_t modifier)
{
	for (unsigned i = 0; i < MODIFIERS_MAX; i++)
		if (batch->modifiers[i][line] == modifier)
			return true;
	return false;
}

/* The number of a code of five digits; 0: it is none. */
static uint32_t digits_of(uint64_t code)
{
	uint32_t number = 0;

	if (code >> 40)
		return 0;
	for (unsigned i = 0; i < 5; i++) {
		uint32_t digit = (uint32_t)(code >> (8 * i) & 0xff) - '0';

		if (digit > 9)
			return 0;
		number = 10 * number + digit;
	}
	return number;
}

/*
 * May a patient be met by it?  CPT but for anesthesia, imaging (not its treatments,
 * 77xxx) and laboratory; new technology (T); HCPCS G; dental.  Every code of a fee
 * schedule that has a global period of days is among them, and all visits.
 */
static bool is_meeting_code(uint64_t code)
{
	uint8_t first = (uint8_t)code, last = (uint8_t)(code >> 32);
	uint32_t number = digits_of(code);

	if (number == 0)
		return first == 'G' || first == 'D' || last == 'T';
	return number >= 2000 && (number < 70000 || number / 1000 == 77 || number >= 90000);
}

/* A reading, a technical part, assistance and a laboratory's place are no meetings. */
static bool is_meeting(const struct batch *batch, uint32_t line)
{
	static const uint16_t apart[] = {TWO_CHARS('2', '6'), TWO_CHARS('T', 'C'),
	        TWO_CHARS('8', '0'), TWO_CHARS('8', '1'), TWO_CHARS('8', '2'), TWO_CHARS('A', 'S')};

	if (!is_professional(batch, line) || !is_meeting_code(batch->hcpcs[line]) ||
	        batch->place[line] == TWO_CHARS('8', '1'))
		return false;
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		if (has_modifier(batch, line, apart[i]))
			return false;
	return true;
}

static bool is_open_stay(const struct batch *batch, uint32_t line)
{
	return batch->discharge_status[line] == TWO_CHARS('3', '0') && is_inpatient(batch, line);
}

void tail_keep(const struct tail_days *days, const struct batch *batch, bool keep[BATCH_LINES])
{
	for (uint32_t i = 0; i < batch->count; i++) {
		int32_t last = ends(batch, i);

		keep[i] = last >= days->from || (last >= days->met_from && is_meeting(batch, i)) ||
		          is_open_stay(batch, i);
	}
}
