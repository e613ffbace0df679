import { useEffect } from 'react';
import { api } from '../api.ts';
import { useConnection } from '../realtime/store.ts';
import { loadSession, useSession } from '../session.ts';

const checkEvery = 60_000;

/** The page's own script, by which another build is known. */
export function entryScript(html: string): string | null {
	return /<script[^>]*\ssrc="([^"]+)"/.exec(html)?.[1] ?? null;
}

/** Loads the page anew when the server has another version or build of it, and when a session that ended is there again. */
export function useFreshPage(): void {
	const ended = useConnection().state === 'ended';
	useEffect(() => {
		let version: string | null = null;
		let script: string | null = null;
		const check = async () => {
			const info = await api.get<{ version: string }>('/api/v1/info');
			const html = await (await fetch(window.location.pathname, { cache: 'no-store', signal: AbortSignal.timeout(10_000) })).text();
			const now = entryScript(html);
			const changed = (version !== null && info.version !== version) || (script !== null && now !== null && now !== script);
			version = info.version;
			script = now ?? script;
			if (changed) window.location.reload();
		};
		const run = () => void check().catch(() => undefined);
		run();
		const timer = setInterval(run, checkEvery);
		return () => clearInterval(timer);
	}, []);
	useEffect(() => {
		if (!ended) return;
		const timer = setInterval(() => {
			void loadSession().then(() => {
				if (useSession.getState().state === 'in') window.location.reload();
			});
		}, 15_000);
		return () => clearInterval(timer);
	}, [ended]);
}
