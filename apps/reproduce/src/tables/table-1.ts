import { D3pmError } from '@d3pm/core';
import type { LossConfig, NamedConfig, TrainConfig } from '../train/train-config.ts';
import { adam, besideThePaper, differencesOfText, fromThePaper, smallerRun } from './table-rows.ts';
import type { ReverseName, Table, TableRow, TableSize, TableSizes } from './table.ts';

/** What decides the numbers of a size. */
interface SizeOfTable1 {
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

const small: SizeOfTable1 = {
  length: 256,
  numSteps: 1000,
  model: { name: 'transformer', numChannels: 128, numBlocks: 4, numHeads: 4 },
  time: { timeConditioned: true },
  training: {
    ...adam,
    beta2: 0.98,
    numSteps: 4000,
    batchSize: 16,
    learningRate: 3e-3,
    warmUp: 100,
    decay: 'linear',
    clipNorm: 1,
    eventEvery: 50,
  },
  evaluation: { every: 2000, samples: 2, sampleSteps: 128, testExamples: 64 },
  saving: { every: 500, keepLast: 2, keepBest: 0 },
  chains: [1000, 256, 20],
  sizes: { stepsPerExample: 4, draws: 4, fullSumExamples: 64, batchSize: 32, samples: 6, timings: 3 },
  ngramOrders: [1, 2, 3, 4, 5, 6],
};

/** Every row runs, in seconds; the numbers mean nothing. */
const smoke: SizeOfTable1 = {
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
};

/** Section 5.1 and Appendix B.2: 12 layers, 1,000,000 updates of 512 examples, Adam at 5e-4 after 10,000 steps of warm-up, then 1/√step. */
const paper: SizeOfTable1 = {
  ...small,
  model: { name: 't5', numBlocks: 12, numChannels: 768, numHeads: 12, numHidden: 3072 },
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
};

const sizes: Readonly<Record<TableSize, SizeOfTable1>> = { small, paper, smoke };

interface DataOfTable1 {
  readonly note: string;
  readonly isOfThePaper: boolean;
  /** Of its characters, for the graph of neighbours. */
  readonly embeddings: Readonly<Record<string, string>>;
}

const dataSets: Readonly<Record<string, DataOfTable1>> = {
  text8: { isOfThePaper: true, note: 'text8: 27 symbols, 90, 5 and 5 million characters', embeddings: { fixture: 'sotu-characters' } },
  sotu: {
    isOfThePaper: false,
    note: 'a stand-in for text8: the State of the Union speeches in the form of text8, 10.8 million characters, 90 % / 5 % / 5 %',
    embeddings: { fixture: 'sotu-characters' },
  },
};

export const table1DataSets: readonly string[] = Object.freeze(Object.keys(dataSets));

export interface Table1Options {
  readonly size: TableSize;
  /** 'sotu', or 'text8' as `d3pm fetch text8` keeps it. */
  readonly data: string;
}

/** Table 1, characters: the rows of the paper, and the experiments beside them. */
export function table1({ size, data }: Table1Options): Table {
  const set = dataSets[data];
  if (!set) throw new D3pmError('UNKNOWN_NAME', `table-1: --data is "${data}", expected one of ${table1DataSets.join(', ')}`);
  const { length, numSteps, model, time, training, evaluation, saving, ...rest } = sizes[size];
  const config = (parts: Pick<TrainConfig, 'loss' | 'schedule' | 'transition'>, isCausal = false): Omit<TrainConfig, 'seed'> => ({
    data: { name: data, length },
    ...parts,
    model: isCausal ? { ...model, causal: true } : { ...model, ...time },
    training,
    evaluation,
    saving,
  });
  const bound = (reverse: ReverseName, lambda: number): LossConfig => ({ name: 'hybrid', lambda, reverse });
  const cosine = { transition: { name: 'uniform' }, schedule: { name: 'cosine', numSteps } };
  const remaining = { transition: { name: 'absorbing' }, schedule: { name: 'inverse-remaining', numSteps } };
  const neighbours = {
    transition: { name: 'nearest-neighbor', numNeighbors: 5, embeddings: set.embeddings },
    schedule: { name: 'mutual-information', numSteps },
  };
  const both = ['plug-in', 'mixture'] as const;
  const differences = [
    ...(set.isOfThePaper ? [] : [`The data is ${set.note}.`]),
    ...(size === 'paper' ? [] : smallerRun({ model, training })),
    ...differencesOfText,
    'Neighbours are by what a small model of the stand-in has learnt; which embeddings the paper took is not stated.',
  ];
  const rows: readonly TableRow[] = [
    fromThePaper('absorbing', 'D3PM absorbing (L_λ=0.01)', config({ ...remaining, loss: bound('plug-in', 0.01) }), ['mixture'], {
      1000: { value: 1.45, spread: 0.02, sampleSeconds: 3.4 },
      256: { value: 1.47, spread: 0.03, sampleSeconds: 0.59 },
      20: { value: 1.56, spread: 0.04, sampleSeconds: 0.078 },
    }),
    fromThePaper('uniform', 'D3PM uniform (L_vb)', config({ ...cosine, loss: bound('plug-in', 0) }), both, {
      1000: { value: 1.61, spread: 0.02, sampleSeconds: 3.6 },
      256: { value: 1.68, spread: 0.01, sampleSeconds: 0.58 },
      20: { value: 1.791, spread: 0.03, sampleSeconds: 0.078 },
    }),
    fromThePaper('nearest-neighbor', 'D3PM NN (L_vb)', config({ ...neighbours, loss: bound('plug-in', 0) }), both, {
      1000: { value: 1.59, spread: 0.03, sampleSeconds: 3.147 },
      256: { value: 1.64, spread: 0.02, sampleSeconds: 0.81 },
      20: { value: 1.75, spread: 0.02, sampleSeconds: 0.111 },
    }),
    fromThePaper(
      'autoregressive',
      'Transformer decoder',
      config(
        {
          transition: { name: 'autoregressive', positions: length },
          schedule: { name: 'inverse-remaining', numSteps: 1 },
          loss: { name: 'autoregressive' },
        },
        true,
      ),
      [],
      { 0: { value: 1.23, sampleSeconds: 0.357 } },
    ),
    besideThePaper({
      name: 'absorbing-bound',
      title: 'absorbing, L_vb alone',
      config: config({ ...remaining, loss: bound('plug-in', 0) }),
      reverses: ['mixture'],
    }),
    besideThePaper({
      name: 'absorbing-exact-count',
      title: 'absorbing, L_vb by exact counts',
      config: config({ ...remaining, loss: { name: 'exact-count' } }),
      reverses: ['mixture'],
    }),
    besideThePaper({
      name: 'uniform-hybrid',
      title: 'uniform, L_λ=0.01',
      config: config({ ...cosine, loss: bound('plug-in', 0.01) }),
      reverses: both,
    }),
    besideThePaper({
      name: 'uniform-mixture',
      title: 'uniform, mixture, L_vb',
      config: config({ ...cosine, loss: bound('mixture', 0) }),
      reverses: ['mixture', 'plug-in'],
    }),
    besideThePaper({
      name: 'uniform-mixture-hybrid',
      title: 'uniform, mixture, L_λ=0.01',
      config: config({ ...cosine, loss: bound('mixture', 0.01) }),
      reverses: ['mixture', 'plug-in'],
    }),
  ];
  return { name: 'table-1', title: 'Table 1: characters', size, dataNote: set.note, unit: 'bits/char', rows, differences, ...rest };
}
