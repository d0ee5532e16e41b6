import {
  argMax,
  backend,
  cast,
  conv2d,
  exp,
  gather,
  getBackend,
  grads,
  matMul,
  memory,
  reshape,
  setBackend,
  square,
  sum,
  tensor,
  tidy,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { hostArray, largestError, onBackend } from '../on-backend.ts';
import fc from 'fast-check';

describe('the native engine', () => {
  beforeAll(async () => {
    await prepareEngine({ backend: 'cpu' });
    await prepareEngine({ backend: 'native' });
  });

  it('is the first choice, and says which it is', async () => {
    const warnings = vi.spyOn(process, 'emitWarning');
    vi.stubEnv('D3PM_ENGINE', '');
    expect(await prepareEngine()).toMatchObject({
      backend: 'tensorflow',
      reason: expect.stringMatching(/^first choice: TensorFlow \d+\.\d+\.\d+ on (a card|the processor)$/),
      simd: true,
    });
    vi.unstubAllEnvs();
    expect(getBackend()).toBe('tensorflow');
    expect(backend()).toMatchObject({ binding: { TF_FLOAT: 1 } });
    expect(warnings).not.toHaveBeenCalled();
  });

  it('has the products of the cpu back end', async () => {
    await fc.assert(
      fc.asyncProperty(hostArray([3, 4, 5]), hostArray([1, 5, 2]), async (a, b) => {
        const native = await onBackend('tensorflow', [a, b], (x, y) => matMul(x, y));
        const cpu = await onBackend('cpu', [a, b], (x, y) => matMul(x, y));
        expect(native.shape).toEqual(cpu.shape);
        // Sums of five products of eighths are exact in float32.
        expect(largestError(native.values, cpu.values)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('has the gradients of embeddings, convolutions and broadcast products', async () => {
    const values = (length: number): number[] => Array.from({ length }, (_, i) => (((i * 7) % 11) - 5) / 8);
    const results: number[][][] = [];
    for (const name of ['cpu', 'tensorflow']) {
      await setBackend(name);
      const ids = tensor([0, 2, 2, 1], [4], 'int32');
      const parameters = [tensor(values(12), [3, 4]), tensor(values(16), [1, 4, 4]), tensor(values(9), [3, 3, 1, 1])];
      const loss = (table: Tensor, weights: Tensor, filter: Tensor): Tensor => {
        const hidden = matMul(reshape(gather(table, ids), [1, 4, 4]), weights);
        return sum(square(conv2d(reshape(hidden, [1, 4, 4, 1]) as Tensor4D, filter as Tensor4D, 1, 'same')));
      };
      results.push(grads(loss)(parameters).map((gradient) => [...gradient.dataSync()]));
    }
    // float32 sums of about a hundred terms of order one, in another order.
    results[0]!.forEach((expected, i) => expect(largestError(results[1]![i]!, expected)).toBeLessThan(1e-5));
  });

  it('converts where tfjs-node needs methods of tensors, and leaves the input alive', async () => {
    await setBackend('tensorflow');
    const integers = tensor([0, 1], [2], 'int32');
    const flags = tensor([0, 1, 1], [3], 'bool');
    const before = memory().numTensors;
    const results = tidy(() => [[...exp(integers).dataSync()], [...argMax(flags).dataSync()]]);
    expect(largestError(results[0]!, [1, Math.E])).toBeLessThan(1e-6);
    expect(results[1]).toEqual([1]);
    expect([...cast(integers, 'float32').dataSync()]).toEqual([0, 1]);
    expect(memory().numTensors).toBe(before + 1);
  });
});
