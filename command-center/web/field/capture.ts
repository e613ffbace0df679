export type CaptureProblem = 'insecure' | 'camera-denied' | 'camera-missing' | 'camera-busy' | 'camera-failed';

/** The camera could not be had; `problem` says which way out to tell. */
export class CaptureError extends Error {
	readonly problem: CaptureProblem;

	constructor(problem: CaptureProblem, detail = '') {
		super(detail);
		this.problem = problem;
	}
}

/** Names by which browsers say the same. */
export function captureProblem(name: string): CaptureProblem {
	switch (name) {
		case 'NotAllowedError':
		case 'SecurityError':
		case 'PermissionDeniedError':
			return 'camera-denied';
		case 'NotFoundError':
		case 'OverconstrainedError':
		case 'DevicesNotFoundError':
			return 'camera-missing';
		case 'NotReadableError':
		case 'AbortError':
		case 'TrackStartError':
			return 'camera-busy';
		default:
			return 'camera-failed';
	}
}

export type Facing = 'environment' | 'user';

export async function openCamera(facing: Facing): Promise<MediaStreamTrack> {
	// Browsers hide the whole interface on pages that are not secure.
	if (navigator.mediaDevices === undefined) throw new CaptureError('insecure');
	try {
		const stream = await navigator.mediaDevices.getUserMedia({
			video: { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } },
		});
		const [track] = stream.getVideoTracks();
		if (track === undefined) throw new CaptureError('camera-missing');
		track.contentHint = 'motion';
		return track;
	} catch (error) {
		if (error instanceof CaptureError) throw error;
		const { name, message } = error as DOMException;
		throw new CaptureError(captureProblem(name), message);
	}
}

/** Throws as the browser does. */
export async function openMicrophone(): Promise<MediaStreamTrack> {
	const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
	const [track] = stream.getAudioTracks();
	if (track === undefined) throw new CaptureError('camera-missing');
	return track;
}

/** `torch` is not in the standard's types yet; some browsers have no capabilities at all. */
export function hasTorch(track: MediaStreamTrack): boolean {
	const capabilities = track.getCapabilities?.() as { torch?: boolean } | undefined;
	return capabilities?.torch === true;
}

export async function setTorch(track: MediaStreamTrack, on: boolean): Promise<void> {
	await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
}
