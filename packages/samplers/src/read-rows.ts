import { gather, reshape, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** The class rows of `values`, `[…, K]`, at flat positions: `[indices.length · K]`. Only they are read back from the engine. */
export async function readRows(values: Tensor, indices: readonly number[]): Promise<Float32Array> {
  const numStates = values.shape.at(-1)!;
  const picked = tidy(() => gather(reshape(values, [values.size / numStates, numStates]), tensor1d([...indices], 'int32')));
  try {
    return (await picked.data<'float32'>()).slice();
  } finally {
    picked.dispose();
  }
}
