import type { FrameTimes } from './clock.ts';
import type { Frame } from './picture.ts';
import { onTick, tickNow } from './tick.ts';

interface Act {
	media: MediaStream;
	video: HTMLVideoElement;
	leave: () => void;
}

export interface StageOptions {
	/** How long a frame had travelled, milliseconds. */
	delay: (times: FrameTimes) => number;
	/** This media has shown its first frame, and what was there before is gone. */
	shown: (media: MediaStream) => void;
}

/**
 * The place where a stream's live picture is seen. Other media of the same stream waits in a video element on top, which shows
 * through until its first frame, and only then takes the place of the one before: no flash, no black.
 */
export class Stage {
	readonly #options: StageOptions;
	#place: HTMLElement | null = null;
	#front: Act | null = null;
	#next: Act | null = null;
	#muted = true;
	#frame: Frame | null = null;

	constructor(options: StageOptions) {
		this.#options = options;
	}

	/** What is seen; null while that is nothing. */
	get video(): HTMLVideoElement | null {
		return this.#front?.video ?? null;
	}

	/** Of the live picture that is seen; it stays, and grows old, when no other one comes. */
	get frame(): Frame | null {
		return this.#frame;
	}

	setPlace(place: HTMLElement | null): void {
		this.#place = place;
	}

	setMuted(muted: boolean): void {
		this.#muted = muted;
		if (this.#front !== null) this.#front.video.muted = muted;
	}

	show(media: MediaStream | null): void {
		if (media !== null && (this.#next ?? this.#front)?.media === media) return;
		this.#next?.leave();
		this.#next = null;
		if (media === null) {
			this.#front?.leave();
			this.#front = null;
			this.#frame = null;
		} else if (this.#front?.media !== media) {
			this.#next = this.#act(media);
			// Sound without a picture is heard as well.
			if (media.getVideoTracks().length === 0) this.#begin(this.#next);
		}
	}

	#act(media: MediaStream): Act {
		const video = document.createElement('video');
		video.className = 'absolute inset-0 size-full object-contain';
		video.muted = true;
		video.autoplay = true;
		video.playsInline = true;
		video.disablePictureInPicture = true;
		video.srcObject = media;
		const play = () => void video.play().catch(() => undefined);
		// A tile that moves in the page is paused by the browser, which nobody asked for.
		video.addEventListener('pause', play);
		this.#place?.append(video);
		play();
		const act: Act = { media, video, leave: () => undefined };
		const stop = followFrames(video, (times) => {
			if (act === this.#next) this.#begin(act);
			if (act !== this.#front) return;
			const first = this.#frame === null;
			this.#frame = { presentedAt: times.presentedAt, delay: this.#options.delay(times) };
			if (first) tickNow();
		});
		act.leave = () => {
			stop();
			video.removeEventListener('pause', play);
			video.srcObject = null;
			video.remove();
		};
		return act;
	}

	#begin(act: Act): void {
		this.#front?.leave();
		this.#front = act;
		this.#next = null;
		this.#frame = null;
		act.video.muted = this.#muted;
		this.#options.shown(act.media);
	}
}

/** Reports each frame that comes onto the screen. Returns what ends it. */
function followFrames(video: HTMLVideoElement, report: (times: FrameTimes) => void): () => void {
	if (!('requestVideoFrameCallback' in video)) return followCount(video, report);
	let handle = 0;
	const shown: VideoFrameRequestCallback = (now, { presentationTime, receiveTime, captureTime, rtpTimestamp }) => {
		report({ presentedAt: Math.min(now, presentationTime), receiveTime, captureTime, rtpTimestamp });
		handle = video.requestVideoFrameCallback(shown);
	};
	handle = video.requestVideoFrameCallback(shown);
	return () => video.cancelVideoFrameCallback(handle);
}

/** For browsers without frame callbacks: the count of decoded frames, looked at four times a second. */
function followCount(video: HTMLVideoElement, report: (times: FrameTimes) => void): () => void {
	let last = 0;
	return onTick(() => {
		const count = video.getVideoPlaybackQuality().totalVideoFrames;
		if (count !== last) report({ presentedAt: performance.now() });
		last = count;
	});
}
