-- SPDX-License-Identifier: Apache-2.0
-- VAL-01 to VAL-07.  Each rule leaves its units in scope (unit: with evaluated
-- or not) and its hits.  A hit's dollars are amount * share / whole.

CREATE TABLE unit (row BIGINT, rule VARCHAR, part VARCHAR, evaluated BOOLEAN);
CREATE TABLE hit (row BIGINT, rule VARCHAR, part VARCHAR, kind VARCHAR, severity VARCHAR, watch BOOLEAN,
	share BIGINT, whole BIGINT);

-- The lines that rules look at: lines of service.
CREATE VIEW due AS SELECT * FROM counted WHERE NOT is_total;

-- The diagnoses judged on a line: those pointed at where it has pointers, else
-- all.  Key days: inpatient the discharge date, else thru; others from..thru.
CREATE TABLE judged_dx AS
WITH slot AS (
	SELECT row, slot, dx_slots[slot] AS code, pointer_slots, is_inpatient, discharge, service_from, service_thru
	FROM (SELECT *, inpatient AS is_inpatient FROM due), range(1, 26) AS r(slot)
	WHERE dx_slots[slot] IS NOT NULL
)
SELECT row, slot, slot.code,
	CASE WHEN is_inpatient THEN coalesce(discharge, service_thru) ELSE service_from END AS low,
	CASE WHEN is_inpatient THEN coalesce(discharge, service_thru) ELSE service_thru END AS high,
	slot = 1 OR coalesce(slot = list_filter(pointer_slots, x -> x IS NOT NULL)[1], false) AS leads,
	regexp_full_match(slot.code, '[A-Z][0-9][0-9A-Z]{1,5}') AS icd10_shape,
	dx.code IS NOT NULL AS known,
	dx.* EXCLUDE (code)
FROM slot LEFT JOIN dx ON dx.code = slot.code
WHERE len(list_filter(pointer_slots, x -> x IS NOT NULL)) = 0 OR list_contains(pointer_slots, slot);

-- VAL-01: only the shape can be judged by a partial set.
INSERT INTO unit
SELECT row, 'VAL-01', '', bool_or(low IS NOT NULL AND (known OR (NOT icd10_shape AND low >= DATE '2015-10-01')))
FROM judged_dx GROUP BY row;
INSERT INTO hit
SELECT DISTINCT row, 'VAL-01', '', 'wrong_system', 'info', true, 0, 1
FROM judged_dx WHERE NOT known AND NOT icd10_shape AND low >= DATE '2015-10-01';

-- VAL-02: no window covers any of the key days.
INSERT INTO unit SELECT row, 'VAL-02', '', bool_or(low IS NOT NULL AND known) FROM judged_dx GROUP BY row;
INSERT INTO hit
SELECT row, 'VAL-02', '', 'not_in_force', 'low', false, CASE WHEN bool_or(leads) THEN 1 ELSE 0 END, 1
FROM judged_dx WHERE known AND low IS NOT NULL AND NOT (valid_from <= high AND valid_to >= low) GROUP BY row;

-- VAL-03: in force, and a header on the first of the key days.
INSERT INTO unit SELECT row, 'VAL-03', '', bool_or(low IS NOT NULL AND known) FROM judged_dx GROUP BY row;
INSERT INTO hit
SELECT row, 'VAL-03', '', 'header', 'low', false, CASE WHEN bool_or(leads) THEN 1 ELSE 0 END, 1
FROM judged_dx WHERE known AND low IS NOT NULL AND valid_from <= high AND valid_to >= low
	AND CASE WHEN header_from IS NOT NULL THEN low >= header_from ELSE header END
GROUP BY row;

-- VAL-04: the partial set knows windows, not what is unknown.  CDT codes are
-- not judged, and revenue codes 0022 to 0024 carry HIPPS codes.
INSERT INTO unit
SELECT row, 'VAL-04', '', service_from IS NOT NULL AND px.code IS NOT NULL AND NOT coalesce(px.cdt, false)
FROM due LEFT JOIN px ON px.code = hcpcs
WHERE hcpcs IS NOT NULL AND coalesce(revenue NOT IN ('0022', '0023', '0024'), true);
INSERT INTO hit
SELECT row, 'VAL-04', '', 'not_in_force', 'medium', false, 1, 1
FROM due JOIN px ON px.code = hcpcs
WHERE service_from IS NOT NULL AND NOT cdt AND NOT (px.valid_from <= service_thru AND px.valid_to >= service_from)
	AND coalesce(revenue NOT IN ('0022', '0023', '0024'), true);

-- VAL-05: not in the list, save for the pairs of ambulance codes; P1 to P6 off
-- anaesthesia; the same one twice.
INSERT INTO unit SELECT row, 'VAL-05', '', true FROM due WHERE len(modifiers) > 0;
INSERT INTO hit
WITH slot AS (
	SELECT row, hcpcs, unnest(modifiers) AS modifier, len(list_distinct(modifiers)) < len(modifiers) AS repeated
	FROM due WHERE len(modifiers) > 0
), wrong AS (
	SELECT row, repeated, CASE
		WHEN regexp_full_match(modifier, 'P[1-6]') THEN hcpcs IS NOT NULL AND NOT (regexp_full_match(hcpcs, '0[01][0-9]{3}') AND hcpcs >= '00100')
		WHEN m.code IS NOT NULL THEN false
		ELSE NOT (coalesce(hcpcs BETWEEN 'A0021' AND 'A0999', false) AND regexp_full_match(modifier, '[DEGHIJNPRSX]{2}'))
	END AS unknown
	FROM slot LEFT JOIN modifier_code m ON m.code = modifier
)
SELECT row, 'VAL-05', '', CASE WHEN bool_or(unknown) THEN 'unknown' ELSE 'repeated' END, 'info', true, 0, 1
FROM wrong GROUP BY row HAVING bool_or(unknown) OR bool_or(repeated);

