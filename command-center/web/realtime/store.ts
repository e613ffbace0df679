import { type Topic, type Topics, topics } from '@beilun/shared/protocol/realtime.ts';
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import type { HeldTopics } from './sequence.ts';

type ConnectionState = 'connecting' | 'live' | 'lost' | 'ended';

export interface Connection {
	state: ConnectionState;
	/** Our clock, milliseconds; null before the first heartbeat. Everything shown is as old as this at least. */
	lastHeartbeatAt: number | null;
	/** Our clock, when the connection was lost; null while it is not. */
	lostAt: number | null;
	/** Server's clock minus ours, milliseconds. */
	clockOffset: number;
	/** Why the session ended. */
	endReason: 'expired' | 'logged-out' | 'disabled' | 'forbidden' | null;
	/** True once the first snapshot of every topic is here. */
	complete: boolean;
}

export interface Realtime {
	held: HeldTopics;
	connection: Connection;
}

function nothingHeld(): HeldTopics {
	return Object.fromEntries(topics.map((topic) => [topic, { epoch: null, seq: 0, entities: {} }])) as unknown as HeldTopics;
}

/** The state of the district as the server tells it. Written by connection.ts only. */
export const useRealtime = create<Realtime>()(() => ({
	held: nothingHeld(),
	connection: { state: 'connecting', lastHeartbeatAt: null, lostAt: null, clockOffset: 0, endReason: null, complete: false },
}));

/** All entities of a topic by id; the same object until one of them changes. */
export function useEntities<T extends Topic>(topic: T): Readonly<Record<string, Topics[T]>> {
	return useRealtime((realtime) => realtime.held[topic].entities) as Readonly<Record<string, Topics[T]>>;
}

/** One entity; renders again only when it changes. */
export function useEntity<T extends Topic>(topic: T, id: string | null | undefined): Topics[T] | undefined {
	return useRealtime((realtime) => (id === null || id === undefined ? undefined : realtime.held[topic].entities[id])) as Topics[T] | undefined;
}

/** The entities now, outside of rendering. */
export function entitiesOf<T extends Topic>(topic: T): Readonly<Record<string, Topics[T]>> {
	return useRealtime.getState().held[topic].entities as Readonly<Record<string, Topics[T]>>;
}

export function useConnection(): Connection {
	return useRealtime((realtime) => realtime.connection);
}

/** The server's time as well as it is known here, milliseconds since the epoch. */
export function serverNow(): number {
	return Date.now() + useRealtime.getState().connection.clockOffset;
}

const clocks = new Map<number, { listeners: Set<() => void>; timer: ReturnType<typeof setInterval> }>();

/** The server's time, ticking; all users of one period share a timer and tick together. */
export function useNow(period = 1000): number {
	const [now, setNow] = useState(serverNow);
	useEffect(() => {
		let clock = clocks.get(period);
		if (clock === undefined) {
			const listeners = new Set<() => void>();
			clock = { listeners, timer: setInterval(() => listeners.forEach((listener) => void listener()), period) };
			clocks.set(period, clock);
		}
		const listener = () => setNow(serverNow());
		clock.listeners.add(listener);
		listener();
		return () => {
			clock.listeners.delete(listener);
			if (clock.listeners.size === 0) {
				clearInterval(clock.timer);
				clocks.delete(period);
			}
		};
	}, [period]);
	return now;
}
