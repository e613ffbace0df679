import { randomBytes, randomInt } from 'node:crypto';
import type { Clip } from '../clips/clips.ts';
import { accessUnits, packetise, parameterSets } from './h264.ts';

/** The server's clock beats 45 times a second: three times for each picture, so that cameras can take turns. */
export const beatsPerSecond = 45;
const beatsPerPicture = 3;
const picturesPerSecond = beatsPerSecond / beatsPerPicture;
const audioPacketsPerSecond = 50;
const samplesPerPacket = 160;

export const payloadTypes = { video: 96, audio: 8 } as const;
export const tracks = ['video', 'audio'] as const;
export type Track = (typeof tracks)[number];

/** Interleaved channel of each track a session has set up. */
export type Channels = Partial<Record<Track, number>>;

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
 * One looping clip, cut into RTP payloads once. All sessions get the same packets, as viewers of a real camera's
 * live stream would: one sequence, one clock, written once for each set of channels.
 */
export class LoopingCamera {
	readonly clip: Clip;
	readonly sprop: string;
	readonly profileLevelId: string;
	fault: CameraFault | undefined;
	readonly #pictures: { key: boolean; payloads: Buffer[] }[];
	readonly #audio: Buffer[];
	/** Beats by which this camera is behind the first one, so that key frames of many cameras do not come at once. */
	readonly #lag: number;
	readonly #streams: Record<Track, Stream>;

	constructor(clip: Clip, lag: number) {
		const pictures = accessUnits(clip.video);
		if (clip.fps !== picturesPerSecond) throw new Error(`${clip.id}: expected ${picturesPerSecond} pictures a second, not ${clip.fps}`);
		const { sprop, profileLevelId } = parameterSets(pictures);
		this.clip = clip;
		this.sprop = sprop;
		this.profileLevelId = profileLevelId;
		this.#lag = lag;
		this.#pictures = pictures.map((picture) => ({ key: picture.key, payloads: packetise(picture, 1_200) }));
		this.#audio = [];
		for (let at = 0; at + samplesPerPacket <= clip.audio.length; at += samplesPerPacket) {
			this.#audio.push(clip.audio.subarray(at, at + samplesPerPacket));
		}
		this.#streams = { video: stream(90_000), audio: stream(8_000) };
	}

	/** Whether a session may join on this beat: its first packet is then an SPS. */
	startsGroup(beat: number): boolean {
		return this.#pictureAt(beat)?.key ?? false;
	}

	/** RTP time of the next beat, counted from `beat` on, at which a session may join. */
	rtpTimeAtJoin(beat: number, track: Track): number {
		for (let ahead = beat; ahead < beat + this.#pictures.length * beatsPerPicture; ahead++) {
			if (this.startsGroup(ahead)) return this.#rtpTime(track, ahead);
		}
		return this.#rtpTime(track, beat);
	}

	/** Everything due on this beat, framed for these channels; the second and third set of channels gets the same packets. */
	packets(beat: number, channelSets: readonly Channels[]): Buffer[] {
		const parts: Buffer[][] = channelSets.map(() => []);
		const picture = this.#pictureAt(beat);
		const due: { track: Track; time: number; marker: boolean; payload: Buffer }[] = [];
		for (const [index, payload] of (picture?.payloads ?? []).entries()) {
			const marker = index === (picture?.payloads.length ?? 0) - 1;
			due.push({ track: 'video', time: this.#rtpTime('video', beat), marker, payload });
		}
		const firstAudio = audioDue(beat - 1);
		for (let index = firstAudio; index < audioDue(beat); index++) {
			const payload = this.#audio[index % this.#audio.length];
			const time = (this.#streams.audio.base + index * samplesPerPacket) >>> 0;
			if (payload) due.push({ track: 'audio', time, marker: false, payload });
		}
		for (const { track, time, marker, payload } of due) {
			const head = rtpHeader(this.#streams[track], { type: payloadTypes[track], marker, time });
			count(this.#streams[track], payload.length);
			for (const [index, channels] of channelSets.entries()) {
				const channel = channels[track];
				if (channel !== undefined) parts[index]?.push(frameHeader(channel, head.length + payload.length), head, payload);
			}
		}
		return parts.map((list) => Buffer.concat(list));
	}

	/** Sender reports (RFC 3550 §6.4.1) of the tracks in `channels`, each with its CNAME, framed for the RTCP channel beside the RTP one. */
	senderReports(channels: Channels, beat: number, now: number): Buffer {
		const parts: Buffer[] = [];
		for (const track of tracks) {
			const channel = channels[track];
			if (channel === undefined) continue;
			const report = senderReport(this.#streams[track], this.#rtpTime(track, beat), now);
			parts.push(frameHeader(channel + 1, report.length), report);
		}
		return Buffer.concat(parts);
	}

	#pictureAt(beat: number): { key: boolean; payloads: Buffer[] } | undefined {
		const own = beat - this.#lag;
		if (own < 0 || own % beatsPerPicture !== 0) return undefined;
		return this.#pictures[(own / beatsPerPicture) % this.#pictures.length];
	}

	#rtpTime(track: Track, beat: number): number {
		const { base, clockRate } = this.#streams[track];
		return Math.round(base + (beat * clockRate) / beatsPerSecond) % 2 ** 32;
	}
}

/** How many 20 ms packets have been sent when this beat is over. */
function audioDue(beat: number): number {
	return Math.floor(((beat + 1) * audioPacketsPerSecond) / beatsPerSecond);
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

function frameHeader(channel: number, length: number): Buffer {
	const head = Buffer.allocUnsafe(4);
	head[0] = 0x24;
	head[1] = channel;
	head.writeUInt16BE(length, 2);
	return head;
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
