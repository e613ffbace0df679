import { type RefObject, useCallback, useRef } from 'react';
import { copyPicture, type Still } from './preview.ts';
import type { Stage } from './stage.ts';
import { tickNow } from './tick.ts';

/** The picture that stands where no live one is: the last one that was seen, or a younger preview. */
export function useStill(stage: Stage, figure: RefObject<HTMLElement | null>) {
	const canvas = useRef<HTMLCanvasElement>(null);
	/** When it was true, by `performance.now()`. */
	const stillAt = useRef<number | null>(null);
	const mountedAt = useRef(performance.now());

	/** Copies the live picture before it is let go. */
	const keep = useCallback(() => {
		const { video, frame } = stage;
		if (video === null || frame === null || canvas.current === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
		if (copyPicture(video, video.videoWidth, video.videoHeight, canvas.current)) stillAt.current = frame.presentedAt - frame.delay;
	}, [stage]);

	const draw = useCallback(
		({ image, capturedAt }: Still) => {
			if (canvas.current === null || (stillAt.current !== null && stillAt.current >= capturedAt)) return;
			if (!copyPicture(image, image.width, image.height, canvas.current)) return;
			stillAt.current = capturedAt;
			tickNow();
			requestAnimationFrame(() => {
				if (figure.current !== null) figure.current.dataset.firstPictureMs ??= String(Math.round(performance.now() - mountedAt.current));
			});
		},
		[figure],
	);
	return { canvas, stillAt, keep, draw };
}
