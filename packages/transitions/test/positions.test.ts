import '@tensorflow/tfjs-backend-cpu';
import { createRng, priorTermNats, sampleForward } from '@d3pm/core';
import { dense, rankOneMixing, strided } from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';

const K = 3;
/** A jump to the next state, more often at the later of two positions. */
const step = (_: number, n: number): Float64Array => {
  const jump = 0.2 + 0.3 * n;
  return Float64Array.of(1 - jump, jump, 0, 0, 1 - jump, jump, jump, 0, 1 - jump);
};
const byPosition = dense({ name: 'two', numStates: K, numSteps: 4, positions: 2, step });
const prior = { kind: 'fixed', probs: Float64Array.of(0.2, 0.3, 0.5, 0.6, 0.3, 0.1) } as const;
const schedule = noiseOf('jump-probability', [0.3, 1]);
const byPrior = rankOneMixing({ name: 'of a prior', schedule, target: Float64Array.of(0.2, 0.3, 0.5), prior });
const statesOf = (positions: number) => ({ values: new Int32Array(2 * positions), shape: [2, positions] });

describe.each([1, 3, 4])('%d positions, where the family or the prior has 2, are refused', (positions) => {
  it.each([
    [
      'sampleForward',
      () => sampleForward(byPosition, statesOf(positions), { t: 1, rng: createRng(1) }),
      `SHAPE: sampleForward: states has shape [2, ${positions}], ${positions} positions an example, expected 2: Q of two depends on the position`,
    ],
    [
      'priorTermNats',
      () => priorTermNats(byPosition, statesOf(positions)),
      `SHAPE: priorTermNats: x0 has shape [2, ${positions}], ${positions} positions an example, expected 2: Q of two depends on the position`,
    ],
    [
      'priorTermNats by the prior',
      () => priorTermNats(byPrior, statesOf(positions)),
      `SHAPE: priorTermNats: the prior of of a prior is for 2 positions, x0 of shape [2, ${positions}] has ${positions}`,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toBe(expected));
});

it('takes the 2 that there are, on one axis or on two', () => {
  const square = { values: new Int32Array(4), shape: [2, 1, 2] };
  expect(sampleForward(byPosition, square, { t: 4, rng: createRng(1) }).shape).toEqual([2, 1, 2]);
  expect(priorTermNats(byPosition, square)).toEqual(priorTermNats(byPosition, statesOf(2)));
  // Of step 2 all is redrawn from the target: 0 nats at the first position.
  const nats = [0.2, 0.3, 0.5].reduce((sum, prob, k) => sum + prob * Math.log(prob / prior.probs[K + k]!), 0);
  expect(priorTermNats(byPrior, statesOf(2))[0]).toBeCloseTo(nats, 12);
});

it.each([
  ['a state', () => byPosition.rowProbs!(K, 0, 1, 0), /^INVALID_OPTIONS: two\.rowProbs: state is 3, expected an integer in 0…2/],
  ['a position', () => byPosition.rowProbs!(0, 0, 1, 2), /^INVALID_OPTIONS: two\.rowProbs: position is 2, expected an integer in 0…1/],
  ['half a step', () => byPosition.rowProbs!(0, 0.5, 1, 0), /^STEP_RANGE: two\.rowProbs: s is 0\.5, expected an integer step/],
  ['a step beyond the grid', () => strided(byPosition, 2).rowProbs!(0, 0, 3, 0), /^STEP_RANGE: two\/2\.rowProbs: needs 0 ≤ s ≤ t ≤ 2/],
])('rowProbs refuses %s that there is not', (_, work, expected) => expect(errorText(work)).toMatch(expected));
