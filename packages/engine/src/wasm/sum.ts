import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { HeapArray, WasmBackend, WasmKernel } from './wasm-backend.ts';

export interface ReductionAttributes {
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
export const sum: WasmKernel<{ readonly x: TensorInfo }, ReductionAttributes> = {
  kernelName: 'Sum',
  run: ({ inputs: { x }, attrs, backend, stock }) => exactSum(backend, x, attrs)?.out ?? stock(),
};

export interface ExactSum {
  readonly out: TensorInfo;
  /** Of each sum. */
  readonly terms: number;
}

/** The sums that {@link sum} makes itself; undefined for one that is the stock kernel's. */
export function exactSum(backend: WasmBackend, x: TensorInfo, { axis, keepDims }: ReductionAttributes): ExactSum | undefined {
  const rank = x.shape.length;
  const axes = util.parseAxisParam(axis as never, x.shape).sort((left, right) => left - right);
  const empty = util.sizeFromShape(x.shape) === 0;
  const terms = axes.reduce((product, reduced) => product * x.shape[reduced]!, 1);
  const trailing = terms >= MANY_TERMS && axes.every((reduced, i) => reduced === rank - axes.length + i);
  const leading = axes.every((reduced, i) => reduced === i);
  if (!empty && !(x.dtype === 'float32' && (trailing || leading))) return undefined;
  const rest = x.shape.filter((_, at) => !axes.includes(at));
  const out = backend.makeOutput(keepDims ? x.shape.map((size, at) => (axes.includes(at) ? 1 : size)) : rest, x.dtype);
  const totals = backend.typedArrayFromHeap(out);
  if (empty) totals.fill(0);
  else if (trailing) sumRows(backend.typedArrayFromHeap(x), totals);
  else totals.set(sumOfRows(backend.typedArrayFromHeap(x), totals.length));
  return { out, terms };
}

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
