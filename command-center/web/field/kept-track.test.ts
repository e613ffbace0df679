import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptTrack } from './kept-track.ts';

class FakeTrack extends EventTarget {
	muted = false;
	readyState = 'live';
	readonly name: string;
	constructor(name: string) {
		super();
		this.name = name;
	}
	stop(): void {
		this.readyState = 'ended';
	}
	/** The system takes it. */
	end(): void {
		this.readyState = 'ended';
		this.dispatchEvent(new Event('ended'));
	}
	setMuted(muted: boolean): void {
		this.muted = muted;
		this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
	}
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
	const opened: FakeTrack[] = [];
	const states: string[] = [];
	const phone = { busy: false, visible: true, seen: [] as (() => void)[] };
	const kept: KeptTrack = new KeptTrack({
		open: async () => {
			if (phone.busy) throw new DOMException('in a call', 'NotReadableError');
			const track = new FakeTrack(`track ${opened.length + 1}`);
			opened.push(track);
			return track as unknown as MediaStreamTrack;
		},
		changed: () => states.push(kept.state),
		page: {
			visible: () => phone.visible,
			onVisible: (listener) => {
				phone.seen.push(listener);
				return () => phone.seen.splice(phone.seen.indexOf(listener), 1);
			},
		},
	});
	const current = () => kept.track as unknown as FakeTrack | null;
	const see = () => {
		phone.visible = true;
		for (const listener of phone.seen) listener();
	};
	return { kept, opened, states, phone, current, see };
}

test('a device that ends is taken again, as often as it takes', async () => {
	const { kept, phone, current } = setUp();
	await kept.start();
	phone.busy = true;
	current()?.end();
	expect([kept.state, kept.track]).toEqual(['taken', null]);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(kept.state).toBe('taken');
	phone.busy = false;
	await vi.advanceTimersByTimeAsync(8_000);
	expect([kept.state, current()?.name]).toEqual(['on', 'track 2']);
});

test('while the page is hidden nothing is tried, and when it is seen the device is taken at once', async () => {
	const { kept, opened, phone, current, see } = setUp();
	await kept.start();
	phone.visible = false;
	current()?.end();
	await vi.advanceTimersByTimeAsync(600_000);
	expect(opened).toHaveLength(1);
	see();
	await vi.advanceTimersByTimeAsync(0);
	expect([kept.state, current()?.name]).toEqual(['on', 'track 2']);
});

test('a short silence of the device is no loss, a long one is said and ends by itself', async () => {
	const { kept, states, phone, current } = setUp();
	await kept.start();
	current()?.setMuted(true);
	await vi.advanceTimersByTimeAsync(1_900);
	current()?.setMuted(false);
	await vi.advanceTimersByTimeAsync(10_000);
	expect(states).toEqual(['on']);
	phone.busy = true;
	current()?.setMuted(true);
	await vi.advanceTimersByTimeAsync(2_100);
	expect([kept.state, current()?.name]).toEqual(['taken', 'track 1']);
	current()?.setMuted(false);
	expect([kept.state, current()?.name]).toEqual(['on', 'track 1']);
});

test('a track that stays silent is exchanged for a new one, and the old one is let go', async () => {
	const { kept, opened, current } = setUp();
	await kept.start();
	current()?.setMuted(true);
	await vi.advanceTimersByTimeAsync(4_000);
	expect([kept.state, current()?.name, opened[0]?.readyState]).toEqual(['on', 'track 2', 'ended']);
});

test('what is stopped stays stopped', async () => {
	const { kept, opened, phone, current, see } = setUp();
	await kept.start();
	phone.busy = true;
	current()?.end();
	kept.stop();
	phone.busy = false;
	see();
	await vi.advanceTimersByTimeAsync(60_000);
	expect([kept.state, kept.track, opened.length, phone.seen.length]).toEqual(['off', null, 1, 0]);
});

test('another lens that does not open is said to whoever asked, and the device comes back', async () => {
	const { kept, phone, current } = setUp();
	await kept.start();
	phone.busy = true;
	await expect(kept.again()).rejects.toThrow('in a call');
	expect(kept.state).toBe('taken');
	phone.busy = false;
	await kept.again();
	expect([kept.state, current()?.name]).toEqual(['on', 'track 2']);
});
