// SPDX-License-Identifier: Apache-2.0
//
// Drives the page in headless Chromium.
//
//   node drive.mjs PROGRAM DIR CHROMIUM
//
// Prints "ok NAME" or "not ok NAME"; what was wrong stands above.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [program, dir, executablePath] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const MANY = 100000;
const LOAD_MS = 2000;
const PAGE_BYTES = 5e6;

rmSync(dir, { recursive: true, force: true });
mkdirSync(dir, { recursive: true });

const run = (...words) => execFileSync(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });

function made(name, ...words) {
	execFileSync('node', [join(here, 'make.mjs'), join(dir, name), ...words]);
	run('report', '-q', '--report', 'html', join(dir, name));
	return join(dir, name, 'report.html');
}

const browser = await chromium.launch({
	executablePath,
	args: process.getuid() === 0 ? ['--no-sandbox'] : [],
});
let failed = 0;

async function test(name, body) {
	try {
		await body();
		console.log(`ok ${name}`);
	} catch (error) {
		failed++;
		console.log(`${error.stack}\nnot ok ${name}`);
	}
}

// A page with the requests that it made beyond itself, and what went wrong in it.
async function open(file, address = '', options = {}) {
	const context = await browser.newContext({
		viewport: { width: 1400, height: 900 },
		permissions: ['clipboard-read', 'clipboard-write'],
		acceptDownloads: true,
		...options,
	});
	const page = await context.newPage();
	const url = pathToFileURL(file).href;
	page.left = [];
	page.wrong = [];
	page.on('request', (request) => {
		if (request.url().split('#')[0] !== url && !request.url().startsWith('blob:'))
			page.left.push(request.url());
	});
	page.on('requestfailed', (request) => {
		if (request.failure().errorText === 'csp') page.left = page.left.filter((url) => url !== request.url());
	});
	page.on('pageerror', (error) => page.wrong.push(String(error)));
	page.on('console', (message) => {
		if (message.type() === 'error') page.wrong.push(message.text());
	});
	const began = performance.now();
	await page.goto(url + address);
	await page.waitForSelector('html[data-ready]');
	page.ms = performance.now() - began;
	page.done = () => context.close();
	return page;
}

const texts = (page, selector) =>
	page.$$eval(selector, (nodes) => nodes.map((node) => node.textContent.trim()));
const text = async (page, selector) => (await texts(page, selector))[0];
const goTo = async (page, address) => {
	await page.evaluate((to) => {
		location.hash = to;
	}, address);
	await page.waitForSelector(`main[data-address=${JSON.stringify(address)}]`);
};

// Cells of a CSV, as RFC 4180 has them.
function cellsOf(csv) {
	const rows = [[]];
	for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g)) {
		rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
		if (end === '\n') rows.push([]);
		if (end === '') break;
	}
	return rows.filter((row) => row.length > 1);
}

async function exported(page, button) {
	const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
	return { name: download.suggestedFilename(), rows: cellsOf(readFileSync(await download.path(), 'utf8')) };
}

/* ---- 100,000 providers. ---- */

const many = made('many', String(MANY), '60');
const page = await open(many, '#/providers');

await test(`${MANY} providers are under 5 MB`, () =>
	assert.ok(statSync(many).size < PAGE_BYTES, `${statSync(many).size} bytes`));
