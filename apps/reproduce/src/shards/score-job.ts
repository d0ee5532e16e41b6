import { createRng, D3pmError, positionsOf, type Dataset, type States } from '@d3pm/core';
import {
  evaluateMetrics,
  featureAccumulator,
  featureSet,
  fid,
  inceptionScoreMetric,
  kid,
  sharedExtractor,
  type ExtractedFeatures,
  type FeatureExtractor,
} from '@d3pm/eval';
import { frechetDistanceInWorker } from '@d3pm/eval/node';
import { batchesOfDataset, batchSizes, imageBatches } from '../tables/images/image-batches.ts';
import type { FeatureName } from '../tables/table.ts';
import type { Job, JobSpec, ShardTensors } from './job.ts';

/** What is measured, by what: the identity of the network is part of the result. */
export interface ScoreOptions {
  readonly features: FeatureName;
  readonly extractor: Pick<FeatureExtractor, 'checksum' | 'id' | 'numClasses' | 'numFeatures'>;
  /** Samples. */
  readonly count: number;
  /** At most so many held-out examples that they are compared with, evenly spaced. */
  readonly examples: number;
}

export interface ScoreInput {
  readonly test: Dataset;
  /** Absent in a merge, which has what the network said. */
  readonly measured?: { readonly samples: States; readonly extractor: FeatureExtractor };
}

/** Of the inception score, one: of fewer than 50,000 samples parts of them would be too small. */
const SPLITS = 1;

/** `d3pm score`: FID, KID and IS of samples. A shard keeps the features of its batches, those of the held-out examples first. */
export function scoreJob(spec: JobSpec, { test, measured }: ScoreInput): Job {
  const { extractor: identity, count, examples, features } = spec.options as unknown as ScoreOptions;
  const numReference = Math.min(examples, test.size);
  const reference = (): Generator<States, void, undefined> => batchesOfDataset(test, numReference, createRng('reference'));
  const states = function* (samples: States): Generator<States, void, undefined> {
    yield* reference();
    yield* imageBatches(samples);
  };
  const numBatches = batchSizes(numReference).length + batchSizes(count).length;
  return {
    numBatches,
    unitsIn: ({ from, to }) => to - from,
    work: async ({ from, to }, done) => {
      const { samples, extractor } = measured!;
      const said: ExtractedFeatures[] = [];
      let batch = 0;
      for (const images of states(samples)) {
        if (batch >= from && batch < to) {
          said.push(await extractor.extract(images));
          done(said.length);
        }
        batch += 1;
      }
      return {
        features: matrix(
          said.map((one) => one.features),
          identity.numFeatures,
        ),
        ...(identity.numClasses !== undefined && {
          classLogProbs: matrix(
            said.map((one) => one.classLogProbs!),
            identity.numClasses,
          ),
        }),
      };
    },
    finish: async (shards) => {
      const { numStates, exampleShape } = test;
      // All scores read a batch once.
      const extractor = sharedExtractor({ ...identity, extract: replayed(shards, identity) });
      const dataId = `${test.name}, ${numReference} examples`;
      const data = await featureSet(standIns(numReference, exampleShape), { extractor, dataId });
      const statistics = featureAccumulator({ extractor, dataId });
      statistics.add(data.features);
      const setting = { numStates, exampleShape };
      const reports = await evaluateMetrics(standIns(count, exampleShape), [
        ...(identity.numClasses === undefined ? [] : [inceptionScoreMetric.create(setting, { extractor, splits: SPLITS })]),
        kid.create(setting, { extractor, features: data }),
        fid.create(setting, { extractor, statistics: statistics.statistics(), distance: frechetDistanceInWorker }),
      ]);
      const content = {
        reports,
        reference: dataId,
        numSamples: count,
        features,
        extractor: identity,
        samples: spec.weights,
        step: spec.step,
      };
      return {
        files: { 'scores.json': `${JSON.stringify(content, undefined, 1)}\n` },
        summary: reports
          .map(
            ({ name, value, standardError }) =>
              `${name} ${value.toPrecision(4)}${standardError === undefined ? '' : ` ± ${standardError.toPrecision(1)}`}`,
          )
          .join(', '),
      };
    },
    dispose: () => measured?.extractor.dispose?.(),
  };
}

/** Batches of the shape of examples, and nothing in them: a replayed network does not look. */
function* standIns(count: number, exampleShape: readonly number[]): Generator<States, void, undefined> {
  for (const size of batchSizes(count)) {
    const shape = [size, ...exampleShape];
    yield { values: new Int32Array(size * positionsOf({ shape })), shape };
  }
}

function matrix(rows: readonly Float32Array[], width: number): ShardTensors[string] {
  const data = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    data.set(row, at);
    at += row.length;
  }
  return { dtype: 'F32', shape: [data.length / width, width], data };
}

/** What the network said, in the order in which it is asked. */
function replayed(shards: readonly ShardTensors[], { numFeatures, numClasses }: ScoreOptions['extractor']): FeatureExtractor['extract'] {
  const all = (name: string, width: number): Float32Array => {
    const parts = shards.map((shard) => shard[name]);
    const wrong = parts.find((part) => part?.dtype !== 'F32' || part.shape[1] !== width);
    if (wrong)
      throw new D3pmError('INVALID_DATA', `score: a shard has ${name} of shape [${wrong.shape.join(', ')}], expected [n, ${width}]`);
    return matrix(
      parts.map((part) => part!.data as Float32Array),
      width,
    ).data as Float32Array;
  };
  const features = all('features', numFeatures);
  const classLogProbs = numClasses === undefined ? undefined : all('classLogProbs', numClasses);
  let at = 0;
  return async ({ shape }) => {
    const [from, to] = [at, (at += shape[0]!)];
    return {
      features: features.subarray(from * numFeatures, to * numFeatures),
      ...(classLogProbs && { classLogProbs: classLogProbs.subarray(from * numClasses!, to * numClasses!) }),
    };
  };
}
