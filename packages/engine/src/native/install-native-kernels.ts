import { cast, dispose, getKernel, registerKernel, unregisterKernel, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';

const MARK: unique symbol = Symbol.for('d3pm.native-kernel');

/** Kernels of tfjs-node 4.22 that call methods of tensors, which tfjs-core by itself has not, for an input that is not float32. `Exp` also disposes its input. */
const CONVERTED: Readonly<Record<string, { readonly from: string; readonly to: 'float32' | 'int32' }>> = Object.freeze({
  Exp: { from: 'int32', to: 'float32' },
  ArgMax: { from: 'bool', to: 'int32' },
  ArgMin: { from: 'bool', to: 'int32' },
});

/** Puts a conversion before those kernels. The second call changes nothing. */
export function installNativeKernels(): void {
  for (const [kernelName, { from, to }] of Object.entries(CONVERTED)) {
    const stock = getKernel(kernelName, 'tensorflow');
    if (stock === undefined || MARK in stock) continue;
    unregisterKernel(kernelName, 'tensorflow');
    registerKernel(Object.assign(converted(stock, from, to), { [MARK]: true }));
  }
}

function converted(stock: KernelConfig, from: string, to: 'float32' | 'int32'): KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const x = call.inputs['x'] as Tensor;
      if (x.dtype !== from) return stock.kernelFunc(call);
      const input = cast(x, to);
      try {
        return stock.kernelFunc({ ...call, inputs: { ...call.inputs, x: input } });
      } finally {
        dispose(input);
      }
    },
  };
}
