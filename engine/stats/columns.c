/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/columns.h"

#include "base/budget.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
	BIT_FLAG = 1 << 0,
	BIT_GATE = 1 << 1,
	BIT_RATE = 1 << 2,
	BIT_OVERLAPS = 1 << 3,
	BIT_LIMIT = 1 << 4, /* the column's limit of q is its own */
	BIT_WIDE = 1 << 5,  /* it stands as it is in wide[figures] */

	ROOM_FIRST = 16,
};

static const double millionths = 1e6;
static const int32_t blank = INT32_MIN;

void column_init(struct column *column, unsigned rule, const char *measure)
{
	*column = (struct column){.rule = (uint8_t)rule, .measure = measure};
}

void column_free(struct column *column)
{
	budget_free(column->blocks);
	budget_free(column->figures);
	budget_free(column->wide);
	budget_free(column->gated);
}

/* Room for one more of an array that doubles; false: no memory. */
static bool reserve(void *array, size_t count, size_t *room, size_t size)
{
	void **items = array;

	if (count < *room)
		return true;
	size_t larger = *room ? 2 * *room : ROOM_FIRST;
	void *grown = budget_resize(*items, larger * size);

	if (!grown)
		return false;
	*items = grown;
	*room = larger;
	return true;
}

/* ---- Packing ---- */

/* False: it is no whole number of millionths, or too large. */
static inline bool pack_figure(double value, int32_t *packed)
{
	double scaled = value * millionths;

	if (isnan(value)) {
		*packed = blank;
		return true;
	}
	if (!(fabs(scaled) < INT32_MAX))
		return false;
	*packed = (int32_t)(scaled + (scaled < 0 ? -0.5 : 0.5));
	return (double)*packed / millionths == value;
}

