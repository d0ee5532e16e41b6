import { histogramKl } from './histogram-kl.ts';

/** Every metric of this package. */
export const builtinMetrics: readonly [typeof histogramKl] = [histogramKl];
