import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Launched } from './launcher.ts';

const run = promisify(execFile);

export interface Device {
	username: string;
	password: string;
}

/** A gas sensor with a rule red from 25, orange from 10 %LEL, and the credentials of its device. */
export async function registerGasSensor(system: Launched, id: string): Promise<Device> {
	await system.call('PUT', `/api/v1/sensors/${id}`, {
		id,
		name: { zh: `可燃气体 ${id}`, en: `Combustible gas ${id}` },
		agency: 'work-safety',
		kind: 'gas',
		place: { lon: 121.886, lat: 29.899, name: '霞浦', nameEn: 'Xiapu' },
		period: 5,
		datastreams: [{ property: 'gasConcentration', name: { zh: '可燃气体浓度', en: 'Combustible gas' }, unit: '%{LEL}', decimals: 1 }],
	});
	await system.call('PUT', '/api/v1/rules/gas-above', {
		id: 'gas-above',
		name: { zh: '可燃气体超限', en: 'Combustible gas above limit' },
		agency: 'work-safety',
		property: 'gasConcentration',
		condition: {
			type: 'threshold',
			direction: 'above',
			levels: [
				{ severity: 'red', limit: 25 },
				{ severity: 'orange', limit: 10 },
			],
			hysteresis: 2,
			durationSeconds: 0,
		},
	});
	return system.call<Device>('PUT', `/api/v1/devices/${id}`, { id, agency: 'work-safety', sensorIds: [id], unitIds: [] });
}

/** mosquitto's own client, QoS 1: resolves when the broker has acknowledged. */
export async function mosquittoPublish(system: Launched, device: Device, topic: string, payload: string): Promise<void> {
	await run('mosquitto_pub', [
		'-h',
		'127.0.0.1',
		'-p',
		String(system.mqttPort),
		'-i',
		`${device.username}-${crypto.randomUUID().slice(0, 8)}`,
		'-u',
		device.username,
		'-P',
		device.password,
		'-q',
		'1',
		'-t',
		topic,
		'-m',
		payload,
	]);
}
