import { randomBytes } from 'node:crypto';
import { agencies } from '@beilun/shared/protocol/words.ts';
import { Api, forEachAtOnce } from './provision.ts';
import type { CameraFault } from './rtsp/camera.ts';
import { ScenarioPlayer } from './scenario/player.ts';
import { type Scenario, type ScenarioEvent, typhoonNight } from './scenario/typhoon-night.ts';
import type { CameraModel } from './world/cameras.ts';
import { Device } from './world/device.ts';
import { observe, offset, sensors } from './world/district.ts';
import { MovingUnit } from './world/fleet.ts';
import { RoadNetwork } from './world/roads.ts';
import { rules } from './world/rules.ts';
import type { SensorModel } from './world/sensor.ts';
import { units } from './world/units.ts';
import { mainWall } from './world/wall.ts';

export const scenarios: Record<string, Scenario> = { [typhoonNight.name]: typhoonNight };

/** What the simulator needs of the RTSP server. */
interface CameraServer {
	start(port?: number): Promise<number>;
	stop(): Promise<void>;
	fail(cameraId: string, fault: CameraFault): void;
	restore(cameraId: string): void;
}

export interface SimulatorOptions {
	httpUrl: string;
	mqttUrl: string;
	serviceToken: string;
	/** The pictures: their server, the cameras it has, and the credentials it wants. */
	video: { server: CameraServer; cameras: CameraModel[]; username: string; password: string };
	/** Progress, as the launcher reads it. */
	say: (message: { step: string; text?: string; done?: number; of?: number }) => void;
	trouble: (text: string) => void;
}

/** Milliseconds between two looks at what is due. */
const tick = 250;
const positionEvery = 2;
const connectWithin = 15_000;

interface Reporter {
	model: SensorModel;
	device: Device;
	topic: string;
	/** Second of the district's age at which it reports next. */
	due: number;
}

/** The demo district: registers itself through the public API, then lives by one timer. */
export class Simulator {
	readonly #options: SimulatorOptions;
	readonly #api: Api;
	readonly #player = new ScenarioPlayer();
	#reporters: Reporter[] = [];
	#movers: { unit: MovingUnit; device: Device; topic: string; status: 'patrol' | 'en-route' | 'on-scene' }[] = [];
	#trackers = new Map<string, Device>();
	#timer: NodeJS.Timeout | undefined;
	#startedAt = 0;
	#lastTick = 0;
	#positionsDue = 0;
	#statuses: Promise<unknown> = Promise.resolve();

	constructor(options: SimulatorOptions) {
		this.#options = options;
		this.#api = new Api(options.httpUrl, options.serviceToken);
	}

