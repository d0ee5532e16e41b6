import { createRng } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import {
  adamUpdate,
  clipByNorm,
  constantRate,
  euclideanNorm,
  inverseSquareRoot,
  linearDecay,
  movingAverage,
  packParameters,
  parameterLayout,
  unpackParameters,
  warmedUpDecay,
  warmUp,
  type AdamState,
} from '@d3pm/train';
import { dispose, grad, mul, scalar, square, sum, tensor, tensor1d, tensor2d, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from './golden/adam.json' with { type: 'json' };

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

const start = (values: readonly number[]): AdamState => ({
  parameters: tensor1d([...values]),
  moment1: zeros([values.length]),
  moment2: zeros([values.length]),
});

/** Algorithm 1 of the paper in float64, line by line. */
function reference(
  values: readonly number[],
  gradients: readonly (readonly number[])[],
  { rate, beta1, beta2, epsilon }: { rate: number; beta1: number; beta2: number; epsilon: number },
): number[] {
  return values.map((value, i) => {
    let [x, m, v] = [value, 0, 0];
    gradients.forEach((gradient, n) => {
      const g = gradient[i]!;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      x -= (rate * (m / (1 - beta1 ** (n + 1)))) / (Math.sqrt(v / (1 - beta2 ** (n + 1))) + epsilon);
    });
    return x;
  });
}

describe('adam', () => {
  it('walks down a quadratic as the golden does', () => {
    const { rate, beta1, beta2, epsilon, curvature, optimum, path } = golden;
    let state = start(golden.start);
    const reached: Record<number, number[]> = {};
    for (let step = 1; step <= 40; step++) {
      const x = state.parameters.dataSync();
      const gradient = tensor1d(curvature.map((c, i) => c * (x[i]! - optimum[i]!)));
      state = adamUpdate(state, { gradient, learningRate: rate, beta1, beta2, epsilon, step });
      reached[step] = [...state.parameters.dataSync()];
    }
    // 40 steps of 0.05, each off by float32 rounding of numbers near 1.
    for (const { step, x } of path) expectAllClose(reached[step]!, x, { rtol: 0, atol: 4e-6 });
  });

  it('is Algorithm 1 for any gradients, those as small as epsilon and 0 included', () => {
    const arbGradient = fc.oneof(
      fc.constant(0),
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: -1e-7, max: 1e-7, noNaN: true }),
    );
    const arbOptions = fc.record({
      rate: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
      beta1: fc.double({ min: 0, max: 0.95, noNaN: true }),
      beta2: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
      epsilon: fc.constantFrom(1e-8, 1e-3),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(arbGradient, arbGradient), { minLength: 1, maxLength: 8 }), arbOptions, (raw, options) => {
        // Below 1e-18 a float32 square is no longer normal; no gradient of interest is there.
        const gradients = raw.map((pair) => pair.map((g) => (Math.abs(g) < 1e-15 ? 0 : Math.fround(g))));
        tidy(() => {
          const { rate: learningRate, ...rest } = options;
          let state = start([0.5, -0.25]);
          gradients.forEach(
            (gradient, n) => (state = adamUpdate(state, { gradient: tensor1d(gradient), learningRate, step: n + 1, ...rest })),
          );
          // A mean that cancels keeps an error of float32's 6e-8 of its terms, and a step is at most rate/√(1 − β₂) of it.
          expectAllClose(state.parameters, reference([0.5, -0.25], gradients, options), { rtol: 1e-5, atol: 1e-4 * learningRate + 2e-6 });
        });
      }),
    );
  });

  it('moves by the learning rate at the first step, whatever the size of the gradient', () => {
    const { parameters } = adamUpdate(start([0, 0, 0]), { gradient: tensor1d([1e-4, -5, 2e3]), learningRate: 0.01, step: 1 });
    expectAllClose(parameters, [-0.01, 0.01, -0.01], { rtol: 2e-4, atol: 0 });
  });

  it('leaves the old state alone and no tensors behind', () => {
    const [state, gradient] = [start([1, 2]), tensor1d([3, 4])];
    expectNoLeak(() => ({ ...adamUpdate(state, { gradient, learningRate: 0.1, step: 1 }) }));
    expect([...state.parameters.dataSync()]).toEqual([1, 2]);
  });
});

describe('clipping', () => {
  it('scales longer gradients to the norm, keeps shorter ones bit for bit, and 0 is 0', () => {
    const clipped = (values: number[], clipNorm: number): number[] => {
      const gradient = tensor1d(values);
      return [...clipByNorm(gradient, euclideanNorm(gradient), clipNorm).dataSync()];
    };
    expectAllClose(clipped([3, 4], 1), [0.6, 0.8]);
    expect(clipped([3, 4], 5)).toEqual([3, 4]);
    expect(clipped([3, 4], 50)).toEqual([3, 4]);
    expect(clipped([0, 0], 1)).toEqual([0, 0]);
    expect(clipped([NaN, 1], 1).every(Number.isNaN)).toBe(true);
  });
  it('norms are Euclidean', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 }), (values) => {
        expectAllClose(euclideanNorm(tensor1d(values)), [Math.hypot(...values.map(Math.fround))], { rtol: 1e-5, atol: 1e-12 });
      }),
    );
  });
});

