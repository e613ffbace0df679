import { EventEmitter } from 'node:events';
import type { Stream } from '@beilun/shared/protocol/media.ts';
import { createLog } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RtcEngine } from '../rtc/engine.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { CameraSource } from '../streams/directory.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import type { Speaker } from './floor.ts';
import { Talk } from './talk.ts';

/** What talk needs of a stream. */
class FakeStream {
	readonly id: string;
	readonly kind: 'camera' | 'field';
	state: 'live' | 'ended' = 'live';
	talker: string | null = null;
	constructor(id: string, kind: 'camera' | 'field' = 'field') {
		this.id = id;
		this.kind = kind;
	}
	get stream() {
		return { id: this.id, kind: this.kind, status: { state: this.state }, talker: this.talker } as unknown as Stream;
	}
	setTalker(displayName: string | null) {
		this.talker = displayName;
	}
}

class Person implements Speaker {
	readonly name: string;
	readonly told: unknown[] = [];
	constructor(name: string) {
		this.name = name;
	}
	get displayName() {
		return this.name.toUpperCase();
	}
	notify(_notice: 'talkEnded', body: object) {
		this.told.push(body);
	}
}

/** A microphone. */
class FakeProducer {
	readonly id = 'producer-1';
	readonly observer = new EventEmitter();
	closed = false;
	packets = 0;
	async getStats() {
		return [{ packetCount: this.packets }];
	}
	close() {
		if (this.closed) return;
		this.closed = true;
		this.observer.emit('close');
	}
}

const opus = { codecs: [{ mimeType: 'audio/opus' }] } as unknown as types.RtpParameters;
const streams = new Map<string, FakeStream>();
let told: [unitId: string, by: string | null][];
let resolve: (host: string) => Promise<string>;
let talk: Talk;
const [anna, bo] = [new Person('anna'), new Person('bo')];

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
	streams.clear();
	told = [];
	anna.told.length = 0;
	resolve = () => new Promise(() => undefined);
	const source: CameraSource = {
		address: { host: 'camera', port: 554, uri: 'rtsp://camera/', username: '', password: '', secure: false },
		certificate: null,
		speaker: true,
	};
	talk = new Talk({
		engine: {} as RtcEngine,
		log: createLog('silent'),
		streams: { get: (id) => streams.get(id) as unknown as LiveStream | undefined, cameraSource: () => source },
		resolve: (host) => resolve(host),
		hasUnit: () => true,
		tellUnit: (unitId, by) => told.push([unitId, by]),
	});
});
afterEach(() => {
	talk.close();
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

function add(id: string, kind: 'camera' | 'field' = 'field') {
	const stream = new FakeStream(id, kind);
	streams.set(id, stream);
	return { stream, live: stream as unknown as LiveStream };
}

async function speak(live: LiveStream, speaker: Person): Promise<FakeProducer> {
	await talk.take(live, speaker);
	const producer = new FakeProducer();
	await talk.send(live.id, speaker, opus, async () => producer as unknown as types.Producer);
	return producer;
}

test('who says nothing for two minutes loses the floor, who speaks does not', async () => {
	const { stream, live } = add('unit-1');
	const producer = await speak(live, anna);
	expect(told).toEqual([['unit-1', 'ANNA']]);
	for (let second = 0; second < 300; second += 5) {
		producer.packets += 250;
		await vi.advanceTimersByTimeAsync(5_000);
	}
	expect(stream.talker).toBe('ANNA');
	await vi.advanceTimersByTimeAsync(110_000);
	expect(anna.told).toEqual([]);
	await vi.advanceTimersByTimeAsync(20_000);
	expect(anna.told).toEqual([{ streamId: 'unit-1', reason: 'limit', detail: expect.stringContaining('120 s') }]);
	expect({ talker: stream.talker, closed: producer.closed, heard: talk.heardBy('unit-1') }).toEqual({ talker: null, closed: true, heard: null });
	expect(told.at(-1)).toEqual(['unit-1', null]);
	expect(await talk.take(live, bo)).toBe('opus');
});

test('a unit may be away for a moment, not for long', async () => {
	const { stream, live } = add('unit-1');
	const producer = await speak(live, anna);
	stream.state = 'ended';
	await vi.advanceTimersByTimeAsync(10_000);
	stream.talker = null;
	stream.state = 'live';
	producer.packets += 1;
	await vi.advanceTimersByTimeAsync(10_000);
	expect(stream.talker).toBe('ANNA');
	expect(talk.speakerTo('unit-1')).toBe('ANNA');
	stream.state = 'ended';
	await vi.advanceTimersByTimeAsync(25_000);
	expect(anna.told).toEqual([{ streamId: 'unit-1', reason: 'not-live', detail: expect.any(String) }]);
});

test('a stream that is removed takes the floor along', async () => {
	const { live } = add('unit-1');
	await speak(live, anna);
	streams.delete('unit-1');
	await vi.advanceTimersByTimeAsync(5_000);
	expect(anna.told).toEqual([{ streamId: 'unit-1', reason: 'not-live', detail: expect.any(String) }]);
});

test('sound that ends by itself ends the talk; sound that takes its place does not', async () => {
	const { live } = add('unit-1');
	await speak(live, anna);
	const second = await speak(live, anna);
	expect(anna.told).toEqual([]);
	second.close();
	expect(anna.told).toEqual([{ streamId: 'unit-1', reason: 'failed', detail: expect.any(String) }]);
});

test('while a camera is being called it is taken, and a caller who hangs up frees it', async () => {
	const { live, stream } = add('cam-1', 'camera');
	const calls: ((error: Error) => void)[] = [];
	resolve = () => new Promise((_, reject) => calls.push(reject));
	const called = talk.take(live, anna);
	await expect(talk.take(live, bo)).rejects.toMatchObject({ reason: 'busy', message: expect.stringContaining('ANNA') });
	await expect(talk.take(live, anna)).rejects.toMatchObject({ reason: 'busy' });
	await expect(talk.send('cam-1', anna, opus, () => Promise.reject(new Error('not asked for')))).rejects.toMatchObject({ reason: 'forbidden' });
	talk.leave(anna);
	const next = talk.take(live, bo);
	await expect(talk.take(live, anna)).rejects.toMatchObject({ reason: 'busy', message: expect.stringContaining('BO') });
	calls[0]?.(new SourceError('unreachable', 'no way to this host'));
	await expect(called).rejects.toMatchObject({ reason: 'failed', message: 'no way to this host' });
	await expect(talk.take(live, anna)).rejects.toMatchObject({ reason: 'busy', message: expect.stringContaining('BO') });
	calls[1]?.(new SourceError('unreachable', 'no way to this host'));
	await expect(next).rejects.toMatchObject({ reason: 'failed' });
	expect(stream.talker).toBeNull();
});

test('one speaker speaks to four streams at once, not to more', async () => {
	for (let i = 0; i < 4; i += 1) await talk.take(add(`unit-${i}`).live, anna);
	await expect(talk.take(add('unit-4').live, anna)).rejects.toMatchObject({ reason: 'limit' });
	talk.end('unit-0', anna);
	expect(await talk.take(add('unit-4').live, anna)).toBe('opus');
});
