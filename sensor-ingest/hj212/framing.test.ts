import { describe, expect, it } from 'vitest';
import { encodeFrame, encodeReport } from './encode.ts';
import { Hj212Framer, maxFrame } from './framing.ts';

const at = Date.UTC(2026, 4, 6, 2, 30);

function report(values: Record<string, number> = { Rtd: 21.4 }): Buffer {
	const factors = [{ code: 'w01018', values, flag: 'N' }];
	const report = { st: '32', cn: '2011', pw: '123456', mn: 'A330206_0001', version: 1, wantsAnswer: true, sent: at, dataTime: at, factors };
	return encodeReport(report)[0] ?? Buffer.alloc(0);
}

const frame = report();

describe('The HJ 212 framer', () => {
	it('finds frames whose bytes come one at a time, and holds nothing afterwards', () => {
		const framer = new Hj212Framer();
		const frames: Buffer[] = [];
		for (const byte of Buffer.concat([frame, frame])) frames.push(...framer.push(Buffer.from([byte])).frames);
		expect(frames.map((each) => each.toString().trimEnd())).toEqual([frame.toString().trimEnd(), frame.toString().trimEnd()]);
		expect(framer.push(Buffer.alloc(0))).toEqual({ frames: [], rubbish: [] });
		expect(framer.waiting).toBe(0);
	});

	it('takes frames that lack CR LF, one right behind the other', () => {
		const bare = frame.subarray(0, -2);
		expect(new Hj212Framer().push(Buffer.concat([bare, bare, frame])).frames).toEqual([bare, bare, frame]);
	});

	it('cuts by length and not at a ## inside the data', () => {
		const inside = encodeFrame({ qn: null, st: '32', cn: '3020', pw: '', mn: 'M1', flag: null, groups: [[['i11001-Info', '##0139ST=32##']]] });
		expect(new Hj212Framer().push(Buffer.concat([inside, frame]))).toEqual({ frames: [inside, frame], rubbish: [] });
	});

	it('gives rubbish before and between frames back, and loses no frame for it', () => {
		const noise = Buffer.from('AT+CSQ OK #');
		const { frames, rubbish } = new Hj212Framer().push(Buffer.concat([noise, frame, Buffer.from('##12x4'), frame]));
		expect(frames).toEqual([frame, frame]);
		expect(rubbish.map(String)).toEqual(['AT+CSQ OK #', '##12x4']);
	});

	it('finds the frame behind one whose length is too short', () => {
		const short = Buffer.from(frame.toString().replace(/^##\d{4}/, '##0040'));
		const { frames, rubbish } = new Hj212Framer().push(Buffer.concat([short, frame]));
		expect(frames).toEqual([frame]);
		expect(rubbish).toHaveLength(1);
	});

	it('does not wait for 9,999 bytes where the line ends before', () => {
		const long = Buffer.from(frame.toString().replace(/^##\d{4}/, '##9999'));
		const framer = new Hj212Framer();
		expect(framer.push(long).rubbish).toHaveLength(1);
		expect(framer.push(frame).frames).toEqual([frame]);
	});

	it('takes a segment of 9,999 bytes and never holds more than the longest frame', () => {
		const head = { qn: null, st: '32', cn: '3020', pw: '', mn: 'M1', flag: null };
		const room = 9999 - (encodeFrame({ ...head, groups: [[['i-Info', '']]] }).length - 12);
		const longest = encodeFrame({ ...head, groups: [[['i-Info', 'x'.repeat(room)]]] });
		expect(longest).toHaveLength(maxFrame);
		expect(new Hj212Framer().push(longest).frames).toEqual([longest]);
		const framer = new Hj212Framer();
		for (let count = 0; count < 100; count += 1) {
			framer.push(Buffer.from(`##9999${'x'.repeat(700)}`));
			expect(framer.waiting).toBeLessThanOrEqual(maxFrame);
		}
	});

	it('swallows a flood of half frames without holding it', () => {
		const framer = new Hj212Framer();
		const started = process.cpuUsage();
		const flood = Buffer.from('##5000&&0000'.repeat(90_000));
		framer.push(flood);
		expect(framer.waiting).toBeLessThanOrEqual(maxFrame);
		expect(process.cpuUsage(started).user / 1e6).toBeLessThan(5);
	});
});
