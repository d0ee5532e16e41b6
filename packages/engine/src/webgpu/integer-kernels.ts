import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { flatProgram } from './flat-program.ts';
import type { WebgpuBackend } from './webgpu-backend.ts';
import type { WebgpuKernel } from './webgpu-kernel.ts';

const AXES = ['x', 'y', 'z', 'w', 'u', 'v'] as const;

/** The stock shader for more than two axes writes what it reads as f32, which WGSL refuses for int32 and bool. */
const transposeIntegers: WebgpuKernel = {
  kernelName: 'Transpose',
  over: (stock) => (call) => {
    const x = call.inputs['x'] as TensorInfo;
    const backend = call.backend as WebgpuBackend;
    if (x.dtype === 'float32' || x.shape.length < 3 || backend.shouldExecuteOnCPU([x])) return stock(call);
    return transposed(backend, x, call.attrs!['perm'] as number[]);
  },
};

/** The stock sum over other axes than the last ones calls that shader, without asking which kernel is registered. */
const sumIntegers: WebgpuKernel = {
  kernelName: 'Sum',
  over: (stock) => (call) => {
    const x = call.inputs['x'] as TensorInfo;
    const backend = call.backend as WebgpuBackend;
    const { axis, keepDims } = call.attrs as unknown as { readonly axis: number | number[]; readonly keepDims: boolean };
    const axes = util.parseAxisParam(axis, x.shape);
    const perm = backend_util.getAxesPermutation(axes, x.shape.length);
    if (x.dtype === 'float32' || x.shape.length < 3 || perm === null) return stock(call);
    const input = transposed(backend, x, perm);
    const inner = backend_util.getInnerMostAxes(axes.length, x.shape.length);
    const sums = stock({ ...call, inputs: { x: input }, attrs: { axis: inner, keepDims: false } }) as TensorInfo;
    backend.disposeData(input.dataId);
    return keepDims ? { ...sums, shape: backend_util.expandShapeToKeepDim(sums.shape, axes) } : sums;
  },
};

export const integerKernels: readonly WebgpuKernel[] = Object.freeze([transposeIntegers, sumIntegers]);

function transposed(backend: WebgpuBackend, x: TensorInfo, perm: readonly number[]): TensorInfo {
  const rank = x.shape.length;
  const coords = x.shape.map((_, axis) => `at.${AXES[perm.indexOf(axis)]!}`).join(', ');
  const vector = rank < 5 ? `vec${rank}<i32>` : `vec${rank}`;
  const body = `
    fn main(index: i32) {
      if (index < uniforms.size) {
        let at = getCoordsFromIndex(index);
        setOutputAtIndexI32(index, A[getIndexFromCoords${rank}D(${vector}(${coords}), uniforms.aShape)]);
      }
    }`;
  const shape = perm.map((axis) => x.shape[axis]!);
  return backend.runWebGPUProgram(flatProgram(`Transpose${perm.join('')}`, shape, body), [x], x.dtype);
}
