import type { DeadLetter, DeadLetterReason } from '@beilun/shared/protocol/sensors.ts';
import { newId } from '@beilun/shared/runtime/ids.ts';
import type { Problem } from '../payload/decode.ts';

/** Bytes of an original that are kept. */
export const maxOriginal = 256 * 1024;
const maxDetail = 2000;
const maxListed = 10;

export interface Received {
	topic: string;
	payload: Uint8Array;
	client: string;
	/** Milliseconds since the epoch. */
	arrived: number;
}

/** One dead letter for each reason a message failed for: the problems of one message must not multiply its original. */
export function deadLettersOf(received: Received, problems: readonly Problem[]): DeadLetter[] {
	const byReason = Map.groupBy(problems, (problem) => problem.reason);
	return [...byReason].map(([reason, group]) => deadLetter(received, reason, listed(group)));
}

function deadLetter({ topic, payload, client, arrived }: Received, reason: DeadLetterReason, detail: string): DeadLetter {
	return {
		id: newId(),
		receivedAt: new Date(arrived).toISOString(),
		source: 'mqtt',
		topic: storable(topic, 1024),
		client: storable(client, 256),
		reason,
		detail: storable(detail, maxDetail),
		...original(payload),
	};
}

function listed(problems: readonly Problem[]): string {
	const shown = problems.slice(0, maxListed).map((problem) => problem.detail);
	if (problems.length > maxListed) shown.push(`and ${problems.length - maxListed} more`);
	return shown.join('\n');
}

function original(payload: Uint8Array): Pick<DeadLetter, 'original' | 'encoding'> {
	const cut = Buffer.from(payload.subarray(0, maxOriginal));
	try {
		// `stream` leaves out a character that the cut has split, rather than calling the text broken.
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(cut, { stream: payload.length > maxOriginal });
		// PostgreSQL's text holds no NUL.
		if (!text.includes('\0')) return { original: text, encoding: 'utf8' };
	} catch {
		// Not text: kept as base64.
	}
	return { original: cut.toString('base64'), encoding: 'base64' };
}

function storable(text: string, limit: number): string {
	return text.slice(0, limit).toWellFormed().replaceAll('\0', '\uFFFD');
}
