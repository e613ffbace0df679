import { runAlone } from '@beilun/shared/runtime/alone.ts';
import { SensorIngest } from './service.ts';

await runAlone((context) => new SensorIngest(context));
