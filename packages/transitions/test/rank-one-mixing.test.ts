import '@tensorflow/tfjs-backend-cpu';
import { tensor } from '@tensorflow/tfjs-core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { absorbing, rankOneMixing, uniform } from '@d3pm/transitions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';
import { expectMatrices, identity, type Matrix } from './reference-matrix.ts';

const jumps = (...noise: number[]) => noiseOf('jump-probability', noise);

/** Q_t of A.2.1 and A.2.2, written from the paper and from nothing in src. */
const paperUniform = (K: number, beta: number): Matrix => identity(K).map((row) => row.map((kept) => (1 - beta) * kept + beta / K));
const paperAbsorbing = (K: number, beta: number, mask: number): Matrix =>
  identity(K).map((row) => row.map((kept, j) => (1 - beta) * kept + (j === mask ? beta : 0)));

// β = 0 and 1 are legal; a β below 1e-8 is not a schedule anybody runs.
const arbBeta = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 1e-8, max: 1, noNaN: true }));
const arbCase = fc
  .integer({ min: 2, max: 6 })
  .chain((K) => fc.record({ K: fc.constant(K), mask: fc.nat(K - 1), betas: fc.array(arbBeta, { minLength: 1, maxLength: 6 }) }));

describe('closed forms are the matrices of the paper', () => {
  it('uniform', () => {
    fc.assert(
      fc.property(arbCase, ({ K, betas }) =>
        expectMatrices(
          uniform.create({ numStates: K, schedule: jumps(...betas) }, {}),
          betas.map((beta) => paperUniform(K, beta)),
        ),
      ),
      { numRuns: 50 },
    );
  });
  it('absorbing', () => {
    fc.assert(
      fc.property(arbCase, ({ K, betas, mask }) =>
        expectMatrices(
          absorbing.create({ numStates: K, schedule: jumps(...betas) }, { maskState: mask }),
          betas.map((beta) => paperAbsorbing(K, beta, mask)),
        ),
      ),
      { numRuns: 50 },
    );
  });
});

it('keeps a jump of probability 1e-30', () => {
  const transition = uniform.create({ numStates: 4, schedule: jumps(1e-30, 1e-30) }, {});
  expectAllClose(transition.pushStates(tensor([[0]], [1, 1], 'int32'), 0, 2), [0, ...Array(3).fill(Math.log(2e-30 / 4))], {
    rtol: 1e-6,
    atol: 1e-6,
  });
});

it('takes several positions and one step per example', () => {
  const transition = absorbing.create({ numStates: 3, schedule: jumps(0.25, 0.5, 1) }, {});
  const states = tensor([0, 1, 2, 0, 1, 2, 0, 1], [2, 2, 2], 'int32');
  const together = transition.pullStates(states, Int32Array.of(0, 1), Int32Array.of(1, 3)).arraySync() as number[][][][];
  const alone = [
    transition.pullStates(tensor([0, 1, 2, 0], [1, 2, 2], 'int32'), 0, 1),
    transition.pullStates(tensor([1, 2, 0, 1], [1, 2, 2], 'int32'), 1, 3),
  ];
  expect(together).toEqual(alone.flatMap((part) => part.arraySync() as number[][][][]));
});

it('declares its capabilities', () => {
  const schedule = jumps(0.5, 1);
  const masked = absorbing.create({ numStates: 4, schedule }, {});
  expect(masked.absorbing).toEqual({ maskState: 3 });
  expect(masked.extraMask).toBe(3);
  expect(masked.prior).toEqual({ kind: 'fixed', probs: Float64Array.of(0, 0, 0, 1) });
  const again = absorbing.create({ numStates: 4, schedule }, { maskState: 2, extraMask: false });
  expect(again.absorbing).toEqual({ maskState: 2 });
  expect('extraMask' in again).toBe(false);
  expect('absorbing' in uniform.create({ numStates: 4, schedule }, {})).toBe(false);
});

it('needs kilobytes at K = 8192, T = 1000', () => {
  const before = process.memoryUsage().arrayBuffers;
  const schedule = { unit: 'jump-probability', numSteps: 1000, noise: new Float64Array(1000).fill(1e-3) } as const;
  const made = [uniform.create({ numStates: 8192, schedule }, {}), absorbing.create({ numStates: 8192, schedule }, {})];
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300e3);
  const states = tensor([7, 8191], [1, 2], 'int32');
  for (const transition of made) expectNoLeak(() => [transition.pullStates(states, 0, 1000), transition.pushStates(states, 0, 500)]);
});

