import {
  conv2d,
  gather,
  getGradient,
  grad,
  grads,
  greater,
  matMul,
  mean,
  mul,
  relu,
  square,
  sum,
  tensor,
  tidy,
  where,
  zerosLike,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { hostArray, largestError, type HostArray } from './on-backend.ts';

// The float64 difference quotient of a polynomial of degree 2 is exact up to 1e-9; the rest is float32 rounding of a few hundred terms.
const TOLERANCE = 2e-5;
const STEP = 1e-3;

beforeAll(async () => void (await prepareEngine()));

/** Σ y², by float64 loops written from the definition of y. */
type Loss = (...inputs: Float64Array[]) => number;

function differences(loss: Loss, inputs: readonly HostArray[]): number[][] {
  const points = inputs.map(({ values }) => Float64Array.from(values));
  return points.map((point) =>
    Array.from(point, (value, i) => {
      point[i] = value + STEP;
      const above = loss(...points);
      point[i] = value - STEP;
      const below = loss(...points);
      point[i] = value;
      return (above - below) / (2 * STEP);
    }),
  );
}

async function expectGradients(inputs: readonly HostArray[], compute: (...inputs: Tensor[]) => Tensor, loss: Loss): Promise<void> {
  const expected = differences(loss, inputs);
  const actual = tidy(() =>
    grads((...made: Tensor[]) => sum(square(compute(...made))))(inputs.map(({ values, shape }) => tensor(values, shape))).map(
      (gradient) => ({ shape: gradient.shape, values: Array.from(gradient.dataSync()) }),
    ),
  );
  inputs.forEach(({ shape }, i) => {
    expect(actual[i]!.shape).toEqual(shape);
    expect(largestError(actual[i]!.values, expected[i]!)).toBeLessThan(TOLERANCE);
  });
}

describe('gradients against central differences in float64', () => {
  it('every kernel that training uses has one', () => {
    const names = [
      'Mean',
      'Add',
      'BatchMatMul',
      'Cast',
      'Concat',
      'Conv2D',
      'Cumsum',
      'Exp',
      'Expm1',
      'GatherV2',
      'Log',
      'Log1p',
      'Max',
      'Maximum',
      'Multiply',
      'Neg',
      'RealDiv',
      'Relu',
      'Reshape',
      'Rsqrt',
      'Select',
      'Sigmoid',
      'Slice',
      'Softmax',
      'Sqrt',
      'Square',
      'Sub',
      'Sum',
      'Tanh',
      'Tile',
      'Transpose',
      'UnsortedSegmentSum',
      'Greater',
    ];
    expect(names.filter((name) => getGradient(name) === undefined)).toEqual([]);
  });

  it.each([
    { a: [], b: [] },
    { a: [3], b: [3] },
    { a: [2, 3], b: [2, 3] },
    { a: [3], b: [1] },
    { a: [1], b: [3] },
    { a: [3], b: [] },
    { a: [], b: [2] },
  ])('matMul with leading axes $a and $b, each operand plain or transposed', async ({ a: aBatch, b: bBatch }) => {
    const [m, k, n] = [3, 4, 2];
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const shapes = [
          [...aBatch, ...(transposeA ? [k, m] : [m, k])],
          [...bBatch, ...(transposeB ? [n, k] : [k, n])],
        ];
        const inputs = fc.sample(fc.tuple(hostArray(shapes[0]!), hostArray(shapes[1]!)), { numRuns: 1, seed: 7 })[0]!;
        const count = (batch: number[]): number => batch.reduce((product, size) => product * size, 1);
        const batches = Math.max(count(aBatch), count(bBatch));
        const loss: Loss = (a, b) => {
          let total = 0;
          for (let batch = 0; batch < batches; batch++) {
            const [ia, ib] = [(batch % count(aBatch)) * m * k, (batch % count(bBatch)) * k * n];
            for (let i = 0; i < m; i++) {
              for (let j = 0; j < n; j++) {
                let y = 0;
                for (let l = 0; l < k; l++)
                  y += a![ia + (transposeA ? l * m + i : i * k + l)]! * b![ib + (transposeB ? j * k + l : l * n + j)]!;
                total += y * y;
              }
            }
          }
          return total;
        };
        await expectGradients(inputs, (left, right) => matMul(left!, right!, transposeA, transposeB), loss);
      }
    }
  });

  it('gather: an embedding table with repeated and unused rows', async () => {
    const input = fc
      .record({ rows: fc.integer({ min: 1, max: 6 }), width: fc.integer({ min: 1, max: 5 }), positions: fc.integer({ min: 1, max: 12 }) })
      .chain(({ rows, width, positions }) =>
        fc.record({ table: hostArray([rows, width]), ids: fc.array(fc.nat(rows - 1), { minLength: positions, maxLength: positions }) }),
      );
    await fc.assert(
      fc.asyncProperty(input, async ({ table, ids }) => {
        const width = table.shape[1]!;
        const loss: Loss = (values) =>
          ids.reduce(
            (total, id) => total + values!.subarray(id * width, (id + 1) * width).reduce((part, value) => part + value * value, 0),
            0,
          );
        await expectGradients([table], (values) => gather(values!, tensor(ids, [ids.length], 'int32') as Tensor1D), loss);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    { strides: [1, 1], pad: 'same' },
    { strides: [2, 2], pad: 'same' },
    { strides: [1, 1], pad: 'valid' },
    { strides: [2, 1], pad: 'valid' },
  ] as const)('conv2d, input and filter, strides $strides, $pad', async ({ strides, pad }) => {
    const [batch, height, width, channels, outChannels, filterSize] = [2, 6, 5, 2, 3, 3];
    const [x, filter] = fc.sample(
      fc.tuple(hostArray([batch, height, width, channels]), hostArray([filterSize, filterSize, channels, outChannels])),
      { numRuns: 1, seed: 11 },
    )[0]!;
    const side = (length: number, stride: number): { readonly out: number; readonly before: number } => {
      const out = pad === 'same' ? Math.ceil(length / stride) : Math.ceil((length - filterSize + 1) / stride);
      return { out, before: pad === 'same' ? Math.floor(Math.max((out - 1) * stride + filterSize - length, 0) / 2) : 0 };
    };
    const [down, across] = [side(height, strides[0]), side(width, strides[1])];
    const loss: Loss = (image, weights) => {
      let total = 0;
      for (let b = 0; b < batch; b++)
        for (let y = 0; y < down.out; y++)
          for (let z = 0; z < across.out; z++)
            for (let d = 0; d < outChannels; d++) {
              let value = 0;
              for (let i = 0; i < filterSize; i++)
                for (let j = 0; j < filterSize; j++) {
                  const [row, column] = [y * strides[0] + i - down.before, z * strides[1] + j - across.before];
                  if (row < 0 || row >= height || column < 0 || column >= width) continue;
                  for (let c = 0; c < channels; c++)
                    value +=
                      image![((b * height + row) * width + column) * channels + c]! *
                      weights![((i * filterSize + j) * channels + c) * outChannels + d]!;
                }
              total += value * value;
            }
      return total;
    };
    await expectGradients([x, filter], (image, weights) => conv2d(image as Tensor4D, weights as Tensor4D, [...strides], pad), loss);
  });

  it('where with a condition on the differentiated input', () => {
    const gradient = tidy(() => grad((x) => mean(where(greater(x, 1), mul(x, x), zerosLike(x))))(tensor([0, 1, 2, 3])).arraySync());
    expect(gradient).toEqual([0, 0, 1, 1.5]);
  });
});

describe('relu', () => {
  const x = [-2, -1e-30, 0, 1e-30, 3, Infinity];
  const dy = [5, 7, 11, 13, 17, 19];

  it('passes what comes from above where its result is positive, and nothing at 0', () => {
    tidy(() => {
      const weighted = (input: Tensor): Tensor => sum(mul(relu(input), tensor(dy)));
      expect([...grad(weighted)(tensor(x)).dataSync()]).toEqual([0, 0, 0, 13, 17, 19]);
    });
  });

  it('has a gradient of its gradient in dy', () => {
    tidy(() => {
      const first = (scale: Tensor): Tensor => sum(grad((input: Tensor) => sum(mul(relu(input), scale)))(tensor(x)));
      expect([...grad(first)(tensor(dy)).dataSync()]).toEqual([0, 0, 0, 1, 1, 1]);
    });
  });
});
