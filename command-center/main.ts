import { runAlone } from '@beilun/shared/runtime/alone.ts';
import { CommandCenter } from './service.ts';

await runAlone((context) => new CommandCenter(context));
