import { identity, type Matrix } from '../reference-matrix.ts';
import type { Graph } from './sparse-graphs.ts';

/** R = A − diag(A 1), written from the definition. */
export function generatorMatrix({ numStates, edges }: Graph): Matrix {
  const matrix = identity(numStates).map((row) => row.map(() => 0));
  for (const [i, j, rate] of edges) {
    for (const [from, to] of [
      [i, j],
      [j, i],
    ] as const) {
      matrix[from]![to]! += rate;
      matrix[from]![from]! -= rate;
    }
  }
  return matrix;
}

/**
 * exp(α R) = (e^{−x} exp(x P))^{2^m}, x = αΛ/2^m ≤ 1, P = I + R/Λ, by Taylor and squaring: nothing is subtracted but in P's own
 * diagonal, so that every entry is right relatively, to about 2^m roundings.
 */
export function exponentialOf(graph: Graph, alpha: number): Matrix {
  const { numStates: K } = graph;
  const R = generatorMatrix(graph);
  const fastest = Math.max(...R.map((row, i) => -row[i]!));
  const squarings = Math.max(0, Math.ceil(Math.log2(alpha * fastest)));
  const x = (alpha * fastest) / 2 ** squarings;
  const P = Float64Array.from(R.flat(), (rate, at) => (at % (K + 1) === 0 ? 1 + rate / fastest : rate / fastest));
  const unit = Float64Array.from({ length: K * K }, (_, at) => (at % (K + 1) === 0 ? 1 : 0));
  let result: Float64Array = unit.slice();
  // Horner's rule; every state is fewer than K jumps away.
  for (let n = K + 30; n > 0; n--) result = product(result, P, K).map((entry, at) => (entry * x) / n + unit[at]!);
  result = result.map((entry) => entry * Math.exp(-x));
  for (let m = 0; m < squarings; m++) {
    result = product(result, result, K);
    // Rows are scaled to 1, or the roundings of their sums are squared as well.
    for (let i = 0; i < K; i++) {
      const row = result.subarray(i * K, (i + 1) * K);
      const total = row.reduce((sum, entry) => sum + entry, 0);
      row.forEach((entry, j) => (row[j] = entry / total));
    }
  }
  return Array.from({ length: K }, (_, i) => [...result.subarray(i * K, (i + 1) * K)]);
}

function product(a: Float64Array, b: Float64Array, K: number): Float64Array {
  const result = new Float64Array(K * K);
  for (let i = 0; i < K; i++) {
    for (let k = 0; k < K; k++) {
      const factor = a[i * K + k]!;
      for (let j = 0; j < K; j++) result[i * K + j] = result[i * K + j]! + factor * b[k * K + j]!;
    }
  }
  return result;
}
