-- SPDX-License-Identifier: Apache-2.0
-- From hits to findings: what adjustments leave, precedence on one line,
-- dollars, and what is counted of them.

CREATE MACRO precedence(rule) AS CASE rule
	WHEN 'DUP-01' THEN '01' WHEN 'PRV-01' THEN '02' WHEN 'TIM-04' THEN '03' WHEN 'NCC-04' THEN '06' ELSE rule END;

-- SPC-03 mileage_alone: miles without a base of the same person, day and
-- supplier, on any claim.
CREATE TABLE trip_line AS
SELECT row, person_id, service_from, provider, id_kind,
	line_start IS NOT NULL OR claim_start IS NOT DISTINCT FROM claim_end OR claim_end IS NULL AS own_day,
	service_from IS NOT DISTINCT FROM service_thru AS one_day,
	list_contains(px.flags, 'ground_miles') AS ground_miles, list_contains(px.flags, 'air_miles') AS air_miles,
	list_contains(px.flags, 'ambulance_base') AS ground_base, list_contains(px.flags, 'ambulance_air') AS air_base
FROM due JOIN px ON px.code = hcpcs
WHERE payable AND row IN (SELECT row FROM net) AND list_has_any(px.flags, ['ground_miles', 'air_miles', 'ambulance_base', 'ambulance_air']);
CREATE TABLE miles AS
SELECT m.row, m.person_id IS NOT NULL AND m.service_from IS NOT NULL AND m.provider IS NOT NULL AND m.own_day AND m.one_day AS evaluated,
	m.ground_miles, m.air_miles,
	coalesce(bool_or(b.ground_base), false) AS ground_base, coalesce(bool_or(b.air_base), false) AS air_base
FROM trip_line m LEFT JOIN trip_line b ON b.person_id = m.person_id AND b.service_from = m.service_from
	AND b.provider = m.provider AND b.id_kind = m.id_kind AND (b.ground_base OR b.air_base)
WHERE m.ground_miles OR m.air_miles GROUP BY ALL;
INSERT INTO unit SELECT row, 'SPC-03', 'mileage_alone', evaluated FROM miles;
INSERT INTO hit
SELECT row, 'SPC-03', 'mileage_alone', 'mileage_alone', 'medium', false, 1, 1
FROM miles WHERE evaluated AND ((ground_miles AND NOT ground_base) OR (air_miles AND NOT air_base));

