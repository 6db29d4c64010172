// SPDX-License-Identifier: Apache-2.0
//
// Rules across claims in DuckDB: NCC-01 and NCC-02 by the practitioner PTP table,
// NCC-05, DUP-01 and EM-05, as SQL that was tuned for it, on a generated file of
// full columns; and a digest of the hits to hold against ours.
//
//   node history.mjs duckdb CLAIMS.csv RELEASES THREADS
//   node history.mjs ours RUN_DIR
//
// RELEASES: where NCCI's and the fee schedule's files are.  Prints "seconds S" (the
// job alone: reading the claims and judging them; code tables are loaded before),
// "hits RULE N" and "digest D" of rule, claim and line of all hits.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

const [engine, source, releases, threads = '1'] = process.argv.slice(2);
const codes = join(dirname(fileURLToPath(import.meta.url)), '../../codesets');
const db = await (await DuckDBInstance.create(':memory:', engine === 'duckdb' ? { threads } : {})).connect();
const rows = async (sql) => (await db.runAndReadAll(sql)).getRowsJson();

async function report(table, seconds) {
	if (seconds !== null) console.log(`seconds ${seconds.toFixed(6)}`);
	for (const [rule, count] of await rows(`SELECT rule, count(*) FROM ${table} GROUP BY 1 ORDER BY 1`)) console.log(`hits ${rule} ${count}`);
	const lines = await rows(`SELECT rule || ',' || claim_id || ',' || coalesce(line, '') FROM ${table} ORDER BY 1`);
	console.log(`digest ${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)}`);
}

// ---- Code tables ----

const bypass = `['E1', 'E2', 'E3', 'E4', 'FA', 'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'TA', 'T1', 'T2', 'T3', 'T4', 'T5',
	'T6', 'T7', 'T8', 'T9', 'LT', 'RT', 'LC', 'LD', 'LM', 'RC', 'RI', '58', '78', '79', '59', 'XE', 'XP', 'XS', 'XU']`;

const readPtp = `CREATE TABLE ptp AS
	SELECT cell[1] AS column_1, cell[2] AS column_2, strptime(cell[4], '%Y%m%d')::DATE AS valid_from,
		least(coalesce(try_strptime(cell[5], '%Y%m%d')::DATE, DATE '9999-12-31'), DATE '2025-06-30') AS valid_to, cell[6] AS indicator
	FROM (SELECT string_split(line, chr(9)) AS cell FROM read_csv('${releases}/ncci/ccipra-*.txt', header = false, columns = {'line': 'VARCHAR'},
		delim = chr(1), quote = '', escape = '', strict_mode = false))
	WHERE len(cell) > 5 AND regexp_full_match(cell[4], '[0-9]{8}') AND cell[6] <> '9' AND cell[4] IS DISTINCT FROM cell[5]`;

const readMue = (setting, file) => `SELECT '${setting}' AS setting, cell[1] AS hcpcs, CAST(cell[2] AS INTEGER) AS mue, cell[3][1] AS mai
	FROM (SELECT string_split(line, ',') AS cell FROM read_csv('${releases}/ncci/MCR_MUE_${file}_Eff_07-01-2024.csv', header = false, columns = {'line': 'VARCHAR'},
		delim = chr(1), quote = '', escape = '', strict_mode = false))
	WHERE regexp_full_match(cell[1], '[0-9A-Z]{5}') AND regexp_full_match(cell[2], '[0-9]+') AND cell[3][1] IN ('2', '3')`;

// Global days by release; each holds to the next.
const readGlobal = `CREATE TABLE global_days AS
	SELECT cell[1] AS hcpcs, CASE WHEN filename LIKE '%Jan%' THEN DATE '2024-01-01' WHEN filename LIKE '%Apr%' THEN DATE '2024-04-01' ELSE DATE '2024-07-01' END AS valid_from,
		CASE WHEN filename LIKE '%Jan%' THEN DATE '2024-03-31' WHEN filename LIKE '%Apr%' THEN DATE '2024-06-30' ELSE DATE '2024-12-31' END AS valid_to
	FROM (SELECT string_split(line, ',') AS cell, filename FROM read_csv('${releases}/mpfs/PPRRVU2024_*.csv', header = false, columns = {'line': 'VARCHAR'},
		delim = chr(1), quote = '', escape = '', strict_mode = false, filename = true))
	WHERE regexp_full_match(cell[1], '[0-9A-Z]{5}') AND cell[2] = '' AND list_has_any(cell, ['000', '010', '090'])`;

