/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnoses: icd10cm and mce joined.  Either may be missing; then the starter's
 * codes, or the starter's flags, stand in.
 */
#include "lookup/codes_join.h"
#include "lookup/rows_icd.h"

#include <stdlib.h>
#include <string.h>

/* What the lists of MCE say. */
enum {
	DX_OF_MCE = DX_MALE | DX_FEMALE | DX_NEWBORN | DX_PEDIATRIC | DX_MATERNITY | DX_ADULT |
	            DX_EXTERNAL | DX_MANIFESTATION | DX_UNACCEPTABLE | DX_REQUIRES_SECONDARY |
	            DX_UNSPECIFIED,
};

/* One code. */
struct diagnosis {
	struct key_rows icd10cm, mce;
	const struct diagnosis_attributes *starter; /* where icd10cm is not in the run; else NULL */
};

static uint32_t mce_flags(uint32_t said)
{
	return (said & MCE_MALE ? DX_MALE : 0u) | (said & MCE_FEMALE ? DX_FEMALE : 0u) |
	       (said & MCE_NEWBORN ? DX_NEWBORN : 0u) | (said & MCE_PEDIATRIC ? DX_PEDIATRIC : 0u) |
	       (said & MCE_MATERNITY ? DX_MATERNITY : 0u) | (said & MCE_ADULT ? DX_ADULT : 0u) |
	       (said & MCE_EXTERNAL_CAUSE ? DX_EXTERNAL : 0u) |
	       (said & MCE_MANIFESTATION ? DX_MANIFESTATION : 0u) |
	       (said & MCE_UNACCEPTABLE ? DX_UNACCEPTABLE : 0u) |
	       (said & MCE_REQUIRES_SECONDARY ? DX_REQUIRES_SECONDARY : 0u) |
	       (said & MCE_UNSPECIFIED ? DX_UNSPECIFIED : 0u);
}

static uint32_t icd_flags(uint32_t said)
{
	return (said & ICD10_HEADER ? DX_HEADER : 0u) | (said & ICD10_LEFT ? DX_LEFT : 0u) |
	       (said & ICD10_RIGHT ? DX_RIGHT : 0u);
}

static uint32_t row_mce_flags(const struct set_row *row)
{
	return mce_flags(((const struct mce_row *)(const void *)row)->flags);
}

static uint32_t row_icd_flags(const struct set_row *row)
{
	return icd_flags(((const struct icd10_row *)(const void *)row)->flags);
}

/* The starter's own row on a day, as flags; false: not in force. */
static bool starter_on(const struct diagnosis_attributes *starter, int32_t day, uint32_t *flags)
{
	bool turned = starter->header_from != INT32_MAX && day >= starter->header_from;

	*flags = (starter->flags & ~(uint32_t)DX_OF_MCE) | (turned ? DX_HEADER : 0u);
	return starter->from <= day && day <= starter->to;
}

static struct diagnosis_attributes compose(
        const struct codes *codes, const struct diagnosis *dx, int32_t day, int32_t end)
{
	const struct set_row *mce = key_rows_on(codes, PART_MCE, &dx->mce, day);
	const struct set_row *icd = key_rows_on(codes, PART_ICD10CM, &dx->icd10cm, day);
	struct diagnosis_attributes row = {INT32_MAX, end, 0, INT32_MAX};
	uint32_t flags = 0;
	bool in_force = icd != NULL;

	if (icd)
		flags = row_icd_flags(icd);
	else if (dx->starter)
		in_force = starter_on(dx->starter, day, &flags);
	if (in_force)
		row.from = day;
	else if (end == INT32_MAX)
		row.to = INT32_MAX - 1; /* from > to marks what is not in force */
	row.flags = (in_force ? flags : flags & ~(uint32_t)DX_HEADER) |
	            (mce ? row_mce_flags(mce) : 0);
	return row;
}

static bool in_force(const struct diagnosis_attributes *row)
{
	return row->from <= row->to;
}

/* What is not in force comes into force with the next row that is; headers know
 * since when. */
