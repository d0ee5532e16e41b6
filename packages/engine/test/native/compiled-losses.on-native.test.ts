import { engine, tensor, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';

/** The operations are for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

const CLASSES = [1, 2, 5, 15, 16, 17, 28, 33, 128, 257];

/** Outputs for float32 inputs, and int32 ones, by name. */
function run(
  name: string,
  floats: Readonly<Record<string, Tensorlike>>,
  states: Readonly<Record<string, readonly number[]>> = {},
): number[][] {
  return tidy(() => {
    const inputs = [
      ...Object.entries(floats).map(([key, { values, shape }]) => [key, tensor(Float32Array.from(values), [...shape])]),
      ...Object.entries(states).map(([key, values]) => [key, tensor(Int32Array.from(values), [values.length], 'int32')]),
    ];
    return engine()
      .runKernel<Tensor[]>(name, Object.fromEntries(inputs) as NamedTensorMap)
      .map((output) => Array.from(output.dataSync()));
  });
}

interface Tensorlike {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

const matrix = (values: ArrayLike<number>, columns: number): Tensorlike => ({ values, shape: [values.length / columns, columns] });
const vector = (values: ArrayLike<number>): Tensorlike => ({ values, shape: [values.length] });

/** float32 numbers that do not repeat, up to `spread` on both sides. */
const wave = (size: number, spread: number, seed = 1): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => spread * Math.sin((i + seed) * (i + 2 * seed) * 0.37));

const rowsOf = (values: ArrayLike<number>, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, r) => Array.from(values).slice(r * columns, (r + 1) * columns));

