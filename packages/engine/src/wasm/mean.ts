import type { TensorInfo } from '@tensorflow/tfjs-core';
import { exactSum, type ReductionAttributes } from './sum.ts';
import type { WasmKernel } from './wasm-backend.ts';

/**
 * Mean of float32, as the engine's own sum by the number of its terms where that makes the sum. The stock kernel adds up in float32: of 262,144
 * terms near 100, a relative error of 2e-3. The mean of nothing is NaN. Every other mean is left to it.
 */
export const mean: WasmKernel<{ readonly x: TensorInfo }, ReductionAttributes> = {
  kernelName: 'Mean',
  run: ({ inputs: { x }, attrs, backend, stock }) => {
    const made = x.dtype === 'float32' ? exactSum(backend, x, attrs) : undefined;
    if (made === undefined) return stock();
    const totals = backend.typedArrayFromHeap(made.out);
    for (let i = 0; i < totals.length; i++) totals[i]! /= made.terms;
    return made.out;
  },
};
