// SPDX-License-Identifier: Apache-2.0
//
// Writes the tables of a run as a scan would, by a rule of its own, so that the
// page of 100,000 providers is made in seconds and each figure is known.
//
//   node make.mjs DIR PROVIDERS LEADS [hostile] [public]
//
// Provider i (from 0) has npi 1000000000 + i and rank i + 1; the first LEADS of
// them are leads.  Specialty 11 or 07, state NJ or NY, by turns of two.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, countText, leadsText, ...words] = process.argv.slice(2);
const count = Number(countText);
const leads = Number(leadsText);
const hostile = words.includes('hostile');
const isPublic = words.includes('public');

const HOSTILE = [
	'</script><script>window.owned=1</script>',
	'<img src=x onerror="window.owned=2">',
	'=HYPERLINK("http://example.org","x")',
	'@SUM(1)',
	'-1+2',
	'"><svg onload=window.owned=3>',
	"'); window.owned=4; ('",
	'{{7*7}}${7*7}',
	'<!--',
	'&lt;b&gt;',
];

const RULES = [
	['EM-01', 'E/M level index (upcoding)', 'EM', 'on', 1000, 1, 90740, 0],
	['MOD-08', 'Illegal modifier pair', 'MOD', 'watch', 5000, 20, 0, 0],
	['NCC-04', 'MUE exceeded on one line', 'NCC', 'on', 9000, 100, 4000, 4000],
	['TIM-07', 'Telehealth mismatch', 'TIM', 'not evaluable', '', '', '', ''],
];

