import { gather, reshape, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { givenValues, type Initializer } from './initializers.ts';

export interface RelativeBiasOptions {
  /** L */
  readonly length: number;
  /** Reading positions before this one are left out. @defaultValue 0 */
  readonly firstRow?: number;
  /** Which entry of the table holds for a signed distance j − i. @defaultValue one for each distance up to R to either side */
  readonly entryOf?: (distance: number) => number;
}

/**
 * What attention adds for the distance from the reading position i to the position j that is read, signed, so that left and right differ:
 *
 *     bias[h, i, j] = table[h, entryOf(j − i)],   entryOf(d) = clip(d, −R, R) + R unless given
 *
 * @param table float32 `[heads, entries]`, where R = (entries − 1) / 2.
 * @returns float32 `[1, heads, L − firstRow, L]`; the caller disposes it.
 */
export function relativeBias(table: Tensor, { length, firstRow = 0, ...options }: RelativeBiasOptions): Tensor {
  const [numHeads, entries] = table.shape as [number, number];
  const { entryOf = clipped((entries - 1) / 2) } = options;
  const entryAt = Int32Array.from({ length: 2 * length - 1 }, (_, i) => entryOf(i - length + 1));
  const numRows = length - firstRow;
  const columns = new Int32Array(numRows * length);
  for (let row = 0; row < numRows; row++) {
    const leftmost = length - 1 - firstRow - row;
    columns.set(entryAt.subarray(leftmost, leftmost + length), row * length);
  }
  return reshape(gather(table, tensor1d(columns, 'int32'), 1), [1, numHeads, numRows, length]);
}

function clipped(reach: number): (distance: number) => number {
  return (distance) => Math.min(Math.max(distance, -reach), reach) + reach;
}

/** Beyond this many positions from its favourite, a head starts indifferent, so that far positions keep a gradient. */
const FALL = 5;

/**
 * First values of the table: head h favours one neighbour, by one nat for each position that another is further off, and by five at
 * most. Without a first idea of place, training spends its first thousands of steps on finding one.
 *
 * @param favourites A signed distance for each head.
 */
export function neighbourBias(favourites: readonly number[], reach: number): Initializer {
  return givenValues(
    favourites.flatMap((favourite) => Array.from({ length: 2 * reach + 1 }, (_, i) => -Math.min(Math.abs(i - reach - favourite), FALL))),
  );
}

/** −1, +1, −2, +2, …: the nearest on both sides. */
export function bothSides(numHeads: number): readonly number[] {
  return Array.from({ length: numHeads }, (_, h) => (1 + (h >> 1)) * (h % 2 === 0 ? -1 : 1));
}

/** 0, −1, −2, …: the nearest to the left of a sequence that is shifted by one, where place i holds the state before it. */
export function leftSide(numHeads: number): readonly number[] {
  return Array.from({ length: numHeads }, (_, h) => -h);
}
