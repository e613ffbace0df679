import type { Changes, Heartbeat, Subscribe, Topic, Topics } from '@beilun/shared/protocol/realtime.ts';

/** What is held of one topic. `seq` is the last change seen of `epoch`. */
export interface Held<T extends Topic = Topic> {
	epoch: string | null;
	seq: number;
	entities: Readonly<Record<string, Topics[T]>>;
}
export type HeldTopics = { [T in Topic]: Held<T> };

export type Outcome<T extends Topic = Topic> = { result: 'applied'; held: Held<T> } | { result: 'old' } | { result: 'gap' };

/**
 * Takes one message of changes. A message that begins after what is held is a gap (the caller subscribes again and loses
 * nothing); one that overlaps is taken for what is new in it, since entities travel whole.
 */
export function applyChanges<T extends Topic>(held: Held<T>, changes: Changes<T>): Outcome<T> {
	const fresh = changes.reset || (changes.epoch !== held.epoch && changes.from === 0);
	if (!fresh) {
		if (changes.epoch !== held.epoch || changes.from > held.seq) return { result: 'gap' };
		if (changes.to <= held.seq) return { result: 'old' };
	}
	const entities: Record<string, Topics[T]> = fresh ? {} : { ...held.entities };
	const after = fresh ? -1 : held.seq;
	for (const { id, seq, entity } of changes.upserts) if (seq > after) entities[id] = entity;
	for (const { id, seq } of changes.removes) if (seq > after) delete entities[id];
	return { result: 'applied', held: { epoch: changes.epoch, seq: changes.to, entities } };
}

/** What to ask for: the last numbers seen, as far as they belong to one epoch; 0 brings everything. */
export function subscribeRequest(held: HeldTopics, wanted: readonly Topic[]): Subscribe {
	const epoch = wanted.map((topic) => held[topic].epoch).find((each) => each !== null) ?? null;
	return {
		protocol: 1,
		epoch,
		topics: Object.fromEntries(wanted.map((topic) => [topic, held[topic].epoch === epoch ? held[topic].seq : 0])),
	};
}

/** Topics of which the server has more than is held here, or whose numbers began anew. */
export function behind(held: HeldTopics, heartbeat: Heartbeat): Topic[] {
	return (Object.entries(heartbeat.heads) as [Topic, number][])
		.filter(([topic, head]) => held[topic].epoch !== heartbeat.epoch || head > held[topic].seq)
		.map(([topic]) => topic);
}

/**
 * The server's clock minus ours, from the times heartbeats carry. The way here only ever makes it smaller, so the largest of
 * the last ones is the nearest.
 */
export function clockOffset(samples: readonly number[]): number {
	return samples.length === 0 ? 0 : Math.max(...samples);
}
