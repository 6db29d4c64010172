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

-- Sexes of diagnoses hold to the end of the lists, which the rule minds.
CREATE TABLE dx AS
WITH words AS (
	SELECT *, string_split(coalesce(flags, ''), ' ') AS list
	FROM read_csv(':codes/diagnoses.csv', header = true, all_varchar = true, delim = ',', comment = '#')
)
SELECT code,
	coalesce(CAST("from" AS DATE), DATE '0001-01-01') AS valid_from,
	coalesce(CAST("to" AS DATE), DATE '9999-12-31') AS valid_to,
	CAST(header_from AS DATE) AS header_from,
	list_contains(list, 'header') AS header,
	list_contains(list, 'male') AS male, list_contains(list, 'female') AS female,
	list_contains(list, 'newborn') AS newborn, list_contains(list, 'pediatric') AS pediatric,
	list_contains(list, 'maternity') AS maternity, list_contains(list, 'adult') AS adult,
	list_contains(list, 'external') AS external, list_contains(list, 'manifestation') AS manifestation,
	list_contains(list, 'unacceptable') AS unacceptable, list_contains(list, 'requires_secondary') AS requires_secondary,
	list_contains(list, 'left') AS "left", list_contains(list, 'right') AS "right",
	list_contains(list, 'delivery') AS delivery
FROM words;

CREATE TABLE pcs AS
SELECT code, coalesce(CAST("from" AS DATE), DATE '0001-01-01') AS valid_from, coalesce(CAST("to" AS DATE), DATE '9999-12-31') AS valid_to
FROM read_csv(':codes/icd10pcs.csv', header = true, all_varchar = true, delim = ',', comment = '#');

-- Small lists; a range of places or revenue codes is written out.
CREATE TABLE modifier_code AS
SELECT modifier AS code FROM read_csv(':codes/modifiers.csv', header = true, all_varchar = true, delim = ',', comment = '#');
CREATE TABLE place_of_service AS
SELECT lpad(CAST(unnest(range(CAST(first AS INTEGER), CAST(coalesce(last, first) AS INTEGER) + 1)) AS VARCHAR), 2, '0') AS code
FROM read_csv(':codes/places.csv', header = true, all_varchar = true, delim = ',', comment = '#');
CREATE TABLE revenue_code AS
SELECT lpad(CAST(unnest(range(CAST(first AS INTEGER), CAST(coalesce(last, first) AS INTEGER) + 1)) AS VARCHAR), 4, '0') AS code
FROM read_csv(':codes/revenue.csv', header = true, all_varchar = true, delim = ',', comment = '#');
CREATE TABLE bill_type_code AS
SELECT prefix || unnest(string_split(frequencies, '')) AS code
FROM read_csv(':codes/bill_types.csv', header = true, all_varchar = true, delim = ',', comment = '#');
CREATE TABLE exclusion AS
SELECT npi, CAST(excluded AS DATE) AS excluded_from, CAST(reinstated AS DATE) AS reinstated_on
FROM read_csv(':codes/exclusions.csv', header = true, all_varchar = true, delim = ',', comment = '#');
