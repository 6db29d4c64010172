-- SPDX-License-Identifier: Apache-2.0
-- What providers.csv, provider_codes.csv and provider_counts.csv should say:
-- gross, each used line as read.  Money in cents, units in ten-thousandths.

-- Lines of service, and a total that is all that its claim has: its amount is the claim's.
CREATE VIEW service AS SELECT * FROM counted WHERE NOT is_total OR (is_own AND (of_claim_charge OR of_claim_allowed OR of_claim_paid));

CREATE TABLE expected_providers AS
SELECT coalesce(provider, '') AS npi, id_kind,
	count(DISTINCT claim) AS claims,
	count(*) FILTER (NOT is_total) AS lines,
	coalesce(sum(units) FILTER (NOT is_total), 0) AS units,
	coalesce(sum(charge), 0) AS charge,
	coalesce(sum(allowed), 0) AS allowed,
	coalesce(sum(paid), 0) AS paid,
	min(service_from) FILTER (NOT is_total) AS first_date,
	max(service_from) FILTER (NOT is_total) AS last_date
FROM counted GROUP BY 1, 2;

CREATE TABLE expected_codes AS
SELECT coalesce(provider, '') AS npi, id_kind, hcpcs AS code,
	count(*) FILTER (NOT is_total) AS lines, coalesce(sum(units) FILTER (NOT is_total), 0) AS units,
	coalesce(sum(charge), 0) AS charge, coalesce(sum(allowed), 0) AS allowed, coalesce(sum(paid), 0) AS paid
FROM counted WHERE hcpcs IS NOT NULL AND NOT is_total GROUP BY 1, 2, 3;

-- Each kind of count as (row, kind, key); the digit is of the charge as read.
CREATE VIEW count_key AS
SELECT row, 'month' AS kind, strftime(service_from, '%Y-%m') AS key FROM service WHERE service_from IS NOT NULL
UNION ALL
SELECT row, 'em', em_family || '_' || em_level FROM counted JOIN px ON px.code = hcpcs
WHERE em_level IS NOT NULL AND NOT is_total
UNION ALL
SELECT DISTINCT row, 'modifier', unnest(modifiers) FROM counted WHERE NOT is_total
UNION ALL
SELECT row, 'pos', place FROM counted WHERE place IS NOT NULL AND NOT is_total
UNION ALL
SELECT row, 'digit', left(CAST(abs(read_charge) AS VARCHAR), 1) FROM service WHERE read_charge <> 0;

CREATE TABLE expected_counts AS
SELECT coalesce(provider, '') AS npi, id_kind, kind, key,
	count(*) FILTER (NOT is_total) AS lines, coalesce(sum(units) FILTER (NOT is_total), 0) AS units,
	coalesce(sum(charge), 0) AS charge, coalesce(sum(allowed), 0) AS allowed, coalesce(sum(paid), 0) AS paid
FROM count_key JOIN counted USING (row) GROUP BY 1, 2, 3, 4;

-- Sums of squares in squared cents.
CREATE TABLE expected_squares AS
SELECT coalesce(provider, '') AS npi, id_kind,
	coalesce(sum(CAST(charge AS HUGEINT) * charge), 0) AS charge,
	coalesce(sum(CAST(allowed AS HUGEINT) * allowed), 0) AS allowed,
	coalesce(sum(CAST(paid AS HUGEINT) * paid), 0) AS paid
FROM service GROUP BY 1, 2;
