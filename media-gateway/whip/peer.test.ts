import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseOffer } from './offer.ts';
import { Peer } from './peer.ts';
import { offers } from './testing/offers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As much of a transport as a session looks at. */
class Transport extends EventEmitter {
	readonly observer = new EventEmitter();
	readonly iceParameters = { usernameFragment: 'ours', password: 'ours' };
	iceState = 'new';
	closed = false;
	close() {
		this.closed = true;
		this.observer.emit('close');
	}
}

function open() {
	const transport = new Transport();
	const grant = { holder: 'x', by: 'x', tokenId: null, sessionId: null, expiresAt: Number.MAX_SAFE_INTEGER };
	const offer = parseOffer(offers['werift-watch']);
	const peer = new Peer({
		protocol: 'whep',
		streamId: 'cam-1',
		grant,
		offer,
		agreed: [],
		answer: '',
		transport: transport as unknown as types.WebRtcTransport,
	});
	const reasons: string[] = [];
	peer.onEnd((reason) => reasons.push(reason));
	return { transport, peer, reasons };
}

test('a peer that never comes is not waited for longer than half a minute', () => {
	const { transport, reasons } = open();
	vi.advanceTimersByTime(29_000);
	expect(reasons).toEqual([]);
	vi.advanceTimersByTime(1_000);
	expect(reasons).toEqual(['no ICE connection']);
	expect(transport.closed).toBe(true);
});

test('a peer that loses ICE may come back within half a minute', () => {
	const { transport, reasons } = open();
	transport.emit('icestatechange', 'completed');
	vi.advanceTimersByTime(3_600_000);
	transport.emit('icestatechange', 'disconnected');
	vi.advanceTimersByTime(29_000);
	transport.emit('icestatechange', 'connected');
	vi.advanceTimersByTime(3_600_000);
	expect(reasons).toEqual([]);
	transport.emit('icestatechange', 'disconnected');
	vi.advanceTimersByTime(30_000);
	expect(reasons).toEqual(['no ICE connection']);
});

test('a session ends once, with DTLS or with its transport', () => {
	const first = open();
	first.transport.emit('dtlsstatechange', 'connected');
	first.transport.emit('dtlsstatechange', 'closed');
	expect(first.reasons).toEqual(['DTLS is closed']);
	first.peer.end('again');
	expect(first.reasons).toHaveLength(1);
	const second = open();
	second.transport.close();
	expect(second.peer.ended).toBe(true);
	expect(second.reasons).toEqual(['the media worker is gone']);
});
