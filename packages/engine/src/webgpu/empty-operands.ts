import { broadcast_util, sumOutType, util, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './webgpu-backend.ts';
import type { WebgpuKernel } from './webgpu-kernel.ts';

type Inputs = Readonly<Record<string, TensorInfo>>;

/** A device binds no buffer of no bytes, so the stock kernels fail where a sum has no terms: it is 0. */
function zeroOfNothing(kernelName: string, shapeOf: (inputs: Inputs, attrs: NamedAttrMap) => number[]): WebgpuKernel {
  return {
    kernelName,
    over: (stock) => (call) => {
      const inputs = call.inputs as unknown as Inputs;
      const operands = Object.values(inputs);
      if (operands.every(({ shape }) => util.sizeFromShape(shape) > 0)) return stock(call);
      const shape = shapeOf(inputs, call.attrs!);
      const dtype = kernelName === 'Sum' ? sumOutType(operands[0]!.dtype) : operands[0]!.dtype;
      const zeros = util.makeZerosTypedArray(util.sizeFromShape(shape), dtype as 'float32');
      return (call.backend as WebgpuBackend).makeTensorInfo(shape, dtype, zeros);
    },
  };
}

const sumShape = ({ x }: Inputs, { axis, keepDims }: NamedAttrMap): number[] => {
  const axes = util.parseAxisParam(axis as number | number[], x!.shape);
  return keepDims === true ? x!.shape.map((size, i) => (axes.includes(i) ? 1 : size)) : x!.shape.filter((_, i) => !axes.includes(i));
};

const productShape = ({ a, b }: Inputs, { transposeA, transposeB }: NamedAttrMap): number[] => [
  ...broadcast_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2)),
  a!.shape.at(transposeA === true ? -1 : -2)!,
  b!.shape.at(transposeB === true ? -2 : -1)!,
];

export const emptyOperands: readonly WebgpuKernel[] = Object.freeze([
  zeroOfNothing('BatchMatMul', productShape),
  zeroOfNothing('Sum', sumShape),
  zeroOfNothing('UnsortedSegmentSum', ({ x }, { numSegments }) => [numSegments as number, ...x!.shape.slice(1)]),
]);
