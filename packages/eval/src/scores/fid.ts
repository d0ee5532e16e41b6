import { assertOptionNames, D3pmError, type MetricPlugin } from '@d3pm/core';
import { defineMetric } from '../define-metric.ts';
import { assertExtractor, assertSameExtractor } from './assert-extractor.ts';
import { assertStatistics } from './assert-statistics.ts';
import { extractFeatures } from './extract-features.ts';
import { featureAccumulator } from './feature-accumulator.ts';
import type { FeatureExtractor } from './feature-extractor.ts';
import { featureStatistics, type FeatureStatistics } from './feature-statistics.ts';
import { frechetDistance, type FrechetReport } from './frechet-distance.ts';
import { scoreName } from './score-name.ts';

export interface FidOptions {
  readonly extractor: FeatureExtractor;
  /** Of the data, for example from `cachedStatistics`. @defaultValue those of the reference of the setting */
  readonly statistics?: FeatureStatistics;
  /** In Node, `frechetDistanceInWorker`. @defaultValue frechetDistance */
  readonly distance?: (samples: FeatureStatistics, data: FeatureStatistics) => FrechetReport | Promise<FrechetReport>;
}

/**
 * The Fréchet distance of samples and data in the features of an extractor; its reports are named by `scoreName` and carry the warnings.
 * No standard error: it is biased by the number of samples, so compare equal numbers only.
 *
 * Its `create` throws `INVALID_OPTIONS` without data, `INVALID_DATA` for statistics of another extractor; its reports as `frechetDistance`.
 */
export const fid: MetricPlugin<'fid', FidOptions> = /* @__PURE__ */ defineMetric({
  name: 'fid',
  parse: (options): FidOptions => {
    const parsed = assertOptionNames('fid', options, ['extractor', 'statistics', 'distance']);
    const { extractor, statistics, distance } = parsed as Partial<FidOptions>;
    assertExtractor('fid', extractor);
    if (distance !== undefined && typeof distance !== 'function') {
      throw new D3pmError('INVALID_OPTIONS', `fid: distance is ${JSON.stringify(distance)}, expected a function`);
    }
    return { extractor, ...(statistics && { statistics }), ...(distance && { distance }) };
  },
  create: ({ reference }, { extractor, statistics, distance = frechetDistance }) => {
    if (statistics) {
      assertStatistics('fid', statistics);
      assertSameExtractor('fid', { extractor, dataId: 'samples' }, statistics);
    }
    if (!statistics && !reference) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        'fid: neither a reference in the setting nor statistics in the options, expected one: create({ …, reference: [data] }, options)',
      );
    }
    const samples = featureAccumulator({ extractor, dataId: 'samples' });
    let data: Promise<FeatureStatistics> | undefined;
    let firstSample = 0;
    return {
      update: async (batch) => {
        const { features } = await extractFeatures(extractor, batch, { dataId: 'samples', firstSample });
        samples.add(features);
        firstSample += batch.shape[0]!;
      },
      report: async () => {
        const measured = samples.statistics();
        data ??= statistics ? Promise.resolve(statistics) : featureStatistics(reference!, { extractor, dataId: 'reference' });
        const { distance: value, warnings } = await distance(measured, await data);
        return { name: scoreName('fid', extractor), value, unit: 'squared feature units', warnings };
      },
    };
  },
});