static void link_rows(struct diagnosis_attributes rows[], unsigned count)
{
	int32_t next = INT32_MAX;

	for (unsigned i = count; i-- > 0;) {
		if (in_force(&rows[i]))
			next = rows[i].from;
		else
			rows[i].from = next;
	}
	for (unsigned i = 1; i < count; i++)
		if (rows[i].flags & DX_HEADER && in_force(&rows[i - 1]))
			rows[i].header_from = rows[i - 1].flags & DX_HEADER
			                              ? rows[i - 1].header_from
			                              : rows[i].from;
}

static int make_rows(const struct codes *codes, const struct diagnosis *dx,
        struct diagnosis_attributes rows[CUTS_MAX], unsigned *count, struct diag *diag)
{
	struct cuts cuts;

	cuts_begin(&cuts);
	cuts_add_rows(&cuts, codes, PART_ICD10CM, &dx->icd10cm);
	cuts_add_rows(&cuts, codes, PART_MCE, &dx->mce);
	if (dx->starter) {
		cuts_add(&cuts, (struct code_window){dx->starter->from, dx->starter->to});
		cuts_add(&cuts, (struct code_window){dx->starter->header_from, INT32_MAX});
	}
	if (cuts.full)
		return diag_set(diag, FAIL_TABLE, "a diagnosis changes over %d times", CUTS_MAX);
	*count = 0;
	for (unsigned i = 0; i < cuts.count; i++) {
		struct diagnosis_attributes row = compose(
		        codes, dx, cuts.days[i], cuts_end(&cuts, i));
		struct diagnosis_attributes *last = *count ? &rows[*count - 1] : NULL;

		if (last && last->flags == row.flags && in_force(last) == in_force(&row))
			last->to = row.to;
		else
			rows[(*count)++] = row;
	}
	link_rows(rows, *count);
	return 0;
}

/* The last in force, else the last; and whether all others say the same of any
 * day. */
static unsigned pick_primary(const struct diagnosis_attributes rows[], unsigned count, bool *only)
{
	unsigned primary = count - 1, forces = 0;

	for (unsigned i = 0; i < count; i++) {
		forces += in_force(&rows[i]);
		primary = in_force(&rows[i]) ? i : primary;
	}
	*only = forces == 1;
	for (unsigned i = 0; i < count; i++)
		*only &= ((rows[i].flags ^ rows[primary].flags) & DX_OF_MCE) == 0;
	return primary;
}

static int store_slowly(struct join_rows *join, const struct codes *codes,
        const struct diagnosis *dx, uint32_t ref, struct diag *diag)
{
	struct diagnosis_attributes rows[CUTS_MAX];
	unsigned count = 1, primary;
	bool only;
	int err = make_rows(codes, dx, rows, &count, diag);

	if (err)
		return err;
	primary = pick_primary(rows, count, &only);
	return join_rows_store(join, ref, &(struct made_rows){rows, count, primary, only}, diag);
}

/* Most codes have one row in each set, and that of mce is for all days. */
static int store(struct join_rows *join, const struct codes *codes, const struct diagnosis *dx,
        uint32_t ref, struct diag *diag)
{
	struct diagnosis_attributes *row;
	struct code_window window = {INT32_MIN, INT32_MAX};

	if (dx->icd10cm.count != 1 || dx->mce.count > 1)
		return store_slowly(join, codes, dx, ref, diag);
	if (dx->mce.count)
		window = join_window(codes, PART_MCE, dx->mce.at);
	if (window.from != INT32_MIN || window.to != INT32_MAX)
		return store_slowly(join, codes, dx, ref, diag);
	window = join_window(codes, PART_ICD10CM, dx->icd10cm.at);
	row = (struct diagnosis_attributes *)(void *)join->rows + ref;
	*row = (struct diagnosis_attributes){
	        window.from, window.to, row_icd_flags(dx->icd10cm.at), INT32_MAX};
	if (dx->mce.count)
		row->flags |= row_mce_flags(dx->mce.at);
	return 0;
}

