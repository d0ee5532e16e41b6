import { createRng } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { dilatedWindow, fanInValues, rmsNorm, timeFeatures } from '@d3pm/models';
import { grad, grads, mul, sum, tensor, tensor1d, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

const arbWindow = fc.record({
  batchSize: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: 1, max: 7 }),
  channels: fc.integer({ min: 1, max: 3 }),
  width: fc.constantFrom(1, 3, 5),
  dilation: fc.integer({ min: 1, max: 4 }),
});

/** Small integers, so that float32 sums are exact. */
const integers = (count: number, seed: number): number[] => Array.from({ length: count }, (_, i) => createRng(seed).integer(17, i) - 8);

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it('dilatedWindow has its formula, exactly, and the adjoint as its gradient', () => {
    fc.assert(
      fc.property(arbWindow, ({ batchSize, length, channels, width, dilation }) => {
        const x = integers(batchSize * length * channels, 1);
        const y = integers(batchSize * length * channels * width, 2);
        const expected: number[] = [];
        for (let b = 0; b < batchSize; b++) {
          for (let l = 0; l < length; l++) {
            for (let k = 0; k < width; k++) {
              const from = l + (k - (width - 1) / 2) * dilation;
              for (let c = 0; c < channels; c++) expected.push(from < 0 || from >= length ? 0 : x[(b * length + from) * channels + c]!);
            }
          }
        }
        tidy(() => {
          const input = tensor(x, [batchSize, length, channels]);
          const weights = tensor(y, [batchSize, length, width * channels]);
          const output = dilatedWindow(input, { width, dilation });
          expect(output.shape).toEqual(weights.shape);
          expect([...output.dataSync()]).toEqual(expected);
          const adjoint = grad((value: Tensor) => sum(mul(dilatedWindow(value, { width, dilation }), weights)))(input);
          const left = expected.reduce((total, value, i) => total + value * y[i]!, 0);
          const right = [...adjoint.dataSync()].reduce((total, value, i) => total + value * x[i]!, 0);
          expect(right).toBe(left);
        });
      }),
    );
  });

  it('rmsNorm and its gradients are those of float64', () => {
    const rows = [
      [1, -2, 3, 0.5],
      [0.01, 0.02, -0.01, 0],
      [300, -100, 20, 5],
    ];
    const scale = [1, -0.5, 2, 0.1];
    const upstream = rows.map((row, i) => row.map((_, c) => Math.cos(3 * i + c)));
    const norm64 = (x: readonly number[], factor: readonly number[]): number[] => {
      const inverse = 1 / Math.sqrt(x.reduce((total, value) => total + value ** 2, 0) / x.length + 1e-6);
      return x.map((value, c) => value * inverse * factor[c]!);
    };
    const loss64 = (x: readonly (readonly number[])[], factor: readonly number[]): number =>
      x.reduce((total, row, i) => total + norm64(row, factor).reduce((part, value, c) => part + value * upstream[i]![c]!, 0), 0);
    const moved = (row: readonly number[], c: number, by: number): number[] => row.map((value, i) => (i === c ? value + by : value));
    const slope = (loss: (by: number) => number, step: number): number => (loss(step) - loss(-step)) / (2 * step);
    const dRows = rows.map((row, i) =>
      row.map((value, c) =>
        slope(
          (by) =>
            loss64(
              rows.map((other, j) => (i === j ? moved(row, c, by) : other)),
              scale,
            ),
          1e-5 * (Math.abs(value) + 1e-2),
        ),
      ),
    );
    const dScale = scale.map((_, c) => slope((by) => loss64(rows, moved(scale, c, by)), 1e-5));
    tidy(() => {
      const [x, factor, dy] = [tensor2d(rows), tensor1d(scale), tensor2d(upstream)];
      expectAllClose(
        rmsNorm(x, factor),
        rows.flatMap((row) => norm64(row, scale)),
      );
      const [dx, dFactor] = grads((a: Tensor, b: Tensor) => sum(mul(rmsNorm(a, b), dy)))([x, factor]);
      // The gradient of a row is a difference of terms of its size: it loses about two of float32's seven digits.
      dRows.forEach((row, i) =>
        expectAllClose(dx!.dataSync().slice(4 * i, 4 * i + 4), row, { rtol: 1e-4, atol: 1e-5 * Math.max(...row.map(Math.abs)) }),
      );
      expectAllClose(dFactor!, dScale, { rtol: 1e-5, atol: 1e-5 });
    });
  });

  it('rmsNorm of zeros is 0 with a finite gradient', () => {
    tidy(() => {
      const scale = tensor1d([1, 2]);
      expect([...rmsNorm(tensor2d([[0, 0]]), scale).dataSync()]).toEqual([0, 0]);
      expectAllClose(grad((x: Tensor) => sum(rmsNorm(x, scale)))(tensor2d([[0, 0]])), [1000, 2000]);
    });
  });

  it('pieces leave no tensors behind', () => {
    const x = tensor([1, 2, 3, 4, 5, 6], [1, 3, 2]);
    const scale = tensor1d([1, 2]);
    expectNoLeak(() => dilatedWindow(x, { width: 3, dilation: 1 }));
    expectNoLeak(() => rmsNorm(x, scale));
    expectNoLeak(() => timeFeatures(3, { batchSize: 2, numSteps: 5, numFeatures: 4 }));
  });
});

describe('time features', () => {
  it('are sines and cosines on a clock of 1000 ticks', () => {
    const features = timeFeatures(Int32Array.of(1, 50), { batchSize: 2, numSteps: 100, numFeatures: 6 });
    const row = (ticks: number): number[] =>
      [1, 1e-2, 1e-4].flatMap((omega) => Math.sin(omega * ticks)).concat([1, 1e-2, 1e-4].map((omega) => Math.cos(omega * ticks)));
    expectAllClose(features, [...row(10), ...row(500)]);
  });
  it.each([0, 3, 2.5])('are pairs, and not %d', (numFeatures) => {
    expect(() => timeFeatures(1, { batchSize: 1, numSteps: 10, numFeatures })).toThrow(`timeFeatures: numFeatures is ${numFeatures}`);
  });
  it('tell all steps of T = 1000 apart', () => {
    const rows = timeFeatures(
      Int32Array.from({ length: 1000 }, (_, i) => i + 1),
      { batchSize: 1000, numSteps: 1000, numFeatures: 8 },
    ).dataSync();
    const distinct = new Set(Array.from({ length: 1000 }, (_, i) => rows.slice(8 * i, 8 * i + 8).join(' ')));
    expect(distinct.size).toBe(1000);
  });
});

it('fanInValues have mean 0 and variance gain²/inputs', () => {
  const values = fanInValues(64, 2)(20_000, createRng('init'));
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  // Standard errors: 0.25/√20000 = 0.0018 and 0.0625 · √(2/20000) = 0.0006; five of each.
  expect(Math.abs(mean)).toBeLessThan(0.009);
  expect(Math.abs(variance - 4 / 64)).toBeLessThan(0.003);
});
