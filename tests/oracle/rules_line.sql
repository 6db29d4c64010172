-- SPDX-License-Identifier: Apache-2.0
-- NCC-04, MOD-04, -05, -08, -09, CLN-03, -04, TIM-04, TIM-08, PRV-01: what a
-- line can tell by itself.

-- The setting of a claim (section 3).
CREATE TABLE setting AS
SELECT row,
	CASE claim_type
		WHEN 'professional' THEN CASE
			WHEN specialty IN ('51', '52', '53', '54', '58', '87', 'A0', 'A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8')
				OR (place = '12' AND regexp_full_match(hcpcs, '[EKL].*')) THEN 'dme'
			ELSE 'practitioner' END
		WHEN 'dental' THEN 'none'
		WHEN 'institutional' THEN CASE
			WHEN left(bill_type, 2) IN ('12', '13', '14', '22', '23', '34', '74', '75', '85') THEN 'outpatient'
			WHEN left(bill_type, 2) IN ('11', '18', '21', '41', '32', '33', '81', '82') THEN 'none'
			ELSE 'undetermined' END
		ELSE 'undetermined'
	END AS setting
FROM due;

-- NCC-04: units a day against the MUE of the setting.  A span is divided by
-- its days and rounded to a whole number.
CREATE TABLE mue_line AS
SELECT row, units IS NOT NULL AND service_from IS NOT NULL AND mue IS NOT NULL
		AND NOT list_contains(flags, 'anesthesia') AND NOT list_has_any(modifiers, ['JW', 'JZ']) AS evaluated,
	CASE WHEN service_from < service_thru
		THEN round(CAST(units AS DECIMAL(30, 0)) / 10000 / (service_thru - service_from + 1), 0)
		ELSE CAST(units AS DECIMAL(30, 0)) / 10000 END AS a_day,
	mue, mai
FROM (
	SELECT due.*, px.flags,
		CASE setting WHEN 'practitioner' THEN mue_practitioner WHEN 'outpatient' THEN mue_outpatient WHEN 'dme' THEN mue_dme END AS mue,
		CASE setting WHEN 'practitioner' THEN mai_practitioner WHEN 'outpatient' THEN mai_outpatient WHEN 'dme' THEN mai_dme END AS mai
	FROM due JOIN setting USING (row) LEFT JOIN px ON px.code = hcpcs
	WHERE payable AND hcpcs IS NOT NULL AND setting <> 'none'
);
INSERT INTO unit SELECT row, 'NCC-04', '', coalesce(evaluated, false) FROM mue_line;
INSERT INTO hit
SELECT row, 'NCC-04', '', 'mai' || mai, CASE mai WHEN 2 THEN 'high' ELSE 'medium' END, false, 1, 1
FROM mue_line WHERE evaluated AND a_day > mue;

-- TIM-04: services after death.  A death date that is the last of a month in
-- over a fifth of the dates is known to the month only.
CREATE TABLE death_level AS
SELECT count(*) FILTER (death = last_day(death)) * 5 > count(*) AS by_month FROM member WHERE death IS NOT NULL;
INSERT INTO unit
SELECT row, 'TIM-04', '', service_from IS NOT NULL AND (is_member OR line_death IS NOT NULL) FROM due WHERE payable;
INSERT INTO hit
SELECT row, 'TIM-04', '', CASE WHEN reviewable THEN 'reviewable' ELSE 'after_death' END,
	CASE WHEN reviewable THEN 'low' WHEN by_month THEN 'medium' ELSE 'high' END, false, 1, 1
FROM (
	SELECT due.*, coalesce(list_has_any(px.flags, ['lab', 'dmepos']), false) OR setting = 'dme'
		OR coalesce(regexp_full_match(hcpcs, '8[0-9]{4}|[EKL][0-9]{4}|A[4-9][0-9]{3}'), false)
		OR (claim_type = 'institutional' AND coalesce(regexp_full_match(bill_type, '(32|33|34|81|82)[149]'), false)) AS reviewable
	FROM due JOIN setting USING (row) LEFT JOIN px ON px.code = hcpcs
), death_level
WHERE payable AND service_from > death;

-- TIM-08: a calendar year from the key date; on a day off, the next that is not.
CREATE TABLE day_off AS
WITH years AS (SELECT unnest(range(2000, 2040)) AS y),
monday AS (SELECT y, m, make_date(y, m, 1) + CAST((8 - isodow(make_date(y, m, 1))) % 7 AS INTEGER) AS first_monday
	FROM years, (SELECT unnest([1, 2, 5, 9, 10]) AS m)),
