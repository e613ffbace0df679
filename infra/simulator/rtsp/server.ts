import { createServer, type Server } from 'node:net';
import type { Clip } from '../clips/clips.ts';
import { type CameraFault, type CutClip, cutClip, type Due, LoopingCamera } from './camera.ts';
import { RtspSession } from './session.ts';

export type { CameraFault } from './camera.ts';

export interface RtspServerOptions {
	clips: readonly Clip[];
	username: string;
	password: string;
	/** Connections beyond this are closed at once. */
	maxConnections?: number;
	/** How packets may travel; `any` unless given. */
	transport?: 'tcp' | 'udp' | 'any';
	/** Seconds without a sign of a client that is sent to over UDP; 60 unless given. */
	sessionTimeout?: number;
	/** Bytes of a video packet's payload; 1,200 unless given. */
	payloadSize?: number;
	/** How often packets leave: a multiple of every clip's pictures a second. Three times for each of 15 unless given, so that cameras can take turns. */
	beatsPerSecond?: number;
}

const reportInterval = 5_000;
/** After a stall longer than this the cameras go on from where they were, instead of sending all they missed at once. */
const longestBurst = 500;
/** Beats between the key frames of neighbouring cameras; the first multiples of it fall into different beats of two seconds. */
const lagStep = 7;

/**
 * An RTSP server (RFC 2326) whose cameras loop clips for ever: `rtsp://user:password@host:port/{clip id}`, and behind it
 * `/sub` for the small second stream. Packets are interleaved in TCP or go by UDP, as the client asks.
 * One timer paces all cameras by monotonic time.
 */
export class RtspServer {
	readonly #options: RtspServerOptions;
	readonly #beatsPerSecond: number;
	/** By their paths. */
	readonly #cameras = new Map<string, LoopingCamera>();
	readonly #sessions = new Set<RtspSession>();
	#server: Server | undefined;
	#timer: NodeJS.Timeout | undefined;
	#origin = 0;
	#beat = 0;
	#reportedAt = 0;
	#lookedAt = 0;

	constructor(options: RtspServerOptions) {
		this.#options = options;
		this.#beatsPerSecond = options.beatsPerSecond ?? 45;
	}