describe('moving average', () => {
  it('is the sum of its formula', () => {
    let average: Tensor = scalar(2);
    for (const value of [1, 3, -2]) average = movingAverage(average, scalar(value), 0.9);
    expectAllClose(average, [0.9 ** 3 * 2 + 0.1 * (0.81 * 1 + 0.9 * 3 - 2)]);
  });
  it('decay 0 follows at once; the warmed-up decay rises to its end', () => {
    expect([...movingAverage(scalar(2), scalar(5), 0).dataSync()]).toEqual([5]);
    const decay = warmedUpDecay(0.99);
    expect([decay(1), decay(90), decay(100_000)]).toEqual([2 / 11, 91 / 100, 0.99]);
  });
});

describe('learning rates', () => {
  const at = (schedule: (step: number) => number, steps: readonly number[]): number[] => steps.map(schedule);
  it('have their formulas', () => {
    expect(at(constantRate(0.3), [1, 10, 1000])).toEqual([0.3, 0.3, 0.3]);
    expectAllClose(at(linearDecay({ rate: 2, numSteps: 4 }), [1, 2, 3, 4, 5, 9]), [2, 1.5, 1, 0.5, 0, 0]);
    expectAllClose(at(inverseSquareRoot({ rate: 2, numWarmUpSteps: 4 }), [1, 4, 16, 64]), [2, 2, 1, 0.5]);
    expectAllClose(at(warmUp(4, constantRate(2)), [1, 2, 3, 4, 5]), [0.5, 1, 1.5, 2, 2]);
    expectAllClose(at(warmUp(4, inverseSquareRoot({ rate: 2, numWarmUpSteps: 4 })), [1, 4, 16]), [0.5, 2, 1]);
    expect(at(warmUp(0, constantRate(2)), [1])).toEqual([2]);
  });

  it.each<[string, () => unknown]>([
    ['constantRate: rate is -1, expected a number ≥ 0', () => constantRate(-1)],
    ['linearDecay: rate is Infinity, expected a number ≥ 0', () => linearDecay({ rate: Infinity, numSteps: 4 })],
    ['linearDecay: numSteps is 0', () => linearDecay({ rate: 2, numSteps: 0 })],
    ['inverseSquareRoot: rate is NaN, expected a number ≥ 0', () => inverseSquareRoot({ rate: NaN, numWarmUpSteps: 4 })],
    ['inverseSquareRoot: numWarmUpSteps is 0', () => inverseSquareRoot({ rate: 2, numWarmUpSteps: 0 })],
    ['warmUp: numWarmUpSteps is -1', () => warmUp(-1, constantRate(2))],
  ])('are refused: %s', (message, make) => {
    expect(make).toThrowError(expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) }));
  });
});

describe('one vector of all parameters', () => {
  const parameters = (): Record<string, Tensor> => ({
    a: tensor2d([
      [1, 2],
      [3, 4],
    ]),
    b: scalar(5),
    c: tensor1d([6, 7, 8]),
  });

  it('packs and unpacks in the order of the names', () => {
    const given = parameters();
    const layout = parameterLayout(given);
    expect(layout).toEqual({ names: ['a', 'b', 'c'], shapes: [[2, 2], [], [3]], sizes: [4, 1, 3], size: 8 });
    const flat = packParameters(layout, given);
    expect([...flat.dataSync()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const back = unpackParameters(layout, flat);
    for (const name of layout.names) {
      expect(back[name]!.shape).toEqual(given[name]!.shape);
      expect([...back[name]!.dataSync()]).toEqual([...given[name]!.dataSync()]);
    }
    expectNoLeak(() => packParameters(layout, given));
    expectNoLeak(() => ({ ...unpackParameters(layout, flat) }));
    dispose([flat, ...Object.values(back), ...Object.values(given)]);
  });

  it.each(['cpu', 'wasm'] as const)('its gradient on %s is the gradients, packed; that of an unused parameter is 0', async (backend) => {
    await prepareEngine({ backend });
    const layout = parameterLayout(parameters());
    const loss = (flat: Tensor): Tensor => {
      const { a, c } = unpackParameters(layout, flat);
      return sum(mul(sum(square(a!)), mul(c!, tensor([1, 2, 3]))));
    };
    const flat = Array.from({ length: 8 }, (_, i) => createRng(1).normal(i));
    const squares = flat.slice(0, 4).reduce((total, x) => total + x * x, 0);
    const weighted = flat[5]! + 2 * flat[6]! + 3 * flat[7]!;
    const expected = [...flat.slice(0, 4).map((x) => 2 * x * weighted), 0, squares, 2 * squares, 3 * squares];
    expectAllClose(grad(loss)(tensor1d(flat)), expected, { rtol: 1e-5, atol: 1e-5 });
    await prepareEngine({ backend: 'cpu' });
  });
});
