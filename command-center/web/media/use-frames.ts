import { type RefObject, useEffect, useRef } from 'react';
import { type Frame, frameDelay } from './picture.ts';
import { onTick, tickNow } from './use-watch.ts';

/** The frame and the media it came from: after a gap the old picture stands until the new media has shown one. */
export type ShownFrame = Frame & { of: MediaStream };

/**
 * Follows what a video element really puts on the screen. The frame stays when the media does: the age of the last picture
 * goes on rising through a gap until another one is shown.
 */
export function useFrames(video: RefObject<HTMLVideoElement | null>, media: MediaStream | null): RefObject<ShownFrame | null> {
	const frame = useRef<ShownFrame | null>(null);
	useEffect(() => {
		const element = video.current;
		if (element === null) return;
		if (element.srcObject !== media) element.srcObject = media;
		if (media === null) return;
		const play = () => void element.play().catch(() => undefined);
		play();
		// A tile that moves in the page is paused by the browser, which nobody asked for.
		element.addEventListener('pause', play);
		const shown = (next: Frame) => {
			const first = frame.current?.of !== media;
			frame.current = { ...next, of: media };
			if (first) tickNow();
		};
		const stop = 'requestVideoFrameCallback' in element ? followCallbacks(element, shown) : followCount(element, shown);
		return () => {
			stop();
			element.removeEventListener('pause', play);
		};
	}, [video, media]);
	return frame;
}

function followCallbacks(element: HTMLVideoElement, report: (frame: Frame) => void): () => void {
	let handle = 0;
	const shown: VideoFrameRequestCallback = (now, { presentationTime, captureTime }) => {
		report({ presentedAt: Math.min(now, presentationTime), delay: frameDelay(presentationTime, captureTime) });
		handle = element.requestVideoFrameCallback(shown);
	};
	handle = element.requestVideoFrameCallback(shown);
	return () => element.cancelVideoFrameCallback(handle);
}

/** For browsers without frame callbacks: the count of decoded frames, looked at four times a second. */
function followCount(element: HTMLVideoElement, report: (frame: Frame) => void): () => void {
	let last = element.getVideoPlaybackQuality().totalVideoFrames;
	return onTick(() => {
		const count = element.getVideoPlaybackQuality().totalVideoFrames;
		if (count !== last) report({ presentedAt: performance.now(), delay: 0 });
		last = count;
	});
}
