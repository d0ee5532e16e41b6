import { registerPlugin } from '@d3pm/core/default-registry';
import { builtinModels } from './builtin-models.ts';

for (const plugin of builtinModels) registerPlugin(plugin);
