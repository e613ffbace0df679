import type { Preview } from '@beilun/shared/protocol/media.ts';

/** A picture that does not move, and when it was true. */
export interface Still {
	image: HTMLCanvasElement;
	/** By `performance.now()`, milliseconds. */
	capturedAt: number;
}

/** A picture to remember by needs no more than this many pixels across, and twelve of them are light. */
const widest = 960;

/** Copies a picture into a canvas, smaller where it is large. False where there is nothing to copy. */
export function copyPicture(picture: CanvasImageSource, width: number, height: number, canvas: HTMLCanvasElement): boolean {
	if (width === 0 || height === 0) return false;
	const scale = Math.min(1, widest / width);
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const context = canvas.getContext('2d');
	context?.drawImage(picture, 0, 0, canvas.width, canvas.height);
	return context !== null;
}

/**
 * Decodes a preview and hands over its first picture as soon as it is there, then its last, each with its capture time on the gateway's
 * clock. Does nothing where the browser has no WebCodecs (a page without HTTPS) or cannot decode it.
 */
export async function decodePreview(preview: Preview, onPicture: (image: HTMLCanvasElement, captureTime: number) => void): Promise<void> {
	if (!('VideoDecoder' in window) || preview.frames.length === 0) return;
	const give = (frame: VideoFrame) => {
		const image = document.createElement('canvas');
		if (copyPicture(frame, frame.displayWidth, frame.displayHeight, image)) onPicture(image, frame.timestamp / 1000);
	};
	let last: VideoFrame | null = null;
	let given = 0;
	const decoder = new VideoDecoder({
		output: (frame) => {
			if (given === 0) give(frame);
			given += 1;
			last?.close();
			last = frame;
		},
		// `flush` rejects with it.
		error: () => undefined,
	});
	try {
		decoder.configure({ codec: preview.codec, optimizeForLatency: true });
		for (const { data, key, captureTime } of preview.frames) {
			// Microseconds. They come out again with the picture, and say when it was.
			decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: Math.round(captureTime * 1000), data }));
		}
		await decoder.flush();
	} catch {
		// What has been decoded until then is good.
	}
	if (given > 1 && last !== null) give(last);
	(last as VideoFrame | null)?.close();
	if (decoder.state !== 'closed') decoder.close();
}
