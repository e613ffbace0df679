import type { FeedDetail, StreamDetail, TrackDetail } from '@beilun/shared/protocol/media.ts';
import { codecName } from '../../media/picture.ts';

/** A finding about a source and what to do about it; `word` is a key of the words `advice`. */
export interface Advice {
	word: string;
	values: Record<string, string | number>;
}

/** What is worth a person's while: beyond these a picture visibly suffers. */
const limits = { lossShare: 0.01, delayMs: 2_000, jitterMs: 60, keyFrameIntervalMs: 4_500, reconnects: 3, reconnectsWithinMs: 600_000 };

/** The share of packets lost since an earlier count of the same track, from 0 to 1; null while nothing came. */
export function lossShare(track: TrackDetail, before: TrackDetail | undefined): number | null {
	// A source that began anew counts from nothing.
	const since = before !== undefined && before.packets <= track.packets && before.lost <= track.lost ? before : { packets: 0, lost: 0 };
	const packets = track.packets - since.packets;
	const lost = track.lost - since.lost;
	return packets + lost <= 0 ? null : lost / (packets + lost);
}

/** All tracks of a source together. */
export function feedLoss(feed: FeedDetail, before: FeedDetail | undefined): number | null {
	const shares = feed.tracks.map((track) =>
		lossShare(
			track,
			before?.tracks.find(({ kind }) => kind === track.kind),
		),
	);
	const known = shares.filter((share) => share !== null);
	return known.length === 0 ? null : Math.max(...known);
}

/** The source that a list shows: the one that is live, otherwise the full picture. */
export function leadingFeed(detail: StreamDetail): FeedDetail | undefined {
	return detail.feeds.find(({ status }) => status.state === 'live') ?? detail.feeds[0];
}

/**
 * What is wrong with a source and what to do, most urgent first; empty when nothing is. `loss` is a share,
 * `shownMs` the age of the oldest picture on a screen, `now` in milliseconds of the server's clock.
 */
export function adviceFor(feed: FeedDetail, { loss, shownMs, now }: { loss: number | null; shownMs: number | null; now: number }): Advice[] {
	const advice: Advice[] = [];
	const { status } = feed;
	if (status.state === 'failed') advice.push({ word: `failure.${status.reason}`, values: {} });
	if (status.state === 'live' && status.frozenSince !== null) advice.push({ word: 'frozen', values: {} });
	if (loss !== null && loss >= limits.lossShare) {
		const percent = (loss * 100).toFixed(1);
		advice.push({
			word: feed.transport === 'udp' || feed.transport === 'udp-direct' ? 'lossUdp' : feed.transport === 'webrtc' ? 'lossField' : 'loss',
			values: { percent },
		});
	}
	if (feed.withinGbt28181 === false) {
		const late = feed.delayMs !== null && feed.delayMs > limits.delayMs;
		const seconds = (((late ? feed.delayMs : shownMs) ?? 0) / 1000).toFixed(1);
		if (late || shownMs !== null) advice.push({ word: late ? 'tooLate' : 'shownLate', values: { seconds } });
	}
	const video = feed.tracks.find(({ kind }) => kind === 'video');
	if (video !== undefined && (video.jitterMs ?? 0) > limits.jitterMs)
		advice.push({ word: 'jitter', values: { milliseconds: Math.round(video.jitterMs ?? 0) } });
	if (video !== undefined && (video.keyFrameIntervalMs ?? 0) > limits.keyFrameIntervalMs) {
		advice.push({ word: 'keyFrames', values: { seconds: ((video.keyFrameIntervalMs ?? 0) / 1000).toFixed(1) } });
	}
	const recent = feed.history.filter(({ at, reason }) => reason !== null && now - Date.parse(at) <= limits.reconnectsWithinMs).length;
	if (recent >= limits.reconnects) advice.push({ word: 'unstable', values: { count: recent } });
	if (status.state === 'live' && status.video?.transcodedFrom != null)
		advice.push({ word: 'transcoded', values: { codec: codecName(status.video.transcodedFrom) } });
	if (status.state === 'live' && feed.clock !== 'synchronised' && feed.transport !== 'webrtc')
		advice.push({ word: `clock.${feed.clock}`, values: {} });
	return advice;
}
