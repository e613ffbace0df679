import type { Preview } from '@beilun/shared/protocol/media.ts';
import type { Principal } from '@beilun/shared/protocol/people.ts';
import { expect, test } from 'vitest';
import type { RtcEngine } from '../rtc/engine.ts';
import type { StreamDirectory } from '../streams/directory.ts';
import type { Talk } from '../talk/talk.ts';
import { MediaClient } from './client.ts';
import { limits } from './limits.ts';

const officer = { kind: 'person', role: 'duty-officer', unitId: null, agency: null } as Principal;

function clientWith(preview: () => Promise<Preview | null>): MediaClient {
	const stream = { id: 'cam-1', stream: { agency: 'police' }, preview };
	return new MediaClient({
		principal: officer,
		engine: {} as RtcEngine,
		streams: { get: (id: string) => (id === 'cam-1' ? stream : undefined) } as unknown as StreamDirectory,
		talk: {} as Talk,
		findUnit: async () => null,
		notify: () => undefined,
	});
}

const ask = (client: MediaClient) => client.preview({ streamId: 'cam-1' });

test('previews are given until they are too many bytes, then refused for a while', async () => {
	const bytes = 8 * 1024 * 1024;
	const client = clientWith(async () => ({
		codec: 'avc1.640028',
		width: 1,
		height: 1,
		frames: [{ data: new Uint8Array(bytes), key: true, captureTime: 0 }],
	}));
	const whole = Math.floor(limits.previewBurst / bytes);
	for (let i = 0; i < whole; i += 1) expect(await ask(client)).toMatchObject({ preview: { data: { byteLength: bytes } } });
	await expect(ask(client)).rejects.toMatchObject({ reason: 'limit' });
});

test('a wall of previews may be asked for at once, not more', async () => {
	let answer: (preview: null) => void = () => undefined;
	const client = clientWith(() => new Promise((resolve) => (answer = resolve)));
	const asked = Array.from({ length: limits.previews }, () => ask(client).catch(() => 'refused'));
	await expect(ask(client)).rejects.toMatchObject({ reason: 'limit' });
	answer(null);
	expect(await asked.at(-1)).toEqual({ preview: null });
	const again = ask(client);
	answer(null);
	expect(await again).toEqual({ preview: null });
});
