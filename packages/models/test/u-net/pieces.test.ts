import { createRng } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { add, fill, grad, grads, mul, ones, reshape, sub, sum, tensor, tensor1d, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { convolution } from '../../src/u-net/convolution.ts';
import { dropout } from '../../src/dropout.ts';
import { groupNorm } from '../../src/u-net/group-norm.ts';
import { hiddenConvolution } from '../../src/u-net/hidden-convolution.ts';
import { pixelLogits } from '../../src/u-net/pixel-logits.ts';
import { upsample } from '../../src/u-net/upsample.ts';

/** Small integers, so that float32 sums are exact. */
const integers = (shape: number[], seed: number): Tensor =>
  tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => createRng(seed).integer(17, i) - 8),
    shape,
  );
const normals = (shape: number[], seed: number): Tensor =>
  tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => createRng(seed).normal(i)),
    shape,
  );
const numbersOf = (x: Tensor): number[] => [...x.dataSync()];

const arbImages = fc.record({
  batchSize: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 5 }),
  channels: fc.integer({ min: 1, max: 4 }),
  outputs: fc.integer({ min: 1, max: 4 }),
});

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it('a hidden convolution is a convolution, and so are its gradients, exactly', () => {
    fc.assert(
      fc.property(arbImages, ({ batchSize, height, width, channels, outputs }) => {
        tidy(() => {
          const [x, weight] = [integers([batchSize, height, width, channels], 1), integers([3, 3, channels, outputs], 2)];
          const dy = integers([batchSize, height, width, outputs], 3);
          expect(numbersOf(hiddenConvolution(x, weight))).toEqual(numbersOf(convolution(x, weight)));
          const of = (apply: (x: Tensor, w: Tensor) => Tensor): number[][] =>
            grads((a: Tensor, b: Tensor) => sum(mul(apply(a, b), dy)))([x, weight]).map(numbersOf);
          // Adding 0 makes one zero of two.
          const unsigned = (lists: number[][]): number[][] => lists.map((list) => list.map((value) => value + 0));
          expect(unsigned(of(hiddenConvolution))).toEqual(unsigned(of(convolution)));
        });
      }),
    );
  });

  it('upsample repeats every pixel, and its gradient sums the four', () => {
    fc.assert(
      fc.property(arbImages, ({ batchSize, height, width, channels }) => {
        tidy(() => {
          const x = integers([batchSize, height, width, channels], 1);
          const dy = integers([batchSize, 2 * height, 2 * width, channels], 2);
          const [from, upstream] = [numbersOf(x), numbersOf(dy)];
          const expected: number[] = [];
          const sums = from.map(() => 0);
          for (let b = 0; b < batchSize; b++)
            for (let i = 0; i < 2 * height; i++)
              for (let j = 0; j < 2 * width; j++)
                for (let c = 0; c < channels; c++) {
                  const at = ((b * height + (i >> 1)) * width + (j >> 1)) * channels + c;
                  sums[at]! += upstream[expected.length]!;
                  expected.push(from[at]!);
                }
          expect(numbersOf(upsample(x))).toEqual(expected);
          expect(numbersOf(grad((value: Tensor) => sum(mul(upsample(value), dy)))(x))).toEqual(sums);
        });
      }),
    );
  });

  it('a shift of the group norm is the same as one of x, in value and gradients', () => {
    tidy(() => {
      const [x, shift] = [normals([2, 3, 4, 6], 1), normals([2, 6], 2)];
      const [scale, bias, dy] = [normals([6], 3), normals([6], 4), normals([2, 3, 4, 6], 5)];
      for (const activation of ['identity', 'swish'] as const) {
        const options = (s: Tensor, b: Tensor) => ({ scale: s, bias: b, numGroups: 2, activation });
        const within = (a: Tensor, m: Tensor, s: Tensor, b: Tensor): Tensor => sum(mul(groupNorm(a, { ...options(s, b), shift: m }), dy));
        const before = (a: Tensor, m: Tensor, s: Tensor, b: Tensor): Tensor =>
          sum(mul(groupNorm(add(a, reshape(m, [2, 1, 1, 6])), options(s, b)), dy));
        const [ours, others] = [within, before].map((loss) => grads(loss)([x, shift, scale, bias]).map(numbersOf));
        ours!.forEach((gradient, i) => expectAllClose(gradient, others![i]!, { rtol: 1e-5, atol: 1e-5 }));
      }
    });
  });

  it('the group norm does not lose its digits to a large mean', () => {
    tidy(() => {
      const x = normals([1, 4, 4, 2], 1);
      const options = { scale: tensor1d([1, 1]), bias: tensor1d([0, 0]), numGroups: 1 };
      // 1000 + x has x to 6e-5, which the differences keep: by E x² − (E x)² the variance would be off by 0.1.
      expectAllClose(groupNorm(add(x, 1000), options), groupNorm(x, options), { rtol: 1e-3, atol: 2e-4 });
    });
  });

  it('a constant image is normalised to the bias, with finite gradients', () => {
    tidy(() => {
      const options = { scale: tensor1d([2, 3]), bias: tensor1d([0.5, -1]), numGroups: 1 };
      const image = fill([1, 2, 2, 2], 7);
      expect(numbersOf(groupNorm(image, options))).toEqual([0.5, -1, 0.5, -1, 0.5, -1, 0.5, -1]);
      for (const activation of ['identity', 'swish'] as const) {
        const gradient = grad((x: Tensor) => sum(groupNorm(x, { ...options, activation })))(image);
        expect(numbersOf(gradient).every(Number.isFinite)).toBe(true);
      }
    });
  });

  it('the bias and the one-hot of the logits are as if they were added', () => {
    fc.assert(
      fc.property(arbImages, fc.boolean(), ({ batchSize, height, width, channels, outputs }, skip) => {
        tidy(() => {
          const numStates = outputs + 1;
          const shape = [batchSize, height, width, 2, numStates];
          const states = tensor(
            Array.from({ length: 2 * batchSize * height * width }, (_, i) => createRng(9).integer(numStates, i)),
            shape.slice(0, 4),
            'int32',
          );
          const [x, weight] = [integers([batchSize, height, width, channels], 1), integers([3, 3, channels, 2 * numStates], 2)];
          const [bias, dy] = [integers([2 * numStates], 3), integers(shape, 4)];
          const plain = (a: Tensor, w: Tensor, b: Tensor): Tensor => reshape(convolution(a, w, b), shape);
          const onehot = tensor(
            numbersOf(states).flatMap((state) => Array.from({ length: numStates }, (_, k) => (skip && state === k ? 1 : 0))),
            shape,
          );
          const ours = (a: Tensor, w: Tensor, b: Tensor): Tensor => pixelLogits(a, { weight: w, bias: b, states, numStates, skip });
          expect(numbersOf(sub(ours(x, weight, bias), onehot))).toEqual(numbersOf(plain(x, weight, bias)));
          const of = (apply: (a: Tensor, w: Tensor, b: Tensor) => Tensor): number[][] =>
            grads((a: Tensor, w: Tensor, b: Tensor) => sum(mul(apply(a, w, b), dy)))([x, weight, bias]).map((gradient) =>
              numbersOf(gradient).map((value) => value + 0),
            );
          expect(of(ours)).toEqual(of(plain));
        });
      }),
    );
  });

  it('pieces leave no tensors behind', () => {
    const [x, weight, scale, shift] = [normals([1, 2, 2, 4], 1), normals([3, 3, 4, 4], 2), ones([4]), zeros([1, 4])];
    const states = tensor([0, 1, 1, 0], [1, 2, 2, 1], 'int32');
    const [last, bias] = [normals([3, 3, 4, 2], 3), zeros([2])];
    const works: readonly ((a: Tensor) => Tensor)[] = [
      (a) => hiddenConvolution(a, weight),
      (a) => upsample(a),
      (a) => groupNorm(a, { scale, bias: scale, numGroups: 2, shift, activation: 'swish' }),
      (a) => dropout(a, 0.5, { rng: createRng(1) }),
      (a) => pixelLogits(a, { weight: last, bias, states, numStates: 2, skip: true }),
    ];
    for (const work of works) expectNoLeak(() => tidy(() => grad((a: Tensor) => sum(work(a)))(x)));
  });
});

