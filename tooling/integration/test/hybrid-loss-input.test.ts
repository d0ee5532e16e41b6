import { boundTermNats, direct, hybridLossNats, mixture, plugIn, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { inverseRemaining, linear } from '@d3pm/schedules';
import { absorbing, banded, discretizedGaussian, uniform } from '@d3pm/transitions';
import { memory, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const K = 4;
const families: Readonly<Record<string, Transition>> = {
  absorbing: absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: 5 }) }, {}),
  uniform: uniform.create({ numStates: K, schedule: linear({ numSteps: 5, start: 0.1, stop: 0.5 }) }, {}),
  gaussian: discretizedGaussian.create({ numStates: K, schedule: linear({ numSteps: 5, start: 0.1, stop: 0.5, unit: 'variance' }) }, {}),
};

beforeAll(() => prepareEngine());

interface Given {
  readonly x0?: readonly number[];
  readonly xt?: readonly number[];
  readonly classes?: number;
  readonly dtype?: 'float32' | 'int32';
  readonly t?: number;
}

const refusal = (
  work: (x0: Tensor, xt: Tensor, logits: Tensor) => Tensor,
  { x0 = [0, 1], xt = [1, 1], classes = K, dtype = 'int32' }: Given,
): unknown => {
  const before = memory().numTensors;
  const tensors = [
    tensor([...x0], [1, 2], dtype),
    tensor([...xt], [1, 2], 'int32'),
    tensor(new Array<number>(2 * classes).fill(0), [1, 2, classes]),
  ] as const;
  try {
    work(...tensors).dispose();
    return 'no error';
  } catch (error) {
    return error;
  } finally {
    tensors.forEach((each) => each.dispose());
    expect(memory().numTensors).toBe(before);
  }
};

describe.each(Object.keys(families))('the loss of %s noise refuses', (family) => {
  it.each<[string, Given, string, RegExp]>([
    ['data with a state that is none', { x0: [0, K] }, 'STATE_RANGE', /x0 has state 4 at offset 1, expected 0…3/],
    ['a negative one', { x0: [-1, 0] }, 'STATE_RANGE', /x0 has state -1 at offset 0/],
    ['corrupted data with one', { xt: [K, 1] }, 'STATE_RANGE', /xt has state 4 at offset 0/],
    ['data that are no integers', { dtype: 'float32' }, 'DTYPE', /x0 is float32, expected int32/],
    ['a network that forgot the mask', { classes: K - 1 }, 'SHAPE', /logits has shape \[1, 2, 3\], expected \[1, 2, 4\]/],
    ['a step before the first', { t: 0 }, 'STEP_RANGE', /.*/],
    ['a step beyond the last', { t: 6 }, 'STEP_RANGE', /.*/],
  ])('%s', (_, given, code, message) => {
    const transition = families[family]!;
    const { t = 2 } = given;
    for (const lambda of [0, 0.01]) {
      const loss = refusal((x0, xt, logits) => hybridLossNats(transition, plugIn(), { x0, xt, t, logits, lambda }), given);
      expect(loss).toMatchObject({ code, message: expect.stringMatching(/^hybridLossNats: /u) });
      expect(loss).toMatchObject({ message: expect.stringMatching(message) });
    }
    const term = refusal((x0, xt, logits) => boundTermNats(transition, mixture(), { x0, xt, s: t - 1, t, logits }), given);
    expect(term).toMatchObject({ code, message: expect.stringMatching(/^boundTermNats: /u) });
  });
});

it.each([
  ['absorbing, extra mask', families['absorbing']!],
  ['absorbing, re-used mask', absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: 5 }) }, { extraMask: false })],
  ['banded', banded.create({ numStates: K, schedule: linear({ numSteps: 5, start: 0.1, stop: 0.5 }) }, { width: 1 })],
])('a term of an x_t that cannot follow from x_0 is NaN, and of others it is a number: %s', (_, transition) => {
  // One jump of banded noise goes to a neighbour, and a mask is the last state: 0 becomes neither 2 nor, unmasked, 1.
  const [x0, xt] = [tensor([0, 1], [2, 1], 'int32'), tensor([2, 1], [2, 1], 'int32')];
  const logits = tensor(new Array<number>(2 * K).fill(0), [2, 1, K]);
  for (const reverse of [mixture(), plugIn()]) {
    for (const nats of [
      boundTermNats(transition, reverse, { x0, xt, s: 0, t: 1, logits }),
      hybridLossNats(transition, reverse, { x0, xt, t: 1, logits, lambda: 0.01 }),
    ]) {
      const [impossible, possible] = nats.dataSync();
      expect(impossible).toBeNaN();
      expect(possible).toBeGreaterThanOrEqual(0);
    }
  }
});

it('boundTermNats refuses a step that a direct network does not predict', () => {
  const [x0, xt] = [tensor([0, 1], [2, 1], 'int32'), tensor([K - 1, 1], [2, 1], 'int32')];
  const logits = tensor(new Array<number>(2 * K).fill(0), [2, 1, K]);
  const term = (s: Int32Array | number, t: Int32Array | number) => () =>
    boundTermNats(families['uniform']!, direct(), { x0, xt, s, t, logits });
  expect(term(0, 2)).toThrow(
    expect.objectContaining({
      code: 'UNSOUND',
      message: expect.stringMatching(
        /^boundTermNats: the direct process predicts x_\{t−1\} and has no step from t = 2 to s = 0 \(example 0\); use s = t − 1$/u,
      ),
    }),
  );
  expect(term(Int32Array.of(1, 1), Int32Array.of(2, 3))).toThrow(
    expect.objectContaining({ code: 'UNSOUND', message: expect.stringMatching(/example 1/u) }),
  );
  expect(term(Int32Array.of(1, 2), Int32Array.of(2, 3))().shape).toEqual([2]);
});

it.each(['mixture', 'plug-in'] as const)(
  'a term of so little noise that float32 cannot divide by it twice is that of the tables: %s',
  (name) => {
    const reverse = name === 'mixture' ? mixture() : plugIn();
    const logits = tensor([0, 1, 0.5, -1], [1, 1, K]);
    const [x0, xt] = [tensor([1], [1, 1], 'int32'), tensor([1], [1, 1], 'int32')];
    for (const beta of [1e-10, 1e-17, 1e-19, 1e-20, 1e-24, 1e-29]) {
      const transition = uniform.create(
        { numStates: K, schedule: { unit: 'jump-probability', numSteps: 2, noise: Float64Array.of(beta, beta) } },
        {},
      );
      const { rankOne: _, ...general } = transition;
      const [closed, tables] = [transition, general].map((each) => {
        const nats = boundTermNats(each, reverse, { x0, xt, s: 1, t: 2, logits });
        const [value] = nats.dataSync();
        nats.dispose();
        return value!;
      });
      // The difference of two logarithms of about 50, in float32.
      expect(Math.abs(closed! - tables!), `β = ${beta}`).toBeLessThan(2e-5);
    }
    for (const each of [logits, x0, xt]) each.dispose();
  },
);
