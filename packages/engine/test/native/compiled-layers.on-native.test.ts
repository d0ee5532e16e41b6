import { describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { largestError, run, wave, type Input } from './run-operation.ts';

/** The operations are for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

const CHANNELS = [1, 2, 5, 15, 16, 17, 28, 33, 128, 257];

const list = (values: ArrayLike<number>): Input => [values, [values.length]];
const rowsOf = (values: readonly number[], columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, r) => values.slice(r * columns, (r + 1) * columns));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const columnSums = (rows: readonly (readonly number[])[]): number[] => rows[0]!.map((_, j) => sum(rows.map((row) => row[j]!)));

describe.skipIf(isCard)('D3pmRmsNorm and its gradient', () => {
  const FLOOR = Math.fround(1e-6);
  /** y, 1/√(mean x² + floor), and from dy by the rule of the quotient dx, and Σ dy x / √… */
  function oracle(x: readonly number[], dy: readonly number[], scale: readonly number[]) {
    const upstream = rowsOf(dy, scale.length);
    const rows = rowsOf(x, scale.length).map((row, r) => {
      const inverse = 1 / Math.sqrt(sum(row.map((value) => value * value)) / row.length + FLOOR);
      const along = sum(row.map((value, i) => upstream[r]![i]! * scale[i]! * value));
      return {
        inverse,
        y: row.map((value, i) => scale[i]! * value * inverse),
        dx: row.map((value, i) => upstream[r]![i]! * scale[i]! * inverse - (value * inverse ** 3 * along) / row.length),
        dScale: row.map((value, i) => upstream[r]![i]! * value * inverse),
      };
    });
    return {
      y: rows.flatMap(({ y }) => y),
      dx: rows.flatMap(({ dx }) => dx),
      inverse: rows.map(({ inverse }) => inverse),
      dScale: columnSums(rows.map(({ dScale }) => dScale)),
    };
  }

  it.each([...CHANNELS.flatMap((channels) => [1, 3].map((numRows) => [numRows, channels] as const)), [9000, 33] as const])(
    'are right for %i rows of %i channels',
    (numRows, channels) => {
      const [x, dy, scale] = [wave(numRows * channels, 1, { spread: 3 }), wave(numRows * channels, 2), wave(channels, 3)];
      const shape = [numRows, channels];
      const expected = oracle(x, dy, scale);
      const [y, inverse] = run('D3pmRmsNorm', { x: [x, shape], scale: list(scale), floor: list([FLOOR]) });
      const [dx, dScale] = run('D3pmRmsNormGrad', { dy: [dy, shape], x: [x, shape], scale: list(scale), inverse: list(inverse!) });
      // A few roundings of numbers of order 1; sums over rows are of order √rows and have as many roundings.
      expect(largestError(y!, expected.y)).toBeLessThan(2e-6);
      expect(largestError(inverse!, expected.inverse)).toBeLessThan(1e-6);
      expect(largestError(dx!, expected.dx)).toBeLessThan(3e-6);
      expect(largestError(dScale!, expected.dScale)).toBeLessThan(1e-5);
    },
  );

  it('leave a row of zeros 0', () => {
    const scale = list(new Float32Array(17).fill(1));
    const [y, inverse] = run('D3pmRmsNorm', { x: [new Float32Array(17), [1, 17]], scale, floor: list([FLOOR]) });
    expect(y).toEqual(new Array<number>(17).fill(0));
    expect(inverse![0]).toBeCloseTo(1000, 2);
  });
});

describe.skipIf(isCard)('D3pmAttentionWeights and its gradient', () => {
  const softmax = (row: readonly number[]): number[] => {
    const top = Math.max(...row);
    const weights = row.map((x) => Math.exp(x - top));
    return weights.map((weight) => weight / sum(weights));
  };

  it.each(CHANNELS)('are softmax(scores + bias) with the bias of all examples, and P (dP − Σ P dP), for %i keys', (length) => {
    const shape = [3, 2, 4, length];
    const scores = wave(24 * length, 1, { spread: 6 });
    const bias = wave(8 * length, 2, { spread: 2 });
    // Hides the odd keys from every query but the first one.
    const hidden = bias.map((value, i) => (i >= length && (i % length) % 2 === 1 ? -Infinity : value));
    const upstream = wave(24 * length, 3);
    for (const offset of [bias, hidden]) {
      const expected = rowsOf(scores, length).map((row, r) => softmax(row.map((x, i) => x + offset[(r % 8) * length + i]!)));
      const [weights] = run('D3pmAttentionWeights', { scores: [scores, shape], bias: [offset, [1, 2, 4, length]] });
      // x + bias is rounded once at 8, which is 5·10⁻⁷ of its exponential.
      expect(largestError(weights!, expected.flat())).toBeLessThan(1e-6);
      expect(weights!.filter((_, i) => offset[i % offset.length] === -Infinity).every((weight) => weight === 0)).toBe(true);
      const up = rowsOf(upstream, length);
      const dScores = expected.flatMap((row, r) => row.map((p, i) => p * (up[r]![i]! - sum(row.map((each, j) => each * up[r]![j]!)))));
      const gradient = run('D3pmAttentionWeightsGrad', { weights: [weights!, shape], upstream: [upstream, shape] });
      expect(largestError(gradient[0]!, dScores)).toBeLessThan(1e-6);
    }
  });
});

