// node bench/log-product.bench.ts: rows of a logistic in 256 bins times the log table of a narrow Gaussian, and its gradient, by the kernel of the
// native engine and by the log-sum-exp over every entry, which is what there is without it. One thread.
import { logSumExp, runFused } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { add, exp, expandDims, mul, slice, sub, sum, tensor, tidy, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { processorMilliseconds } from './processor-milliseconds.ts';

const ROUNDS = 5;
const [ROWS, K] = [784, 256];
/** Rows of `[rows, K, K]` that are 8 MB. */
const TOGETHER = 32;
await prepareEngine({ backend: 'native', threads: 1 });

/** Of a row, one thread. */
const microseconds = (run: () => unknown): string => ((processorMilliseconds(ROUNDS, run) / ROWS) * 1000).toFixed(1);

const square = (rows: number, of: (i: number, j: number) => number): Tensor =>
  tensor(
    Float32Array.from({ length: rows * K }, (_, at) => of(Math.floor(at / K), at % K)),
    [rows, K],
  );
const x = square(ROWS, (row, i) => -Math.abs(i - ((31 * row) % K)));
// The standard deviation of 40 steps of 1000, in bins.
const table = square(K, (i, j) => -((i - j) ** 2) / (2 * 16 ** 2) - 3.7);
const dy = square(ROWS, (row, j) => Math.sin(row * K + j));
const y = runFused('D3pmLogProduct', { x, table })![0]!;

const chunks = (of: (from: number) => Tensor): void => {
  for (let from = 0; from < ROWS; from += TOGETHER) tidy(() => void of(from));
};
const rowsOf = (all: Tensor, from: number): Tensor => slice(all, [from, 0], [Math.min(TOGETHER, ROWS - from), K]);

console.table({
  kernel: {
    product: microseconds(() => tidy(() => void runFused('D3pmLogProduct', { x, table }))),
    gradient: microseconds(() => tidy(() => void runFused('D3pmLogProductGrad', { dy, x, y, table: transpose(table) }))),
  },
  formula: {
    product: microseconds(() => chunks((from) => logSumExp(add(expandDims(rowsOf(x, from), 1), expandDims(transpose(table), 0)), 2))),
    gradient: microseconds(() =>
      chunks((from) => {
        const share = exp(sub(add(expandDims(rowsOf(x, from), 2), expandDims(table, 0)), expandDims(rowsOf(y, from), 1)));
        return sum(mul(share, expandDims(rowsOf(dy, from), 1)), 2);
      }),
    ),
  },
});
