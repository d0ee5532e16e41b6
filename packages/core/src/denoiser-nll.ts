import { equal, expandDims, mul, sub, tensor1d, tidy, where, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';
import { scaleRows } from './scale-rows.ts';
import { softmaxDeviation } from './softmax-deviation.ts';
import { withGradient } from './with-gradient.ts';

/** The kernel's way to say that every class is possible. */
const NONE = -1;

export interface DenoiserNllOptions {
  /** A class with f = 0, the extra mask. */
  readonly impossible?: number | undefined;
  /** ≥ 0, float32 `[…]`: what a position counts. Where it is 0 the result is, even if f excludes x_0, and NaN where it is NaN. @defaultValue 1 everywhere */
  readonly weight?: Tensor;
}

/**
 * −weight · log f(x_0) for f = softmax(logits), with its gradient weight · (f − x_0) in one. Both keep all their digits where f(x_0) is
 * nearly 1.
 *
 * @param logits float32 `[…, K]`. @param x0 int32 `[…]`.
 * @returns nats, float32 `[…]`; the caller disposes it.
 */
export function denoiserNllNats(logits: Tensor, x0: Tensor, options: DenoiserNllOptions = {}): Tensor {
  return withGradient(
    [logits],
    (input) => {
      const { nll, deviation } = denoiserNllAndSlope(input!, x0, options);
      return { value: nll, saved: [deviation] };
    },
    (dy, deviation) => [scaleRows(deviation!, dy)],
  );
}

/** The value of {@link denoiserNllNats}, and the gradient by each row of logits, float32 `[…, K]`. Without a gradient of its own; the caller disposes both. */
export function denoiserNllAndSlope(
  logits: Tensor,
  x0: Tensor,
  { impossible, weight }: DenoiserNllOptions = {},
): { readonly nll: Tensor; readonly deviation: Tensor } {
  const fused = runFused('D3pmDenoiserNll', {
    logits,
    x0,
    impossible: tensor1d([impossible ?? NONE], 'int32'),
    weight: weight ?? tensor1d([1]),
  });
  if (fused) return { nll: fused[0]!, deviation: fused[1]! };
  const { isData, others, error, nll } = softmaxDeviation(logits, x0, impossible);
  const deviation = tidy(() => sub(others, mul(isData, expandDims(error, -1))));
  isData.dispose();
  others.dispose();
  if (weight === undefined) return { nll, deviation };
  return { nll: where(equal(weight, 0), zerosLike(nll), mul(nll, weight)), deviation: scaleRows(deviation, weight) };
}
