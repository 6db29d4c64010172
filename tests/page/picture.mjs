// SPDX-License-Identifier: Apache-2.0
//
// A picture of the page: the lead whose first reason is its E/M levels, else
// the first lead.
//
//   node picture.mjs PAGE CHROMIUM PNG
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [file, executablePath, png] = process.argv.slice(2);
const browser = await chromium.launch({
	executablePath,
	args: process.getuid() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 1180 }, colorScheme: 'light' });

await page.goto(`${pathToFileURL(file).href}#/providers?show=leads`);
await page.waitForSelector('html[data-ready]');
const address = await page.$$eval('main tbody tr', (rows) => {
	const lead = rows.find((row) => /EM-0\d/.test(row.textContent)) ?? rows[0];
	return lead.querySelector('a').getAttribute('href');
});
await page.evaluate((to) => {
	location.hash = to;
}, address);
await page.waitForSelector('main[data-view="provider"]');
await page.screenshot({ path: png });
await browser.close();