/** Largest |actual − expected| / max(|expected|, floor); the same number, ∞ too, is no error, and NaN is an infinite one. */
function largestError(actual: readonly number[], expected: readonly number[], floor = 0): number {
  if (actual.length !== expected.length) return Infinity;
  return actual.reduce((worst, value, i) => {
    if (value === expected[i]) return worst;
    const error = Math.abs(value - expected[i]!) / Math.max(Math.abs(expected[i]!), floor);
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const logSumExp = (row: readonly number[]): number => {
  const top = Math.max(...row);
  return top === -Infinity ? top : top + Math.log(sum(row.map((x) => Math.exp(x - top))));
};
const normalized = (row: readonly number[]): number[] => row.map((x) => x - logSumExp(row));

describe.skipIf(isCard)('D3pmDenoiserNll', () => {
  /** −weight log f(x_0) as log(1 + the odds against x_0), and weight (f − x_0), in float64. */
  function oracle(row: readonly number[], x0: number, weight = 1): { nll: number; gradient: number[] } {
    const total = logSumExp(row);
    const others = row.map((x, i) => (i === x0 ? 0 : Math.exp(x - total)));
    const odds = sum(row.map((x, i) => (i === x0 ? 0 : Math.exp(x - row[x0]!))));
    return { nll: weight * Math.log1p(odds), gradient: others.map((f, i) => weight * (i === x0 ? -sum(others) : f)) };
  }
  const nllOf = (logits: ArrayLike<number>, x0: readonly number[], weight: readonly number[] = [1], impossible = -1): number[][] =>
    run('D3pmDenoiserNll', { logits: matrix(logits, logits.length / x0.length), weight: vector(weight) }, { x0, impossible: [impossible] });

  it.each(CLASSES)('has the value and the gradient of %i classes, with a weight for each row and with one for all', (classes) => {
    for (const numRows of [1, 3]) {
      const logits = wave(numRows * classes, 6);
      const x0 = Array.from({ length: numRows }, (_, r) => (7 * r + classes - 1) % classes);
      for (const weight of [[0.5, 2, 1.25].slice(0, numRows), [3]]) {
        const expected = rowsOf(logits, classes).map((row, r) => oracle(row, x0[r]!, weight[r] ?? weight[0]));
        const [nll, gradient] = nllOf(logits, x0, weight);
        // Sums of positive terms, each right to some float32 roundings of itself.
        const errors = [expected.map((each) => each.nll), expected.flatMap((each) => each.gradient)];
        expect(largestError(nll!, errors[0]!)).toBeLessThan(2e-6);
        expect(largestError(gradient!, errors[1]!)).toBeLessThan(2e-6);
      }
    }
  });

  it('keeps its digits where f(x0) is nearly 1, and where float32 does not reach it', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 17, 33), fc.integer({ min: -80, max: 80 }), fc.nat(32), (classes, gap, at) => {
        const x0 = at % classes;
        const logits = wave(classes, 2).map((x, i) => (i === x0 ? 0 : Math.fround(gap + x)));
        const expected = oracle([...logits], x0);
        const [nll, gradient] = nllOf(logits, [x0]);
        // e^x of a float32 x is right to 2 units in the last place, whatever x is.
        expect(largestError(nll!, [expected.nll])).toBeLessThan(1e-5);
        expect(largestError(gradient!, expected.gradient)).toBeLessThan(1e-5);
      }),
      { numRuns: 60 },
    );
    expect(nllOf([0, 5000], [0])[0]).toEqual([5000]);
  });

  it.each([2, 16, 33])('takes the impossible one of %i classes for −∞', (classes) => {
    for (const impossible of [0, classes - 1]) {
      const logits = wave(classes, 3);
      logits[impossible] = 50;
      const x0 = (impossible + 1) % classes;
      const expected = oracle(
        [...logits].map((x, i) => (i === impossible ? -Infinity : x)),
        x0,
      );
      const [nll, gradient] = nllOf(logits, [x0], [1], impossible);
      expect(largestError(nll!, [expected.nll])).toBeLessThan(2e-6);
      expect(largestError(gradient!, expected.gradient)).toBeLessThan(2e-6);
      expect(gradient![impossible]).toBe(0);
    }
  });

  it('is ∞ where f excludes x0, but for a weight of 0, which is no part of the value or the gradient', () => {
    const logits = [-Infinity, 1, 1, -Infinity, 1, 1];
    const [nll, gradient] = nllOf(logits, [0, 0], [1, 0]);
    expect(nll).toEqual([Infinity, 0]);
    expect(gradient).toEqual([-1, 0.5, 0.5, 0, 0, 0]);
  });

  it('is ∞, and never NaN, where every class is excluded', () => {
    const [nll, gradient] = nllOf(new Float32Array(34).fill(-Infinity), [3, 16]);
    expect(nll).toEqual([Infinity, Infinity]);
    expect(largestError(gradient!, new Array<number>(34).fill(0))).toBe(0);
  });
});

describe.skipIf(isCard)('D3pmScaleRows', () => {
  it.each(CLASSES)('rounds each of the products of %i columns once', (columns) => {
    const x = wave(3 * columns, 5);
    const factor = [0.3, -7, 0].map(Math.fround);
    const expected = rowsOf(x, columns).flatMap((row, r) => row.map((value) => Math.fround(value * factor[r]!)));
    expect(largestError(run('D3pmScaleRows', { x: matrix(x, columns), factor: vector(factor) })[0]!, expected)).toBe(0);
  });
});

