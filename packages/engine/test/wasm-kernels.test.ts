import { gather, getKernel, matMul, mean, type Tensor1D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { wasmKernels } from '../src/wasm/install-wasm-kernels.ts';
import { onBackend, type HostArray } from './on-backend.ts';

// What they have in common with every engine is in kernels.test.ts.
beforeAll(async () => void (await prepareEngine({ backend: 'wasm' })));

describe('kernels of the wasm back end', () => {
  it('registers every kernel once', () => {
    const marked = wasmKernels.map(({ kernelName }) => getKernel(kernelName, 'wasm'));
    expect(marked.every((config) => config !== undefined && Object.getOwnPropertySymbols(config).length === 1)).toBe(true);
  });

  it('matMul broadcasts two batch axes at once, which the cpu back end does not', async () => {
    const a = { shape: [2, 1, 1, 2], values: [1, 2, 3, 4] };
    const b = { shape: [1, 3, 2, 1], values: [1, 0, 0, 1, 1, 1] };
    const { shape, values } = await onBackend('wasm', [a, b], (left, right) => matMul(left, right));
    expect(shape).toEqual([2, 3, 1, 1]);
    expect(values).toEqual([1, 2, 3, 3, 4, 7]);
  });

  it.each([
    [[1, 262_144], 1],
    [[262_144, 1], 0],
    [[4, 256, 256], undefined],
  ] as const)('the mean of %j near 100 over axis %s is exact to float32', async (shape, axis) => {
    const x = { shape: [...shape], values: Array.from({ length: 262_144 }, (_, i) => 100 + ((i * 7919) % 1024) / 1024) };
    const { values } = await onBackend('wasm', [x], (t) => mean(t, axis));
    const expected = x.values.reduce((total, value) => total + value, 0) / x.values.length;
    expect(Math.abs(values[0]! - expected) / expected).toBeLessThan(1.2e-7);
  });

  it('matMul refuses integers, and says what to do', async () => {
    const ints: HostArray = { shape: [1, 1], values: [1], dtype: 'int32' };
    await expect(onBackend('wasm', [ints, ints], (a, b) => matMul(a, b))).rejects.toMatchObject({
      code: 'DTYPE',
      message: expect.stringContaining("cast(a, 'float32')"),
    });
  });

  it.each([-1, 2])('gather refuses index %i of two rows', async (index) => {
    const table = { shape: [2, 1], values: [1, 2] };
    await expect(
      onBackend('wasm', [table, { shape: [1], values: [index], dtype: 'int32' }], (x, ids) => gather(x, ids as Tensor1D)),
    ).rejects.toThrow(`index value ${index} is not in [0, 1]`);
  });
});
