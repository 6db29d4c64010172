// SPDX-License-Identifier: Apache-2.0
//
// The benches' jobs in DuckDB and ClickHouse, each in the better of the plans
// tried, and a digest of the answer to hold against ours.
//
//   node peers.mjs duckdb|clickhouse count|look CLAIMS.csv THREADS     duckdb: CLAIMS.parquet too
//   node peers.mjs ours count|look RUN_DIR
//   node peers.mjs duckdb parquet CLAIMS.csv      writes CLAIMS.parquet, as DuckDB's default has it
//
// Prints "seconds S" (the job alone, the engine's start left out) and
// "digest D" of the answer's rows.
//
// COUNT: per provider the distinct claims, lines, units, charge, allowed, paid,
// first and last date.
// LOOK: per provider the lines whose procedure is known, that have a known
// diagnosis, whose units could be held against an MUE and were over it, and
// the number and the levels of E/M services.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [engine, job, source, threads = '1'] = process.argv.slice(2);
const codes = join(dirname(fileURLToPath(import.meta.url)), '../../codesets');

const columns = {
	claim_id: 'text', claim_line_number: 'int', claim_type: 'text', person_id: 'text',
	claim_line_start_date: 'date', place_of_service_code: 'text', service_unit_quantity: 'units',
	hcpcs_code: 'text', hcpcs_modifier_1: 'text', rendering_npi: 'text', billing_npi: 'text',
	paid_amount: 'money', allowed_amount: 'money', charge_amount: 'money', diagnosis_code_1: 'text',
	diagnosis_code_2: 'text', diagnosis_code_3: 'text', diagnosis_code_4: 'text',
};
const suppliers = "'E', 'K', 'L'";
const diagnoses = ['diagnosis_code_1', 'diagnosis_code_2', 'diagnosis_code_3', 'diagnosis_code_4'];

function report(seconds, rows) {
	if (seconds !== null) console.log(`seconds ${seconds.toFixed(6)}`);
	const lines = rows.map((row) => row.join(',')).sort();
	console.log(`rows ${lines.length}`);
	console.log(`digest ${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)}`);
}

// ---- DuckDB ----

// Grouping by claim first and then by provider loses to count(DISTINCT) here;
// declared types beat guessed ones; a mark join (IN) beats four joins.
async function duckdb() {
	const { DuckDBInstance } = await import('@duckdb/node-api');
	const db = await (await DuckDBInstance.create(':memory:', { threads })).connect();
	const type = { text: 'VARCHAR', int: 'INTEGER', date: 'DATE', units: 'DECIMAL(12,4)', money: 'DECIMAL(12,2)' };
	const list = Object.entries(columns).map(([name, kind]) => `'${name}': '${type[kind]}'`).join(', ');
	const claims = source.endsWith('.parquet') ? `read_parquet('${source}')` : `read_csv('${source}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
		columns = {${list}})`;
	if (job === 'parquet') {
		await db.run(`COPY (SELECT * FROM ${claims}) TO '${source.replace(/csv$/, 'parquet')}' (FORMAT parquet)`);
		return;
	}
	const npi = `CASE WHEN claim_type = 'institutional' THEN billing_npi ELSE coalesce(rendering_npi, billing_npi) END`;
	await db.run('SET preserve_insertion_order = false');
	if (job === 'look') await db.run(duckdbCodes());
	const query = job === 'count' ? duckdbCount(claims, npi) : duckdbLook(claims, npi);
	const began = process.hrtime.bigint();
	const answer = await db.runAndReadAll(query);
	const seconds = Number(process.hrtime.bigint() - began) / 1e9;
	report(seconds, answer.getRowsJson().map((row) => row.map((cell) => cell ?? '')));
}

const duckdbCount = (claims, npi) => `
	SELECT ${npi} AS npi, count(DISTINCT claim_id), count(*),
		CAST(sum(service_unit_quantity) * 10000 AS HUGEINT),
		CAST(sum(charge_amount) * 100 AS HUGEINT), CAST(sum(allowed_amount) * 100 AS HUGEINT),
		CAST(sum(paid_amount) * 100 AS HUGEINT),
		min(claim_line_start_date), max(claim_line_start_date)
	FROM ${claims} GROUP BY 1`;

