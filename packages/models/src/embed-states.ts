import { gather, reshape, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The row of `table` for each state: `y[…, c] = table[x[…], c]`, a gather.
 *
 * @param table float32 `[K, C]`.
 * @param states int32 `[…]`, each in 0…K−1.
 * @returns float32 `[…, C]`; the caller disposes it.
 */
export function embedStates(table: Tensor, states: Tensor): Tensor {
  return reshape(gather(table, reshape(states, [states.size])), [...states.shape, table.shape[1]!]);
}
