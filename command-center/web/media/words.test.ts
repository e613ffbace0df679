import { streamFailures } from '@beilun/shared/protocol/media.ts';
import { expect, test } from 'vitest';
import { words as field } from '../field/words.ts';
import type { WordTree } from '../i18n/modules.ts';
import { words as map } from '../map/words.ts';
import { words as wall } from '../wall/words.ts';
import { words as common } from '../words.ts';
import { words as media } from './words.ts';

function leaves(tree: WordTree, path = ''): [string, string][] {
	return Object.entries(tree).flatMap(([key, value]) =>
		typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`),
	);
}
const variables = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

test.each([
	['map', map],
	['media', media],
	['field', field],
	['wall', wall],
])('every word of %s is there in both languages, with the same variables', (_name, { zh, en }) => {
	const english = new Map(leaves(en));
	const chinese = leaves(zh);
	expect(chinese.map(([key]) => key).sort()).toEqual([...english.keys()].sort());
	for (const [key, text] of chinese) expect([key, variables(text)]).toEqual([key, variables(english.get(key) ?? '')]);
});

test('no English is left in the Chinese words, but for names and units', () => {
	const names = /Natural Earth|WebGL|HTTPS|https|Esc|\bm\b/g;
	for (const { zh } of [map, media, field, wall]) {
		for (const [key, text] of leaves(zh))
			expect([key, text.replace(/\{\{\w+\}\}/g, '').replace(names, '')]).toEqual([key, expect.not.stringMatching(/[A-Za-z]{2,}/)]);
	}
});

test('each failure of a stream has its words', () => {
	for (const failure of streamFailures) for (const { streamFailure } of [common.zh, common.en]) expect(streamFailure[failure]).toBeTruthy();
});
