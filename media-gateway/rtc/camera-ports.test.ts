import { expect, test } from 'vitest';
import { CameraPorts } from './camera-ports.ts';

test('pairs begin at even ports, and each has its turn before one comes again', () => {
	const ports = new CameraPorts({ first: 20_001, last: 20_008 });
	expect(ports.size).toBe(3);
	const first = ports.take();
	expect(first).toEqual({ rtpPort: 20_002, rtcpPort: 20_003 });
	if (first !== null) ports.release(first);
	expect([ports.take()?.rtpPort, ports.take()?.rtpPort, ports.take()?.rtpPort, ports.take()]).toEqual([20_004, 20_006, 20_002, null]);
});

test('a range of one pair is enough', () => {
	const ports = new CameraPorts({ first: 20_000, last: 20_001 });
	const pair = ports.take();
	expect([pair?.rtcpPort, ports.take()]).toEqual([20_001, null]);
	if (pair !== null) ports.release(pair);
	expect(ports.take()).toEqual(pair);
});
