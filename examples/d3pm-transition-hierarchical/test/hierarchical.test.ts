import { isD3pmError, type Transition } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { fromArray } from '@d3pm/schedules';
import { checkTransition } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import { exp, grad, sum, tensor, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hierarchical } from '../src/index.ts';

await prepareEngine({ backend: 'cpu' });

type Matrix = readonly (readonly number[])[];
interface Case {
  readonly rates: readonly number[];
  readonly betas: readonly number[];
}

const make = ({ rates, betas }: Case): Transition =>
  hierarchical.create({ numStates: 2 ** rates.length, schedule: fromArray({ unit: 'rate', noise: betas }) }, { rates });

/** R from what it says: at rate l_i, flip bit i and redraw the i bits below. */
function generator(rates: readonly number[]): Matrix {
  const K = 2 ** rates.length;
  const R = Array.from({ length: K }, () => new Array<number>(K).fill(0));
  for (let a = 0; a < K; a++) {
    rates.forEach((rate, i) => {
      for (let low = 0; low < 2 ** i; low++) R[a]![((a >> i) << i) ^ (2 ** i + low)]! += rate / 2 ** i;
      R[a]![a]! -= rate;
    });
  }
  return R;
}

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, entry, k) => sum + entry * b[k]![j]!, 0)));

/** exp(A) by its Taylor series of A / 2^m, squared m times. */
function exponential(A: Matrix): Matrix {
  const norm = Math.max(...A.map((row) => row.reduce((sum, entry) => sum + Math.abs(entry), 0)));
  const halvings = Math.max(0, Math.ceil(Math.log2(norm)) + 4);
  const scaled = A.map((row) => row.map((entry) => entry / 2 ** halvings));
  const identity = A.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  let result: Matrix = identity;
  for (let n = 14; n >= 1; n--) result = times(scaled, result).map((row, i) => row.map((entry, j) => entry / n + identity[i]![j]!));
  for (let m = 0; m < halvings; m++) result = times(result, result);
  return result;
}

const arbRate = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 8, noNaN: true }));
const arbRates = fc
  .tuple(fc.array(arbRate, { maxLength: 3 }), fc.double({ min: 1e-3, max: 8, noNaN: true }))
  .map(([lower, top]) => [...lower, top]);
// β = 0 keeps all and ∞ forgets all; a β below 1e-6 is not a schedule anybody runs.
const arbBeta = fc.oneof(fc.constant(0), fc.constant(Infinity), fc.double({ min: 1e-6, max: 4, noNaN: true }));
const arbCase = fc.record({ rates: arbRates, betas: fc.array(arbBeta, { minLength: 1, maxLength: 5 }) });

describeTransitionLaws('hierarchical', arbCase.map(make), { numRuns: 20 });

describe('hierarchical', () => {
  it('is the exponential of its generator', () => {
    fc.assert(
      fc.property(arbCase, ({ rates, betas }) => {
        const finite = betas.map((beta) => Math.min(beta, 4));
        const alpha = finite.reduce((sum, beta) => sum + beta, 0);
        const expected = exponential(generator(rates).map((row) => row.map((entry) => alpha * entry)));
        // Squaring eight times doubles an error of 1e-16 as often.
        expectAllClose(make({ rates, betas: finite }).toDense(0, betas.length), expected.flat(), { rtol: 0, atol: 1e-12 });
      }),
      { numRuns: 60 },
    );
  });

  it('has small entries right: to first order α l_h / 2^h, however small', () => {
    const rates = [3, 0.5, 2];
    const row = make({ rates, betas: [1e-9] })
      .toDense(0, 1)
      .subarray(0, 8);
    const expected = [1, 3, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5].map((rate, j) => (j === 0 ? 1 : rate * 1e-9));
    expectAllClose(row, expected, { rtol: 1e-7, atol: 0 }); // the second order is α times as large
  });

  it('is uniform after β = ∞, and mixes near states first', () => {
    expectAllClose(make({ rates: [0, 0, 1], betas: [Infinity] }).toDense(0, 1), new Array(64).fill(1 / 8), { rtol: 0, atol: 1e-15 });
    const early = make({ rates: [100, 10, 1], betas: [0.02] }).toDense(0, 1);
    expect(early[1]! / early[0]!).toBeGreaterThan(0.95);
    expect(early[4]! / early[0]!).toBeLessThan(0.05);
  });

  it('pushes on the host what it pushes in tensors', () => {
    fc.assert(
      fc.property(arbCase, ({ rates, betas }) => {
        const transition = make({ rates, betas });
        const K = transition.numStates;
        const probs = Float64Array.from({ length: K }, (_, k) => (2 * (k + 1)) / (K * (K + 1)));
        const { rate, push } = transition.exponential!;
        const matrix = transition.toDense(0, betas.length);
        const expected = probs.map((_, j) => probs.reduce((sum, prob, i) => sum + prob * matrix[i * K + j]!, 0));
        expectAllClose(push(probs, rate(0, betas.length)), expected, { rtol: 1e-12, atol: 0 });
      }),
    );
  });

  it('has the gradient of its matrix, finite where a probability is 0', () => {
    const transition = make({ rates: [1, 2], betas: [0.3] });
    const logProbs = tensor([Math.log(0.5), -Infinity, Math.log(0.3), Math.log(0.2)], [1, 1, 4]);
    const total = (x: Tensor): Tensor => sum(exp(transition.push(x, 0, 1)));
    expectAllClose(grad(total)(logProbs).dataSync(), [0.5, 0, 0.3, 0.2], { rtol: 1e-5, atol: 1e-7 });
  });

  it('works for a vocabulary', () => {
    const rates = Array.from({ length: 6 }, (_, i) => 2 ** (5 - i));
    const report = checkTransition(make({ rates, betas: [0.1, 0.2, 0.4] }), { numCases: 1 });
    expect(report.laws.filter(({ ok }) => !ok)).toEqual([]);
  });

  it.each([
    ['no rates', [], 2, /rates are \[\], expected a list/],
    ['a negative rate', [1, -1], 4, /rates are \[1,-1\]/],
    ['no number', ['1'], 2, /rates are \["1"\]/],
    ['a top rate of 0', [1, 0], 4, /the last rate is 0.*never mix/],
    ['a K that is no power', [1, 1], 5, /numStates is 5, expected 4/],
    ['another K', [1, 1], 8, /numStates is 8, expected 4/],
  ])('refuses %s', (_, rates, numStates, message) => {
    const schedule = fromArray({ unit: 'rate', noise: [1] });
    let error: unknown;
    try {
      hierarchical.create({ numStates, schedule }, { rates } as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(isD3pmError(error) && error.code).toBe('INVALID_OPTIONS');
    expect(String(error)).toMatch(message);
  });
});
