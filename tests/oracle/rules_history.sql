-- SPDX-License-Identifier: Apache-2.0
-- Rules across claims: payable lines of one beneficiary, net of what was voided
-- or superseded, in the contract's order of lines.

-- Which amount a run goes by: paid where it has that column.
CREATE TABLE net AS
SELECT row, claim, claim_id, line, data_source, coalesce(provider, '') AS npi, id_kind, service_from, hcpcs, units, is_denied,
	CASE :basis WHEN 'paid' THEN CASE WHEN of_claim_paid AND NOT is_own THEN 0 ELSE read_paid END
		WHEN 'allowed' THEN CASE WHEN of_claim_allowed AND NOT is_own THEN 0 ELSE read_allowed END
		ELSE CASE WHEN of_claim_charge AND NOT is_own THEN 0 ELSE read_charge END END AS amount
FROM counted
WHERE NOT is_total AND NOT is_void AND claim NOT IN (SELECT claim FROM dead)
	AND (NOT is_negative OR claim IN (SELECT claim FROM matched));

CREATE TABLE past AS
SELECT due.row, due.claim, due.claim_id, due.line, person_id, claim_type, setting, due.service_from, service_thru, due.hcpcs, due.units,
	modifiers, place, revenue, bill_type, claim_start, claim_end, read_charge AS charge, net.amount, line_start IS NOT NULL AS own_date,
	CASE claim_type
		WHEN 'institutional' THEN coalesce('ccn ' || billing_ccn, 'npi ' || facility_id)
		WHEN 'undetermined' THEN NULL
		ELSE coalesce('npi ' || rendering_id, 'billing ' || billing_id) END AS same,
	CASE WHEN due.specialty NOT IN ('50', '89', '97', '70')
		THEN coalesce(billing_tin, CASE WHEN f.entity_type = '2' THEN billing_id END) || '/' || due.specialty END AS practice,
	px.em_family, px.global_days, coalesce(px.flags, []) AS flags,
	row_number() OVER (ORDER BY due.service_from, coalesce(received, paid_date, DATE '9999-12-31'), due.claim_id, due.line) AS place_in_order
FROM due JOIN net USING (row) JOIN setting USING (row)
	LEFT JOIN px ON px.code = due.hcpcs LEFT JOIN provider_file f ON f.npi = billing
WHERE payable AND person_id IS NOT NULL;

CREATE MACRO has_days(service_from, service_thru, own_date, claim_start, claim_end) AS
	own_date OR (service_from IS NOT DISTINCT FROM service_thru AND (claim_end IS NULL OR claim_end IS NOT DISTINCT FROM claim_start));

-- DUP-01, professional: the first of equal lines is the original.
INSERT INTO unit
SELECT row, 'DUP-01', '', same IS NOT NULL AND service_from IS NOT NULL AND service_from <= service_thru AND charge IS NOT NULL AND hcpcs IS NOT NULL
FROM past WHERE claim_type = 'professional';
CREATE TABLE twin AS
SELECT row FROM (
	SELECT row, row_number() OVER (PARTITION BY person_id, same, service_from, service_thru, hcpcs, list_sort(modifiers), place, units, charge
			ORDER BY place_in_order) AS copy,
		list_has_any(modifiers, ['76', '77', '91', '59', 'XE', 'XP', 'XS', 'XU', '50']) AS meant
	FROM past WHERE claim_type = 'professional' AND same IS NOT NULL AND service_from <= service_thru AND charge IS NOT NULL AND hcpcs IS NOT NULL
) WHERE copy > 1 AND NOT meant;
INSERT INTO hit SELECT row, 'DUP-01', '', 'line', 'high', false, 1, 1 FROM twin;

-- DUP-01, institutional: claims equal in all that they say.
CREATE TABLE billed AS
SELECT person_id, claim, arg_min(row, (line, row)) AS row, min(place_in_order) AS first_line, arg_min(bill_type, (line, row)) AS bill_type,
	arg_min(same, (line, row)) AS same, arg_min(claim_start, (line, row)) AS claim_start, arg_min(claim_end, (line, row)) AS claim_end,
	CASE WHEN any_value(of_claim_charge) THEN arg_min(charge, (line, row)) ELSE sum(charge) END AS charge,
	list_sort(list(concat_ws('|', revenue, hcpcs, list_sort(modifiers), units))) AS content
