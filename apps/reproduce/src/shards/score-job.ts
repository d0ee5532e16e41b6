import { createRng, D3pmError, type Dataset, type States } from '@d3pm/core';
import type { FeatureExtractor } from '@d3pm/eval';
import type { FeatureName, ReferenceName } from '../choices.ts';
import { joinedRows, saidOf } from '../features/said-of.ts';
import { scoreReports, type ScoredSamples } from '../features/score-reports.ts';
import { batchesOfDataset, batchSizes, imageBatches } from '../tables/images/image-batches.ts';
import type { Job, JobSpec, ShardTensors } from './job.ts';

/** What is measured, by what: the identity of the network is part of the result. */
export interface ScoreOptions {
  readonly features: FeatureName;
  readonly extractor: Pick<FeatureExtractor, 'checksum' | 'id' | 'numClasses' | 'numFeatures'>;
  /** Samples. */
  readonly count: number;
  /** At most so many examples that they are compared with, evenly spaced. */
  readonly examples: number;
  /** The split that those are of. */
  readonly against: ReferenceName;
}

export interface ScoreInput {
  /** What samples are compared with, as `referenceSplit` gives it. */
  readonly reference: Dataset;
  /** Absent in a merge, which has what the network said. */
  readonly measured?: { readonly samples: States; readonly extractor: FeatureExtractor };
}

/** `d3pm score`: FID, KID and IS of samples. A shard keeps the features of its batches, those of the examples that samples are compared with first. */
export function scoreJob(spec: JobSpec, { reference, measured }: ScoreInput): Job {
  const { extractor: identity, count, examples, features } = spec.options as unknown as ScoreOptions;
  const numReference = Math.min(examples, reference.size);
  const compared = (): Generator<States, void, undefined> => batchesOfDataset(reference, numReference, createRng('reference'));
  const states = function* (samples: States): Generator<States, void, undefined> {
    yield* compared();
    yield* imageBatches(samples);
  };
  const numBatches = batchSizes(numReference).length + batchSizes(count).length;
  return {
    numBatches,
    unitsIn: ({ from, to }) => to - from,
    work: async ({ from, to }, done) => {
      const { samples, extractor } = measured!;
      const batches = function* (): Generator<States, void, undefined> {
        let batch = 0;
        for (const images of states(samples)) {
          if (batch >= from && batch < to) yield images;
          batch += 1;
        }
      };
      let count = 0;
      const said = await saidOf(batches(), { extractor, dataId: 'a shard', onBatch: () => done(++count) });
      return {
        features: matrix(said.features, identity.numFeatures),
        ...(said.classLogProbs && { classLogProbs: matrix(said.classLogProbs, identity.numClasses!) }),
      };
    },
    finish: async (shards, computedBy) => {
      const rows = rowsOfShards(shards, identity, numReference + count);
      const dataId = `${reference.name}, ${numReference} examples`;
      const reports = await scoreReports(rows(numReference, numReference + count, 'samples'), {
        extractor: identity,
        data: rows(0, numReference, dataId),
      });
      const content = {
        reports,
        reference: dataId,
        numSamples: count,
        features,
        extractor: identity,
        samples: spec.weights,
        step: spec.step,
        computedBy,
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

const matrix = (data: Float32Array, width: number): ShardTensors[string] => ({ dtype: 'F32', shape: [data.length / width, width], data });

/** What the network said, of a part of all examples, in the order of the job: those that samples are compared with, and then the samples. */
function rowsOfShards(
  shards: readonly ShardTensors[],
  extractor: ScoreOptions['extractor'],
  numExamples: number,
): (from: number, to: number, dataId: string) => ScoredSamples {
  const all = (name: string, width: number): Float32Array => {
    const parts = shards.map((shard) => shard[name]);
    const wrong = parts.find((part) => part?.dtype !== 'F32' || part.shape[1] !== width);
    if (wrong)
      throw new D3pmError('INVALID_DATA', `score: a shard has ${name} of shape [${wrong.shape.join(', ')}], expected [n, ${width}]`);
    const data = joinedRows(parts.map((part) => part!.data as Float32Array));
    if (data.length === numExamples * width) return data;
    throw new D3pmError('INVALID_DATA', `score: the shards have ${name} of ${data.length / width} examples, expected ${numExamples}`);
  };
  const { id, checksum, numFeatures, numClasses } = extractor;
  const features = all('features', numFeatures);
  const classLogProbs = numClasses === undefined ? undefined : all('classLogProbs', numClasses);
  return (from, to, dataId) => ({
    extractor: { id, checksum },
    dataId,
    numSamples: to - from,
    features: features.subarray(from * numFeatures, to * numFeatures),
    ...(classLogProbs && { classLogProbs: classLogProbs.subarray(from * numClasses!, to * numClasses!) }),
  });
}
