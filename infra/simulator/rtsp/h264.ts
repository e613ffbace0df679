/** One picture of an Annex B stream: its NAL units without start codes, parameter sets included. */
export interface AccessUnit {
	key: boolean;
	units: Buffer[];
}

const type = { slice: 1, idr: 5, sps: 7, pps: 8, filler: 12, fuA: 28 } as const;

/** NAL units between start codes (ITU-T H.264 Annex B.1); trailing zero bytes belong to the next start code. */
export function splitAnnexB(stream: Buffer): Buffer[] {
	const units: Buffer[] = [];
	let start = -1;
	for (let at = stream.indexOf('\0\0\x01', 0, 'latin1'); ; at = stream.indexOf('\0\0\x01', at + 3, 'latin1')) {
		if (start >= 0) {
			let end = at < 0 ? stream.length : at;
			while (end > start && stream[end - 1] === 0) end--;
			if (end > start) units.push(stream.subarray(start, end));
		}
		if (at < 0) return units;
		start = at + 3;
	}
}

/** Groups NAL units into pictures: a slice whose first macroblock is 0 (its first exp-Golomb bit is 1) begins a picture. */
export function accessUnits(stream: Buffer): AccessUnit[] {
	const pictures: AccessUnit[] = [];
	let units: Buffer[] = [];
	let key = false;
	let sliced = false;
	const finish = () => {
		if (sliced) pictures.push({ key, units });
		units = [];
		key = false;
		sliced = false;
	};
	for (const unit of splitAnnexB(stream)) {
		const kind = nalType(unit);
		const slice = kind === type.slice || kind === type.idr;
		const firstSlice = slice && ((unit[1] ?? 0) & 0x80) !== 0;
		// Filler data stands behind the slices that it fills up (ITU-T H.264 §7.4.1.2.3).
		if (sliced && (firstSlice || !(slice || kind === type.filler))) finish();
		units.push(unit);
		key ||= kind === type.idr;
		sliced ||= slice;
	}
	finish();
	return pictures;
}

/** RTP payloads of one picture (RFC 6184): single NAL units (§5.6), larger ones as FU-A fragments (§5.8). */
export function packetise(picture: AccessUnit, maximum: number): Buffer[] {
	const payloads: Buffer[] = [];
	for (const unit of picture.units) {
		if (unit.length <= maximum) {
			payloads.push(unit);
			continue;
		}
		const header = unit[0] ?? 0;
		const indicator = (header & 0xe0) | type.fuA;
		for (let at = 1; at < unit.length; at += maximum - 2) {
			const part = unit.subarray(at, at + maximum - 2);
			const start = at === 1 ? 0x80 : 0;
			const end = at + part.length === unit.length ? 0x40 : 0;
			payloads.push(Buffer.concat([Buffer.from([indicator, start | end | (header & 0x1f)]), part]));
		}
	}
	return payloads;
}

/** The parameter sets as an SDP wants them (RFC 6184 §8.1). Throws when the stream has none. */
export function parameterSets(pictures: AccessUnit[]): { sprop: string; profileLevelId: string } {
	const units = pictures[0]?.units ?? [];
	const sps = units.find((unit) => nalType(unit) === type.sps);
	const pps = units.find((unit) => nalType(unit) === type.pps);
	if (!sps || !pps || !pictures[0]?.key) throw new Error('expected a stream that begins with SPS, PPS and an IDR picture');
	return { sprop: `${sps.toString('base64')},${pps.toString('base64')}`, profileLevelId: sps.toString('hex', 1, 4).toUpperCase() };
}

function nalType(unit: Buffer): number {
	return (unit[0] ?? 0) & 0x1f;
}
