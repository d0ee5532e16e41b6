import { D3pmError } from '@d3pm/core';
import { table1DataSets, type TableSize } from '../../choices.ts';
import type { LossConfig } from '../../config/train-config.ts';
import { besideThePaper, comparisonWithPaper, differencesOfText, fromThePaper, smallerRun } from '../table-rows.ts';
import type { ReverseName, TableRow, TextTable } from '../table.ts';
import { decoderParts, rowConfigs, textSizes } from './text-sizes.ts';

const bySize = textSizes({
  length: 256,
  updates: 4000,
  chains: [1000, 256, 20],
  sizes: { stepsPerExample: 4, draws: 4, fullSumExamples: 64, batchSize: 32, samples: 6, timings: 3 },
  ngramOrders: [1, 2, 3, 4, 5, 6],
});

interface DataOfTable1 {
  readonly note: string;
  readonly isOfThePaper: boolean;
  /** Of its characters, for the graph of neighbours. */
  readonly embeddings: Readonly<Record<string, string>>;
}

const dataSets: Readonly<Record<(typeof table1DataSets)[number], DataOfTable1>> = {
  text8: { isOfThePaper: true, note: 'text8: 27 symbols, 90, 5 and 5 million characters', embeddings: { fixture: 'sotu-characters' } },
  sotu: {
    isOfThePaper: false,
    note: 'a stand-in for text8: the State of the Union speeches in the form of text8, 10.8 million characters, 90 % / 5 % / 5 %',
    embeddings: { fixture: 'sotu-characters' },
  },
};

export interface Table1Options {
  readonly size: TableSize;
  /** 'sotu', or 'text8' as `d3pm download text8` keeps it. */
  readonly data: string;
}

/** Table 1 of Section 5.1 and B.2, characters: the rows of the paper, and the experiments beside them. */
export function table1({ size, data }: Table1Options): TextTable {
  const set = new Map(Object.entries(dataSets)).get(data);
  if (!set) throw new D3pmError('UNKNOWN_NAME', `table-1: --data is "${data}", expected one of ${table1DataSets.join(', ')}`);
  const { length, numSteps, chains, model, training, sizes, ngramOrders } = bySize[size];
  const config = rowConfigs(bySize[size], { name: data });
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
    fromThePaper('autoregressive', 'Transformer decoder', config(decoderParts({ length })), [], {
      0: { value: 1.23, sampleSeconds: 0.357 },
    }),
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
  return {
    kind: 'text',
    name: 'table-1',
    title: 'Table 1: characters',
    size,
    dataNote: set.note,
    unit: 'bits/char',
    chains,
    rows,
    sizes,
    ngramOrders,
    comparison: comparisonWithPaper(size, set.isOfThePaper),
    differences,
  };
}
