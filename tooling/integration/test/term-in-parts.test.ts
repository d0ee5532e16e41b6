import {
  boundTermNats,
  createRng,
  hybridLossNats,
  leaveOneOut,
  mixture,
  plugIn,
  sampleForward,
  toTensor,
  type Prediction,
  type ReverseProcess,
  type States,
  type Transition,
} from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { inverseRemaining, linear } from '@d3pm/schedules';
import { absorbing, blockAbsorbing, discretizedGaussian } from '@d3pm/transitions';
import { grad, memory, slice, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => prepareEngine());

const [K, T] = [64, 12];
const gauss = discretizedGaussian.create({ numStates: K, schedule: linear({ numSteps: T, start: 1e-3, stop: 0.2, unit: 'variance' }) }, {});
const grey = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, { maskState: 32, extraMask: false });

interface Batch {
  readonly x0: States;
  readonly xt: States;
  readonly t: Int32Array;
  readonly logits: Float32Array;
}

/** Of x_0 that show no extra mask. */
function batchOf(transition: Transition, shape: readonly number[]): Batch {
  const numClean = transition.extraMask ?? transition.numStates;
  const rng = createRng('parts');
  const size = shape.reduce((product, length) => product * length, 1);
  const x0 = { values: Int32Array.from(rng.split('x0').float64s(size), (u) => Math.floor(u * numClean)), shape };
  const t = Int32Array.from({ length: shape[0]! }, (_, b) => 1 + ((5 * b) % transition.numSteps));
  const xt = sampleForward(transition, x0, { t, rng: rng.split('xt') });
  const logits = Float32Array.from(rng.split('logits').float64s(size * transition.numStates), (u) => 4 * (u - 0.5));
  return { x0, xt, t, logits };
}

interface Result {
  readonly nats: ArrayLike<number>;
  readonly gradient: ArrayLike<number>;
}

/** The loss of each example and its gradient. */
function lossOf<P extends Prediction>(
  transition: Transition,
  reverse: ReverseProcess<P>,
  { x0, xt, t, logits }: Batch,
  lambda: number,
): Result {
  return tidy(() => {
    const loss = (given: Tensor): Tensor =>
      hybridLossNats(transition, reverse, { x0: toTensor(x0), xt: toTensor(xt), t, logits: given, lambda });
    const rows = tensor(logits, [...x0.shape, transition.numStates]);
    return { nats: loss(rows).dataSync(), gradient: grad((given) => sum(loss(given)))(rows).dataSync() };
  });
}

function exampleOf({ x0, xt, t, logits }: Batch, b: number): Batch {
  const size = x0.values.length / x0.shape[0]!;
  const numStates = logits.length / x0.values.length;
  const states = ({ values }: States): States => ({ values: values.slice(b * size, (b + 1) * size), shape: [1, ...x0.shape.slice(1)] });
  return { x0: states(x0), xt: states(xt), t: t.slice(b, b + 1), logits: logits.slice(b * size * numStates, (b + 1) * size * numStates) };
}

/** Relative to the largest of the numbers; sums of thousands of float32 in another order. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual).toHaveLength(expected.length);
  const largest = Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  expect(worst / largest).toBeLessThan(2e-6);
}

function expectExampleByExample<P extends Prediction>(
  transition: Transition,
  reverse: ReverseProcess<P>,
  batch: Batch,
  lambda: number,
): void {
  const whole = lossOf(transition, reverse, batch, lambda);
  const examples = Array.from({ length: batch.t.length }, (_, b) => lossOf(transition, reverse, exampleOf(batch, b), lambda));
  expectClose(
    whole.nats,
    examples.flatMap(({ nats }) => Array.from(nats)),
  );
  expectClose(
    whole.gradient,
    examples.flatMap(({ gradient }) => Array.from(gradient)),
  );
}

describe('a term that is computed in parts', () => {
  const reverses = { mixture: mixture(), 'plug-in': plugIn({ firstStep: 'denoiser' }), 'leave-one-out': leaveOneOut() };

  it.each([
    ['gauss', 'mixture', 0.001],
    ['gauss', 'leave-one-out', 0],
    ['grey', 'plug-in', 0.01],
  ] as const)('is that of its examples, in value and gradient: %s, %s, λ = %d', (family, name, lambda) => {
    const transition = { gauss, grey }[family];
    const reverse = reverses[name] as ReverseProcess<'denoiser'>;
    // 64 · 8,000 numbers an example: two of three are a part, and one is left.
    const batch = batchOf(transition, [3, 80, 100]);
    expectExampleByExample(transition, reverse, batch, lambda);
  });

  it('cuts an example that is too large for one, and adds its positions up', () => {
    // 64 · 20,001 numbers: two pieces, of which the second is shorter.
    const { x0, xt, t, logits } = batchOf(gauss, [2, 20_001]);
    const input = (from: number, size: number) => {
      const part = (states: States): Tensor => slice(toTensor(states), [0, from], [2, size]);
      return {
        x0: part(x0),
        xt: part(xt),
        s: t.map((step) => step - 1),
        t,
        logits: slice(tensor(logits, [2, 20_001, K]), [0, from, 0], [2, size, K]),
      };
    };
    const of = (from: number, size: number): ArrayLike<number> => tidy(() => boundTermNats(gauss, mixture(), input(from, size)).dataSync());
    const pieces = [0, 5000, 10_000, 15_000].map((from) => of(from, from === 15_000 ? 5001 : 5000));
    expectClose(
      of(0, 20_001),
      [0, 1].map((b) => pieces.reduce((total, nats) => total + nats[b]!, 0)),
    );
  });

  it('keeps positions together where they differ', () => {
    const positions = 20_000;
    const setting = { numStates: K + 1, schedule: inverseRemaining({ numSteps: 6 }) };
    const transition = blockAbsorbing.create(setting, { positions, blockSize: positions / 2 });
    expectExampleByExample(transition, plugIn({ firstStep: 'denoiser' }), batchOf(transition, [2, positions]), 0);
  });

  it('leaves no tensor behind, with and without a gradient', () => {
    const batch = batchOf(gauss, [3, 8000]);
    lossOf(gauss, mixture(), batch, 0);
    const before = memory().numTensors;
    lossOf(gauss, mixture(), batch, 0.001);
    expect(memory().numTensors).toBe(before);
  });

  it('says which example has a step that is none, of the whole batch', () => {
    const { x0, xt, logits } = batchOf(gauss, [5, 8000]);
    const t = Int32Array.of(1, 2, 3, 4, T + 1);
    expect(() => lossOf(gauss, mixture(), { x0, xt, t, logits }, 0)).toThrow('for example 4');
  });
});