const duckdbCodes = () => `
	CREATE TABLE px AS SELECT code, family IS NOT NULL AND level IS NOT NULL AS is_em, CAST(level AS INTEGER) AS level,
		CAST(split_part(mue_practitioner, '/', 1) AS INTEGER) AS mue,
		CAST(split_part(mue_dme, '/', 1) AS INTEGER) AS mue_dme,
		contains(coalesce(flags, ''), 'anesthesia') AS anesthesia, contains(coalesce(flags, ''), 'cdt') AS cdt
	FROM read_csv('${codes}/procedures.csv', header = true, all_varchar = true, comment = '#');
	CREATE TABLE dx AS SELECT code FROM read_csv('${codes}/diagnoses.csv', header = true, all_varchar = true, comment = '#');`;

const duckdbLook = (claims, npi) => `
	WITH line AS (
		SELECT ${npi} AS npi, service_unit_quantity AS units, px.code IS NOT NULL AND NOT cdt AS known, is_em, level,
			claim_type = 'professional' AND NOT coalesce(allowed_amount = 0 AND paid_amount = 0, false) AND NOT anesthesia
				AND coalesce(hcpcs_modifier_1 NOT IN ('JW', 'JZ'), true) AND service_unit_quantity > 0 AS judged,
			CASE WHEN place_of_service_code = '12' AND hcpcs_code[1] IN (${suppliers}) THEN mue_dme ELSE mue END AS limit_,
			${diagnoses.map((name) => `${name} IN (SELECT code FROM dx)`).join(' OR ')} AS diagnosed
		FROM ${claims} claims LEFT JOIN px ON px.code = hcpcs_code
	)
	SELECT npi, count(*) FILTER (known), count(*) FILTER (diagnosed),
		count(*) FILTER (judged AND limit_ IS NOT NULL), count(*) FILTER (judged AND units > limit_),
		count(*) FILTER (is_em), coalesce(sum(level) FILTER (is_em), 0)
	FROM line GROUP BY 1`;

// ---- ClickHouse ----

// uniqExact beats grouping twice; a hashed dictionary and sets beat joins.
async function clickhouse() {
	const { Session } = (await import('chdb')).default;
	const session = new Session();
	const type = { text: 'String', int: 'Int32', date: 'Date32', units: 'Nullable(Decimal64(4))', money: 'Nullable(Decimal64(2))' };
	const list = Object.entries(columns).map(([name, kind]) => `${name} ${type[kind]}`).join(', ');
	const claims = `file('${source}', 'CSVWithNames', '${list}')`;
	const npi = `if(claim_type = 'institutional', billing_npi, if(rendering_npi = '', billing_npi, rendering_npi))`;
	const settings = `SETTINGS max_threads = ${threads}, input_format_parallel_parsing = 1`;
	if (job === 'look') for (const sql of clickhouseCodes()) session.query(sql, 'CSV');
	const query = `${job === 'count' ? clickhouseCount(claims, npi) : clickhouseLook(claims, npi)} ${settings}`;
	const began = process.hrtime.bigint();
	const answer = session.query(query, 'TSV');
	const seconds = Number(process.hrtime.bigint() - began) / 1e9;
	report(seconds, answer.trimEnd().split('\n').map((line) => line.split('\t').map((cell) => (cell === '\\N' ? '' : cell))));
	session.cleanup();
}

const clickhouseCount = (claims, npi) => `
	SELECT ${npi} AS npi, uniqExact(claim_id), count(),
		toInt64(sum(service_unit_quantity) * 10000), toInt64(sum(charge_amount) * 100),
		toInt64(sum(allowed_amount) * 100), toInt64(sum(paid_amount) * 100),
		min(claim_line_start_date), max(claim_line_start_date)
	FROM ${claims} GROUP BY npi`;

