import { cast, oneHot, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** 1 at each state, else 0, float32 `[…, K]`. The wasm back end fills a float32 oneHot with the bits of integers, so it is made as int32. */
export function oneHotRows(states: Tensor, numStates: number): Tensor {
  return tidy(() => cast(oneHot(states, numStates, 1, 0, 'int32'), 'float32'));
}
