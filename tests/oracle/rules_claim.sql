-- SPDX-License-Identifier: Apache-2.0
-- What is judged once a claim, on the claim's lowest line, and net: nothing of
-- a void, or of what was voided or superseded.

CREATE TABLE claim_unit (row BIGINT, rule VARCHAR, part VARCHAR, evaluated BOOLEAN);
CREATE TABLE claim_hit (row BIGINT, rule VARCHAR, part VARCHAR, kind VARCHAR, severity VARCHAR, watch BOOLEAN,
	share BIGINT, whole BIGINT);

CREATE VIEW standing AS
SELECT * FROM claim_own WHERE lines > 0 AND claim NOT IN (SELECT claim FROM dead)
	AND (NOT is_negative OR claim IN (SELECT claim FROM matched));

INSERT INTO claim_unit SELECT row, 'VAL-06', 'tob', bill_type IS NOT NULL FROM standing WHERE claim_type = 'institutional';
INSERT INTO claim_hit SELECT row, 'VAL-06', 'tob', 'tob', 'info', true, 0, 1 FROM standing
WHERE claim_type = 'institutional' AND bill_type NOT IN (SELECT code FROM bill_type_code);

INSERT INTO claim_unit SELECT row, 'VAL-06', 'claim_dates', claim_start IS NOT NULL AND claim_end IS NOT NULL FROM standing;
INSERT INTO claim_hit SELECT row, 'VAL-06', 'claim_dates', 'dates', 'info', false, 0, 1 FROM standing WHERE claim_start > claim_end;

INSERT INTO claim_unit
SELECT own, 'VAL-06', 'line_repeated', bool_or(line.line IS NOT NULL) FROM line JOIN (SELECT claim, row AS own FROM standing) USING (claim)
WHERE NOT is_total GROUP BY own;
INSERT INTO claim_hit
SELECT DISTINCT own, 'VAL-06', 'line_repeated', 'line_repeated', 'info', false, 0, 1
FROM (SELECT own, line.line FROM line JOIN (SELECT claim, row AS own FROM standing) USING (claim)
	WHERE line.line IS NOT NULL AND NOT is_total GROUP BY 1, 2 HAVING count(*) > 1);

-- VAL-04 pcs: inpatient claims with a procedure that the set has.
CREATE TABLE claim_pcs AS
SELECT row, bool_or(pcs.code IS NOT NULL AND day IS NOT NULL) AS evaluated,
	bool_or(pcs.code IS NOT NULL AND NOT (day BETWEEN valid_from AND valid_to)) AS bad
FROM (
	SELECT row, coalesce(discharge, claim_end, service_thru) AS day, unnest(list_filter(procedure_slots, x -> x IS NOT NULL)) AS code
	FROM standing WHERE claim_type = 'institutional' AND inpatient
) p LEFT JOIN pcs ON pcs.code = p.code GROUP BY row;
INSERT INTO claim_unit SELECT row, 'VAL-04', 'pcs', evaluated FROM claim_pcs;
INSERT INTO claim_hit SELECT row, 'VAL-04', 'pcs', 'pcs', 'medium', false, 0, 1 FROM claim_pcs WHERE bad;

-- CLN-05: the principal diagnosis.
CREATE TABLE principal AS
SELECT s.row, dx.code IS NOT NULL AS known,
	CASE
		WHEN coalesce(external, false) OR (coalesce(dx_type <> 'icd-9-cm', true) AND regexp_matches(dx_slots[1], '^[V-Y][0-9]')) THEN 'external_cause'
		WHEN coalesce(manifestation, false) THEN 'manifestation'
		WHEN inpatient AND (coalesce(unacceptable, false)
			OR (coalesce(requires_secondary, false) AND len(list_filter(dx_slots[2:], x -> x IS NOT NULL)) = 0)) THEN 'unacceptable'
		WHEN inpatient AND list_contains(dx_slots[2:], dx_slots[1]) THEN 'repeated'
		WHEN NOT inpatient AND coalesce(dx_type <> 'icd-9-cm', true) AND regexp_matches(dx_slots[1], '^B9[567]') THEN 'supplementary'
	END AS kind
FROM standing s LEFT JOIN dx ON dx.code = dx_slots[1]
WHERE claim_type = 'institutional' AND dx_slots[1] IS NOT NULL;
INSERT INTO claim_unit SELECT row, 'CLN-05', '', known OR kind IS NOT NULL FROM principal;
INSERT INTO claim_hit SELECT row, 'CLN-05', '', kind, 'info', true, 0, 1 FROM principal WHERE kind IS NOT NULL;

-- TIM-08 of institutional claims.
INSERT INTO claim_unit
SELECT row, 'TIM-08', 'claim', received IS NOT NULL AND coalesce(claim_end, service_thru) IS NOT NULL AND NOT is_adjustment
FROM standing WHERE claim_type = 'institutional';
INSERT INTO claim_hit
SELECT row, 'TIM-08', 'claim', 'untimely', 'medium', false, 1, 1
FROM standing JOIN working_day ON day = CAST(coalesce(claim_end, service_thru) + INTERVAL 1 YEAR AS DATE)
WHERE claim_type = 'institutional' AND NOT is_adjustment AND received > works;
