import type { ProtocolError } from '../stations/protocol.ts';

/** What stands in a body, in its order. Times in milliseconds since the epoch. */
export type Item =
	/** F0F0 or TT: what follows was observed then. */
	| { kind: 'observed'; time: number }
	/** F1F1 or ST: what follows is of this station. `letter` its class, empty where none is given. */
	| { kind: 'station'; station: string; letter: string }
	/** 04 or DRxnn: an interval series follows. 0 minutes: blocks F4 to FC follow. */
	| { kind: 'step'; minutes: number }
	/** `bytes` (0 in ASCII frames) and `decimals` as it was written; `raw` only where the value is null. `symbol` only in ASCII frames. */
	| { kind: 'value'; id: number; symbol: string; value: number | null; raw: string; bytes: number; decimals: number }
	/** After a step. `id` as in `value`; null for a missing value. */
	| { kind: 'series'; id: number; symbol: string; values: (number | null)[]; bytes: number; decimals: number }
	/** F4 to FC: twelve values, five minutes apart; `def` as it stands, which says nothing. */
	| { kind: 'block'; id: number; def: number; values: (number | null)[] }
	/** 45 or ZT. */
	| { kind: 'state'; word: number }
	/** F2F2 or RGZS, decoded as GB 18030. */
	| { kind: 'text'; text: string }
	/** F3F3 or PIC. */
	| { kind: 'picture'; data: Buffer }
	/** The body of a function that is not made of elements. */
	| { kind: 'raw'; data: Buffer };

export type Decoded<T> = { ok: true; value: T } | { ok: false; error: ProtocolError };

/** A value from the frame, cut to what fits into a line. */
export function malformed(field: string, value: string, expected: string): { ok: false; error: ProtocolError } {
	return { ok: false, error: { kind: 'malformed', field, value: value.slice(0, 80), expected } };
}
