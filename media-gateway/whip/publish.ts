import type { Unit } from '@beilun/shared/protocol/people.ts';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import type { types } from 'mediasoup';
import type { RtcEngine } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import type { Grant } from './access.ts';
import { setupFor, writeAnswer } from './answer.ts';
import { OfferError, parseOffer } from './offer.ts';
import { receiving } from './parameters.ts';
import { Peer } from './peer.ts';

export interface PublishOptions {
	engine: RtcEngine;
	streams: StreamDirectory;
	unit: Unit;
	grant: Grant;
	/** The offer as it came. */
	sdp: string;
}

/**
 * Takes a unit's picture from an encoder. It becomes the unit's stream when DTLS is up, in the place of whatever sent before; when
 * another sends in its place, the session ends. Throws `OfferError`, or `RequestError` 409 and 503.
 */
export async function publish({ engine, streams, unit, grant, sdp }: PublishOptions): Promise<Peer> {
	const offer = parseOffer(sdp);
	const tracks = (['audio', 'video'] as const).flatMap((kind) => {
		const sections = offer.sections.filter(
			(each) => each.usable && each.type === kind && (each.direction === 'sendonly' || each.direction === 'sendrecv'),
		);
		return sections.flatMap((section) => receiving(section) ?? []).slice(0, 1);
	});
	if (tracks.length === 0) {
		throw new OfferError(
			422,
			'expected audio (opus, PCMA, PCMU) or video (H264 in packetization-mode 1, VP8) that is sent, with a=ssrc or the MID extension',
		);
	}
	if (streams.get(unit.id)?.stream.kind === 'camera') throw new RequestError(409, 'conflict', `a camera is called ${unit.id} already`);
	const node = engine.nodeForSource();
	if (node === null) throw workerDown();
	const transport = await engine.createTransport(node).catch(() => {
		throw workerDown();
	});
	try {
		const role = setupFor(offer) === 'passive' ? 'client' : 'server';
		await transport.connect({ dtlsParameters: { role, fingerprints: offer.dtls.fingerprints as types.DtlsFingerprint[] } });
		const producers: types.Producer[] = [];
		for (const { agreed, rtpParameters } of tracks) producers.push(await transport.produce({ kind: agreed.kind, rtpParameters }));
		const agreed = tracks.map((track) => track.agreed);
		const answer = writeAnswer({ offer, agreed, direction: 'recvonly', transport, streamId: unit.id, sources: new Map() });
		const peer = new Peer({ protocol: 'whip', streamId: unit.id, grant, offer, agreed, transport, answer });
		for (const producer of producers) producer.observer.once('close', () => peer.end('another sends in its place'));
		transport.on('dtlsstatechange', (state) => {
			if (state === 'connected' && !peer.ended && !send(streams, unit, producers)) peer.end('the id belongs to a camera');
		});
		return peer;
	} catch (error) {
		const refusal = refusalOf(error, transport);
		transport.close();
		throw refusal;
	}
}

function send(streams: StreamDirectory, unit: Unit, producers: types.Producer[]): boolean {
	const stream = streams.fieldStream(unit.id, unit);
	if (stream === null) return false;
	for (const producer of producers) stream.add(producer);
	// What is left is of a kind that is not sent any more: two senders are no stream.
	for (const other of stream.producers()) if (!producers.includes(other)) other.close();
	return true;
}

/** mediasoup throws for parameters that it does not like, which is the offer's fault, and when the worker dies, which is not. */
export function refusalOf(error: unknown, transport: types.Transport): Error {
	if (error instanceof OfferError || error instanceof RequestError) return error;
	if (transport.closed) return workerDown();
	return new OfferError(422, error instanceof Error ? error.message : 'the offer cannot be used');
}

export function workerDown(): RequestError {
	return new RequestError(503, 'worker-down', 'no media worker is up');
}
