import { isRtspUri, resolveControl } from './address.ts';
import { check, type DialogueOptions, RtspDialogue } from './dialogue.ts';
import { SourceError } from './failure.ts';
import type { RtspResponse } from './framing.ts';
import { InterleavedChannels, interleave } from './interleaved.ts';
import { type MediaDescription, parseSdp } from './sdp.ts';
import { parseTransport, type TransportAnswer } from './transport.ts';
import { UdpPair } from './udp-pair.ts';

const maxRedirects = 3;
const defaultTimeoutSeconds = 60;
/** Longer waits would let the way through a firewall close. */
const maxKeepAliveMs = 30_000;
/** ONVIF Streaming Specification §5.3. */
const backchannelFeature = 'www.onvif.org/ver20/backchannel';

/** How a track's packets travel. */
export type Delivery =
	/** Inside the RTSP connection. */
	| { kind: 'tcp' }
	/** To sockets of the session's own. */
	| { kind: 'udp' }
	/** To someone else's ports at the address that the camera sees of us; nothing of it passes here. */
	| { kind: 'udp-to'; rtpPort: number; rtcpPort: number };

/** What the camera answered to SETUP; null for what it did not say, and for ports where it is TCP. */
export interface TrackSetup {
	ssrc: number | null;
	serverRtpPort: number | null;
	serverRtcpPort: number | null;
	/** Always the address that was connected to, whatever the camera names as source. */
	serverIp: string;
}

export interface RtspSessionOptions extends Omit<DialogueOptions, 'onFrame' | 'onClosed'> {
	/** Where sockets of `udp` deliveries are opened; anywhere when left out. */
	udpPorts?: { first: number; last: number };
	/** RTP and RTCP as they come; `track` is an index into what `setup` was given. */
	onPacket: (track: number, rtcp: boolean, payload: Buffer) => void;
	/** Once; not called for an error that a method rejects with, nor after `close`. */
	onClosed: (error: SourceError) => void;
}

interface Track {
	delivery: Delivery;
	/** Of the RTSP connection, for `tcp`. */
	channels: { rtp: number; rtcp: number } | null;
	/** For `udp`. */
	sockets: UdpPair | null;
}

/**
 * A conversation with one camera (RFC 2326): describe, then setup, then play. Methods throw `SourceError`; after that only `close`
 * is of use, except that `setup` may be tried with another delivery where the status was 461.
 */
export class RtspSession {
	readonly #options: RtspSessionOptions;
	readonly #dialogue: RtspDialogue;
	#channels = new InterleavedChannels();
	#tracks: Track[] = [];
	#playUri: string;
	#cameraIp = '';
	#require: Record<string, string> = {};
	#keepAlive: NodeJS.Timeout | undefined;
	#keepAliveMethod = 'OPTIONS';
	/** The camera has answered one. */
	#keepAliveWorks = false;
	/** When something last came by UDP. */
	#heardAt = 0;
	/** A method is under way, and will say what goes wrong. */
	#busy = false;
	#closed = false;

