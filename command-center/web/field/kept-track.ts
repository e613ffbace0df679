/** `taken`: another app has the device (a call), or the system took it from a hidden page. */
export type TrackState = 'off' | 'on' | 'taken';

/** A short silence of a device is no loss; and the pauses between tries to get it back, in milliseconds. */
const mutedFor = 2_000;
const firstPause = 1_000;
const longestPause = 8_000;

/** Whether the page is seen: a hidden one gets no device. */
export interface Page {
	visible(): boolean;
	onVisible(listener: () => void): () => void;
}

/** A camera or a microphone that is taken again whenever it is lost, until it is stopped. */
export class KeptTrack {
	readonly #open: () => Promise<MediaStreamTrack>;
	readonly #changed: () => void;
	readonly #page: Page;
	#track: MediaStreamTrack | null = null;
	#state: TrackState = 'off';
	#turn = 0;
	#attempt = 0;
	#opening = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#unlisten: (() => void) | undefined;

	constructor(options: { open: () => Promise<MediaStreamTrack>; changed: () => void; page: Page }) {
		this.#open = options.open;
		this.#changed = options.changed;
		this.#page = options.page;
	}

	/** Null while there is none that could be sent. */
	get track(): MediaStreamTrack | null {
		return this.#track;
	}

	get state(): TrackState {
		return this.#state;
	}

	/** Takes the device; throws as opening it does, and is off then. */
	async start(): Promise<void> {
		const turn = ++this.#turn;
		const track = await this.#open();
		if (turn !== this.#turn) {
			track.stop();
			return;
		}
		this.#unlisten ??= this.#page.onVisible(() => this.#seen());
		this.#hold(track);
	}

	/** Lets go and takes the device as `open` now chooses it; what was lost meanwhile is tried again like any loss. */
	async again(): Promise<void> {
		if (this.#state === 'off') return;
		// Phones open one lens at a time.
		this.#track?.stop();
		await this.#retake();
	}

	stop(): void {
		this.#turn += 1;
		clearTimeout(this.#timer);
		this.#unlisten?.();
		this.#unlisten = undefined;
		this.#track?.stop();
		this.#track = null;
		this.#state = 'off';
		this.#attempt = 0;
	}

	#hold(track: MediaStreamTrack): void {
		clearTimeout(this.#timer);
		const old = this.#track;
		this.#track = track;
		this.#state = 'on';
		this.#attempt = 0;
		if (old !== track) old?.stop();
		const mine = () => this.#track === track && this.#state !== 'off';
		track.addEventListener('ended', () => {
			if (!mine()) return;
			this.#track = null;
			this.#lose(0);
		});
		track.addEventListener('mute', () => {
			if (!mine()) return;
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => mine() && track.muted && this.#lose(firstPause), mutedFor);
		});
		track.addEventListener('unmute', () => {
			if (!mine()) return;
			clearTimeout(this.#timer);
			this.#attempt = 0;
			if (this.#state === 'on') return;
			this.#state = 'on';
			this.#changed();
		});
		this.#changed();
	}

	#lose(pause: number): void {
		this.#state = 'taken';
		this.#changed();
		this.#later(pause);
	}

	#later(pause: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#retake().catch(() => undefined), pause);
	}

	#seen(): void {
		if (this.#state !== 'taken' && this.#track?.muted !== true) return;
		this.#attempt = 0;
		// A track that only slept wakes by itself within a moment.
		this.#later(this.#state === 'taken' ? 0 : mutedFor);
	}

	/** One try; on failure the next follows, and the error is thrown for whoever asked for this one. */
	async #retake(): Promise<void> {
		if (this.#opening || this.#state === 'off' || !this.#page.visible()) return;
		this.#opening = true;
		const turn = this.#turn;
		try {
			const track = await this.#open();
			if (turn === this.#turn) this.#hold(track);
			else track.stop();
		} catch (error) {
			if (turn === this.#turn) {
				if (this.#track?.readyState === 'ended') this.#track = null;
				this.#attempt += 1;
				this.#lose(Math.min(longestPause, firstPause * 2 ** (this.#attempt - 1)));
			}
			throw error;
		} finally {
			this.#opening = false;
		}
	}
}
