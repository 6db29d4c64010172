// SPDX-License-Identifier: Apache-2.0
// The records of a CSV in another order, always the same: by a hash of each; some
// of them again, under another claim, with more units, and as visits of new patients.
//   node shuffle.mjs FROM.csv TO.csv
import { DuckDBInstance } from '@duckdb/node-api';

const [from, to] = process.argv.slice(2).map((path) => `'${path.replaceAll("'", "''")}'`);
const db = await (await DuckDBInstance.create(':memory:')).connect();
const source = `read_csv(${from}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`;
const again = `SELECT * REPLACE ('again ' || claim_id AS claim_id, CAST(TRY_CAST(service_unit_quantity AS DECIMAL(18, 4)) + 2 AS VARCHAR) AS service_unit_quantity,
		CASE hcpcs_code WHEN '99213' THEN '99203' ELSE hcpcs_code END AS hcpcs_code)
	FROM ${source} WHERE hash(claim_id) % 40 = 0`;
await db.run(`COPY (SELECT * FROM (SELECT * FROM ${source} UNION ALL ${again}) ORDER BY hash(claim_id, claim_line_number, hcpcs_code), claim_id, claim_line_number)
	TO ${to} (FORMAT csv, HEADER, NULL '')`);
