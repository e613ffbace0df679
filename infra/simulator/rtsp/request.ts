/** An RTSP request (RFC 2326 §6). Header names are lower case; a header that comes twice is joined by a comma. */
export interface RtspRequest {
	kind: 'request';
	method: string;
	uri: string;
	headers: Map<string, string>;
	body: Buffer;
}

/** A binary frame between requests (RFC 2326 §10.12): the client's RTCP. */
export interface Interleaved {
	kind: 'interleaved';
	channel: number;
	payload: Buffer;
}

/** What was received can not be RTSP; the connection has to be closed, because the next message's start is unknown. */
export class RtspSyntaxError extends Error {}

export const limits = { head: 8_192, headers: 64, body: 16_384 } as const;

const dollar = 0x24;

/** Cuts a byte stream into messages. Never holds more than one head and one body; throws nothing but `RtspSyntaxError`. */
export class RequestParser {
	#pending: Buffer = Buffer.alloc(0);

	push(chunk: Buffer): (RtspRequest | Interleaved)[] {
		this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
		const messages: (RtspRequest | Interleaved)[] = [];
		for (;;) {
			const message = this.#next();
			if (!message) return messages;
			messages.push(message);
		}
	}

	#next(): RtspRequest | Interleaved | undefined {
		const data = this.#skipBlankLines();
		if (data.length === 0) return undefined;
		if (data[0] === dollar) {
			if (data.length < 4) return undefined;
			const end = 4 + data.readUInt16BE(2);
			if (data.length < end) return undefined;
			this.#pending = data.subarray(end);
			return { kind: 'interleaved', channel: data.readUInt8(1), payload: data.subarray(4, end) };
		}
		const headEnd = data.indexOf('\r\n\r\n');
		if (headEnd > limits.head || (headEnd < 0 && data.length > limits.head)) throw new RtspSyntaxError(`head longer than ${limits.head} bytes`);
		if (headEnd < 0) return undefined;
		const { method, uri, headers } = parseHead(data.toString('latin1', 0, headEnd));
		const length = contentLength(headers.get('content-length'));
		const end = headEnd + 4 + length;
		if (data.length < end) return undefined;
		this.#pending = data.subarray(end);
		return { kind: 'request', method, uri, headers, body: data.subarray(headEnd + 4, end) };
	}

	/** Some clients send an empty line after a body (RFC 2326 §4.2 allows it, as HTTP does). */
	#skipBlankLines(): Buffer {
		let start = 0;
		while (this.#pending[start] === 0x0d || this.#pending[start] === 0x0a) start++;
		this.#pending = this.#pending.subarray(start);
		return this.#pending;
	}
}

function parseHead(head: string): { method: string; uri: string; headers: Map<string, string> } {
	const [start = '', ...lines] = head.split('\r\n');
	const match = /^([A-Z_]{1,32}) (\S{1,2048}) RTSP\/1\.\d$/.exec(start);
	if (!match?.[1] || !match[2]) throw new RtspSyntaxError('expected "METHOD uri RTSP/1.0"');
	if (lines.length > limits.headers) throw new RtspSyntaxError(`more than ${limits.headers} headers`);
	const headers = new Map<string, string>();
	for (const line of lines) {
		const colon = line.indexOf(':');
		if (colon < 1) throw new RtspSyntaxError('expected "Name: value"');
		const name = line.slice(0, colon).trim().toLowerCase();
		const value = line.slice(colon + 1).trim();
		const earlier = headers.get(name);
		headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
	}
	return { method: match[1], uri: match[2], headers };
}

function contentLength(text: string | undefined): number {
	if (text === undefined) return 0;
	if (!/^\d{1,9}$/.test(text)) throw new RtspSyntaxError('Content-Length: expected a whole number');
	const length = Number(text);
	if (length > limits.body) throw new RtspSyntaxError(`body longer than ${limits.body} bytes`);
	return length;
}