const readProcedures = `CREATE TABLE px AS SELECT code AS hcpcs, family, string_split(coalesce(flags, ''), ' ') AS flags
	FROM read_csv('${codes}/procedures.csv', header = true, all_varchar = true, delim = ',', comment = '#')`;

// ---- Claims ----

const columns = ['claim_id', 'claim_line_number', 'claim_type', 'person_id', 'claim_start_date', 'claim_end_date', 'claim_line_start_date',
	'claim_line_end_date', 'place_of_service_code', 'bill_type_code', 'revenue_center_code', 'service_unit_quantity', 'hcpcs_code',
	'hcpcs_modifier_1', 'hcpcs_modifier_2', 'hcpcs_modifier_3', 'hcpcs_modifier_4', 'rendering_npi', 'billing_npi', 'billing_tin', 'facility_npi',
	'paid_date', 'charge_amount', 'allowed_amount', 'paid_amount', 'specialty_code', 'billing_ccn', 'received_date', 'claim_frequency_code', 'original_claim_id'];
const types = { claim_line_number: 'INTEGER', claim_start_date: 'DATE', claim_end_date: 'DATE', claim_line_start_date: 'DATE', claim_line_end_date: 'DATE',
	service_unit_quantity: 'DECIMAL(12,4)', paid_date: 'DATE', received_date: 'DATE', charge_amount: 'DECIMAL(12,2)', allowed_amount: 'DECIMAL(12,2)', paid_amount: 'DECIMAL(12,2)' };

