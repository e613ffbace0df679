import { createServer, type Server } from 'node:net';
import type { Clip } from '../clips/clips.ts';
import { beatsPerSecond, type CameraFault, LoopingCamera } from './camera.ts';
import { RtspSession } from './session.ts';

export type { CameraFault } from './camera.ts';

export interface RtspServerOptions {
	clips: readonly Clip[];
	username: string;
	password: string;
	/** Connections beyond this are closed at once. */
	maxConnections?: number;
}

const reportInterval = 5_000;
/** After a stall longer than this the cameras go on from where they were, instead of sending all they missed at once. */
const longestBurst = 500;
/** Beats between the key frames of neighbouring cameras; the first multiples of it fall into different beats of a group of 90. */
const lagStep = 7;

/**
 * An RTSP server (RFC 2326, packets interleaved in TCP) whose cameras loop clips for ever: `rtsp://user:password@host:port/{clip id}`.
 * One timer paces all cameras by monotonic time.
 */
export class RtspServer {
	readonly #options: RtspServerOptions;
	readonly #cameras = new Map<string, LoopingCamera>();
	readonly #sessions = new Set<RtspSession>();
	#server: Server | undefined;
	#timer: NodeJS.Timeout | undefined;
	#origin = 0;
	#beat = 0;
	#reportedAt = 0;

	constructor(options: RtspServerOptions) {
		this.#options = options;
	}

	/** Listens; port 0 takes a free one. Answers the port. */
	async start(port = 0, host = '127.0.0.1'): Promise<number> {
		for (const [index, clip] of this.#options.clips.entries()) this.#cameras.set(clip.id, new LoopingCamera(clip, (index * lagStep) % 90));
		const server = createServer();
		server.maxConnections = this.#options.maxConnections ?? 256;
		const { username, password } = this.#options;
		server.on('connection', (socket) => {
			const session = new RtspSession(socket, {
				username,
				password,
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
		this.#camera(cameraId).fault = fault;
		for (const session of this.#sessions) {
			if (session.camera?.clip.id !== cameraId) continue;
			if (fault !== 'silent') session.close();
			else if (session.state === 'playing') session.state = 'waiting';
		}
	}

	/** Sessions that a silent camera kept waiting go on at its next key frame. */
	restore(cameraId: string): void {
		this.#camera(cameraId).fault = undefined;
	}

	#camera(id: string): LoopingCamera {
		const camera = this.#cameras.get(id);
		if (!camera) throw new Error(`no camera ${id}: expected one of ${[...this.#cameras.keys()].join(', ')}`);
		return camera;
	}

	#schedule(): void {
		const due = this.#origin + (this.#beat * 1_000) / beatsPerSecond;
		this.#timer = setTimeout(() => this.#tick(), Math.max(0, due - performance.now()));
	}

	#tick(): void {
		const now = performance.now();
		const late = now - (this.#origin + (this.#beat * 1_000) / beatsPerSecond);
		if (late > longestBurst) this.#origin += late;
		while (this.#origin + (this.#beat * 1_000) / beatsPerSecond <= now) {
			this.#sendBeat(this.#beat);
			this.#beat++;
		}
		if (now - this.#reportedAt >= reportInterval) {
			this.#reportedAt = now;
			for (const session of this.#sessions) if (session.state === 'playing') this.#report(session);
		}
		this.#schedule();
	}

	#sendBeat(beat: number): void {
		const watched = new Map<LoopingCamera, Map<string, RtspSession[]>>();
		for (const session of this.#sessions) {
			const { camera } = session;
			if (!camera || camera.fault || session.state === 'ready') continue;
			if (session.state === 'waiting') {
				if (!camera.startsGroup(beat)) continue;
				session.state = 'playing';
				this.#report(session);
			}
			const framings = watched.get(camera) ?? new Map<string, RtspSession[]>();
			watched.set(camera, framings);
			const alike = framings.get(session.framing);
			if (alike) alike.push(session);
			else framings.set(session.framing, [session]);
		}
		for (const [camera, framings] of watched) {
			const groups = [...framings.values()];
			const packets = camera.packets(
				beat,
				groups.map((group) => group[0]?.channels ?? {}),
			);
			for (const [index, group] of groups.entries()) {
				for (const session of group) session.send(packets[index] ?? Buffer.alloc(0));
			}
		}
	}

	#report(session: RtspSession): void {
		session.send(session.camera?.senderReports(session.channels, this.#beat, Date.now()) ?? Buffer.alloc(0));
	}
}
