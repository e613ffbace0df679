import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Due, type LoopingCamera, payloadTypes, type Track, tracks } from './camera.ts';
import { DigestGuard } from './digest.ts';
import { RequestParser, type RtspRequest, RtspSyntaxError } from './request.ts';
import { UdpPair } from './udp.ts';

/** What a connection needs of its server. */
export interface SessionHost {
	readonly username: string;
	readonly password: string;
	/** How packets may travel; SETUP for anything else is answered 461. */
	readonly transport: 'tcp' | 'udp' | 'any';
	/** Milliseconds without a sign of a client that is sent to over UDP. */
	readonly sessionTimeout: number;
	camera(id: string): LoopingCamera | undefined;
	/** The beat that comes next. */
	beat(): number;
	closed(session: RtspSession): void;
}

/** A connection whose peer reads slower than the camera sends is closed once this much is waiting. */
const sendLimit = 1_048_576;
/** A connection that does not play has to say something within this time. */
const idleLimit = 60_000;
/** Requests that wait for the one before them. */
const waitingLimit = 16;

const reasons = {
	200: 'OK',
	400: 'Bad Request',
	401: 'Unauthorized',
	404: 'Not Found',
	454: 'Session Not Found',
	455: 'Method Not Valid in This State',
	459: 'Aggregate Operation Not Allowed',
	461: 'Unsupported Transport',
	500: 'Internal Server Error',
	501: 'Not Implemented',
} as const;

const methods = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'GET_PARAMETER', 'SET_PARAMETER', 'TEARDOWN'];

interface Answer {
	status: keyof typeof reasons;
	headers?: Record<string, string>;
	body?: string;
	/** Done when the answer is on its way. */
	after?: () => void;
}

/** Where a track's packets go: to a pair of channels of the TCP connection, or by UDP. */
type Delivery = { kind: 'tcp'; channel: number } | { kind: 'udp'; pair: UdpPair };

/** One TCP connection with at most one RTSP session, whose packets are interleaved in it or go to the same host by UDP. */
export class RtspSession {
	camera: LoopingCamera | undefined;
	state: 'ready' | 'waiting' | 'playing' = 'ready';
	readonly #deliveries = new Map<Track, Delivery>();
	readonly #id = randomBytes(8).toString('hex');
	readonly #parser = new RequestParser();
	readonly #guard: DigestGuard;
	readonly #host: SessionHost;
	readonly #socket: Socket;
	#heardAt = 0;
	#waiting = 0;
	#answered: Promise<void> = Promise.resolve();

	constructor(socket: Socket, host: SessionHost) {
		this.#socket = socket;
		this.#host = host;
		this.#guard = new DigestGuard(host.username, host.password);
	}