await test(`${MANY} providers load under 2 s`, async () => {
	const second = await open(many, '#/providers');
	assert.ok(Math.min(page.ms, second.ms) < LOAD_MS, `${page.ms} and ${second.ms} ms`);
	await second.done();
});
await test('all providers are in the list, and few of them in the document', async () => {
	assert.equal(await page.getAttribute('main table.grid', 'aria-rowcount'), String(MANY + 1));
	assert.equal(await text(page, '.count'), '100,000 providers');
	assert.ok((await page.$$('main table.grid tbody tr')).length < 120);
	assert.equal(await text(page, 'tr[data-at="0"] a'), '1000000000');
});
await test('the end of the list is reached by key', async () => {
	await page.focus('tr[data-at="0"]');
	await page.keyboard.press('End');
	assert.equal(
		await page.evaluate(() => document.activeElement.getAttribute('aria-rowindex')),
		String(MANY + 1),
	);
	assert.equal(
		await page.evaluate(() => document.activeElement.querySelector('a').textContent),
		'1000099999',
	);
	await page.keyboard.press('Home');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('j');
	await page.keyboard.press('k');
	assert.equal(
		await page.evaluate(() => document.activeElement.querySelector('a').textContent),
		'1000000001',
	);
});
await test('it sorts, both ways, in under a second', async () => {
	const began = performance.now();
	await page.click('th[data-key="paid"] button');
	assert.equal(await page.getAttribute('th[data-key="paid"]', 'aria-sort'), 'descending');
	const most = await page.$$eval('tr[data-at="0"] td, tr[data-at="1"] td', (cells) =>
		cells.map((cell) => cell.textContent),
	);
	assert.ok(performance.now() - began < 1000);
	assert.ok(most.includes('$90,999'), most.join(' '));
	await page.click('th[data-key="paid"] button');
	assert.ok((await texts(page, 'tr[data-at="0"] td')).includes('$1,000'));
	await page.click('th[data-key="rank"] button');
	assert.equal(await text(page, 'tr[data-at="0"] a'), '1000000000');
});
await test('it filters by text, rule, specialty, state, dollars and leads', async () => {
	const shows = async (words) => assert.equal(await text(page, '.count'), `${words} of 100,000 providers`);
	await page.fill('#filter-q', '100000123');
	await shows('10');
	await page.fill('#filter-q', 'dermatology');
	await shows('50,000');
	await page.fill('#filter-q', '');
	await page.selectOption('#filter-show', 'leads');
	await shows('60');
	await page.selectOption('#filter-specialty', '07');
	await shows('30');
	await page.selectOption('#filter-state', 'NJ');
	await shows('15');
	await page.click('.filters button');
	await page.waitForFunction(() => document.querySelector('.count').textContent === '100,000 providers');
	await page.selectOption('#filter-rule', 'MOD-08');
	await shows('10,000');
	await page.selectOption('#filter-show', 'watch');
	await shows('5,000');
	await page.selectOption('#filter-show', '');
	await page.selectOption('#filter-rule', '');
	await page.fill('#filter-dollars', '99000');
	await shows('1,001');
});
await test('what is chosen stands in the address and is found again', async () => {
	assert.match(page.url(), /dollars=99000/);
	const again = await open(many, '#/providers?show=leads&specialty=07&sort=paid&order=down');
	assert.equal(await text(again, '.count'), '30 of 100,000 providers');
	assert.equal(await again.inputValue('#filter-specialty'), '07');
	assert.equal(await again.getAttribute('th[data-key="paid"]', 'aria-sort'), 'descending');
	await again.done();
});
await test('what is on screen is exported, filtered and sorted', async () => {
	const file = await exported(page, page.getByRole('button', { name: 'Export CSV' }));
	assert.equal(file.name, 'providers.csv');
	assert.deepEqual(file.rows[0].slice(0, 5), ['rank', 'npi', 'id_kind', 'specialty', 'state']);
	assert.equal(file.rows.length, 1002);
	assert.deepEqual(file.rows[1].slice(0, 5), ['1', '1000000000', 'npi', '11', 'NJ']);
	assert.equal(file.rows[1][file.rows[0].indexOf('expected')], '100000');
});
await test('Enter opens a provider; n, p and u walk on and back', async () => {
	await page.click('.filters button');
	await page.waitForFunction(() => document.querySelector('.count').textContent === '100,000 providers');
	await page.focus('tr[data-at="0"]');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await page.waitForSelector('main[data-view="provider"]');
	assert.match(await text(page, 'h1'), /^1000000001/);
	await page.keyboard.press('n');
	await page.waitForFunction(() => document.querySelector('h1').textContent.startsWith('1000000002'));
	await page.keyboard.press('p');
	await page.waitForFunction(() => document.querySelector('h1').textContent.startsWith('1000000001'));
	await page.keyboard.press('u');
	await page.waitForSelector('main[data-view="providers"]');
});

/* ---- A provider. ---- */

