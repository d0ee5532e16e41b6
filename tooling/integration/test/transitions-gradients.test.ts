import { grad, memory, mul, sum, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Transition } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { absorbing, dense, discretizedGaussian, uniform } from '@d3pm/transitions';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => prepareEngine());

const jumps = { unit: 'jump-probability', numSteps: 3, noise: Float64Array.of(0.1, 0.3, 0.5) } as const;
const variances = { unit: 'variance', numSteps: 3, noise: Float64Array.of(0.5, 0.8, 1) } as const;
const prior = { kind: 'fixed', probs: Float64Array.of(0.25, 0.25, 0.25, 0.25) } as const;
const shifts = (t: number): Float64Array =>
  Float64Array.from({ length: 16 }, (_, at) => (at % 4 === (Math.floor(at / 4) + 1) % 4 ? t / 4 : at % 5 === 0 ? 1 - t / 4 : 0));

const families: readonly (readonly [string, () => Transition])[] = [
  ['uniform', () => uniform.create({ numStates: 4, schedule: jumps }, {})],
  ['absorbing', () => absorbing.create({ numStates: 4, schedule: jumps }, {})],
  ['dense, by matrix product', () => discretizedGaussian.create({ numStates: 4, schedule: variances }, {})],
  ['dense with zeros, by log-sum-exp', () => dense({ name: 'shifts', numStates: 4, numSteps: 3, step: shifts, prior })],
  [
    'dense by position',
    () =>
      dense({
        name: 'positional',
        numStates: 4,
        numSteps: 3,
        positions: 2,
        step: (t, n) => (n === 0 ? shifts(t) : new Float64Array(16).fill(0.25)),
        prior,
      }),
  ],
];

const logs = [-1, -0.5, -3, -2, -1.5, -1, -0.2, -4, -2, -2, -1, -1, -0.1, -5, -3, -1, -1, -2, -3, -4, -0.5, -0.5, -0.5, -6];
const weights = [0.3, -1, 0.5, 0.2, 1, 0.7, -0.4, 0.1, -0.3, 0.9, 0.6, -0.8, 0.2, 0.4, -0.5, 1, 0.3, 0.3, -0.2, 0.8, -0.6, 0.1, 0.5, 0.7];
const s = Int32Array.of(0, 1, 2);
const t = Int32Array.of(3, 2, 2);

describe.each(families)('gradient of %s', (_, make) => {
  it.each(['push', 'pull'] as const)('%s, with steps of its own for each example', (map) => {
    const transition = make();
    const loss = (x: Tensor): Tensor => sum(mul(transition[map](x, s, t), tensor(weights, [3, 2, 4])));
    const slope = grad((x: Tensor) => loss(x) as never)(tensor(logs, [3, 2, 4])).dataSync();
    const differences = logs.map((_, i) => {
      const nudged = (by: number): number =>
        loss(
          tensor(
            logs.map((log, k) => (k === i ? log + by : log)),
            [3, 2, 4],
          ),
        ).dataSync()[0] as number;
      return (nudged(0.02) - nudged(-0.02)) / 0.04;
    });
    // A central difference of a float32 sum of about 10: 1e-6 / 0.04, and h² of curvature.
    expectAllClose(slope, differences, { rtol: 1e-3, atol: 1e-3 });
  });

  it('is finite and 0 where a class is impossible', () => {
    const transition = make();
    const impossible = tensor(
      logs.map((log, i) => (i < 4 ? -Infinity : i % 4 === 1 ? -Infinity : log)),
      [3, 2, 4],
    );
    const slope = grad((x: Tensor) => transition.push(x, 0, 3))(impossible, tensor(weights, [3, 2, 4])).dataSync();
    expect(slope.every(Number.isFinite)).toBe(true);
    expect([...slope.slice(0, 4), slope[5]!].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
  });

  it('leaves no tensor behind', () => {
    const transition = make();
    const [x, dy] = [tensor(logs, [3, 2, 4]), tensor(weights, [3, 2, 4])];
    const once = (): void => grad((input: Tensor) => transition.push(transition.pull(input, s, t), s, t))(x, dy).dispose();
    once(); // tables that are cached stay
    const before = memory().numTensors;
    once();
    expect(memory().numTensors).toBe(before);
  });
});
