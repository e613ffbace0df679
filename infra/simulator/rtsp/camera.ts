import { randomBytes, randomInt } from 'node:crypto';
import type { Clip } from '../clips/clips.ts';
import { accessUnits, packetise, parameterSets } from './h264.ts';

const audioPacketsPerSecond = 50;
const samplesPerPacket = 160;

export const payloadTypes = { video: 96, audio: 8 } as const;
export const tracks = ['video', 'audio'] as const;
export type Track = (typeof tracks)[number];

/** An RTP packet, or a compound RTCP packet in one part. */
export interface Due {
	track: Track;
	parts: readonly Buffer[];
}

/** A clip cut into RTP payloads; cameras may share one. */
export interface CutClip {
	readonly sprop: string;
	readonly profileLevelId: string;
	readonly pictures: readonly { key: boolean; payloads: Buffer[] }[];
	readonly audio: readonly Buffer[];
}

/** `maximum`: bytes of a video payload. Throws when the clip does not begin with a key frame. */
export function cutClip(clip: Pick<Clip, 'video' | 'audio'>, maximum: number): CutClip {
	const pictures = accessUnits(clip.video);
	const audio: Buffer[] = [];
	for (let at = 0; at + samplesPerPacket <= clip.audio.length; at += samplesPerPacket) audio.push(clip.audio.subarray(at, at + samplesPerPacket));
	return { ...parameterSets(pictures), pictures: pictures.map((picture) => ({ key: picture.key, payloads: packetise(picture, maximum) })), audio };
}

interface Stream {
	readonly ssrc: number;
	readonly base: number;
	readonly clockRate: number;
	sequence: number;
	packets: number;
	octets: number;
}

export type CameraFault = 'offline' | 'silent' | 'unauthorized';

/**
 * One looping clip. All sessions get the same packets, as viewers of a real camera's live stream would: one sequence, one
 * clock. The server's beat is its time: a whole number of beats makes a picture.
 */
export class LoopingCamera {
	readonly clip: Clip;
	readonly cut: CutClip;
	fault: CameraFault | undefined;
	readonly #beatsPerSecond: number;
	readonly #beatsPerPicture: number;
	/** Beats by which this camera is behind the first one, so that key frames of many cameras do not come at once. */
	readonly #lag: number;
	readonly #streams: Record<Track, Stream>;

