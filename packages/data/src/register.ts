import { registerPlugin } from '@d3pm/core/default-registry';
import { builtinDatasets } from './builtin-datasets.ts';

for (const plugin of builtinDatasets) registerPlugin(plugin);