FROM past, (SELECT charge_of_claim AS of_claim_charge FROM amount_level) WHERE claim_type = 'institutional' GROUP BY 1, 2;
INSERT INTO claim_unit
SELECT row, 'DUP-01', '', same IS NOT NULL AND claim_start IS NOT NULL AND claim_end IS NOT NULL AND charge IS NOT NULL FROM billed;
INSERT INTO claim_hit
SELECT row, 'DUP-01', '', 'claim', 'high', false, 1, 1 FROM (
	SELECT row, row_number() OVER (PARTITION BY person_id, bill_type, same, claim_start, claim_end, charge, content ORDER BY first_line) AS copy
	FROM billed WHERE same IS NOT NULL AND claim_start IS NOT NULL AND claim_end IS NOT NULL AND charge IS NOT NULL
) WHERE copy > 1;

-- EM-05: met on an earlier day, less than three years before.
CREATE TABLE met AS
SELECT row, person_id, same, practice, service_from, place_in_order FROM past
WHERE claim_type = 'professional' AND service_from IS NOT NULL
	AND NOT list_has_any(modifiers, ['26', 'TC', '80', '81', '82', 'AS']) AND coalesce(place <> '81', true)
	AND (em_family <> 'other' OR global_days IN ('000', '010', '090') OR list_contains(flags, 'eye_exam') OR regexp_matches(hcpcs, '^(9079|908)'));
CREATE TABLE visit_of_new AS
SELECT row, person_id, same, practice, service_from FROM past
WHERE claim_type = 'professional' AND service_from IS NOT NULL
	AND (em_family IN ('office_new', 'home_new', 'preventive_new') OR hcpcs IN ('92002', '92004'));
CREATE TABLE visit_met AS
SELECT n.row, arg_max(struct_pack(day := m.service_from, same := m.same), m.place_in_order) AS latest
FROM visit_of_new n JOIN met m ON m.person_id = n.person_id AND m.service_from < n.service_from
	AND (m.same = n.same OR m.practice = n.practice)
GROUP BY 1;
CREATE TABLE new_patient AS
SELECT n.*, latest, coalesce(latest.day > n.service_from - INTERVAL 3 YEAR, false) AS found,
	(SELECT min(service_from) FROM line) <= n.service_from - INTERVAL 3 YEAR AS reaches
FROM visit_of_new n LEFT JOIN visit_met USING (row);
INSERT INTO unit SELECT row, 'EM-05', '', (found OR reaches) AND (same IS NOT NULL OR practice IS NOT NULL) FROM new_patient;
INSERT INTO hit
SELECT row, 'EM-05', '', CASE WHEN latest.same = same THEN 'same_provider' ELSE 'same_group' END, 'medium', false, 1, 4
FROM new_patient WHERE found;

-- What is found by a run of one rule alone.
CREATE TABLE expected_alone (rule VARCHAR, kind VARCHAR, claim_id VARCHAR, line VARCHAR, other_claim_id VARCHAR, other_line VARCHAR, dollars HUGEINT);

-- NCC-05: units a day over all lines but duplicates.
CREATE TABLE mue_day AS
SELECT list(row ORDER BY place_in_order DESC)[1] AS last, list(row ORDER BY place_in_order) AS members,
	sum(greatest(coalesce(amount, 0), 0)) AS dollars, any_value(mue) AS mue, any_value(mai) AS mai,
	sum(CASE WHEN reading OR taking THEN 0 ELSE a_day END)
		+ greatest(sum(CASE WHEN reading THEN a_day ELSE 0 END), sum(CASE WHEN taking AND NOT reading THEN a_day ELSE 0 END)) AS units