static inline double unpack_figure(int32_t packed)
{
	return packed == blank ? NAN : (double)packed / millionths;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static unsigned hash_figures(const struct column_figures *figures)
{
	uint64_t hash = bits_of(figures->median) * 0x9e3779b97f4a7c15u;

	hash = (hash ^ bits_of(figures->mad)) * 0x94d049bb133111ebu;
	hash = (hash ^ bits_of(figures->p80)) * 0xbf58476d1ce4e5b9u;
	hash = (hash ^ bits_of(figures->p90) ^ figures->peers) * 0x9e3779b97f4a7c15u;
	return (unsigned)(hash >> 58) % FIGURES_RECENT;
}

/* By their bits, so that one that is not a number is like itself. */
static bool same_figures(const struct column_figures *a, const struct column_figures *b)
{
	return bits_of(a->median) == bits_of(b->median) && bits_of(a->mad) == bits_of(b->mad) &&
	       bits_of(a->p80) == bits_of(b->p80) && bits_of(a->p90) == bits_of(b->p90) &&
	       a->peers == b->peers;
}

/* Where a group's figures stand; they are kept anew where they were not met of late. */
static int place_figures(struct column *column, const struct stats_row *row, uint32_t *place)
{
	const struct column_figures figures = {
	        row->median, row->mad, row->p80, row->p90, row->peers};
	uint32_t *recent = &column->recent[hash_figures(&figures)];

	if (*recent >= column->figure_count || !same_figures(&column->figures[*recent], &figures)) {
		if (!reserve(&column->figures, column->figure_count, &column->figure_room,
		            sizeof(*column->figures)))
			return FAIL_MEMORY;
		*recent = (uint32_t)column->figure_count;
		column->figures[column->figure_count++] = figures;
	}
	*place = *recent;
	return 0;
}

static uint8_t pack_bits(const struct stats_row *row)
{
	return (uint8_t)((row->gate ? BIT_GATE : 0) | (row->is_rate ? BIT_RATE : 0) |
	                 (row->overlaps ? BIT_OVERLAPS : 0) | (row->q_limit > 0 ? BIT_LIMIT : 0));
}

/* False: it does not fit. */
static bool pack(
        const struct column *column, const struct stats_row *row, struct packed_row *packed)
{
	*packed = (struct packed_row){
	        .p = row->p,
	        .q = NAN,
	        .dollars = row->dollars,
	        .member = row->member,
	        .evaluated = (uint32_t)row->evaluated,
	        .hits = (uint32_t)row->hits,
	        .direction = row->direction,
	        .bits = pack_bits(row),
	};
	return row->evaluated <= UINT32_MAX && row->hits <= UINT32_MAX &&
	       (row->q_limit == 0 || row->q_limit == column->q_limit) &&
	       pack_figure(row->value, &packed->value) &&
	       pack_figure(row->shrunk_rate, &packed->shrunk_rate) &&
	       pack_figure(row->wilson_low, &packed->wilson_low) &&
	       pack_figure(row->z, &packed->z) && pack_figure(row->percentile, &packed->percentile);
}

static int keep_wide(struct column *column, const struct stats_row *row, struct packed_row *packed)
{
	if (!reserve(&column->wide, column->wide_count, &column->wide_room, sizeof(*column->wide)))
		return FAIL_MEMORY;
	packed->bits |= BIT_WIDE;
	packed->figures = (uint32_t)column->wide_count;
	column->wide[column->wide_count++] = *row;
	return 0;
}

static struct packed_row *add_packed(struct column *column, struct blocks *blocks)
{
	if (column->count == column->block_count * COLUMN_BLOCK_ROWS) {
		if (!reserve(&column->blocks, column->block_count, &column->block_room,
		            sizeof(*column->blocks)))
			return NULL;
		column->blocks[column->block_count] = blocks_take(blocks);
		if (!column->blocks[column->block_count])
			return NULL;
		column->block_count++;
	}
	return column_row(column, (uint32_t)column->count);
}

static int keep_gated(struct column *column)
{
	if (!reserve(&column->gated, column->gated_count, &column->gated_room,
	            sizeof(*column->gated)))
		return FAIL_MEMORY;
	column->gated[column->gated_count++] = (uint32_t)column->count;
	return 0;
}

int column_add(struct column *column, struct blocks *blocks, const struct stats_row *row)
{
	struct packed_row *packed = add_packed(column, blocks);

	if (!packed)
		return FAIL_MEMORY;
	if (column->q_limit == 0)
		column->q_limit = row->q_limit;
	int err = pack(column, row, packed) ? place_figures(column, row, &packed->figures)
	                                    : keep_wide(column, row, packed);

	if (err == 0 && row->gate)
		err = keep_gated(column);
	column->provider_rule = row->provider_rule;
	column->evaluated += row->evaluated;
	column->tested += !isnan(row->p);
	column->count += err == 0;
	return err;
}

/* ---- Reading ---- */

void column_flag(struct column *column, uint32_t row)
{
	column_row(column, row)->bits |= BIT_FLAG;
}

double column_limit(const struct column *column, uint32_t row)
{
	const struct packed_row *packed = column_row(column, row);

	if (packed->bits & BIT_WIDE)
		return column->wide[packed->figures].q_limit;
	return packed->bits & BIT_LIMIT ? column->q_limit : 0;
}

void column_set_q(struct column *column, const struct discoveries *discoveries)
{
	for (uint32_t i = 0; i < column->count; i++) {
		struct packed_row *packed = column_row(column, i);

		if (!isnan(packed->p))
			packed->q = discoveries_q(discoveries, packed->p);
	}
}

void column_expect_row(const struct column *column, uint32_t row)
{
	__builtin_prefetch(column_row(column, row));
}

void column_expect_figures(const struct column *column, uint32_t row)
{
	const struct packed_row *packed = column_row(column, row);

	if (!(packed->bits & BIT_WIDE))
		__builtin_prefetch(&column->figures[packed->figures]);
}

static void unpack(
        const struct column *column, const struct packed_row *packed, struct stats_row *read)
{
	const struct column_figures *figures = &column->figures[packed->figures];

	*read = (struct stats_row){
	        .member = packed->member,
	        .figures = packed->figures,
	        .peers = (uint32_t)figures->peers,
	        .rule = column->rule,
	        .provider_rule = column->provider_rule,
	        .is_rate = packed->bits & BIT_RATE,
	        .overlaps = packed->bits & BIT_OVERLAPS,
	        .direction = packed->direction,
	        .measure = column->measure,
	        .evaluated = packed->evaluated,
	        .hits = packed->hits,
	        .dollars = packed->dollars,
	        .value = unpack_figure(packed->value),
	        .shrunk_rate = unpack_figure(packed->shrunk_rate),
	        .wilson_low = unpack_figure(packed->wilson_low),
	        .median = figures->median,
	        .mad = figures->mad,
	        .p80 = figures->p80,
	        .p90 = figures->p90,
	        .z = unpack_figure(packed->z),
	        .p = packed->p,
	        .percentile = unpack_figure(packed->percentile),
	        .gate = packed->bits & BIT_GATE,
	        .q_limit = packed->bits & BIT_LIMIT ? column->q_limit : 0,
	};
}

void column_read(const struct column *column, uint32_t row, struct stats_row *read)
{
	const struct packed_row *packed = column_row(column, row);

	assert(row < column->count);
	if (packed->bits & BIT_WIDE) {
		*read = column->wide[packed->figures];
		read->figures = FIGURES_OWN;
	} else {
		unpack(column, packed, read);
	}
	read->flag = packed->bits & BIT_FLAG;
	read->q = packed->q;
}
