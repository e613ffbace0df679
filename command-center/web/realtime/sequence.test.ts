import type { Changes, DeadLetterCounts, Topic } from '@beilun/shared/protocol/realtime.ts';
import { topics } from '@beilun/shared/protocol/realtime.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChanges, behind, clockOffset, type Held, type HeldTopics, subscribeRequest } from './sequence.ts';

type Counts = Held<'deadLetters'>;
const entity = (total: number): DeadLetterCounts => ({ total, lastAt: null, lastReason: null });
const nothing: Counts = { epoch: null, seq: 0, entities: {} };
const changes = (part: Partial<Changes<'deadLetters'>>): Changes<'deadLetters'> => ({
	topic: 'deadLetters',
	epoch: 'e1',
	reset: false,
	from: 0,
	to: 0,
	upserts: [],
	removes: [],
	...part,
});
const held = (seq: number, entities: Record<string, DeadLetterCounts>, epoch = 'e1'): Counts => ({ epoch, seq, entities });
const heldTopics = (part: Partial<HeldTopics>): HeldTopics =>
	({ ...Object.fromEntries(topics.map((topic) => [topic, { epoch: null, seq: 0, entities: {} }])), ...part }) as HeldTopics;

describe('taking changes', () => {
	test('a reset replaces everything, whatever was held', () => {
		const outcome = applyChanges(
			held(9, { a: entity(1) }),
			changes({ reset: true, epoch: 'e2', to: 4, upserts: [{ id: 'b', seq: 2, entity: entity(2) }] }),
		);
		expect(outcome).toEqual({ result: 'applied', held: held(4, { b: entity(2) }, 'e2') });
	});

	test('what follows is applied in order and leaves the rest as the same objects', () => {
		const kept = entity(1);
		const outcome = applyChanges(
			held(3, { a: kept, b: entity(2) }),
			changes({ from: 3, to: 5, upserts: [{ id: 'c', seq: 4, entity: entity(3) }], removes: [{ id: 'b', seq: 5 }] }),
		);
		expect(outcome).toEqual({ result: 'applied', held: held(5, { a: kept, c: entity(3) }) });
		expect(outcome.result === 'applied' && outcome.held.entities.a).toBe(kept);
	});

	test('a message that begins after what is held is a gap', () => {
		expect(applyChanges(held(3, {}), changes({ from: 4, to: 5 }))).toEqual({ result: 'gap' });
	});

	test('a message of another epoch that is no reset is a gap', () => {
		expect(applyChanges(held(3, {}), changes({ epoch: 'e2', from: 3, to: 5 }))).toEqual({ result: 'gap' });
	});

	test('a message seen before changes nothing', () => {
		expect(applyChanges(held(5, {}), changes({ from: 3, to: 5 }))).toEqual({ result: 'old' });
	});

	test('an overlapping message is taken for what is new in it', () => {
		const outcome = applyChanges(
			held(5, { a: entity(5) }),
			changes({
				from: 3,
				to: 6,
				upserts: [
					{ id: 'a', seq: 4, entity: entity(4) },
					{ id: 'b', seq: 6, entity: entity(6) },
				],
			}),
		);
		expect(outcome).toEqual({ result: 'applied', held: held(6, { a: entity(5), b: entity(6) }) });
	});

	test('however messages are lost and repeated, subscribing again after a gap ends at what the server holds', () => {
		const action = fc.record({ id: fc.constantFrom('a', 'b', 'c'), remove: fc.boolean(), lost: fc.boolean(), again: fc.boolean() });
		fc.assert(
			fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
				const server = new Map<string, { seq: number; entity: DeadLetterCounts | null }>();
				let seq = 0;
				let client: Counts = nothing;
				const since = (from: number): Changes<'deadLetters'> => {
					const newer = [...server].filter(([, entry]) => entry.seq > from).sort(([, a], [, b]) => a.seq - b.seq);
					return changes({
						from,
						to: seq,
						upserts: newer.flatMap(([id, entry]) => (entry.entity === null ? [] : [{ id, seq: entry.seq, entity: entry.entity }])),
						removes: newer.flatMap(([id, entry]) => (entry.entity === null ? [{ id, seq: entry.seq }] : [])),
					});
				};
				const receive = (message: Changes<'deadLetters'>) => {
					const outcome = applyChanges(client, message);
					if (outcome.result === 'applied') client = outcome.held;
					if (outcome.result === 'gap') receive(client.epoch === null ? { ...since(0), reset: true } : since(client.seq));
				};
				for (const { id, remove, lost, again } of actions) {
					seq += 1;
					server.set(id, { seq, entity: remove ? null : entity(seq) });
					const message = since(seq - 1);
					if (!lost) receive(message);
					if (again) receive(message);
				}
				receive(since(client.epoch === null ? 0 : client.seq));
				const expected = Object.fromEntries([...server].flatMap(([id, entry]) => (entry.entity === null ? [] : [[id, entry.entity]])));
				expect(client.entities).toEqual(expected);
			}),
		);
	});
});

describe('subscribing', () => {
	test('names the last numbers seen, and 0 for a topic that is not held', () => {
		const request = subscribeRequest(heldTopics({ deadLetters: held(7, {}) }), ['deadLetters', 'walls']);
		expect(request).toEqual({ protocol: 1, epoch: 'e1', topics: { deadLetters: 7, walls: 0 } });
	});

	test('asks for the whole of a topic whose number belongs to another epoch', () => {
		const walls: Held<'walls'> = { epoch: 'e0', seq: 5, entities: {} };
		expect(subscribeRequest(heldTopics({ deadLetters: held(7, {}), walls }), ['deadLetters', 'walls']).topics).toEqual({ deadLetters: 7, walls: 0 });
	});

	test('a heartbeat names what is behind', () => {
		const state = heldTopics({ deadLetters: held(7, {}), walls: { epoch: 'e1', seq: 2, entities: {} } });
		const beat = (heads: Partial<Record<Topic, number>>, epoch = 'e1') => behind(state, { time: '', epoch, heads });
		expect(beat({ deadLetters: 7, walls: 2 })).toEqual([]);
		expect(beat({ deadLetters: 8, walls: 2 })).toEqual(['deadLetters']);
		expect(beat({ deadLetters: 7, walls: 2 }, 'e2')).toEqual(['deadLetters', 'walls']);
	});

	test('the heartbeat that came the fastest tells the clock', () => {
		expect(clockOffset([])).toBe(0);
		expect(clockOffset([4_900, 4_990, 4_700])).toBe(4_990);
	});
});
