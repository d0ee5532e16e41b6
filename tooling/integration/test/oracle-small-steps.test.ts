import { createRng, type Transition } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { linear } from '@d3pm/schedules';
import { discretizedGaussian } from '@d3pm/transitions';
import { grad, mul, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';

const K = 24;
/** So early that most entries of Q̄_s are below the smallest float32. */
const s = 3;
let transition: Transition;

beforeAll(async () => {
  await prepareEngine();
  const schedule = linear({ numSteps: 100, start: 1e-4, stop: 0.02, unit: 'variance' });
  transition = discretizedGaussian.create({ numStates: K, schedule }, {});
});

/** Rows that a linear product carries, and rows with all mass on one class or so little elsewhere that it is lost; in turn. */
function mixedRows(): number[][] {
  const rng = createRng('rows');
  return Array.from({ length: 12 }, (_, row) => {
    const peak = rng.split('peak').integer(K, row);
    const depth = [0, 300, Infinity, 20][row % 4]!;
    return Array.from({ length: K }, (__, k) => (k === peak ? 0 : Math.fround(-depth - Math.abs(rng.normal(row * K + k)))));
  });
}

/** log Σ_i exp(x_i + log Q̄_ij) in float64, of the kernel of A.2.3 in the log domain by itself. */
function exactPush(row: readonly number[], logTable: readonly (readonly number[])[]): number[] {
  return Array.from({ length: K }, (_, j) => {
    const terms = row.map((x, i) => x + logTable[i]![j]!);
    const top = Math.max(...terms);
    return top === -Infinity ? -Infinity : top + Math.log(terms.reduce((total, term) => total + Math.exp(term - top), 0));
  });
}

const logTable = (): number[][] => {
  const states = Int32Array.from({ length: K }, (_, k) => k);
  return tidy(() => {
    const rows = transition.pushStates(tensor(states, [K, 1], 'int32'), 0, s).dataSync<'float32'>();
    return Array.from(states, (state) => [...rows.subarray(state * K, (state + 1) * K)]);
  });
};

it('push is the log-sum-exp of every row, whatever other rows of the batch need', () => {
  const rows = mixedRows();
  const expected = rows.flatMap((row) => exactPush(row, logTable()));
  tidy(() => {
    const pushed = transition.push(tensor(rows.flat(), [12, 1, K]), 0, s);
    // −300 is a logarithm to 1e-5 in float32, and one near 0 is off by a rounding of what it was shifted by.
    expectAllClose(pushed, expected, { rtol: 2e-6, atol: 1e-5 });
    expect([...pushed.dataSync()].some((value) => value < -80)).toBe(true);
  });
});

it('its gradient is the share of every input in every output, row by row', () => {
  const rows = mixedRows();
  const table = logTable();
  const upstream = Array.from({ length: 12 * K }, (_, i) => createRng('dy').normal(i));
  const expected = rows.flatMap((row, r) => {
    const mapped = exactPush(row, table);
    return row.map((x, i) => mapped.reduce((total, y, j) => total + upstream[r * K + j]! * Math.exp(x + table[i]![j]! - y), 0));
  });
  tidy(() => {
    const weights = tensor(upstream, [12, 1, K]);
    const gradient = grad((x: Tensor) => sum(mul(transition.push(x, 0, s), weights)))(tensor(rows.flat(), [12, 1, K]));
    expectAllClose(gradient, expected, { rtol: 1e-3, atol: 1e-4 });
  });
});

it('leaves no tensor but its own', () => {
  const rows = tensor(mixedRows().flat(), [12, 1, K]);
  expectNoLeak(() => transition.push(rows, 0, s));
});
