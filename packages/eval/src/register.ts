import { registerPlugin } from '@d3pm/core/default-registry';
import { builtinMetrics } from './builtin-metrics.ts';

for (const plugin of builtinMetrics) registerPlugin(plugin);
