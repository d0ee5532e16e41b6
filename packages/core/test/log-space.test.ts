import './engine.ts';
import { grad, grads, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categoricalKlNats, gatherClass, logAddExp, logNormalize, logSumExp, safeLog } from '../src/index.ts';
import { expectAllClose, expectNoLeak } from '../src/testing/index.ts';

const arbLog = fc.oneof(
  { weight: 1, arbitrary: fc.constant(-Infinity) },
  { weight: 4, arbitrary: fc.double({ min: -300, max: 80, noNaN: true }) },
);
const arbRow = fc.array(arbLog, { minLength: 2, maxLength: 6 });
const float32 = (row: readonly number[]): number[] => [...Float32Array.from(row)];

/** float64 reference, written from the definition. */
const logSumExp64 = (row: readonly number[]): number => {
  const top = Math.max(...row);
  return top === -Infinity ? -Infinity : top + Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
};
const softmax64 = (row: readonly number[]): number[] => row.map((x) => (x === -Infinity ? 0 : Math.exp(x - logSumExp64(row))));

// float32 logarithms up to 300 carry an absolute error of 300 · 2⁻²⁴ ≈ 2·10⁻⁵.
const tolerance = { rtol: 1e-5, atol: 4e-5 };

describe('log space', () => {
  it('logSumExp is that of float64, with the softmax as its gradient; a row of −∞ is −∞', () => {
    fc.assert(
      fc.property(arbRow, (values) => {
        const row = float32(values);
        const x = tensor2d([row]);
        expectAllClose(logSumExp(x, -1), [logSumExp64(row)], tolerance);
        expectAllClose(grad((input: Tensor) => logSumExp(input, -1))(x, tensor1d([1])), softmax64(row), tolerance);
      }),
    );
  });

  it('logSumExp sums over a middle axis', () => {
    const x = tensor2d([
      [0, 1],
      [2, 3],
      [-Infinity, 4],
    ]);
    expectAllClose(logSumExp(x, 0), [logSumExp64([0, 2]), logSumExp64([1, 3, 4])], tolerance);
  });

  it('logNormalize sums to one, keeps what is impossible and has a finite gradient', () => {
    fc.assert(
      fc.property(arbRow, (values) => {
        const row = float32(values);
        const total = logSumExp64(row);
        const expected = row.map((x) => (total === -Infinity ? -Infinity : x - total));
        expectAllClose(logNormalize(tensor2d([row])), expected, tolerance);
        const weights = row.map((_, k) => k + 1);
        const weight = weights.reduce((sum, w) => sum + w, 0);
        const expectedGradient = softmax64(row).map((p, k) => weights[k]! - p * weight);
        expectAllClose(grad(logNormalize)(tensor2d([row]), tensor2d([weights])), expectedGradient, { rtol: 1e-4, atol: 1e-3 });
      }),
    );
  });

  it('logAddExp is that of float64, broadcasts, and has a finite gradient', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(arbLog, arbLog), { minLength: 1, maxLength: 5 }), (pairs) => {
        const [a, b] = [float32(pairs.map(([x]) => x)), float32(pairs.map(([, y]) => y))];
        expectAllClose(
          logAddExp(tensor1d(a), tensor1d(b)),
          a.map((x, i) => logSumExp64([x, b[i]!])),
          tolerance,
        );
        const [da, db] = grads(logAddExp)([tensor1d(a), tensor1d(b)], tensor1d(a.map(() => 1)));
        expectAllClose(
          da!,
          a.map((x, i) => softmax64([x, b[i]!])[0]!),
          tolerance,
        );
        expectAllClose(
          db!,
          a.map((x, i) => softmax64([x, b[i]!])[1]!),
          tolerance,
        );
      }),
    );
    const column = tensor2d([[0], [-Infinity]]);
    const row = tensor1d([0, 1, -Infinity]);
    const [dColumn, dRow] = grads(logAddExp)(
      [column, row],
      tensor2d([
        [1, 1, 1],
        [1, 1, 1],
      ]),
    );
    const half = 1 / (1 + Math.E);
    expectAllClose(dColumn!, [0.5 + half + 1, 0], tolerance);
    expectAllClose(dRow!, [1.5, 2 - half, 0], tolerance);
  });

  it('safeLog is −∞ with gradient 0 at 0, and the logarithm elsewhere', () => {
    const x = tensor1d([0, 1e-30, 0.5, 1]);
    expectAllClose(safeLog(x), [-Infinity, Math.log(1e-30), Math.log(0.5), 0], tolerance);
    expectAllClose(grad(safeLog)(x, tensor1d([1, 1, 1, 1])), [0, 1e30, 2, 1], { rtol: 1e-5 });
  });

  it('categoricalKlNats is Σ q log(q/p) with 0 · log 0 = 0, +∞ where p excludes what q has, gradient −q', () => {
    const arbProbs = fc
      .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1, noNaN: true })), { minLength: 3, maxLength: 3 })
      .filter((w) => w.some((x) => x > 0));
    const normalize = (w: number[]): number[] => w.map((x) => x / w.reduce((sum, y) => sum + y, 0));
    fc.assert(
      fc.property(arbProbs, arbProbs, (a, b) => {
        const [q, p] = [normalize(a), normalize(b)];
        const expected = q.reduce((sum, x, k) => sum + (x === 0 ? 0 : x * Math.log(x / p[k]!)), 0);
        const [logQ, logP] = [tensor2d([q.map(Math.log)]), tensor2d([p.map(Math.log)])];
        expectAllClose(categoricalKlNats(logQ, logP), [expected], { rtol: 1e-5, atol: 1e-5 });
        expectAllClose(
          grad((input: Tensor) => categoricalKlNats(logQ, input))(logP, tensor1d([1])),
          q.map((x) => -x),
          tolerance,
        );
      }),
    );
    expect(categoricalKlNats(tensor2d([[0, -Infinity]]), tensor2d([[-Infinity, 0]])).dataSync()[0]).toBe(Infinity);
    // Also where float32 has no e^log q.
    expect(categoricalKlNats(tensor2d([[0, -110]]), tensor2d([[0, -Infinity]])).dataSync()[0]).toBe(Infinity);
    expect(categoricalKlNats(tensor2d([[0, NaN]]), tensor2d([[0, -1]])).dataSync()[0]).toBeNaN();
    // Not 1, the sum of p.
    const impossible = [-Infinity, -Infinity];
    const possible = [Math.log(0.5), Math.log(0.5)];
    expect([...categoricalKlNats(tensor2d([impossible, possible]), tensor2d([possible, possible])).dataSync()]).toEqual([NaN, 0]);
    expect(categoricalKlNats(tensor2d([impossible]), tensor2d([impossible])).dataSync()[0]).toBeNaN();
    expect(categoricalKlNats(tensor2d([[0, -Infinity]]), tensor2d([[0, -Infinity]])).dataSync()[0]).toBe(0);
  });

  it('[39] categoricalKlNats is never below 0, and as right as its logarithms, however close the two are', () => {
    const arbShift = fc.double({ min: -1, max: 1, noNaN: true });
    const arbPossible = arbRow.filter((row) => row.some((log) => log > -Infinity));
    fc.assert(
      fc.property(
        arbPossible,
        fc.array(arbShift, { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 2, max: 9 }),
        (row, shifts, digits) => {
          const logQ = [...logNormalize(tensor2d([float32(row)])).dataSync()];
          const logP = float32(logQ.map((x, i) => x + 10 ** -digits * shifts[i]!));
          const terms = logQ.map((x, i) => (x === -Infinity ? 0 : Math.exp(x) * (Math.expm1(logP[i]! - x) - (logP[i]! - x))));
          const kl = categoricalKlNats(tensor2d([logQ]), tensor2d([logP])).dataSync()[0]!;
          expect(kl).toBeGreaterThanOrEqual(0);
          // e^δ − 1 is rounded to 2⁻²⁴ of |δ|, and the weights sum to 1; δ itself is at most 10⁻² and a rounding of a logarithm of 380.
          const widest = Math.max(...logQ.map((x, i) => (x === -Infinity ? 0 : Math.abs(logP[i]! - x))));
          expect(Math.abs(kl - terms.reduce((sum, x) => sum + x, 0))).toBeLessThanOrEqual(widest * 2 ** -22);
        },
      ),
    );
  });

  it('gatherClass picks one class per row and sends its gradient there', () => {
    const values = tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const states = tensor1d([2, 0], 'int32');
    expectAllClose(gatherClass(values, states), [3, 4]);
    expectAllClose(grad((input: Tensor) => gatherClass(input, states))(values, tensor1d([10, 20])), [0, 0, 10, 20, 0, 0]);
  });

  it('leaves no tensor behind', () => {
    const x = tensor2d([[0, 1, -Infinity]]);
    const states = tensor1d([1], 'int32');
    expectNoLeak(() => [logSumExp(x, -1), logNormalize(x), logAddExp(x, x), safeLog(x), categoricalKlNats(x, x), gatherClass(x, states)]);
    expectNoLeak(() => grad(logNormalize)(x));
  });
});
