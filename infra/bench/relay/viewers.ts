import { RTCPeerConnection, RTCRtpCodecParameters } from 'werift';

/** A server that waits for the viewer's offer (WHEP), or one that makes the offer itself (Janus). */
export type Offerer =
	| { kind: 'offers'; exchange: (offer: string) => Promise<{ sdp: string; end: () => Promise<unknown> }> }
	| { kind: 'offered'; offer: () => Promise<{ sdp: string; answer: (sdp: string) => Promise<void> }> };

const h264 = new RTCRtpCodecParameters({
	mimeType: 'video/H264',
	clockRate: 90_000,
	payloadType: 102,
	rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
	parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
});

/**
 * A WebRTC viewer that connects as any other (ICE, DTLS, SRTP) and from then on only counts what comes: decrypting for a hundred
 * viewers would take more of the machine than the relay that is measured.
 */
export class Viewer {
	packets = 0;
	bytes = 0;
	/** Called with the RTP timestamp (its header is not encrypted) of each packet. */
	onPacket: ((timestamp: number) => void) | undefined;
	readonly #connection: RTCPeerConnection;
	#end: () => Promise<unknown> = async () => undefined;

	private constructor(connection: RTCPeerConnection) {
		this.#connection = connection;
	}

	static async connect(server: Offerer): Promise<Viewer> {
		const connection = new RTCPeerConnection({
			codecs: { video: [h264], audio: [] },
			iceUseIpv6: false,
			iceServers: [],
		});
		const viewer = new Viewer(connection);
		const connected = new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`not connected within 20 s: ${connection.connectionState}`)), 20_000);
			connection.connectionStateChange.subscribe((state) => {
				if (state !== 'connected') return;
				clearTimeout(timer);
				resolve();
			});
		});
		if (server.kind === 'offers') {
			connection.addTransceiver('video', { direction: 'recvonly' });
			await connection.setLocalDescription(await connection.createOffer());
			const { sdp, end } = await server.exchange(connection.localDescription?.sdp ?? '');
			viewer.#end = end;
			await connection.setRemoteDescription({ type: 'answer', sdp });
		} else {
			const { sdp, answer } = await server.offer();
			await connection.setRemoteDescription({ type: 'offer', sdp });
			await connection.setLocalDescription(await connection.createAnswer());
			await answer(connection.localDescription?.sdp ?? '');
		}
		await connected;
		viewer.#onlyCount();
		return viewer;
	}

	/** Says goodbye where there is a way to. */
	async close(): Promise<void> {
		await this.#end();
		await this.#connection.close();
	}

	#onlyCount(): void {
		for (const transport of this.#connection.dtlsTransports) {
			const { onData } = transport.iceTransport.connection;
			onData.allUnsubscribe();
			onData.subscribe((data: Buffer) => {
				const first = data[0] ?? 0;
				const type = (data[1] ?? 0) & 0x7f;
				// RFC 5761 §4: 64 to 95 are RTCP.
				if (first < 128 || first > 191 || (type >= 64 && type <= 95)) return;
				this.packets += 1;
				this.bytes += data.length;
				this.onPacket?.(data.readUInt32BE(4));
			});
		}
	}
}
