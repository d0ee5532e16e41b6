import { expandDims, mul, type Tensor } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';

/** `rows[…, k] · factor[…]`, float32 of the shape of `rows`; the caller disposes it. Without a gradient. */
export function scaleRows(rows: Tensor, factor: Tensor): Tensor {
  return runFused('D3pmScaleRows', { x: rows, factor })?.[0] ?? mul(rows, expandDims(factor, -1));
}
