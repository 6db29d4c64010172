// SPDX-License-Identifier: Apache-2.0
// The records of a CSV in another order, always the same: by a hash of each.
//   node shuffle.mjs FROM.csv TO.csv
import { DuckDBInstance } from '@duckdb/node-api';

const [from, to] = process.argv.slice(2).map((path) => `'${path.replaceAll("'", "''")}'`);
const db = await (await DuckDBInstance.create(':memory:')).connect();
const source = `read_csv(${from}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`;
await db.run(`COPY (SELECT * FROM ${source} ORDER BY hash(claim_id, claim_line_number, hcpcs_code), claim_id, claim_line_number)
	TO ${to} (FORMAT csv, HEADER, NULL '')`);
