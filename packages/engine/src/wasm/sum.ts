import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.ts';

interface Attributes {
  readonly axis: number | number[] | null;
  readonly keepDims: boolean;
}

/**
 * Sum over leading axes (the gradient of every bias), float32, accumulated in float64 row by row; the stock kernel
 * transposes x for it. A sum of nothing is 0; the stock kernel returns what the heap held. Every other sum is left to it.
 */
export const sum: WasmKernel<{ readonly x: TensorInfo }, Attributes> = {
  kernelName: 'Sum',
  run: ({ inputs: { x }, attrs, backend, stock }) => {
    const axes = util.parseAxisParam(attrs.axis as never, x.shape).sort((left, right) => left - right);
    const empty = util.sizeFromShape(x.shape) === 0;
    const leading = x.dtype === 'float32' && axes.length < x.shape.length && axes.every((axis, i) => axis === i);
    if (!leading && !empty) return stock();
    const rest = x.shape.filter((_, axis) => !axes.includes(axis));
    const out = backend.makeOutput(attrs.keepDims ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : rest, x.dtype);
    if (empty) {
      backend.typedArrayFromHeap(out).fill(0);
      return out;
    }
    const columns = util.sizeFromShape(rest);
    const rows = util.sizeFromShape(x.shape.slice(0, axes.length));
    const values = backend.typedArrayFromHeap(x);
    const totals = new Float64Array(columns);
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) totals[column]! += values[i++]!;
    }
    backend.typedArrayFromHeap(out).set(totals);
    return out;
  },
};
