-- SPDX-License-Identifier: Apache-2.0
-- The claim lines, cell by cell, read as section 1 of the contract says.
-- The table raw (every canonical column as text, with NULL for a column that
-- the file lacks) and the variables bound_* are made by oracle.mjs.

CREATE MACRO clean(x) AS nullif(trim(x), '');
CREATE MACRO read_code(x) AS nullif(upper(replace(replace(x, '.', ''), ' ', '')), '');
CREATE MACRO read_modifier(x) AS nullif(upper(replace(x, ' ', '')), '');
CREATE MACRO read_id(x) AS nullif(CASE WHEN length(x) = 10 AND NOT contains(x, ' ') AND NOT contains(x, '.') THEN x
	ELSE regexp_replace(replace(x, ' ', ''), '\.0*$', '') END, '');
CREATE MACRO read_cents(x) AS TRY_CAST(round(TRY_CAST(clean(x) AS DECIMAL(18, 6)) * 100, 0) AS BIGINT);
CREATE MACRO read_units(x) AS TRY_CAST(round(TRY_CAST(clean(x) AS DECIMAL(18, 6)) * 10000, 0) AS BIGINT);

-- 1000-01-01, 1900-01-01, 9999-12-31 and zeros stand for no date at all.
CREATE MACRO read_date(x) AS nullif(nullif(nullif(CASE
	WHEN length(x) = 10 AND substr(x, 5, 1) = '-' THEN TRY_CAST(x AS DATE)
	ELSE CAST(try_strptime(regexp_replace(clean(x), '([0-9])[T ].*$', '\1'),
		['%Y-%m-%d', '%Y%m%d', '%d-%b-%Y', '%m/%d/%Y']) AS DATE) END,
	DATE '1000-01-01'), DATE '1900-01-01'), DATE '9999-12-31');

-- Whole years between two days.
CREATE MACRO age_at(birth, day) AS
	year(day) - year(birth) - CASE WHEN (month(day), day(day)) < (month(birth), day(birth)) THEN 1 ELSE 0 END;

CREATE TABLE cell AS
SELECT
	row,
	coalesce(clean(data_source), '') AS data_source,
	clean(claim_id) AS claim_id,
	TRY_CAST(clean(claim_line_number) AS INTEGER) AS line,
	CASE lower(clean(claim_type))
		WHEN 'professional' THEN 'professional'
		WHEN 'institutional' THEN 'institutional'
		WHEN 'dental' THEN 'dental'
		ELSE 'undetermined'
	END AS claim_type,
	clean(person_id) AS person_id,
	read_date(claim_start_date) AS claim_start,
	read_date(claim_end_date) AS claim_end,
	read_date(claim_line_start_date) AS line_start,
	read_date(claim_line_end_date) AS line_end,
	read_date(admission_date) AS admission,
	read_date(discharge_date) AS discharge,
	read_date(paid_date) AS paid_date,
	lpad(clean(discharge_disposition_code), 2, '0') AS status,
	read_date(received_date) AS received,
	lpad(clean(place_of_service_code), 2, '0') AS place,
	CASE
		WHEN length(clean(bill_type_code)) = 4 AND clean(bill_type_code) LIKE '0%' THEN substr(clean(bill_type_code), 2)
		ELSE clean(bill_type_code)
	END AS bill_type,
	clean(claim_frequency_code) AS frequency_given,
	lpad(clean(revenue_center_code), 4, '0') AS revenue,
	read_units(service_unit_quantity) AS units,
	read_code(hcpcs_code) AS hcpcs,
	[read_modifier(hcpcs_modifier_1), read_modifier(hcpcs_modifier_2), read_modifier(hcpcs_modifier_3),
		read_modifier(hcpcs_modifier_4), read_modifier(hcpcs_modifier_5)] AS modifier_slots,
	read_id(rendering_npi) AS rendering,
	read_id(billing_npi) AS billing,
	read_id(facility_npi) AS facility,
	read_id(ordering_npi) AS ordering,
	clean(billing_tin) AS billing_tin,
	read_id(billing_ccn) AS billing_ccn,
	read_cents(charge_amount) AS charge,
	read_cents(allowed_amount) AS allowed,
	read_cents(paid_amount) AS paid,
	list_transform([:diagnoses], x -> read_code(x)) AS dx_slots,
	list_transform([:procedures], x -> read_code(x)) AS procedure_slots,
	list_transform([:pointers], x -> TRY_CAST(clean(x) AS INTEGER)) AS pointer_slots,
	list_transform([:conditions], x -> upper(clean(x))) AS conditions,
	list_transform([:carcs], x -> upper(clean(x))) AS carcs,
	lower(clean(diagnosis_code_type)) AS dx_type,
	read_date(birth_date) AS line_birth,
	CASE
		WHEN upper(clean(sex)) IN ('M', 'MALE', '1') THEN 'male'
		WHEN upper(clean(sex)) IN ('F', 'FEMALE', '2') THEN 'female'
		WHEN clean(sex) IS NOT NULL THEN 'unknown'
	END AS line_sex,
	read_date(death_date) AS line_death,
	upper(clean(specialty_code)) AS line_specialty,
	upper(clean(taxonomy_code)) AS taxonomy,
	upper(clean(provider_state)) AS line_state,
	clean(entity_type) AS line_entity,
	clean(denied_flag) AS denied_flag,
	clean(original_claim_id) AS original_claim_id
FROM raw;

-- What an id is.  The check digit: Luhn over 80840 and the ten digits, whose
-- prefix adds 24.
CREATE TABLE id AS
WITH texts AS (
	SELECT rendering AS text FROM cell UNION SELECT billing FROM cell
	UNION SELECT facility FROM cell UNION SELECT ordering FROM cell
), digits AS (
	SELECT text, regexp_full_match(text, '[0-9]{10}') AS ten,
		CASE WHEN regexp_full_match(text, '[0-9]{10}') THEN
			24 + list_sum(list_transform(range(1, 11), i ->
				CASE WHEN i % 2 = 0 THEN CAST(substr(text, i, 1) AS INTEGER)
				ELSE (2 * CAST(substr(text, i, 1) AS INTEGER)) // 10 + (2 * CAST(substr(text, i, 1) AS INTEGER)) % 10 END))
		END AS luhn
	FROM texts WHERE text IS NOT NULL
)
SELECT text,
	CASE
		WHEN ten AND (text = repeat(substr(text, 1, 1), 10) OR text = '1234567890') THEN 'placeholder'
		WHEN ten AND substr(text, 1, 1) IN ('1', '2') AND luhn % 10 = 0 THEN 'npi'
		WHEN ten THEN 'npi_bad_check'
		ELSE 'other'
	END AS kind
FROM digits;

CREATE TABLE member AS
SELECT clean(person_id) AS person_id, any_value(read_date(birth_date)) AS birth, any_value(
	CASE
		WHEN upper(clean(sex)) IN ('M', 'MALE', '1') THEN 'male'
		WHEN upper(clean(sex)) IN ('F', 'FEMALE', '2') THEN 'female'
		WHEN clean(sex) IS NOT NULL THEN 'unknown'
	END) AS sex, any_value(read_date(death_date)) AS death
FROM raw_members GROUP BY 1;

CREATE TABLE provider_file AS
SELECT read_id(npi) AS npi, clean(entity_type) AS entity_type, upper(clean(specialty_code)) AS specialty,
	upper(clean(taxonomy_code)) AS taxonomy, upper(clean(state)) AS state
FROM raw_providers;
