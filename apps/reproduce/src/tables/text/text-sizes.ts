import type { TableSize } from '../../choices.ts';
import type { NamedConfig, TrainConfig } from '../../config/train-config.ts';
import type { TableSizes } from '../table.ts';

/** What decides the numbers of a text table at one size. */
export interface TextSize {
  readonly length: number;
  readonly numSteps: number;
  readonly model: NamedConfig;
  /** What the model is told of the time; the autoregressive one is told nothing. */
  readonly time: Readonly<Record<string, unknown>>;
  readonly training: TrainConfig['training'];
  readonly evaluation: TrainConfig['evaluation'];
  readonly saving: TrainConfig['saving'];
  readonly chains: readonly number[];
  readonly sizes: TableSizes;
  readonly ngramOrders: readonly number[];
}

/** What a table's own minutes are. */
export interface SmallText {
  readonly length: number;
  readonly updates: number;
  readonly chains: readonly number[];
  readonly sizes: TableSizes;
  readonly ngramOrders: readonly number[];
}

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, whenNonFinite: 'stop' } as const;
/** Minutes on two cores. */
const smallModel = { name: 'transformer', numChannels: 128, numBlocks: 4, numHeads: 4 };
/** Section 5.1, Section 5.2 and B.2: 12 layers of 768 channels. */
const paperModel = { name: 't5', numBlocks: 12, numChannels: 768, numHeads: 12, numHidden: 3072 };

/** The three sizes of a text table. */
export function textSizes({ length, updates, chains, sizes, ngramOrders }: SmallText): Readonly<Record<TableSize, TextSize>> {
  const small: TextSize = {
    length,
    numSteps: 1000,
    model: smallModel,
    time: { timeConditioned: true },
    training: {
      ...adam,
      beta2: 0.98,
      numSteps: updates,
      batchSize: 16,
      learningRate: 3e-3,
      warmUp: 100,
      decay: 'linear',
      clipNorm: 1,
      eventEvery: 50,
    },
    evaluation: { every: updates / 2, samples: 2, sampleSteps: 128, testExamples: 64 },
    saving: { every: updates / 8, keepLast: 2, keepBest: 0 },
    chains,
    sizes,
    ngramOrders,
  };
  return {
    small,
    // 1,000,000 updates of 512 examples, Adam at 5e-4 after 10,000 steps of warm-up, then 1/√step.
    paper: {
      ...small,
      model: paperModel,
      time: { time: 'table' },
      training: {
        ...adam,
        numSteps: 1_000_000,
        batchSize: 512,
        learningRate: 5e-4,
        warmUp: 10_000,
        decay: 'inverse-square-root',
        microBatch: 4,
        eventEvery: 100,
      },
      evaluation: { every: 50_000, samples: 4, testExamples: 64 },
      saving: { every: 1000, keepLast: 3, keepBest: 0 },
      sizes: { stepsPerExample: 20, draws: 20, fullSumExamples: 64, batchSize: 8, samples: 6, timings: 10 },
    },
    // Every row runs, in seconds.
    smoke: {
      ...small,
      length: 16,
      numSteps: 8,
      model: { name: 'transformer', numChannels: 8, numBlocks: 1, numHeads: 2 },
      training: { ...small.training, numSteps: 4, batchSize: 4, warmUp: 0, eventEvery: 2 },
      evaluation: { samples: 1, testExamples: 4 },
      saving: { every: 2, keepLast: 2, keepBest: 0 },
      chains: [8, 4, 2],
      sizes: { testExamples: 8, stepsPerExample: 2, draws: 2, fullSumExamples: 4, batchSize: 8, samples: 2, timings: 2 },
      ngramOrders: [1, 2],
    },
  };
}

/** The configs of a table's rows, which differ by their noise, their loss, and whether they read to the left alone. */
export function rowConfigs(
  { model, time, training, evaluation, saving, length }: TextSize,
  data: NamedConfig,
): (parts: Pick<TrainConfig, 'loss' | 'schedule' | 'transition'>) => Omit<TrainConfig, 'seed'> {
  return (parts) => ({
    data: { ...data, length },
    ...parts,
    model: parts.loss.name === 'autoregressive' ? { ...model, causal: true } : { ...model, ...time },
    training,
    evaluation,
    saving,
  });
}

/** The noise and the loss of a decoder. */
export function decoderParts({ length }: Pick<TextSize, 'length'>): Pick<TrainConfig, 'loss' | 'schedule' | 'transition'> {
  return {
    transition: { name: 'autoregressive', positions: length },
    schedule: { name: 'inverse-remaining', numSteps: 1 },
    loss: { name: 'autoregressive' },
  };
}
