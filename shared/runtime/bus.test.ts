import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Bus, LocalBus, maxDeliveries } from './bus.ts';
import { createLog } from './log.ts';
import { RedisBus } from './redis-bus.ts';

const log = createLog('silent');
const open: Bus[] = [];
afterEach(async () => {
	await Promise.all(open.splice(0).map((bus) => bus.close()));
});

const back: [string, () => Promise<Bus>][] = [['in process', async () => new LocalBus(log)]];
const redisUrl = process.env.TEST_REDIS_URL;
if (redisUrl !== undefined) {
	back.push([
		'Redis Streams',
		async () => {
			const client = createClient({ url: redisUrl });
			await client.connect();
			await client.flushDb();
			await client.close();
			return RedisBus.connect(redisUrl, log);
		},
	]);
}

describe.each(back)('a bus %s', (_name, make) => {
	const start = async () => {
		const bus = await make();
		open.push(bus);
		return bus;
	};
	const remove = (bus: Bus, id: string) => bus.publish('unit.removed', { unitId: id });

	test('gives every group every event, in order', async () => {
		const bus = await start();
		const seen = { a: [] as string[], b: [] as string[] };
		await bus.subscribe('unit.removed', 'a', ({ unitId }) => void seen.a.push(unitId));
		await bus.subscribe('unit.removed', 'b', async ({ unitId }) => {
			await new Promise((done) => setImmediate(done));
			seen.b.push(unitId);
		});
		const ids = Array.from({ length: 300 }, (_, index) => `unit-${index}`);
		for (const id of ids) await remove(bus, id);
		await vi.waitFor(() => expect([seen.a.length, seen.b.length]).toEqual([300, 300]), 10_000);
		expect(seen).toEqual({ a: ids, b: ids });
	});

	test('a slow handler does not hold up the publisher', async () => {
		const bus = await start();
		let release: () => void = () => undefined;
		const held = new Promise<void>((done) => {
			release = done;
		});
		let handled = 0;
		await bus.subscribe('unit.removed', 'slow', async () => {
			await held;
			handled += 1;
		});
		await remove(bus, 'unit-1');
		await remove(bus, 'unit-2');
		expect(handled).toBe(0);
		release();
		await vi.waitFor(() => expect(handled).toBe(2), 5_000);
	});

	test('an event whose handler throws comes again before the next one', async () => {
		const bus = await start();
		const seen: string[] = [];
		await bus.subscribe('unit.removed', 'shaky', ({ unitId }) => {
			seen.push(unitId);
			if (seen.length < 3) throw new Error('not yet');
		});
		await remove(bus, 'unit-1');
		await remove(bus, 'unit-2');
		await vi.waitFor(() => expect(seen).toEqual(['unit-1', 'unit-1', 'unit-1', 'unit-2']), 5_000);
	});

	test('an event that always throws is given up and the next ones go on', async () => {
		const bus = await start();
		const name = `unit-${randomUUID()}`;
		const seen: string[] = [];
		await bus.subscribe('unit.removed', 'poison', ({ unitId }) => {
			seen.push(unitId);
			if (unitId === name) throw new Error('never');
		});
		await remove(bus, name);
		await remove(bus, 'unit-after');
		await vi.waitFor(() => expect(seen.at(-1)).toBe('unit-after'), 10_000);
		expect(seen.filter((id) => id === name)).toHaveLength(maxDeliveries);
	});

	test('a closed subscription hears nothing more', async () => {
		const bus = await start();
		const seen: string[] = [];
		const subscription = await bus.subscribe('unit.removed', 'short', ({ unitId }) => void seen.push(unitId));
		const other: string[] = [];
		await bus.subscribe('unit.removed', 'long', ({ unitId }) => void other.push(unitId));
		await remove(bus, 'unit-1');
		await vi.waitFor(() => expect(seen).toEqual(['unit-1']), 5_000);
		await subscription.close();
		await remove(bus, 'unit-2');
		await vi.waitFor(() => expect(other).toEqual(['unit-1', 'unit-2']), 5_000);
		expect(seen).toEqual(['unit-1']);
	});
});
