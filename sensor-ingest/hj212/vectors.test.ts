import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from './encode.ts';
import { decodeFrame, versionOf, wantsAnswer } from './frame.ts';
import { hj212 } from './hj212.ts';

interface Vector {
	id: string;
	frame: string;
	verified: boolean;
	expect: {
		valid: boolean;
		error?: string;
		matchesInstead?: string;
		crc: string;
		header: Record<string, string>;
		flag?: { version: number; packed: boolean; ackWanted: boolean };
		cp: Record<string, string>[];
	};
}

const file = new URL('../../../shared/vectors/hj212.json', import.meta.url);
const vectors: Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const good = vectors.filter((each) => each.verified && each.expect.valid);
const bad = vectors.filter((each) => each.verified && !each.expect.valid);
const now = Date.UTC(2026, 4, 6);

/** Names as they should have been: without a stray comma, and not in capitals throughout. */
function plain(header: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(header).map(([name, value]) => [name.replace(/^,/, '').replace('FLAG', 'Flag'), value]));
}

describe.skipIf(vectors.length === 0)('A published frame', () => {
	it.each(good)('$id decodes to its fields', ({ frame, expect: stated }) => {
		const decoded = decodeFrame(Buffer.from(frame, 'latin1'));
		if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
		const { qn, st, cn, pw, mn, flag, part, groups } = decoded.frame;
		const header: Record<string, string> = { ST: st, CN: cn, PW: pw, MN: mn };
		if (qn !== '') header.QN = qn;
		if (flag !== null) header.Flag = String(flag);
		if (part !== null) Object.assign(header, { PNUM: String(part.count), PNO: String(part.number) });
		expect(header).toEqual(plain(stated.header));
		expect(groups.map((group) => Object.fromEntries(group))).toEqual(stated.cp);
		if (stated.flag) {
			const told = { version: versionOf(decoded.frame), packed: part !== null, ackWanted: wantsAnswer(decoded.frame) };
			expect(told).toEqual({ version: stated.flag.version, packed: stated.flag.packed, ackWanted: stated.flag.ackWanted });
		}
	});

	it.each(good.filter((each) => each.id !== 'hj212-2011-comma-in-header'))('$id is encoded to the same bytes', ({ frame }) => {
		const decoded = decodeFrame(Buffer.from(frame, 'latin1'));
		if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
		const encoded = encodeFrame({ ...decoded.frame, qn: decoded.frame.qn || null }).toString('latin1');
		// Field devices print the CRC in either case and leave CR LF out.
		expect(encoded.slice(0, -6)).toBe(frame.trimEnd().slice(0, -4));
		expect(encoded.slice(-6, -2)).toBe(frame.trimEnd().slice(-4).toUpperCase());
	});

	it.each(good)('$id is one frame of a stream, and is told without an error', ({ frame }) => {
		const { frames, rubbish } = hj212.framer().push(Buffer.from(`${frame}\r\n${frame}`, 'latin1'));
		expect([frames.length, rubbish.length]).toEqual([2, 0]);
		const outcome = hj212.session(() => ({ password: null, crc: 'standard' })).handle(frames[0] ?? Buffer.alloc(0), now);
		expect(outcome).toMatchObject({ error: null, messages: [{ address: expect.any(String) }] });
	});

	it.each(bad)('$id is refused: $expect.error', ({ frame, expect: stated }) => {
		const decoded = decodeFrame(Buffer.from(frame, 'latin1'));
		expect(decoded.ok).toBe(false);
		// Where the length is wrong, chance decides whether four hexadecimal digits stand at the place of the CRC.
		const kinds = stated.error === 'crc' ? ['checksum'] : stated.error === 'length' ? ['framing', 'checksum'] : ['framing'];
		expect(kinds).toContain(decoded.ok ? '' : decoded.error.kind);
	});

	it.each(bad.filter((each) => each.expect.matchesInstead))('$id is taken where the station is configured for a Modbus CRC', ({ frame }) => {
		expect(decodeFrame(Buffer.from(frame, 'latin1'), () => 'modbus').ok).toBe(true);
	});
});
