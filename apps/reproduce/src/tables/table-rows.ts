import type { TrainConfig } from '../train/train-config.ts';
import type { Published, ReverseName, TableRow } from './table.ts';

/** Adam as in the paper, which stops at what is not finite. */
export const adam: Pick<TrainConfig['training'], 'beta1' | 'beta2' | 'epsilon' | 'whenNonFinite'> = Object.freeze({
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  whenNonFinite: 'stop',
});

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