fixed AS (
	SELECT make_date(y, 1, 1) AS day FROM years UNION ALL SELECT make_date(y, 7, 4) FROM years
	UNION ALL SELECT make_date(y, 11, 11) FROM years UNION ALL SELECT make_date(y, 12, 25) FROM years
	UNION ALL SELECT make_date(y, 6, 19) FROM years WHERE y >= 2021
)
SELECT CASE isodow(day) WHEN 6 THEN day - 1 WHEN 7 THEN day + 1 ELSE day END AS day FROM fixed
UNION SELECT first_monday + 14 FROM monday WHERE m IN (1, 2)
UNION SELECT first_monday FROM monday WHERE m = 9
UNION SELECT first_monday + 7 FROM monday WHERE m = 10
UNION SELECT last_day(make_date(y, 5, 1)) - CAST(isodow(last_day(make_date(y, 5, 1))) - 1 AS INTEGER) FROM years
UNION SELECT make_date(y, 11, 1) + CAST((11 - isodow(make_date(y, 11, 1))) % 7 AS INTEGER) + 21 FROM years;

-- A working day is at most five days away.
CREATE TABLE working_day AS
SELECT day, min(day + CAST(n AS INTEGER)) AS works FROM (SELECT CAST(unnest(generate_series(DATE '2000-01-01', DATE '2039-12-01', INTERVAL 1 DAY)) AS DATE) AS day), range(0, 6) AS r(n)
WHERE isodow(day + CAST(n AS INTEGER)) < 6 AND (day + CAST(n AS INTEGER)) NOT IN (SELECT day FROM day_off) GROUP BY day;

-- 29 February plus a year is 28 February, as SQL has it.  A replacement keeps
-- the receipt of the original, which it does not carry.
INSERT INTO unit
SELECT row, 'TIM-08', 'line', received IS NOT NULL AND service_from IS NOT NULL AND NOT is_adjustment FROM due
WHERE claim_type = 'professional';
INSERT INTO hit
SELECT row, 'TIM-08', 'line', 'untimely', 'medium', false, 1, 1
FROM due JOIN working_day ON day = CAST(service_from + INTERVAL 1 YEAR AS DATE)
WHERE claim_type = 'professional' AND NOT is_adjustment AND received > works;

-- PRV-01: valid NPIs in any role, on the list or inside what the list covers.
CREATE TABLE excluded_line AS
WITH roles AS (
	SELECT row, unnest([CASE WHEN rendering_kind = 'npi' THEN rendering END, CASE WHEN billing_kind = 'npi' THEN billing END,
		CASE WHEN ordering_kind = 'npi' THEN ordering END, CASE WHEN facility_kind = 'npi' THEN facility END]) AS npi, service_from
	FROM due
)
SELECT row, bool_or(service_from IS NOT NULL AND roles.npi BETWEEN '1000000000' AND '1002999999') AS evaluated,
	coalesce(bool_or(service_from >= excluded_from AND service_from < coalesce(reinstated_on, DATE '9999-12-31')), false) AS excluded
FROM roles LEFT JOIN exclusion ON exclusion.npi = roles.npi
WHERE roles.npi IS NOT NULL GROUP BY row;
INSERT INTO unit SELECT row, 'PRV-01', '', evaluated FROM excluded_line;
INSERT INTO hit SELECT row, 'PRV-01', '', 'excluded', 'high', false, 1, 1 FROM excluded_line WHERE excluded;

-- MOD-04: components.  The first kind of this order names the hit.
CREATE TABLE component AS
SELECT due.row, place, px.in_mpfs AS known, px.pctc, px.tc_share, list_contains(px.flags, 'lab') AS lab,
	list_contains(modifiers, '26') AS has_26, list_contains(modifiers, 'TC') AS has_tc,
	coalesce(place IN ('19', '21', '22', '23'), false) AS facility, coalesce(place IN ('24', '31'), false) AS watched
FROM due JOIN setting USING (row) LEFT JOIN px ON px.code = hcpcs
WHERE claim_type = 'professional' AND setting <> 'none';
CREATE TABLE component_kind AS
SELECT *,
	CASE
		WHEN known AND has_26 AND pctc NOT IN ('1', '6') THEN 'bad_26'
		WHEN known AND has_tc AND pctc <> '1' THEN 'bad_tc'
		WHEN has_26 AND has_tc THEN 'both'
		WHEN known AND (facility OR watched) AND (has_tc OR (pctc = '1' AND NOT has_26)) THEN 'tc_in_facility'
	END AS kind
