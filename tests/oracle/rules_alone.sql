-- SPDX-License-Identifier: Apache-2.0
-- NCC-07, GLO-01, INP-04, TIM-05, each as a run of it alone finds.

-- Lines with a day of their own, or the days that they span.
CREATE TABLE dated AS
SELECT past.*, due.specialty, due.admission, due.discharge,
	has_days(past.service_from, past.service_from, own_date, past.claim_start, past.claim_end)
		AND past.service_from IS NOT DISTINCT FROM past.service_thru AS has_day
FROM past JOIN due USING (row)
WHERE past.service_from IS NOT NULL AND past.service_from <= past.service_thru;

-- NCC-07: without the file any procedure is a primary, but no add-on, drug or
-- equipment.  Suppliers of equipment are left to their own table.  99292 may follow what a
-- partner did, or what was done the day before.
CREATE TABLE add_on AS
SELECT dated.*
FROM dated JOIN px ON px.code = dated.hcpcs
WHERE list_contains(dated.flags, 'add_on') AND service_from BETWEEN valid_from AND valid_to
	AND setting IN ('practitioner', 'outpatient') AND same IS NOT NULL AND has_day;
CREATE TABLE primary_line AS
SELECT person_id, same, practice, service_from, service_thru
FROM past
WHERE hcpcs IS NOT NULL AND service_from IS NOT NULL AND same IS NOT NULL AND NOT list_has_any(flags, ['add_on', 'drug', 'dmepos']);
INSERT INTO expected_alone
SELECT 'NCC-07', 'type2', claim_id, CAST(line AS VARCHAR), NULL, NULL, greatest(coalesce(amount, 0), 0)
FROM add_on a
WHERE NOT EXISTS (SELECT 1 FROM primary_line p
	WHERE p.person_id = a.person_id AND (p.same = a.same OR (a.hcpcs = '99292' AND p.practice = a.practice))
		AND a.service_from BETWEEN p.service_from AND p.service_thru + CASE a.hcpcs WHEN '99292' THEN 1 ELSE 0 END);

-- GLO-01: a visit by whoever operated, or one of the group, on the days that the
-- operation pays for.  A surgical centre is no surgeon; a call, a plan of care, or
-- what is added to a visit is none.  The operation of the next day names the hit,
-- else one of the day, else one before, and of several the first.
CREATE TABLE operation AS
SELECT row, claim_id, line, person_id, same, practice, service_from, global_days, place_in_order
FROM dated
WHERE claim_type = 'professional' AND global_days IN ('000', '010', '090') AND has_day
	AND coalesce(specialty <> '49', true) AND NOT list_has_any(modifiers, ['54', '55', '56', '80', '81', '82', 'AS']);
CREATE TABLE visit_near AS
SELECT v.row, v.claim_id, v.line, v.amount, list_has_any(v.modifiers, ['24', '25', '57']) AS marked,
	o.claim_id AS other_claim_id, o.line AS other_line, o.place_in_order AS other_place,
	CASE WHEN v.service_from < o.service_from THEN 'preop' WHEN v.service_from = o.service_from THEN 'same_day' ELSE 'postop' END AS part,
	sign(v.service_from - o.service_from) AS turn,
	CASE
		WHEN v.service_from > o.service_from THEN list_contains(v.modifiers, '24')
		WHEN o.global_days = '090' THEN list_contains(v.modifiers, '57')
		ELSE list_has_any(v.modifiers, ['25', '57'])
	END AS paid_beside
FROM dated v JOIN operation o ON o.person_id = v.person_id AND (o.same = v.same OR o.practice = v.practice)
	AND v.service_from BETWEEN o.service_from - CASE o.global_days WHEN '090' THEN 1 ELSE 0 END
		AND o.service_from + CASE o.global_days WHEN '090' THEN 90 WHEN '010' THEN 10 ELSE 0 END
WHERE v.claim_type = 'professional' AND v.em_family <> 'other' AND v.hcpcs <> '99024' AND v.has_day
	AND NOT (v.hcpcs IN ('99291', '99292') AND list_contains(v.modifiers, 'FT'));
INSERT INTO expected_alone
SELECT 'GLO-01', arg_min(part, (turn, other_place)) || CASE WHEN any_value(marked) THEN '_wrong_mod' ELSE '' END, any_value(claim_id), CAST(any_value(line) AS VARCHAR),
	arg_min(other_claim_id, (turn, other_place)), CAST(arg_min(other_line, (turn, other_place)) AS VARCHAR), greatest(coalesce(any_value(amount), 0), 0)
FROM visit_near WHERE NOT paid_beside GROUP BY row;

