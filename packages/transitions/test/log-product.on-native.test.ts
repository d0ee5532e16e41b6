import { engine, getBackend, getKernel, grads, memory, registerKernel, tensor, unregisterKernel, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { discretizedGaussian } from '@d3pm/transitions';
import { evenly, noiseOf } from './noise.ts';

const K = 64;
const STEPS = 5;
const KERNELS = ['D3pmLogProduct', 'D3pmLogProductGrad'];
const transition = discretizedGaussian.create({ numStates: K, schedule: noiseOf('variance', evenly(1e-4, 2e-3, STEPS)) }, {});

/** Rows that fall so far within a few classes that a linear product loses them. */
const rowsOf = (): Tensor =>
  tensor(
    Float32Array.from({ length: 2 * 30 * K }, (_, at) => -4 * Math.abs((at % K) - 2 * (Math.floor(at / K) % 30))),
    [2, 30, K],
  );

/** The map of those rows and its gradient. */
function valuesOf(direction: 'pull' | 'push'): readonly number[][] {
  const x = rowsOf();
  const upstream = tensor(
    Float32Array.from({ length: x.size }, (_, at) => Math.sin(at)),
    x.shape,
  );
  const map = (rows: Tensor): Tensor => transition[direction](rows, 0, STEPS);
  const tensors = [map(x), grads(map)([x], upstream)[0]!];
  const values = tensors.map((of) => Array.from(of.dataSync()));
  [x, upstream, ...tensors].forEach((of) => of.dispose());
  return values;
}

/** Takes the kernels away until the test has ended. */
function withoutKernels(): void {
  const configs = KERNELS.map((name) => getKernel(name, getBackend()));
  KERNELS.forEach((name) => unregisterKernel(name, getBackend()));
  onTestFinished(() => configs.forEach((config) => registerKernel(config)));
}

describe.skipIf(getKernel(KERNELS[0]!, getBackend()) === undefined).each(['push', 'pull'] as const)(
  'The log product of the engine, by %s',
  (direction) => {
    it('is the log-sum-exp over every entry, gradient too, for the rows that a linear product would lose', () => {
      const byKernel = valuesOf(direction);
      withoutKernels();
      const byFormula = valuesOf(direction);
      byFormula.forEach((values, i) =>
        // float32 has a logarithm of −200 to 8e-6, and the gradient is of shares of 1.
        values.forEach((value, at) => expect(Math.abs(byKernel[i]![at]! - value), `${i} ${at}`).toBeLessThan(4e-5)),
      );
    });

    it('leaves no tensor behind', () => {
      const runKernel = vi.spyOn(engine(), 'runKernel');
      onTestFinished(() => runKernel.mockRestore());
      valuesOf(direction);
      expect(runKernel.mock.calls.map(([name]) => name)).toEqual(expect.arrayContaining(KERNELS));
      const { numTensors } = memory();
      valuesOf(direction);
      expect(memory().numTensors).toBe(numTensors);
    });
  },
);