FROM component WHERE has_26 OR has_tc OR (known AND pctc = '1');
INSERT INTO unit
SELECT row, 'MOD-04', '', kind IS NOT NULL OR (coalesce(known, false) AND (place IS NOT NULL OR (has_26 AND NOT has_tc)))
FROM component_kind;
INSERT INTO hit
SELECT row, 'MOD-04', '', kind, 'medium',
	CASE kind WHEN 'bad_26' THEN pctc = '9' AND lab WHEN 'tc_in_facility' THEN watched ELSE false END,
	CASE WHEN kind <> 'tc_in_facility' OR has_tc THEN 1 ELSE coalesce(tc_share, 0) END,
	CASE WHEN kind <> 'tc_in_facility' OR has_tc THEN 1 ELSE 10000 END
FROM component_kind WHERE kind IS NOT NULL;

-- MOD-05: 50, RT and LT.
CREATE TABLE sided AS
WITH sides AS (
	SELECT row, bool_and(known) AS all_known, bool_and(known AND "left" AND NOT "right") AS all_left,
		bool_and(known AND "right" AND NOT "left") AS all_right
	FROM judged_dx GROUP BY row
)
SELECT due.row, px.in_mpfs AS known, bilateral, units, specialty = '49' AS asc_line,
	list_contains(modifiers, '50') AS has_50, list_contains(modifiers, 'RT') AS has_rt, list_contains(modifiers, 'LT') AS has_lt,
	coalesce(all_known, false) AS dx_known, coalesce(all_left, false) AS all_left, coalesce(all_right, false) AS all_right
FROM due JOIN setting USING (row) LEFT JOIN px ON px.code = hcpcs LEFT JOIN sides ON sides.row = due.row
WHERE claim_type = 'professional' AND setting <> 'none' AND list_has_any(modifiers, ['50', 'RT', 'LT']);
CREATE TABLE sided_kind AS
SELECT *,
	CASE
		WHEN has_50 AND (asc_line OR (known AND bilateral IN ('0', '2', '9'))) THEN 'bilat_not_allowed'
		WHEN has_50 AND units > 10000 THEN 'units'
		WHEN has_50 AND (has_rt OR has_lt) THEN 'both'
		WHEN NOT has_50 AND has_rt AND NOT has_lt AND all_left THEN 'laterality'
		WHEN NOT has_50 AND has_lt AND NOT has_rt AND all_right THEN 'laterality'
	END AS kind
FROM sided;
INSERT INTO unit
SELECT row, 'MOD-05', '', kind IS NOT NULL OR CASE WHEN has_50 THEN coalesce(known, false) OR coalesce(asc_line, false) ELSE dx_known END
FROM sided_kind;
INSERT INTO hit
SELECT row, 'MOD-05', '', kind, CASE kind WHEN 'bilat_not_allowed' THEN 'low' ELSE 'info' END, false,
	CASE kind WHEN 'bilat_not_allowed' THEN 1 ELSE 0 END, 3
FROM sided_kind WHERE kind IS NOT NULL;

-- MOD-08: pairs that deny each other, in this order.
CREATE TABLE pair AS
WITH has AS (
	SELECT due.row, modifiers, px.code IS NOT NULL AS known, px.flags, px.em_family IS NOT NULL AS em
	FROM due JOIN setting USING (row) LEFT JOIN px ON px.code = hcpcs
	WHERE setting <> 'none' AND list_has_any(modifiers, ['E1', 'E2', 'E3', 'E4',
		'FA', 'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'TA', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9',
		'LC', 'LD', 'LM', 'RC', 'RI', '51', '24', '57', '25', 'QW', 'GA', 'GZ', 'GX', '59', 'XE', 'XP', 'XS', 'XU', '26', 'TC'])
)
SELECT row,
	known OR list_has_any(modifiers, ['GA', 'GZ', 'GX', '59', 'XE', 'XP', 'XS', 'XU', '26', 'TC']) AS evaluated,
	CASE
		WHEN known AND list_has_any(modifiers, ['E1', 'E2', 'E3', 'E4']) AND NOT list_contains(flags, 'eyelid') THEN 'eyelid'
		WHEN known AND list_has_any(modifiers, ['FA', 'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'TA', 'T1', 'T2', 'T3',
			'T4', 'T5', 'T6', 'T7', 'T8', 'T9']) AND NOT list_contains(flags, 'digit') THEN 'digit'
		WHEN known AND list_has_any(modifiers, ['LC', 'LD', 'LM', 'RC', 'RI']) AND NOT list_contains(flags, 'coronary') THEN 'coronary'
		WHEN known AND list_contains(modifiers, '51') AND list_has_any(flags, ['add_on', 'exempt_51']) THEN '51'
		WHEN list_has_all(modifiers, ['GA', 'GZ']) THEN 'GA+GZ'
		WHEN list_has_all(modifiers, ['GX', 'GA']) THEN 'GX+GA'
		WHEN list_has_all(modifiers, ['GX', 'GZ']) THEN 'GX+GZ'
		WHEN list_contains(modifiers, '59') AND list_has_any(modifiers, ['XE', 'XP', 'XS', 'XU']) THEN '59+X'
		WHEN known AND list_contains(modifiers, '24') AND NOT em THEN '24'
		WHEN known AND list_contains(modifiers, '57') AND NOT em THEN '57'
		WHEN known AND list_contains(modifiers, '25') AND NOT em AND NOT list_contains(flags, 'eye_exam') THEN '25'
		WHEN list_has_all(modifiers, ['26', 'TC']) THEN '26+TC'
		WHEN known AND list_contains(modifiers, 'QW') AND NOT list_contains(flags, 'waived') THEN 'QW'
	END AS kind