-- Stays: interim bills and late charges of one facility and admission are one,
-- with the first whole bill of it, if there is one.  Who is still in (30) has
-- the last night, too.
CREATE TABLE bill AS
SELECT c.claim, c.claim_id, c.person_id, left(c.bill_type, 2) AS class, substr(c.bill_type, 3, 1) IN ('2', '3', '4', '5') AS is_part,
	coalesce('ccn ' || c.billing_ccn, 'npi ' || c.facility_id) AS facility,
	coalesce(c.admission, c.claim_start) AS begins, coalesce(c.discharge, c.claim_end) AS ends, c.status = '30' AS still_in, lines.*
FROM claim_own c JOIN (SELECT claim, min(place_in_order) AS place, sum(greatest(coalesce(amount, 0), 0)) AS amount FROM past GROUP BY claim) lines USING (claim)
WHERE c.claim_type = 'institutional' AND left(c.bill_type, 2) IN ('11', '21')
	AND coalesce(c.admission, c.claim_start) <= coalesce(c.discharge, c.claim_end)
	AND claim NOT IN (SELECT claim FROM claim_hit JOIN billed USING (row) WHERE rule = 'DUP-01');
CREATE TABLE stay AS
WITH counted_bill AS (
	SELECT *, row_number() OVER (PARTITION BY person_id, facility, class, begins, is_part ORDER BY ends, place) AS nth FROM bill
)
SELECT person_id, class, facility, begins, max(ends) + CASE WHEN bool_and(still_in) FILTER (ends = latest) THEN 1 ELSE 0 END AS ends, min(place) AS place
FROM (SELECT *, CASE WHEN facility IS NULL OR (NOT is_part AND nth > 1) THEN claim END AS alone,
		max(ends) OVER (PARTITION BY person_id, facility, class, begins, CASE WHEN facility IS NULL OR (NOT is_part AND nth > 1) THEN claim END) AS latest
	FROM counted_bill)
GROUP BY person_id, class, facility, begins, alone;

-- INP-04: nights shared; the shorter is hit, of two equal ones the later, and
-- tells of another facility's before its own.
CREATE TABLE overlap AS
SELECT s.place, o.place AS other_place, s.facility = o.facility AS same_facility
FROM stay s JOIN stay o ON o.person_id = s.person_id AND o.class = '11' AND o.place <> s.place AND s.begins < o.ends AND o.begins < s.ends
WHERE s.class = '11' AND s.facility IS NOT NULL AND o.facility IS NOT NULL
	AND (s.ends - s.begins, -s.place) < (o.ends - o.begins, -o.place);
CREATE TABLE overlapped AS
SELECT place, arg_min(other_place, (same_facility, other_place)) AS other_place, bool_and(same_facility) AS same_facility FROM overlap GROUP BY place;
INSERT INTO expected_alone
SELECT 'INP-04', CASE WHEN same_facility THEN 'same_facility' ELSE 'two_facilities' END, l.claim_id, NULL, o.claim_id, NULL,
	CASE WHEN same_facility THEN 0 ELSE b.amount END
FROM overlapped JOIN past l ON l.place_in_order = overlapped.place JOIN past o ON o.place_in_order = other_place JOIN bill b ON b.place = overlapped.place;

-- TIM-05: strictly inside a stay, by somebody else than its hospital.
CREATE TABLE bundled AS
SELECT * FROM (
	SELECT *, CASE
		WHEN claim_type = 'institutional' AND left(bill_type, 2) IN ('13', '14', '85') THEN 'outpatient'
		WHEN claim_type = 'institutional' AND left(bill_type, 2) IN ('32', '33') THEN 'home_health'
		WHEN claim_type <> 'professional' THEN NULL
		WHEN list_has_any(flags, ['ambulance_base', 'ambulance_air', 'ground_miles', 'air_miles'])
			THEN CASE WHEN len(list_filter(modifiers, m -> regexp_full_match(m, '[HINE][HINE]'))) = 0 THEN 'ambulance' END
		WHEN setting = 'dme' THEN 'dmepos'
		WHEN specialty = '69' AND (list_contains(flags, 'lab') OR hcpcs LIKE '8%') AND NOT list_contains(modifiers, '26') THEN 'laboratory'
		WHEN list_contains(modifiers, 'TC') THEN 'technical'
	END AS kind
	FROM dated WHERE has_day AND (claim_type <> 'institutional' OR same IS NOT NULL)
) WHERE kind IS NOT NULL;
CREATE TABLE inside AS
SELECT b.row, any_value(b.kind) AS kind, min(s.place) AS place
FROM bundled b JOIN stay s ON s.person_id = b.person_id AND s.begins < b.service_from AND b.service_from < s.ends
WHERE (b.kind <> 'outpatient' OR b.same IS DISTINCT FROM s.facility) AND (b.kind <> 'dmepos' OR s.ends - b.service_from > 2)
GROUP BY b.row;
INSERT INTO expected_alone
SELECT 'TIM-05', kind, l.claim_id, CAST(l.line AS VARCHAR), o.claim_id, CAST(o.line AS VARCHAR), greatest(coalesce(l.amount, 0), 0)
FROM inside JOIN past l USING (row) JOIN past o ON o.place_in_order = inside.place;
