// SPDX-License-Identifier: Apache-2.0
//
// Reckons in SQL, from the contract and the rule catalogue alone, what a run of
// claimscan should have written, and lists every difference.
//
//   node oracle.mjs CLAIMS_DIR CODESETS_DIR RUN_DIR
//
// CLAIMS_DIR has claims.csv, members.csv and providers.csv.  One line a table:
// "ok ..." or "not ok ...", and above the latter the first differences with
// both values.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

const here = dirname(fileURLToPath(import.meta.url));
const [claimsDir, codesDir, runDir] = process.argv.slice(2);
const SHOWN = 8;

const instance = await DuckDBInstance.create(':memory:');
const db = await instance.connect();
await db.run('SET preserve_insertion_order = false');

const rows = async (sql) => (await db.runAndReadAll(sql)).getRowObjectsJson();
const text = (value) => `'${value.replaceAll("'", "''")}'`;
const numbered = (name, count) => Array.from({ length: count }, (_, i) => `${name}_${i + 1}`);

const columns = [
	'claim_id', 'claim_line_number', 'claim_type', 'person_id', 'claim_start_date', 'claim_end_date',
	'claim_line_start_date', 'claim_line_end_date', 'admission_date', 'discharge_date',
	'discharge_disposition_code', 'place_of_service_code', 'bill_type_code', 'drg_code',
	'revenue_center_code', 'service_unit_quantity', 'hcpcs_code', ...numbered('hcpcs_modifier', 5),
	'rendering_npi', 'billing_npi', 'billing_tin', 'facility_npi', 'paid_date', 'paid_amount',
	'allowed_amount', 'charge_amount', 'diagnosis_code_type', ...numbered('diagnosis_code', 25),
	...numbered('procedure_code', 25), 'data_source', 'birth_date', 'sex', 'death_date', 'specialty_code',
	'taxonomy_code', 'provider_state', 'entity_type', 'ordering_npi', 'billing_ccn', 'received_date',
	'claim_frequency_code', 'original_claim_id', 'denied_flag', ...numbered('carc_code', 4),
	...numbered('diagnosis_pointer', 4), 'admitting_diagnosis_code', ...numbered('condition_code', 11),
];
const pricing = [1, 2, 3, 22, 23, 24, 44, 45, 59, 66, 70, 85, 90, 91, 94, 100, 101, 102, 103, 104, 105, 118, 130, 131, 132,
	142, 143, 144, 161, 172, 178, 187, 209, 215, 223, 237, 238, 241, 247, 248, 253];
const memberColumns = ['person_id', 'birth_date', 'sex', 'death_date'];
const providerColumns = ['npi', 'entity_type', 'specialty_code', 'taxonomy_code', 'state'];

// A CSV as text, with NULL for each wanted column that it lacks; says which it has.
async function load(table, file, wanted) {
	const source = `read_csv(${text(file)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`;
	const there = new Set((await rows(`DESCRIBE SELECT * FROM ${source}`)).map((row) => row.column_name));
	const list = wanted.map((name) => (there.has(name) ? name : `CAST(NULL AS VARCHAR) AS ${name}`));
	await db.run(`CREATE TABLE ${table} AS SELECT row_number() OVER () AS row, ${list.join(', ')} FROM ${source}`);
	return there;
}

