-- SPDX-License-Identifier: Apache-2.0
-- Lines and claims: provider, service dates, denied and payable, levels of
-- amounts, and what adjustments leave standing (sections 1 and 2).

CREATE MACRO usable(text, kind) AS CASE WHEN kind <> 'placeholder' THEN text END;

CREATE TABLE claim_number AS
SELECT data_source, claim_id, row_number() OVER () AS claim
FROM (SELECT DISTINCT data_source, claim_id FROM cell);

-- Professional and dental: rendering, else billing; institutional: facility,
-- else billing; undetermined: the first present.  Placeholders are passed over.
CREATE TABLE line AS
WITH ids AS (
	SELECT cell.*, claim,
		usable(rendering, r.kind) AS rendering_id, usable(billing, b.kind) AS billing_id,
		usable(facility, f.kind) AS facility_id,
		r.kind AS rendering_kind, b.kind AS billing_kind, f.kind AS facility_kind, o.kind AS ordering_kind,
		m.birth AS member_birth, m.sex AS member_sex, m.death AS member_death, m.person_id IS NOT NULL AS is_member
	FROM cell
	JOIN claim_number USING (data_source, claim_id)
	LEFT JOIN id r ON r.text = rendering LEFT JOIN id b ON b.text = billing
	LEFT JOIN id f ON f.text = facility LEFT JOIN id o ON o.text = ordering
	LEFT JOIN member m USING (person_id)
), keyed AS (
	SELECT *,
		CASE claim_type
			WHEN 'institutional' THEN coalesce(facility_id, billing_id)
			WHEN 'undetermined' THEN coalesce(rendering_id, billing_id, facility_id)
			ELSE coalesce(rendering_id, billing_id)
		END AS provider,
		coalesce(revenue = '0001', false) AS is_total,
		coalesce(frequency_given, right(bill_type, 1)) AS frequency,
		coalesce(line_start, claim_start, admission) AS service_from,
		coalesce(line_end, claim_end, line_start, claim_start, admission) AS service_thru,
		list_filter(modifier_slots, x -> x IS NOT NULL) AS modifiers,
		coalesce(line_birth, member_birth) AS birth,
		coalesce(line_sex, member_sex) AS sex,
		coalesce(line_death, member_death) AS death,
		coalesce(left(bill_type, 2) IN ('11', '18', '21', '41') AND claim_type <> 'professional', false) AS inpatient
	FROM ids
), judged AS (
	SELECT keyed.*,
		coalesce(p.kind, 'none') AS id_kind,
		coalesce(line_specialty, s.specialty) AS specialty,
		coalesce(line_entity, s.entity_type) AS entity_type,
		coalesce(line_state, s.state) AS state,
		coalesce(frequency = '8', false) AS is_void,
		coalesce(frequency IN ('7', '8'), false) AS is_adjustment,
		coalesce(charge < 0, false) OR coalesce(allowed < 0, false) OR coalesce(paid < 0, false) AS is_negative,
		CASE
			WHEN :has_denial THEN coalesce(denied_flag = '1', false) OR (coalesce(paid <= 0, true)
				AND len(list_filter(carcs, x -> x IS NOT NULL AND x NOT IN (:pricing))) > 0)
			WHEN claim_type = 'professional' THEN coalesce(allowed = 0 AND paid = 0, false)
			ELSE false
		END AS is_denied
	FROM keyed
	LEFT JOIN id p ON p.text = provider
	LEFT JOIN provider_file s ON s.npi = provider
)
SELECT *, NOT is_denied AND NOT is_void AND coalesce(units > 0, true) AS payable FROM judged;

-- A claim's own facts are those of its lowest-numbered line; totals are no
-- lines of service, and a line without a number comes before those with one.
CREATE TABLE claim AS
SELECT claim, count(*) AS records, count(*) FILTER (NOT is_total) AS lines,
	arg_min(row, (is_total, line IS NOT NULL, line, row)) AS own
FROM line GROUP BY claim;

