import { turnsOfEventLoop, type States } from '@d3pm/core';
import { assertExtractor } from './assert-extractor.ts';
import { extractFeatures } from './extract-features.ts';
import type { FeatureStatisticsOptions } from './feature-statistics.ts';

export interface FeatureBatch {
  readonly numSamples: number;
  /** `[numSamples·d]` */
  readonly features: Float32Array;
}

/** The features of samples `[B, …N]`, batch by batch, checked, with turns of the event loop between them. */
export async function* featureBatches(
  caller: string,
  samples: AsyncIterable<States> | Iterable<States>,
  { extractor, dataId }: FeatureStatisticsOptions,
): AsyncGenerator<FeatureBatch, void, undefined> {
  assertExtractor(caller, extractor);
  const turn = turnsOfEventLoop();
  let firstSample = 0;
  for await (const batch of samples) {
    const { features } = await extractFeatures(extractor, batch, { dataId, firstSample });
    yield { numSamples: batch.shape[0]!, features };
    firstSample += batch.shape[0]!;
    await turn();
  }
}
