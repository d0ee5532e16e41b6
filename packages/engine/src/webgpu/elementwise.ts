import type { TensorInfo } from '@tensorflow/tfjs-core';
import { flatProgram } from './flat-program.ts';
import type { WebgpuBackend } from './webgpu-backend.ts';
import type { WebgpuKernel } from './webgpu-kernel.ts';

/**
 * A kernel of one float32 tensor that WGSL computes number by number. `code` defines `compute(a: f32) -> f32`. Small tensors that are still
 * on the host stay there, with the stock kernel.
 */
export function elementwise(kernelName: string, code: string): WebgpuKernel {
  const body = `${code}
    fn main(index: i32) {
      if (index < uniforms.size) { setOutputAtIndex(index, compute(getAByOutputIndex(index))); }
    }`;
  return {
    kernelName,
    over: (stock) => (call) => {
      const x = call.inputs['x'] as TensorInfo;
      const backend = call.backend as WebgpuBackend;
      if (x.dtype !== 'float32' || backend.shouldExecuteOnCPU([x])) return stock(call);
      return backend.runWebGPUProgram(flatProgram(kernelName, x.shape, body), [x], 'float32');
    },
  };
}
