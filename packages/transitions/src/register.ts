import { registerPlugin } from '@d3pm/core/default-registry';
import { builtinTransitions } from './builtin-transitions.ts';

for (const plugin of builtinTransitions) registerPlugin(plugin);
