import { add, expandDims, gather, mul, range, reshape, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { oneHotRows } from './one-hot-rows.ts';
import { withGradient } from './with-gradient.ts';

/**
 * The entry of one class per row: `values[…, states[…]]`, a gather.
 *
 * @param values float32 `[…, K]`.
 * @param states int32 `[…]`, each in 0…K−1.
 * @returns float32 `[…]`; the caller disposes it. The gradient goes to the gathered entries only.
 */
export function gatherClass(values: Tensor, states: Tensor): Tensor {
  const numStates = values.shape.at(-1)!;
  return withGradient(
    [values],
    (input) => {
      const flat = reshape(states, [states.size]);
      const indices = add(range(0, states.size * numStates, numStates, 'int32'), flat);
      return { value: reshape(gather(reshape(input, [input.size]), indices), states.shape), saved: [states] };
    },
    (dy, classes) => [tidy(() => mul(oneHotRows(classes!, numStates), expandDims(dy, -1)))],
  );
}
