import { assertInteger, assertOptionNames, D3pmError, quoted, type MetricPlugin } from '@d3pm/core';
import { defineMetric } from '../define-metric.ts';
import { assertExtractor } from './assert-extractor.ts';
import { extractFeatures } from './extract-features.ts';
import type { FeatureExtractor } from './feature-extractor.ts';
import { joined } from './feature-set.ts';
import { inceptionScore } from './inception-score.ts';
import { scoreName } from './score-name.ts';

export interface InceptionScoreMetricOptions {
  /** One with `numClasses`. */
  readonly extractor: FeatureExtractor;
  /** @defaultValue 10 */
  readonly splits?: number;
}

/**
 * The inception score of samples under the classes of an extractor; its reports are named by `scoreName` and carry the warnings. Reads no
 * data. Keeps the class probabilities of all samples, 4 C bytes each. Its reports throw as `inceptionScore`.
 */
export const inceptionScoreMetric: MetricPlugin<'inception-score', InceptionScoreMetricOptions> = /* @__PURE__ */ defineMetric({
  name: 'inception-score',
  parse: (options): InceptionScoreMetricOptions => {
    const { extractor, splits } = assertOptionNames('inception-score', options, ['extractor', 'splits']);
    assertExtractor('inception-score', extractor);
    if (extractor.numClasses === undefined) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `inception-score: extractor ${quoted(extractor.id)} has no numClasses; expected one that gives class probabilities`,
      );
    }
    if (splits === undefined) return { extractor };
    assertInteger('inception-score', 'splits', splits, 1);
    return { extractor, splits };
  },
  create: (_setting, { extractor, splits = 10 }) => {
    const batches: Float32Array[] = [];
    let firstSample = 0;
    return {
      update: async (batch) => {
        const { classLogProbs } = await extractFeatures(extractor, batch, { dataId: 'samples', firstSample });
        batches.push(classLogProbs!);
        firstSample += batch.shape[0]!;
      },
      report: () => {
        const { score, standardError, warnings } = inceptionScore(joined(batches), { numClasses: extractor.numClasses!, splits });
        return { name: scoreName('inception-score', extractor), value: score, unit: 'classes', standardError, warnings };
      },
    };
  },
});
