import { provideWorker } from '../mediasoup-worker/provide.ts';
import { provideWeb } from '../standalone/web.ts';
import { age } from './age.ts';
import { recover } from './recover.ts';
import { relay } from './relay.ts';
import { tell } from './report.ts';
import { slice } from './slice.ts';
import { ttff } from './ttff.ts';

const benches: Record<string, () => Promise<void>> = { slice, relay, ttff, recover, age };

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench === undefined) {
	process.stderr.write(`usage: npm run bench -- NAME, with NAME one of: ${Object.keys(benches).join(', ')}\n`);
	process.exit(2);
}
process.env.MEDIASOUP_WORKER_BIN = await provideWorker(process.env.MEDIASOUP_WORKER_BIN, tell);
await provideWeb(tell);
await bench();
