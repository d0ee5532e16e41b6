import { slice_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { copyRuns } from './copy-runs.ts';
import type { WasmBackend, WasmKernel } from './wasm-backend.ts';

interface Attributes {
  readonly begin: number | number[];
  readonly size: number | number[];
}

/** x[begin, begin + size). Reads only what it returns; the stock kernel first copies the whole of x. */
export const slice: WasmKernel<{ readonly x: TensorInfo }, Attributes> = {
  kernelName: 'Slice',
  run: ({ inputs: { x }, attrs, backend, stock }) => {
    if (x.dtype === 'string') return stock();
    const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [number[], number[]];
    return sliceTensor(backend, x, begin, size);
  },
};

/** A new tensor with the values of x at begin + [0, size) along each axis. */
export function sliceTensor(backend: WasmBackend, x: TensorInfo, begin: readonly number[], size: readonly number[]): TensorInfo {
  const out = backend.makeOutput(size, x.dtype);
  if (util.sizeFromShape(out.shape) === 0) return out;
  let whole = size.length;
  while (whole > 0 && size[whole - 1] === x.shape[whole - 1]) whole--;
  const outer = Math.max(whole - 1, 0);
  const fromSteps = [...util.computeStrides(x.shape), 1];
  const toSteps = [...util.computeStrides(out.shape), 1];
  copyRuns({
    from: backend.typedArrayFromHeap(x),
    fromOffset: begin.reduce((offset, start, axis) => offset + start * fromSteps[axis]!, 0),
    fromSteps: fromSteps.slice(0, outer),
    to: backend.typedArrayFromHeap(out),
    toSteps: toSteps.slice(0, outer),
    sizes: size.slice(0, outer),
    length: util.sizeFromShape(size.slice(outer)),
  });
  return out;
}