await test('a provider has its reasons, measures, peers, codes and evidence', async () => {
	await goTo(page, '#/provider/npi/1000000000');
	assert.deepEqual(await texts(page, 'main h2'), [
		'Why',
		'Against its peers',
		'Compared with its specialty',
		'E/M levels',
		'By month of service',
		'Codes of most dollars',
		'Modifiers and places of service',
		'Evidence',
		'Claims to pull',
		'Also known',
	]);
	assert.match(
		await text(page, '.reasons li'),
		/EM-01 E\/M level index \(upcoding\)Office, established patientaverage level 4.50 against 3.25 of 49999 peers/,
	);
	assert.deepEqual((await texts(page, '.measures tbody tr:first-child td')).slice(1), [
		'4.50',
		'3.25',
		'3.45',
		'7.03',
		'< 0.000001',
		'1 of 200',
		'$9,074',
	]);
	assert.match(
		await page.getAttribute('.measures svg', 'aria-label'),
		/4.50; 49,999 peers: median 3.25, 90th percentile 3.45/,
	);
	const bins = await page.$$eval(
		'.measures svg:first-of-type',
		(charts) => charts[0].querySelectorAll('.bin').length,
	);
	assert.ok(bins > 10, `${bins} bins of the peers`);
	assert.equal(
		await page.$$eval('.measures svg', (charts) => charts[0].querySelectorAll('.who.flagged').length),
		1,
	);
});
await test('E/M levels stand beside the peers without the provider', async () => {
	const label = await page.getAttribute('.figures svg', 'aria-label');
	// 50,000 of specialty 11, 30 of them leads: 29 peers of 40 and 60, 49,970 of 80 and 20.
	assert.match(label, /level 3 40 %, peers 80 %; level 4 60 %, peers 20 %/);
});
await test('it is compared with its specialty in nation and state', async () => {
	const section = page.locator('#compare');
	const cells = (at) => section.locator('tbody').nth(at).locator('tr').first().locator('th, td');
	assert.deepEqual(await cells(0).allTextContents(), [
		'EM-01 E/M level index (upcoding)Office, established patient',
		'4.50 900 of 200',
		'99.9',
		'3.10 – 3.40',
		'significantly higher',
		'99.9',
		'3.10 – 3.40',
		'significantly higher',
		'99.0',
	]);
	await section.locator('summary').focus();
	await page.keyboard.press('Enter');
	assert.deepEqual(await cells(1).allTextContents(), [
		'NCC-04 MUE exceeded on one line',
		'12.0 % 12 of 100',
		'55.0',
		'1.0 % – 20.0 %',
		'higher',
		'–',
		'–',
		'N/A',
		'–',
	]);
	const file = await exported(page, section.getByRole('button', { name: 'Export CSV' }));
	assert.deepEqual(
		[file.name, file.rows.length, file.rows[0][6], file.rows[1][6]],
		['compare-1000000000.csv', 3, 'nation_percentile', '99.94'],
	);
	assert.equal(await section.locator('.left-out').count(), 0);
});
await test('codes tell the share of the provider and of its peers', async () => {
	const section = page.locator('section[aria-label="Codes of most dollars"]');
	// 124 lines of a peer on average, 40 of them of this code.
	assert.deepEqual(await section.locator('tbody tr').first().locator('th, td').allTextContents(), [
		'99213',
		'40',
		'40.0 %',
		'32.3 %',
		'1.24 ×',
		'$800',
	]);
});
await test('claims of the evidence are copied, one and all', async () => {
	const section = page.locator('#evidence');
	assert.equal(await section.locator('tbody tr').count(), 10);
	assert.match(
		await section.locator('h3').textContent(),
		/NCC-04 MUE exceeded on one line 10 rows, 10 of 12/,
	);
	await section.getByRole('button', { name: 'Copy claim C0-11' }).click();
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'C0-11');
	await section.getByRole('button', { name: 'Copy all 10 claim ids' }).click();
	assert.equal(
		await page.evaluate(() => navigator.clipboard.readText()),
		'C0-11\nC0-10\nC0-9\nC0-8\nC0-7\nC0-6\nC0-5\nC0-4\nC0-3\nC0-2',
	);
	const file = await exported(page, section.getByRole('button', { name: 'Export CSV' }));
	assert.deepEqual([file.name, file.rows.length, file.rows[1][3]], ['evidence-1000000000.csv', 11, 'C0-11']);
});
await test('the worklist says what may be extrapolated', async () => {
	const lists = await texts(page, '#worklist h3');
	assert.equal(lists.length, 3);
	assert.equal(
		await text(page, '#worklist section[aria-label="EM-01 office_est"] p'),
		'EM-01: nothing is drawn',
	);
	assert.match(lists.join('|'), /top dollars.*holds of no others/);
	assert.match(lists.join('|'), /random sample 2 units of 12, drawn by hash under seed 1/);
	assert.deepEqual(await texts(page, '#worklist section:last-child li code'), ['C0-3', 'C0-7']);
});
await test('one that is not in full says where the rest is', async () => {
	await goTo(page, '#/provider/npi/1000099999');
	assert.match(await text(page, 'section[aria-label="The rest is in the tables"]'), /provider_rules.csv/);
	await goTo(page, '#/provider/npi/9999');
	assert.equal(await text(page, 'h1'), 'No such provider');
});

