import { add, dispose, mul, relu, sign, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { NativeKernel } from './native-kernel.ts';

/** 1 for x > 0, else `alpha`; NaN stays. As sign(relu(x)), where the stock kernel runs seven operations. */
export const step: NativeKernel<{ readonly x: Tensor }, { readonly alpha: number }> = {
  kernelName: 'Step',
  run: ({ inputs: { x }, attrs: { alpha }, stock }) => {
    if (x.dtype !== 'float32') return stock();
    return tidy(() => {
      const positive = relu(x);
      const isPositive = sign(positive);
      dispose(positive);
      return alpha === 0 ? isPositive : add(mul(isPositive, 1 - alpha), alpha);
    });
  },
};
