import { histogramKl } from './histogram-kl.ts';
import { fid } from './scores/fid.ts';
import { inceptionScoreMetric } from './scores/inception-score-metric.ts';
import { kid } from './scores/kid.ts';

/** Every metric of this package. */
export const builtinMetrics: readonly [typeof histogramKl, typeof fid, typeof kid, typeof inceptionScoreMetric] = [
  histogramKl,
  fid,
  kid,
  inceptionScoreMetric,
];
