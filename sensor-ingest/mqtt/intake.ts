import { datastreamId } from '@beilun/shared/protocol/sensors.ts';
import { deadLettersOf, maxOriginal } from '../dead-letters/dead-letter.ts';
import type { DeviceInput } from '../devices/table.ts';
import type { Entry } from '../observations/writer.ts';
import { decodeObservations, decodePosition, type Problem } from '../payload/decode.ts';
import { isSameUnit } from '../payload/senml.ts';
import type { Liveness } from '../sensors/liveness.ts';
import type { SensorRegistry } from '../sensors/registry.ts';
import { isOwn, parseTopic, type Topic } from './topics.ts';

/** Bytes of a payload that is looked into; a longer one is a dead letter. */
const maxPayload = 256 * 1024;

export interface Message {
	topic: string;
	payload: Uint8Array;
	/** The client's id, as far as it is known. */
	client: string;
	/** Whose connection it came by; null where an external broker has judged that. */
	device: DeviceInput | null;
}

interface Store {
	write(entry: Entry): Promise<void>;
	room(): Promise<void> | undefined;
}

interface Judged extends Entry {
	/** Nothing of it could be taken. */
	refused: boolean;
	status?: 'online' | 'offline';
	heard?: string;
}

export interface IntakeOptions {
	registry: SensorRegistry;
	liveness: Liveness;
	store: Store;
}

/** One message from any broker: judged, stored, and only then done with. */
export class Intake {
	readonly #registry: SensorRegistry;
	readonly #liveness: Liveness;
	readonly #store: Store;

	constructor({ registry, liveness, store }: IntakeOptions) {
		this.#registry = registry;
		this.#liveness = liveness;
		this.#store = store;
	}

	/** Resolves when the message may be acknowledged: it is stored, be it as a dead letter. Answers whether it may go on to subscribers. */
	async take(message: Message): Promise<boolean> {
		const room = this.#store.room();
		if (room !== undefined) await room;
		const arrived = Date.now();
		const judged = this.judge(message, arrived);
		if (judged.heard !== undefined) this.#liveness.heard(judged.heard);
		await this.#store.write(judged);
		if (judged.heard === undefined) return !judged.refused;
		if (judged.status !== undefined) await this.#liveness.reported(judged.heard, judged.status, arrived);
		else if (judged.observations.length > 0) this.#liveness.observed(judged.heard, arrived);
		return !judged.refused;
	}

	/** Decides what is to be stored; never throws. `arrived`: milliseconds since the epoch. */
	judge(message: Message, arrived: number): Judged {
		const judged: Judged = { observations: [], positions: [], deadLetters: [], refused: false };
		const problems = this.#judge(message, arrived, judged);
		judged.deadLetters = deadLettersOf({ ...message, arrived }, problems);
		judged.refused = problems.length > 0 && judged.observations.length + judged.positions.length === 0;
		return judged;
	}

	#judge({ topic: text, payload, device }: Message, arrived: number, judged: Judged): Problem[] {
		const topic = parseTopic(text);
		if (topic === null) {
			return [
				{ reason: 'bad-topic', detail: `topic: ${JSON.stringify(text.slice(0, 200))}; expected v1/{agency}/{id}/observations, status or position` },
			];
		}
		if (device !== null) {
			const foreign = judgeOwner(topic, device);
			if (foreign !== null) return [foreign];
		}
		if (payload.length > maxPayload) {
			return [{ reason: 'too-large', detail: `(whole): ${payload.length} bytes; expected at most ${maxPayload}, the first ${maxOriginal} are kept` }];
		}
		if (topic.channel === 'position') return this.#judgePosition(topic, payload, arrived, judged);
		const sensor = this.#registry.get(topic.id);
		if (sensor === undefined) return [{ reason: 'unknown-sensor', detail: `sensor: ${topic.id}; expected one that is registered` }];
		if (sensor.agency !== topic.agency) {
			return [{ reason: 'agency-mismatch', detail: `agency: ${topic.agency}; expected ${sensor.agency}, the agency of ${topic.id}` }];
		}
		if (topic.channel === 'status') return judgeStatus(topic, payload, judged);
		return this.#judgeObservations(topic, payload, arrived, judged);
	}

	#judgeObservations(topic: Topic, payload: Uint8Array, arrived: number, judged: Judged): Problem[] {
		const { values, problems } = decodeObservations(payload, arrived);
		const resultTime = new Date(arrived).toISOString();
		const all = [...problems];
		for (const { property, time, value, unit } of values) {
			const datastream = this.#registry.datastream(topic.id, property);
			if (datastream === undefined) {
				all.push({ reason: 'unknown-datastream', detail: `property: ${property}; expected one that is registered for ${topic.id}` });
			} else if (unit !== undefined && !isSameUnit(unit, datastream.unit)) {
				all.push({ reason: 'schema', detail: `${property}.u: ${JSON.stringify(unit.slice(0, 40))}; expected ${datastream.unit}` });
			} else {
				judged.observations.push({
					datastreamId: datastreamId(topic.id, property),
					sensorId: topic.id,
					property,
					phenomenonTime: time,
					resultTime,
					value,
				});
			}
		}
		if (judged.observations.length > 0) judged.heard = topic.id;
		return all;
	}

	#judgePosition(topic: Topic, payload: Uint8Array, arrived: number, judged: Judged): Problem[] {
		const { values, problems } = decodePosition(payload, arrived);
		for (const { time, lon, lat, speed, heading, accuracy } of values) {
			judged.positions.push({
				unitId: topic.id,
				agency: topic.agency,
				time,
				lon,
				lat,
				speed: speed ?? null,
				heading: heading ?? null,
				accuracy: accuracy ?? null,
				receivedAt: new Date(arrived).toISOString(),
			});
		}
		return problems;
	}
}

function judgeOwner(topic: Topic, device: DeviceInput): Problem | null {
	if (!isOwn(topic, device)) {
		return {
			reason: 'bad-topic',
			detail: `topic: ${topic.channel} of ${topic.id}; expected one of the own sensors or units of the device ${device.id}`,
		};
	}
	if (topic.agency !== device.agency) {
		return { reason: 'agency-mismatch', detail: `agency: ${topic.agency}; expected ${device.agency}, the agency of the device ${device.id}` };
	}
	return null;
}

function judgeStatus(topic: Topic, payload: Uint8Array, judged: Judged): Problem[] {
	const text = Buffer.from(payload.subarray(0, 100)).toString('utf8');
	// An empty retained message only clears the one before (MQTT 3.1.1 §3.3.1.3).
	if (payload.length === 0) return [];
	if (text !== 'online' && text !== 'offline') {
		return [{ reason: 'schema', detail: `(whole): ${JSON.stringify(text)}; expected online or offline` }];
	}
	judged.status = text;
	judged.heard = topic.id;
	return [];
}