FROM (
	SELECT past.*, mue, mai, a_day, list_contains(modifiers, '26') AS reading, list_contains(modifiers, 'TC') AS taking
	FROM past JOIN mue_line USING (row)
	WHERE past.units IS NOT NULL AND same IS NOT NULL AND service_from IS NOT NULL AND service_from <= service_thru
		AND mue IS NOT NULL AND mai >= 2 AND NOT list_contains(flags, 'anesthesia')
		AND has_days(service_from, service_thru, own_date, claim_start, claim_end)
		AND NOT list_has_any(modifiers, ['55', '80', '81', '82', 'AS', 'JW', 'JZ'])
		AND row NOT IN (SELECT row FROM twin) AND claim NOT IN (SELECT claim FROM claim_hit JOIN billed USING (row) WHERE rule = 'DUP-01')
) GROUP BY person_id, same, setting, hcpcs, service_from, service_thru HAVING count(*) > 1;
INSERT INTO expected_alone
SELECT 'NCC-05', 'mai' || mai, l.claim_id, CAST(l.line AS VARCHAR), o.claim_id, CAST(o.line AS VARCHAR), dollars
FROM mue_day JOIN past l ON l.row = last JOIN past o ON o.row = list_filter(members, x -> x <> last)[1] WHERE mue_day.units > mue;

-- NCC-01, NCC-02: pairs of a day.
CREATE TABLE ptp AS
SELECT column_1, column_2, coalesce(CAST("from" AS DATE), DATE '0001-01-01') AS valid_from, coalesce(CAST("to" AS DATE), DATE '9999-12-31') AS valid_to, indicator
FROM read_csv(':codes/ptp.csv', header = true, all_varchar = true, delim = ',', comment = '#');
CREATE TABLE paired AS
SELECT row, claim_id, line, person_id, same, setting, service_from, service_thru, hcpcs, amount, place_in_order,
	em_family IS NOT NULL AS is_em,
	list_has_any(modifiers, ['24', '25', '57']) OR (claim_type = 'institutional' AND list_contains(modifiers, '27')) AS visit_modifier,
	list_has_any(modifiers, ['E1', 'E2', 'E3', 'E4', 'FA', 'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9',
		'TA', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'LT', 'RT', 'LC', 'LD', 'LM', 'RC', 'RI',
		'58', '78', '79', '59', 'XE', 'XP', 'XS', 'XU']) AS other_modifier,
	(list_contains(flags, 'lab') OR hcpcs LIKE '8%') AND list_contains(modifiers, '91') AS laboratory_modifier
FROM past
WHERE same IS NOT NULL AND service_from <= service_thru AND setting IN ('practitioner', 'outpatient')
	AND has_days(service_from, service_thru, own_date, claim_start, claim_end)
	AND row NOT IN (SELECT row FROM twin) AND claim NOT IN (SELECT claim FROM claim_hit JOIN billed USING (row) WHERE rule = 'DUP-01');
CREATE TABLE edit AS
SELECT b.*, a.claim_id AS other_claim_id, a.line AS other_line, a.place_in_order AS other_place, indicator,
	CASE WHEN b.is_em THEN b.visit_modifier
		ELSE a.other_modifier OR b.other_modifier OR (a.is_em AND a.visit_modifier) OR a.laboratory_modifier OR b.laboratory_modifier END AS excused
FROM paired b
	JOIN ptp ON ptp.column_2 = b.hcpcs AND b.service_from BETWEEN valid_from AND valid_to
	JOIN paired a ON a.hcpcs = ptp.column_1 AND a.person_id = b.person_id AND a.same = b.same AND a.setting = b.setting
		AND a.service_from = b.service_from AND a.service_thru = b.service_thru;
INSERT INTO expected_alone
SELECT CASE indicator WHEN '0' THEN 'NCC-01' ELSE 'NCC-02' END, CASE any_value(setting) WHEN 'outpatient' THEN 'hospital' ELSE 'practitioner' END,
	any_value(claim_id), CAST(any_value(line) AS VARCHAR), arg_min(other_claim_id, other_place), CAST(arg_min(other_line, other_place) AS VARCHAR),
	greatest(coalesce(any_value(amount), 0), 0)
FROM edit WHERE indicator = '0' OR NOT excused GROUP BY row, indicator;

-- MOD-04, of a day: a reading or a taking beside the whole study, or a second one.
CREATE TABLE part AS
SELECT past.row, person_id, service_from, past.hcpcs, list_contains(modifiers, 'RT') AS is_right, list_contains(modifiers, 'LT') AS is_left, place, place_in_order,
	CASE WHEN list_contains(modifiers, '26') THEN 'reading' WHEN list_contains(modifiers, 'TC') THEN 'taking' ELSE 'whole' END AS part
