import { join } from 'node:path';
import { createRng, D3pmError, positionsOf } from '@d3pm/core';
import type { EvaluationProgress } from '@d3pm/eval';
import { referenceSplit } from '../features/reference-split.ts';
import type { Training } from '../train/build-training.ts';
import { textDecoder } from '../train/text-decoder.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { checkReplicates, estimateBound, exactNll, fullSumBound, fullSumReplicates, type EvaluateRowInput } from './evaluate-row.ts';
import type { PieceFiles } from './piece-files.ts';
import { pieceName, type PieceKey } from './piece-key.ts';
import type { PieceValue } from './row-results.ts';
import { sampleTexts, timeSampling, type SampleRowInput } from './sample-row.ts';
import { numBatches as imageBatchCount } from './images/image-batches.ts';
import { drawImages, drawProgress, type SampleImagesInput } from './images/sample-images.ts';
import { scoreDifference } from './images/score-difference.ts';
import { scoreImages } from './images/score-images.ts';
import { trainingRecord } from './images/training-record.ts';
import type { ImageTable, Table } from './table.ts';

/** How a piece is made. */
export interface PieceTask {
  /** Steps of progress. */
  readonly total: number;
  /** Undefined when it was to end before it was made: what it has so far is kept for the next time. */
  make(done: (count: number) => void, end: AbortSignal): Promise<PieceValue | undefined>;
}

export interface PieceTaskInput {
  readonly table: Table;
  readonly config: TrainConfig;
  /** Trained. */
  readonly training: Training;
  /** Of the row. */
  readonly folder: string;
  /** Of the table. */
  readonly tableFolder: string;
  /** What has been made of it. */
  readonly files: PieceFiles;
}

/** Rows of Figure 3. */
const PROGRESS_IMAGES = 4;

/** The work of a piece. Its random numbers come from the seed of the row and the name of the piece. */
export function pieceTask(key: PieceKey, { table, config, training, folder, tableFolder, files }: PieceTaskInput): PieceTask {
  const { sizes, chains } = table;
  const { test, transition, model, exampleShape } = training;
  if (!test) throw new D3pmError('INVALID_DATA', `${table.name}: ${config.data.name} has no test split`);
  const input = (done: (count: number) => void): EvaluateRowInput & SampleImagesInput & SampleRowInput => ({
    training,
    config,
    test,
    sizes,
    folder,
    // Images of a longer chain begin where those of a shorter one do.
    rng: createRng(config.seed)
      .split('results')
      .split(key.kind === 'images' ? key.kind : pieceName(key)),
    onProgress: (at: EvaluationProgress | number) => done(typeof at === 'number' ? at : at.networkCalls),
  });
  const numBatches = (count: number): number => Math.ceil(count / sizes.batchSize);
  const numTest = Math.min(test.size, sizes.testExamples ?? test.size);
  const isExactCount = transition.absorbing && transition.extraMask !== undefined;
  const callsOfEstimate = (replicates?: number): number =>
    isExactCount ? (replicates ?? sizes.draws) : (replicates ?? 2) * (1 + sizes.stepsPerExample);
  switch (key.kind) {
    case 'training':
      return { total: 1, make: () => trainingRecord(join(folder, 'run')) };
    case 'bound':
      return {
        total: numBatches(numTest) * callsOfEstimate(),
        make: (done) => estimateBound(input(done), { reverse: key.reverse, numSteps: key.steps }),
      };
    case 'check':
      return {
        total: numBatches(sizes.fullSumExamples) * callsOfEstimate(checkReplicates(sizes)),
        make: (done) =>
          estimateBound(input(done), {
            reverse: key.reverse,
            numSteps: key.steps,
            maxExamples: sizes.fullSumExamples,
            replicates: checkReplicates(sizes),
          }),
      };
    case 'full':
      return {
        total: numBatches(sizes.fullSumExamples) * key.steps * fullSumReplicates(sizes, key.steps),
        make: (done) => fullSumBound(input(done), { reverse: key.reverse, numSteps: key.steps }),
      };
    case 'exact':
      return { total: numBatches(numTest), make: (done) => exactNll(input(done)) };
    case 'sampling': {
      const steps = model.causal ? positionsOf({ shape: [1, ...exampleShape] }) : key.steps;
      return {
        total: (sizes.timings + 1) * steps,
        make: (done) => timeSampling(input(done), { numSteps: steps, timings: sizes.timings }),
      };
    }
    case 'texts':
      return {
        // Completions, of an absorbing process, take half of the steps again.
        total: transition.numSteps * (transition.absorbing && !model.causal ? 1.5 : 1),
        make: (done) => sampleTexts(input(done), { numSteps: chains[0]!, samples: sizes.samples, decode: textDecoder(test)!, test }),
      };
    case 'images':
      return {
        total: numBatches(sizes.samples) * key.steps,
        make: (done, end) => drawImages(input(done), { numSteps: key.steps, numSamples: sizes.samples, batchSize: sizes.batchSize, end }),
      };
    case 'scores':
    case 'difference': {
      const asked = { table: table as ImageTable, features: key.features, steps: key.steps };
      const isDifference = key.kind === 'difference';
      return {
        // The features of what they are compared with are there, from the scores of real images.
        total: imageBatchCount(sizes.samples) * (isDifference ? 2 : 1),
        make: (done) => {
          const reference = referenceSplit(training, asked.table.reference, config.data);
          return (isDifference ? scoreDifference : scoreImages)({ folder, tableFolder, files, reference, onProgress: done }, asked);
        },
      };
    }
    case 'progress':
      return { total: transition.numSteps, make: (done) => drawProgress(input(done), { count: PROGRESS_IMAGES }) };
  }
}
