import { registerPlugin } from '@d3pm/core/default-registry';
import { builtinSchedules } from './builtin-schedules.ts';

for (const plugin of builtinSchedules) registerPlugin(plugin);
