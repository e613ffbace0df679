import { once } from 'node:events';
import { createServer } from 'node:net';
import type { SensorInput } from '@beilun/shared/protocol/sensors.ts';
import type { Config } from '@beilun/shared/runtime/config.ts';
import { startTestSystem, type TestSystem } from '@beilun/shared/testing/context.ts';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { SensorIngest } from '../service.ts';

export interface Credentials {
	username: string;
	password: string;
}

export interface IngestSystem extends TestSystem {
	ingest: SensorIngest;
	call<T>(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown, as?: string): Promise<{ status: number; body: T }>;
	putSensor(input?: Partial<SensorInput>): Promise<void>;
	putDevice(input?: object): Promise<Credentials>;
}

export async function startIngest(config: Partial<Config> = {}): Promise<IngestSystem> {
	let ingest: SensorIngest | undefined;
	const system = await startTestSystem({
		services: (context) => {
			ingest = new SensorIngest(context);
			return [ingest];
		},
		config,
	});
	const call = async <T>(method: string, path: string, body?: unknown, as = 'service') => {
		const response = await fetch(`${system.url}/api/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${as}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
	};
	return {
		...system,
		ingest: ingest as SensorIngest,
		call,
		putSensor: async (input = {}) => {
			const { status, body } = await call('PUT', `/sensors/${input.id ?? 'gauge-1'}`, { ...gauge, ...input });
			if (status !== 200) throw new Error(JSON.stringify(body));
		},
		putDevice: async (input = {}) => {
			const device = { id: 'logger-1', agency: 'water', sensorIds: ['gauge-1'], unitIds: ['boat-1'], ...input };
			const { status, body } = await call<Credentials>('PUT', `/devices/${device.id}`, device);
			if (status !== 200) throw new Error(JSON.stringify(body));
			return body;
		},
	};
}

export const gauge: SensorInput = {
	id: 'gauge-1',
	name: { zh: '水位计', en: 'Gauge' },
	agency: 'water',
	kind: 'water-level',
	place: { lon: 121.85, lat: 29.9, name: '', nameEn: '' },
	period: 60,
	datastreams: [
		{ property: 'waterLevel', name: { zh: '水位', en: 'Level' }, unit: 'm', decimals: 2 },
		{ property: 'rain', name: { zh: '雨量', en: 'Rain' }, unit: 'mm', decimals: 1 },
	],
	demo: false,
};

export function connectDevice(port: number, options: Partial<IClientOptions> = {}): Promise<MqttClient> {
	return connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 200, ...options }, false);
}

/** A port that was free a moment ago, for programs that cannot be asked for one. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, 'close');
	return port;
}

/** `count` whole seconds of the last hour, oldest first. */
export function times(count: number): string[] {
	const start = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
	return Array.from({ length: count }, (_, index) => new Date(start + index * 1000).toISOString());
}
