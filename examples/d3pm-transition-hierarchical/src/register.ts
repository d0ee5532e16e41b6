import { registerPlugin } from '@d3pm/core/default-registry';
import { hierarchical } from './hierarchical.ts';

registerPlugin(hierarchical);
