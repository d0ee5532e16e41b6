import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-backend.ts';

interface Attributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: DataType;
}

/**
 * `onValue` at the index of each row, `offValue` elsewhere; an index outside 0…depth−1 has none. The stock
 * kernel writes the bits of an int32 whatever the dtype, so that a float32 1 reads as 1.4e-45.
 */
export const oneHot: WasmKernel<{ readonly indices: TensorInfo }, Attributes> = {
  kernelName: 'OneHot',
  run: ({ inputs: { indices }, attrs: { depth, onValue, offValue, dtype }, backend }) => {
    const out = backend.makeOutput([...indices.shape, depth], dtype);
    const rows = backend.typedArrayFromHeap(indices);
    const values = backend.typedArrayFromHeap(out).fill(offValue);
    for (let row = 0; row < rows.length; row++) {
      const index = rows[row]!;
      if (index >= 0 && index < depth) values[row * depth + index] = onValue;
    }
    return out;
  },
};
