import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { entitiesOf, useRealtime } from '../realtime/store.ts';
import { mediaClient, type StreamSource, type Watching } from './client.ts';
import { sizeOf, useResized } from './tile-size.ts';
import type { Watched, WatchListener } from './watch.ts';

/** Streams as the realtime store knows them. */
const source: StreamSource = {
	has: (streamId) => entitiesOf('streams')[streamId] !== undefined,
	onChange: (listener) =>
		useRealtime.subscribe((now, before) => {
			if (now.held.streams.entities !== before.held.streams.entities) listener();
		}),
};

export function client() {
	return mediaClient(source);
}

const nothing: Watched = { phase: { phase: 'signalling' }, media: null, quality: null, still: null };

export interface WatchOptions {
	wanted: boolean;
	tile: RefObject<HTMLElement | null>;
	/** Called while the last picture can still be copied. */
	releasing: WatchListener['releasing'];
	age: WatchListener['age'];
}

/** Watches a stream while it is wanted, in the quality that suits the tile's size. */
export function useWatch(streamId: string, { wanted, tile, releasing, age }: WatchOptions): Watched {
	const [watched, setWatched] = useState<Watched>(nothing);
	const watching = useRef<Watching | null>(null);
	const listener = useRef({ releasing, age });
	useEffect(() => {
		listener.current = { releasing, age };
	}, [releasing, age]);
	useEffect(() => {
		if (!wanted) return;
		const update = () => setWatched(client().watched(streamId) ?? nothing);
		const watch = client().watch(streamId, sizeOf(tile.current), {
			changed: update,
			releasing: () => listener.current.releasing(),
			age: () => listener.current.age(),
		});
		watching.current = watch;
		update();
		return () => {
			listener.current.releasing();
			watching.current = null;
			watch.stop();
			setWatched(nothing);
		};
	}, [streamId, wanted, tile]);
	useResized(
		tile,
		useCallback((size) => watching.current?.resize(size), []),
	);
	return watched;
}