describe.skipIf(isCard)('D3pmLogSumExp and D3pmLogNormalize', () => {
  it.each(CLASSES)('have log Σ eˣ, and what is left without it, of %i classes', (classes) => {
    for (const [numRows, spread] of [
      [1, 5],
      [3, 80],
      [3, 0.01],
    ] as const) {
      const x = wave(numRows * classes, spread);
      const rows = rowsOf(x, classes);
      // The log of the sum is rounded with the size of the largest x, and so is what is left without it.
      const size = Math.max(1, spread);
      expect(largestError(run('D3pmLogSumExp', { x: matrix(x, classes) })[0]!, rows.map(logSumExp), size)).toBeLessThan(5e-7);
      expect(largestError(run('D3pmLogNormalize', { x: matrix(x, classes) })[0]!, rows.flatMap(normalized), size)).toBeLessThan(5e-7);
    }
  });

  it.each(CLASSES)('have dy − eʸ Σ dy of %i classes', (classes) => {
    const y = Float32Array.from(rowsOf(wave(3 * classes, 5), classes).flatMap(normalized));
    const dy = wave(3 * classes, 2, 5);
    const upstream = rowsOf(dy, classes);
    const expected = rowsOf(y, classes).flatMap((row, r) => row.map((value, i) => upstream[r]![i]! - Math.exp(value) * sum(upstream[r]!)));
    const [dx] = run('D3pmLogNormalizeGrad', { dy: matrix(dy, classes), y: matrix(y, classes) });
    // Roundings of sums of up to 257 terms of order 1.
    expect(largestError(dx!, expected, 1)).toBeLessThan(1e-5);
  });

  it.each([1, 16, 33])('keep −∞ in one and in all of %i classes', (classes) => {
    const x = new Float32Array(2 * classes).fill(-Infinity);
    x[0] = 2;
    const expected = Array.from(x, (value) => (value === 2 ? 0 : -Infinity));
    expect(run('D3pmLogSumExp', { x: matrix(x, classes) })).toEqual([[2, -Infinity]]);
    const [y] = run('D3pmLogNormalize', { x: matrix(x, classes) });
    expect(y).toEqual(expected);
    const dy = new Float32Array(2 * classes).fill(1);
    const [dx] = run('D3pmLogNormalizeGrad', { dy: matrix(dy, classes), y: matrix(y!, classes) });
    expect(dx).toEqual(Array.from(x, (_, i) => (i === 0 ? 1 - classes : 1)));
  });
});

describe.skipIf(isCard)('D3pmCategoricalKl', () => {
  /** Σ q (e^δ − 1 − δ), δ = log p − log q, of the very float32 logarithms that the operation gets; in float64, 0 where q is 0 but for p. */
  const oracle = (q: readonly number[], p: readonly number[]): number =>
    sum(q.map((logQ, i) => (logQ === -Infinity ? Math.exp(p[i]!) : Math.exp(logQ) * (Math.expm1(p[i]! - logQ) - (p[i]! - logQ)))));
  const klOf = (q: ArrayLike<number>, p: ArrayLike<number>, classes: number): number[][] =>
    run('D3pmCategoricalKl', { logQ: matrix(q, classes), logP: matrix(p, classes) });
  const logProbs = (classes: number, spread: number, seed: number): Float32Array =>
    Float32Array.from(rowsOf(wave(3 * classes, spread, seed), classes).flatMap(normalized));

  it.each(CLASSES)('has the value and the gradient −q of %i classes, p far from q', (classes) => {
    const q = logProbs(classes, 4, 1);
    const p = logProbs(classes, 4, 7);
    const p_ = rowsOf(p, classes);
    const [kl, gradient] = klOf(q, p, classes);
    // All terms are positive, each right to some float32 roundings; a p or q of e⁻⁸ has a logarithm of half a rounding of 8.
    const expected = rowsOf(q, classes).map((row, r) => oracle(row, p_[r]!));
    expect(largestError(kl!, expected)).toBeLessThan(5e-6);
    const slopes = Array.from(q, (logQ) => -Math.exp(logQ));
    expect(largestError(gradient!, slopes)).toBeLessThan(1e-6);
  });

  it('is right relative to itself where p is near q', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 16, 17, 257), fc.integer({ min: 1, max: 5 }), (classes, digits) => {
        const q = logProbs(classes, 3, 2);
        const p = q.map((logQ, i) => Math.fround(logQ + 10 ** -digits * Math.sin(i + 1)));
        const p_ = rowsOf(p, classes);
        // The differences of such logarithms are exact in float32, and e^δ − 1 − δ comes from a series.
        const expected = rowsOf(q, classes).map((row, r) => oracle(row, p_[r]!));
        expect(largestError(klOf(q, p, classes)[0]!, expected)).toBeLessThan(1e-5);
      }),
      { numRuns: 30 },
    );
  });

  it('counts nothing but p where q is 0, and is ∞ where only p is', () => {
    const half = Math.fround(Math.log(0.5));
    const [kl, gradient] = klOf(
      [half, half, -Infinity, half, half, -Infinity, half, half, -Infinity],
      [half, half, -Infinity, 0, -Infinity, -Infinity, half, -2, -2],
      3,
    );
    expect(kl![0]).toBe(0);
    expect(kl![1]).toBe(Infinity);
    expect(largestError([kl![2]!], [oracle([half, half, -Infinity], [half, -2, -2])])).toBeLessThan(1e-6);
    expect(
      largestError(
        gradient!,
        [0.5, 0.5, 0, 0.5, 0.5, 0, 0.5, 0.5, 0].map((q) => -q),
        1,
      ),
    ).toBeLessThan(1e-6);
  });

  it('is ∞, and not NaN, where p lacks a class that q has with less than float32', () => {
    expect(klOf([0, -90], [0, -Infinity], 2)[0]).toEqual([Infinity]);
    expect(klOf([0, -200], [0, -Infinity], 2)[0]).toEqual([Infinity]);
  });

  it('is p alone where q is beyond float32', () => {
    // q = e⁻²⁰⁰ next to p = e⁻¹: e^δ is not a float32.
    const p = [Math.log1p(-Math.exp(-1)), -1].map(Math.fround);
    expect(largestError(klOf([0, -200], p, 2)[0]!, [oracle([0, -200], p)])).toBeLessThan(1e-6);
  });
});

