import { afterEach } from 'vitest';
import { answer, behave, type Script, ScriptedCamera } from './scripted-camera.ts';
import { TrackedSession } from './tracked-session.ts';

/** Cameras and sessions for the tests of one file; all are gone after each test. */
export function stage() {
	const ending: (() => unknown)[] = [];
	afterEach(async () => {
		for (const end of ending.splice(0).reverse()) await end();
	});
	return {
		later: (end: () => unknown) => void ending.push(end),
		async camera(...args: Parameters<typeof ScriptedCamera.start>): Promise<ScriptedCamera> {
			const started = await ScriptedCamera.start(...args);
			ending.push(() => started.stop());
			return started;
		},
		session(...args: ConstructorParameters<typeof TrackedSession>): TrackedSession {
			const made = new TrackedSession(...args);
			ending.push(() => made.close());
			return made;
		},
	};
}

/** `Transport` of a camera that takes channels of its own choice. */
export const interleaved = 'RTP/AVP/TCP;unicast;interleaved=6-7';

/** `behave`, with another answer to SETUP. */
export function setupWith(transport: string, session = 'abc'): Script {
	return (request) => (request.startsWith('SETUP') ? answer(request, '200 OK', { Transport: transport, Session: session }) : behave(request));
}
