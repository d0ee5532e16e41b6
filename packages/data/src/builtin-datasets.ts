import { swissRollPlugin } from './swiss-roll-plugin.ts';

/** Every data set of this package that needs no file: it works in a browser too. */
export const builtinDatasets: readonly [typeof swissRollPlugin] = [swissRollPlugin];
