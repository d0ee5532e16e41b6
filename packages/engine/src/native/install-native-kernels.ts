import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { compiledOperations } from './kernels/compiled-operations.ts';
import { conv2DBackpropFilter } from './kernels/conv2d-backprop-filter.ts';
import { converted } from './kernels/converted.ts';
import { gatherV2 } from './kernels/gather-v2.ts';
import type { NativeBackend, NativeKernel } from './kernels/native-kernel.ts';
import { reluGrad } from './kernels/relu-grad.ts';
import { reshape } from './kernels/reshape.ts';
import { step } from './kernels/step.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- inputs and attributes of any kernel, known only to itself
type AnyNativeKernel = NativeKernel<any, any>;

/** Kernels that tfjs-node 4.22 lacks, and better ones for kernels that it has. */
const nativeKernels: readonly AnyNativeKernel[] = Object.freeze([...converted, conv2DBackpropFilter, gatherV2, reluGrad, reshape, step]);

const MARK: unique symbol = Symbol.for('d3pm.native-kernel');

/** Registers them with the back end `tensorflow`, whose own are registered already. The second call, and a second copy of this package, change nothing. */
export function installNativeKernels({ compiled }: { readonly compiled: boolean }): void {
  for (const kernel of compiled ? [...nativeKernels, ...compiledOperations] : nativeKernels) {
    const stock = getKernel(kernel.kernelName, 'tensorflow');
    if (stock !== undefined && MARK in stock) continue;
    if (stock !== undefined) unregisterKernel(kernel.kernelName, 'tensorflow');
    registerKernel(configOf(kernel, stock));
  }
}

function configOf(kernel: AnyNativeKernel, stock: KernelConfig | undefined): KernelConfig {
  const config: KernelConfig = {
    ...stock,
    kernelName: kernel.kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel.run({
        inputs,
        attrs,
        backend: backend as NativeBackend,
        stock: (others = inputs) => stock!.kernelFunc({ inputs: others, attrs: attrs!, backend }),
      }),
  };
  return Object.assign(config, { [MARK]: true });
}
