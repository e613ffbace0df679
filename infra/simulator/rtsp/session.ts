import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Channels, type LoopingCamera, payloadTypes, type Track, tracks } from './camera.ts';
import { DigestGuard } from './digest.ts';
import { RequestParser, type RtspRequest, RtspSyntaxError } from './request.ts';

/** What a connection needs of its server. */
export interface SessionHost {
	readonly username: string;
	readonly password: string;
	camera(id: string): LoopingCamera | undefined;
	/** The beat that comes next. */
	beat(): number;
	closed(session: RtspSession): void;
}

/** A connection whose peer reads slower than the camera sends is closed once this much is waiting. */
const sendLimit = 1_048_576;
/** A connection that does not play has to say something within this time. */
const idleLimit = 60_000;

const reasons = {
	200: 'OK',
	400: 'Bad Request',
	401: 'Unauthorized',
	404: 'Not Found',
	454: 'Session Not Found',
	455: 'Method Not Valid in This State',
	459: 'Aggregate Operation Not Allowed',
	461: 'Unsupported Transport',
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

/** One TCP connection, which carries at most one RTSP session with its packets interleaved. */
export class RtspSession {
	camera: LoopingCamera | undefined;
	readonly channels: Channels = {};
	state: 'ready' | 'waiting' | 'playing' = 'ready';
	readonly #id = randomBytes(8).toString('hex');
	readonly #parser = new RequestParser();
	readonly #guard: DigestGuard;
	readonly #host: SessionHost;
	readonly #socket: Socket;

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
		this.#socket.on('close', () => this.#host.closed(this));
	}

	close(): void {
		this.#socket.destroy();
	}

	/** Key of the channel numbers: sessions with the same key get the same bytes. */
	get framing(): string {
		return `${this.channels.video ?? '-'},${this.channels.audio ?? '-'}`;
	}

	send(packets: Buffer): void {
		if (packets.length === 0 || this.#socket.destroyed) return;
		this.#socket.write(packets);
		if (this.#socket.writableLength > sendLimit) this.close();
	}

	#receive(chunk: Buffer): void {
		try {
			for (const message of this.#parser.push(chunk)) {
				// The client's receiver reports tell nothing this server acts on.
				if (message.kind === 'request' && !this.#socket.destroyed) this.#respond(message);
			}
		} catch (error) {
			if (!(error instanceof RtspSyntaxError)) throw error;
			this.#socket.end(`RTSP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n`);
		}
	}

	#respond(request: RtspRequest): void {
		const answer = this.#answer(request);
		if (!answer) {
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
	#answer(request: RtspRequest): Answer | undefined {
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

	#setup(camera: LoopingCamera, track: Track | undefined, transport: string): Answer {
		if (!track) return { status: 459 };
		if (this.state !== 'ready') return { status: 455 };
		if (this.camera && this.camera !== camera) return { status: 455 };
		const wish = transport.split(',').find((spec) => /^\s*RTP\/AVP\/TCP\b/i.test(spec));
		if (wish === undefined) return { status: 461 };
		const asked = /interleaved\s*=\s*(\d{1,3})/i.exec(wish)?.[1];
		const channel = asked === undefined ? tracks.indexOf(track) * 2 : Number(asked);
		const taken = Object.entries(this.channels).some(([other, used]) => other !== track && Math.abs(used - channel) < 2);
		if (channel > 254 || taken) return { status: 461 };
		this.camera = camera;
		this.channels[track] = channel;
		return {
			status: 200,
			headers: { Transport: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`, Session: `${this.#id};timeout=60` },
		};
	}

	#play(camera: LoopingCamera, base: string): Answer {
		const beat = this.#host.beat();
		const info = tracks
			.filter((track) => this.channels[track] !== undefined)
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

/** `rtsp://host/cam-port-01/video` → the camera, the track when one is named, and the address of the whole. */
function parseTarget(uri: string): { camera: string; track: Track | undefined; base: string } | undefined {
	if (uri === '*') return { camera: '', track: undefined, base: '' };
	const match = /^(rtsp:\/\/[^/?#]+)\/?([^/?#]*)(?:\/([^/?#]*))?\/?(?:[?#].*)?$/i.exec(uri);
	if (!match) return undefined;
	const [, host = '', camera = '', rest] = match;
	return { camera, track: tracks.find((track) => track === rest), base: `${host}/${camera}` };
}

function describe(camera: LoopingCamera, base: string): Answer {
	const { clip } = camera;
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
		`a=fmtp:${payloadTypes.video} packetization-mode=1;profile-level-id=${camera.profileLevelId};sprop-parameter-sets=${camera.sprop}`,
		`a=framerate:${clip.fps}`,
		'a=recvonly',
		'a=control:video',
		`m=audio 0 RTP/AVP ${payloadTypes.audio}`,
		`a=rtpmap:${payloadTypes.audio} PCMA/8000/1`,
		'a=ptime:20',
		'a=recvonly',
		'a=control:audio',
	];
	return { status: 200, headers: { 'Content-Base': `${base}/`, 'Content-Type': 'application/sdp' }, body: `${lines.join('\r\n')}\r\n` };
}
