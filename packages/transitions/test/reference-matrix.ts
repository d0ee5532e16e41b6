import { tensor } from '@tensorflow/tfjs-core';
import type { Transition } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';

/** Float64 matrices as arrays of rows: what the oracles of these tests are written in. */
export type Matrix = number[][];

export const identity = (K: number): Matrix => Array.from({ length: K }, (_, i) => Array.from({ length: K }, (_, j) => (i === j ? 1 : 0)));

export const matrixProduct = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));

export const transposed = (matrix: Matrix): Matrix => matrix[0]!.map((_, j) => matrix.map((row) => row[j]!));

export const logRows = (matrix: Matrix): Matrix => matrix.map((row) => row.map(Math.log));

/** Every map of `transition`, from every s to every t, against the product of the steps given. */
export function expectMatrices(transition: Transition, steps: readonly Matrix[]): void {
  const K = transition.numStates;
  const states = tensor([...Array(K).keys()], [K], 'int32');
  const units = tensor(logRows(identity(K)));
  // float32 logarithms: 1e-6 of the logarithm itself, or of the probability.
  const tolerance = { rtol: 1e-6, atol: 1e-6 };
  for (let s = 0; s < steps.length; s++) {
    let product = identity(K);
    for (let t = s; t <= steps.length; t++) {
      if (t > s) product = matrixProduct(product, steps[t - 1]!);
      expectAllClose(transition.toDense(s, t), product.flat(), { rtol: 1e-12, atol: 0 });
      expectAllClose(transition.pushStates(states, s, t), logRows(product).flat(), tolerance);
      expectAllClose(transition.pullStates(states, s, t), logRows(transposed(product)).flat(), tolerance);
      expectAllClose(transition.push(units, s, t), logRows(product).flat(), tolerance);
      expectAllClose(transition.pull(units, s, t), logRows(transposed(product)).flat(), tolerance);
    }
  }
}
