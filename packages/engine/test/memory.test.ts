import {
  addN,
  backend,
  conv2d,
  dispose,
  gather,
  grads,
  matMul,
  memory,
  randomUniform,
  reshape,
  slice,
  split,
  square,
  sum,
  tensor1d,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import type { WasmBackend } from '../src/wasm/wasm-backend.ts';

beforeAll(async () => {
  await prepareEngine({ backend: 'wasm' });
});

it('200 steps through the kernels leave no tensor, no data and no growth of the heap behind', () => {
  const parameters = [
    randomUniform([32, 16], -1, 1, 'float32', 1),
    randomUniform([16, 16], -1, 1, 'float32', 2),
    randomUniform([3, 3, 4, 4], -1, 1, 'float32', 3),
  ];
  const square256 = randomUniform([256, 256]); // transposed in 256 kB of scratch memory: 200 of them would not fit unnoticed
  const ids = tensor1d(
    Array.from({ length: 64 }, (_, i) => i % 32),
    'int32',
  );
  const loss = (table: Tensor, weights: Tensor, filter: Tensor): Tensor => {
    const hidden = matMul(gather(table, ids), weights);
    const [left, right] = split(hidden, 2, 1) as [Tensor, Tensor];
    const scores = matMul(reshape(left, [8, 8, 8]), reshape(right, [8, 8, 8]), false, true);
    const image = conv2d(reshape(hidden, [4, 8, 8, 4]) as Tensor4D, filter as Tensor4D, 1, 'same');
    return addN([sum(square(scores)), sum(square(image)), sum(slice(hidden, [3, 2], [5, 4]))]);
  };
  const step = (): void => dispose([matMul(square256, square256, true, true), ...grads(loss)(parameters)]);
  const usage = (): object => {
    const { numTensors, numDataBuffers, numBytes } = memory();
    return { numTensors, numDataBuffers, numBytes, heapBytes: (backend() as unknown as WasmBackend).wasm.HEAPU8.byteLength };
  };
  for (let i = 0; i < 5; i++) step();
  const before = usage();
  for (let i = 0; i < 200; i++) step();
  expect(usage()).toEqual(before);
});