CREATE TABLE claim_own AS
SELECT claim.*, line.* EXCLUDE (claim), coalesce(received, paid_date, DATE '9999-12-31') AS known_on
FROM claim JOIN line ON line.row = claim.own;

-- Adjustments: what is named, else the latest earlier claim of the same
-- beneficiary, billing provider, from and thru, and claim type.
CREATE TABLE adjustment AS
WITH named AS (
	SELECT a.claim, a.is_void, n.claim AS target
	FROM claim_own a LEFT JOIN claim_number n
		ON n.data_source = a.data_source AND n.claim_id = a.original_claim_id
	WHERE a.is_adjustment AND a.original_claim_id IS NOT NULL
), guessed AS (
	SELECT a.claim, any_value(a.is_void) AS is_void,
		arg_max(e.claim, (e.known_on, e.claim_id, e.data_source)) AS target
	FROM claim_own a LEFT JOIN claim_own e
		ON e.person_id = a.person_id AND e.billing = a.billing AND a.billing_kind <> 'placeholder'
		AND e.claim_start = a.claim_start AND e.claim_end = a.claim_end AND e.claim_type = a.claim_type
		AND e.claim <> a.claim AND NOT e.is_void
		AND (e.known_on, e.claim_id, e.data_source) < (a.known_on, a.claim_id, a.data_source)
	WHERE a.is_adjustment AND a.original_claim_id IS NULL
	GROUP BY a.claim
)
SELECT * FROM named UNION ALL SELECT * FROM guessed;

-- Those whose original is there.
CREATE TABLE matched AS SELECT claim FROM adjustment WHERE target IS NOT NULL AND target <> claim;

CREATE TABLE dead AS
SELECT target AS claim FROM adjustment WHERE target IS NOT NULL AND target <> claim
UNION
SELECT claim FROM claim_own WHERE is_void;

-- Levels of institutional amounts: charge and paid are of the claim, where one
-- value stands on all lines of service of 95 % of the claims of several such lines.
CREATE TABLE amount_level AS
WITH several AS (
	SELECT claim, count(*) AS lines,
		count(charge) AS n_charge, count(DISTINCT charge) AS d_charge,
		count(paid) AS n_paid, count(DISTINCT paid) AS d_paid
	FROM line WHERE NOT is_total GROUP BY claim
	HAVING count(*) > 1 AND bool_and(claim_type = 'institutional')
)
SELECT
	coalesce(count(*) FILTER (n_charge = lines AND d_charge = 1) >= 0.95 * nullif(count(*) FILTER (n_charge = lines), 0), false) AS charge_of_claim,
	false AS allowed_of_claim,
	coalesce(count(*) FILTER (n_paid = lines AND d_paid = 1) >= 0.95 * nullif(count(*) FILTER (n_paid = lines), 0), false) AS paid_of_claim
FROM several;

-- What a line adds to sums: its amount, or for an amount of the claim all of
-- it on the claim's lowest line and nothing on the others.
CREATE TABLE counted AS
WITH level AS (
	SELECT line.*, claim.own = line.row AS is_own,
		claim_type = 'institutional' AND charge_of_claim AS of_claim_charge,
		claim_type = 'institutional' AND allowed_of_claim AS of_claim_allowed,
		claim_type = 'institutional' AND paid_of_claim AS of_claim_paid
	FROM line JOIN claim USING (claim), amount_level
)
SELECT * EXCLUDE (charge, allowed, paid), charge AS read_charge, allowed AS read_allowed, paid AS read_paid,
	CASE WHEN of_claim_charge THEN CASE WHEN is_own THEN charge END WHEN NOT is_total THEN charge END AS charge,
	CASE WHEN of_claim_allowed THEN CASE WHEN is_own THEN allowed END WHEN NOT is_total THEN allowed END AS allowed,
	CASE WHEN of_claim_paid THEN CASE WHEN is_own THEN paid END WHEN NOT is_total THEN paid END AS paid
FROM level;