FROM has;
INSERT INTO unit SELECT row, 'MOD-08', '', evaluated FROM pair;
INSERT INTO hit SELECT row, 'MOD-08', '', kind, 'info', true, 0, 1 FROM pair WHERE kind IS NOT NULL;

-- MOD-09: split or shared visits.
CREATE TABLE split_visit AS
SELECT due.row, px.code IS NOT NULL AND place IS NOT NULL AND service_from IS NOT NULL AS complete, place,
	CASE
		WHEN px.code IS NOT NULL AND NOT list_contains(flags, 'split') THEN 'not_em'
		WHEN place NOT IN ('19', '21', '22', '23', '31', '51', '52', '61') THEN 'place'
		WHEN service_from < DATE '2022-01-01' THEN 'date'
	END AS kind
FROM due JOIN setting USING (row) LEFT JOIN px ON px.code = hcpcs
WHERE claim_type = 'professional' AND setting <> 'none' AND list_contains(modifiers, 'FS');
INSERT INTO unit SELECT row, 'MOD-09', '', complete OR kind IS NOT NULL FROM split_visit;
INSERT INTO hit
SELECT row, 'MOD-09', '', kind, 'medium', kind = 'place' AND place IN ('02', '10'),
	CASE kind WHEN 'not_em' THEN 1 WHEN 'place' THEN 15 ELSE 0 END, CASE kind WHEN 'place' THEN 100 ELSE 1 END
FROM split_visit WHERE kind IS NOT NULL;

-- CLN-03: ages.  A birth on the day itself, or over 124 years back, is none.
CREATE TABLE aged AS
WITH age AS (
	SELECT row, hcpcs, sex, CASE WHEN inpatient THEN coalesce(admission, service_from) ELSE service_from END AS day, birth FROM due
), whole AS (
	SELECT row, hcpcs, sex, CASE WHEN birth < day AND age_at(birth, day) <= 124 THEN age_at(birth, day) END AS years FROM age
), classes AS (
	SELECT row, bool_or(known AND (newborn OR pediatric OR maternity OR adult)) AS classed, bool_or(NOT known) AS unknown,
		bool_or(known AND newborn) AS any_newborn, bool_or(known AND delivery) AS any_delivery
	FROM judged_dx GROUP BY row
)
SELECT whole.row, years, hcpcs, px.age_from, px.age_to,
	coalesce(classed, false) OR px.age_from IS NOT NULL AS classed,
	coalesce(unknown, false) OR (hcpcs IS NOT NULL AND px.code IS NULL) AS unknown,
	coalesce(whole.sex <> 'male', true) AND years BETWEEN 9 AND 64 AS may_be_mother,
	coalesce(any_newborn, false) OR coalesce(any_delivery, false) AS birth_beside
FROM whole LEFT JOIN classes USING (row) LEFT JOIN px ON px.code = hcpcs;
INSERT INTO unit SELECT row, 'CLN-03', '', classed AND years IS NOT NULL FROM aged WHERE classed OR unknown;
CREATE TABLE age_conflict AS
SELECT row, slot, leads,
	CASE
		WHEN newborn AND years <> 0 AND NOT may_be_mother THEN 'newborn'
		WHEN pediatric AND years > 17 AND NOT (may_be_mother AND birth_beside) THEN 'pediatric'
		WHEN maternity AND CASE WHEN low < DATE '2019-10-01' THEN years NOT BETWEEN 12 AND 55 ELSE years NOT BETWEEN 9 AND 64 END THEN 'maternity'
		WHEN adult AND years < 15 THEN 'adult'
	END AS kind
