import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestGuard, parseDigest } from './digest.ts';
import { limits, RequestParser, RtspSyntaxError } from './request.ts';

const options = 'OPTIONS rtsp://camera/cam-port-01 RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: test\r\n\r\n';

describe('RequestParser', () => {
	it('reads requests, bodies and interleaved packets however the bytes are cut', () => {
		const stream = Buffer.concat([
			Buffer.from(options),
			Buffer.from([0x24, 1, 0, 3, 9, 8, 7]),
			Buffer.from('SET_PARAMETER * RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nping\r\n'),
			Buffer.from(options),
		]);
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
				const parser = new RequestParser();
				const edges = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
				const messages = edges.slice(1).flatMap((end, index) => parser.push(stream.subarray(edges[index], end)));
				expect(messages.map((message) => (message.kind === 'request' ? `${message.method}:${message.body}` : [...message.payload].join()))).toEqual([
					'OPTIONS:',
					'9,8,7',
					'SET_PARAMETER:ping',
					'OPTIONS:',
				]);
			}),
		);
	});

	it('answers any bytes with messages or an RtspSyntaxError, and keeps no more than its limits', () => {
		const noise = fc.oneof(
			fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
			fc.string({ maxLength: 200 }).map((text) => Buffer.from(`${text}\r\n\r\n`)),
			fc.tuple(fc.string(), fc.string(), fc.string()).map(([method, uri, header]) => Buffer.from(`${method} ${uri} RTSP/1.0\r\n${header}\r\n\r\n`)),
			fc.constant(Buffer.from(options)),
		);
		fc.assert(
			fc.property(fc.array(noise, { maxLength: 20 }), (chunks) => {
				const parser = new RequestParser();
				try {
					for (const chunk of chunks) parser.push(chunk);
				} catch (error) {
					expect(error).toBeInstanceOf(RtspSyntaxError);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('refuses a head, a number of headers or a body beyond its limits', () => {
		const push = (text: string) => () => new RequestParser().push(Buffer.from(text));
		expect(push('A'.repeat(limits.head + 1))).toThrow(RtspSyntaxError);
		expect(push(`OPTIONS * RTSP/1.0\r\n${'A: b\r\n'.repeat(limits.headers + 1)}\r\n`)).toThrow(RtspSyntaxError);
		expect(push(`OPTIONS * RTSP/1.0\r\nContent-Length: ${limits.body + 1}\r\n\r\n`)).toThrow(RtspSyntaxError);
		expect(push('GET / HTTP/1.1\r\n\r\n')).toThrow('expected "METHOD uri RTSP/1.0"');
	});
});

describe('DigestGuard', () => {
	it('never throws and never lets in a header it did not ask for', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 300 }), (header) => {
				expect(new DigestGuard('user', 'password').accepts('DESCRIBE', `Digest ${header}`)).toBe(false);
			}),
		);
	});

	it('reads quoted and bare fields', () => {
		expect(parseDigest('Digest username="a b", qop=auth,nc=00000001')).toEqual(
			new Map([
				['username', 'a b'],
				['qop', 'auth'],
				['nc', '00000001'],
			]),
		);
	});
});
