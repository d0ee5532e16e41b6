import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { sliceTensor } from './slice.ts';
import type { WasmKernel } from './wasm-backend.ts';

interface Attributes {
  readonly numOrSizeSplits: number | number[];
  readonly axis: number;
}

/** Pieces of x along one axis. Each reads only itself; the stock kernel copies the whole of x for every piece. */
export const splitV: WasmKernel<{ readonly x: TensorInfo }, Attributes> = {
  kernelName: 'SplitV',
  run: ({ inputs: { x }, attrs, backend, stock }) => {
    if (x.dtype === 'string') return stock();
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const begin = x.shape.map(() => 0);
    return backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits, axis).map((length: number) => {
      const piece = sliceTensor(backend, x, begin, x.shape.with(axis, length));
      begin[axis]! += length;
      return piece;
    });
  },
};
