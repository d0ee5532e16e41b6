import { assertOptionNames, D3pmError, type MetricPlugin } from '@d3pm/core';
import { defineMetric } from '../define-metric.ts';
import { assertExtractor, assertSameExtractor } from './assert-extractor.ts';
import { extractFeatures } from './extract-features.ts';
import type { FeatureExtractor } from './feature-extractor.ts';
import { featureSet, joined, type FeatureSet } from './feature-set.ts';
import { kernelDistance } from './kernel-distance.ts';
import { scoreName } from './score-name.ts';

export interface KidOptions {
  readonly extractor: FeatureExtractor;
  /** Of the data. @defaultValue those of the reference of the setting */
  readonly features?: FeatureSet;
}

/**
 * The kernel distance of samples and data in the features of an extractor, all pairs, with its standard error; its reports are named by
 * `scoreName`. Unbiased at any number of samples. Keeps the features of all samples, 4 d bytes each.
 *
 * Its `create` throws `INVALID_OPTIONS` without data, `INVALID_DATA` for features of another extractor; its reports as `kernelDistance`.
 */
export const kid: MetricPlugin<'kid', KidOptions> = /* @__PURE__ */ defineMetric({
  name: 'kid',
  parse: (options): KidOptions => {
    const { extractor, features } = assertOptionNames('kid', options, ['extractor', 'features']) as Partial<KidOptions>;
    assertExtractor('kid', extractor);
    return { extractor, ...(features && { features }) };
  },
  create: ({ reference }, { extractor, features }) => {
    if (features) assertSameExtractor('kid', { extractor, dataId: 'samples' }, features);
    if (!features && !reference) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        'kid: neither a reference in the setting nor features in the options, expected one: create({ …, reference: [data] }, options)',
      );
    }
    const batches: Float32Array[] = [];
    let data: Promise<FeatureSet> | undefined;
    let numSamples = 0;
    return {
      update: async (batch) => {
        batches.push((await extractFeatures(extractor, batch, { dataId: 'samples', firstSample: numSamples })).features);
        numSamples += batch.shape[0]!;
      },
      report: async () => {
        data ??= features ? Promise.resolve(features) : featureSet(reference!, { extractor, dataId: 'reference' });
        const samples = { extractor, dataId: 'samples', numSamples, features: joined(batches) };
        const { distance, standardError } = await kernelDistance(samples, await data);
        return { name: scoreName('kid', extractor), value: distance, unit: 'MMD²', standardError };
      },
    };
  },
});
