import { type Facing, hasTorch, openCamera, openMicrophone, setTorch } from './capture.ts';
import { KeptTrack, type Page, type TrackState } from './kept-track.ts';
import { onSeen } from './network.ts';

export interface Held {
	video: MediaStreamTrack | null;
	audio: MediaStreamTrack | null;
	camera: TrackState;
	microphone: TrackState;
	muted: boolean;
	/** Null where the lens in use has no light. */
	torch: boolean | null;
}

const page: Page = { visible: () => document.visibilityState === 'visible', onVisible: onSeen };

/** This phone's camera and microphone, with the lens, the light and the silence that were chosen kept through every loss. */
export class Devices {
	readonly #changed: () => void;
	readonly #camera: KeptTrack;
	readonly #microphone: KeptTrack;
	#facing: Facing = 'environment';
	#muted = false;
	#lit = false;

	constructor(changed: () => void) {
		this.#changed = changed;
		this.#camera = new KeptTrack({
			page,
			changed,
			open: async () => {
				const track = await openCamera(this.#facing);
				if (this.#lit && hasTorch(track)) await setTorch(track, true).catch(() => undefined);
				return track;
			},
		});
		this.#microphone = new KeptTrack({
			page,
			changed,
			open: async () => {
				const track = await openMicrophone();
				track.enabled = !this.#muted;
				return track;
			},
		});
	}

	get held(): Held {
		const video = this.#camera.track;
		return {
			video,
			audio: this.#microphone.track,
			camera: this.#camera.state,
			microphone: this.#microphone.state,
			muted: this.#muted,
			torch: video !== null && hasTorch(video) ? this.#lit : null,
		};
	}

	/** Throws `CaptureError` when there is no camera to be had. A refused microphone is no error: a picture without sound is better than none. */
	async start(): Promise<void> {
		this.#muted = false;
		this.#lit = false;
		await this.#camera.start();
		await this.#microphone.start().catch(() => undefined);
	}

	stop(): void {
		this.#camera.stop();
		this.#microphone.stop();
	}

	setMuted(muted: boolean): void {
		this.#muted = muted;
		if (this.#microphone.track !== null) this.#microphone.track.enabled = !muted;
		this.#changed();
	}

	async setTorch(on: boolean): Promise<void> {
		const { track } = this.#camera;
		if (track === null) return;
		await setTorch(track, on);
		this.#lit = on;
		this.#changed();
	}

	/** To the other lens, or back to the one there was when the other does not open. */
	async turnCamera(): Promise<void> {
		const before = this.#facing;
		this.#facing = before === 'environment' ? 'user' : 'environment';
		try {
			await this.#camera.again();
		} catch {
			this.#facing = before;
			await this.#camera.again();
		}
	}
}
