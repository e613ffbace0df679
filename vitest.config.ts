import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		environment: 'node',
		testTimeout: 30_000,
		hookTimeout: 120_000,
		projects: [
			{
				extends: true,
				test: {
					name: 'rooms',
					include: ['{shared,sensor-ingest,media-gateway,alerts,command-center,infra}/**/*.test.ts'],
					exclude: ['**/node_modules/**', 'infra/e2e/**'],
				},
			},
			// Each of these starts a whole system; two at a time would measure each other.
			{ extends: true, test: { name: 'e2e', include: ['infra/e2e/**/*.test.ts'], fileParallelism: false, testTimeout: 120_000 } },
		],
	},
});
