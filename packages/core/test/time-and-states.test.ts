import './engine.ts';
import { tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertShape,
  assertStateRange,
  assertStates,
  bitsPerDimension,
  noisySteps,
  perplexityPerWord,
  stepGrid,
  stepPairs,
  survival,
} from '../src/index.ts';

describe('stepPairs', () => {
  const options = { batchSize: 2, numSteps: 5 };
  it('spreads numbers over the batch and keeps arrays', () => {
    const pairs = stepPairs('f', 0, Int32Array.of(1, 5), options);
    expect([...pairs.s, ...pairs.t]).toEqual([0, 0, 1, 5]);
  });

  it.each([
    [0, 6, 'needs 0 ≤ s ≤ t ≤ 5, got s = 0 and t = 6 for example 0'],
    [-1, 2, 'got s = -1'],
    [3, 2, 'got s = 3 and t = 2'],
    [0.5, 2, 's is 0.5, expected an integer step'],
    [NaN, 2, 's is NaN'],
  ])('refuses s = %s, t = %s', (s, t, message) => {
    expect(() => stepPairs('f', s, t, options)).toThrow(message);
  });

  it('refuses s = t where a step is meant, and an array of another length', () => {
    expect(() => stepPairs('f', 2, 2, { ...options, strict: true })).toThrow('needs 0 ≤ s < t ≤ 5');
    expect(() => stepPairs('f', 0, Int32Array.of(1), options)).toThrow('t has 1 steps for a batch of 2');
  });
});

describe('noisySteps', () => {
  it('are 1…T: data has no step of its own', () => {
    expect([...noisySteps('f', 2, { batchSize: 2, numSteps: 5 })]).toEqual([2, 2]);
    for (const t of [0, 6]) {
      expect(() => noisySteps('f', Int32Array.of(1, t), { batchSize: 2, numSteps: 5 })).toThrow(
        `f: needs 1 ≤ t ≤ 5, got t = ${t} for example 1`,
      );
    }
  });
});

describe('stepGrid', () => {
  it('is ⌈iT/n⌉: strictly increasing from 0 to T, also where n does not divide T', () => {
    expect([...stepGrid(10, 4)]).toEqual([0, 3, 5, 8, 10]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 }), (T, n) => {
        fc.pre(n <= T);
        const grid = [...stepGrid(T, n)];
        expect(grid[0]).toBe(0);
        expect(grid.at(-1)).toBe(T);
        grid.forEach((step, i) => {
          // t_i is the integer with (t_i − 1) n < iT ≤ t_i n, checked without a division
          expect(step * n).toBeGreaterThanOrEqual(i * T);
          expect((step - 1) * n).toBeLessThan(i * T);
        });
      }),
    );
  });

  it('refuses more steps than the chain has', () => {
    expect(() => stepGrid(10, 11)).toThrow('stepGrid: count is 11, expected an integer in 1…10');
  });
});

describe('survival', () => {
  it('is the product of 1 − β over any interval, also behind a β of 1, and 1 minus it without cancellation', () => {
    // β = 0 and 1 are legal, and nobody runs a β below 10⁻¹².
    const arbBeta = fc.oneof(fc.constantFrom(0, 1, 1e-12), fc.double({ min: 1e-12, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(arbBeta, { minLength: 1, maxLength: 8 }), fc.nat(8), fc.nat(8), (betas, a, b) => {
        const [s, t] = [Math.min(a, b, betas.length), Math.min(Math.max(a, b), betas.length)];
        const { keep, refresh } = survival({ unit: 'jump-probability', numSteps: betas.length, noise: Float64Array.from(betas) });
        // 1 − Π(1 − β) = Σ_u β_u Π_{v<u} (1 − β_v): sums of non-negative terms lose no digits
        let [product, missing] = [1, 0];
        for (const beta of betas.slice(s, t)) {
          missing += product * beta;
          product *= 1 - beta;
        }
        expect(Math.abs(keep(s, t) - product)).toBeLessThanOrEqual(1e-12 * product);
        expect(Math.abs(refresh(s, t) - missing)).toBeLessThanOrEqual(1e-12 * missing);
      }),
    );
  });
});

describe('states', () => {
  it('names the first state outside, the wrong type and the wrong shape', () => {
    const states = { values: Int32Array.of(0, 1, 2, 9, 1, 1), shape: [2, 3] };
    expect(() => assertStateRange('f', 'x0', states, 3)).toThrow('f: x0 has state 9 in example 1 at position 0, expected 0…2');
    expect(() => assertStateRange('f', 'x0', { ...states, shape: [2, 2] }, 10)).toThrow('f: x0 has 6 values for shape [2, 2]');
    expect(() => assertStates('f', 'x0', tensor([1]), 3)).toThrow('f: x0 is float32, expected int32 states');
    expect(() => assertStates('f', 'x0', tensor([0, 2, 3], [3], 'int32'), 3)).toThrow('f: x0 has state 3 at offset 2, expected 0…2');
    expect(() => assertStates('f', 'x0', tensor([-1], [1], 'int32'), 3)).toThrow('f: x0 has state -1 at offset 0, expected 0…2');
    expect(() => assertShape('f', 'x0', tensor([[1, 2]]), [1, 3])).toThrow('f: x0 has shape [1, 2], expected [1, 3]');
  });
});

describe('units', () => {
  it('turns nats into bits per dimension and perplexity per word', () => {
    expect(bitsPerDimension(128 * Math.LN2 * 1.5, 128)).toBeCloseTo(1.5, 14);
    expect(perplexityPerWord(100 * Math.log(43.6), 100)).toBeCloseTo(43.6, 10);
  });
});
