import '@tensorflow/tfjs-backend-cpu';
import { tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { boundTermNats, createRng, mixture, plugIn, posteriorLogProbs, priorTermNats, sampleForward, type NoiseSchedule } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoregressive } from '../src/autoregressive.ts';
import { blockAbsorbing } from '../src/block-absorbing.ts';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';

const jumps = (...noise: number[]): NoiseSchedule<'jump-probability'> => noiseOf('jump-probability', noise);
const sure = jumps(1);
const sentence = (values: readonly number[]): Tensor => tensor(Int32Array.from(values), [1, values.length], 'int32');

const arbAutoregressive = fc
  .record({ numStates: fc.integer({ min: 2, max: 5 }), positions: fc.integer({ min: 1, max: 4 }) })
  .map(({ numStates, positions }) => autoregressive.create({ numStates, schedule: sure }, { positions }));

describeTransitionLaws('autoregressive', arbAutoregressive, { numRuns: 20 });

it('is block-absorbing with blocks of one position and one step', () => {
  const [one, other] = [
    autoregressive.create({ numStates: 3, schedule: sure }, { positions: 4 }),
    blockAbsorbing.create({ numStates: 3, schedule: sure }, { positions: 4, blockSize: 1 }),
  ];
  expect(one).toMatchObject({ name: 'autoregressive', numSteps: 4, positions: 4, extraMask: 2, stationary: Float64Array.of(0, 0, 1) });
  expect(['rankOne', 'absorbing'].filter((member) => member in one)).toEqual([]);
  const states = tensor([0, 1, 2, 0], [1, 4], 'int32');
  for (let t = 0; t <= 4; t++) {
    expect([...one.pullStates(states, 0, t).dataSync()]).toEqual([...other.pullStates(states, 0, t).dataSync()]);
  }
});

describe('Section 4: an autoregressive model is a diffusion model', () => {
  const [N, K, mask] = [5, 4, 3];
  const transition = autoregressive.create({ numStates: K, schedule: sure }, { positions: N });
  const x0 = [2, 0, 1, 1, 2];
  const xAt = (t: number): number[] => x0.map((state, i) => (i < N - t ? state : mask));
  /** A network of its own at every step, `[N, K]`. */
  const logitsAt = (t: number): Float32Array => Float32Array.from({ length: N * K }, (_, i) => 4 * createRng(t).float64(i) - 2);
  const nllAt = (t: number, position: number): number => {
    const row = [...logitsAt(t).subarray(position * K, position * K + mask)];
    return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[x0[position]!]!;
  };

  it('[x_t]_i = [x_0]_i if i < N − t, else the mask', () => {
    for (let t = 0; t <= N; t++) {
      const drawn = sampleForward(transition, { values: Int32Array.from(x0), shape: [1, N] }, { t, rng: createRng(t) });
      expect([...drawn.values]).toEqual(xAt(t));
    }
  });

  it('has a point mass as posterior, on the sequence with one mask less', () => {
    for (let t = 1; t <= N; t++) {
      const posterior = posteriorLogProbs(transition, { x0: sentence(x0), xt: sentence(xAt(t)), s: t - 1, t });
      expect([...posterior.dataSync()]).toEqual(
        xAt(t - 1).flatMap((state) => Array.from({ length: K }, (_, k) => (k === state ? 0 : -Infinity))),
      );
    }
  });

  it.each([mixture(), plugIn({ firstStep: 'bayes' })])('$name: the term of step t is −log f at position N − t alone', (reverse) => {
    for (let t = 1; t <= N; t++) {
      const input = { x0: sentence(x0), xt: sentence(xAt(t)), s: t - 1, t, logits: tensor(logitsAt(t), [1, N, K]) };
      expectAllClose(boundTermNats(transition, reverse, input), [nllAt(t, N - t)]);
    }
  });

  it('has L_T = 0', () => expect([...priorTermNats(transition, { values: Int32Array.from(x0), shape: [1, N] })]).toEqual([0]));
});

describe('bad input', () => {
  const setting = { numStates: 3, schedule: sure };
  const made = autoregressive.create(setting, { positions: 2 });
  it.each([
    [
      'no positions',
      () => autoregressive.parse({}),
      /^INVALID_OPTIONS: autoregressive: positions is undefined, expected an integer at least 1/,
    ],
    [
      'a schedule of all steps',
      () => autoregressive.create({ ...setting, schedule: jumps(1, 1) }, { positions: 2 }),
      /^INVALID_SCHEDULE: autoregressive: the schedule of one position has 2 steps.*expected one step with β = 1, inverseRemaining/,
    ],
    [
      'β = ½',
      () => autoregressive.create({ ...setting, schedule: jumps(0.5) }, { positions: 2 }),
      /^INVALID_SCHEDULE: .* 1 steps from β = 0\.5.*block-absorbing/,
    ],
    [
      'a mask out of range',
      () => autoregressive.create(setting, { positions: 2, maskState: 3 }),
      /^INVALID_OPTIONS: autoregressive: maskState is 3/,
    ],
    [
      'another length',
      () => made.pushStates(sentence([0, 1, 2]), 0, 1),
      /^SHAPE: autoregressive\.pushStates: 3 positions in each example, expected 2: Q depends on the position/,
    ],
    [
      'a position that is none',
      () => made.toDense(0, 1, 2),
      /^INVALID_OPTIONS: autoregressive\.toDense: position is 2, expected an integer in 0…1/,
    ],
    ['t > T', () => made.push(zeros([1, 2, 3]), 0, 3), /^STEP_RANGE: autoregressive\.push: needs 0 ≤ s ≤ t ≤ 2/],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
