import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { HeapArray, WasmKernel } from './wasm-backend.ts';

interface Attributes {
  readonly axis: number | number[] | null;
  readonly keepDims: boolean;
}

/** From so many terms on a sum over the last axes is accumulated in float64; of fewer, float32 loses no more than 4e-6. */
const MANY_TERMS = 64;

/**
 * Sum over the first axes (the gradient of every bias) or many terms of the last ones (the log-sum-exp of many states),
 * float32, accumulated in float64. The stock kernel transposes x for the first axes, and adds the last ones up in float32: of
 * 8192 terms, a relative error of 1e-4. A sum of nothing is 0; the stock kernel returns what the heap held. Every other sum is left to it.
 */
export const sum: WasmKernel<{ readonly x: TensorInfo }, Attributes> = {
  kernelName: 'Sum',
  run: ({ inputs: { x }, attrs, backend, stock }) => {
    const rank = x.shape.length;
    const axes = util.parseAxisParam(attrs.axis as never, x.shape).sort((left, right) => left - right);
    const empty = util.sizeFromShape(x.shape) === 0;
    const terms = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
    const trailing = terms >= MANY_TERMS && axes.every((axis, i) => axis === rank - axes.length + i);
    const leading = axes.every((axis, i) => axis === i);
    if (!empty && !(x.dtype === 'float32' && (trailing || leading))) return stock();
    const rest = x.shape.filter((_, axis) => !axes.includes(axis));
    const out = backend.makeOutput(attrs.keepDims ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : rest, x.dtype);
    const totals = backend.typedArrayFromHeap(out);
    if (empty) totals.fill(0);
    else if (trailing) sumRows(backend.typedArrayFromHeap(x), totals);
    else totals.set(sumOfRows(backend.typedArrayFromHeap(x), totals.length));
    return out;
  },
};

/** The total of each row of `[totals.length, …]`. */
function sumRows(values: HeapArray, totals: HeapArray): void {
  const columns = values.length / totals.length;
  for (let row = 0, i = 0; row < totals.length; row++) {
    let total = 0;
    for (const end = i + columns; i < end; i++) total += values[i]!;
    totals[row] = total;
  }
}

/** The sum of the rows of `[…, columns]`. */
function sumOfRows(values: HeapArray, columns: number): Float64Array {
  const totals = new Float64Array(columns);
  for (let i = 0; i < values.length;) {
    for (let column = 0; column < columns; column++) totals[column]! += values[i++]!;
  }
  return totals;
}