-- Lines: among those that are no watch the rule of highest precedence stands;
-- DUP-01 of an institutional claim stands on all lines of it.
CREATE TABLE line_finding AS
WITH again AS (
	SELECT c.claim FROM claim_hit JOIN standing c USING (row) WHERE rule = 'DUP-01'
), ranked AS (
	SELECT hit.*, net.* EXCLUDE (row),
		CASE WHEN NOT watch THEN min(rule) OVER standing_rule END AS any_rule,
		CASE WHEN net.claim IN (SELECT claim FROM again) THEN precedence('DUP-01')
			ELSE min(CASE WHEN NOT watch THEN precedence(rule) END) OVER standing_rule END AS best
	FROM hit JOIN net USING (row) WINDOW standing_rule AS (PARTITION BY row)
)
SELECT * EXCLUDE (any_rule, best), NOT watch AND precedence(rule) <> best AS superseded,
	CASE WHEN watch OR is_denied OR severity = 'info' OR precedence(rule) <> best OR coalesce(amount, 0) <= 0 THEN 0
		ELSE CAST((CAST(amount AS HUGEINT) * share * 2 + whole) // (2 * CAST(whole AS HUGEINT)) AS BIGINT) END AS dollars
FROM ranked;

-- Claims: among themselves.
CREATE TABLE claim_amount AS
SELECT c.claim, CASE WHEN any_value(basis_of_claim) THEN any_value(own_amount) ELSE sum(amount) END AS amount
FROM (
	SELECT claim, is_own,
		CASE :basis WHEN 'paid' THEN of_claim_paid WHEN 'allowed' THEN of_claim_allowed ELSE of_claim_charge END AS basis_of_claim,
		CASE :basis WHEN 'paid' THEN read_paid WHEN 'allowed' THEN read_allowed ELSE read_charge END AS amount,
		max(CASE WHEN is_own THEN CASE :basis WHEN 'paid' THEN read_paid WHEN 'allowed' THEN read_allowed ELSE read_charge END END)
			OVER (PARTITION BY claim) AS own_amount
	FROM counted WHERE NOT is_total AND claim IN (SELECT claim FROM claim_hit JOIN line USING (row))
) c GROUP BY c.claim;
CREATE TABLE claim_finding AS
WITH ranked AS (
	SELECT h.*, c.claim, c.claim_id, c.data_source, coalesce(c.provider, '') AS npi, c.id_kind, c.service_from, c.is_denied, a.amount,
		min(CASE WHEN NOT watch THEN precedence(rule) END) OVER (PARTITION BY h.row) AS best
	FROM claim_hit h JOIN standing c USING (row) JOIN claim_amount a ON a.claim = c.claim
)
SELECT * EXCLUDE (best), best, NOT watch AND precedence(rule) <> best AS superseded,
	CASE WHEN watch OR is_denied OR severity = 'info' OR precedence(rule) <> best OR coalesce(amount, 0) <= 0 THEN 0
		ELSE CAST((CAST(amount AS HUGEINT) * share * 2 + whole) // (2 * CAST(whole AS HUGEINT)) AS BIGINT) END AS dollars
FROM ranked;

CREATE TABLE expected_findings AS
SELECT rule, kind, claim_id, CAST(line AS VARCHAR) AS line, data_source, severity, npi, id_kind, service_from AS date,
	coalesce(hcpcs, '') AS code, units, amount, dollars, superseded, watch FROM line_finding
UNION ALL
SELECT rule, kind, claim_id, '', data_source, severity, npi, id_kind, service_from, '', NULL, amount, dollars, superseded, watch
FROM claim_finding;

-- Per provider and rule, and per rule.
CREATE TABLE expected_judged AS
WITH all_units AS (
	SELECT * FROM unit UNION ALL SELECT * FROM claim_unit
), judged AS (
	SELECT coalesce(provider, '') AS npi, id_kind, rule, count(*) AS in_scope, count(*) FILTER (all_units.evaluated) AS evaluated
	FROM all_units JOIN line USING (row) GROUP BY 1, 2, 3
), hits AS (
	SELECT npi, id_kind, rule, count(*) AS hits, sum(dollars) AS dollars
	FROM expected_findings WHERE NOT superseded GROUP BY 1, 2, 3
)
SELECT npi, id_kind, rule, in_scope, evaluated, coalesce(hits, 0) AS hits, coalesce(dollars, 0) AS dollars
FROM judged FULL JOIN hits USING (npi, id_kind, rule);

-- The union of dollars: of each line the most, never more than its amount; a
-- claim's finding marks all lines of the claim, and its dollars come first.
CREATE TABLE claim_mark AS
SELECT claim, any_value(row) AS own, max(dollars) AS dollars, count(*) AS findings,
	arg_max(share, dollars) AS share, arg_max(whole, dollars) AS whole, any_value(rule) AS rule
FROM claim_finding WHERE NOT watch AND NOT superseded GROUP BY claim;
CREATE TABLE flagged_line AS
SELECT f.row, any_value(f.npi) AS npi, any_value(f.id_kind) AS id_kind, count(*) AS findings, any_value(f.rule) AS rule,
	any_value(m.claim) IS NOT NULL AS marked,
	greatest(least(max(f.dollars), coalesce(any_value(f.amount), 0)) - CASE WHEN coalesce(any_value(m.dollars), 0) > 0 AND any_value(f.amount) > 0
		THEN CAST((CAST(any_value(f.amount) AS HUGEINT) * any_value(m.share) * 2 + any_value(m.whole)) // (2 * CAST(any_value(m.whole) AS HUGEINT)) AS BIGINT)
		ELSE 0 END, 0) AS dollars
FROM line_finding f LEFT JOIN claim_mark m USING (claim)
WHERE NOT f.watch AND NOT f.superseded GROUP BY f.row;
CREATE TABLE expected_flags AS
WITH parts AS (
	SELECT npi, id_kind, findings, CASE WHEN marked THEN 0 ELSE 1 END AS lines_flagged, dollars FROM flagged_line
	UNION ALL
	SELECT coalesce(provider, ''), id_kind, 0, 1, 0 FROM counted WHERE NOT is_total AND claim IN (SELECT claim FROM claim_mark)
	UNION ALL
	SELECT coalesce(provider, ''), id_kind, findings, 0, dollars FROM claim_mark JOIN line ON line.row = claim_mark.own
)
SELECT npi, id_kind, sum(findings) AS findings, sum(lines_flagged) AS lines_flagged, sum(dollars) AS dollars_flagged
FROM parts GROUP BY 1, 2;
