import { expectAllClose } from '@d3pm/core/testing';
import { createRng } from '@d3pm/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainArithmetic, type ChainProduct } from '../src/chain-product.ts';
import { crossApproximation } from '../src/cross-approximation.ts';
import { discretizedGaussian } from '../src/index.ts';
import { evenly, noiseOf } from './noise.ts';
import { stepSource } from '../src/step-source.ts';

const timesTransposed = (left: Float64Array, right: Float64Array, size: number, rank: number): Float64Array =>
  Float64Array.from({ length: size * size }, (_, at) => {
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += left[Math.floor(at / size) * rank + r]! * right[r * size + (at % size)]!;
    return sum;
  });

describe('crossApproximation', () => {
  it('finds the columns of a sum of few, and leaves out no more than it may', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 24 }), fc.nat(5), fc.nat(), fc.constantFrom(0, 1e-6), (size, rank, seed, noise) => {
        const rng = createRng(seed);
        const matrix = timesTransposed(rng.split('left').float64s(size * rank), rng.split('right').float64s(rank * size), size, rank);
        rng
          .split('noise')
          .float64s(size * size)
          .forEach((uniform, at) => (matrix[at]! += noise * uniform));
        const tolerance = 1e-4;
        const factors = crossApproximation(matrix, size, { tolerance, maxRank: 8 })!;
        expect(factors.rank % 4).toBe(0);
        expect(factors.rank).toBeLessThanOrEqual(8);
        for (const entry of factors.left) expect(Math.abs(entry)).toBeLessThanOrEqual(1);
        // The rest of an elimination, and rounding of entries below 6.
        expectAllClose(timesTransposed(factors.left, factors.right, size, factors.rank), matrix, { rtol: 0, atol: tolerance + 1e-13 });
      }),
    );
  });

  it('says when there are more', () => {
    const identity = Float64Array.from({ length: 64 }, (_, at) => (at % 9 === 0 ? 1 : 0));
    expect(crossApproximation(identity, 8, { tolerance: 1e-9, maxRank: 7 })).toBeUndefined();
    expect(crossApproximation(identity, 8, { tolerance: 1e-9, maxRank: 8 })?.rank).toBe(8);
    expect(crossApproximation(new Float64Array(64), 8, { tolerance: 1e-9, maxRank: 0 })?.rank).toBe(0);
  });
});

const isFactored = ({ form }: ChainProduct): boolean =>
  !(form instanceof Float64Array) && !(form.even instanceof Float64Array) && !(form.odd instanceof Float64Array);

// Neither a middle row nor a tail of rows that four do not divide may be lost.
it.each([96, 101])('products of %i states stay right when their parts become factors', (K) => {
  const T = 140;
  const gaussian = discretizedGaussian.create({ numStates: K, schedule: noiseOf('variance', evenly(1e-3, 0.05, T)) }, {});
  const step = (t: number): Float64Array => gaussian.toDense(t - 1, t);
  const stationary = gaussian.stationary;
  const steps = stepSource({ name: 'mine', numStates: K, numSteps: T, centrosymmetric: true, stationary, step, logStep: undefined });
  const arithmetic = chainArithmetic(steps, { numStates: K, centrosymmetric: true });
  let product = arithmetic.identity;
  let expected: Float64Array = Float64Array.from({ length: K * K }, (_, at) => (at % (K + 1) === 0 ? 1 : 0));
  let factoredSteps = 0;
  for (let t = 1; t <= T; t++) {
    product = arithmetic.next(product, t);
    expected = plainProduct(expected, step(t), K);
    if (!isFactored(product)) continue;
    factoredSteps++;
    // All terms of `expected` are ≥ 0: its relative error is K·T roundings at most, 1.5e-12, and 1e-14 in practice.
    expectAllClose(arithmetic.full(arithmetic.rows(product)), expected, { rtol: 5e-13, atol: 0 });
    expectAllClose(arithmetic.full(arithmetic.rows32(product)), expected, { rtol: 2 ** -23, atol: 0 });
  }
  expect(factoredSteps).toBeGreaterThan(40);
});

function plainProduct(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!;
      for (let j = 0; j < size; j++) product[i * size + j]! += factor * b[k * size + j]!;
    }
  }
  return product;
}

it('Q̄_t is the same to the last bit whether it was walked to or gone back to', () => {
  const make = () => discretizedGaussian.create({ numStates: 96, schedule: noiseOf('variance', evenly(1e-3, 0.05, 140)) }, {});
  const walked = make();
  walked.toDense(0, 140);
  for (const t of [3, 17, 60, 79, 80, 81, 127, 139]) expect(walked.toDense(0, t)).toEqual(make().toDense(0, t));
});
