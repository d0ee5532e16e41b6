import { gather, reshape, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { givenValues, type Initializer } from './initializers.ts';

/**
 * What attention adds for the distance from the reading position i to the position j that is read, signed, so that left and right differ:
 *
 *     bias[h, i, j] = table[h, clip(j − i, −R, R) + R]
 *
 * @param table float32 `[heads, 2R + 1]`.
 * @returns float32 `[1, heads, L, L]`; the caller disposes it.
 */
export function relativeBias(table: Tensor, length: number): Tensor {
  const [numHeads, entries] = table.shape as [number, number];
  const reach = (entries - 1) / 2;
  const columns = new Int32Array(length * length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) columns[i * length + j] = Math.min(Math.max(j - i, -reach), reach) + reach;
  }
  return reshape(gather(table, tensor1d(columns, 'int32'), 1), [1, numHeads, length, length]);
}

/** Beyond this many positions from its favourite, a head starts indifferent, so that far positions keep a gradient. */
const FALL = 5;

/**
 * First values of the table: head h favours one neighbour, −1, +1, −2, +2, … in turn, by one nat for each position that another is further off,
 * and by five at most. Without a first idea of place, training spends its first thousands of steps on finding one.
 */
export function neighbourBias(numHeads: number, reach: number): Initializer {
  const favourites = Array.from({ length: numHeads }, (_, h) => (1 + (h >> 1)) * (h % 2 === 0 ? -1 : 1));
  return givenValues(
    favourites.flatMap((favourite) => Array.from({ length: 2 * reach + 1 }, (_, i) => -Math.min(Math.abs(i - reach - favourite), FALL))),
  );
}
