/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HCPCS as the CSV of the ANWEB workbook.
 */
#include "lookup/import_hcpcs.h"
#include "lookup/import_table.h"

static const char *const names[HCPCS_FIELDS] = {
        [HCPCS_CODE] = "HCPC",
        [HCPCS_SEQUENCE] = "SEQNUM",
        [HCPCS_RECORD] = "RECID",
        [HCPCS_LONG] = "LONG DESCRIPTION",
        [HCPCS_SHORT] = "SHORT DESCRIPTION",
        [HCPCS_PRICING] = "PRICE1",
        [HCPCS_XREF] = "XREF1",
        [HCPCS_COVERAGE] = "COV",
        [HCPCS_BETOS] = "BETOS",
        [HCPCS_TOS1] = "TOS1",
        [HCPCS_TOS2] = "TOS2",
        [HCPCS_TOS3] = "TOS3",
        [HCPCS_TOS4] = "TOS4",
        [HCPCS_TOS5] = "TOS5",
        [HCPCS_ANESTHESIA] = "ANEST_BU",
        [HCPCS_ADDED] = "ADD_DT",
        [HCPCS_ACTION_DAY] = "ACT_EFF_DT",
        [HCPCS_TERMINATED] = "TERM_DT",
        [HCPCS_ACTION] = "ACTION_CD",
};

/* All are wanted: a file that lost its days or its coverage is no release. */
static const struct table_layout layout = {names, HCPCS_FIELDS, HCPCS_FIELDS, ','};

static bool recognise(const struct release_head *head)
{
	return table_recognise(head, &layout);
}

static int read_rows(struct table *table, struct hcpcs_reading *reading)
{
	struct cell fields[HCPCS_FIELDS];
	int got;

	while ((got = table_next(table)) > 0) {
		int err;

		for (size_t i = 0; i < HCPCS_FIELDS; i++)
			fields[i] = table_cell(table, i);
		err = hcpcs_record(reading, fields);
		if (err)
			return err;
	}
	return got;
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct hcpcs_reading *reading;
	struct table table;
	int err = hcpcs_begin(&reading, release, builds, diag);

	if (err)
		return err;
	err = table_open(&table, release, &layout, diag);
	if (!err)
		err = read_rows(&table, reading);
	return hcpcs_end(reading, err);
}

const struct importer importer_hcpcs_csv = {
        .name = "hcpcs csv",
        .layout = "HCPCS alphanumeric file (CSV)",
        .recognise = recognise,
        .read = read_all,
};
