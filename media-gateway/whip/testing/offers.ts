import { readFileSync } from 'node:fs';

/** Offers of peers nobody here wrote, as they were sent. */
export const offers = Object.fromEntries(
	['chromium-publish', 'chromium-watch', 'werift-publish', 'werift-watch'].map((name) => [
		name,
		readFileSync(new URL(`./${name}.sdp`, import.meta.url), 'utf8'),
	]),
) as Record<'chromium-publish' | 'chromium-watch' | 'werift-publish' | 'werift-watch', string>;
