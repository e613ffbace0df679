import type { Changes } from '@beilun/shared/protocol/realtime.ts';
import type { Wall } from '@beilun/shared/protocol/walls.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveCollection } from './collection.ts';

function wall(id: string, n: number): Wall {
	return { id, name: { zh: String(n), en: '' }, columns: 1, rows: 1, distance: 1, screenHeight: 1, popUp: 'red', panels: [], demo: false };
}

function collection(tombstones = 10_000) {
	return new LiveCollection<'walls'>({ topic: 'walls', epoch: 'e', tombstones });
}

function apply(held: Map<string, unknown>, changes: Changes<'walls'>): void {
	if (changes.reset) held.clear();
	for (const { id, entity } of changes.upserts) held.set(id, entity);
	for (const { id } of changes.removes) held.delete(id);
}

const everybody = () => true;

test('whoever follows, at whatever pace and in pieces of whatever size, ends with what there is for them', () => {
	const agency = fc.constantFrom('water' as const, 'fire' as const);
	const step = fc.oneof(
		fc.record({ do: fc.constant('put' as const), id: fc.nat(8), agency }),
		fc.record({ do: fc.constant('remove' as const), id: fc.nat(8) }),
		fc.record({ do: fc.constant('follow' as const), who: fc.nat(2), limit: fc.integer({ min: 1, max: 4 }) }),
	);
	const views = [everybody, (_: string, owner: unknown) => owner === 'water', (_: string, owner: unknown) => owner === 'fire'];
	fc.assert(
		fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
			const live = collection(3);
			const truth = new Map<string, { wall: Wall; agency: 'water' | 'fire' }>();
			const followers = views.map(() => ({ last: null as number | null, held: new Map<string, unknown>() }));
			const follow = (who: number, limit: number) => {
				const follower = followers[who] as (typeof followers)[number];
				const changes = live.changesSince(follower.last, views[who] ?? everybody, limit);
				if (!changes.reset) expect(changes.from).toBe(follower.last);
				apply(follower.held, changes);
				follower.last = changes.to;
			};
			steps.forEach((each, n) => {
				const id = `w${'id' in each ? each.id : ''}`;
				if (each.do === 'put') {
					truth.set(id, { wall: wall(id, n), agency: each.agency });
					live.upsert(id, wall(id, n), each.agency);
				} else if (each.do === 'remove') {
					truth.delete(id);
					live.remove(id);
				} else follow(each.who, each.limit);
			});
			followers.forEach((follower, who) => {
				for (let round = 0; follower.last !== live.head; round++) {
					expect(round).toBeLessThan(200);
					follow(who, 2);
				}
				const mine = [...truth].filter(([id, { agency: owner }]) => views[who]?.(id, owner));
				expect(follower.held).toEqual(new Map(mine.map(([id, each]) => [id, each.wall])));
			});
			expect(live.size).toBe(truth.size);
		}),
	);
});

test('whoever is further back than the oldest tombstone begins anew', () => {
	const live = collection(2);
	for (const id of ['a', 'b', 'c']) live.upsert(id, wall(id, 0), null);
	for (const id of ['a', 'b']) live.remove(id);
	expect(live.changesSince(3, everybody, 10)).toMatchObject({ reset: false, removes: [{ id: 'a' }, { id: 'b' }] });
	live.remove('c');
	expect(live.canContinueFrom(3)).toBe(false);
	expect(live.canContinueFrom(4)).toBe(true);
	expect(live.changesSince(3, everybody, 10)).toMatchObject({ reset: true, upserts: [], to: 6 });
	expect(live.changesSince(99, everybody, 10).reset).toBe(true);
});

test('who never could see an entity is not told that it is gone', () => {
	const live = collection();
	live.upsert('a', wall('a', 0), 'fire');
	live.remove('a');
	expect(live.changesSince(0, (_, owner) => owner === 'water', 10)).toMatchObject({ removes: [], to: 2 });
});
