import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { matrixExponential } from '../../src/exponential/matrix-exponential.ts';
import { errorText } from '../error-text.ts';
import { noiseOf } from '../noise.ts';
import { clique, generatorOf, path } from './symmetric-rates.ts';

const schedule = noiseOf('rate', [0.5, 1]);
const made = (generator: Float64Array, options: Partial<Parameters<typeof matrixExponential>[0]> = {}) =>
  matrixExponential({ name: 'mine', schedule, generator, ...options });
const changed = (generator: Float64Array, changes: Readonly<Record<number, number>>): Float64Array => {
  for (const [at, value] of Object.entries(changes)) generator[Number(at)] = value;
  return generator;
};

it('takes row sums and pairs that are off by rounding, and sums the diagonal anew', () => {
  const off = changed(path(3), { 0: -1 - 1e-13, 1: 1 + 2e-13 });
  expect([...made(off).toDense(0, 1)].every((prob, at) => Math.abs(prob - made(path(3)).toDense(0, 1)[at]!) < 1e-12)).toBe(true);
});

it.each([
  ['a matrix that is not square', () => made(new Float64Array(6)), /^SHAPE: mine: generator has 6 entries, expected K×K/],
  ['one state', () => made(new Float64Array(1)), /^SHAPE: mine: generator has 1 entries/],
  ['NaN', () => made(changed(path(3), { 5: NaN })), /^NOT_STOCHASTIC: mine: generator is NaN at row 1, column 2, expected a finite rate/],
  ['∞', () => made(changed(path(3), { 4: -Infinity })), /^NOT_STOCHASTIC: mine: generator is -Infinity at row 1, column 1/],
  ['a negative rate', () => made(changed(path(3), { 1: -1 })), /^NOT_STOCHASTIC: mine: generator is -1 at row 0, column 1/],
  [
    'rows that do not sum to 0',
    () => made(changed(path(4), { 0: -1.001, 10: -1 })),
    /^NOT_STOCHASTIC: mine: row 2 of the generator sums to 1, expected 0 \(to 1e-9 of its rates\): R_ii is −Σ R_ij/,
  ],
  [
    'a stochastic matrix for a generator',
    () => made(new Float64Array(4).fill(0.5)),
    /^NOT_STOCHASTIC: mine: row 0 of the generator sums to 1, expected 0/,
  ],
  [
    'one that is not symmetric',
    () => made(Float64Array.of(-1, 1, 0, 0, -1, 1, 1, 0, -1)),
    /^INVALID_OPTIONS: mine: generator is 1 at row 0, column 1 and 0 the other way, expected a symmetric one; give the steps themselves to dense/,
  ],
  [
    'parts that never meet',
    () =>
      made(
        generatorOf(5, [
          [0, 1, 1],
          [2, 4, 1],
          [3, 2, 1],
        ]),
      ),
    /^NO_STATIONARY: mine: the states fall into 2 parts, and those of state 0 and of state 2 never meet, so no stationary law is unique; .* give a prior/,
  ],
  ['no rates at all', () => made(new Float64Array(9)), /^NO_STATIONARY: mine: the states fall into 3 parts/],
  [
    'a schedule of probabilities',
    () => made(clique(3), { schedule: noiseOf('jump-probability', [0.5]) as never }),
    /^UNIT: mine: the schedule is a jump-probability, expected a rate/,
  ],
  ['a negative β', () => made(clique(3), { schedule: noiseOf('rate', [1, -1]) }), /^INVALID_SCHEDULE: mine: β of step 2 is -1/],
  [
    'a prior of another length',
    () => made(clique(3), { prior: { kind: 'fixed', probs: Float64Array.of(0.5, 0.5) } }),
    /^SHAPE: mine: the prior has 2 probabilities/,
  ],
  [
    'tables beyond the limit',
    () => made(clique(64), { maxTableBytes: 1e5 }),
    /^TABLE_TOO_LARGE: mine: 6 tables of the generator's 4096 entries would take 0\.2 MiB, the limit is 0\.1 MiB/,
  ],
  ['t > T', () => made(clique(3)).toDense(0, 3), /^STEP_RANGE: mine\.toDense: needs 0 ≤ s ≤ t ≤ 2/],
  ['a row that there is not', () => made(clique(3)).rowProbs!(3, 0, 1), /^INVALID_OPTIONS: mine\.rowProbs: state is 3/],
  [
    'a distribution of another length',
    () => made(clique(3)).exponential!.push(Float64Array.of(1), 1),
    /^SHAPE: mine\.exponential\.push: probs has shape \[1\], expected \[3\]/,
  ],
  [
    'a negative α',
    () => made(clique(3)).exponential!.push(Float64Array.of(1, 0, 0), -1),
    /^INVALID_OPTIONS: mine\.exponential\.push: rate is -1, expected a number ≥ 0/,
  ],
])('refuses %s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
