import { add, cast, expandDims, gather, mul, oneHot, range, reshape, tidy, type Tensor } from '@tensorflow/tfjs-core';
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
    // The wasm back end fills a float32 oneHot with the bits of integers, so it is made as int32.
    (dy, classes) => [tidy(() => mul(cast(oneHot(classes!, numStates, 1, 0, 'int32'), 'float32'), expandDims(dy, -1)))],
  );
}