describe('bad input', () => {
  const schedule = jumps(0.1, 0.2);
  const made = uniform.create({ numStates: 3, schedule }, {});
  it.each([
    [
      'a mask out of range',
      () => absorbing.create({ numStates: 3, schedule }, { maskState: 3 }),
      /^INVALID_OPTIONS: absorbing: maskState is 3, expected an integer in 0…2/,
    ],
    [
      'a variance',
      () => uniform.create({ numStates: 3, schedule: { ...schedule, unit: 'variance' } as never }, {}),
      /^UNIT: uniform: the schedule is a variance, expected a jump-probability/,
    ],
    ['K = 1', () => uniform.create({ numStates: 1, schedule }, {}), /^INVALID_OPTIONS: uniform: numStates is 1/],
    ['β = 1.5', () => uniform.create({ numStates: 3, schedule: jumps(0.5, 1.5) }, {}), /^INVALID_SCHEDULE: uniform: β of step 2 is 1\.5/],
    ['β = NaN', () => absorbing.create({ numStates: 3, schedule: jumps(NaN) }, {}), /^INVALID_SCHEDULE: /],
    ['T = 0', () => uniform.create({ numStates: 3, schedule: jumps() }, {}), /^INVALID_SCHEDULE: uniform: the schedule has numSteps 0/],
    ['t > T', () => made.pushStates(tensor([0], [1], 'int32'), 0, 3), /^STEP_RANGE: uniform\.pushStates: needs 0 ≤ s ≤ t ≤ 2/],
    ['s > t', () => made.push(tensor([[0, 0, 0]]), 2, 1), /^STEP_RANGE: uniform\.push/],
    ['float states', () => made.pullStates(tensor([0.5]), 0, 1), /^DTYPE: uniform\.pullStates/],
    ['a wrong class axis', () => made.pull(tensor([[0, 0]]), 0, 1), /^SHAPE: uniform\.pull/],
    [
      'a target that is no distribution',
      () => rankOneMixing({ name: 'mine', schedule, target: Float64Array.of(0.5, 0.6) }),
      /^NOT_STOCHASTIC: mine: target sums to 1\.1/,
    ],
    [
      'an absorbing mask out of range',
      () => rankOneMixing({ name: 'mine', schedule, target: Float64Array.of(0, 0, 1), absorbing: { maskState: 3 } }),
      /^INVALID_OPTIONS: mine: absorbing\.maskState is 3, expected an integer in 0…2/,
    ],
    [
      'an absorbing mask that is not the target',
      () => rankOneMixing({ name: 'mine', schedule, target: Float64Array.of(0, 0, 1), absorbing: { maskState: 0 }, extraMask: 0 }),
      /^INVALID_OPTIONS: mine: target has 1 on state 2, expected the point mass on absorbing\.maskState 0/,
    ],
    [
      'an absorbing mask and a uniform target',
      () => rankOneMixing({ name: 'mine', schedule, target: new Float64Array(4).fill(0.25), absorbing: { maskState: 3 }, extraMask: 3 }),
      /^INVALID_OPTIONS: mine: target has 0\.25 on state 0, expected the point mass on absorbing\.maskState 3; leave absorbing out/,
    ],
    [
      'a table of gigabytes',
      () => uniform.create({ numStates: 20000, schedule }, {}).toDense(0, 1),
      /^TABLE_TOO_LARGE: uniform\.toDense: a 20000×20000 float64 table would take 3\.0 GiB/,
    ],
    [
      'a misspelt option',
      () => absorbing.parse({ maskstate: 1 }),
      /^INVALID_OPTIONS: absorbing: no option is named "maskstate"; did you mean "maskState"/,
    ],
    ['an option of the wrong type', () => absorbing.parse({ extraMask: 1 }), /^INVALID_OPTIONS: absorbing: extraMask is 1/],
    ['an option of none', () => uniform.parse({ mask: 1 }), /^INVALID_OPTIONS: uniform: no option is named "mask"; it has none/],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));

  it.each([3, -1, 0.5, NaN])('an extra mask of %d', (extraMask) =>
    expect(errorText(() => rankOneMixing({ name: 'mine', schedule, target: Float64Array.of(0, 0, 1), extraMask }))).toBe(
      `INVALID_OPTIONS: mine: extraMask is ${extraMask}, expected an integer in 0…2`,
    ),
  );
});
