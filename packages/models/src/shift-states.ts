import { pad, slice, type Tensor } from '@tensorflow/tfjs-core';

/** `y[b, 0] = first`, `y[b, i] = x[b, i − 1]`: each position reads the state before it. int32 `[B, L]`; the caller disposes it. */
export function shiftStates(states: Tensor, first: number): Tensor {
  return slice(
    pad(
      states,
      [
        [0, 0],
        [1, 0],
      ],
      first,
    ),
    [0, 0],
    states.shape,
  );
}
