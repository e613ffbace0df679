import { runAlone } from '@beilun/shared/runtime/alone.ts';
import { MediaGateway } from './service.ts';

await runAlone((context) => new MediaGateway(context));
