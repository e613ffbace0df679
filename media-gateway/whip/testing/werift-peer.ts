import { MediaStreamTrack, RTCPeerConnection, type RtpPacket, useH264, useOPUS, usePCMA, useVP8 } from 'werift';

type Kind = 'audio' | 'video';

export interface WeriftOptions {
	/** `http://…/whip/…` or `…/whep/…` */
	url: string;
	token: string;
	direction: 'sendonly' | 'recvonly';
	kinds?: Kind[];
	video?: 'h264' | 'vp8';
}

/** werift, a WebRTC peer nobody here wrote, as an encoder or a player. */
export class WeriftPeer {
	readonly connection: RTCPeerConnection;
	readonly tracks = new Map<Kind, MediaStreamTrack>();
	/** What has arrived. */
	readonly packets: Record<Kind, RtpPacket[]> = { audio: [], video: [] };
	readonly #options: WeriftOptions;
	offer = '';
	answer = '';
	/** Of the session. */
	location = '';
	entityTag = '';

	constructor(options: WeriftOptions) {
		this.#options = options;
		this.connection = new RTCPeerConnection({
			iceServers: [],
			bundlePolicy: 'max-bundle',
			iceInterfaceAddresses: { udp4: '127.0.0.1' },
			codecs: { audio: [useOPUS(), usePCMA()], video: [options.video === 'vp8' ? useVP8() : useH264()] },
		});
		this.connection.onTrack.subscribe((track) => {
			track.onReceiveRtp.subscribe((packet) => {
				if (track.kind === 'audio' || track.kind === 'video') this.packets[track.kind].push(packet);
			});
		});
		for (const kind of options.kinds ?? ['video']) {
			if (options.direction === 'recvonly') {
				this.connection.addTransceiver(kind, { direction: 'recvonly' });
				continue;
			}
			const track = new MediaStreamTrack({ kind });
			this.tracks.set(kind, track);
			this.connection.addTransceiver(track, { direction: 'sendonly' });
		}
	}

	/** Answers once the POST has; media flows when ICE and DTLS are up. */
	async open(): Promise<void> {
		await this.connection.setLocalDescription(await this.connection.createOffer());
		this.offer = this.connection.localDescription?.sdp ?? '';
		const { url } = this.#options;
		const answer = await this.request('POST', url, { 'content-type': 'application/sdp' }, this.offer);
		this.answer = await answer.text();
		if (answer.status !== 201) throw new Error(`${answer.status} ${this.answer}`);
		this.location = new URL(answer.headers.get('location') ?? '', url).href;
		this.entityTag = answer.headers.get('etag') ?? '';
		await this.connection.setRemoteDescription({ type: 'answer', sdp: this.answer });
	}

	request(method: string, url: string, headers: Record<string, string> = {}, body?: string): Promise<Response> {
		return fetch(url, { method, headers: { authorization: `Bearer ${this.#options.token}`, ...headers }, ...(body === undefined ? {} : { body }) });
	}

	async close(): Promise<void> {
		await this.connection.close();
	}
}
