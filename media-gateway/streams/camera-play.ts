import type { CameraAddress } from '../rtsp/address.ts';
import { SourceError } from '../rtsp/failure.ts';
import { RtspSession } from '../rtsp/session.ts';
import { DirectIntake } from './direct-intake.ts';
import type { FeedOutput } from './feed-output.ts';
import type { FeedSurroundings } from './feed-surroundings.ts';
import { type Intake, type IntakeOptions, UselessTransport } from './intake.ts';
import { RelayedIntake } from './relayed-intake.ts';
import { type SelectedTrack, selectTracks } from './selection.ts';
import type { TransportChoice } from './transport-choice.ts';

const checkMs = 250;
const unsupportedTransport = 461;

export interface CameraPlayOptions extends Pick<IntakeOptions, 'viewers' | 'onLive' | 'onNews' | 'onClock' | 'onNote'> {
	address: CameraAddress;
	certificate: string | null;
	choice: TransportChoice;
	output: FeedOutput;
	surroundings: FeedSurroundings;
	cname: string;
	/** Once, unless `close` was called before. `again`: another transport may do, and need not wait. */
	onEnded: (error: SourceError, again: boolean) => void;
}

/** One connection to a camera, from its first byte to its end. */
export class CameraPlay {
	readonly #options: CameraPlayOptions;
	readonly #session: RtspSession;
	#intake: Intake | null = null;
	#check: NodeJS.Timeout | undefined;
	#frozen = false;
	#ended = false;

	constructor(options: CameraPlayOptions) {
		this.#options = options;
		const { address, certificate, surroundings } = options;
		this.#session = new RtspSession({
			address,
			certificate,
			resolve: surroundings.resolve,
			udpPorts: surroundings.udpPorts,
			onPacket: (track, rtcp, packet) => this.#intake?.take(track, rtcp, packet),
			onClosed: (error) => this.#end(error),
		});
	}

	/** Null until the camera has told what it sends. */
	get intake(): Intake | null {
		return this.#intake;
	}

	/** Failures arrive by `onEnded`. */
	start(): void {
		this.#open().catch((error: unknown) => {
			this.#end(error instanceof SourceError ? error : new SourceError('gateway-error', 'an internal error', { cause: error }));
		});
	}

	close(): void {
		this.#ended = true;
		clearInterval(this.#check);
		this.#session.close();
		this.#intake?.close();
	}

	async #open(): Promise<void> {
		const selected = selectTracks(await this.#session.describe());
		if (this.#ended) return;
		while (!(await this.#setup(selected)));
		if (this.#ended) return;
		await this.#session.play();
		if (this.#ended) return;
		const playedAt = performance.now();
		this.#check = setInterval(() => this.#look(playedAt), checkMs);
	}

	#look(playedAt: number): void {
		const intake = this.#intake;
		if (intake === null) return;
		const error = intake.check(performance.now(), playedAt);
		if (error !== null) {
			this.#end(error);
			return;
		}
		const frozen = intake.frozenSince !== null;
		if (frozen !== this.#frozen) this.#options.onNews();
		this.#frozen = frozen;
	}

	/** False where the camera refuses this transport and another may be tried. */
	async #setup(selected: readonly SelectedTrack[]): Promise<boolean> {
		const { choice } = this.#options;
		const transport = choice.choose(selected.every((each) => each.format !== null));
		const options: IntakeOptions = {
			...this.#options,
			selected,
			transport,
			cameraIp: this.#session.cameraIp,
			sendRtcp: (track, packet) => this.#session.sendRtcp(track, packet),
			onFailed: (error) => this.#end(error),
		};
		this.#intake?.close();
		const intake = transport === 'udp-direct' ? new DirectIntake(options) : new RelayedIntake(options);
		this.#intake = intake;
		const tracks = await intake.prepare();
		if (this.#ended) return true;
		try {
			const setups = await this.#session.setup(tracks);
			if (!this.#ended) await intake.begin(setups);
			return true;
		} catch (error) {
			if (error instanceof SourceError && error.status === unsupportedTransport && choice.refused(transport)) return this.#ended;
			throw error;
		}
	}

	#end(error: SourceError): void {
		if (this.#ended) return;
		this.#ended = true;
		const transport = this.#intake?.transport;
		const again = error instanceof UselessTransport && transport !== undefined && this.#options.choice.useless(transport);
		this.#options.onEnded(error, again);
		this.close();
	}
}