describe.skipIf(isCard)('D3pmAddRow and D3pmSumOfRows', () => {
  it.each(CLASSES)('round each of the sums of %i columns once', (columns) => {
    const [x, row] = [wave(3 * columns, 5), wave(columns, 2)];
    const expected = rowsOf(x, columns).flatMap((each) => each.map((value, i) => Math.fround(value + row[i]!)));
    const sums = (relu: number): number[] => run('D3pmAddRow', { x: matrix(x, columns), row: vector(row), relu: vector([relu]) })[0]!;
    expect(largestError(sums(0), expected)).toBe(0);
    expect(
      largestError(
        sums(1),
        expected.map((value) => Math.max(0, value)),
      ),
    ).toBe(0);
  });

  it.each([1, 3, 64, 65, 5000])('the sum of %i rows is right to a few roundings of the largest partial sum', (rows) => {
    // All of one sign: the sum of 5000 numbers one after another would be wrong by 1e-4.
    const x = wave(rows * 33, 4).map((value) => Math.fround(Math.abs(value) + 1));
    const expected = Array.from({ length: 33 }, (_, j) => sum(Array.from({ length: rows }, (__, r) => x[33 * r + j]!)));
    const [sums] = run('D3pmSumOfRows', { x: matrix(x, 33) });
    sums!.forEach((value, j) => expect(Math.abs(value / expected[j]! - 1)).toBeLessThan(3e-6));
  });

  it('D3pmReluRowsGrad lets through what was above 0, and sums it', () => {
    const [dy, y] = [wave(3 * 17, 2), wave(3 * 17, 3, 7).map((value, i) => (i % 5 === 0 ? 0 : value))];
    const expected = Array.from(dy, (value, i) => (y[i]! > 0 ? value : 0));
    const [dx, sums] = run('D3pmReluRowsGrad', { dy: matrix(dy, 17), y: matrix(y, 17) });
    expect(largestError(dx!, expected)).toBe(0);
    const columns = Array.from({ length: 17 }, (_, j) => sum(rowsOf(expected, 17).map((row) => row[j]!)));
    expect(largestError(sums!, columns, 1)).toBeLessThan(1e-6);
    expect(() => run('D3pmReluRowsGrad', { dy: matrix(dy, 17), y: vector([1]) })).toThrow('D3pmReluRowsGrad: 51 and 1 numbers');
  });

  it('refuse what has no fitting row', () => {
    expect(() => run('D3pmAddRow', { x: matrix(wave(6, 1), 3), row: vector([1, 2]), relu: vector([0]) })).toThrow(
      'D3pmAddRow: a row of 2 numbers for rows of 3',
    );
  });
});
