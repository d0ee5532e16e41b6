import { D3pmError } from '@d3pm/core';
import type { NamedConfig, TrainConfig } from '../train/train-config.ts';
import { adam, differencesOfText, fromThePaper, smallerRun } from './table-rows.ts';
import type { Table, TableRow, TableSize, TableSizes } from './table.ts';

/** What decides the numbers of a size. */
interface SizeOfTable2 {
  readonly length: number;
  readonly numSteps: number;
  readonly model: NamedConfig;
  readonly time: Readonly<Record<string, unknown>>;
  readonly training: TrainConfig['training'];
  readonly evaluation: TrainConfig['evaluation'];
  readonly saving: TrainConfig['saving'];
  /** Those of the table are 1000, 128 and 64; Figure 2 goes on to 10. */
  readonly chains: readonly number[];
  readonly sizes: TableSizes;
  readonly ngramOrders: readonly number[];
}

const small: SizeOfTable2 = {
  length: 128,
  numSteps: 1000,
  model: { name: 'transformer', numChannels: 128, numBlocks: 4, numHeads: 4 },
  time: { timeConditioned: true },
  training: {
    ...adam,
    beta2: 0.98,
    numSteps: 1500,
    batchSize: 16,
    learningRate: 3e-3,
    warmUp: 100,
    decay: 'linear',
    clipNorm: 1,
    eventEvery: 50,
  },
  evaluation: { every: 750, samples: 2, sampleSteps: 64, testExamples: 64 },
  saving: { every: 250, keepLast: 2, keepBest: 0 },
  chains: [1000, 512, 256, 128, 64, 32, 20, 10],
  sizes: { testExamples: 512, stepsPerExample: 4, draws: 4, fullSumExamples: 8, batchSize: 16, samples: 6, timings: 3 },
  ngramOrders: [1, 2, 3],
};

/** Every row runs, in seconds; the numbers mean nothing. */
const smoke: SizeOfTable2 = {
  ...small,
  length: 16,
  numSteps: 8,
  model: { name: 'transformer', numChannels: 8, numBlocks: 1, numHeads: 2 },
  training: { ...small.training, numSteps: 4, batchSize: 4, warmUp: 0, eventEvery: 2 },
  evaluation: { samples: 1, testExamples: 4 },
  saving: { every: 2, keepLast: 2, keepBest: 0 },
  chains: [8, 4, 2],
  sizes: { testExamples: 8, stepsPerExample: 2, draws: 2, fullSumExamples: 4, batchSize: 8, samples: 2, timings: 2 },
  ngramOrders: [1],
};

/** Section 5.2 and Appendix B.2: the network and training of Table 1, on packed sequences of 128 of 8192 pieces. */
const paper: SizeOfTable2 = {
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

const sizes: Readonly<Record<TableSize, SizeOfTable2>> = { small, paper, smoke };

interface DataOfTable2 {
  readonly note: string;
  readonly isOfThePaper: boolean;
  /** Options where the numbers mean nothing and seconds count. */
  readonly smoke?: Readonly<Record<string, unknown>>;
}

const dataSets: Readonly<Record<string, DataOfTable2>> = {
  lm1b: {
    isOfThePaper: true,
    note: 'LM1B: sentencepiece, 8192 pieces, packed sequences, each sentence wrapped in <S> and </S>; words and ends of sentences counted',
  },
  'sotu-pieces': {
    isOfThePaper: false,
    note: 'a stand-in for LM1B: sentences of the State of the Union speeches in 8192 pieces trained on them, packed sequences; words and ends of sentences counted',
    smoke: { numPieces: 1024 },
  },
};

export const table2DataSets: readonly string[] = Object.freeze(Object.keys(dataSets));

export interface Table2Options {
  readonly size: TableSize;
  /** 'sotu-pieces', or 'lm1b' as `d3pm fetch lm1b` keeps it. */
  readonly data: string;
}

/** Table 2 and Figure 2, word pieces: perplexity per word. */
export function table2({ size, data }: Table2Options): Table {
  const set = dataSets[data];
  if (!set) throw new D3pmError('UNKNOWN_NAME', `table-2: --data is "${data}", expected one of ${table2DataSets.join(', ')}`);
  const { length, numSteps, model, time, training, evaluation, saving, ...rest } = sizes[size];
  const config = (parts: Pick<TrainConfig, 'loss' | 'schedule' | 'transition'>, isCausal = false): Omit<TrainConfig, 'seed'> => ({
    data: { name: data, length, ...(size === 'smoke' && set.smoke) },
    ...parts,
    model: isCausal ? { ...model, causal: true } : { ...model, ...time },
    training,
    evaluation,
    saving,
  });
  const differences = [
    ...(set.isOfThePaper ? [] : [`The data is ${set.note}.`]),
    ...(size === 'paper' ? [] : smallerRun({ model, training })),
    ...differencesOfText,
  ];
  const rows: readonly TableRow[] = [
    fromThePaper(
      'absorbing',
      'D3PM absorbing (L_λ=0.01)',
      config({
        transition: { name: 'absorbing' },
        schedule: { name: 'inverse-remaining', numSteps },
        loss: { name: 'hybrid', lambda: 0.01, reverse: 'plug-in' },
      }),
      ['mixture'],
      {
        1000: { value: 76.9, spread: 2.3, sampleSeconds: 1.9 },
        128: { value: 80.13, spread: 1.2, sampleSeconds: 0.19 },
        64: { value: 83.62, spread: 6.1, sampleSeconds: 0.099 },
      },
    ),
    fromThePaper(
      'uniform',
      'D3PM uniform (L_vb)',
      config({
        transition: { name: 'uniform' },
        schedule: { name: 'cosine', numSteps },
        loss: { name: 'hybrid', lambda: 0, reverse: 'plug-in' },
      }),
      ['plug-in', 'mixture'],
      {
        1000: { value: 137.9, spread: 2.1, sampleSeconds: 1.8 },
        128: { value: 139.2, spread: 1.2, sampleSeconds: 0.21 },
        64: { value: 145, spread: 1.2, sampleSeconds: 0.08 },
      },
    ),
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
      { 0: { value: 43.62549, sampleSeconds: 0.256 } },
    ),
  ];
  return {
    name: 'table-2',
    title: 'Table 2 and Figure 2: word pieces',
    size,
    dataNote: set.note,
    unit: 'perplexity per word',
    rows,
    differences,
    ...rest,
  };
}
