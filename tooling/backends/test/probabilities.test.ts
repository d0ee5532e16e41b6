import './measured.ts';
import { createRng, posteriorLogProbs, type Transition } from '@d3pm/core';
import { prepareEngine, type EngineInfo } from '@d3pm/engine';
import { cosine, inverseRemaining, linear } from '@d3pm/schedules';
import { absorbing, discretizedGaussian, uniform, withMask } from '@d3pm/transitions';
import { memory, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';

let engine: EngineInfo;
beforeAll(async () => {
  engine = await prepareEngine();
});

const T = 100;
const variance = linear({ numSteps: T, start: 1e-3, stop: 0.2, unit: 'variance' });
const families: readonly (() => Transition)[] = [
  () => uniform.create({ numStates: 27, schedule: cosine({ numSteps: T }) }, {}),
  () => absorbing.create({ numStates: 28, schedule: inverseRemaining({ numSteps: T }) }, {}),
  () => discretizedGaussian.create({ numStates: 256, schedule: variance }, {}),
  () => withMask(uniform.create({ numStates: 27, schedule: cosine({ numSteps: T }) }, {}), { schedule: inverseRemaining({ numSteps: T }) }),
];
const TIMES = [
  [0, 1],
  [1, 2],
  [0, 50],
  [49, 50],
  [99, 100],
] as const;

/** q(x_s | x_t, x_0) of Eq. (3) by float64 loops over the matrices. */
function posterior(transition: Transition, x0: number, xt: number, s: number, t: number): number[] {
  const K = transition.numStates;
  const [before, after] = [transition.toDense(0, s), transition.toDense(s, t)];
  const weights = Array.from({ length: K }, (_, j) => before[x0 * K + j]! * after[j * K + xt]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Largest |exp(actual) − expected|. */
function largestError(logProbs: Tensor, expected: readonly number[]): number {
  const actual = logProbs.dataSync();
  return expected.reduce((worst, prob, i) => {
    const error = Math.abs(Math.exp(actual[i]!) - prob);
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

it('every probability is that of float64 to a few roundings', ({ task }) => {
  const before = memory().numTensors;
  const errors = families.flatMap((make) => {
    const transition = make();
    const K = transition.numStates;
    const rng = createRng(transition.name);
    const states = Array.from({ length: 8 }, (_, i) => rng.integer(transition.extraMask === undefined ? K : K - 1, i));
    const weights = Array.from({ length: K }, (_, i) => rng.float64(i));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const law = weights.map((weight) => weight / total);
    const found = TIMES.flatMap(([s, t]) => {
      const matrix = transition.toDense(s, t);
      const first = transition.toDense(0, t);
      // The state that each x_0 most likely becomes, so that the posterior exists.
      const next = states.map((state) =>
        [...first.subarray(state * K, (state + 1) * K)].reduce((best, prob, j, row) => (prob > row[best]! ? j : best), 0),
      );
      return tidy(() => [
        largestError(
          transition.push(tensor(law.map(Math.log), [1, 1, K]), s, t),
          law.map((_, j) => law.reduce((sum, prob, i) => sum + prob * matrix[i * K + j]!, 0)),
        ),
        largestError(
          transition.pushStates(tensor(states, [8, 1], 'int32'), s, t),
          states.flatMap((state) => [...matrix.subarray(state * K, (state + 1) * K)]),
        ),
        largestError(
          posteriorLogProbs(transition, { x0: tensor(states, [8, 1], 'int32'), xt: tensor(next, [8, 1], 'int32'), s, t }),
          states.flatMap((state, i) => posterior(transition, state, next[i]!, s, t)),
        ),
      ]);
    });
    transition.dispose();
    return found;
  });
  const worst = Math.max(...errors);
  // Logarithms down to −40 are kept to half a unit of 4e-6, of which a probability that is not small, at −1, sees 1e-7; a sum of 256
  // float32 terms adds some 16 roundings of 6e-8.
  expect(worst).toBeLessThan(2e-6);
  expect(memory().numTensors).toBe(before);
  const { device, library, threads } = engine;
  task.meta.measured = { largestError: worst.toExponential(1), device, library, threads };
});
