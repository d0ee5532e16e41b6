import { describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { run, wave, type Input } from './run-operation.ts';

/** The operations are for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

/** The table is `[inputs, outputs]`, the rows are `[count, inputs]`; both are float32. */
interface Product {
  readonly inputs: number;
  readonly outputs: number;
  readonly table: readonly number[];
  readonly rows: readonly number[];
  readonly count: number;
}

const COUNT = 37;

function productOf(
  [inputs, outputs]: readonly [number, number],
  entry: (i: number, j: number) => number,
  logProb: (row: number, i: number) => number,
  count = COUNT,
): Product {
  return {
    inputs,
    outputs,
    count,
    table: Array.from({ length: inputs * outputs }, (_, at) => Math.fround(entry(Math.floor(at / outputs), at % outputs))),
    rows: Array.from({ length: count * inputs }, (_, at) => Math.fround(logProb(Math.floor(at / inputs), at % inputs))),
  };
}

const narrow = (i: number, j: number): number => -((i - j) ** 2) / 5;
const peaked = (row: number, i: number): number => -1.2 * Math.abs(i - 7 * row) + 0.3 * Math.sin(i * row);
const flat = (row: number, i: number): number => Math.sin(i + row * i);

const products: readonly (readonly [string, Product])[] = [
  ...[1, 2, 15, 16, 17, 33, 256, 257].map((size) => [`${size} × ${size}`, productOf([size, size], narrow, peaked)] as const),
  ['more outputs than inputs', productOf([5, 50], narrow, peaked)],
  ['more inputs than outputs', productOf([50, 5], narrow, peaked)],
  ['a wide kernel', productOf([256, 256], (i, j) => -((i - j) ** 2) / 2000, flat)],
  ['no kernel at all', productOf([300, 300], (i, j) => 40 * Math.sin(i * j), flat)],
  ['a band and nothing beside it', productOf([64, 64], (i, j) => (Math.abs(i - j) > 3 ? -Infinity : -Math.abs(i - j)), peaked)],
  ['an output that nothing leads to', productOf([20, 20], (i, j) => (j === 17 ? -Infinity : narrow(i, j)), peaked)],
  ['inputs that are impossible', productOf([40, 40], narrow, (row, i) => ((i + row) % 3 === 0 ? -Infinity : peaked(row, i)))],
  [
    'many terms of one size',
    productOf(
      [4096, 3],
      () => 0,
      () => -100,
    ),
  ],
];

const matrix = (values: readonly number[], width: number): Input => [values, [values.length / width, width]];
const mapped = ({ rows, table, inputs, outputs }: Product): number[] =>
  run('D3pmLogProduct', { x: matrix(rows, inputs), table: matrix(table, outputs) })[0]!;

function gradientOf({ rows, table, inputs, outputs }: Product, dy: readonly number[], y: readonly number[]): number[] {
  const transposed = Array.from(table, (_, at) => table[(at % inputs) * outputs + Math.floor(at / inputs)]!);
  return run('D3pmLogProductGrad', {
    dy: matrix(dy, outputs),
    x: matrix(rows, inputs),
    y: matrix(y, outputs),
    table: matrix(transposed, inputs),
  })[0]!;
}

/** x_i + M_ij of a row, float64. */
const termsOf = ({ rows, table, inputs, outputs }: Product, row: number, j: number): number[] =>
  Array.from({ length: inputs }, (_, i) => rows[row * inputs + i]! + table[i * outputs + j]!);

/** Half a unit in the last place of the sum x + M, of that less the largest and of the result, and the kernel's exponential and logarithm. */
const rounding = (size: number): number => 2 ** -22 * size + 2 ** -20;

describe.skipIf(isCard)('D3pmLogProduct', () => {
  it.each(products)('is log Σ exp(x_i + M_ij): %s', (_, product) => {
    const actual = mapped(product);
    for (let at = 0; at < actual.length; at++) {
      const terms = termsOf(product, Math.floor(at / product.outputs), at % product.outputs);
      const top = Math.max(...terms);
      const expected = top === -Infinity ? top : top + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - top), 0));
      const isRight = actual[at] === expected || Math.abs(actual[at]! - expected) <= rounding(Math.abs(top));
      expect(isRight, `${at}: ${actual[at]} for ${expected}`).toBe(true);
    }
  });

  it.each(products)('has its gradient Σ dy_j exp(x_i + M_ij − y_j): %s', (_, product) => {
    const { inputs, outputs, rows, table, count } = product;
    const y = mapped(product);
    const dy = wave(count * outputs, 3).map((up, at) => (y[at] === -Infinity ? 0 : up));
    const actual = gradientOf(product, dy, y);
    for (let row = 0; row < count; row++) {
      const [upstream, output] = [dy, y].map((of) => of.slice(row * outputs, (row + 1) * outputs));
      for (let i = 0; i < inputs; i++) {
        let [expected, error] = [0, 0];
        upstream!.forEach((up, j) => {
          const term = rows[row * inputs + i]! + table[i * outputs + j]!;
          const share = output![j] === -Infinity ? 0 : Math.exp(term - output![j]!);
          expected += up * share;
          // A share below e^{−17.4}/outputs is left out.
          error += Math.abs(up) * (share === 0 ? 0 : share * rounding(Math.abs(term) + Math.abs(output![j]!)) + 2 ** -25 / outputs);
        });
        expect(Math.abs(actual[row * inputs + i]! - expected), `row ${row}, class ${i}`).toBeLessThanOrEqual(error);
      }
    }
  });

  it('has −∞ and no gradient for a row of which nothing is possible', () => {
    const product = productOf([18, 18], narrow, (row, i) => (row === 1 ? -Infinity : peaked(row, i)), 3);
    const y = mapped(product);
    expect(y.map((value) => value === -Infinity)).toEqual(y.map((_, at) => Math.floor(at / 18) === 1));
    expect(gradientOf(product, wave(54, 1), y).slice(18, 36)).toEqual(Array.from({ length: 18 }, () => 0));
  });

  it('has NaN in the row that has one, and there alone', () => {
    const product = productOf([18, 18], narrow, (row, i) => (row === 1 && i === 17 ? NaN : peaked(row, i)), 3);
    const y = mapped(product);
    const ofRow = (row: number): boolean[] => Array.from({ length: 54 }, (_, at) => Math.floor(at / 18) === row);
    expect(y.map(Number.isNaN)).toEqual(ofRow(1));
    expect(gradientOf(product, wave(54, 1), y).map(Number.isNaN)).toEqual(ofRow(1));
    const sound = productOf([18, 18], narrow, peaked, 3);
    const dy = wave(54, 1).map((up, at) => (at === 53 ? NaN : up));
    expect(gradientOf(sound, dy, mapped(sound)).map(Number.isNaN)).toEqual(ofRow(2));
  });

  it('is the same in many threads as in one, row by row', () => {
    const whole = productOf([256, 256], narrow, (row, i) => peaked(row % 40, i), 500);
    const last: Product = { ...whole, rows: whole.rows.slice(-7 * 256), count: 7 };
    const [y, lastY] = [mapped(whole), mapped(last)];
    expect(y.slice(-7 * 256)).toEqual(lastY);
    const dy = wave(y.length, 5);
    expect(gradientOf(whole, dy, y).slice(-7 * 256)).toEqual(gradientOf(last, dy.slice(-7 * 256), lastY));
  });

  it('refuses what does not fit together', () => {
    const x = matrix([0, 0, 0, 0], 2);
    const table = matrix([0, 0, 0], 1);
    expect(() => run('D3pmLogProduct', { x, table })).toThrow('3 rows of the table for 2 classes');
    expect(() => run('D3pmLogProductGrad', { dy: x, x, y: x, table })).toThrow('a table of 3 rows of 1 for 2 outputs of 2 classes');
    expect(() => run('D3pmLogProductGrad', { dy: table, x, y: x, table: x })).toThrow('3 and 4 numbers for 2 rows of 2');
  });
});
