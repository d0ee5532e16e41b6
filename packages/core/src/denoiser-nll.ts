import { expandDims, mul, sub, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';
import { scaleRows } from './scale-rows.ts';
import { softmaxDeviation } from './softmax-deviation.ts';
import { withGradient } from './with-gradient.ts';

/** The kernel's way to say that every class is possible. */
const NONE = -1;

/**
 * −log f(x_0) for f = softmax(logits), with its gradient f − x_0 in one. Both keep all their digits where f(x_0) is nearly 1.
 *
 * @param logits float32 `[…, K]`. @param x0 int32 `[…]`. @param impossible A class with f = 0, the extra mask.
 * @returns nats, float32 `[…]`; the caller disposes it.
 */
export function denoiserNllNats(logits: Tensor, x0: Tensor, impossible?: number): Tensor {
  return withGradient(
    [logits],
    (input) => {
      const fused = runFused('D3pmDenoiserNll', { logits: input!, x0, impossible: tensor1d([impossible ?? NONE], 'int32') });
      if (fused) return { value: fused[0]!, saved: [fused[1]!] };
      const { isData, others, error, nll } = softmaxDeviation(input!, x0, impossible);
      return { value: nll, saved: [sub(others, mul(isData, expandDims(error, -1)))] };
    },
    (dy, deviation) => [scaleRows(deviation!, dy)],
  );
}
