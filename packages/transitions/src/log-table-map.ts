import {
  add,
  concat,
  exp,
  expandDims,
  gather,
  log,
  matMul,
  max,
  maximum,
  min,
  mul,
  range,
  sub,
  sum,
  tensor1d,
  tidy,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { FINITE_MIN, hasFused, logSumExp, readsAtOnce, runFused } from '@d3pm/core';

/** A matrix of log-probabilities on the device, such as log Q(s→t). */
export interface LogTable {
  /** float32 `[from, to]` */
  readonly logProbs: Tensor;
  /** Its smallest entry, −∞ included. */
  readonly smallest: number;
}

/**
 * From this smallest entry on, float32 carries the linear values. What a row loses by
 * underflow, below e^−87 of its largest entry, is then a relative e^−27 of every sum it is part of.
 */
const LINEAR_FROM = -60;
/** Elements of the largest intermediate of the exact path, 8 MB. */
const CHUNK_ELEMENTS = 2 ** 21;

export type MapDirection = 'pull' | 'push';

/** Whether a product of linear float32 values is right for a table, as said at {@link linearMap}. */
export function isLinearSafe({ smallest }: LogTable): boolean {
  return smallest >= LINEAR_FROM;
}

/**
 * `log (exp(x) M)` as one matrix product, for tables whose entries float32 carries: what a row loses by
 * underflow is below e^−27 of every sum it is part of.
 *
 * @param rows float32 `[…, R, K]`.
 * @param linear M, or one for each leading axis of `rows`; `pull` takes its transpose.
 */
export function linearMap(rows: Tensor, linear: Tensor, direction: MapDirection): Tensor {
  const shift = maximum(max(rows, -1, true), FINITE_MIN);
  return add(log(matMul(exp(sub(rows, shift)), linear, false, direction === 'pull')), shift);
}

/** dL/dx of {@link linearMap}: Σ_j dy_j exp(x_i + log M_ij − y_j), the share that each input has in an output. */
export function linearMapGradient(dy: Tensor, rows: Tensor, mapped: Tensor, linear: Tensor, direction: MapDirection): Tensor {
  const shift = maximum(max(rows, -1, true), FINITE_MIN);
  // y − shift is at least LINEAR_FROM, but for rows of −∞, whose share is 0.
  const perOutput = mul(dy, exp(sub(0, maximum(sub(mapped, shift), LINEAR_FROM - 1))));
  return mul(exp(sub(rows, shift)), matMul(perOutput, linear, false, direction === 'push'));
}

/**
 * `log (exp(x) M)` of rows x, where M is the table for `push` and its transpose for `pull`.
 *
 * {@link linearMap} where float32 carries the linear values: of any rows for most tables, and of most rows for the others, where it shows in
 * the result. For the rest a log-sum-exp over every entry, in chunks of rows; for all rows where a look at the result would wait for a device.
 * The native engine has one operation for it, which takes the exponentials of the terms near the largest alone.
 *
 * @param rows float32 `[R, from]`, or `[R, to]` for `pull`. @returns float32 `[R, to]`, or `[R, from]`.
 */
export function logTableMap(rows: Tensor, table: LogTable, direction: MapDirection): Tensor {
  return tidy(() => {
    if (isLinearSafe(table)) return linearMap(rows, exp(table.logProbs), direction);
    const exact = (given: Tensor): Tensor => {
      if (hasFused('D3pmLogProduct')) return runFused('D3pmLogProduct', { x: given, table: inputsFirst(table, direction) })![0]!;
      const to = expandDims(outputsFirst(table, direction), 0);
      return inChunks([given], table.logProbs.size, ([part]) => logSumExp(add(expandDims(part!, 1), to), 2));
    };
    if (!readsAtOnce()) return exact(rows);
    const linear = linearMap(rows, exp(table.logProbs), direction);
    return withRows(linear, rowsOutOfReach(linear, rows), (indices) => exact(gather(rows, indices)));
  });
}

/** dL/dx of {@link logTableMap}. @param dy As the output `mapped`. @param rows Its input. */
export function logTableMapGradient(dy: Tensor, rows: Tensor, mapped: Tensor, table: LogTable, direction: MapDirection): Tensor {
  return tidy(() => {
    const linear = (): Tensor => linearMapGradient(dy, rows, mapped, exp(table.logProbs), direction);
    if (isLinearSafe(table)) return linear();
    const exact = (inputs: readonly Tensor[]): Tensor => {
      if (hasFused('D3pmLogProductGrad')) {
        const [upstream, x, y] = inputs as readonly [Tensor, Tensor, Tensor];
        return runFused('D3pmLogProductGrad', { dy: upstream, x, y, table: outputsFirst(table, direction) })![0]!;
      }
      const from = expandDims(inputsFirst(table, direction), 0);
      return inChunks(inputs, table.logProbs.size, ([part, input, output]) => {
        const share = exp(sub(add(expandDims(input!, 2), from), expandDims(maximum(output!, FINITE_MIN), 1)));
        return sum(mul(share, expandDims(part!, 1)), 2);
      });
    };
    if (!readsAtOnce()) return exact([dy, rows, mapped]);
    return withRows(linear(), rowsOutOfReach(mapped, rows), (indices) => exact([dy, rows, mapped].map((input) => gather(input, indices))));
  });
}

/** Rows with a result so far below their largest input that terms of it may have been lost to underflow. */
function rowsOutOfReach(mapped: Tensor, rows: Tensor): Int32Array {
  const lowest = tidy(() => sub(min(mapped, -1), maximum(max(rows, -1), FINITE_MIN)));
  const values = lowest.dataSync<'float32'>();
  lowest.dispose();
  return Int32Array.from(values.keys()).filter((row) => values[row]! < LINEAR_FROM);
}

/** `values` `[R, …]` with some rows made in another way. */
function withRows(values: Tensor, rows: Int32Array, make: (rows: Tensor) => Tensor): Tensor {
  if (rows.length === 0) return values;
  const made = make(tensor1d(rows, 'int32'));
  const numRows = values.shape[0]!;
  const source = Int32Array.from({ length: numRows }, (_, row) => row);
  rows.forEach((row, i) => (source[row] = numRows + i));
  return gather(concat([values, made], 0), tensor1d(source, 'int32'));
}

/** log M `[input, output]` */
const inputsFirst = ({ logProbs }: LogTable, direction: MapDirection): Tensor => (direction === 'push' ? logProbs : transpose(logProbs));

/** log M `[output, input]` */
const outputsFirst = ({ logProbs }: LogTable, direction: MapDirection): Tensor => (direction === 'push' ? transpose(logProbs) : logProbs);

/** Applies `map` to a few rows at a time, so that `[rows, from, to]` stays small. */
function inChunks(inputs: readonly Tensor[], elementsPerRow: number, map: (parts: Tensor[]) => Tensor): Tensor {
  const count = inputs[0]!.shape[0]!;
  const size = Math.max(1, Math.floor(CHUNK_ELEMENTS / elementsPerRow));
  if (count <= size) return map([...inputs]);
  const parts: Tensor[] = [];
  for (let from = 0; from < count; from += size) {
    parts.push(
      tidy(() => {
        const indices = range(from, Math.min(from + size, count), 1, 'int32');
        return map(inputs.map((input) => gather(input, indices)));
      }),
    );
  }
  return concat(parts, 0);
}
