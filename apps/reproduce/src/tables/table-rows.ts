import type { TableSize } from '../choices.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { Published, ReverseName, TableRow } from './table.ts';

/** A row of the paper, with its numbers by steps. */
export function fromThePaper(
  name: string,
  title: string,
  config: TableRow['config'],
  reverses: readonly ReverseName[],
  published: Readonly<Record<number, Published>>,
): TableRow {
  return { name, title, isPublished: true, config, reverses, published };
}

/** A row that the paper has not. */
export function besideThePaper(row: Omit<TableRow, 'isPublished' | 'published'>): TableRow {
  return { ...row, isPublished: false, published: {} };
}

/** What differs from the paper in every text table, whatever its size and data. */
export const differencesOfText: readonly string[] = Object.freeze([
  'The relative positions are told apart on both sides; in the authors’ code those to the right are one.',
  'The last sampling step draws, where the authors take the mode, which biases samples and no bound.',
  'L_T is computed, where the authors’ tables end in the prior by decree. p(x_0 | x_1) is that of their text code: Bayes’ rule.',
  'n of the T steps are t = ⌈iT/n⌉, so that n need not divide T.',
  'Sample times are of this machine and one example at a time; the paper’s are of a TPU.',
]);

/** What a run that is smaller than that of the paper leaves out. */
export function smallerRun({ model, training }: Pick<TrainConfig, 'model' | 'training'>): readonly string[] {
  const { numBlocks, numChannels } = model as { readonly numBlocks?: number; readonly numChannels?: number };
  return [
    `The network is a transformer of ${numBlocks} blocks and ${numChannels} channels, in place of 12 and 768: RMSNorm, learned biases of distances, relu.`,
    `It is trained for ${training.numSteps.toLocaleString('en')} updates of ${training.batchSize} examples, in place of 1,000,000 of 512, at a rate that falls linearly.`,
  ];
}

/** How the numbers of a table stand to those of the paper. */
export function comparisonWithPaper(size: TableSize, isOfThePaper: boolean): string {
  if (size === 'smoke') return 'A smoke run: it shows that the program works, and its numbers mean nothing.';
  if (size === 'paper' && isOfThePaper)
    return 'The network, the training and the data are those of the paper, and so the numbers can be compared.';
  const [data, models] = [isOfThePaper ? [] : ['other data'], size === 'paper' ? [] : ['far larger models']];
  return `The paper’s numbers are of ${[...data, ...models].join(' and ')}: the order of the rows can be compared, the numbers cannot.`;
}
