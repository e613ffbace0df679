import { startIngest } from './ingest-system.ts';

/** The ingest on the data folder named by the first argument, until it is killed. Says where it is in one line of JSON. */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('expected a data folder');
const system = await startIngest({ dataDir });
await system.putSensor();
const { username, password } = await system.putDevice();
process.stdout.write(`${JSON.stringify({ url: system.url, port: system.ingest.mqttPort, username, password })}\n`);
