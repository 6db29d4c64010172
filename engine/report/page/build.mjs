// SPDX-License-Identifier: Apache-2.0
//
// Bundles the page into one HTML file, with places where the engine puts data.
//
//   node build.mjs OUT
//
// Script and style may run by their hashes alone, so that nothing that came in
// with the data ever can.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
	console.error('usage: node build.mjs OUT');
	process.exit(64);
}

// The dark colours stand once, under the switch; a dark system has them unless the switch says light.
function themed(style) {
	const dark = /:root\[data-theme='dark'\] (\{[^}]*\})/.exec(style);
	if (!dark) throw new Error('style.css has no dark colours');
	const system = `@media (prefers-color-scheme: dark) { :root:not([data-theme='light']) ${dark[1]} }`;
	return style.replace(dark[0], () => `${system}\n${dark[0]}`);
}

async function bundle(entry, loader, changed = (text) => text) {
	const contents = changed(readFileSync(join(here, 'src', entry), 'utf8'));
	const result = await build({
		stdin: { contents, loader, resolveDir: join(here, 'src'), sourcefile: entry },
		bundle: true,
		minify: true,
		write: false,
		format: 'iife',
		target: ['chrome110', 'firefox115', 'safari16.4'],
		legalComments: 'none',
		charset: 'utf8',
	});
	return result.outputFiles[0].text.trim();
}

const hash = (text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

const script = await bundle('main.js', 'js');
const style = await bundle('style.css', 'css', themed);
for (const text of [script, style])
	if (/<\/(script|style)|<!--/i.test(text)) throw new Error('the bundle would end its own element');

const policy = [
	"default-src 'none'",
	`script-src ${hash(script)}`,
	`style-src ${hash(style)}`,
	"base-uri 'none'",
	"form-action 'none'",
].join('; ');

const page = readFileSync(join(here, 'src', 'page.html'), 'utf8')
	.replace('@@policy@@', () => policy)
	.replace('@@style@@', () => style)
	.replace('@@script@@', () => script);
writeFileSync(out, page);