function clickhouseCodes() {
	const cells = (name) => `(SELECT splitByChar(',', line) AS cell FROM file('${codes}/${name}', 'LineAsString', 'line String')
		WHERE line NOT LIKE '#%' AND line NOT LIKE 'code,%' AND line != '')`;
	return [
		`CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic`,
		`CREATE TABLE bench.px_rows ENGINE = Memory AS SELECT cell[1] AS code,
			if(cell[5] != '' AND cell[6] != '', toInt32OrZero(cell[6]), -1) AS level,
			if(cell[14] = '', -1, toInt32(splitByChar('/', cell[14])[1])) AS mue,
			if(cell[16] = '', -1, toInt32(splitByChar('/', cell[16])[1])) AS mue_dme,
			position(cell[4], 'anesthesia') > 0 AS anesthesia, position(cell[4], 'cdt') > 0 AS cdt
		FROM ${cells('procedures.csv')}`,
		`CREATE DICTIONARY bench.px (code String, level Int32, mue Int32, mue_dme Int32, anesthesia UInt8, cdt UInt8)
			PRIMARY KEY code SOURCE(CLICKHOUSE(TABLE 'px_rows' DB 'bench')) LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)`,
		`CREATE TABLE bench.dx (code String) ENGINE = Set`,
		`INSERT INTO bench.dx SELECT cell[1] FROM ${cells('diagnoses.csv')}`,
	];
}

const clickhouseLook = (claims, npi) => `
	SELECT npi, countIf(known), countIf(diagnosed), countIf(judged AND limit >= 0), countIf(judged AND limit >= 0 AND units > limit),
		countIf(level >= 0), sumIf(level, level >= 0)
	FROM (
		SELECT ${npi} AS npi, service_unit_quantity AS units,
			dictGetOrDefault('bench.px', ('level', 'mue', 'mue_dme', 'anesthesia', 'cdt'), tuple(hcpcs_code), (-1, -1, -1, 0, 0)) AS px,
			px.1 AS level,
			dictHas('bench.px', tuple(hcpcs_code)) AND px.5 = 0 AS known,
			claim_type = 'professional' AND NOT ifNull(allowed_amount = 0 AND paid_amount = 0, 0) AND px.4 = 0
				AND hcpcs_modifier_1 NOT IN ('JW', 'JZ') AND ifNull(units > 0, 0) AS judged,
			if(place_of_service_code = '12' AND substring(hcpcs_code, 1, 1) IN (${suppliers}), px.3, px.2) AS limit,
			${diagnoses.map((name) => `${name} IN bench.dx`).join(' OR ')} AS diagnosed
		FROM ${claims}
	) GROUP BY npi`;

// ---- Ours, from a run directory ----

async function ours() {
	const { DuckDBInstance } = await import('@duckdb/node-api');
	const db = await (await DuckDBInstance.create(':memory:')).connect();
	const csv = (name) => `read_csv('${join(source, name)}', header = true, all_varchar = true)`;
	const whole = (name, digits) => `CAST(CAST(${name} AS DECIMAL(38, ${digits})) * ${10 ** digits} AS HUGEINT)`;
	const count = `
		SELECT npi, claims, lines, ${whole('units', 4)}, ${whole('charge', 2)}, ${whole('allowed', 2)}, ${whole('paid', 2)},
			first_date, last_date
		FROM ${csv('providers.csv')}`;
	const rule = (id, column) => `coalesce(max(CAST(r.${column} AS BIGINT)) FILTER (r.rule = '${id}'), 0)`;
	const look = `
		SELECT p.npi, ${rule('VAL-04', 'evaluated')}, ${rule('VAL-01', 'evaluated')}, ${rule('NCC-04', 'evaluated')},
			${rule('NCC-04', 'hits')}, coalesce(any_value(em), 0), coalesce(any_value(levels), 0)
		FROM ${csv('providers.csv')} p
		LEFT JOIN ${csv('provider_rules.csv')} r ON r.npi IS NOT DISTINCT FROM p.npi AND r.id_kind = p.id_kind
		LEFT JOIN (SELECT npi, id_kind, sum(CAST(lines AS BIGINT)) AS em,
				sum(CAST(lines AS BIGINT) * CAST(regexp_extract(key, '([0-9]+)$', 1) AS INTEGER)) AS levels
			FROM ${csv('provider_counts.csv')} WHERE kind = 'em' AND regexp_matches(key, '[0-9]$') GROUP BY ALL) e
			ON e.npi IS NOT DISTINCT FROM p.npi AND e.id_kind = p.id_kind
		GROUP BY p.npi, p.id_kind`;
	const answer = await db.runAndReadAll(job === 'count' ? count : look);
	report(null, answer.getRowsJson().map((row) => row.map((cell) => cell ?? '')));
}

await { duckdb, clickhouse, ours }[engine]();
