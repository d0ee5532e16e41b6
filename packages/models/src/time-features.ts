import { stepOf, type Steps } from '@d3pm/core';
import { tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { evenInteger } from './parse-options.ts';

export interface TimeFeaturesOptions {
  readonly batchSize: number;
  /** T */
  readonly numSteps: number;
  /** Even, at least 2. */
  readonly numFeatures: number;
}

/**
 * Sines and cosines of the step at log-spaced frequencies (Vaswani et al., 2017), on a clock of 1000 ticks for any T:
 *
 *     y[b, i] = sin(ω_i · 1000 t_b / T),   y[b, D/2 + i] = cos(ω_i · 1000 t_b / T),   ω_i = 10⁻⁴ ^ (i / (D/2 − 1))
 *
 * Computed in float64. @returns float32 `[B, D]`; the caller disposes it.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless D is even and at least 2.
 */
export function timeFeatures(t: Steps, { batchSize, numSteps, numFeatures }: TimeFeaturesOptions): Tensor {
  evenInteger('timeFeatures', 'numFeatures', numFeatures);
  const half = numFeatures / 2;
  const values = new Float32Array(batchSize * numFeatures);
  const rowOf = new Map<number, Float32Array>();
  for (let b = 0; b < batchSize; b++) {
    const step = stepOf(t, b);
    const row = rowOf.get(step) ?? features((1000 * step) / numSteps, half);
    rowOf.set(step, row);
    values.set(row, b * numFeatures);
  }
  return tensor2d(values, [batchSize, numFeatures]);
}

function features(ticks: number, half: number): Float32Array {
  const row = new Float32Array(2 * half);
  for (let i = 0; i < half; i++) {
    const angle = ticks * 1e-4 ** (i / Math.max(half - 1, 1));
    row[i] = Math.sin(angle);
    row[half + i] = Math.cos(angle);
  }
  return row;
}
