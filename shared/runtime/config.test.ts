import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig, redactConfig } from './config.ts';

test('the environment goes over the file, the file over the defaults', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'beilun-config-'));
	const file = join(folder, 'beilun.yaml');
	await writeFile(file, 'httpPort: 9000\nmqttPort: 9001\n');
	const config = loadConfig({ BEILUN_CONFIG: file, BEILUN_MQTT_PORT: '9002' });
	expect([config.httpPort, config.mqttPort, config.rtcPort]).toEqual([9000, 9002, 44_300]);
	await rm(folder, { recursive: true });
});

test('an unknown name is an error that names what there is', () => {
	expect(() => loadConfig({ BEILUN_HTTP_PROT: '1' })).toThrow(/BEILUN_HTTP_PROT: no such setting; expected one of .*BEILUN_HTTP_PORT/);
});

test('a bad value is named with its variable, but a secret is not shown', () => {
	expect(() => loadConfig({ BEILUN_HTTP_PORT: '70000' })).toThrow(/BEILUN_HTTP_PORT = "70000"/);
	expect(() => loadConfig({ BEILUN_SERVICE_TOKEN: 'short-secret' })).toThrow(/BEILUN_SERVICE_TOKEN = \[redacted\]/);
	expect(() => loadConfig({ DATABASE_URL: 'mysql://x' })).toThrow(/DATABASE_URL = .*postgres:\/\//);
});

test('addresses of services are read from the environment', () => {
	expect(loadConfig({ BEILUN_SERVICE_URLS: 'alerts=http://a:1,command-center=http://c:2' }).serviceUrls).toEqual({
		alerts: 'http://a:1',
		'command-center': 'http://c:2',
	});
	expect(() => loadConfig({ BEILUN_SERVICE_URLS: 'alerts' })).toThrow(/BEILUN_SERVICE_URLS/);
});

test('what is printed holds no password', () => {
	const shown = JSON.stringify(redactConfig(loadConfig({ DATABASE_URL: 'postgres://me:hush@db/x', BEILUN_SERVICE_TOKEN: 'hush'.repeat(10) })));
	expect(shown).not.toContain('hush');
	expect(shown).toContain('db/x');
});

test('the media gateway has a worker for each core, and ports for cameras in pairs', () => {
	expect(loadConfig({})).toMatchObject({ rtcWorkers: availableParallelism(), cameraPorts: { first: 45_000, last: 45_999 } });
	expect(loadConfig({ BEILUN_RTC_WORKERS: '3', BEILUN_CAMERA_PORTS: '20000-20001' })).toMatchObject({
		rtcWorkers: 3,
		cameraPorts: { first: 20_000, last: 20_001 },
	});
	expect(loadConfig({}, { cameraPorts: { first: 30_001, last: 30_009 } }).cameraPorts).toEqual({ first: 30_001, last: 30_009 });
	expect(() => loadConfig({ BEILUN_RTC_WORKERS: '0' })).toThrow(/BEILUN_RTC_WORKERS = "0"/);
	expect(() => loadConfig({ BEILUN_CAMERA_PORTS: '45000' })).toThrow(/BEILUN_CAMERA_PORTS = "45000": expected first-last/);
	expect(() => loadConfig({ BEILUN_CAMERA_PORTS: '45001-45002' })).toThrow(/BEILUN_CAMERA_PORTS.*even port/);
	expect(() => loadConfig({ BEILUN_CAMERA_PORTS: '70000-70009' })).toThrow(/BEILUN_CAMERA_PORTS/);
});