const quote = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const guard = (text) =>
	/^'*[=+@\t\r]/.test(text) || (/^'*-/.test(text) && !/^'*-[\d.]+$/.test(text)) ? `'${text}` : text;
const cells = (row) => row.map((cell) => (typeof cell === 'string' ? quote(guard(cell)) : cell)).join(',');

function write(name, header, rows) {
	const parts = [header + '\n'];
	for (const row of rows) parts.push(cells(row) + '\n');
	writeFileSync(join(dir, name), parts.join(''));
}

// In the order of the tables: by id as bytes.
const providers = [];
for (let i = 0; i < count; i++) {
	const id = hostile && i < HOSTILE.length ? HOSTILE[i] : String(1000000000 + i);
	providers.push({ i, id, kind: hostile && i < HOSTILE.length ? 'other' : 'npi' });
}
providers.sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));

const specialty = (i) => (i % 2 ? '07' : '11');
const state = (i) => (i % 4 < 2 ? 'NJ' : 'NY');
const score = (i) => (i < leads ? 1000 - (i % 900) : 0);
const level = (i) => (i < leads ? 4.5 : 3 + (i % 100) / 200);
const paid = (i) => 1000 + ((i * 7919) % 90000);
const few = (n) => (isPublic && n >= 1 && n <= 10 ? '' : n);

mkdirSync(dir, { recursive: true });
write(
	'providers.csv',
	'npi,id_kind,entity_type,specialty,state,peer_group,peer_n,claims,lines,beneficiaries,units,charge,allowed,paid,findings,lines_flagged,dollars_flagged,dollars_expected,score,rank,rank_in_class,families_flagged,rules_evaluable,top_reasons,first_date,last_date,lead',
	providers.map(({ i, id, kind }) => [
		id,
		kind,
		1,
		specialty(i),
		state(i),
		`${specialty(i)}/person/office/all`,
		count / 2 - 1,
		few(i % 50),
		100 + (i % 50),
		few(i % 40),
		'120.5',
		'5000.00',
		'3000.00',
		`${paid(i)}.00`,
		i < leads ? 12 : 0,
		i < leads ? 12 : 0,
		i < leads ? '9074.00' : '0.00',
		`${Math.max(count - i, 0)}.00`,
		score(i),
		i + 1,
		i + 1,
		i < leads ? 1 : 0,
		3,
		i < leads
			? `EM-01 office_est: average level 4.50 against 3.25 of ${count / 2 - 1} peers (P90 3.45), $9,074 at risk | NCC-04: 12 of 100 judged, $40 flagged`
			: '',
		'2024-01-02',
		'2024-12-30',
		i < leads ? 1 : 0,
	]),
);

write(
	'provider_rules.csv',
	'npi,id_kind,rule,measure,flag,direction,evaluated,hits,rate,value,shrunk_rate,wilson_low,peer_n,peer_median,peer_mad,peer_p80,peer_p90,z,p,q,percentile,dollars,sample_claims',
	providers.flatMap(({ i, id, kind }) => {
		const flag = i < leads ? 1 : 0;
		const rows = [
			[
				id,
				kind,
				'EM-01',
				'office_est',
				flag,
				flag ? 'high' : 'none',
				200,
				flag,
				flag ? '0.005000' : '0.000000',
				level(i).toFixed(6),
				'',
				'',
				count / 2 - 1,
				'3.250000',
				'0.120000',
				'3.400000',
				'3.450000',
				flag ? '7.025000' : '0.100000',
				flag ? '1.000000e-12' : '5.000000e-01',
				flag ? '1.000000e-10' : '6.000000e-01',
				'99.000000',
				flag ? '9074.00' : '0.00',
				'',
			],
		];
		if (i % 10 === 0)
			rows.push([
				id,
				kind,
				'MOD-08',
				'',
				i % 20 === 0 ? 1 : 0,
				'high',
				100,
				2,
				'0.020000',
				'0.020000',
				'0.019000',
				'0.001000',
				30,
				'0.000000',
				'0.000000',
				'0.000000',
				'0.010000',
				'4.000000',
				'',
				'',
				'99.000000',
				'0.00',
				'',
			]);
		if (i < leads)
			rows.push([
				id,
				kind,
				'NCC-04',
				'',
				0,
				'none',
				100,
				12,
				'0.120000',
				'',
				'',
				'',
				'',
				'',
				'',
				'',
				'',
				'',
				'',
				'',
				'',
				'40.00',
				`["C${i}-1"]`,
			]);
		return rows;
	}),
);

write(
	'provider_codes.csv',
	'npi,id_kind,code,lines,units,charge,allowed,paid',
	providers.flatMap(({ i, id, kind }) => [
		[id, kind, '99213', 40, 40, '2000.00', '1200.00', '800.00'],
		[id, kind, '99214', 60, 60, '3000.00', '1800.00', `${paid(i) - 800}.00`],
	]),
);

write(
	'provider_counts.csv',
	'npi,id_kind,kind,key,lines,units,charge,allowed,paid',
	providers.flatMap(({ i, id, kind }) => [
		...(isPublic
			? []
			: [
					[id, kind, 'em', 'office_est_3', i < leads ? 40 : 80, 40, '2000.00', '1200.00', '800.00'],
					[id, kind, 'em', 'office_est_4', i < leads ? 60 : 20, 60, '3000.00', '1800.00', '1200.00'],
				]),
		[id, kind, 'modifier', '25', 10, 10, '0.00', '0.00', '0.00'],
		[id, kind, 'month', '2024-01', 50, 50, '2500.00', '1500.00', '1000.00'],
		[id, kind, 'month', '2024-02', 50 + (i % 50), 50, '2500.00', '1500.00', `${paid(i) - 1000}.00`],
		[id, kind, 'pos', '11', 100, 100, '5000.00', '3000.00', `${paid(i)}.00`],
	]),
);

write(
	'findings.csv',
	'rule,kind,severity,claim_id,line,data_source,npi,id_kind,person,date,code,modifiers,units,amount,other_claim_id,other_line,detail,dollars,authority',
	providers
		.filter(({ i }) => i < leads && !isPublic)
		.flatMap(({ i, id, kind }) =>
			Array.from({ length: 12 }, (_, k) => [
				'NCC-04',
				'limit',
				'medium',
				hostile && k === 0 ? HOSTILE[i % HOSTILE.length] : `C${i}-${k}`,
				1,
				'made',
				id,
				kind,
				'',
				'2024-03-04',
				'99214',
				'25',
				3,
				`${100 + k}.00`,
				'',
				'',
				`limit=${k}; found=3`,
				`${k}.00`,
				'NCCI Policy Manual, chapter 1',
			]),
		),
);

if (!isPublic)
	write(
		'worklist.csv',
		'npi,id_kind,frame,frame_size,sample_size,seed,stratum,order,claim_id,line,amount,reason',
		providers
			.filter(({ i }) => i < leads)
			.flatMap(({ i, id, kind }) => [
				[id, kind, 'EM-01 office_est', 1, 0, 1, '', 0, '', '', '', 'EM-01: nothing is drawn'],
				[id, kind, 'NCC-04', 12, 2, 1, 'judgement', 1, `C${i}-11`, 1, '111.00', 'top dollars'],
				[id, kind, 'NCC-04', 12, 2, 1, 'random', 1, `C${i}-3`, 1, '103.00', 'sample'],
				[id, kind, 'NCC-04', 12, 2, 1, 'random', 2, `C${i}-7`, 1, '107.00', 'sample'],
			]),
	);

// Leads alone: of a rate, and of a mean whose marks a page for the public does not have.
write(
	'compare.csv',
	'npi,id_kind,rule,measure,value,numerator,denominator,nation_n,nation_percentile,nation_p20,nation_p80,nation_statistic,nation_verdict,state_n,state_percentile,state_p20,state_p80,state_statistic,state_verdict,peer_n,peer_percentile,peer_p80',
	providers
		.filter(({ i }) => i < leads)
		.flatMap(({ id, kind }) => [
			[
				...[id, kind, 'EM-01', 'office_est', '4.500000', 900, 200, count / 2, '99.940000'],
				...(isPublic ? ['', '', ''] : ['3.100000', '3.400000', '71.250000']),
				...['significantly higher', count / 4, '99.900000'],
				...(isPublic ? ['', '', ''] : ['3.100000', '3.400000', '70.500000']),
				...['significantly higher', count / 2 - 1, '99.000000', isPublic ? '' : '3.400000'],
			],
			[
				...[id, kind, 'NCC-04', '', '0.120000', 12, 100, 40, '55.000000'],
				...(isPublic ? ['', '', ''] : ['0.010000', '0.200000', '1.500000']),
				...['higher', 9, '', '', '', '', 'N/A', '', '', ''],
			],
		]),
);

write(
	'rules.csv',
	'rule,name,family,tier,scope,hit_unit,state,reason,in_scope,evaluated,not_evaluable,hits,providers,dollars,unique_dollars,ns_per_line',
	RULES.map(([rule, name, family, ruleState, evaluated, hits, dollars, unique]) => [
		rule,
		name,
		family,
		'P1',
		'line',
		'line',
		ruleState,
		ruleState === 'not evaluable' ? 'no line of POS 02 or 10' : '',
		evaluated,
		evaluated,
		evaluated === '' ? '' : 0,
		hits,
		evaluated === '' ? '' : Math.max(leads, 1),
		dollars === '' ? '' : `${dollars}.00`,
		unique === '' ? '' : `${unique}.00`,
		evaluated === '' ? '' : '2.500',
	]),
);

writeFileSync(
	join(dir, 'quality.json'),
	JSON.stringify({
		files: 1,
		records: 1000,
		claims: 900,
		lines: 990,
		used: 998,
		quarantined: {
			stray_quote: { count: 2, samples: [{ file: hostile ? HOSTILE[1] : 'claims.csv', offset: 77 }] },
		},
		fields: {
			claim_id: { present: 998, blank: 0, invalid: 0, repaired: 0 },
			paid_amount: { present: 900, blank: 90, invalid: 8, repaired: 3 },
		},
		amount_level: { paid_amount: 'line', claims: 10 },
		adjustments: { matched: 4, unmatched: 1, negative: 2 },
		dates: {
			professional: {
				first_service: '2024-01-02',
				last_service: '2024-12-30',
				last_paid_or_received: '2025-01-31',
			},
		},
	}),
);
writeFileSync(
	join(dir, 'manifest.json'),
	'{\n  "program": "claimscan",\n' +
		JSON.stringify(
			{
				...(isPublic ? { public: true } : {}),
				build: { version: '0.1.0' },
				inputs: [
					{
						path: hostile ? HOSTILE[0] : 'claims.csv',
						size: 123456,
						xxh3: '00112233445566778899aabbccddeeff',
					},
				],
				code_sets: [
					{
						set: 'diagnoses',
						release: 'starter 1',
						from: null,
						to: null,
						codes: 2509,
						partial: true,
						xxh3: 'da67ae5cf05ddcaa0ba29af5fbfec920',
					},
				],
				rules: {
					xxh3: '73ee33231fc1eb6af8a21691bd3f2276',
					on: ['EM-01', 'NCC-04'],
					watch: ['MOD-08'],
					off: [],
					not_evaluable: ['TIM-07'],
					not_built: [],
					dollars_of: { professional: 'paid' },
				},
				settings: { xxh3: 'be008effe0d86b9cfcdffef7e4e5839e', by: 'line' },
				counts: { in: { records: 1000 }, out: { providers: count } },
			},
			null,
			2,
		).slice(2),
);