	/** Resolves when everything is registered, connected and reporting. */
	async start(): Promise<void> {
		const { video, say } = this.#options;
		const port = await video.server.start(0);
		const address = (id: string) => `rtsp://${video.username}:${video.password}@127.0.0.1:${port}/${id}`;
		await this.#register(
			'sensors',
			sensors.map(({ input }) => [`sensors/${input.id}`, input]),
		);
		await this.#register(
			'units',
			units.map(({ input }) => [`units/${input.id}`, input]),
		);
		await this.#register(
			'cameras',
			video.cameras.map((camera) => [`cameras/${camera.id}`, { ...camera, url: address(camera.id), subUrl: address(`${camera.id}/sub`) }]),
		);
		await this.#register('walls', [['walls/main', mainWall]]);
		await this.#register(
			'rules',
			rules.map((rule) => [`rules/${rule.id}`, rule]),
		);
		await this.#connect();
		this.#startedAt = Date.now();
		this.#lastTick = this.#startedAt;
		// Everyone reports at once in the beginning, so that no screen waits for a first value.
		this.#report(0);
		this.#positions();
		for (const [index, reporter] of this.#reporters.entries()) reporter.due = reporter.model.input.period + offset(reporter.model.input, index);
		this.#timer = setInterval(() => this.#tick(), tick);
		say({ step: 'ready', text: `${sensors.length} sensors, ${video.cameras.length} cameras, ${units.length} units` });
	}

	startScenario(name: string): void {
		const scenario = scenarios[name];
		if (scenario === undefined) throw new Error(`no scenario ${name}: expected one of ${Object.keys(scenarios).join(', ')}`);
		if (this.#timer === undefined) throw new Error('the district is not ready yet');
		this.#apply(this.#player.stop(this.#age()));
		this.#player.start(scenario, this.#age());
		this.#options.say({ step: 'scenario-started', text: `scenario ${name} plays` });
	}

	stopScenario(): void {
		const playing = this.#player.playing;
		if (playing === null) return;
		this.#apply(this.#player.stop(this.#age()));
		this.#options.say({ step: 'scenario-ended', text: `scenario ${playing} stopped` });
	}

	async stop(): Promise<void> {
		clearInterval(this.#timer);
		this.#timer = undefined;
		const devices = [...this.#reporters.map(({ device }) => device), ...this.#trackers.values()];
		await Promise.all([...devices.map((device) => device.stop()), this.#options.video.server.stop()]);
	}

	async #register(step: string, entries: [path: string, body: object][]): Promise<void> {
		let done = 0;
		await forEachAtOnce(entries, async ([path, body]) => {
			await this.#api.put(`/api/v1/${path}`, body);
			done += 1;
		});
		this.#options.say({ step, done, of: entries.length, text: `${done} ${step} registered` });
	}

	/** Credentials and a connection for each sensor, and for each agency's trackers. Passwords stay in memory. */
	async #connect(): Promise<void> {
		const connections: Promise<void>[] = [];
		const open = async (id: string, body: object, statusTopic: string | null) => {
			const answer = (await this.#api.put(`/api/v1/devices/${id}`, { id, demo: true, ...body })) as { username: string; password: string };
			const { username, password } = answer;
			const device = new Device({ url: this.#options.mqttUrl, username, password, statusTopic, trouble: this.#options.trouble });
			connections.push(device.start());
			return device;
		};
		await forEachAtOnce(sensors, async (model) => {
			const { id, agency } = model.input;
			const device = await open(id, { agency, sensorIds: [id] }, `v1/${agency}/${id}/status`);
			this.#reporters.push({ model, device, topic: `v1/${agency}/${id}/observations`, due: 0 });
		});
		await forEachAtOnce(agencies, async (agency) => {
			const unitIds = units.filter(({ input }) => input.agency === agency).map(({ input }) => input.id);
			if (unitIds.length > 0) this.#trackers.set(agency, await open(`trackers-${agency}`, { agency, unitIds }, null));
		});
		const roads = RoadNetwork.read();
		for (const model of units) {
			const { id, agency } = model.input;
			const device = this.#trackers.get(agency);
			if (device) this.#movers.push({ unit: new MovingUnit(model, roads), device, topic: `v1/${agency}/${id}/position`, status: 'patrol' });
		}
		await within(connectWithin, Promise.all(connections), () => {
			const missing = this.#reporters.filter(({ device }) => !device.connected).length;
			return `${missing} of ${connections.length} devices could not connect to ${this.#options.mqttUrl} within ${connectWithin / 1000} s`;
		});
		this.#options.say({ step: 'devices', done: connections.length, of: connections.length, text: `${connections.length} devices connected by MQTT` });
	}

	/** Seconds since the start. */
	#age(): number {
		return (Date.now() - this.#startedAt) / 1000;
	}

	#tick(): void {
		const now = Date.now();
		// After the machine slept the district goes on from where it was.
		const seconds = Math.min(5, Math.max(0, (now - this.#lastTick) / 1000));
		this.#lastTick = now;
		const age = this.#age();
		const { events, ended } = this.#player.due(age);
		this.#apply(events);
		if (ended) this.#options.say({ step: 'scenario-ended', text: 'the scenario is over, the district is calm again' });
		for (const mover of this.#movers) {
			mover.unit.advance(seconds);
			if (mover.status === 'en-route' && mover.unit.arrived) {
				mover.status = 'on-scene';
				this.#status(mover.unit.model.input.id, 'on-scene');
			}
		}
		this.#report(age);
		if (age >= this.#positionsDue) {
			this.#positionsDue = age + positionEvery;
			this.#positions();
		}
	}

	#report(age: number): void {
		const moment = { time: Date.now(), age, drivers: this.#player.drivers(age) };
		for (const reporter of this.#reporters) {
			if (reporter.due > age) continue;
			const { period } = reporter.model.input;
			// Late by more than a period: what was missed is not made up for.
			reporter.due = reporter.due + period > age ? reporter.due + period : age + period;
			reporter.device.report(reporter.topic, observe(reporter.model, moment));
		}
	}

	#positions(): void {
		const time = new Date().toISOString();
		for (const { unit, device, topic } of this.#movers) {
			const { lon, lat, speed, heading } = unit.position;
			device.mention(topic, {
				time,
				lon: Number(lon.toFixed(6)),
				lat: Number(lat.toFixed(6)),
				speed: Math.round(speed),
				heading: Math.round(heading) % 360,
				accuracy: 5,
			});
		}
	}

	#apply(events: ScenarioEvent[]): void {
		for (const event of events) {
			switch (event.do) {
				case 'fail-camera':
					if (this.#hasCamera(event.camera)) this.#options.video.server.fail(event.camera, event.fault);
					break;
				case 'restore-camera':
					if (this.#hasCamera(event.camera)) this.#options.video.server.restore(event.camera);
					break;
				case 'dispatch':
					this.#dispatch(event.unit, event.to);
					break;
				case 'release':
					this.#release(event.unit);
					break;
				case 'say':
					this.#options.say({ step: 'scenario', text: event.text });
					break;
			}
		}
	}

	#hasCamera(id: string): boolean {
		return this.#options.video.cameras.some((camera) => camera.id === id);
	}

	#dispatch(id: string, to: [number, number]): void {
		const mover = this.#movers.find(({ unit }) => unit.model.input.id === id);
		if (mover === undefined) return;
		mover.unit.dispatch(to);
		mover.status = 'en-route';
		this.#status(id, 'dispatched');
		this.#status(id, 'en-route');
	}

	#release(id: string): void {
		const mover = this.#movers.find(({ unit }) => unit.model.input.id === id);
		if (mover === undefined) return;
		mover.unit.release();
		mover.status = 'patrol';
		this.#status(id, 'available');
	}

	/** One after the other, so that they arrive in order; a refusal is told and does not stop the district. */
	#status(unitId: string, status: string): void {
		this.#statuses = this.#statuses
			.then(() => this.#api.post(`/api/v1/units/${unitId}/status`, { status }))
			.catch((error: unknown) => this.#options.trouble(`status of ${unitId}: ${error instanceof Error ? error.message : String(error)}`));
	}
}

/** User and password of the RTSP server, made at start and kept in memory. */
export function newCredentials(): { username: string; password: string } {
	return { username: 'demo', password: randomBytes(12).toString('hex') };
}

async function within(milliseconds: number, work: Promise<unknown>, why: () => string): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(why())), milliseconds);
	});
	await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
