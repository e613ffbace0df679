import { SourceError } from './failure.ts';

const maxHeader = 16 * 1024;
/** An SDP is the only body a camera sends. */
const maxBody = 64 * 1024;
const dollar = 0x24;

type Headers = Map<string, string[]>;

export type RtspItem =
	| { kind: 'frame'; channel: number; payload: Buffer }
	| { kind: 'response'; status: number; reason: string; headers: Headers; body: Buffer }
	| { kind: 'request'; method: string; headers: Headers };

export type RtspResponse = Extract<RtspItem, { kind: 'response' }>;

interface Head {
	item: Exclude<RtspItem, { kind: 'frame' }>;
	/** Bytes of head and body together. */
	length: number;
	headLength: number;
}

/**
 * Splits what comes over an RTSP connection into answers, requests of the camera and interleaved frames (RFC 2326 §10.12).
 * Frames are views into the received chunks. Throws `SourceError` (`protocol-error`) for what is none of these.
 */
export class RtspReader {
	#rest: Buffer = Buffer.alloc(0);
	#head: Head | null = null;

	*push(chunk: Buffer): Generator<RtspItem> {
		// Of a frame that was cut in two only that frame is copied, not all that came with its second half.
		const end = this.#endOfFrame(chunk);
		const joined = end === null ? null : Buffer.concat([this.#rest, chunk.subarray(0, end)]);
		let data = end !== null ? chunk.subarray(end) : this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
		try {
			if (joined !== null) yield { kind: 'frame', channel: joined[1] ?? 0, payload: joined.subarray(4) };
			for (;;) {
				const taken = this.#next(data);
				if (taken === null) return;
				data = data.subarray(taken.length);
				if (taken.item !== null) yield taken.item;
			}
		} finally {
			this.#rest = data;
		}
	}

	/** Where in `chunk` the frame ends that `#rest` begins; null where it begins none, or the frame goes on. */
	#endOfFrame(chunk: Buffer): number | null {
		const rest = this.#rest;
		if (this.#head !== null || rest[0] !== dollar || rest.length < 4) return null;
		const end = 4 + rest.readUInt16BE(2) - rest.length;
		return end <= chunk.length ? end : null;
	}

	#next(data: Buffer): { item: RtspItem | null; length: number } | null {
		if (data.length === 0) return null;
		if (this.#head === null) {
			if (data[0] === dollar) {
				if (data.length < 4) return null;
				const length = 4 + data.readUInt16BE(2);
				if (data.length < length) return null;
				return { item: { kind: 'frame', channel: data[1] ?? 0, payload: data.subarray(4, length) }, length };
			}
			// Some cameras send an empty line after an answer's body.
			if (data[0] === 0x0d || data[0] === 0x0a) return { item: null, length: 1 };
			this.#head = readHead(data);
			if (this.#head === null) return null;
		}
		const head = this.#head;
		if (data.length < head.length) return null;
		this.#head = null;
		if (head.item.kind === 'response') head.item.body = Buffer.from(data.subarray(head.headLength, head.length));
		return { item: head.item, length: head.length };
	}
}

/** Null while the head is not complete. */
function readHead(data: Buffer): Head | null {
	const first = data[0] ?? 0;
	if (first < 0x41 || first > 0x5a) throw notRtsp(data);
	const found = endOfHead(data);
	if (found === null) {
		if (data.length > maxHeader) throw new SourceError('protocol-error', `the answer's header is longer than ${maxHeader} bytes`);
		// An answer begins with its protocol: another one need not be waited for to its end.
		if (data.length >= 16 && !/^(RTSP\/1\.\d |[A-Z_]+ )/.test(data.toString('latin1', 0, 32))) throw notRtsp(data);
		return null;
	}
	if (found > maxHeader) throw new SourceError('protocol-error', `the answer's header is longer than ${maxHeader} bytes`);
	const [start = '', ...lines] = data.toString('latin1', 0, found).split(/\r\n|\n/);
	const headers = readHeaders(lines);
	const declared = headers.get('content-length')?.[0]?.trim() ?? '0';
	if (!/^\d{1,9}$/.test(declared)) throw new SourceError('protocol-error', 'Content-Length is no number');
	const bodyLength = Number(declared);
	if (bodyLength > maxBody) throw new SourceError('protocol-error', `the answer's body of ${bodyLength} bytes is longer than ${maxBody}`);
	const length = found + bodyLength;
	const answer = /^RTSP\/1\.\d\s+(\d{3})(?:\s+(.*))?$/.exec(start);
	if (answer !== null) {
		const item: RtspItem = { kind: 'response', status: Number(answer[1]), reason: (answer[2] ?? '').trim(), headers, body: Buffer.alloc(0) };
		return { item, length, headLength: found };
	}
	const request = /^([A-Z_]{1,32})\s+\S+\s+RTSP\/1\.\d$/.exec(start);
	if (request !== null) return { item: { kind: 'request', method: request[1] ?? '', headers }, length, headLength: found };
	throw notRtsp(data);
}

/** Index behind the empty line that ends the head. Bare line feeds are met in the wild. */
function endOfHead(data: Buffer): number | null {
	const strict = data.indexOf('\r\n\r\n');
	const loose = data.indexOf('\n\n');
	if (strict === -1) return loose === -1 ? null : loose + 2;
	return loose !== -1 && loose < strict ? loose + 2 : strict + 4;
}

function readHeaders(lines: string[]): Headers {
	const headers: Headers = new Map();
	for (const line of lines) {
		const colon = line.indexOf(':');
		if (colon <= 0) continue;
		const name = line.slice(0, colon).trim().toLowerCase();
		const values = headers.get(name) ?? [];
		values.push(line.slice(colon + 1).trim());
		headers.set(name, values);
	}
	return headers;
}

function notRtsp(data: Buffer): SourceError {
	const shown = data.toString('latin1', 0, 12).replace(/[^\x20-\x7e]/g, '·');
	return new SourceError('protocol-error', `expected RTSP, got "${shown}"`);
}
