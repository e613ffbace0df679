import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { modules, type WordTree } from './modules.ts';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');

function keysOf(tree: WordTree, prefix = ''): string[] {
	return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`)));
}

function at(tree: WordTree, key: string): string | WordTree | undefined {
	return key.split('.').reduce<string | WordTree | undefined>((node, part) => (typeof node === 'object' ? node[part] : undefined), tree);
}

const namespaces = Object.keys(modules);
const sources = readdirSync(web, { recursive: true, encoding: 'utf8' })
	.filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(dist|node_modules)\//.test(path) && !/\.test\.|words/.test(path))
	.map((path) => ({ path, text: readFileSync(join(web, path), 'utf8') }));

test('every folder with words is found', () => {
	expect(namespaces).toEqual(expect.arrayContaining(['common', 'console', 'entry', 'field', 'map', 'media', 'wall']));
});

describe.each(namespaces)('%s', (namespace) => {
	const { zh = {}, en = {} } = modules[namespace] ?? {};
	// English has plurals, Chinese has one form.
	const plain = (tree: WordTree) => [...new Set(keysOf(tree).map((key) => key.replace(/_(one|other)$/, '')))].sort();

	test('both languages have the same keys', () => {
		expect(plain(en)).toEqual(plain(zh));
	});

	test('no word is empty in one language only, and both fill in the same values', () => {
		for (const key of keysOf(zh)) {
			const values = (text: unknown) => [...String(text).matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name).sort();
			const english = at(en, key) ?? at(en, `${key}_other`);
			expect([key, String(english).trim() === '']).toEqual([key, String(at(zh, key)).trim() === '']);
			expect([key, values(english)]).toEqual([key, values(at(zh, key))]);
		}
	});
});

test('every key the screens use has words', () => {
	const missing: string[] = [];
	for (const { path, text } of sources) {
		const own = [...text.matchAll(/useTranslation\(\s*\[?\s*'(\w+)'/g)].map(([, name]) => name ?? '');
		for (const [, key = ''] of text.matchAll(/\bt\(\s*'([^'$]+)'/g)) {
			const [namespace, rest] = key.includes(':') ? (key.split(':') as [string, string]) : [null, key];
			const candidates = namespace === null ? (own.length > 0 ? own : namespaces) : [namespace];
			const found = candidates.some((name) => {
				const tree = modules[name]?.zh ?? {};
				return typeof (at(tree, rest) ?? at(tree, `${rest}_other`)) === 'string';
			});
			if (!found) missing.push(`${path}: ${key}`);
		}
		for (const [, prefix = ''] of text.matchAll(/\bt\(\s*`([^`$]+)\.\$\{/g)) {
			const [namespace, rest] = prefix.includes(':') ? (prefix.split(':') as [string, string]) : [null, prefix];
			const candidates = namespace === null ? (own.length > 0 ? own : namespaces) : [namespace];
			if (!candidates.some((name) => typeof at(modules[name]?.zh ?? {}, rest) === 'object')) missing.push(`${path}: ${prefix}.*`);
		}
	}
	expect(missing).toEqual([]);
});