	/** Listens; port 0 takes a free one. Answers the port. */
	async start(port = 0, host = '127.0.0.1'): Promise<number> {
		this.#build();
		const server = createServer();
		server.maxConnections = this.#options.maxConnections ?? 256;
		const { username, password, transport = 'any', sessionTimeout = 60 } = this.#options;
		server.on('connection', (socket) => {
			const session = new RtspSession(socket, {
				username,
				password,
				transport,
				sessionTimeout: sessionTimeout * 1_000,
				camera: (id) => this.#cameras.get(id),
				beat: () => this.#beat,
				closed: (ended) => this.#sessions.delete(ended),
			});
			this.#sessions.add(session);
			session.start();
		});
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, host, resolve);
		});
		this.#server = server;
		this.#origin = performance.now();
		this.#schedule();
		const address = server.address();
		return typeof address === 'object' && address ? address.port : port;
	}

	async stop(): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const server = this.#server;
		this.#server = undefined;
		for (const session of this.#sessions) session.close();
		if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
	}

	/** Ids of the cameras, each also its path. */
	get cameraIds(): string[] {
		return this.#options.clips.map((clip) => clip.id);
	}

	/** How many connections watch, of one camera or of all. */
	watching(cameraId?: string): number {
		let number = 0;
		for (const { camera, state } of this.#sessions) if (state === 'playing' && (!cameraId || camera?.clip.id === cameraId)) number++;
		return number;
	}

	/**
	 * Makes a camera misbehave until `restore`. `offline`: hangs up, now and on every request. `silent`: answers as ever,
	 * sends no packet. `unauthorized`: hangs up, then refuses every password with 401. Throws for a camera it does not have.
	 */
	fail(cameraId: string, fault: CameraFault): void {
		for (const camera of this.#streams(cameraId)) camera.fault = fault;
		for (const session of this.#sessions) {
			if (session.camera?.clip.id !== cameraId) continue;
			if (fault !== 'silent') session.close();
			else if (session.state === 'playing') session.state = 'waiting';
		}
	}

	/** Sessions that a silent camera kept waiting go on at its next key frame. */
	restore(cameraId: string): void {
		for (const camera of this.#streams(cameraId)) camera.fault = undefined;
	}

	#build(): void {
		// Many cameras may show the same clip, which is then cut and kept once.
		const cuts: { video: Buffer; audio: Buffer; cut: CutClip }[] = [];
		const cut = (video: Buffer, audio: Buffer) => {
			const known = cuts.find((other) => other.video === video && other.audio === audio);
			if (known) return known.cut;
			const made = cutClip({ video, audio }, this.#options.payloadSize ?? 1_200);
			cuts.push({ video, audio, cut: made });
			return made;
		};
		for (const [index, clip] of this.#options.clips.entries()) {
			const time = { beatsPerSecond: this.#beatsPerSecond, lag: (index * lagStep) % (this.#beatsPerSecond * 2) };
			this.#cameras.set(clip.id, new LoopingCamera(clip, cut(clip.video, clip.audio), time));
			if (clip.sub) this.#cameras.set(`${clip.id}/sub`, new LoopingCamera(clip, cut(clip.sub, clip.audio), time));
		}
	}

	/** A camera's one or two streams. */
	#streams(id: string): LoopingCamera[] {
		const streams = [...this.#cameras.values()].filter(({ clip }) => clip.id === id);
		if (streams.length === 0) throw new Error(`no camera ${id}: expected one of ${this.cameraIds.join(', ')}`);
		return streams;
	}

	#schedule(): void {
		const due = this.#origin + (this.#beat * 1_000) / this.#beatsPerSecond;
		this.#timer = setTimeout(() => this.#tick(), Math.max(0, due - performance.now()));
	}

	#tick(): void {
		const now = performance.now();
		const late = now - (this.#origin + (this.#beat * 1_000) / this.#beatsPerSecond);
		if (late > longestBurst) this.#origin += late;
		while (this.#origin + (this.#beat * 1_000) / this.#beatsPerSecond <= now) {
			this.#sendBeat(this.#beat);
			this.#beat++;
		}
		if (now - this.#reportedAt >= reportInterval) {
			this.#reportedAt = now;
			for (const session of this.#sessions) if (session.state === 'playing') this.#report(session);
		}
		if (now - this.#lookedAt >= 1_000) {
			this.#lookedAt = now;
			for (const session of this.#sessions) session.expire(now);
		}
		this.#schedule();
	}

	#sendBeat(beat: number): void {
		const watched = new Map<LoopingCamera, RtspSession[]>();
		for (const session of this.#sessions) {
			const { camera } = session;
			if (!camera || camera.fault || session.state === 'ready') continue;
			if (session.state === 'waiting') {
				if (!camera.startsGroup(beat)) continue;
				session.state = 'playing';
				this.#report(session);
			}
			const others = watched.get(camera);
			if (others) others.push(session);
			else watched.set(camera, [session]);
		}
		for (const [camera, sessions] of watched) {
			const due = camera.packets(beat);
			if (due.length > 0) this.#deliver(due, sessions);
		}
	}

	/** What several sessions take in the same frames is put into them once. */
	#deliver(due: readonly Due[], sessions: readonly RtspSession[]): void {
		const framed = new Map<string, Buffer>();
		for (const session of sessions) {
			session.sendPackets(due, false);
			const { framing } = session;
			if (framing === undefined) continue;
			const frames = framed.get(framing) ?? session.frame(due, false);
			framed.set(framing, frames);
			session.sendFrame(frames);
		}
	}

	#report(session: RtspSession): void {
		const beat = ((performance.now() - this.#origin) * this.#beatsPerSecond) / 1_000;
		const due = session.camera?.senderReports(beat, Date.now()) ?? [];
		session.sendFrame(session.frame(due, true));
		session.sendPackets(due, true);
	}
}
