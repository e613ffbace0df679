import type { Client } from 'aedes';

interface Parser {
	packet: { length: number };
	_parseLength(): boolean;
	_emitError(error: Error): boolean;
}

/**
 * Aedes collects a packet of any length (up to 256 MB, MQTT 3.1.1 §2.2.3) before it looks at it, and has no setting for it. This stops
 * its parser as soon as the fixed header tells the length. It reaches into the parser: throws at once where that has changed.
 */
export function limitPackets(client: Client, maxBytes: number, refused: (bytes: number) => void): void {
	const parser = (client as unknown as { _parser?: Partial<Parser> })._parser;
	if (typeof parser?._parseLength !== 'function' || typeof parser._emitError !== 'function') {
		throw new Error('the MQTT parser is not the one whose packets can be limited');
	}
	const known = parser as Parser;
	const parseLength = known._parseLength;
	known._parseLength = function (this: Parser) {
		const isKnown = parseLength.call(this);
		if (!isKnown || this.packet.length <= maxBytes) return isKnown;
		refused(this.packet.length);
		return this._emitError(new Error(`a packet of ${this.packet.length} bytes; expected at most ${maxBytes}`));
	};
}
