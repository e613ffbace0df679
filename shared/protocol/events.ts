import type { Alert } from './alerts.ts';
import type { Camera, Stream } from './media.ts';
import type { Position, Unit } from './people.ts';
import type { DeadLetter, Observation, Sensor } from './sensors.ts';

/**
 * Topics of the bus. Entities travel whole, so that a handler that sees one twice, or only the last of several, ends in the
 * same state. Ordered per key (`busKeys`), delivered at least once.
 */
export interface BusEvents {
	'observations.stored': { observations: Observation[] };
	'sensor.changed': { sensor: Sensor };
	'sensor.removed': { sensorId: string };
	'deadletter.stored': { deadLetter: Omit<DeadLetter, 'original'> };
	'camera.changed': { camera: Camera };
	'camera.removed': { cameraId: string };
	'stream.status': { stream: Stream };
	'stream.removed': { streamId: string };
	'alert.changed': { alert: Alert };
	'unit.changed': { unit: Unit };
	'unit.removed': { unitId: string };
	/** From a tracker by MQTT; the command centre turns it into `unit.changed`. */
	'unit.moved': { unitId: string; position: Position };
	/** A person's session is over: sockets and media of it are to be closed. */
	'session.ended': { sessionId: string; reason: 'expired' | 'logged-out' | 'disabled' };
}
export type BusTopic = keyof BusEvents;

export const busKeys: { [T in BusTopic]: (event: BusEvents[T]) => string } = {
	'observations.stored': () => 'all',
	'sensor.changed': (event) => event.sensor.id,
	'sensor.removed': (event) => event.sensorId,
	'deadletter.stored': () => 'all',
	'camera.changed': (event) => event.camera.id,
	'camera.removed': (event) => event.cameraId,
	'stream.status': (event) => event.stream.id,
	'stream.removed': (event) => event.streamId,
	'alert.changed': (event) => event.alert.id,
	'unit.changed': (event) => event.unit.id,
	'unit.removed': (event) => event.unitId,
	'unit.moved': (event) => event.unitId,
	'session.ended': (event) => event.sessionId,
};
