import { maskCountWeights } from '@d3pm/core';
import {
  exactBound,
  exactLeaveOneOutReverse,
  exactMixture,
  forwardChain,
  randomLaw,
  type ExactReverse,
  type Matrix,
} from '@d3pm/core/testing';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';
import { randomLogits, uniformStep } from './oracle-families.ts';

/** −d log |error| / d log T between T and 2T. */
const order = (atT: number, at2T: number): number => Math.log2(Math.abs(atT / at2T));

describe('as T grows, the bound tends to that of continuous time, with an error of order 1/T', () => {
  it('absorbing noise: Σ_n w_n c_n to Σ_n c_n / n', () => {
    const positions = 4;
    const costs = randomLaw(3, positions); // of n = 1…4 masks; any costs will do
    const error = (T: number): number => {
      const schedule = inverseRemaining({ numSteps: T });
      const { weights } = maskCountWeights(absorbing.create({ numStates: 3, schedule }, {}), positions);
      return costs.reduce((sum, cost, i) => sum + cost * (weights[i + 1]! - 1 / (i + 1)), 0);
    };
    for (const T of [64, 256, 1024]) expect(order(error(T), error(2 * T))).toBeCloseTo(1, 1);
    expect(order(error(4096), error(8192))).toBeCloseTo(1, 3);
  });
});

describe('uniform noise at a constant rate, any network, the full bound by enumeration', () => {
  const [K, L, RATE] = [2, 2, 1.5];
  const start = randomLogits(4, K, { timeFree: true, scale: 1 });
  const drift = randomLogits(5, K, { timeFree: true, scale: 1 });
  const dataLaw = randomLaw(6, K ** L);
  const boundOf = (reverse: ExactReverse, T: number): number => {
    const chain = forwardChain({ numSteps: T, numPositions: L, step: (): Matrix => uniformStep(K, -Math.expm1(-RATE / T)) });
    const logits = (xt: readonly number[], t: number): Matrix =>
      start(xt, t).map((row, n) => row.map((logit, c) => logit + (t / T) * drift(xt, t)[n]![c]!));
    const prior = new Array<readonly number[]>(L).fill(new Array<number>(K).fill(1 / K));
    return exactBound({ chain, prior, reverse, logits }, dataLaw).totalNats;
  };
  /** B_2T − B_T for T = 16, 32, 64, 128. */
  const growthOf = (reverse: ExactReverse): number[] => {
    const bounds = [16, 32, 64, 128, 256].map((T) => boundOf(reverse, T));
    return bounds.slice(1).map((value, i) => value - bounds[i]!);
  };

  it('of a leave-one-out prediction has an error of order 1/T: what a doubling changes halves', () => {
    const growth = growthOf(exactLeaveOneOutReverse);
    const orders = growth.slice(1).map((value, i) => order(growth[i]!, value));
    expect(Math.abs(orders[0]! - 1)).toBeLessThan(0.1);
    expect(Math.abs(orders.at(-1)! - 1)).toBeLessThan(0.02);
    expect(Math.abs(growth.at(-1)!)).toBeGreaterThan(1e-5); // rounding is 1e-13
  });

  it('of a denoiser that does not learn x_0 → x_t as t → 0 grows as log T: it expects jumps where none is left', () => {
    const growth = growthOf(exactMixture);
    expect(growth[0]).toBeGreaterThan(0.5);
    expect(Math.abs(growth.at(-1)! / growth.at(-2)! - 1)).toBeLessThan(0.01);
  });
});
