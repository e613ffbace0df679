import type { StreamDetail } from '@beilun/shared/protocol/media.ts';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api.ts';

/** Asked at once, and the pause between two rounds in milliseconds: a list of two hundred must cost the gateway little. */
const atOnce = 4;
const pause = 4_000;

/** What the gateway said of each stream, and what it had said before. */
export type Details = Readonly<Record<string, { now: StreamDetail; before: StreamDetail | undefined }>>;

/** Details of these streams, in rounds, as long as the list is open. */
export function useDetails(ids: readonly string[]): Details {
	const [details, setDetails] = useState<Details>({});
	const wanted = useRef(ids);
	wanted.current = ids;
	// The first round waits for the first names.
	const any = ids.length > 0;
	useEffect(() => {
		if (!any) return;
		const controller = new AbortController();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const round = async () => {
			const names = [...wanted.current];
			const found: StreamDetail[] = [];
			const worker = async () => {
				for (let id = names.pop(); id !== undefined && !controller.signal.aborted; id = names.pop()) {
					const detail = await api.get<StreamDetail>(`/api/v1/streams/${encodeURIComponent(id)}`, controller.signal).catch(() => null);
					if (detail !== null) found.push(detail);
				}
			};
			await Promise.all(Array.from({ length: atOnce }, worker));
			if (controller.signal.aborted) return;
			setDetails((before) => Object.fromEntries(found.map((detail) => [detail.id, { now: detail, before: before[detail.id]?.now }])));
			timer = setTimeout(() => void round(), pause);
		};
		void round();
		return () => {
			controller.abort();
			clearTimeout(timer);
		};
	}, [any]);
	return details;
}
