import { parseCameraAddress } from '../address.ts';
import type { SourceError } from '../failure.ts';
import type { MediaDescription } from '../sdp.ts';
import { type Delivery, RtspSession, type RtspSessionOptions, type TrackSetup } from '../session.ts';

/** A session that remembers what happens to it. */
export class TrackedSession {
	readonly session: RtspSession;
	readonly packets: { track: number; rtcp: boolean; payload: Buffer }[] = [];
	readonly ended: SourceError[] = [];

	constructor(url: string, options: Partial<RtspSessionOptions> = {}) {
		const address = parseCameraAddress(url);
		if (address === null) throw new Error(`no camera's address: ${url}`);
		this.session = new RtspSession({
			address,
			resolve: async (host) => host,
			certificate: null,
			onPacket: (track, rtcp, payload) => this.packets.push({ track, rtcp, payload }),
			onClosed: (error) => this.ended.push(error),
			...options,
		});
	}

	/** Plays everything that is offered, all in one way. */
	async play(delivery: Delivery = { kind: 'tcp' }): Promise<{ media: MediaDescription[]; setups: TrackSetup[] }> {
		const media = await this.session.describe();
		const setups = await this.session.setup(media.map((each) => ({ media: each, delivery })));
		await this.session.play();
		return { media, setups };
	}

	count(track: number, rtcp = false): number {
		return this.packets.filter((each) => each.track === track && each.rtcp === rtcp).length;
	}

	close(): void {
		this.session.close();
	}
}