	start(): void {
		this.#socket.setNoDelay(true);
		this.#socket.setTimeout(idleLimit, () => this.state === 'ready' && this.close());
		this.#socket.on('data', (chunk) => this.#receive(chunk));
		this.#socket.on('error', () => this.close());
		this.#socket.on('close', () => {
			for (const delivery of this.#deliveries.values()) if (delivery.kind === 'udp') delivery.pair.close();
			this.#deliveries.clear();
			this.#host.closed(this);
		});
	}

	close(): void {
		this.#socket.destroy();
	}

	/** Sessions of a camera with the same key take the same bytes over TCP; undefined over UDP. */
	get framing(): string | undefined {
		const channels = tracks.map((track) => {
			const delivery = this.#deliveries.get(track);
			return delivery?.kind === 'tcp' ? delivery.channel : '';
		});
		return channels.every((channel) => channel === '') ? undefined : channels.join();
	}

	/** What goes over TCP, interleaved (RFC 2326 §10.12). */
	frame(due: readonly Due[], rtcp: boolean): Buffer {
		const parts: Buffer[] = [];
		for (const each of due) {
			const delivery = this.#deliveries.get(each.track);
			if (delivery?.kind !== 'tcp') continue;
			const length = each.parts.reduce((sum, part) => sum + part.length, 0);
			parts.push(Buffer.from([0x24, delivery.channel + (rtcp ? 1 : 0), length >> 8, length & 0xff]), ...each.parts);
		}
		return Buffer.concat(parts);
	}

	/** `framed` is what `frame` made of `due` for this session, or for one with the same framing. */
	sendFrame(framed: Buffer): void {
		if (framed.length === 0 || this.#socket.destroyed) return;
		this.#socket.write(framed);
		if (this.#socket.writableLength > sendLimit) this.close();
	}

	/** What goes by UDP. */
	sendPackets(due: readonly Due[], rtcp: boolean): void {
		for (const { track, parts } of due) {
			const delivery = this.#deliveries.get(track);
			if (delivery?.kind !== 'udp') continue;
			if (rtcp) delivery.pair.sendRtcp(parts);
			else delivery.pair.sendRtp(parts);
		}
	}

	/** Closes a session over UDP whose client has neither asked nor reported anything for too long. `now` as `performance.now()`. */
	expire(now: number): void {
		if (this.state === 'ready' || now - this.#heardAt <= this.#host.sessionTimeout) return;
		if ([...this.#deliveries.values()].some(({ kind }) => kind === 'udp')) this.close();
	}

	#receive(chunk: Buffer): void {
		this.#heardAt = performance.now();
		try {
			for (const message of this.#parser.push(chunk)) {
				// The client's receiver reports tell nothing this server acts on.
				if (message.kind !== 'request' || this.#socket.destroyed) continue;
				this.#waiting++;
				if (this.#waiting > waitingLimit) this.close();
				this.#answered = this.#answered.then(() => this.#respond(message)).finally(() => this.#waiting--);
			}
		} catch (error) {
			if (!(error instanceof RtspSyntaxError)) throw error;
			this.#socket.end(`RTSP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n`);
		}
	}

	async #respond(request: RtspRequest): Promise<void> {
		const answer = await this.#answer(request);
		if (!answer || this.#socket.destroyed) {
			this.close();
			return;
		}
		const { status, body = '' } = answer;
		const lines = [`RTSP/1.0 ${status} ${reasons[status]}`];
		const sequence = request.headers.get('cseq');
		if (sequence !== undefined && /^\d{1,10}$/.test(sequence)) lines.push(`CSeq: ${sequence}`);
		lines.push('Server: Dynamic Beilun demo');
		for (const [name, value] of Object.entries(answer.headers ?? {})) lines.push(`${name}: ${value}`);
		if (body) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
		this.#socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
		answer.after?.();
	}

	/** Undefined: a camera that is offline says nothing and hangs up. */
	#answer(request: RtspRequest): Answer | Promise<Answer> | undefined {
		const { method, uri, headers } = request;
		if (!methods.includes(method)) return { status: 501, headers: { Public: methods.join(', ') } };
		const target = parseTarget(uri);
		if (!target) return { status: 400 };
		const camera = this.#host.camera(target.camera);
		if (camera?.fault === 'offline') return undefined;
		if (method === 'OPTIONS') return { status: 200, headers: { Public: methods.join(', ') } };
		if (camera?.fault === 'unauthorized' || !this.#guard.accepts(method, headers.get('authorization'))) {
			return { status: 401, headers: { 'WWW-Authenticate': this.#guard.challenge() } };
		}
		if (method === 'GET_PARAMETER' || method === 'SET_PARAMETER') return { status: 200, headers: { Session: this.#id } };
		if (!camera) return { status: 404 };
		if (method === 'DESCRIBE') return describe(camera, target.base);
		if (method === 'SETUP') return this.#setup(camera, target.track, headers.get('transport') ?? '');
		if (this.camera !== camera || (headers.get('session') ?? '').split(';')[0] !== this.#id) return { status: 454 };
		if (method === 'TEARDOWN') return { status: 200, headers: { Session: this.#id }, after: () => this.#socket.end() };
		return this.#play(camera, target.base);
	}

	#setup(camera: LoopingCamera, track: Track | undefined, transport: string): Answer | Promise<Answer> {
		if (!track || !camera.tracks.includes(track)) return { status: 459 };
		if (this.state !== 'ready') return { status: 455 };
		if (this.camera && this.camera !== camera) return { status: 455 };
		const { transport: allowed } = this.#host;
		for (const spec of transport.split(',')) {
			if (allowed !== 'udp' && /^\s*RTP\/AVP\/TCP\b/i.test(spec)) return this.#setupTcp(camera, track, spec);
			const ports = /^\s*RTP\/AVP(?:\/UDP)?\s*;(?!.*multicast).*client_port\s*=\s*(\d{1,5})(?:-(\d{1,5}))?/i.exec(spec);
			if (allowed !== 'tcp' && ports) return this.#setupUdp(camera, track, Number(ports[1]), Number(ports[2] ?? Number(ports[1]) + 1));
		}
		return { status: 461 };
	}

	#setupTcp(camera: LoopingCamera, track: Track, spec: string): Answer {
		const asked = /interleaved\s*=\s*(\d{1,3})/i.exec(spec)?.[1];
		const channel = asked === undefined ? tracks.indexOf(track) * 2 : Number(asked);
		const taken = [...this.#deliveries].some(([other, used]) => other !== track && used.kind === 'tcp' && Math.abs(used.channel - channel) < 2);
		if (channel > 254 || taken) return { status: 461 };
		this.#setDelivery(track, { kind: 'tcp', channel });
		return this.#isSetUp(camera, `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1};ssrc=${ssrcOf(camera, track)}`);
	}

	/** Packets only ever go to the host that asked: a `destination` is not heeded (RFC 2326 §16). */
	async #setupUdp(camera: LoopingCamera, track: Track, rtpPort: number, rtcpPort: number): Promise<Answer> {
		const { localAddress: local, remoteAddress: peer } = this.#socket;
		if (local === undefined || peer === undefined || !isPort(rtpPort) || !isPort(rtcpPort)) return { status: 461 };
		const onRtcp = () => {
			this.#heardAt = performance.now();
		};
		const pair = await UdpPair.open({ local, peer, rtpPort, rtcpPort, onRtcp }).catch(() => undefined);
		if (!pair) return { status: 500 };
		if (this.#socket.destroyed) pair.close();
		else this.#setDelivery(track, { kind: 'udp', pair });
		const ports = `client_port=${rtpPort}-${rtcpPort};server_port=${pair.port}-${pair.port + 1}`;
		return this.#isSetUp(camera, `RTP/AVP;unicast;${ports};ssrc=${ssrcOf(camera, track)}`);
	}

	#setDelivery(track: Track, delivery: Delivery): void {
		const former = this.#deliveries.get(track);
		if (former?.kind === 'udp') former.pair.close();
		this.#deliveries.set(track, delivery);
	}

	#isSetUp(camera: LoopingCamera, transport: string): Answer {
		this.camera = camera;
		return { status: 200, headers: { Transport: transport, Session: `${this.#id};timeout=${Math.ceil(this.#host.sessionTimeout / 1000)}` } };
	}

	#play(camera: LoopingCamera, base: string): Answer {
		const beat = this.#host.beat();
		const info = tracks
			.filter((track) => this.#deliveries.has(track))
			.map((track) => `url=${base}/${track};rtptime=${camera.rtpTimeAtJoin(beat, track)}`);
		return {
			status: 200,
			headers: { Session: this.#id, Range: 'npt=now-', 'RTP-Info': info.join(',') },
			after: () => {
				if (this.state === 'ready') this.state = 'waiting';
			},
		};
	}
}

/** `rtsp://host/cam-port-01/sub/video` → the camera's path, the track when one is named, and the address of the whole. */
function parseTarget(uri: string): { camera: string; track: Track | undefined; base: string } | undefined {
	if (uri === '*') return { camera: '', track: undefined, base: '' };
	const match = /^(rtsp:\/\/[^/?#]+)\/?([^/?#]*(?:\/[^/?#]+){0,2})\/?(?:[?#].*)?$/i.exec(uri);
	if (!match) return undefined;
	const [, host = '', path = ''] = match;
	const track = tracks.find((each) => path.endsWith(`/${each}`));
	const camera = track ? path.slice(0, -track.length - 1) : path;
	return { camera, track, base: `${host}/${camera}` };
}

function ssrcOf(camera: LoopingCamera, track: Track): string {
	return camera.ssrc(track).toString(16).toUpperCase().padStart(8, '0');
}

function isPort(port: number): boolean {
	return port >= 1 && port <= 65_535;
}

function describe(camera: LoopingCamera, base: string): Answer {
	const { clip, cut } = camera;
	const lines = [
		'v=0',
		'o=- 1 1 IN IP4 0.0.0.0',
		`s=${clip.id}`,
		'c=IN IP4 0.0.0.0',
		't=0 0',
		'a=range:npt=now-',
		'a=control:*',
		`m=video 0 RTP/AVP ${payloadTypes.video}`,
		`a=rtpmap:${payloadTypes.video} H264/90000`,
		`a=fmtp:${payloadTypes.video} packetization-mode=1;profile-level-id=${cut.profileLevelId};sprop-parameter-sets=${cut.sprop}`,
		`a=framerate:${clip.fps}`,
		'a=recvonly',
		'a=control:video',
	];
	const audio = [
		`m=audio 0 RTP/AVP ${payloadTypes.audio}`,
		`a=rtpmap:${payloadTypes.audio} PCMA/8000/1`,
		'a=ptime:20',
		'a=recvonly',
		'a=control:audio',
	];
	if (camera.tracks.includes('audio')) lines.push(...audio);
	return { status: 200, headers: { 'Content-Base': `${base}/`, 'Content-Type': 'application/sdp' }, body: `${lines.join('\r\n')}\r\n` };
}
