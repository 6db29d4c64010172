-- SPDX-License-Identifier: Apache-2.0
-- The starter set, as tables, from its readable files.

CREATE TABLE px AS
SELECT code,
	coalesce(TRY_CAST("from" AS DATE), DATE '0001-01-01') AS valid_from,
	coalesce(TRY_CAST("to" AS DATE), DATE '9999-12-31') AS valid_to,
	string_split(coalesce(flags, ''), ' ') AS flags,
	list_contains(string_split(coalesce(flags, ''), ' '), 'cdt') AS cdt,
	family AS em_family, CAST(level AS INTEGER) AS em_level, "global" AS global_days,
	pctc, bilateral, "global" IS NOT NULL AS in_mpfs,
	CAST(tc_share AS INTEGER) AS tc_share,
	CAST(nullif(split_part(age, '-', 1), '') AS INTEGER) AS age_from,
	CASE WHEN age IS NOT NULL THEN coalesce(CAST(nullif(split_part(age, '-', 2), '') AS INTEGER), 255) END AS age_to,
	CASE sex WHEN 'M' THEN 'male' WHEN 'F' THEN 'female' END AS sex,
	CAST(split_part(mue_practitioner, '/', 1) AS INTEGER) AS mue_practitioner,
	CAST(split_part(mue_practitioner, '/', 2) AS INTEGER) AS mai_practitioner,
	CAST(split_part(mue_outpatient, '/', 1) AS INTEGER) AS mue_outpatient,
	CAST(split_part(mue_outpatient, '/', 2) AS INTEGER) AS mai_outpatient,
	CAST(split_part(mue_dme, '/', 1) AS INTEGER) AS mue_dme,
	CAST(split_part(mue_dme, '/', 2) AS INTEGER) AS mai_dme
FROM read_csv(':codes/procedures.csv', header = true, all_varchar = true, delim = ',', comment = '#');
