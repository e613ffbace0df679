import type { App } from './http.ts';

export type ServiceName = 'sensor-ingest' | 'media-gateway' | 'alerts' | 'command-center';

/** Another service refused or failed; `status` is its HTTP status. */
export class PeerError extends Error {
	readonly status: number;
	constructor(service: ServiceName, path: string, status: number, body: string) {
		super(`${service} answered ${status} to ${path}: ${body.slice(0, 300)}`);
		this.status = status;
	}
}

/** How one service reads from another: its public API, with the installation's service token. */
export interface Peers {
	/** Answers the JSON body. Throws `PeerError` for a status from 400 up. */
	get<T>(service: ServiceName, path: string): Promise<T>;
}

/** All services in this process: no socket in between. */
export function localPeers(app: App, token: string): Peers {
	return {
		get: async <T>(service: ServiceName, path: string) => {
			const response = await app.inject({ method: 'GET', url: path, headers: { authorization: `Bearer ${token}` } });
			if (response.statusCode >= 400) throw new PeerError(service, path, response.statusCode, response.body);
			return response.json() as T;
		},
	};
}

/** Each service elsewhere, by its base address. */
export function remotePeers(urls: Record<string, string>, token: string): Peers {
	return {
		get: async <T>(service: ServiceName, path: string) => {
			const base = urls[service];
			if (base === undefined) throw new Error(`serviceUrls has no address for ${service}`);
			const response = await fetch(new URL(path, base), { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) });
			if (!response.ok) throw new PeerError(service, path, response.status, await response.text());
			return (await response.json()) as T;
		},
	};
}
