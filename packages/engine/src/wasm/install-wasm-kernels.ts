import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { batchMatMul } from './batch-mat-mul.ts';
import { cast } from './cast.ts';
import { clipByValue } from './clip-by-value.ts';
import { conv2D } from './conv2d.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { gatherV2 } from './gather-v2.ts';
import { identity } from './identity.ts';
import { mean } from './mean.ts';
import { oneHot } from './one-hot.ts';
import { slice } from './slice.ts';
import { splitV } from './split-v.ts';
import { sum } from './sum.ts';
import { transpose } from './transpose.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import type { WasmBackend, WasmKernel } from './wasm-backend.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- inputs and attributes of any kernel, known only to itself
type AnyWasmKernel = WasmKernel<any, any>;

/** Kernels that tfjs-backend-wasm 4.22 lacks, and better ones for kernels that it has. */
export const wasmKernels: readonly AnyWasmKernel[] = Object.freeze([
  batchMatMul,
  cast,
  clipByValue,
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  gatherV2,
  identity,
  mean,
  oneHot,
  slice,
  splitV,
  sum,
  transpose,
  unsortedSegmentSum,
]);

const MARK: unique symbol = Symbol.for('d3pm.wasm-kernel');

/** Registers {@link wasmKernels} with the wasm back end, which must be imported. The second call, and a second copy of this package, change nothing. */
export function installWasmKernels(): void {
  for (const kernel of wasmKernels) {
    const stock = getKernel(kernel.kernelName, 'wasm');
    if (stock !== undefined && MARK in stock) continue;
    if (stock !== undefined) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(configOf(kernel, stock));
  }
}

function configOf(kernel: AnyWasmKernel, stock: KernelConfig | undefined): KernelConfig {
  const config: KernelConfig = {
    ...stock,
    kernelName: kernel.kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel.run({ inputs, attrs, backend: backend as WasmBackend, stock: () => stock!.kernelFunc({ inputs, attrs: attrs!, backend }) }),
  };
  return Object.assign(config, { [MARK]: true });
}