	constructor(options: RtspSessionOptions) {
		this.#options = options;
		this.#playUri = options.address.uri;
		this.#dialogue = new RtspDialogue({
			address: options.address,
			resolve: options.resolve,
			certificate: options.certificate,
			onFrame: (channel, payload) => {
				const found = this.#channels.find(channel);
				if (found !== undefined) options.onPacket(found.track, found.rtcp, payload);
			},
			onClosed: (error) => this.#lose(error),
		});
	}

	/** The address connected to, as the system writes it; empty before `describe`. */
	get cameraIp(): string {
		return this.#cameraIp;
	}

	/**
	 * What the camera offers. With `backchannel`, what it wants to be sent is among it as `sendonly`; status 551 says that it
	 * knows of no back channel.
	 */
	describe(options: { backchannel?: boolean } = {}): Promise<MediaDescription[]> {
		return this.#work(async () => {
			if (options.backchannel) this.#require = { Require: backchannelFeature };
			const response = await this.#describe();
			this.#cameraIp = this.#dialogue.remoteIp;
			const sdp = parseSdp(response.body.toString('utf8'));
			const base = response.headers.get('content-base')?.[0] ?? response.headers.get('content-location')?.[0] ?? '';
			this.#playUri = resolveControl(isRtspUri(base) ? base : this.#dialogue.uri, sdp.control);
			return sdp.media;
		});
	}

	/** Agrees on how each of these sections travels. 461: the camera does not send that way. */
	setup(tracks: { media: MediaDescription; delivery: Delivery }[]): Promise<TrackSetup[]> {
		return this.#work(async () => {
			this.#release();
			try {
				const answers: TrackSetup[] = [];
				for (const [index, { media, delivery }] of tracks.entries()) answers.push(await this.#setup(index, media, delivery));
				return answers;
			} catch (error) {
				await this.#forget();
				throw error;
			}
		});
	}

	/** Resolves once the camera has answered PLAY. */
	play(): Promise<void> {
		return this.#work(async () => {
			await this.#dialogue.expect('PLAY', this.#playUri, { Range: 'npt=0.000-', ...this.#require });
		});
	}

	/** A receiver's report; where the packets go elsewhere (`udp-to`) so does their RTCP, and nothing is sent here. */
	sendRtcp(track: number, packet: Buffer): void {
		this.#tracks[track]?.sockets?.sendRtcp(packet);
		this.#interleave(this.#tracks[track]?.channels?.rtcp, packet);
	}

	/** Sound for a camera's back channel. */
	sendRtp(track: number, packet: Buffer): void {
		this.#tracks[track]?.sockets?.sendRtp(packet);
		this.#interleave(this.#tracks[track]?.channels?.rtp, packet);
	}

	/** Says TEARDOWN where there is something to tear down. Idempotent. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#release();
		this.#dialogue.close(this.#playUri);
	}

	async #work<T>(work: () => Promise<T>): Promise<T> {
		this.#busy = true;
		try {
			return await work();
		} finally {
			this.#busy = false;
		}
	}

	#lose(error: SourceError): void {
		this.#release();
		if (this.#busy || this.#closed) return;
		this.#closed = true;
		this.#options.onClosed(error);
	}

	async #describe(): Promise<RtspResponse> {
		for (let redirects = 0; ; redirects += 1) {
			await this.#dialogue.connect();
			const options = await this.#dialogue.request('OPTIONS', this.#dialogue.uri);
			if (/\bGET_PARAMETER\b/.test(options.headers.get('public')?.join(',') ?? '')) this.#keepAliveMethod = 'GET_PARAMETER';
			const response = await this.#dialogue.request('DESCRIBE', this.#dialogue.uri, { Accept: 'application/sdp', ...this.#require });
			if (response.status < 300 || response.status > 399) {
				check('DESCRIBE', response);
				return response;
			}
			if (redirects === maxRedirects) throw new SourceError('protocol-error', `the camera redirects more than ${maxRedirects} times`);
			this.#dialogue.redirect(response.headers.get('location')?.[0]);
		}
	}

	async #setup(index: number, media: MediaDescription, delivery: Delivery): Promise<TrackSetup> {
		const track: Track = { delivery, channels: null, sockets: null };
		this.#tracks.push(track);
		const offer = await this.#offer(track, index);
		const uri = resolveControl(this.#playUri, media.control);
		const response = await this.#dialogue.expect('SETUP', uri, { Transport: offer, ...this.#require });
		this.#enter(response.headers.get('session')?.[0]);
		const answer = parseTransport(response.headers.get('transport')?.[0] ?? '');
		if (answer.tcp !== (delivery.kind === 'tcp') || answer.multicast) {
			throw new SourceError('protocol-error', `the camera does not send RTP by ${delivery.kind === 'tcp' ? 'TCP' : 'UDP'}`, { status: 461 });
		}
		this.#accept(track, index, answer);
		// A camera that is spoken to would take the packet for the speaker's first.
		if (media.direction !== 'sendonly' || this.#require.Require === undefined) track.sockets?.punch();
		return {
			ssrc: answer.ssrc,
			serverRtpPort: answer.serverPorts?.rtp ?? null,
			serverRtcpPort: answer.serverPorts?.rtcp ?? null,
			serverIp: this.#cameraIp,
		};
	}

	/** The `Transport` header. */
	async #offer(track: Track, index: number): Promise<string> {
		const { delivery } = track;
		if (delivery.kind === 'tcp') return `RTP/AVP/TCP;unicast;interleaved=${index * 2}-${index * 2 + 1}`;
		if (this.#dialogue.secure) throw new SourceError('protocol-error', 'an rtsps camera sends by TCP only, or all could see it', { status: 461 });
		if (delivery.kind === 'udp-to') return `RTP/AVP;unicast;client_port=${delivery.rtpPort}-${delivery.rtcpPort}`;
		const sockets = await UdpPair.open({
			localIp: this.#dialogue.localIp,
			cameraIp: this.#cameraIp,
			ports: this.#options.udpPorts ?? null,
			onPacket: (rtcp, payload) => {
				this.#heardAt = performance.now();
				this.#options.onPacket(index, rtcp, payload);
			},
		});
		track.sockets = sockets;
		if (this.#closed) sockets.close();
		return `RTP/AVP;unicast;client_port=${sockets.rtpPort}-${sockets.rtpPort + 1}`;
	}

	#accept(track: Track, index: number, answer: TransportAnswer): void {
		if (track.delivery.kind === 'tcp') {
			track.channels = answer.interleaved ?? { rtp: index * 2, rtcp: index * 2 + 1 };
			this.#channels.assign(index, track.channels);
		}
		if (answer.serverPorts !== null) track.sockets?.connect(answer.serverPorts);
	}

	/** Takes the `Session` header (RFC 2326 §12.37) and keeps the session alive from now on. */
	#enter(header: string | undefined): void {
		if (header === undefined && this.#dialogue.sessionId !== null) return;
		const id = (header?.split(';')[0] ?? '').trim();
		if (id === '') throw new SourceError('protocol-error', 'the camera opened no session');
		this.#dialogue.sessionId = id;
		const seconds = Number(/timeout\s*=\s*(\d{1,6})/i.exec(header ?? '')?.[1] ?? 0) || defaultTimeoutSeconds;
		clearInterval(this.#keepAlive);
		if (!this.#closed) this.#keepAlive = setInterval(() => this.#stayAlive(), Math.min(Math.max(seconds * 500, 1_000), maxKeepAliveMs));
	}

	#stayAlive(): void {
		const asked = performance.now();
		this.#dialogue.request(this.#keepAliveMethod, this.#playUri).then(
			({ status }) => {
				this.#keepAliveWorks = true;
				if (status === 454) this.#dialogue.fail(new SourceError('closed-by-peer', 'the camera has ended the session'));
				// Some name GET_PARAMETER and then do not know it.
				else if (status >= 400) this.#keepAliveMethod = 'OPTIONS';
			},
			(error: SourceError) => {
				if (Math.max(this.#dialogue.heardAt, this.#heardAt) >= asked) return;
				// There are cameras that send pictures and answer nothing; where those go elsewhere this is not the place to judge.
				if (this.#keepAliveWorks || this.#tracks.every(({ delivery }) => delivery.kind !== 'udp-to')) this.#dialogue.fail(error);
			},
		);
	}

	/** Leaves a session that was set up in part, so that another can be. */
	async #forget(): Promise<void> {
		this.#release();
		if (this.#dialogue.sessionId === null || this.#closed) return;
		await this.#dialogue.request('TEARDOWN', this.#playUri).catch(() => undefined);
		this.#dialogue.sessionId = null;
	}

	#release(): void {
		clearInterval(this.#keepAlive);
		for (const track of this.#tracks) track.sockets?.close();
		this.#tracks = [];
		this.#channels = new InterleavedChannels();
	}

	#interleave(channel: number | undefined, packet: Buffer): void {
		const frame = channel === undefined ? null : interleave(channel, packet);
		if (frame !== null) this.#dialogue.write(frame);
	}
}
