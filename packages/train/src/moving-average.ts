import { add, mul, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** The decay of a moving average at a step ≥ 1, each in [0, 1). */
export type DecaySchedule = (step: number) => number;

/** `average + (1 − decay) · (value − average)`, float32; the caller disposes it. */
export function movingAverage(average: Tensor, value: Tensor, decay: number): Tensor {
  return tidy(() => add(average, mul(sub(value, average), 1 - decay)));
}

/** `min(decay, (1 + step) / (10 + step))`: the average of a short run is not one of its first values. */
export function warmedUpDecay(decay: number): DecaySchedule {
  return (step) => Math.min(decay, (1 + step) / (10 + step));
}
