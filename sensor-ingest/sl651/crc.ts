const table = new Uint16Array(256);
for (let start = 0; start < 256; start += 1) {
	let value = start;
	for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >> 1) ^ 0xa001 : value >> 1;
	table[start] = value;
}

/**
 * The check of SL 651-2014: the polynomial and start of CRC-16/Modbus, over all from the first frame character to the end character. In
 * the frame its HIGH byte stands first, unlike in Modbus.
 */
export function sl651Crc(bytes: Uint8Array, from = 0, to = bytes.length): number {
	let crc = 0xffff;
	for (let at = from; at < to; at += 1) crc = (crc >> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
	return crc;
}