-- VAL-06: each kind by itself.  Amounts of a claim are no line's.
CREATE TABLE structure AS
SELECT row, claim_type, place, revenue, line_start, line_end, birth, service_from, received, units, is_void, is_denied,
	is_negative, dx_slots,
	list_filter(pointer_slots, x -> x IS NOT NULL) AS pointers,
	CASE WHEN NOT of_claim_paid THEN read_paid END AS paid,
	CASE WHEN NOT of_claim_allowed THEN read_allowed END AS allowed,
	CASE WHEN NOT of_claim_charge THEN read_charge END AS charge
FROM due;

INSERT INTO unit SELECT row, 'VAL-06', 'pos', place IS NOT NULL FROM structure WHERE claim_type = 'professional';
INSERT INTO hit SELECT row, 'VAL-06', 'pos', 'pos', 'info', true, 0, 1 FROM structure
WHERE claim_type = 'professional' AND place NOT IN (SELECT code FROM place_of_service);

INSERT INTO unit SELECT row, 'VAL-06', 'rev', revenue IS NOT NULL FROM structure WHERE claim_type = 'institutional';
INSERT INTO hit SELECT row, 'VAL-06', 'rev', 'rev', 'info', true, 0, 1 FROM structure
WHERE claim_type = 'institutional' AND revenue NOT IN (SELECT code FROM revenue_code);

INSERT INTO unit SELECT row, 'VAL-06', 'dates', line_start IS NOT NULL AND line_end IS NOT NULL FROM structure;
INSERT INTO hit SELECT row, 'VAL-06', 'dates', 'dates', 'info', false, 0, 1 FROM structure WHERE line_start > line_end;

INSERT INTO unit SELECT row, 'VAL-06', 'birth', birth IS NOT NULL AND service_from IS NOT NULL FROM structure;
INSERT INTO hit SELECT row, 'VAL-06', 'birth', 'birth', 'info', false, 0, 1 FROM structure
WHERE service_from < birth OR age_at(birth, service_from) > 124;

INSERT INTO unit SELECT row, 'VAL-06', 'future', received IS NOT NULL AND service_from IS NOT NULL FROM structure;
INSERT INTO hit SELECT row, 'VAL-06', 'future', 'future', 'info', true, 0, 1 FROM structure WHERE service_from > received;

INSERT INTO unit SELECT row, 'VAL-06', 'pointer', len(pointers) > 0 FROM structure WHERE claim_type <> 'institutional';
INSERT INTO hit SELECT row, 'VAL-06', 'pointer', 'pointer', 'info', true, 0, 1 FROM structure
WHERE claim_type <> 'institutional' AND len(list_filter(pointers, x -> x > 25 OR dx_slots[x] IS NULL)) > 0;

INSERT INTO unit SELECT row, 'VAL-06', 'units', units IS NOT NULL AND (paid IS NOT NULL OR allowed IS NOT NULL) FROM structure
WHERE NOT is_void AND NOT is_denied;
INSERT INTO hit SELECT row, 'VAL-06', 'units', 'units', 'info', true, 0, 1 FROM structure
WHERE NOT is_void AND NOT is_denied AND units <= 0 AND (coalesce(paid > 0, false) OR coalesce(allowed > 0, false));

INSERT INTO unit SELECT row, 'VAL-06', 'paid_over_allowed', paid IS NOT NULL AND allowed IS NOT NULL AND NOT is_negative FROM structure;
INSERT INTO hit SELECT row, 'VAL-06', 'paid_over_allowed', 'paid_over_allowed', 'info', true, 0, 1 FROM structure
WHERE paid * 100 > allowed * 101 AND NOT is_negative;

INSERT INTO unit SELECT row, 'VAL-06', 'allowed_over_charge', allowed IS NOT NULL AND charge IS NOT NULL AND NOT is_negative FROM structure
WHERE claim_type = 'professional';
INSERT INTO hit SELECT row, 'VAL-06', 'allowed_over_charge', 'allowed_over_charge', 'info', true, 0, 1 FROM structure
WHERE claim_type = 'professional' AND allowed > charge AND NOT is_negative;

-- VAL-07: each role.
CREATE TABLE role_id AS
SELECT row, role, kind FROM (
	SELECT row, 'billing' AS role, billing_kind AS kind FROM due UNION ALL
	SELECT row, 'rendering', rendering_kind FROM due UNION ALL
	SELECT row, 'ordering', ordering_kind FROM due UNION ALL
	SELECT row, 'facility', facility_kind FROM due)
WHERE kind IS NOT NULL;
INSERT INTO unit SELECT row, 'VAL-07', role, true FROM role_id;
INSERT INTO hit SELECT row, 'VAL-07', role, CASE kind WHEN 'placeholder' THEN 'placeholder' ELSE 'invalid' END, 'info', false, 0, 1
FROM role_id WHERE kind <> 'npi';
