// SPDX-License-Identifier: Apache-2.0
// The records of a CSV in another order, always the same: by a hash of each; some
// of them again, under another claim, with more units, and as visits of new patients.
// And what honest claims seldom have beside each other: visits around operations,
// add-on codes with and without what they are added to, stays that overlap and stays
// in parts, and all kinds of claims in the days of somebody's stay.
//   node shuffle.mjs FROM.csv TO.csv
import { DuckDBInstance } from '@duckdb/node-api';

const [from, to] = process.argv.slice(2).map((path) => `'${path.replaceAll("'", "''")}'`);
const db = await (await DuckDBInstance.create(':memory:')).connect();
await db.run(`CREATE TABLE source AS SELECT * FROM read_csv(${from}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`);
await db.run(`CREATE MACRO day_of(x) AS CAST(try_strptime(regexp_replace(x, '([0-9])[T ].*$', '\\1'), ['%Y-%m-%d', '%Y%m%d', '%d-%b-%Y', '%m/%d/%Y']) AS DATE)`);
// A number of the record's own from 0 to n - 1, another for each use.
await db.run(`CREATE MACRO roll(use_, claim, line, n) AS CAST(hash(use_, claim, line) % n AS INTEGER)`);
// The day in all its columns; a stay's from and thru apart.
const onDay = (day) => `CAST(${day} AS VARCHAR) AS claim_start_date, CAST(${day} AS VARCHAR) AS claim_end_date,
	CAST(${day} AS VARCHAR) AS claim_line_start_date, CAST(${day} AS VARCHAR) AS claim_line_end_date`;
const one = (use, list) => `list_extract([${list.map((item) => (item === null ? 'NULL' : `'${item}'`)).join(', ')}], roll('${use}', claim_id, claim_line_number, ${list.length}) + 1)`;
const offset = (use, list) => `CAST(${one(use, list)} AS INTEGER)`;

const again = `SELECT * REPLACE ('again ' || claim_id AS claim_id, CAST(TRY_CAST(service_unit_quantity AS DECIMAL(18, 4)) + 2 AS VARCHAR) AS service_unit_quantity,
		CASE hcpcs_code WHEN '99213' THEN '99203' ELSE hcpcs_code END AS hcpcs_code)
	FROM source WHERE hash(claim_id) % 40 = 0`;

// Visits of the surgeon from two days before an operation to the end of its period, and by another of the group.
const visits = `SELECT * REPLACE ('visit ' || claim_id || '.' || claim_line_number AS claim_id, '1' AS claim_line_number, '1' AS service_unit_quantity,
		${one('code', ['99213', '99214', '99024', '99231', '99291', '92014', '99203'])} AS hcpcs_code,
		${one('modifier', [null, null, null, '24', '25', '57', 'FT'])} AS hcpcs_modifier_1,
		${one('second', [null, null, null, null, '25', '24'])} AS hcpcs_modifier_2,
		CASE roll('who', claim_id, claim_line_number, 6) WHEN 0 THEN billing_npi WHEN 1 THEN '1093817465' ELSE rendering_npi END AS rendering_npi,
		'11' AS place_of_service_code,
		${onDay(`day_of(claim_line_start_date) + ${offset('offset', [-2, -1, -1, 0, 0, 1, 5, 9, 10, 11, 30, 89, 90, 91])}`)})
	FROM source
	WHERE claim_type = 'professional' AND day_of(claim_line_start_date) IS NOT NULL
		AND ((hcpcs_code IN ('27447', '29881', '66984', '49505', '47562', '27130', '29827', '22612') AND hash('some', claim_id) % 3 > 0)
			OR (hcpcs_code IN ('17000', '17110', '20610', '45378', '45385', '64615') AND hash('some', claim_id) % 8 = 0))`;

// Add-on codes on the day of a line, or the day after.
const added = `SELECT * REPLACE ('added ' || claim_id || '.' || claim_line_number AS claim_id, '1' AS claim_line_number, '1' AS service_unit_quantity,
		${one('add-on', ['94729', '99292', '99292', '11103', '90833', 'G2211', '99417', '90785', '99355'])} AS hcpcs_code,
		NULL AS hcpcs_modifier_1, NULL AS hcpcs_modifier_2,
		${onDay(`day_of(claim_line_start_date) + ${offset('after', [0, 0, 0, 1, 1, 2])}`)})
	FROM source
	WHERE day_of(claim_line_start_date) IS NOT NULL AND hcpcs_code IS NOT NULL AND coalesce(bill_type_code, '131') LIKE '13%' AND hash('added', claim_id, claim_line_number) % 150 = 0`;

