import { cast, dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { NativeKernel, NativeKernelCall } from './native-kernel.ts';

/** Kernels of tfjs-node 4.22 that call methods of tensors, which tfjs-core by itself has not, for an input that is not float32. `Exp` also disposes its input. */
const CONVERSIONS: Readonly<Record<string, { readonly from: string; readonly to: 'float32' | 'int32' }>> = Object.freeze({
  Exp: { from: 'int32', to: 'float32' },
  ArgMax: { from: 'bool', to: 'int32' },
  ArgMin: { from: 'bool', to: 'int32' },
});

/** Those kernels, with the conversion before them. */
export const converted: readonly NativeKernel<{ readonly x: Tensor }>[] = Object.freeze(
  Object.entries(CONVERSIONS).map(([kernelName, { from, to }]) => ({
    kernelName,
    run: ({ inputs, stock }: NativeKernelCall<{ readonly x: Tensor }, unknown>) => {
      if (inputs.x.dtype !== from) return stock();
      const input = cast(inputs.x, to);
      try {
        return stock({ x: input });
      } finally {
        dispose(input);
      }
    },
  })),
);