FROM judged_dx JOIN aged USING (row) WHERE known AND years IS NOT NULL;
INSERT INTO hit
SELECT aged.row, 'CLN-03', '', coalesce(arg_min(kind, slot), 'procedure'), 'medium', false,
	CASE WHEN any_value(years < age_from OR years > age_to) OR bool_or(leads) THEN 1 ELSE 0 END, 1
FROM aged LEFT JOIN (SELECT * FROM age_conflict WHERE kind IS NOT NULL) c ON c.row = aged.row
WHERE years IS NOT NULL AND (c.row IS NOT NULL OR years < age_from OR years > age_to)
GROUP BY aged.row;

-- CLN-04: sexes, up to the end of the lists.
CREATE TABLE sexed AS
WITH classes AS (
	SELECT row, any_value(low) AS low, bool_or(known AND (male OR female)) AS classed, bool_or(NOT known) AS unknown,
		bool_or(known AND male) AS male, bool_or(known AND female) AS female,
		bool_or(known AND male AND leads) AS male_leads, bool_or(known AND female AND leads) AS female_leads
	FROM judged_dx GROUP BY row
)
SELECT due.row, due.sex, px.sex AS px_sex,
	CASE WHEN inpatient THEN coalesce(discharge, service_thru) ELSE service_from END <= DATE '2024-09-30' AS dated,
	coalesce(classed, false) OR px.sex IS NOT NULL AS classed,
	coalesce(unknown, false) OR (hcpcs IS NOT NULL AND px.code IS NULL) AS unknown,
	coalesce(list_contains(conditions, '45'), false) OR list_contains(modifiers, 'KX') AS declared,
	coalesce(CASE due.sex WHEN 'male' THEN female WHEN 'female' THEN male END, false) AS dx_conflict,
	coalesce(CASE due.sex WHEN 'male' THEN female_leads WHEN 'female' THEN male_leads END, false) AS leads,
	coalesce(px.sex <> due.sex AND due.sex IN ('male', 'female'), false) AS px_conflict
FROM due LEFT JOIN classes USING (row) LEFT JOIN px ON px.code = hcpcs;
INSERT INTO unit
SELECT row, 'CLN-04', '', coalesce(classed AND dated AND sex IN ('male', 'female') AND NOT declared, false) FROM sexed WHERE classed OR unknown;
INSERT INTO hit
SELECT row, 'CLN-04', '', CASE WHEN dx_conflict THEN 'diagnosis' ELSE 'procedure' END, 'low', false,
	CASE WHEN leads OR px_conflict THEN 1 ELSE 0 END, 1
FROM sexed WHERE dated AND NOT declared AND (dx_conflict OR px_conflict);

-- SPC-03: where an ambulance went, and how far.
CREATE TABLE trip AS
WITH line AS (
	SELECT row, hcpcs, units, CAST(substr(hcpcs, 2) AS INTEGER) AS number,
		CASE WHEN NOT list_contains(modifiers, 'QL')
			THEN list_filter(modifiers, x -> x NOT IN ('GM', 'QM', 'QN', 'GY', 'GA', 'GZ', 'GX', 'TQ'))[1] END AS pair
	FROM due WHERE regexp_full_match(hcpcs, 'A04(2[5-9]|3[0-6])')
)
SELECT *, pair IS NOT NULL OR (number = 425 AND units IS NOT NULL) AS evaluated,
	CASE
		WHEN NOT regexp_full_match(pair, '[DEGHIJNPRS][DEGHIJNPRSX]') THEN 'pair'
		WHEN right(pair, 1) = 'P' THEN 'destination'
		WHEN number IN (427, 429, 433) AND right(pair, 1) NOT IN ('H', 'I', 'X') THEN 'emergency_place'
		WHEN number = 425 AND units > 1000000 THEN 'miles'
	END AS kind
FROM line;
INSERT INTO unit SELECT row, 'SPC-03', '', evaluated FROM trip;
INSERT INTO hit
SELECT row, 'SPC-03', '', kind, CASE kind WHEN 'pair' THEN 'info' ELSE 'medium' END, false,
	CASE kind WHEN 'pair' THEN 0 WHEN 'miles' THEN units - 1000000 ELSE 1 END, CASE kind WHEN 'miles' THEN units ELSE 1 END
FROM trip WHERE kind IS NOT NULL;
