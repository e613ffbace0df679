import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import type { LiveStream } from '../streams/live-stream.ts';
import type { Grant } from './access.ts';
import { setupFor, writeAnswer } from './answer.ts';
import { type Offer, OfferError, type OfferedSection, parseOffer } from './offer.ts';
import { type AgreedSection, sendable, sending } from './parameters.ts';
import { Peer } from './peer.ts';
import type { PlayerRouters } from './player-routers.ts';
import { refusalOf, workerDown } from './publish.ts';
import { Watching } from './watching.ts';

/** How long a player waits for a stream that is being started. */
const startMs = 10_000;
/** MIDs that fit into mediasoup's packets; longer ones are not sent. */
const maxMid = 8;

export interface WatchOptions {
	engine: RtcEngine;
	routers: PlayerRouters;
	streams: StreamDirectory;
	stream: LiveStream;
	log: Logger;
	grant: Grant;
	/** The offer as it came. */
	sdp: string;
	signal: AbortSignal;
}

/** Sends a stream to a player. Throws `OfferError`, or `RequestError` 503 while the stream is not live. */
export async function watch(options: WatchOptions): Promise<Peer> {
	const { engine, routers, streams, stream, grant, sdp, signal, log } = options;
	const offer = parseOffer(sdp);
	const sections = (['audio', 'video'] as const).flatMap((kind) => offer.sections.find((each) => takes(each, kind)) ?? []);
	if (sections.length === 0) throw new OfferError(422, 'expected an audio or video section that receives');
	const node = engine.nodeForViewer();
	if (node === null) throw workerDown();
	const watching = new Watching({ engine, streams, stream, log });
	try {
		await watching.untilLive(startMs, signal);
		const chosen = choose(sections, watching.producers());
		const { router, release } = await routers.claim(node, chosen.routerCodecs).catch((error: unknown) => {
			if (engine.nodes.includes(node)) throw new OfferError(422, error instanceof Error ? error.message : 'the codecs do not go together');
			throw workerDown();
		});
		watching.onClose(release);
		const transport = await engine.createTransport(node, router).catch(() => {
			throw workerDown();
		});
		watching.onClose(() => transport.close());
		try {
			return await send(offer, chosen.sections, { router, transport, watching, stream, grant });
		} catch (error) {
			throw refusalOf(error, transport);
		}
	} catch (error) {
		watching.close();
		throw error;
	}
}

interface Sending {
	router: types.Router;
	transport: types.WebRtcTransport;
	watching: Watching;
	stream: LiveStream;
	grant: Grant;
}

async function send(
	offer: Offer,
	sections: { section: OfferedSection; codecs: AgreedSection['codecs'] }[],
	{ router, transport, watching, stream, grant }: Sending,
): Promise<Peer> {
	const role = setupFor(offer) === 'passive' ? 'client' : 'server';
	await transport.connect({ dtlsParameters: { role, fingerprints: offer.dtls.fingerprints as types.DtlsFingerprint[] } });
	const parts = sections.map(({ section, codecs }) => sending(section, codecs, router.rtpCapabilities));
	const tracks = parts.map(({ agreed, rtpCapabilities }) => ({
		kind: agreed.kind,
		mid: agreed.mid.length <= maxMid ? agreed.mid : null,
		rtpCapabilities,
	}));
	await watching.begin(transport, tracks);
	const sources = new Map<string, { ssrc: number; cname: string }>();
	for (const { agreed } of parts) {
		const parameters = watching.consumer(agreed.kind)?.rtpParameters;
		const ssrc = parameters?.encodings?.[0]?.ssrc;
		// Browsers would take no packets of another SSRC, should the source be another one some day; their way is by payload type.
		if (ssrc !== undefined && !offer.libwebrtc) sources.set(agreed.mid, { ssrc, cname: parameters?.rtcp?.cname ?? stream.id });
	}
	const agreed = parts.map((part) => part.agreed);
	const answer = writeAnswer({ offer, agreed, direction: 'sendonly', transport, streamId: stream.id, sources });
	const peer = new Peer({ protocol: 'whep', streamId: stream.id, grant, offer, agreed, transport, answer });
	peer.onEnd(() => watching.close());
	watching.onClose((reason) => peer.end(reason));
	return peer;
}

function takes(section: OfferedSection, kind: 'audio' | 'video'): boolean {
	return section.usable && section.type === kind && (section.direction === 'recvonly' || section.direction === 'sendrecv');
}

/** Sections with what can be sent to them. Sound that a player cannot take is left out; a picture that it cannot take is a refusal. */
function choose(sections: OfferedSection[], producers: readonly types.Producer[]) {
	const chosen: { section: OfferedSection; codecs: AgreedSection['codecs'] }[] = [];
	const routerCodecs: types.RouterRtpCodecCapability[] = [];
	for (const section of sections) {
		const wanted = producers.find((producer) => producer.kind === section.type)?.rtpParameters.codecs[0] ?? null;
		const can = sendable(section, wanted);
		if (section.type === 'video' && can.codecs.length === 0) {
			throw new OfferError(
				422,
				`the picture is ${wanted?.mimeType.slice('video/'.length) ?? 'H264 or VP8'}, which the offer does not take in a form that is sent here`,
			);
		}
		if (can.codecs.length === 0) continue;
		chosen.push({ section, codecs: can.codecs });
		routerCodecs.push(...can.routerCodecs);
	}
	if (chosen.length === 0) throw new OfferError(422, 'the sound is in none of the codecs of the offer; expected opus, PCMA or PCMU');
	const types = routerCodecs.map((codec) => codec.preferredPayloadType);
	if (new Set(types).size !== types.length) throw new OfferError(422, 'a payload type is offered twice in one bundle (RFC 8843 §9.1)');
	return { sections: chosen, routerCodecs };
}
