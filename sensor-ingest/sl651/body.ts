import { asciiItems } from './ascii-body.ts';
import { hexNumber, type Sl651Frame } from './frame.ts';
import { hexItems } from './hex-body.ts';
import { type Decoded, type Item, malformed } from './item.ts';
import { bcdTime, textTime } from './time.ts';
import { hasElements } from './words.ts';

export interface Body {
	serial: number;
	/** When it was sent, by the station's clock. */
	sent: number;
	items: Item[];
}

/**
 * The body of one frame, or the joined bodies of the packets of one message: serial number, sending time, and what the function has.
 *
 * Decimals come from each element's own definition byte (high five bits: bytes; low three: decimals). Data of FF only, or of AA only,
 * is a missing value: `null`, with `raw` as it stood. Otherwise a leading FF byte, counted in the length, makes the number negative.
 */
export function decodeBody(frame: Pick<Sl651Frame, 'mode' | 'direction' | 'func' | 'station'>, body: Buffer): Decoded<Body> {
	return frame.mode === 'ascii' ? asciiBody(frame, body) : hexBody(frame, body);
}

function hexBody(frame: Pick<Sl651Frame, 'direction' | 'func'>, body: Buffer): Decoded<Body> {
	if (body.length < 8) return malformed('body', body.toString('hex'), 'serial number and sending time: 8 bytes');
	const sent = bcdTime(body, 2, 6);
	if (Number.isNaN(sent)) return malformed('sending time', body.toString('hex', 2, 8), 'YYMMDDhhmmss');
	const serial = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
	if (frame.direction === 'down') return { ok: true, value: { serial, sent, items: rawItems(body, 8) } };
	const items = hasElements(frame.func) ? hexItems(body, 8, frame.func !== 0x46) : stationItems(body, 8);
	return items.ok ? { ok: true, value: { serial, sent, items: items.value } } : items;
}

/** Functions 40 and above: the station's address, without class, and what the function itself defines. */
function stationItems(body: Buffer, at: number): Decoded<Item[]> {
	if (body[at] !== 0xf1 || body[at + 1] !== 0xf1) return { ok: true, value: rawItems(body, at) };
	if (body.length < at + 7) return malformed('F1F1', body.toString('hex', at), 'an address of 5 bytes');
	const station = body.toString('hex', at + 2, at + 7).toUpperCase();
	return { ok: true, value: [{ kind: 'station', station, letter: '' }, ...rawItems(body, at + 7)] };
}

function asciiBody(frame: Pick<Sl651Frame, 'direction' | 'func'>, body: Buffer): Decoded<Body> {
	const serial = hexNumber(body, 0, 4);
	if (body.length < 16 || Number.isNaN(serial))
		return malformed('body', body.toString('latin1', 0, 20), 'serial number and sending time: 16 characters');
	const sent = textTime(body, 4, 6);
	if (Number.isNaN(sent)) return malformed('sending time', body.toString('latin1', 4, 16), 'YYMMDDhhmmss');
	if (frame.direction === 'down') return { ok: true, value: { serial, sent, items: rawItems(body, 16) } };
	const items = asciiItems(body, 16, hasElements(frame.func));
	return items.ok ? { ok: true, value: { serial, sent, items: items.value } } : items;
}

function rawItems(body: Buffer, at: number): Item[] {
	return body.length > at ? [{ kind: 'raw', data: body.subarray(at) }] : [];
}
