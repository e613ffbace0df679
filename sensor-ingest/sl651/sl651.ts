import type { StationProtocol } from '../stations/protocol.ts';
import { maxFrame } from './frame.ts';
import { Sl651Framer } from './framing.ts';
import { Sl651Session } from './session.ts';

/** SL 651-2014 水文监测数据通信规约 (data communication protocol for hydrologic monitoring): HEX/BCD and ASCII frames in one stream. */
export const sl651: StationProtocol = {
	name: 'sl651',
	maxFrame,
	framer: () => new Sl651Framer(),
	session: (settingsOf) => new Sl651Session(settingsOf),
};
