import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { HeapArray, WasmKernel } from './wasm-backend.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly indices: TensorInfo;
}
interface Attributes {
  readonly axis: number;
  readonly batchDims: number;
}

/**
 * Rows of x [V, …inner] at int32 indices [...] → [..., …inner]: every embedding. Rows are copied whole; the stock kernel finds
 * each element by its coordinates. Another axis, or batch axes, and an index out of range (an error) are left to it.
 */
export const gatherV2: WasmKernel<Inputs, Attributes> = {
  kernelName: 'GatherV2',
  run: ({ inputs: { x, indices }, attrs: { axis, batchDims }, backend, stock }) => {
    const rows = backend.typedArrayFromHeap(indices);
    const numRows = x.shape[0]!;
    if (util.parseAxisParam(axis, x.shape)[0] !== 0 || batchDims !== 0 || x.dtype === 'string' || outOfRange(rows, numRows)) return stock();
    const inner = x.shape.slice(1);
    const length = util.sizeFromShape(inner);
    const out = backend.makeOutput([...indices.shape, ...inner], x.dtype);
    const table = backend.typedArrayFromHeap(x);
    const gathered = backend.typedArrayFromHeap(out);
    const ids = backend.typedArrayFromHeap(indices);
    for (let i = 0, write = 0; i < ids.length; i++) {
      for (let read = ids[i]! * length, end = read + length; read < end; read++) gathered[write++] = table[read]!;
    }
    return out;
  },
};

function outOfRange(rows: HeapArray, numRows: number): boolean {
  return rows.some((row) => row < 0 || row >= numRows);
}
