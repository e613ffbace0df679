import type { FeedDetail, TrackDetail } from '@beilun/shared/protocol/media.ts';
import type { Intake } from './intake.ts';
import type { StreamCounters, StreamMeasures } from './live-stream.ts';

/** GB/T 28181-2022 §6: from the camera to the screen. */
const gbt28181Ms = 2_000;

export const noCounters: StreamCounters = { packets: 0, bytes: 0, lost: 0, reordered: 0, reconnects: 0 };

/** What was counted before, and what the present connection has counted. */
export function addTracks(past: StreamCounters, tracks: readonly TrackDetail[]): StreamCounters {
	const total = { ...past };
	for (const track of tracks) {
		total.packets += track.packets;
		total.bytes += track.bytes;
		total.lost += track.lost;
		total.reordered += track.reordered;
	}
	return total;
}

export function measuresOf(intake: Intake | null): Omit<StreamMeasures, 'shownMs'> {
	const tracks = intake?.tracks ?? [];
	const video = tracks.find((each) => each.kind === 'video');
	return {
		jitterMs: video?.jitterMs ?? null,
		bitrate: tracks.reduce((sum, each) => sum + each.bitrate, 0),
		keyFrameIntervalMs: video?.keyFrameIntervalMs ?? null,
		delayMs: intake?.delayMs ?? null,
	};
}

/** Null while neither the delay to here nor the age on a screen is known. */
export function isWithinGbt28181(delayMs: number | null, shownMs: number | null): boolean | null {
	return delayMs === null && shownMs === null ? null : Math.max(delayMs ?? 0, shownMs ?? 0) <= gbt28181Ms;
}

export function intakeDetail(
	intake: Intake | null,
	shownMs: number | null,
): Pick<FeedDetail, 'transport' | 'tracks' | 'delayMs' | 'clock' | 'withinGbt28181'> {
	const delayMs = intake?.delayMs ?? null;
	return {
		transport: intake?.transport ?? null,
		tracks: intake?.tracks ?? [],
		delayMs,
		clock: intake?.agreement ?? 'none',
		withinGbt28181: isWithinGbt28181(delayMs, shownMs),
	};
}
