import type { Logger } from '@beilun/shared/runtime/log.ts';
import type { RtcEngine } from '../rtc/engine.ts';
import type { Transcoders } from '../transcode/transcoders.ts';
import type { KeyFrameSampler } from './key-frame-sampler.ts';
import type { LastPictures } from './last-pictures.ts';
import type { Turns } from './turns.ts';

/** In milliseconds. */
export interface FeedTimes {
	/** From the last lease to closing the camera. */
	idle: number;
	/** Between two looks at a camera that nobody watches; less or more by a quarter. */
	probe: number;
}

export const feedTimes: FeedTimes = { idle: 10_000, probe: 60_000 };

/** What every camera's feed stands on. */
export interface FeedSurroundings {
	engine: RtcEngine;
	transcoders: Transcoders;
	resolve: (host: string) => Promise<string>;
	log: Logger;
	pictures: LastPictures;
	probes: Turns;
	sampler: KeyFrameSampler;
	/** Where sockets for RTP of cameras are opened. */
	udpPorts: { first: number; last: number };
	times: FeedTimes;
}
