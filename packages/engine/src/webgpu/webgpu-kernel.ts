import type { KernelFunc } from '@tensorflow/tfjs-core';

/** A kernel in place of a stock one, which it may call. */
export interface WebgpuKernel {
  readonly kernelName: string;
  over(stock: KernelFunc): KernelFunc;
}