static int join_image(struct join_rows *join, struct codes *codes, struct diag *diag)
{
	const struct set *icd = codes->parts[PART_ICD10CM], *mce = codes->parts[PART_MCE];
	struct key_list codes_of_icd, codes_of_mce = {0};
	int err = key_list_make(&codes_of_icd, icd, diag);

	if (!err)
		err = key_list_make(&codes_of_mce, mce, diag);
	for (; codes_of_icd.at < codes_of_icd.count && !err; codes_of_icd.at++) {
		struct diagnosis dx = {.icd10cm = key_list_rows(&codes_of_icd, icd)};

		if (key_list_find(&codes_of_mce, codes_of_icd.keys[codes_of_icd.at]))
			dx.mce = key_list_rows(&codes_of_mce, mce);
		err = store(join, codes, &dx, codes_of_icd.rows[codes_of_icd.at], diag);
	}
	key_list_end(&codes_of_icd);
	key_list_end(&codes_of_mce);
	return err;
}

static int join_starter(struct join_rows *join, struct codes *codes, struct diag *diag)
{
	const struct set *mce = codes->parts[PART_MCE];
	int err = 0;

	for (uint32_t ref = 1; ref < codes->counts[SYSTEM_ICD10CM] && !err; ref++) {
		struct diagnosis dx = {.starter = &codes->diagnoses[ref]};

		dx.mce = key_rows_find(
		        mce, code_key(SYSTEM_ICD10CM, codes->words[SYSTEM_ICD10CM][ref]));
		err = store_slowly(join, codes, &dx, ref, diag);
	}
	return err;
}

/* What no release says, and what one would say that is not there. */
static void add_layer(struct join_rows *join, const struct codes *codes, const struct phash *table)
{
	struct diagnosis_attributes *rows = (struct diagnosis_attributes *)(void *)join->rows;
	uint32_t layer = DX_DELIVERY;

	if (!codes->parts[PART_MCE])
		layer |= DX_OF_MCE;
	for (uint32_t i = 1; i < codes->counts[SYSTEM_ICD10CM]; i++) {
		uint64_t word = codes->words[SYSTEM_ICD10CM][i];
		uint32_t flags = codes->diagnoses[i].flags & layer;
		uint32_t ref = flags ? phash_find(table, code_key(SYSTEM_ICD10CM, word)) : 0;

		if (!ref)
			continue;
		rows[ref].flags |= flags;
		for (uint32_t k = 0; k < join->others[ref].count; k++)
			rows[join->others[ref].first + k].flags |= flags;
	}
}

static void hand_over(struct join_rows *join, struct codes *codes)
{
	const struct set *icd = codes->parts[PART_ICD10CM];

	if (icd) {
		add_layer(join, codes, &icd->table);
		phash_destroy(&codes->tables[SYSTEM_ICD10CM]);
		codes->tables[SYSTEM_ICD10CM] = icd->table;
		codes->borrowed[SYSTEM_ICD10CM] = true;
		free(codes->words[SYSTEM_ICD10CM]);
		codes->words[SYSTEM_ICD10CM] = NULL;
		codes->counts[SYSTEM_ICD10CM] = icd->row_count + 1;
	}
	free(codes->diagnoses);
	codes->diagnoses = (struct diagnosis_attributes *)(void *)join->rows;
	codes->diagnoses[0] = (struct diagnosis_attributes){INT32_MAX, INT32_MIN, 0, INT32_MAX};
	codes->others[SYSTEM_ICD10CM] = join->any ? join->others : NULL;
	if (!join->any)
		free(join->others);
}

int codes_join_diagnoses(struct codes *codes, struct diag *diag)
{
	const struct set *icd = codes->parts[PART_ICD10CM];
	size_t count = icd ? icd->row_count + 1 : codes->counts[SYSTEM_ICD10CM];
	struct join_rows join;
	int err;

	if (!icd && !codes->parts[PART_MCE])
		return 0;
	err = join_rows_begin(&join, sizeof(struct diagnosis_attributes), count, diag);
	if (!err)
		err = icd ? join_image(&join, codes, diag) : join_starter(&join, codes, diag);
	if (err) {
		join_rows_end(&join);
		return err;
	}
	hand_over(&join, codes);
	return 0;
}