// Declared types beat guessed ones; what is not used is not even cut out.
async function claimsTable() {
	const header = (await rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM read_csv('${source}', header = true, all_varchar = true, delim = ','))`)).flat();
	const list = header.map((name) => `'${name}': '${types[name] ?? 'VARCHAR'}'`).join(', ');
	return `read_csv('${source}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${list}})`;
}

// Net and payable lines, once, with what several rules ask.
const readLines = (claims) => `CREATE TABLE read AS SELECT ${columns.join(', ')} FROM ${claims} WHERE revenue_center_code IS DISTINCT FROM '0001'`;
const keepLines = `CREATE TABLE line AS
	SELECT claim_id, claim_line_number AS line, claim_type = 'institutional' AS institutional, person_id, claim_start_date, claim_end_date,
		coalesce(claim_line_start_date, claim_start_date) AS day, coalesce(claim_line_end_date, claim_end_date, claim_line_start_date, claim_start_date) AS thru,
		place_of_service_code AS place, bill_type_code, revenue_center_code AS revenue, service_unit_quantity AS units, read.hcpcs_code AS hcpcs,
		list_sort(list_filter([hcpcs_modifier_1, hcpcs_modifier_2, hcpcs_modifier_3, hcpcs_modifier_4], x -> x IS NOT NULL)) AS modifiers,
		CASE claim_type WHEN 'institutional' THEN coalesce(billing_ccn, facility_npi) ELSE coalesce(rendering_npi, billing_npi) END AS same,
		CASE WHEN specialty_code NOT IN ('50', '89', '97', '70') THEN billing_tin || '/' || specialty_code END AS practice,
		coalesce(received_date, paid_date) AS known_on, charge_amount AS charge, specialty_code AS specialty,
		CASE WHEN claim_type <> 'institutional' THEN CASE WHEN specialty_code IN ('51', '52', '53', '54', '58', '87') OR (place_of_service_code = '12' AND hcpcs_code[1] IN ('E', 'K', 'L'))
				THEN 'dme' ELSE 'practitioner' END
			WHEN left(bill_type_code, 2) IN ('12', '13', '14', '22', '23', '34', '74', '75', '85') THEN 'outpatient' ELSE 'none' END AS setting
	FROM read
	WHERE coalesce(service_unit_quantity > 0, true) AND claim_frequency_code <> '8' AND NOT (claim_type = 'professional' AND allowed_amount = 0 AND paid_amount = 0)
		AND claim_id NOT IN (SELECT original_claim_id FROM read WHERE claim_frequency_code IN ('7', '8') AND original_claim_id IS NOT NULL)`;

// ---- Rules ----

const order = 'day, known_on, claim_id, line';
const duplicates = [
	`INSERT INTO hit SELECT 'DUP-01', claim_id, CAST(line AS VARCHAR) FROM (
		SELECT claim_id, line, modifiers, row_number() OVER (PARTITION BY person_id, same, day, thru, hcpcs, modifiers, place, units, charge ORDER BY ${order}) AS copy
		FROM line WHERE NOT institutional AND hcpcs IS NOT NULL AND charge IS NOT NULL
	) WHERE copy > 1 AND NOT list_has_any(modifiers, ['76', '77', '91', '59', 'XE', 'XP', 'XS', 'XU', '50'])`,
	`INSERT INTO hit SELECT 'DUP-01', claim_id, NULL FROM (
		SELECT claim_id, row_number() OVER (PARTITION BY person_id, bill_type, same, claim_start, claim_end, charge, content ORDER BY first_line) AS copy
		FROM (SELECT person_id, claim_id, any_value(bill_type_code) AS bill_type, any_value(same) AS same, any_value(claim_start_date) AS claim_start,
				any_value(claim_end_date) AS claim_end, sum(charge) AS charge, min((day, known_on, claim_id, line)) AS first_line,
				list_sort(list(concat_ws('|', revenue, hcpcs, modifiers, units))) AS content
			FROM line WHERE institutional GROUP BY 1, 2)
	) WHERE copy > 1`,
	`CREATE TABLE single AS SELECT * FROM line
		WHERE (claim_id, line) NOT IN (SELECT claim_id, CAST(line AS INTEGER) FROM hit WHERE line IS NOT NULL) AND claim_id NOT IN (SELECT claim_id FROM hit WHERE line IS NULL)`,
];

const pairs = `INSERT INTO hit
	WITH visit AS (SELECT hcpcs FROM px WHERE family IS NOT NULL),
	lab AS (SELECT hcpcs FROM px WHERE list_contains(flags, 'lab')),
	paired AS (SELECT claim_id, line, person_id, same, day, thru, hcpcs, modifiers, hcpcs IN (SELECT hcpcs FROM visit) AS is_visit,
			list_has_any(modifiers, ${bypass}) AS marked, list_contains(modifiers, '91') AND (hcpcs[1] = '8' OR hcpcs IN (SELECT hcpcs FROM lab)) AS repeated
		FROM single WHERE setting = 'practitioner' AND hcpcs IS NOT NULL AND same IS NOT NULL)
	SELECT DISTINCT CASE indicator WHEN '0' THEN 'NCC-01' ELSE 'NCC-02' END, b.claim_id, CAST(b.line AS VARCHAR)
	FROM paired b JOIN paired a ON a.person_id = b.person_id AND a.same = b.same AND a.day = b.day AND a.thru = b.thru AND a.hcpcs <> b.hcpcs
		JOIN ptp ON ptp.column_1 = a.hcpcs AND ptp.column_2 = b.hcpcs AND b.day BETWEEN valid_from AND valid_to
	WHERE indicator = '0' OR NOT CASE WHEN b.is_visit THEN list_has_any(b.modifiers, ['24', '25', '57'])
		ELSE a.marked OR b.marked OR a.repeated OR b.repeated OR (a.is_visit AND list_has_any(a.modifiers, ['24', '25', '57'])) END`;

const units = `INSERT INTO hit
	SELECT 'NCC-05', last.claim_id, CAST(last.line AS VARCHAR) FROM (
		SELECT max({'day': day, 'known_on': known_on, 'claim_id': claim_id, 'line': line}) AS last, any_value(mue) AS mue,
			coalesce(sum(units) FILTER (NOT reading AND NOT taking), 0)
				+ greatest(coalesce(sum(units) FILTER (reading), 0), coalesce(sum(units) FILTER (taking AND NOT reading), 0)) AS units
		FROM (SELECT s.*, mue, list_contains(modifiers, '26') AS reading, list_contains(modifiers, 'TC') AS taking
			FROM (SELECT * REPLACE (CASE WHEN thru > day THEN round(units / (thru - day + 1), 0) ELSE units END AS units) FROM single) s JOIN mue USING (setting, hcpcs)
			WHERE units IS NOT NULL AND same IS NOT NULL AND day BETWEEN DATE '2024-07-01' AND DATE '2024-09-30' AND NOT regexp_full_match(hcpcs, '0[01][0-9]{3}')
				AND NOT list_has_any(modifiers, ['55', '80', '81', '82', 'AS', 'JW', 'JZ']))
		GROUP BY person_id, same, setting, hcpcs, day, thru HAVING count(*) > 1
	) WHERE units > mue`;

const visits = `INSERT INTO hit
	WITH visit AS (SELECT hcpcs FROM px WHERE family <> 'other' OR list_contains(flags, 'eye_exam')),
	fresh AS (SELECT hcpcs FROM px WHERE family IN ('office_new', 'home_new', 'preventive_new') OR hcpcs IN ('92002', '92004')),
	met AS (SELECT l.person_id, l.same, l.practice, l.day FROM line l
		WHERE NOT institutional AND NOT list_has_any(modifiers, ['26', 'TC', '80', '81', '82', 'AS']) AND place IS DISTINCT FROM '81'
			AND (hcpcs IN (SELECT hcpcs FROM visit) OR left(hcpcs, 4) = '9079' OR left(hcpcs, 3) = '908'
				OR EXISTS (SELECT 1 FROM global_days g WHERE g.hcpcs = l.hcpcs AND l.day BETWEEN valid_from AND valid_to))),
	-- A join on either of two keys is two joins.
	seen AS (SELECT person_id, who, min(day) AS first FROM (SELECT person_id, same AS who, day FROM met UNION ALL SELECT person_id, practice, day FROM met WHERE practice IS NOT NULL) GROUP BY ALL)
	SELECT 'EM-05', claim_id, CAST(line AS VARCHAR) FROM line n
	WHERE NOT institutional AND hcpcs IN (SELECT hcpcs FROM fresh)
		AND (EXISTS (SELECT 1 FROM seen WHERE seen.person_id = n.person_id AND who = n.same AND first < n.day)
			OR EXISTS (SELECT 1 FROM seen WHERE seen.person_id = n.person_id AND who = n.practice AND first < n.day))`;

async function duckdb() {
	await db.run('SET preserve_insertion_order = false');
	for (const sql of [readPtp, readGlobal, readProcedures,
		`CREATE TABLE mue AS ${readMue('practitioner', 'PractitionerServices')} UNION ALL ${readMue('outpatient', 'OutpatientHospitalServices')}
			UNION ALL ${readMue('dme', 'DMESupplierServices')}`,
		'CREATE TABLE hit (rule VARCHAR, claim_id VARCHAR, line VARCHAR)']) await db.run(sql);
	const claims = await claimsTable();
	const began = process.hrtime.bigint();
	for (const sql of [readLines(claims), keepLines, ...duplicates, pairs, units, visits]) await db.run(sql);
	await report('hit', Number(process.hrtime.bigint() - began) / 1e9);
}

// What is superseded was found as well.
async function ours() {
	await db.run(`CREATE TABLE hit AS SELECT rule, claim_id, line FROM read_csv('${join(source, 'findings.csv')}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
		WHERE rule NOT IN ('NCC-01', 'NCC-02') OR kind = 'practitioner'`);
	await report('hit', null);
}

await { duckdb, ours }[engine]();
