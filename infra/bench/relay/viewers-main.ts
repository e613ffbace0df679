import { JanusSession } from './janus.ts';
import { type Offerer, Viewer } from './viewers.ts';

/** In a process of its own, so that what viewers cost is not counted as the relay's. Talks to its parent by messages. */
export type ToViewers =
	| { do: 'connect'; whep: { url: string; token: string }[] }
	| { do: 'connect-janus'; url: string; count: number }
	| { do: 'count' }
	| { do: 'close' };

const viewers: Viewer[] = [];

export function whep({ url, token }: { url: string; token: string }): Offerer {
	return {
		kind: 'offers',
		exchange: async (offer) => {
			const answer = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
				body: offer,
			});
			if (answer.status !== 201) throw new Error(`WHEP answered ${answer.status}: ${await answer.text()}`);
			return {
				sdp: await answer.text(),
				end: () => fetch(new URL(answer.headers.get('location') ?? '', url), { method: 'DELETE', headers: { authorization: `Bearer ${token}` } }),
			};
		},
	};
}

async function take(message: ToViewers): Promise<unknown> {
	switch (message.do) {
		case 'connect':
			for (const each of message.whep) viewers.push(await Viewer.connect(whep(each)));
			return viewers.length;
		case 'connect-janus': {
			const session = await JanusSession.open(message.url);
			for (let n = 0; n < message.count; n += 1) viewers.push(await Viewer.connect(session.offerer));
			return viewers.length;
		}
		case 'count':
			return { packets: viewers.map((viewer) => viewer.packets), bytes: viewers.map((viewer) => viewer.bytes) };
		case 'close':
			await Promise.all(viewers.map((viewer) => viewer.close()));
			return viewers.splice(0).length;
		default:
			return message satisfies never;
	}
}

if (process.send !== undefined) {
	process.on('message', (message: ToViewers) => {
		take(message).then(
			(result) => process.send?.({ ok: true, result }),
			(error: unknown) => process.send?.({ ok: false, error: error instanceof Error ? error.message : String(error) }),
		);
	});
	process.on('disconnect', () => process.exit(0));
}