// A file of SQL; :name stands for a value of the run.
async function runFile(name, values) {
	let sql = readFileSync(join(here, name), 'utf8');
	for (const [key, value] of Object.entries(values))
		sql = sql.replaceAll(new RegExp(`:${key}\\b`, 'g'), value);
	const began = Date.now();
	await db.run(sql);
	console.log(`# ${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

async function loadRun(name) {
	await db.run(`CREATE TABLE got_${name} AS SELECT * FROM read_csv(${text(join(runDir, `${name}.csv`))},
		header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`);
}

let failed = 0;

// expected and got: queries of the same columns, unique by keys.
async function compare(name, expected, got, keys, values) {
	await db.run(`CREATE OR REPLACE TEMP TABLE e AS ${expected}`);
	await db.run(`CREATE OR REPLACE TEMP TABLE g AS ${got}`);
	const on = keys.map((key) => `e.${key} IS NOT DISTINCT FROM g.${key}`).join(' AND ');
	const unlike = values.map((value) => `e.${value} IS DISTINCT FROM g.${value}`).join(' OR ') || 'false';
	const both = [...keys.map((key) => `coalesce(CAST(e.${key} AS VARCHAR), CAST(g.${key} AS VARCHAR)) AS ${key}`),
		...values.flatMap((value) => [`e.${value} AS ${value}_expected`, `g.${value} AS ${value}_got`])];
	await db.run(`CREATE OR REPLACE TEMP TABLE difference AS
		SELECT ${both.join(', ')}, e.here IS NULL AS unexpected, g.here IS NULL AS missing
		FROM (SELECT *, true AS here FROM e) e FULL JOIN (SELECT *, true AS here FROM g) g ON ${on}
		WHERE e.here IS NULL OR g.here IS NULL OR ${unlike}`);
	const [{ differences }] = await rows('SELECT count(*)::INTEGER AS differences FROM difference');
	const [{ count }] = await rows('SELECT count(*)::INTEGER AS count FROM e');
	if (differences === 0) {
		console.log(`ok ${name}: ${count} rows equal`);
		return;
	}
	failed++;
	for (const row of await rows(`SELECT * FROM difference ORDER BY ALL LIMIT ${SHOWN}`))
		console.log(`   ${tell(row, keys, values)}`);
	console.log(`not ok ${name}: ${differences} differences in ${count} rows`);
}

function tell(row, keys, values) {
	const key = keys.map((name) => `${name}=${row[name] ?? ''}`).join(' ');
	if (row.unexpected) return `${key}: not expected`;
	if (row.missing) return `${key}: missing`;
	const unlike = values.filter((name) => String(row[`${name}_expected`]) !== String(row[`${name}_got`]));
	return `${key}: ${unlike.map((name) => `${name} expected ${row[`${name}_expected`]} got ${row[`${name}_got`]}`).join(', ')}`;
}

const cents = (name) => `CAST(round(CAST(nullif(${name}, '') AS DECIMAL(38, 2)) * 100, 0) AS HUGEINT) AS ${name}`;
const units = (name) => `CAST(round(CAST(nullif(${name}, '') AS DECIMAL(38, 4)) * 10000, 0) AS HUGEINT) AS ${name}`;
const count = (name) => `CAST(nullif(${name}, '') AS HUGEINT) AS ${name}`;
const day = (name) => `CAST(nullif(${name}, '') AS DATE) AS ${name}`;
const word = (name) => `coalesce(${name}, '') AS ${name}`;
const hugeints = (names) => names.map((name) => `CAST(${name} AS HUGEINT) AS ${name}`);

const sums = (names) => names.map((name) => `CAST(sum(${name}) AS HUGEINT) AS ${name}`);

async function compareCounters() {
	const money = ['charge', 'allowed', 'paid'];
	for (const name of ['providers', 'provider_codes', 'provider_counts']) await loadRun(name);
	await compare('providers.csv counters',
		`SELECT npi, id_kind, ${hugeints(['claims', 'lines', 'units', ...money])}, first_date, last_date FROM expected_providers`,
		`SELECT ${word('npi')}, id_kind, ${['claims', 'lines'].map(count)}, ${units('units')}, ${money.map(cents)},
			${day('first_date')}, ${day('last_date')} FROM got_providers`,
		['npi', 'id_kind'], ['claims', 'lines', 'units', ...money, 'first_date', 'last_date']);
	await compare('provider_codes.csv',
		`SELECT npi, id_kind, code, ${hugeints(['lines', 'units', ...money])} FROM expected_codes`,
		`SELECT ${word('npi')}, id_kind, code, ${count('lines')}, ${units('units')}, ${money.map(cents)} FROM got_provider_codes`,
		['npi', 'id_kind', 'code'], ['lines', 'units', ...money]);
	for (const kind of ['month', 'em', 'modifier', 'pos', 'digit'])
		await compare(`provider_counts.csv ${kind}`,
			`SELECT npi, id_kind, key, ${hugeints(['lines', 'units', ...money])} FROM expected_counts WHERE kind = '${kind}'`,
			`SELECT ${word('npi')}, id_kind, key, ${count('lines')}, ${units('units')}, ${money.map(cents)}
				FROM got_provider_counts WHERE kind = '${kind}'`,
			['npi', 'id_kind', 'key'], ['lines', 'units', ...money]);
	await compareSquares(money);
}

// Sums of squares are printed in squared dollars, exactly.
async function compareSquares(money) {
	await compare('provider_counts.csv sumsq',
		money.map((name) => `SELECT npi, id_kind, '${name}' AS key, CAST(${name} AS HUGEINT) AS squares FROM expected_squares`).join(' UNION ALL '),
		money.map((name) => `SELECT ${word('npi')}, id_kind, key,
			CAST(replace(${name}, '.', '') AS HUGEINT) AS squares FROM got_provider_counts
			WHERE kind = 'sumsq' AND key = '${name}'`).join(' UNION ALL '),
		['npi', 'id_kind', 'key'], ['squares']);
}

// in_scope and evaluated of line rules are gross, hits and dollars net.
async function compareRules() {
	for (const name of ['provider_rules', 'rules']) await loadRun(name);
	const rules = (await rows(`SELECT DISTINCT rule FROM unit UNION SELECT DISTINCT rule FROM claim_unit ORDER BY 1`)).map((row) => row.rule);
	for (const rule of rules) {
		await compare(`rules.csv ${rule}`,
			// A rule that could judge nothing says nothing of hits.
			`SELECT rule, in_scope, evaluated, ${['hits', 'dollars', 'providers'].map((name) => `CASE WHEN evaluated > 0 THEN ${name} END AS ${name}`).join(', ')}
				FROM (SELECT rule, ${sums(['in_scope', 'evaluated', 'hits', 'dollars'])},
					CAST(count(*) FILTER (hits > 0) AS HUGEINT) AS providers FROM expected_judged WHERE rule = '${rule}' GROUP BY 1)`,
			`SELECT rule, ${['in_scope', 'evaluated', 'hits', 'providers'].map(count)}, ${cents('dollars')} FROM got_rules WHERE rule = '${rule}'`,
			['rule'], ['in_scope', 'evaluated', 'hits', 'dollars', 'providers']);
		await compare(`provider_rules.csv ${rule}`,
			`SELECT npi, id_kind, ${hugeints(['evaluated', 'hits', 'dollars'])} FROM expected_judged
				WHERE rule = '${rule}' AND (evaluated > 0 OR hits > 0)`,
			`SELECT ${word('npi')}, id_kind, ${['evaluated', 'hits'].map(count)}, ${cents('dollars')}
				FROM got_provider_rules WHERE rule = '${rule}'`,
			['npi', 'id_kind'], ['evaluated', 'hits', 'dollars']);
	}
	await compare('providers.csv flags',
		`SELECT npi, id_kind, ${hugeints(['findings', 'lines_flagged', 'dollars_flagged'])} FROM expected_flags WHERE findings > 0 OR lines_flagged > 0`,
		`SELECT * FROM (SELECT ${word('npi')}, id_kind, ${['findings', 'lines_flagged'].map(count)}, ${cents('dollars_flagged')} FROM got_providers)
			WHERE findings > 0 OR lines_flagged > 0`,
		['npi', 'id_kind'], ['findings', 'lines_flagged', 'dollars_flagged']);
}

// Two roles of one line may have equal rows: they are counted.
async function compareFindings() {
	const columns = ['rule', 'kind', 'claim_id', 'line', 'data_source', 'superseded', 'severity', 'npi', 'id_kind', 'date', 'code', 'amount', 'dollars'];
	await loadRun('findings');
	await db.run(`CREATE TABLE expected_rows AS SELECT ${columns.join(', ')}, count(*) AS n
		FROM (SELECT * REPLACE (CAST(amount AS HUGEINT) AS amount, CAST(dollars AS HUGEINT) AS dollars) FROM expected_findings) GROUP BY ALL`);
	await db.run(`CREATE TABLE got_rows AS SELECT ${columns.join(', ')}, count(*) AS n FROM (
		SELECT rule, kind, claim_id, coalesce(line, '') AS line, ${word('data_source')}, contains(coalesce(detail, ''), 'superseded_by=') AS superseded,
			severity, ${word('npi')}, id_kind, ${day('date')}, ${word('code')}, ${cents('amount')}, ${cents('dollars')} FROM got_findings) GROUP BY ALL`);
	for (const { rule } of await rows('SELECT rule FROM expected_rows UNION SELECT rule FROM got_rows ORDER BY 1'))
		await compare(`findings.csv ${rule}`,
			`SELECT * FROM expected_rows WHERE rule = '${rule}'`, `SELECT * FROM got_rows WHERE rule = '${rule}'`,
			['rule', 'kind', 'claim_id', 'line', 'data_source'], ['superseded', 'severity', 'npi', 'id_kind', 'date', 'code', 'amount', 'dollars', 'n']);
}

// Runs of one rule each, whose findings stand alone.
async function compareAlone() {
	const columns = ['kind', 'claim_id', 'line', 'other_claim_id', 'other_line', 'dollars'];
	for (const rule of ['NCC-01', 'NCC-02', 'NCC-05', 'NCC-07', 'GLO-01', 'INP-04', 'TIM-05']) {
		await db.run(`CREATE OR REPLACE TEMP TABLE alone AS SELECT kind, claim_id, line, other_claim_id, other_line, ${cents('dollars')}
			FROM read_csv(${text(join(`${runDir}-${rule}`, 'findings.csv'))}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`);
		await compare(`findings.csv ${rule} alone`,
			`SELECT ${columns.join(', ')} FROM expected_alone WHERE rule = '${rule}'`, 'SELECT * FROM alone', ['claim_id', 'line'],
			['kind', 'other_claim_id', 'other_line', 'dollars']);
	}
}

const there = await load('raw', join(claimsDir, 'claims.csv'), columns);
await load('raw_members', join(claimsDir, 'members.csv'), memberColumns);
await load('raw_providers', join(claimsDir, 'providers.csv'), providerColumns);
const values = {
	diagnoses: numbered('diagnosis_code', 25).join(', '),
	procedures: numbered('procedure_code', 25).join(', '),
	pointers: numbered('diagnosis_pointer', 4).join(', '),
	conditions: numbered('condition_code', 11).join(', '),
	carcs: numbered('carc_code', 4).join(', '),
	has_denial: String(there.has('denied_flag') || there.has('carc_code_1')),
	// Cost sharing, other coverage and contract write-offs: they price a line, and deny nothing.
	pricing: pricing.map((code) => `'${code}'`).join(', '),
	basis: text(['paid', 'allowed', 'charge'].find((name) => there.has(`${name}_amount`)) ?? 'paid'),
	codes: text(codesDir).slice(1, -1),
};
for (const file of ['load.sql', 'codes.sql', 'claims.sql', 'counters.sql', 'rules_val.sql', 'rules_line.sql', 'rules_claim.sql', 'rules_history.sql', 'rules_alone.sql', 'findings.sql'])
	await runFile(file, values);
await compareCounters();
await compareRules();
await compareFindings();
await compareAlone();
process.exitCode = failed ? 1 : 0;