/* ---- The other views. ---- */

await test('the summary has leads, dollars, months and quality', async () => {
	await goTo(page, '#/summary');
	assert.equal(await text(page, 'h1'), '60 providers to look at first');
	const paid = Array.from({ length: MANY }, (_, i) => 1000 + ((i * 7919) % 90000)).reduce(
		(sum, one) => sum + one,
		0,
	);
	assert.deepEqual(await texts(page, '.tile strong'), [
		'60',
		'$5,000,050,000',
		'$544,440',
		`$${paid.toLocaleString('en-US')}`,
		'720',
	]);
	assert.equal(await page.$$eval('#leads tbody tr', (rows) => rows.length), 15);
	assert.match(
		await page.getAttribute('section[aria-label="Dollars at risk by family"] svg', 'aria-label'),
		/E\/M levels \$90.7K; NCCI edits \$4K/,
	);
});
await test('rules tell hits, dollars, cost, overlap and why not', async () => {
	await goTo(page, '#/rules');
	assert.deepEqual(await texts(page, '.grid tbody tr:first-child td'), [
		'E/M level index (upcoding)',
		'on',
		'1',
		'1,000',
		'0.100 %',
		'0',
		'60',
		'$90,740',
		'$0',
		'2.50 ns',
		'',
	]);
	assert.equal(
		await page.getAttribute('table.matrix td[title^="EM-01 and NCC-04"]', 'title'),
		"EM-01 and NCC-04: 60 providers, 100.0 % of EM-01's",
	);
	await page.getByRole('link', { name: 'not evaluable (1)' }).click();
	await page.waitForSelector('main[data-address="#/rules?state=not%20evaluable"]');
	assert.match(await text(page, 'tbody tr'), /TIM-07.*no line of POS 02 or 10/);
});
await test('quality and the audit trail tell reasons, places and hashes', async () => {
	await goTo(page, '#/quality');
	assert.match(await text(page, 'section[aria-label="Quarantined"] tbody tr'), /stray quote2claims.csv:77/);
	await goTo(page, '#/audit');
	const trail = await text(page, 'main');
	for (const word of [
		'00112233445566778899aabbccddeeff',
		'da67ae5cf05ddcaa0ba29af5fbfec920',
		'73ee33231fc1eb6af8a21691bd3f2276',
		'starter 1',
		'123,456',
	])
		assert.ok(trail.includes(word), word);
});

/* ---- Keys, names, colours, paper. ---- */

await test('keys reach everything: skip link, search, views, theme, help', async () => {
	const fresh = await open(many);
	await fresh.keyboard.press('Tab');
	assert.equal(await fresh.evaluate(() => document.activeElement.textContent), 'Skip to content');
	const reached = [];
	for (let i = 0; i < 9; i++) {
		await fresh.keyboard.press('Tab');
		reached.push(await fresh.evaluate(() => document.activeElement.textContent));
	}
	assert.deepEqual(reached.slice(0, 8), [
		'claimscan',
		'Summary',
		'Providers',
		'Rules',
		'Data quality',
		'Audit trail',
		'Dark',
		'Keys',
	]);
	assert.ok(
		await fresh.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none'),
		'a ring around what has the focus',
	);
	await fresh.keyboard.press('/');
	await fresh.waitForFunction(() => document.activeElement.id === 'filter-q');
	await fresh.keyboard.press('Escape');
	await fresh.keyboard.press('3');
	await fresh.waitForSelector('main[data-view="rules"]');
	await fresh.keyboard.press('t');
	assert.equal(await fresh.evaluate(() => document.documentElement.dataset.theme), 'dark');
	await fresh.keyboard.press('?');
	assert.ok(await fresh.$('dialog[open]'));
	await fresh.keyboard.press('Escape');
	assert.equal(await fresh.$('dialog[open]'), null);
	await fresh.done();
});