describe.skipIf(isCard)('D3pmAdamUpdate', () => {
  it.each([1, 15, 16, 33, 100_001])('is Algorithm 1 of Kingma and Ba for %i parameters', (size) => {
    const [parameters, moment1, gradient] = [wave(size, 1), wave(size, 2), wave(size, 3)];
    const moment2 = wave(size, 4).map(Math.abs);
    const [beta1, beta2, epsilon, rate, step] = [0.9, 0.999, 1e-8, 0.01, 7];
    const corrected = Math.sqrt(1 - beta2 ** step);
    const factors = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon * corrected, (rate * corrected) / (1 - beta1 ** step)];
    const inputs = { parameters: list(parameters), moment1: list(moment1), moment2: list(moment2), gradient: list(gradient) };
    const outputs = run('D3pmAdamUpdate', { ...inputs, factors: list(factors) });
    const m = moment1.map((value, i) => beta1 * value + (1 - beta1) * gradient[i]!);
    const v = moment2.map((value, i) => beta2 * value + (1 - beta2) * gradient[i]! ** 2);
    const theta = parameters.map(
      (value, i) => value - (rate * (m[i]! / (1 - beta1 ** step))) / (Math.sqrt(v[i]! / (1 - beta2 ** step)) + epsilon),
    );
    // Roundings of numbers of order 1.
    expect(largestError(outputs[0]!, theta)).toBeLessThan(3e-7);
    expect(largestError(outputs[1]!, m)).toBeLessThan(3e-7);
    expect(largestError(outputs[2]!, v)).toBeLessThan(3e-7);
  });

  it('changes nothing where gradient and moments are 0', () => {
    const [zeros, factors] = [list([0, 0, 0]), list([0.9, 0.1, 0.999, 0.001, 1e-9, 0.01])];
    const inputs = { parameters: list([1, -2, 0]), moment1: zeros, moment2: zeros, gradient: zeros };
    expect(run('D3pmAdamUpdate', { ...inputs, factors })).toEqual([
      [1, -2, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});

interface Images {
  /** Of an image, height, width and channels. */
  readonly size: readonly [number, number, number];
  readonly count?: number;
  readonly groups: number;
  readonly shifted?: boolean;
  readonly swish?: boolean;
  readonly mean?: number;
  readonly spread?: number;
}

describe.skipIf(isCard)('D3pmGroupNorm and its gradient', () => {
  const FLOOR = Math.fround(1e-6);

  /** By the formula: every number of the group of an image, with its mean and variance, in float64. */
  function oracle(
    { size: [height, width, channels], count = 2, groups, swish = false }: Images,
    arrays: Record<'x' | 'dy' | 'scale' | 'bias' | 'shift', number[]>,
  ) {
    const { x, dy, scale, bias, shift } = arrays;
    const perGroup = channels / groups;
    const result = {
      y: x.map(() => 0),
      dx: x.map(() => 0),
      dScale: scale.map(() => 0),
      dBias: scale.map(() => 0),
      dShift: new Array<number>(count * channels).fill(0),
    };
    for (let b = 0; b < count; b++) {
      for (let g = 0; g < groups; g++) {
        const places = Array.from({ length: height * width * perGroup }, (_, i) => {
          const channel = g * perGroup + (i % perGroup);
          return { channel, at: (b * height * width + Math.floor(i / perGroup)) * channels + channel };
        });
        const moved = places.map(({ at, channel }) => x[at]! + (shift[b * channels + channel] ?? 0));
        const mean = sum(moved) / moved.length;
        const inverse = 1 / Math.sqrt(sum(moved.map((value) => (value - mean) ** 2)) / moved.length + FLOOR);
        const units = moved.map((value) => (value - mean) * inverse);
        const dUnits = places.map(({ at, channel }, i) => {
          const u = scale[channel]! * units[i]! + bias[channel]!;
          const gate = 1 / (1 + Math.exp(-u));
          result.y[at] = swish ? u * gate : u;
          const du = dy[at]! * (swish ? gate * (1 + u * (1 - gate)) : 1);
          result.dScale[channel]! += du * units[i]!;
          result.dBias[channel]! += du;
          return du * scale[channel]!;
        });
        const [ofMean, ofVariance] = [sum(dUnits), sum(dUnits.map((d, i) => d * units[i]!))].map((total) => total / places.length) as [
          number,
          number,
        ];
        places.forEach(({ at, channel }, i) => {
          const d = inverse * (dUnits[i]! - ofMean - units[i]! * ofVariance);
          result.dx[at] = d;
          result.dShift[b * channels + channel]! += d;
        });
      }
    }
    return result;
  }

  function errorsOf(images: Images): Record<'y' | 'dx' | 'dScale' | 'dBias' | 'dShift', number> {
    const { size, count = 2, groups, shifted = false, swish = false, mean = 0, spread = 2 } = images;
    const [height, width, channels] = size;
    const shape = [count, ...size];
    const numbers = count * height * width * channels;
    const arrays = {
      x: wave(numbers, 1, { mean, spread }),
      dy: wave(numbers, 2),
      scale: wave(channels, 3, { mean: 1, spread: 0.5 }),
      bias: wave(channels, 4),
      shift: shifted ? wave(count * channels, 5) : [],
    };
    const inputs = {
      x: [arrays.x, shape],
      scale: list(arrays.scale),
      bias: list(arrays.bias),
      shift: [arrays.shift, shifted ? [count, channels] : [0]],
      setting: list([groups, swish ? 1 : 0, FLOOR]),
    } as const;
    const [y, statistics] = run('D3pmGroupNorm', inputs) as [number[], number[]];
    const [dx, dScale, dBias, dShift] = run('D3pmGroupNormGrad', {
      ...inputs,
      dy: [arrays.dy, shape],
      statistics: [statistics, [count, 2 * groups]],
    });
    const expected = oracle(images, arrays);
    return {
      y: largestError(y, expected.y),
      dx: largestError(dx!, expected.dx),
      dScale: largestError(dScale!, expected.dScale),
      dBias: largestError(dBias!, expected.dBias),
      dShift: largestError(dShift!, shifted ? expected.dShift : []),
    };
  }

  const sizes: readonly Images[] = [
    { size: [1, 1, 16], groups: 4 },
    { size: [1, 1, 17], groups: 1 },
    { size: [1, 3, 5], groups: 5 },
    { size: [7, 7, 1], groups: 1 },
    { size: [7, 7, 6], groups: 1 },
    { size: [7, 7, 6], groups: 3 },
    { size: [7, 7, 6], groups: 6 },
    { size: [4, 4, 32], groups: 8 },
    { size: [5, 3, 33], groups: 11 },
    { size: [8, 8, 128], groups: 32, count: 5 },
    { size: [16, 16, 64], groups: 32, count: 9 },
  ];
  const ways = [false, true].flatMap((shifted) => [false, true].map((swish) => ({ shifted, swish })));

  it.each(sizes)('are right for images of $size in $groups groups, with and without shift and swish', (images) => {
    for (const way of ways) {
      const errors = errorsOf({ ...images, ...way });
      // Some roundings of numbers of order 1, and of sums against their size.
      expect(errors.y).toBeLessThan(2e-6);
      expect(Math.max(errors.dx, errors.dScale, errors.dBias, errors.dShift)).toBeLessThan(1e-5);
    }
  });

  it('give the bias for a group of one number, and x no gradient, but for roundings', () => {
    for (const way of ways) {
      for (const size of [
        [1, 1, 1],
        [1, 1, 17],
      ] as const) {
        // What cancels is 1/√floor = 1000 times x and dy.
        expect(Math.max(...Object.values(errorsOf({ size, groups: size[2], ...way })))).toBeLessThan(1000 * 2 ** -21);
      }
    }
  });

  it.each([30, 1000])('keep the digits that x has where its mean is %i times its spread', (mean) => {
    for (const way of ways) {
      const errors = errorsOf({ size: [7, 7, 8], groups: 2, mean, spread: 1, ...way });
      // The mean itself is rounded to 2⁻²⁴ of it, half of what x is; what is left is not squared before the mean is gone.
      const rounding = mean * 2 ** -23;
      expect(Math.max(...Object.values(errors))).toBeLessThan(3 * rounding + 2e-6);
    }
  });

  it('gives the bias, and no gradient of x, where a group is constant', () => {
    const inputs = { x: [new Float32Array(18).fill(5), [1, 3, 3, 2]], scale: list([2, 3]), bias: list([-1, 4]), shift: list([]) } as const;
    const setting = list([1, 0, 1e-6]);
    const [y, statistics] = run('D3pmGroupNorm', { ...inputs, setting });
    expect(y).toEqual(Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? -1 : 4)));
    const dy: Input = [Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? 3 : 2)), [1, 3, 3, 2]];
    const [dx, dScale, dBias] = run('D3pmGroupNormGrad', { ...inputs, setting, dy, statistics: [statistics!, [1, 2]] });
    expect(dx).toEqual(new Array<number>(18).fill(0));
    expect([dScale, dBias]).toEqual([
      [0, 0],
      [27, 18],
    ]);
  });
});
