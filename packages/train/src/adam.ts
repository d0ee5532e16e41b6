import { D3pmError, runFused } from '@d3pm/core';
import { add, div, mul, sqrt, square, sub, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';

export interface AdamOptions {
  /** Decay of the mean of gradients. @defaultValue 0.9 */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. @defaultValue 0.999 */
  readonly beta2?: number;
  /** @defaultValue 1e-8 */
  readonly epsilon?: number;
}

/** What Adam keeps and changes; float32 of one shape each. */
export interface AdamState {
  readonly parameters: Tensor;
  readonly moment1: Tensor;
  readonly moment2: Tensor;
}

export interface AdamStep extends AdamOptions {
  readonly gradient: Tensor;
  readonly learningRate: number;
  /** 1 for the first update; corrects the bias of moments that start at 0. */
  readonly step: number;
}

/**
 * One update of Adam (Kingma and Ba, 2015, Algorithm 1) in its own formula:
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *     θ ← θ − rate · m̂ / (√v̂ + ε),   m̂ = m / (1 − β₁^step),   v̂ = v / (1 − β₂^step)
 *
 * @returns new tensors, which the caller disposes; the old ones are still the caller's.
 */
export function adamUpdate(
  { parameters, moment1, moment2 }: AdamState,
  { gradient, learningRate, step, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamStep,
): AdamState {
  // √v̂ + ε = (√v + ε √(1 − β₂^step)) / √(1 − β₂^step): the corrections are two numbers instead of two vectors.
  const correction2 = Math.sqrt(-Math.expm1(step * Math.log(beta2)));
  const rate = (learningRate * correction2) / (1 - beta1 ** step);
  return tidy(() => {
    const factors = tensor1d([beta1, 1 - beta1, beta2, 1 - beta2, epsilon * correction2, rate]);
    const fused = runFused('D3pmAdamUpdate', { parameters, moment1, moment2, gradient, factors });
    if (fused) return { parameters: fused[0]!, moment1: fused[1]!, moment2: fused[2]! };
    const mean = add(mul(moment1, beta1), mul(gradient, 1 - beta1));
    const meanSquare = add(mul(moment2, beta2), mul(square(gradient), 1 - beta2));
    const change = mul(div(mean, add(sqrt(meanSquare), epsilon * correction2)), rate);
    return { parameters: sub(parameters, change), moment1: mean, moment2: meanSquare };
  });
}

/** @throws {D3pmError} `INVALID_OPTIONS` for decays outside [0, 1), a beta2 of 0, or an epsilon that is not positive. */
export function assertAdamOptions(caller: string, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions): void {
  if (!(beta1 >= 0 && beta1 < 1)) throw new D3pmError('INVALID_OPTIONS', `${caller}: beta1 is ${beta1}, expected a number in [0, 1)`);
  if (!(beta2 > 0 && beta2 < 1)) throw new D3pmError('INVALID_OPTIONS', `${caller}: beta2 is ${beta2}, expected a number in (0, 1)`);
  if (!(epsilon > 0)) throw new D3pmError('INVALID_OPTIONS', `${caller}: epsilon is ${epsilon}, expected a positive number`);
}
