import type { TileSize } from '@beilun/shared/protocol/media.ts';
import { ParameterSets } from '../rtp/parameter-sets.ts';
import { parseCameraAddress } from '../rtsp/address.ts';
import { SourceError } from '../rtsp/failure.ts';
import { RtspSession } from '../rtsp/session.ts';
import type { FeedSource } from './camera-feed.ts';
import { selectTracks } from './selection.ts';

/** Asks a camera what it sends, and leaves. Answers its picture's size where the description tells. Throws `SourceError`. */
export async function probe({ url, certificate }: FeedSource, resolve: (host: string) => Promise<string>): Promise<TileSize | null> {
	const address = parseCameraAddress(url);
	if (address === null) throw new SourceError('unreachable', 'the address cannot be read');
	const session = new RtspSession({ address, certificate, resolve, onPacket: () => undefined, onClosed: () => undefined });
	try {
		const picture = selectTracks(await session.describe()).find((each) => each.media.kind === 'video');
		return picture?.media.codec === 'H264' ? new ParameterSets(picture.media.parameters.get('sprop-parameter-sets')).size : null;
	} finally {
		session.close();
	}
}
