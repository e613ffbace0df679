import {
	type Changes,
	type ConsoleClientEvents,
	type ConsoleServerEvents,
	type Heartbeat,
	type Topic,
	topics,
} from '@beilun/shared/protocol/realtime.ts';
import { io, type Socket } from 'socket.io-client';
import { applyChanges, behind, clockOffset, subscribeRequest } from './sequence.ts';
import { type Connection, useRealtime } from './store.ts';

/** Older than this and the screen says loudly that it is stale. */
export const staleAfter = 3_000;
/** A connection this long without a heartbeat is given up and made anew. */
const deadAfter = 8_000;

type ConsoleSocket = Socket<ConsoleServerEvents, ConsoleClientEvents>;

let socket: ConsoleSocket | null = null;
let watchdog: ReturnType<typeof setInterval> | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let wanted: readonly Topic[] = topics;
let samples: number[] = [];
let connectedAt = 0;
/** Topics found behind at the last heartbeat: changes may be on their way, twice in a row they are not. */
let suspects = new Set<Topic>();

/** Opens the one connection to `/console`, or does nothing if it is open. */
export function startRealtime(options: { topics?: readonly Topic[] } = {}): void {
	if (socket !== null) return;
	wanted = options.topics ?? topics;
	const fresh: ConsoleSocket = io('/console', {
		transports: ['websocket'],
		reconnectionDelay: 500,
		reconnectionDelayMax: 5_000,
		randomizationFactor: 0.3,
		timeout: 5_000,
	});
	socket = fresh;
	fresh.on('connect', () => {
		connectedAt = Date.now();
		suspects = new Set();
		subscribe();
	});
	fresh.on('changes', take);
	fresh.on('heartbeat', beat);
	fresh.on('ended', ({ reason }) => end(reason));
	fresh.on('disconnect', (reason) => {
		lose();
		// The library leaves it to us when the server closed; a session that ended has said so before.
		if (reason === 'io server disconnect') again(500);
	});
	fresh.on('connect_error', (error) => {
		lose();
		if (error.message === 'unauthenticated') end('expired');
		else if (error.message === 'forbidden') end('forbidden');
		else if (!fresh.active) again(2_000);
	});
	watchdog = setInterval(watch, 500);
	// A laptop that wakes or a network that returns should not wait for the next try.
	globalThis.addEventListener?.('online', reconnectNow);
}

/** Closes the connection and leaves what is held on the screen. */
export function stopRealtime(): void {
	clearInterval(watchdog);
	clearTimeout(retry);
	globalThis.removeEventListener?.('online', reconnectNow);
	socket?.disconnect();
	socket = null;
}

function patch(change: Partial<Connection>): void {
	useRealtime.setState((realtime) => ({ connection: { ...realtime.connection, ...change } }));
}

function subscribe(): void {
	socket?.emit('subscribe', subscribeRequest(useRealtime.getState().held, wanted), (answer) => {
		if (answer.ok) return;
		console.error(`subscription refused: ${answer.reason}: ${answer.detail}`);
	});
}

function take(changes: Changes): void {
	const { held } = useRealtime.getState();
	const outcome = applyChanges(held[changes.topic], changes);
	if (outcome.result === 'gap') subscribe();
	else if (outcome.result === 'applied') useRealtime.setState({ held: { ...held, [changes.topic]: outcome.held } });
}

function beat(heartbeat: Heartbeat): void {
	const now = Date.now();
	samples = [...samples.slice(-29), Date.parse(heartbeat.time) - now];
	const { held } = useRealtime.getState();
	const missing = behind(held, heartbeat);
	if (missing.some((topic) => suspects.has(topic))) {
		suspects = new Set();
		subscribe();
	} else {
		suspects = new Set(missing);
	}
	const complete = useRealtime.getState().connection.complete || missing.length === 0;
	patch({ state: 'live', lastHeartbeatAt: now, lostAt: null, clockOffset: clockOffset(samples), complete });
}

function lose(): void {
	const { connection } = useRealtime.getState();
	if (connection.state !== 'live') return;
	patch({ state: 'lost', lostAt: connection.lastHeartbeatAt ?? Date.now() });
}

function end(endReason: Connection['endReason']): void {
	stopRealtime();
	patch({ state: 'ended', endReason, lostAt: useRealtime.getState().connection.lastHeartbeatAt });
}

function again(delay: number): void {
	clearTimeout(retry);
	retry = setTimeout(() => socket?.connect(), delay);
}

function watch(): void {
	const { lastHeartbeatAt } = useRealtime.getState().connection;
	const now = Date.now();
	if (lastHeartbeatAt !== null && now - lastHeartbeatAt > staleAfter) lose();
	if (socket?.connected === true && now - Math.max(lastHeartbeatAt ?? 0, connectedAt) > deadAfter) reconnectNow();
}

/** Gives up a connection that is silent, or the wait for the next try, and connects at once. */
export function reconnectNow(): void {
	if (socket === null || useRealtime.getState().connection.state === 'ended') return;
	if (socket.connected) socket.disconnect();
	socket.io.engine?.close();
	socket.connect();
}