// What a screen reader needs: names, headings in steps, tables with captions and headers.
const lacks = () => {
	const found = [];
	const name = (node) => node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent;
	for (const node of document.querySelectorAll('a, button, input, select, summary'))
		if (!name(node)?.trim()) found.push(`no name: ${node.outerHTML.slice(0, 80)}`);
	const steps = [...document.querySelectorAll('h1, h2, h3')].map((node) => Number(node.tagName[1]));
	if (steps.filter((step) => step === 1).length !== 1) found.push('not one h1');
	steps.forEach((step, i) => {
		if (i > 0 && step > steps[i - 1] + 1) found.push(`h${step} after h${steps[i - 1]}`);
	});
	for (const table of document.querySelectorAll('table')) {
		if (!table.caption?.textContent) found.push('a table without caption');
		if (table.querySelector('thead th:not([scope])')) found.push('a header without scope');
	}
	for (const chart of document.querySelectorAll('svg'))
		if (!chart.getAttribute('aria-label') && !chart.closest('[aria-hidden]'))
			found.push('a chart without words');
	const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
	if (new Set(ids).size !== ids.length) found.push('an id twice');
	return found;
};

// Of all text in sight, what stands out too little (WCAG 1.4.3: 4.5 to 1).
const faint = () => {
	const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
	const light = (rgb) =>
		rgb
			.slice(0, 3)
			.map((c) => c / 255)
			.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
			.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (node) => {
		for (let at = node; at; at = at.parentElement) {
			const colour = parse(getComputedStyle(at).backgroundColor);
			if (colour.length === 3 || colour[3] === 1) return colour;
		}
		return [255, 255, 255];
	};
	const found = new Set();
	for (const node of document.querySelectorAll('main *, header *')) {
		if (
			![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) ||
			node.closest('.offscreen, .off, noscript, option, title')
		)
			continue;
		const style = getComputedStyle(node);
		const [a, b] = [light(parse(node.closest('svg') ? style.fill : style.color)), light(behind(node))].sort(
			(x, y) => y - x,
		);
		if ((a + 0.05) / (b + 0.05) < 4.5)
			found.add(
				`${node.tagName} ${node.getAttribute('class') ?? ''} ${((a + 0.05) / (b + 0.05)).toFixed(2)}`,
			);
	}
	return [...found];
};

for (const scheme of ['light', 'dark'])
	await test(`every view is named, ordered and legible, ${scheme}`, async () => {
		const themed = await open(many, '', { colorScheme: scheme });
		for (const address of [
			'#/summary',
			'#/providers',
			'#/provider/npi/1000000000',
			'#/rules',
			'#/rules/EM-01',
			'#/quality',
			'#/audit',
		]) {
			await goTo(themed, address);
			assert.deepEqual(await themed.evaluate(lacks), [], address);
			assert.deepEqual(await themed.evaluate(faint), [], address);
			await themed.screenshot({ path: join(dir, `${address.slice(2).replaceAll('/', '-')}-${scheme}.png`) });
		}
		assert.deepEqual(themed.wrong, []);
		await themed.done();
	});

await test('it prints without what only works on a screen', async () => {
	await goTo(page, '#/provider/npi/1000000000');
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
	assert.equal(await page.isVisible('#head nav'), false);
	assert.equal(await page.isVisible('.tools button'), false);
	assert.equal(
		await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
		'rgb(255, 255, 255)',
	);
	const paper = await page.pdf({ format: 'A4' });
	assert.ok(paper.length > 20000);
	await page.emulateMedia({ media: null, colorScheme: null });
});

/* ---- Nothing leaves, nothing comes in. ---- */

