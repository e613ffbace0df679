import type { Quality, StreamClock, TileSize } from '@beilun/shared/protocol/media.ts';
import type { Consumer } from 'mediasoup-client/types';
import type { WatchPhase } from './picture.ts';
import type { Still } from './preview.ts';
import { largest } from './tile-size.ts';

export interface Watched {
	phase: WatchPhase;
	/** Null unless playing. A new object whenever its tracks change; what was shown before goes on until the new one is `shown`. */
	media: MediaStream | null;
	/** Which of the camera's streams comes; null while none does. */
	quality: Quality | null;
	/** What stands in for the live picture until it comes. */
	still: Still | null;
}

/** One that shows a stream. */
export interface WatchListener {
	changed: () => void;
	/** Called while the last picture can still be copied. */
	releasing: () => void;
	/** How old the live picture is that it shows, milliseconds; null where it shows none. */
	age: () => number | null;
}

const nudgePause = 8_000;
const longestNudgePause = 60_000;

/** One stream that is wanted: who wants it, what comes of it, and what they are told. */
export class Watch {
	readonly streamId: string;
	readonly listeners = new Map<WatchListener, TileSize | null>();
	watched: Watched = { phase: { phase: 'signalling' }, media: null, quality: null, still: null };
	clocks: StreamClock[] = [];
	/** The server knows that it is wanted, in this size. */
	asked: { size: TileSize | null } | null = null;
	/** `performance.now()`; null while none was asked for. */
	previewAskedAt: number | null = null;
	attempt = 0;
	timer: ReturnType<typeof setTimeout> | undefined;
	/** Rises when what is under way is no longer wanted. */
	turn = 0;
	#consumers = new Map<string, Consumer>();
	/** The consumers have shown a frame. */
	#shown = false;
	/** Replaced, but still on the screen. */
	#leaving: Consumer[] = [];
	/** `performance.now()` before which a frozen picture is not asked for again, and how long the next time is. */
	#nudgeAfter = 0;
	#nudgePause = nudgePause;

	constructor(streamId: string) {
		this.streamId = streamId;
	}

	get phase(): WatchPhase {
		return this.watched.phase;
	}

	get playing(): boolean {
		return this.#consumers.size > 0;
	}

	get shown(): boolean {
		return this.#shown;
	}

	/** Of the largest tile. */
	get size(): TileSize | null {
		return largest(this.listeners.values());
	}

	/** Of the oldest picture that is shown, milliseconds; null while there is none. */
	get age(): number | null {
		const ages = [...this.listeners.keys()].map((listener) => listener.age()).filter((age) => age !== null);
		return ages.length === 0 ? null : Math.max(...ages);
	}

	consumer(id: string): Consumer | undefined {
		return this.#consumers.get(id);
	}

	/** What has been on the screen stays there until the new picture has shown its first frame. */
	replace(made: Consumer[], quality: Quality): void {
		const consumers = new Map(made.map((consumer) => [consumer.id, consumer]));
		const gone = [...this.#consumers.values()].filter((old) => !consumers.has(old.id));
		const fresh = made.some((consumer) => !this.#consumers.has(consumer.id));
		if (this.#shown) this.#leaving.push(...gone);
		else for (const old of gone) old.close();
		this.#consumers = consumers;
		this.watched = { ...this.watched, quality };
		if (fresh || gone.length > 0) {
			this.#shown = false;
			this.watched = { ...this.watched, media: new MediaStream(made.map((consumer) => consumer.track)) };
			// A camera's next key frame may be seconds away; asking sooner would only begin the wait again.
			this.#nudgeAfter = performance.now() + this.#nudgePause;
		}
		this.show({ phase: 'playing' });
	}

	/** This media has its first frame on the screen: what it replaced can go. */
	settle(media: MediaStream): void {
		if (this.watched.media !== media) return;
		this.#shown = true;
		for (const consumer of this.#leaving.splice(0)) consumer.close();
		this.watched = { ...this.watched, still: null };
	}

	/** Nothing comes any more. */
	release(): void {
		if (!this.playing) return;
		for (const listener of this.listeners.keys()) listener.releasing();
		for (const consumer of [...this.#consumers.values(), ...this.#leaving.splice(0)]) consumer.close();
		this.#consumers.clear();
		this.#shown = false;
		this.watched = { ...this.watched, media: null, quality: null };
	}

	show(phase: WatchPhase): void {
		this.watched = { ...this.watched, phase };
		this.#tell();
	}

	showStill(still: Still): void {
		if (this.#shown) return;
		this.watched = { ...this.watched, still };
		this.#tell();
	}

	/** Whether a picture that stands may be asked for anew; each time the next one is farther away. */
	mayNudge(now: number): boolean {
		if (this.phase.phase !== 'playing' || now < this.#nudgeAfter) return false;
		this.#nudgeAfter = now + this.#nudgePause;
		this.#nudgePause = Math.min(longestNudgePause, this.#nudgePause * 2);
		return true;
	}

	/** The picture moves: the next time it stands it is asked for soon. */
	moving(now: number): void {
		if (this.#nudgePause === nudgePause) return;
		this.#nudgePause = nudgePause;
		this.#nudgeAfter = now + nudgePause;
	}

	#tell(): void {
		for (const listener of this.listeners.keys()) listener.changed();
	}
}
