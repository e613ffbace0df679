/** Which of the two checks a frame carries; the standard's own, or Modbus' with its high or its low byte first. */
export type CrcKind = 'standard' | 'modbus' | 'modbus-low-first';

const table = new Uint16Array(256);
for (let start = 0; start < 256; start += 1) {
	let value = start;
	for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >> 1) ^ 0xa001 : value >> 1;
	table[start] = value;
}

/**
 * The check of HJ 212-2017, annex A, over the data segment. It is not Modbus' CRC-16: each byte meets the register's HIGH byte and
 * the low one is lost, so that only 256 values exist.
 */
function hj212Crc(data: Uint8Array, from = 0, to = data.length): number {
	let crc = 0xffff;
	for (let at = from; at < to; at += 1) crc = table[((crc >> 8) ^ (data[at] ?? 0)) & 0xff] ?? 0;
	return crc;
}

/** CRC-16/Modbus, which some devices send in its place. */
function modbusCrc(data: Uint8Array, from = 0, to = data.length): number {
	let crc = 0xffff;
	for (let at = from; at < to; at += 1) crc = (crc >> 8) ^ (table[(crc ^ (data[at] ?? 0)) & 0xff] ?? 0);
	return crc;
}

/** The four digits of a check as they stand in the frame. */
export function crcDigits(data: Uint8Array, kind: CrcKind): string {
	const crc = kind === 'standard' ? hj212Crc(data) : modbusCrc(data);
	const value = kind === 'modbus-low-first' ? ((crc & 0xff) << 8) | (crc >> 8) : crc;
	return value.toString(16).toUpperCase().padStart(4, '0');
}

/** Which check the four digits are, or null. The standard's own is tried first. */
export function crcKindOf(data: Uint8Array, from: number, to: number, sent: number, allowed: 'standard' | 'modbus'): CrcKind | null {
	if (hj212Crc(data, from, to) === sent) return 'standard';
	if (allowed === 'standard') return null;
	const crc = modbusCrc(data, from, to);
	if (crc === sent) return 'modbus';
	return (((crc & 0xff) << 8) | (crc >> 8)) === sent ? 'modbus-low-first' : null;
}