describe('dropout', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));
  const mask = (rate: number, count = 30_000, label = 'mask'): number[] =>
    numbersOf(dropout(ones([count]), rate, { rng: createRng(label) }));

  it('leaves out a share of the rate, independently in each of the three draws of a number, and keeps the mean', () => {
    const values = mask(0.1);
    const kept = Math.fround(65536 / (65536 - 6554));
    expect(new Set(values)).toEqual(new Set([0, kept]));
    for (const third of [0, 1, 2]) {
      const zeroed = values.filter((value, i) => i % 3 === third && value === 0).length;
      // Binomial(10000, 0.1) has a standard deviation of 30.
      expect(Math.abs(zeroed - 1000)).toBeLessThan(150);
    }
    for (const lag of [1, 2]) {
      const both = values.filter((value, i) => i % 3 === 0 && value === 0 && values[i + lag] === 0).length;
      // Binomial(10000, 0.01) has a standard deviation of 10.
      expect(Math.abs(both - 100)).toBeLessThan(50);
    }
  });

  it('is a function of the stream, of which a longer mask begins with a shorter one', () => {
    expect(mask(0.3, 10)).toEqual(mask(0.3, 31).slice(0, 10));
    expect(mask(0.3, 31, 'other')).not.toEqual(mask(0.3, 31));
  });

  it.each([
    [1, 4],
    [2, 5],
    [3, 7],
  ])('of a part from example %i on is that part of the mask, with %i numbers an example', (firstExample, numbers) => {
    const shape: [number, number] = [5, numbers];
    const whole = numbersOf(dropout(ones(shape), 0.4, { rng: createRng('mask') }));
    const part = dropout(ones([5 - firstExample, numbers]), 0.4, { rng: createRng('mask'), firstExample });
    expect(numbersOf(part)).toEqual(whole.slice(firstExample * numbers));
  });

  it('at rate 0 leaves everything, and next to 1 almost nothing, in proportion', () => {
    expect(mask(0, 5)).toEqual([1, 1, 1, 1, 1]);
    expect(mask(1 - 2 ** -30).filter((value) => value !== 0 && value !== 65536)).toEqual([]);
  });

  it('has the mask as its gradient', () => {
    const gradient = grad((x: Tensor) => sum(dropout(x, 0.5, { rng: createRng('mask') })))(fill([20], 3));
    expect(numbersOf(gradient)).toEqual(mask(0.5, 20));
  });
});