FROM past JOIN px ON px.code = past.hcpcs
WHERE claim_type = 'professional' AND setting <> 'none' AND px.in_mpfs AND px.pctc = '1' AND service_from IS NOT NULL AND service_from >= service_thru
	AND has_days(service_from, service_from, own_date, claim_start, claim_end) AND row NOT IN (SELECT row FROM twin)
	AND NOT list_has_any(modifiers, ['76', '77', '59', 'XE', 'XP', 'XS', 'XU'])
	AND NOT list_has_all(modifiers, ['26', 'TC']);
INSERT INTO hit
SELECT row, 'MOD-04', '', 'double', 'medium', false, 1, 1 FROM (
	SELECT *, count(*) FILTER (part = 'whole') OVER study AS wholes, row_number() OVER (PARTITION BY person_id, service_from, hcpcs, is_right, is_left, part ORDER BY place_in_order) AS nth
	FROM part WINDOW study AS (PARTITION BY person_id, service_from, hcpcs, is_right, is_left)
) WHERE part <> 'whole' AND (wholes > 0 OR nth > 1) AND (part = 'reading' OR place IS NOT NULL)
	AND row NOT IN (SELECT row FROM hit WHERE rule = 'MOD-04');

-- MOD-05, of a day: both sides on two lines.  Each is held against the day's first.
CREATE TABLE both_sides AS
WITH side AS (
	SELECT past.row, person_id, same, service_from, past.hcpcs, px.bilateral, amount, place_in_order,
		list_contains(modifiers, 'RT') AS is_right, list_contains(modifiers, 'LT') AS is_left,
		list_contains(modifiers, '26') AS reading, list_contains(modifiers, 'TC') AS taking
	FROM past JOIN px ON px.code = past.hcpcs
		JOIN (SELECT row, specialty FROM due) AS billing USING (row)
	WHERE claim_type = 'professional' AND setting <> 'none' AND px.in_mpfs AND px.bilateral IN ('1', '2') AND same IS NOT NULL
		AND service_from IS NOT NULL AND service_from >= service_thru
		AND has_days(service_from, service_from, own_date, claim_start, claim_end) AND row NOT IN (SELECT row FROM twin)
		AND NOT list_has_any(modifiers, ['76', '77', '59', 'XE', 'XP', 'XS', 'XU', '50', '80', '81', '82', 'AS']) AND coalesce(specialty, '') <> '49'
), held AS (
	SELECT *, first(row) OVER whole AS first_row, first(amount) OVER whole AS first_amount, first(is_right) OVER whole AS first_right,
		first(is_left) OVER whole AS first_left, first(reading) OVER whole AS first_reading, first(taking) OVER whole AS first_taking
	FROM side WINDOW whole AS (PARTITION BY person_id, same, service_from, hcpcs ORDER BY place_in_order ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT row, amount, greatest(amount, first_amount) AS dearer, least(amount, first_amount) AS cheaper,
	CASE
		WHEN bilateral = '2' THEN 'inherent'
		WHEN (is_right <> first_right OR is_left <> first_left) AND (is_right OR first_right) AND (is_left OR first_left)
			AND least(amount, first_amount) > 0 AND 2 * least(amount, first_amount) > greatest(amount, first_amount)
			AND amount IS NOT NULL AND first_amount IS NOT NULL THEN 'over_150'
	END AS kind
FROM held WHERE row <> first_row AND reading = first_reading AND taking = first_taking AND row NOT IN (SELECT row FROM hit WHERE rule = 'MOD-05');
INSERT INTO unit SELECT row, 'MOD-05', 'day', true FROM both_sides WHERE kind IS NOT NULL;
INSERT INTO hit
SELECT row, 'MOD-05', 'day', kind, 'low', false, CASE kind WHEN 'over_150' THEN 2 * cheaper - dearer ELSE 0 END, CASE kind WHEN 'over_150' THEN 2 * amount ELSE 1 END
FROM both_sides WHERE kind IS NOT NULL;
