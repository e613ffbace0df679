import { useCallback, useEffect, useState } from 'react';
import { api, problemText } from '../api.ts';

export interface Fetched<T> {
	data: T | undefined;
	/** In words; what was there before stays in `data`. */
	error: string | null;
	loading: boolean;
	reload: () => void;
}

/** What a path answers, asked again when the path or `key` changes. A path of null asks nothing. */
export function useFetched<T>(path: string | null, key: unknown = null): Fetched<T> {
	const [state, setState] = useState<{ path: string | null; data: T | undefined; error: string | null; loading: boolean }>({
		path,
		data: undefined,
		error: null,
		loading: path !== null,
	});
	const [count, setCount] = useState(0);
	// biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `count` ask again, though the request does not use them
	useEffect(() => {
		if (path === null) return;
		const controller = new AbortController();
		setState((before) => ({ path, data: before.path === path ? before.data : undefined, error: null, loading: true }));
		api.get<T>(path, controller.signal).then(
			(data) => setState({ path, data, error: null, loading: false }),
			(error: unknown) => {
				if (!controller.signal.aborted) setState((before) => ({ ...before, error: problemText(error), loading: false }));
			},
		);
		return () => controller.abort();
	}, [path, key, count]);
	const reload = useCallback(() => setCount((before) => before + 1), []);
	return { data: state.path === path ? state.data : undefined, error: state.error, loading: state.loading, reload };
}

/** What a path answers, asked again this many milliseconds after each answer. A failed try leaves what was there. */
export function usePolled<T>(path: string, period: number): { data: T | undefined; error: string | null; answers: number } {
	const [state, setState] = useState<{ path: string; data: T | undefined; error: string | null; answers: number }>({
		path,
		data: undefined,
		error: null,
		answers: 0,
	});
	useEffect(() => {
		const controller = new AbortController();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const ask = async () => {
			try {
				const data = await api.get<T>(path, controller.signal);
				setState((before) => ({ path, data, error: null, answers: before.answers + 1 }));
			} catch (error) {
				if (!controller.signal.aborted) setState((before) => ({ ...before, error: problemText(error) }));
			}
			if (!controller.signal.aborted) timer = setTimeout(() => void ask(), period);
		};
		void ask();
		return () => {
			controller.abort();
			clearTimeout(timer);
		};
	}, [path, period]);
	return state.path === path ? state : { data: undefined, error: null, answers: 0 };
}
