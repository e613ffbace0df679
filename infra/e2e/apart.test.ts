import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../test/services.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const names = ['command-center', 'sensor-ingest', 'media-gateway', 'alerts'] as const;
const serviceToken = `apart-${randomUUID()}`;
const urls = {} as Record<(typeof names)[number], string>;
const children: ChildProcess[] = [];
let dataDir: string;

function needed(name: string): string {
	const value = process.env[name];
	if (value === undefined) throw new Error(`${name} is not set: run this by \`npm test -- infra/e2e/apart\``);
	return value;
}

beforeAll(async () => {
	const database = `apart_${randomUUID().replaceAll('-', '')}`;
	const client = new pg.Client({ connectionString: needed('TEST_DATABASE_URL') });
	await client.connect();
	await client.query(`create database ${database}`);
	await client.end();
	const databaseUrl = new URL(needed('TEST_DATABASE_URL'));
	databaseUrl.pathname = `/${database}`;
	dataDir = await mkdtemp(join(tmpdir(), 'beilun-apart-'));
	const ports = await Promise.all(names.map(() => freePort()));
	names.forEach((name, index) => {
		urls[name] = `http://127.0.0.1:${ports[index]}`;
	});
	for (const [index, name] of names.entries()) {
		const child = spawn(process.execPath, [join(root, name, 'main.ts')], {
			stdio: ['ignore', 'ignore', process.env.TEST_LOG_LEVEL === undefined ? 'ignore' : 'inherit'],
			env: {
				...process.env,
				DATABASE_URL: databaseUrl.toString(),
				REDIS_URL: `${needed('TEST_REDIS_URL')}/7`,
				BEILUN_SERVICE_TOKEN: serviceToken,
				BEILUN_SERVICE_URLS: names.map((each) => `${each}=${urls[each]}`).join(','),
				BEILUN_DATA_DIR: dataDir,
				BEILUN_HTTP_HOST: '127.0.0.1',
				BEILUN_HTTP_PORT: String(ports[index]),
				BEILUN_MQTT_HOST: '127.0.0.1',
				BEILUN_MQTT_PORT: '0',
				BEILUN_RTC_HOST: '127.0.0.1',
				BEILUN_RTC_PORT: '0',
			},
		});
		children.push(child);
	}
	for (const name of names) {
		await vi.waitFor(async () => expect([name, (await fetch(`${urls[name]}/readyz`)).status]).toEqual([name, 200]), {
			timeout: 60_000,
			interval: 200,
		});
	}
});

afterAll(async () => {
	for (const child of children) {
		if (child.exitCode !== null || child.signalCode !== null) continue;
		const closed = new Promise((resolve) => child.once('close', resolve));
		child.kill('SIGTERM');
		await closed;
	}
	await rm(dataDir, { recursive: true, force: true });
});

function put(service: (typeof names)[number], path: string, body: object): Promise<Response> {
	return fetch(`${urls[service]}${path}`, {
		method: 'PUT',
		headers: { authorization: `Bearer ${serviceToken}`, 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
}

test('four processes on PostgreSQL and Redis know the same people and tell each other what changes', async () => {
	const password = 'a password of some length';
	expect(
		(await put('command-center', '/api/v1/users/officer', { name: 'officer', displayName: 'Officer', role: 'duty-officer', password })).status,
	).toBe(200);
	const login = await fetch(`${urls['command-center']}/api/v1/login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ name: 'officer', password }),
	});
	const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';

	// A cookie of the command centre counts at another process; a made-up one does not.
	expect((await fetch(`${urls.alerts}/api/v1/alerts`, { headers: { cookie } })).status).toBe(200);
	expect((await fetch(`${urls.alerts}/api/v1/alerts`, { headers: { cookie: `beilun_session=${'x'.repeat(43)}` } })).status).toBe(401);

	const desk = io(`${urls['command-center']}/console`, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie } });
	const seen: string[] = [];
	desk.on('changes', (changes: { upserts: { id: string }[] }) => seen.push(...changes.upserts.map((each) => each.id)));
	await new Promise<void>((resolve) =>
		desk.on('connect', () => desk.emit('subscribe', { protocol: 1, epoch: null, topics: { sensors: 0, cameras: 0 } }, () => resolve())),
	);
	const place = { lon: 121.8, lat: 29.9, name: '', nameEn: '' };
	const name = { zh: '潮位', en: 'Tide' };
	const datastreams = [{ property: 'waterLevel', name, unit: 'm', decimals: 2 }];
	expect(
		(await put('sensor-ingest', '/api/v1/sensors/tide-1', { id: 'tide-1', name, agency: 'water', kind: 'tide', place, datastreams })).status,
	).toBe(200);
	expect((await put('media-gateway', '/api/v1/cameras/cam-1', { id: 'cam-1', name, agency: 'water', place, url: 'rtsp://192.0.2.1/x' })).status).toBe(
		200,
	);
	await vi.waitFor(() => expect(seen).toEqual(expect.arrayContaining(['tide-1', 'cam-1'])), 10_000);

	// Logging out at one process puts the same person out of another.
	const media = io(`${urls['media-gateway']}/media`, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { cookie } });
	await new Promise<void>((resolve) => media.on('connect', () => resolve()));
	const ended = new Promise<{ reason: string }>((resolve) => media.on('ended', resolve));
	await fetch(`${urls['command-center']}/api/v1/logout`, { method: 'POST', headers: { cookie } });
	expect(await ended).toEqual({ reason: 'logged-out' });
	await vi.waitFor(async () => expect((await fetch(`${urls.alerts}/api/v1/alerts`, { headers: { cookie } })).status).toBe(401), 3_000);
	desk.close();
	media.close();
});
