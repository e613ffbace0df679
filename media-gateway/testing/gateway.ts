import type { Camera, CameraInput, Stream } from '@beilun/shared/protocol/media.ts';
import type { Config } from '@beilun/shared/runtime/config.ts';
import type { App } from '@beilun/shared/runtime/http.ts';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import type { Service } from '@beilun/shared/runtime/service.ts';
import { startTestSystem, type TestSystem } from '@beilun/shared/testing/context.ts';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { MediaGateway } from '../service.ts';

/** Stands in for the command centre: knows these units and nothing else. */
class Units implements Service {
	readonly name = 'command-center';
	readonly #units: Record<string, object>;
	constructor(units: Record<string, object>) {
		this.#units = units;
	}
	async migrate() {}
	async routes(app: App) {
		const schema = { params: z.object({ id: z.string() }) };
		app.get('/api/v1/units/:id', { config: { access: 'service' }, schema }, (request) => {
			const unit = this.#units[request.params.id];
			if (unit === undefined) throw new RequestError(404, 'not-found', 'there is no such unit');
			return unit;
		});
	}
	async start() {}
	async stop() {}
	async ready() {
		return {};
	}
}

export const soon = { timeout: 20_000, interval: 50 };

/** A media gateway that may reach cameras on this machine, with an officer and two agencies' viewers. */
export class TestGateway {
	readonly system: TestSystem;
	readonly service: MediaGateway;

	private constructor(system: TestSystem, service: MediaGateway) {
		this.system = system;
		this.service = service;
	}

	static async start({ cameraNetworks = ['127.0.0.0/8'], ...more }: Partial<Config> = {}): Promise<TestGateway> {
		let service: MediaGateway | undefined;
		const bin = process.env.MEDIASOUP_WORKER_BIN;
		const system = await startTestSystem({
			services: (context) => {
				service = new MediaGateway(context);
				return [new Units({ 'unit-1': { id: 'unit-1', agency: 'fire', demo: false } }), service];
			},
			config: { cameraNetworks, ...more, ...(bin === undefined ? {} : { mediasoupWorkerBin: bin }) },
		});
		system.identity.add('officer', 'duty-officer');
		system.identity.add('police', 'agency-viewer', { agency: 'police' });
		system.identity.add('water', 'agency-viewer', { agency: 'water' });
		system.identity.add('field', 'field-unit', { agency: 'fire', unitId: 'unit-1' });
		system.identity.add('stranger', 'field-unit', { agency: 'fire', unitId: 'unit-9' });
		if (service === undefined) throw new Error('no service was built');
		return new TestGateway(system, service);
	}

	request(method: string, path: string, { as = 'officer', body }: { as?: string; body?: unknown } = {}): Promise<Response> {
		return fetch(`${this.system.url}${path}`, {
			method,
			headers: { authorization: `Bearer ${as}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
	}

	async register(id: string, url: string, more: Partial<CameraInput> = {}): Promise<Camera> {
		const body = { id, name: { zh: id }, agency: 'police', place: { lon: 121.8, lat: 29.9 }, url, ...more };
		const answer = await this.request('PUT', `/api/v1/cameras/${id}`, { body });
		expect(answer.status).toBe(200);
		return (await answer.json()) as Camera;
	}

	async stream(id: string): Promise<Stream | undefined> {
		const answer = await this.request('GET', '/api/v1/streams');
		return ((await answer.json()) as { items: Stream[] }).items.find((stream) => stream.id === id);
	}

	async untilState(id: string, status: object): Promise<void> {
		await vi.waitFor(async () => expect((await this.stream(id))?.status).toMatchObject(status), soon);
	}
}