await test('no request leaves, and none could', async () => {
	const refused = await page.evaluate(async () => {
		const asked = [];
		document.addEventListener('securitypolicyviolation', (event) => asked.push(event.effectiveDirective));
		await fetch('https://example.org/x').catch(() => null);
		const image = new Image();
		image.src = 'https://example.org/x.png';
		document.body.append(image);
		const script = document.createElement('script');
		script.textContent = 'window.owned = 9';
		document.body.append(script);
		await new Promise((resolve) => setTimeout(resolve, 200));
		image.remove();
		script.remove();
		return { asked, owned: window.owned };
	});
	assert.deepEqual(refused.asked.map((directive) => directive.replace(/-elem$/, '')).sort(), [
		'connect-src',
		'img-src',
		'script-src',
	]);
	assert.equal(refused.owned, undefined);
	assert.deepEqual(page.left, []);
	const html = readFileSync(many, 'utf8');
	assert.match(html, /content="default-src 'none'; script-src 'sha256-/);
	assert.doesNotMatch(html, /(src|href)="?https?:|@import|unsafe-/);
});
await page.done();

await test('hostile ids, paths and claims are text and nothing else', async () => {
	const bad = await open(made('hostile', '40', '10', 'hostile'));
	for (const address of ['#/summary', '#/providers', '#/rules/NCC-04', '#/quality', '#/audit']) {
		await goTo(bad, address);
		assert.equal(await bad.$('main img, main svg[onload], main script'), null, address);
	}
	await goTo(bad, '#/providers');
	const ids = await texts(bad, 'tbody th a');
	assert.ok(ids.includes('</script><script>window.owned=1</script>'));
	assert.ok(ids.includes('=HYPERLINK("http://example.org","x")'), 'the guard of the CSV is off again');
	for (const [i, id] of ids.slice(0, 10).entries()) {
		await goTo(bad, '#/providers');
		await bad.click(`tr[data-at="${i}"] a`);
		await bad.waitForSelector('main[data-view="provider"]');
		assert.ok((await text(bad, 'h1')).startsWith(id), id);
		assert.equal(await bad.$('main img, main script'), null);
	}
	assert.equal(await bad.evaluate(() => window.owned), undefined);
	await goTo(bad, '#/providers');
	const { rows } = await exported(bad, bad.getByRole('button', { name: 'Export CSV' }));
	const exportedIds = rows.slice(1).map((row) => row[1]);
	for (const id of ['\'=HYPERLINK("http://example.org","x")', "'@SUM(1)", "'-1+2"])
		assert.ok(exportedIds.includes(id), id);
	assert.deepEqual([bad.left, bad.wrong], [[], []]);
	await bad.done();
});

/* ---- Other runs. ---- */

await test('with no leads it says so and shows the watch list', async () => {
	const dull = await open(made('dull', '40', '0'));
	assert.equal(await text(dull, 'h1'), 'No provider stands out');
	assert.equal(await dull.$('#leads'), null);
	assert.deepEqual(await texts(dull, '#watch tbody th'), ['1000000000', '1000000020']);
	await dull.done();
});
const shared = made('public', '60', '30', 'public');
await test('a run for the public says that cells are suppressed', async () => {
	const file = await open(shared);
	assert.match(await text(file, '.banner'), /suppressed/);
	await goTo(file, '#/providers');
	assert.equal(await text(file, 'tr[data-at="1"] td:nth-child(10)'), '–');
	await file.done();
});
await test('where its reasons are left out it says so', async () => {
	const file = await open(shared);
	await goTo(file, '#/provider/npi/1000000059');
	const why = await text(file, 'section[aria-label="Why"] .empty');
	assert.match(why, /reasons with a count of 1 to 10, and others that would reveal one, are left out/);
	await file.done();
});
await test('its charts say what is left out', async () => {
	const file = await open(shared);
	const said = async () =>
		file.$$eval('section.panel', (panels) =>
			panels
				.filter((panel) => panel.querySelector('.left-out'))
				.map((panel) => panel.getAttribute('aria-label')),
		);
	assert.deepEqual(await said(), ['Dollars at risk by family', 'By month of service']);
	await goTo(file, '#/rules');
	assert.deepEqual(await said(), ['Providers in common']);
	await goTo(file, '#/provider/npi/1000000000');
	assert.deepEqual(await said(), [
		'Against its peers',
		'Compared with its specialty',
		'E/M levels',
		'By month of service',
		'Codes of most dollars',
		'Modifiers and places of service',
	]);
	assert.match(await text(file, '#evidence'), /A page for the public has no findings and no claim ids/);
	assert.equal(await file.$('#worklist'), null);
	assert.deepEqual((await texts(file, '#compare tbody tr:first-child td')).slice(1, 4), [
		'99.9',
		'–',
		'significantly higher',
	]);
	// 30 of specialty 11, 15 of them leads: of the codes told everybody has 40 and 60 lines.
	assert.match(
		await file.getAttribute('.figures svg', 'aria-label'),
		/Office, established patient \(100\): level 3 40 %, peers 40 %; level 4 60 %, peers 60 %/,
	);
	assert.deepEqual(await file.evaluate(lacks), []);
	assert.deepEqual(await file.evaluate(faint), []);
	await file.screenshot({ path: join(dir, 'provider-public.png'), fullPage: true });
	assert.deepEqual([file.left, file.wrong], [[], []]);
	await file.done();
});
await test('the switch and a dark system give the same colours', async () => {
	const colours = (page) =>
		page.evaluate(() => {
			const style = getComputedStyle(document.documentElement);
			return ['--paper', '--ink', '--hot', '--heat', 'color-scheme'].map((name) =>
				style.getPropertyValue(name),
			);
		});
	const system = await open(shared, '', { colorScheme: 'dark' });
	const chosen = await open(shared, '', { colorScheme: 'light' });
	const light = await colours(chosen);
	await chosen.keyboard.press('t');
	assert.deepEqual(await colours(chosen), await colours(system));
	assert.notDeepEqual(await colours(chosen), light);
	await system.keyboard.press('t');
	assert.deepEqual(await colours(system), light);
	await system.done();
	await chosen.done();
});
await test('a page that was cut says so', async () => {
	const cut = join(dir, 'cut.html');
	writeFileSync(
		cut,
		readFileSync(join(dir, 'dull', 'report.html'), 'utf8').replace(/(id="data-list">.{200})[^<]*/, '$1'),
	);
	const context = await browser.newContext();
	const broken = await context.newPage();
	await broken.goto(pathToFileURL(cut).href);
	await broken.waitForSelector('h1');
	assert.equal(await text(broken, 'h1'), 'This page cannot be shown');
	await context.close();
});
await test('the page of a scan has what its tables say, and is made again byte by byte', async () => {
	run(
		'gen',
		'--lines',
		'30000',
		'--providers',
		'400',
		'--schemes',
		'all',
		'--columns',
		'full',
		'--seed',
		'1',
		'-o',
		join(dir, 'claims'),
	);
	run(
		'scan',
		'-q',
		'--force',
		'--members',
		join(dir, 'claims', 'members.csv'),
		'--providers',
		join(dir, 'claims', 'providers.csv'),
		'-o',
		join(dir, 'scan'),
		join(dir, 'claims', 'claims.csv'),
	);
	const file = join(dir, 'scan', 'report.html');
	const before = readFileSync(file);
	run('report', '-q', '--report', 'html', join(dir, 'scan'));
	assert.ok(before.equals(readFileSync(file)), 'the same bytes');
	const [header, ...rows] = cellsOf(readFileSync(join(dir, 'scan', 'providers.csv'), 'utf8'));
	const at = (row, name) => row[header.indexOf(name)];
	const leads = rows.filter((row) => at(row, 'lead') === '1').sort((a, b) => at(a, 'rank') - at(b, 'rank'));
	assert.ok(leads.length > 0);
	const real = await open(file, '#/providers?show=leads');
	assert.deepEqual(
		await texts(real, 'tbody th a'),
		leads.map((row) => at(row, 'npi')),
	);
	for (const lead of leads.slice(0, 3)) {
		await goTo(real, `#/provider/${at(lead, 'id_kind')}/${at(lead, 'npi')}`);
		assert.deepEqual(
			await texts(real, '.reasons p'),
			at(lead, 'top_reasons')
				.split(' | ')
				.map((reason) => reason.slice(reason.indexOf(': ') + 2)),
		);
		assert.equal(await text(real, '.tile strong'), at(lead, 'rank'));
	}
	assert.deepEqual([real.left, real.wrong], [[], []]);
	await real.done();
});

await browser.close();
process.exit(failed > 0 ? 1 : 0);
