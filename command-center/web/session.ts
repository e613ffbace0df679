import type { Me } from '@beilun/shared/protocol/people.ts';
import type { Role } from '@beilun/shared/protocol/words.ts';
import { create } from 'zustand';
import { ApiError, api, goToLogin } from './api.ts';
import { stopRealtime } from './realtime/connection.ts';

interface Info {
	name: string;
	version: string;
	demo: boolean;
}

interface Session {
	state: 'unknown' | 'in' | 'out' | 'unreachable';
	me: Me | null;
	info: Info | null;
}

/** Who is logged in here, and what system this is. */
export const useSession = create<Session>()(() => ({ state: 'unknown', me: null, info: null }));

export function useMe(): Me | null {
	return useSession((session) => session.me);
}

/** Asks the server who we are. Never throws: an unreachable server is a state. */
export async function loadSession(): Promise<Session['state']> {
	try {
		const [me, info] = await Promise.all([api.get<Me>('/api/v1/me'), api.get<Info>('/api/v1/info')]);
		useSession.setState({ state: 'in', me, info });
	} catch (error) {
		const out = error instanceof ApiError && error.status === 401;
		useSession.setState({ state: out ? 'out' : 'unreachable', ...(out ? { me: null } : {}) });
	}
	return useSession.getState().state;
}

/** Loads the session and sends those who have none to the login page; tries again while the server is away. */
export function requireSession(): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let stopped = false;
	const attempt = async () => {
		const state = await loadSession();
		if (stopped) return;
		if (state === 'out') goToLogin();
		if (state === 'unreachable') timer = setTimeout(() => void attempt(), 2_000);
	};
	void attempt();
	return () => {
		stopped = true;
		clearTimeout(timer);
	};
}

export async function logout(): Promise<void> {
	try {
		await api.post('/api/v1/logout');
	} finally {
		stopRealtime();
		window.location.assign('/login');
	}
}

/** Who may register and change cameras; the server checks it again. */
export function keepsCameras(role: Role | undefined): boolean {
	return role === 'admin' || role === 'duty-officer';
}

/** Who may speak to field units and cameras; the server checks it again. */
export function maySpeak(role: Role | undefined): boolean {
	return role === 'duty-officer' || role === 'commander' || role === 'admin';
}
