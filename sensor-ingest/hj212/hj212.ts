import type { StationProtocol } from '../stations/protocol.ts';
import { Hj212Framer, maxFrame } from './framing.ts';
import { Hj212Session } from './session.ts';

/**
 * HJ 212-2017 污染物在线监控（监测）系统数据传输标准, with HJ/T 212-2005 before it and HJ 212-2025 after it, which have the same frame and
 * the same check.
 */
export const hj212: StationProtocol = {
	name: 'hj212',
	maxFrame,
	framer: () => new Hj212Framer(),
	session: (settingsOf) => new Hj212Session(settingsOf),
};
