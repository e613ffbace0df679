import { relayable, type TrackFormat } from '../rtc/codecs.ts';
import { SourceError } from '../rtsp/failure.ts';
import type { MediaDescription } from '../rtsp/sdp.ts';
import { transcodable } from '../transcode/transcoders.ts';

/** A track that is taken from a camera. `format` is null where ffmpeg has to make one of it. */
export interface SelectedTrack {
	media: MediaDescription;
	format: TrackFormat | null;
}

const familiar: Record<string, string> = { JPEG: 'MJPEG', 'MP4V-ES': 'MPEG-4', 'MPEG4-GENERIC': 'AAC', 'MP4A-LATM': 'AAC' };

/** What people call a codec of an SDP. */
export function codecName(codec: string): string {
	return familiar[codec] ?? codec;
}

/**
 * The picture and the sound to take from a camera's SDP: of each kind the first that can be relayed as it comes, else the first that
 * can be transcoded. Throws `SourceError` 'no-usable-track' where there is none, or a picture that cannot be shown.
 */
export function selectTracks(media: readonly MediaDescription[]): SelectedTrack[] {
	const offered = media.filter((each) => each.direction !== 'inactive');
	const video = firstOf(offered.filter((each) => each.kind === 'video'));
	// A camera's loudspeaker is described as sound that is sent to it (ONVIF Streaming Specification §5.3).
	const audio = firstOf(offered.filter((each) => each.kind === 'audio' && each.direction !== 'sendonly'));
	const selected = [video, audio].filter((each) => each !== null);
	if (selected.length === 0 || (video === null && offered.some((each) => each.kind === 'video'))) {
		const names = offered.map((each) => codecName(each.codec)).join(', ') || 'nothing';
		throw new SourceError('no-usable-track', `the camera sends ${names}, which cannot be shown`);
	}
	return selected;
}

function firstOf(media: readonly MediaDescription[]): SelectedTrack | null {
	for (const each of media) {
		const format = relayable(each);
		if (format !== null) return { media: each, format };
	}
	const other = media.find(transcodable);
	return other === undefined ? null : { media: other, format: null };
}
