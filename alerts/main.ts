import { runAlone } from '@beilun/shared/runtime/alone.ts';
import { Alerts } from './service.ts';

await runAlone((context) => new Alerts(context));
