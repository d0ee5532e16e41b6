import {
  abs,
  add,
  addN,
  argMax,
  broadcastTo,
  cast,
  clipByValue,
  clone,
  concat,
  conv2d,
  cumsum,
  div,
  engine,
  equal,
  exp,
  gather,
  greater,
  less,
  log1p,
  logicalAnd,
  logSumExp,
  matMul,
  max,
  maximum,
  mul,
  oneHot,
  pad,
  reshape,
  slice,
  softmax,
  split,
  stack,
  sub,
  sum,
  tensor,
  tile,
  transpose,
  unsortedSegmentSum,
  where,
  zerosLike,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { hostArray, largestError, onBackend, type HostArray } from './on-backend.ts';

// Inputs are multiples of 1/8, so that only the order of a sum can differ: a few float32 roundings.
const TOLERANCE = 1e-5;

let backend = '';
beforeAll(async () => {
  await prepareEngine({ backend: 'cpu' });
  ({ backend } = await prepareEngine());
});

async function expectSameAsCpu(inputs: readonly HostArray[], compute: (...inputs: Tensor[]) => Tensor): Promise<void> {
  const expected = await onBackend('cpu', inputs, compute);
  const actual = await onBackend(backend, inputs, compute);
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  expect(largestError(actual.values, expected.values)).toBeLessThan(TOLERANCE);
}

describe('kernels of the engine agree with the cpu back end', () => {
  it('transpose, of floats and integers, whichever axes stay in place', async () => {
    const arb = fc
      .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
      .chain((shape) =>
        fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }), fc.nat(shape.length)),
      )
      // Half of them move the first axes only.
      .map(([shape, order, moved]) => ({ shape, perm: [...order.filter((axis) => axis < moved), ...[...shape.keys()].slice(moved)] }));
    await fc.assert(
      // docs/backends.md: on WebGPU that of integers over three axes or more does not compile.
      fc.asyncProperty(
        arb,
        fc.constantFrom('float32' as const, backend === 'webgpu' ? ('float32' as const) : ('int32' as const)),
        async ({ shape, perm }, dtype) => {
          const size = shape.reduce((product, length) => product * length, 1);
          const values = Array.from({ length: size }, (_, i) => i);
          await expectSameAsCpu([{ shape, values, dtype }], (x) => transpose(x, perm));
        },
      ),
      { examples: [[{ shape: [3, 4, 3, 2, 50], perm: [2, 0, 3, 1, 4] }, 'float32']] },
    );
  });

  it('matMul, both operands plain or transposed, with batches', async () => {
    const size = fc.integer({ min: 1, max: 40 });
    const input = fc
      .record({
        m: size,
        k: size,
        n: size,
        batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
        transposeA: fc.boolean(),
        transposeB: fc.boolean(),
      })
      .chain(({ m, k, n, batch, transposeA, transposeB }) =>
        fc
          .tuple(hostArray([...batch, ...(transposeA ? [k, m] : [m, k])]), hostArray([...batch, ...(transposeB ? [n, k] : [k, n])]))
          .map(([a, b]) => ({ a, b, transposeA, transposeB })),
      );
    await fc.assert(
      fc.asyncProperty(input, ({ a, b, transposeA, transposeB }) =>
        expectSameAsCpu([a, b], (left, right) => matMul(left, right, transposeA, transposeB)),
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    { a: [3, 4, 5], b: [1, 5, 6] },
    { a: [1, 4, 5], b: [3, 5, 6] },
    { a: [3, 4, 5], b: [5, 6] },
    { a: [4, 5], b: [3, 5, 6] },
    { a: [2, 3, 200, 130], b: [2, 3, 130, 7] },
  ])('matMul broadcasts $a over $b', async ({ a, b }) => {
    const [left, right] = fc.sample(fc.tuple(hostArray(a), hostArray(b)), { numRuns: 1, seed: 3 })[0]!;
    await expectSameAsCpu([left, right], (first, second) => matMul(first, second));
    const flip = (shape: number[]): number[] => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
    await expectSameAsCpu(
      [
        { ...left, shape: flip(a) },
        { ...right, shape: flip(b) },
      ],
      (first, second) => matMul(first, second, true, true),
    );
  });

  it('matMul reads a reshaped operand in its new shape', async () => {
    const a = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };
    const b = { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] };
    await expectSameAsCpu([a, b], (left, right) =>
      addN([sum(matMul(left, right)), sum(matMul(slice(left, [0, 0], [2, 2]), reshape(right, [2, 3])), [0, 1])]),
    );
  });

  it('matMul with an empty axis is empty or zero', async () => {
    await expectSameAsCpu(
      [
        { shape: [2, 0], values: [] },
        { shape: [0, 3], values: [] },
      ],
      (a, b) => matMul(a, b),
    );
    await expectSameAsCpu(
      [
        { shape: [0, 2], values: [] },
        { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      ],
      (a, b) => matMul(a, b),
    );
  });

  it('unsortedSegmentSum, with ids below 0', async () => {
    const input = fc
      .record({
        rows: fc.integer({ min: 0, max: 20 }),
        inner: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
        segments: fc.integer({ min: 1, max: 6 }),
      })
      .chain(({ rows, inner, segments }) =>
        fc
          .tuple(hostArray([rows, ...inner]), fc.array(fc.integer({ min: -2, max: segments - 1 }), { minLength: rows, maxLength: rows }))
          .map(([x, ids]) => ({ x, ids, segments })),
      );
    await fc.assert(
      fc.asyncProperty(input, async ({ x, ids, segments }) => {
        const { shape, values } = await onBackend(backend, [x, { shape: [ids.length], values: ids, dtype: 'int32' }], (data, segmentIds) =>
          unsortedSegmentSum(data, segmentIds as Tensor1D, segments),
        );
        const length = x.shape.slice(1).reduce((product, size) => product * size, 1);
        const expected = new Array<number>(segments * length).fill(0);
        x.values.forEach((value, i) => {
          const segment = ids[Math.floor(i / length)]!;
          if (segment >= 0) expected[segment * length + (i % length)]! += value;
        });
        expect(shape).toEqual([segments, ...x.shape.slice(1)]);
        expect(values).toEqual(expected);
      }),
    );
  });

  it('the two gradients of conv2d', async () => {
    const input = fc
      .record({
        batch: fc.integer({ min: 1, max: 2 }),
        height: fc.integer({ min: 3, max: 9 }),
        width: fc.integer({ min: 3, max: 9 }),
        filterHeight: fc.integer({ min: 1, max: 3 }),
        filterWidth: fc.integer({ min: 1, max: 3 }),
        channels: fc.integer({ min: 1, max: 4 }),
        outChannels: fc.integer({ min: 1, max: 4 }),
        stride: fc.constantFrom<[number, number]>([1, 1], [2, 2], [2, 1], [1, 3]),
        pad: fc.constantFrom<'same' | 'valid'>('same', 'valid'),
      })
      .chain((size) =>
        fc
          .tuple(
            hostArray([size.batch, size.height, size.width, size.channels]),
            hostArray([size.filterHeight, size.filterWidth, size.channels, size.outChannels]),
          )
          .map(([x, filter]) => ({ x, filter, stride: size.stride, pad: size.pad })),
      );
    await fc.assert(
      fc.asyncProperty(input, async ({ x, filter, stride, pad }) => {
        const { shape, values } = await onBackend('cpu', [x, filter], (image, weights) =>
          conv2d(image as Tensor4D, weights as Tensor4D, stride, pad),
        );
        const dy = { shape, values };
        const attrs = { strides: stride, pad, dataFormat: 'NHWC' };
        await expectSameAsCpu(
          [x, dy],
          (image, upstream) =>
            engine().runKernel('Conv2DBackpropFilter', { x: image, dy: upstream }, { ...attrs, filterShape: filter.shape }) as Tensor,
        );
        await expectSameAsCpu(
          [dy, filter],
          (upstream, weights) =>
            engine().runKernel('Conv2DBackpropInput', { dy: upstream, filter: weights }, { ...attrs, inputShape: x.shape }) as Tensor,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('slice and split, any part of up to five axes', async () => {
    const input = fc
      .array(fc.record({ size: fc.integer({ min: 1, max: 6 }), begin: fc.nat(5), length: fc.nat(6) }), { minLength: 1, maxLength: 5 })
      .map((axes) => axes.map(({ size, begin, length }) => ({ size, begin: begin % size, length: length % (size - (begin % size) + 1) })))
      .chain((axes) => hostArray(axes.map(({ size }) => size)).map((x) => ({ x, axes })));
    await fc.assert(
      fc.asyncProperty(input, async ({ x, axes }) => {
        await expectSameAsCpu([x], (data) =>
          slice(
            data,
            axes.map(({ begin }) => begin),
            axes.map(({ length }) => length),
          ),
        );
        const axis = axes.length - 1;
        await expectSameAsCpu([x], (data) => split(data, [axes[axis]!.begin, axes[axis]!.size - axes[axis]!.begin], axis)[1]!);
      }),
    );
  });

  it('slice of long runs, of integers and of booleans', async () => {
    const x = { shape: [3, 100, 2], values: Array.from({ length: 600 }, (_, i) => i % 7) };
    for (const dtype of ['float32', 'int32'] as const)
      await expectSameAsCpu([{ ...x, dtype }], (data) => slice(data, [1, 20, 0], [2, 70, 2]));
    await expectSameAsCpu([{ shape: [4], values: [1, 0, 0, 1], dtype: 'bool' }], (data) => slice(data, 1, 3));
  });

  it('sum over any axes', async () => {
    const input = fc
      .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 })
      .chain((shape) =>
        fc.record({
          x: hostArray(shape),
          axes: fc.subarray(shape.map((_, axis) => axis)),
          keepDims: fc.boolean(),
          dtype: fc.constantFrom<'float32' | 'int32'>('float32', 'int32'),
        }),
      )
      .map(({ x, axes, keepDims, dtype }) => ({
        axes,
        keepDims,
        x: dtype === 'int32' ? { ...x, values: x.values.map((value) => value * 8), dtype } : x,
      }));
    await fc.assert(
      fc.asyncProperty(input, ({ x, axes, keepDims }) => expectSameAsCpu([x], (data) => sum(data, axes, keepDims))),
      { numRuns: 150 },
    );
  });

  it('clipByValue of integers and floats', async () => {
    const values = [-9, -1, 0, 3, 8];
    for (const dtype of ['int32', 'float32'] as const) await expectSameAsCpu([{ shape: [5], values, dtype }], (x) => clipByValue(x, -1, 3));
  });

  it('gather along any axis', async () => {
    const input = fc
      .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
      .chain((shape) =>
        fc.record({ x: hostArray(shape), axis: fc.nat(shape.length - 1), picks: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }) }),
      )
      .map(({ x, axis, picks }) => ({ x, axis, ids: picks.map((pick) => pick % x.shape[axis]!) }));
    await fc.assert(
      fc.asyncProperty(input, ({ x, axis, ids }) =>
        expectSameAsCpu([x, { shape: [ids.length, 1], values: ids, dtype: 'int32' }], (data, indices) =>
          gather(data, indices as Tensor1D, axis),
        ),
      ),
    );
  });

  it('cast between every two dtypes', async () => {
    const dtypes = ['float32', 'int32', 'bool'] as const;
    for (const from of dtypes) {
      const values = from === 'bool' ? [0, 1, 1] : from === 'int32' ? [0, 2, -3] : [0, 0.5, -2.75];
      for (const to of dtypes) await expectSameAsCpu([{ shape: [3], values, dtype: from }], (x) => cast(x, to));
    }
  });

  it('oneHot of every dtype, and of an index that is in no class', async () => {
    const indices = { shape: [2, 2], values: [0, 2, 3, -1], dtype: 'int32' as const };
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      await expectSameAsCpu([indices], (ids) => oneHot(ids, 3, 1, 0, dtype));
    }
    await expectSameAsCpu([indices], (ids) => oneHot(ids, 3, 0.5, -2, 'float32'));
  });

  it('clone outlives its original', async () => {
    const { values } = await onBackend(backend, [{ shape: [2], values: [1, 2] }], (x) => {
      const copy = clone(x);
      const inner = clone(copy);
      copy.dispose();
      return inner;
    });
    expect(values).toEqual([1, 2]);
  });

  const pixels: HostArray = { shape: [2, 2, 3, 2, 4], values: Array.from({ length: 96 }, (_, i) => (((i * 7) % 33) - 16) / 8) };
  it.each<readonly [string, (x: Tensor) => Tensor]>([
    ['add, each class apart', (x) => add(x, slice(x, 0, [1, 1, 1, 1, 4]))],
    ['sub, each pixel apart', (x) => sub(x, sum(x, 4, true))],
    ['mul, each example apart', (x) => mul(x, slice(x, 0, [2, 1, 1, 1, 1]))],
    ['div of two broadcasts', (x) => div(slice(x, 0, [2, 1, 3, 1, 4]), add(abs(slice(x, 0, [1, 2, 1, 2, 1])), 1))],
    ['add of one axis', (x) => add(x, reshape(slice(x, 0, [1, 1, 1, 1, 4]), [4]))],
    ['maximum', (x) => maximum(x, max(x, [1, 2], true))],
    ['greater', (x) => greater(x, zerosLike(x))],
    ['logicalAnd', (x) => logicalAnd(greater(x, 0), less(x, 1))],
    ['equal', (x) => equal(x, max(x, 4, true))],
    ['where', (x) => where(greater(x, 0), x, zerosLike(x))],
    ['where of broadcasts', (x) => where(greater(slice(x, 0, [1, 1, 1, 1, 4]), 0), x, slice(x, 0, [2, 1, 1, 1, 1]))],
    ['exp, log1p', (x) => log1p(exp(x))],
    ['logSumExp', (x) => logSumExp(x, 4)],
    ['softmax', (x) => softmax(x)],
    ['sum of inner axes', (x) => sum(x, [1, 2, 3, 4])],
    ['max of the first axis', (x) => max(x, 0)],
    ['argMax', (x) => argMax(x, 4)],
    ['cumsum', (x) => cumsum(x, 4)],
    ['tile', (x) => tile(slice(x, 0, [1, 2, 3, 2, 4]), [3, 1, 1, 1, 2])],
    ['broadcastTo', (x) => broadcastTo(slice(x, 0, [2, 1, 1, 1, 4]), [2, 2, 3, 2, 4])],
    ['concat', (x) => concat([x, x], 4)],
    ['stack', (x) => stack([x, x], 5)],
    [
      'pad',
      (x) =>
        pad(x, [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0],
          [1, 2],
        ]),
    ],
    ['transpose', (x) => transpose(x, [0, 4, 2, 1, 3])],
    ['gather', (x) => gather(x, tensor([3, 0, 3], [3], 'int32') as Tensor1D, 4)],
    ['oneHot', (x) => oneHot(cast(abs(slice(x, 0, [2, 2, 3, 2, 1])), 'int32'), 5)],
  ])('five axes, as a loss of images has: %s', (_, compute) => expectSameAsCpu([pixels], compute));
});
