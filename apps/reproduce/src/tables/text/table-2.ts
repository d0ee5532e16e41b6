import { D3pmError } from '@d3pm/core';
import { table2DataSets, type TableSize } from '../../choices.ts';
import { comparisonWithPaper, differencesOfText, fromThePaper, smallerRun } from '../table-rows.ts';
import type { TableRow, TextTable } from '../table.ts';
import { decoderParts, rowConfigs, textSizes } from './text-sizes.ts';

const bySize = textSizes({
  length: 128,
  updates: 1600,
  // Those of the table are 1000, 128 and 64; Figure 2 goes on to 10.
  chains: [1000, 512, 256, 128, 64, 32, 20, 10],
  sizes: { testExamples: 512, stepsPerExample: 4, draws: 4, fullSumExamples: 64, batchSize: 16, samples: 6, timings: 3 },
  ngramOrders: [1, 2, 3],
});

interface DataOfTable2 {
  readonly note: string;
  readonly isOfThePaper: boolean;
  /** Options where the numbers mean nothing and seconds count. */
  readonly smoke?: Readonly<Record<string, unknown>>;
}

const dataSets: Readonly<Record<(typeof table2DataSets)[number], DataOfTable2>> = {
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

export interface Table2Options {
  readonly size: TableSize;
  /** 'sotu-pieces', or 'lm1b' as `d3pm download lm1b` keeps it. */
  readonly data: string;
}

/** Table 2 and Figure 2 of Section 5.2 and B.2, word pieces: perplexity per word. */
export function table2({ size, data }: Table2Options): TextTable {
  const set = new Map(Object.entries(dataSets)).get(data);
  if (!set) throw new D3pmError('UNKNOWN_NAME', `table-2: --data is "${data}", expected one of ${table2DataSets.join(', ')}`);
  const { length, numSteps, chains, model, training, sizes, ngramOrders } = bySize[size];
  const config = rowConfigs(bySize[size], { name: data, ...(size === 'smoke' && set.smoke) });
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
    fromThePaper('autoregressive', 'Transformer decoder', config(decoderParts({ length })), [], {
      0: { value: 43.62549, sampleSeconds: 0.256 },
    }),
  ];
  return {
    kind: 'text',
    name: 'table-2',
    title: 'Table 2 and Figure 2: word pieces',
    size,
    dataNote: set.note,
    unit: 'perplexity per word',
    chains,
    rows,
    sizes,
    // Pairs of pieces of a billion are more than a table of counts can hold.
    ngramOrders: set.isOfThePaper ? [1] : ngramOrders,
    comparison: comparisonWithPaper(size, set.isOfThePaper),
    differences,
  };
}