	constructor(clip: Clip, cut: CutClip, time: { beatsPerSecond: number; lag: number }) {
		this.clip = clip;
		this.cut = cut;
		this.#beatsPerSecond = time.beatsPerSecond;
		this.#beatsPerPicture = time.beatsPerSecond / clip.fps;
		if (!Number.isInteger(this.#beatsPerPicture)) {
			throw new Error(`${clip.id}: ${time.beatsPerSecond} beats a second are no multiple of ${clip.fps} pictures`);
		}
		this.#lag = time.lag;
		this.#streams = { video: stream(90_000), audio: stream(8_000) };
	}

	/** Tracks with something in them. */
	get tracks(): Track[] {
		return tracks.filter((track) => track === 'video' || this.cut.audio.length > 0);
	}

	ssrc(track: Track): number {
		return this.#streams[track].ssrc;
	}

	/** Whether a session may join on this beat: its first packet is then an SPS. */
	startsGroup(beat: number): boolean {
		return this.#pictureAt(beat)?.key ?? false;
	}

	/** RTP time of the next beat, counted from `beat` on, at which a session may join. */
	rtpTimeAtJoin(beat: number, track: Track): number {
		for (let ahead = beat; ahead < beat + this.cut.pictures.length * this.#beatsPerPicture; ahead++) {
			if (this.startsGroup(ahead)) return this.#rtpTime(track, ahead);
		}
		return this.#rtpTime(track, beat);
	}

	/** The packets of this beat. Once for each beat: they are numbered here. */
	packets(beat: number): Due[] {
		const due: Due[] = [];
		const add = (track: Track, time: number, marker: boolean, payload: Buffer) => {
			const head = rtpHeader(this.#streams[track], { type: payloadTypes[track], marker, time });
			count(this.#streams[track], payload.length);
			due.push({ track, parts: [head, payload] });
		};
		const payloads = this.#pictureAt(beat)?.payloads ?? [];
		for (const [index, payload] of payloads.entries()) add('video', this.#rtpTime('video', beat), index === payloads.length - 1, payload);
		for (let index = this.#audioDue(beat - 1); index < this.#audioDue(beat); index++) {
			const payload = this.cut.audio[index % this.cut.audio.length];
			if (payload) add('audio', (this.#streams.audio.base + index * samplesPerPacket) >>> 0, false, payload);
		}
		return due;
	}

	/** A sender report (RFC 3550 §6.4.1) of each track, with its CNAME. `now` in milliseconds since the epoch. */
	senderReports(beat: number, now: number): Due[] {
		return this.tracks.map((track) => ({ track, parts: [senderReport(this.#streams[track], this.#rtpTime(track, beat), now)] }));
	}

	#pictureAt(beat: number): CutClip['pictures'][number] | undefined {
		const own = beat - this.#lag;
		if (own < 0 || own % this.#beatsPerPicture !== 0) return undefined;
		return this.cut.pictures[(own / this.#beatsPerPicture) % this.cut.pictures.length];
	}

	#rtpTime(track: Track, beat: number): number {
		const { base, clockRate } = this.#streams[track];
		return Math.round(base + (beat * clockRate) / this.#beatsPerSecond) % 2 ** 32;
	}

	/** How many 20 ms packets have been sent when this beat is over. */
	#audioDue(beat: number): number {
		return Math.floor(((beat + 1) * audioPacketsPerSecond) / this.#beatsPerSecond);
	}
}

function stream(clockRate: number): Stream {
	// The first timestamp and number are random (RFC 3550 §5.1), low enough here not to wrap in the first minutes.
	return { ssrc: randomBytes(4).readUInt32BE(), base: randomInt(2 ** 30), clockRate, sequence: randomInt(2 ** 14), packets: 0, octets: 0 };
}

function rtpHeader(of: Stream, packet: { type: number; marker: boolean; time: number }): Buffer {
	const head = Buffer.allocUnsafe(12);
	head[0] = 0x80;
	head[1] = (packet.marker ? 0x80 : 0) | packet.type;
	head.writeUInt16BE(of.sequence, 2);
	head.writeUInt32BE(packet.time, 4);
	head.writeUInt32BE(of.ssrc, 8);
	return head;
}

function count(of: Stream, octets: number): void {
	of.sequence = (of.sequence + 1) % 65_536;
	of.packets = (of.packets + 1) >>> 0;
	of.octets = (of.octets + octets) >>> 0;
}

/** Seconds between the epochs of NTP (1900) and Unix (1970). */
const ntpOffset = 2_208_988_800;
const cname = 'camera@beilun.demo';

function senderReport(of: Stream, rtpTime: number, now: number): Buffer {
	const report = Buffer.alloc(28);
	report[0] = 0x80;
	report[1] = 200;
	report.writeUInt16BE(6, 2);
	report.writeUInt32BE(of.ssrc, 4);
	report.writeUInt32BE((Math.floor(now / 1000) + ntpOffset) >>> 0, 8);
	report.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32) >>> 0, 12);
	report.writeUInt32BE(rtpTime, 16);
	report.writeUInt32BE(of.packets, 20);
	report.writeUInt32BE(of.octets, 24);
	// SDES: one chunk with a CNAME, closed by at least one zero and padded to a word (RFC 3550 §6.5).
	const chunk = Buffer.alloc(Math.ceil((4 + 2 + cname.length + 1) / 4) * 4);
	chunk.writeUInt32BE(of.ssrc, 0);
	chunk[4] = 1;
	chunk[5] = cname.length;
	chunk.write(cname, 6, 'latin1');
	const head = Buffer.from([0x81, 202, 0, chunk.length / 4]);
	return Buffer.concat([report, head, chunk]);
}