// Stays again, some days away, by another hospital or the same, in parts, and still going on.
const stays = `WITH stay AS (SELECT DISTINCT ON (claim_id) claim_id, day_of(claim_start_date) + CAST(hash('away', claim_id) % 13 AS INTEGER) - 6 AS begins,
			day_of(claim_end_date) + CAST(hash('away', claim_id) % 13 AS INTEGER) - 6 + CAST(hash('longer', claim_id) % 5 AS INTEGER) - 2 AS ends,
			hash('hospital', claim_id) % 3 AS hospital, hash('part', claim_id) % 6 AS part
		FROM source WHERE bill_type_code LIKE '11%' AND hash('stay', claim_id) % 4 = 0 AND day_of(claim_start_date) IS NOT NULL AND day_of(claim_end_date) IS NOT NULL)
	SELECT source.* REPLACE ('stay ' || claim_id AS claim_id,
		CAST(begins AS VARCHAR) AS claim_start_date, CAST(ends AS VARCHAR) AS claim_end_date, CAST(begins AS VARCHAR) AS claim_line_start_date, CAST(ends AS VARCHAR) AS claim_line_end_date,
		CAST(CASE WHEN part = 1 THEN day_of(admission_date) ELSE begins END AS VARCHAR) AS admission_date, CAST(ends AS VARCHAR) AS discharge_date,
		CASE part WHEN 0 THEN '112' WHEN 1 THEN '113' WHEN 2 THEN '211' ELSE bill_type_code END AS bill_type_code,
		CASE part WHEN 0 THEN '2' WHEN 1 THEN '3' ELSE claim_frequency_code END AS claim_frequency_code,
		CASE WHEN part < 2 THEN '30' ELSE discharge_disposition_code END AS discharge_disposition_code,
		CASE hospital WHEN 0 THEN '1093817465' ELSE facility_npi END AS facility_npi,
		CASE hospital WHEN 0 THEN '010001' ELSE billing_ccn END AS billing_ccn)
	FROM source JOIN stay USING (claim_id) WHERE begins <= ends`;

// Claims of all kinds moved into somebody's stay, or to its edges.
const within = `WITH stay AS (SELECT DISTINCT ON (claim_id) person_id, facility_npi, billing_ccn, day_of(claim_start_date) AS begins, day_of(claim_end_date) - day_of(claim_start_date) AS nights
			FROM source WHERE bill_type_code LIKE '11%' AND day_of(claim_start_date) IS NOT NULL AND day_of(claim_end_date) > day_of(claim_start_date)),
		numbered AS (SELECT *, row_number() OVER (ORDER BY hash(person_id, begins), person_id, begins) AS number FROM stay),
		moved AS (SELECT *, hash('into', claim_id, claim_line_number) % (SELECT count(*) FROM numbered) + 1 AS number FROM source
			WHERE hash('moved', claim_id, claim_line_number) % 12 = 0 AND coalesce(bill_type_code, '131') LIKE '13%'
				AND (specialty_code IN ('54', '59', '69', '30') OR bill_type_code IS NOT NULL OR hcpcs_code IN ('71046', '85025')))
	SELECT moved.* EXCLUDE (number) REPLACE ('moved ' || claim_id || '.' || claim_line_number AS claim_id, numbered.person_id AS person_id,
		CASE WHEN roll('same', claim_id, claim_line_number, 3) = 0 AND claim_type = 'institutional' THEN numbered.facility_npi ELSE moved.facility_npi END AS facility_npi,
		CASE WHEN roll('same', claim_id, claim_line_number, 3) = 0 AND claim_type = 'institutional' THEN numbered.billing_ccn ELSE moved.billing_ccn END AS billing_ccn,
		CASE WHEN hcpcs_code = '71046' AND roll('part', claim_id, claim_line_number, 2) = 0 THEN 'TC'
			WHEN specialty_code = '59' THEN ${one('ride', ['HH', 'RH', 'HN', 'HR', 'NH', 'HI', null])} ELSE hcpcs_modifier_1 END AS hcpcs_modifier_1,
		CASE WHEN bill_type_code IS NOT NULL THEN ${one('bill', ['131', '131', '141', '322', '329', '851', '831'])} END AS bill_type_code,
		${onDay(`numbered.begins + CAST(hash('day', claim_id, claim_line_number) % (numbered.nights + 3) AS INTEGER) - 1`)})
	FROM moved JOIN numbered USING (number)`;

await db.run(`COPY (SELECT * FROM (SELECT * FROM source ${[again, visits, added, stays, within].map((query) => `UNION ALL (${query})`).join('\n')})
	ORDER BY hash(claim_id, claim_line_number, hcpcs_code), claim_id, claim_line_number) TO ${to} (FORMAT csv, HEADER, NULL '')`);
