import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Offerer } from './viewers.ts';

const mountpoint = 1;

interface Reply {
	janus: string;
	sender?: number;
	transaction?: string;
	data?: { id: number };
	jsep?: { type: string; sdp: string };
	error?: { reason: string };
}

/** Janus with its streaming plugin: one H.264 stream that comes as RTP by UDP and goes to whoever watches. The peer of our relay. */
export class Janus {
	readonly child: ChildProcess;
	/** Where it takes RTP. */
	readonly rtpPort: number;
	readonly url: string;
	readonly #folder: string;

	private constructor(child: ChildProcess, url: string, rtpPort: number, folder: string) {
		this.child = child;
		this.url = url;
		this.rtpPort = rtpPort;
		this.#folder = folder;
	}

	/** On loopback alone, with nothing but the HTTP API and the streaming plugin. */
	static async start(): Promise<Janus> {
		const folder = await mkdtemp(join(tmpdir(), 'beilun-janus-'));
		const [httpPort, rtpPort] = [await freePort(), await freePort()];
		const libraries = '/usr/lib/x86_64-linux-gnu/janus';
		await writeFile(
			join(folder, 'janus.jcfg'),
			`general: { configs_folder = "${folder}" plugins_folder = "${libraries}/plugins" transports_folder = "${libraries}/transports" events_folder = "${libraries}/events" loggers_folder = "${libraries}/loggers" debug_level = 2 log_to_stdout = true }
media: { ipv6 = false }
nat: { full_trickle = false }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so" }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }
`,
		);
		await writeFile(
			join(folder, 'janus.transport.http.jcfg'),
			`general: { base_path = "/janus" http = true port = ${httpPort} ip = "127.0.0.1" https = false }\nadmin: { admin_http = false }\n`,
		);
		await writeFile(
			join(folder, 'janus.plugin.streaming.jcfg'),
			`bench: { type = "rtp" id = ${mountpoint} audio = false video = true videoport = ${rtpPort} videoiface = "127.0.0.1" videopt = 96 videortpmap = "H264/90000" videofmtp = "profile-level-id=42e01f;packetization-mode=1" }\n`,
		);
		const child = spawn('janus', ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: ['ignore', 'pipe', 'pipe'] });
		let printed = '';
		for (const output of [child.stdout, child.stderr]) output.on('data', (chunk) => (printed = (printed + chunk).slice(-4_000)));
		const janus = new Janus(child, `http://127.0.0.1:${httpPort}/janus`, rtpPort, folder);
		for (let tries = 0; ; tries += 1) {
			const up = await fetch(`http://127.0.0.1:${httpPort}/janus/info`).then(
				(answer) => answer.ok,
				() => false,
			);
			if (up) break;
			if (tries > 100 || child.exitCode !== null) throw new Error(`Janus did not start:\n${printed}`);
			await new Promise((done) => setTimeout(done, 100));
		}
		return janus;
	}

	async stop(): Promise<void> {
		if (this.child.exitCode === null) {
			const ended = once(this.child, 'exit');
			this.child.kill('SIGKILL');
			await ended;
		}
		await rm(this.#folder, { recursive: true, force: true });
	}
}

/** A client's session with Janus, through which viewers come to its stream. */
export class JanusSession {
	readonly #url: string;
	readonly #waiting = new Map<number, (reply: Reply) => void>();
	#session = 0;
	#polling = true;

	private constructor(url: string) {
		this.#url = url;
	}

	static async open(url: string): Promise<JanusSession> {
		const session = new JanusSession(url);
		session.#session = (await session.#post('', { janus: 'create' })).data?.id ?? 0;
		session.#poll().catch(() => undefined);
		return session;
	}

	readonly offerer: Offerer = {
		kind: 'offered',
		offer: async () => {
			const handle = (await this.#post(`/${this.#session}`, { janus: 'attach', plugin: 'janus.plugin.streaming' })).data?.id ?? 0;
			const event = new Promise<Reply>((resolve) => this.#waiting.set(handle, resolve));
			await this.#post(`/${this.#session}/${handle}`, { janus: 'message', body: { request: 'watch', id: mountpoint } });
			const { jsep } = await event;
			if (jsep === undefined) throw new Error('Janus made no offer');
			return {
				sdp: jsep.sdp,
				answer: async (sdp: string) => {
					await this.#post(`/${this.#session}/${handle}`, { janus: 'message', body: { request: 'start' }, jsep: { type: 'answer', sdp } });
				},
			};
		},
	};

	close(): void {
		this.#polling = false;
	}

	async #post(path: string, body: object): Promise<Reply> {
		const answer = await fetch(`${this.#url}${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ ...body, transaction: String(Math.random()).slice(2) }),
		});
		const reply = (await answer.json()) as Reply;
		if (reply.janus === 'error') throw new Error(`Janus: ${reply.error?.reason}`);
		return reply;
	}

	/** Its events come by long polls. */
	async #poll(): Promise<void> {
		while (this.#polling) {
			try {
				const replies = (await (await fetch(`${this.#url}/${this.#session}?maxev=10`)).json()) as Reply[];
				for (const reply of Array.isArray(replies) ? replies : [replies]) {
					if (reply.jsep === undefined || reply.sender === undefined) continue;
					this.#waiting.get(reply.sender)?.(reply);
					this.#waiting.delete(reply.sender);
				}
			} catch {
				if (!this.#polling) return;
				await new Promise((done) => setTimeout(done, 100));
			}
		}
	}
}

async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}
