import type { TableSize } from '../../choices.ts';
import type { NamedConfig, TrainConfig } from '../../config/train-config.ts';
import type { TableSizes } from '../table.ts';

/** What decides the numbers of Table 3 at one size. */
export interface ImageSize {
  readonly numSteps: number;
  readonly model: NamedConfig;
  readonly training: TrainConfig['training'];
  readonly evaluation: TrainConfig['evaluation'];
  readonly saving: TrainConfig['saving'];
  readonly chains: readonly number[];
  readonly sampleSteps: number;
  readonly sizes: TableSizes;
}

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: 1, decay: 'constant', whenNonFinite: 'stop' } as const;
const SMALL_UPDATES = 3200;

const small: ImageSize = {
  numSteps: 1000,
  model: { name: 'u-net', numChannels: 32, channelMultipliers: [1, 2, 2], numResidualBlocks: 1, numGroups: 8, dropout: 0 },
  training: {
    ...adam,
    numSteps: SMALL_UPDATES,
    batchSize: 16,
    learningRate: 1e-3,
    warmUp: 100,
    decay: 'linear',
    emaDecay: 0.99,
    eventEvery: 50,
  },
  evaluation: { every: SMALL_UPDATES / 8, samples: 16, sampleSteps: 50, testExamples: 128, steps: 'information' },
  saving: { every: SMALL_UPDATES / 8, keepLast: 2, keepBest: 0 },
  chains: [1000, 100],
  sampleSteps: 100,
  sizes: {
    testExamples: 1024,
    stepsPerExample: 4,
    steps: 'information',
    draws: 4,
    fullSumExamples: 64,
    batchSize: 32,
    samples: 512,
    timings: 0,
  },
};

/** The three sizes of Table 3. */
export const imageSizes: Readonly<Record<TableSize, ImageSize>> = Object.freeze({
  small,
  // Appendix B.1: Adam at 2e-4, batches of 128, 1.5 million updates, averages of decay 0.9999.
  paper: {
    ...small,
    model: { name: 'u-net' },
    training: {
      ...adam,
      numSteps: 1_500_000,
      batchSize: 128,
      learningRate: 2e-4,
      warmUp: 0,
      emaDecay: 0.9999,
      microBatch: 2,
      eventEvery: 100,
    },
    evaluation: { every: 50_000, samples: 64, testExamples: 64 },
    saving: { every: 1000, keepLast: 3, keepBest: 0 },
    chains: [1000],
    sampleSteps: 1000,
    sizes: { stepsPerExample: 20, draws: 20, fullSumExamples: 64, batchSize: 4, samples: 50_000, timings: 0 },
  },
  // Every row runs, in seconds.
  smoke: {
    ...small,
    numSteps: 8,
    model: { name: 'u-net', numChannels: 8, channelMultipliers: [1, 2], numResidualBlocks: 1, numGroups: 2, attentionResolutions: [] },
    training: { ...small.training, numSteps: 4, batchSize: 4, warmUp: 0, eventEvery: 2 },
    evaluation: { samples: 4, testExamples: 4 },
    saving: { every: 2, keepLast: 2, keepBest: 0 },
    chains: [8, 4],
    sampleSteps: 4,
    sizes: { testExamples: 8, stepsPerExample: 2, draws: 2, fullSumExamples: 4, batchSize: 8, samples: 12, timings: 0 },
  },
});
