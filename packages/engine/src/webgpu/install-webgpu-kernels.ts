import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { elementaryKernels } from './elementary.ts';
import { emptyOperands } from './empty-operands.ts';
import { integerKernels } from './integer-kernels.ts';
import { manyAxes } from './many-axes.ts';
import { mergedAxes } from './merged-axes.ts';
import type { WebgpuKernel } from './webgpu-kernel.ts';

/** Kernels of tfjs-backend-webgpu 4.22 that are inexact, or fail. */
const webgpuKernels: readonly WebgpuKernel[] = Object.freeze([
  ...elementaryKernels,
  ...integerKernels,
  ...manyAxes,
  ...mergedAxes,
  ...emptyOperands,
]);

const MARK: unique symbol = Symbol.for('d3pm.webgpu-kernel');

/** Puts {@link webgpuKernels} in place of the stock ones, the later over the earlier. The second call, and a second copy of this package, change nothing. */
export function installWebgpuKernels(): void {
  const fresh = webgpuKernels.filter(({ kernelName }) => !(MARK in (getKernel(kernelName, 'webgpu') ?? { [MARK]: true })));
  for (const { kernelName, over } of fresh) {
    const stock = getKernel(kernelName, 'webgpu')!;
    unregisterKernel(kernelName, 'webgpu');
    registerKernel(Object.assign({ ...stock, kernelFunc: over(stock.kernelFunc) }, { [MARK]: true }));
  }
}
