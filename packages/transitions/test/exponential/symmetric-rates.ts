import { createRng } from '@d3pm/core';
import type { Matrix } from '../reference-matrix.ts';

/** The generator with the jumps i ⇄ j given, row by row. */
export function generatorOf(K: number, edges: readonly (readonly [i: number, j: number, rate: number])[]): Float64Array {
  const rates = new Float64Array(K * K);
  for (const [i, j, rate] of edges) {
    rates[i * K + j]! += rate;
    rates[j * K + i]! += rate;
    rates[i * K + i]! -= rate;
    rates[j * K + j]! -= rate;
  }
  return rates;
}

export const path = (K: number, rate = 1): Float64Array =>
  generatorOf(
    K,
    Array.from({ length: K - 1 }, (_, i) => [i, i + 1, rate]),
  );

export const clique = (K: number, rate = 1 / K): Float64Array =>
  generatorOf(
    K,
    pairs(K).map(([i, j]) => [i, j, rate]),
  );

/** Two cliques of ⌊K/2⌋ and ⌈K/2⌉ states with one weak edge between them. */
export const bridged = (K: number, rate: number): Float64Array => {
  const half = Math.floor(K / 2);
  return generatorOf(K, [
    ...pairs(K)
      .filter(([i, j]) => i < half === j < half)
      .map(([i, j]) => [i, j, 1] as const),
    [0, K - 1, rate],
  ]);
};

/** A connected graph: a path through all states in some order, and edges at random. */
export function randomGraph(K: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const order = [...Array(K).keys()].toSorted((a, b) => rng.split('order').float64(a) - rng.split('order').float64(b));
  const weight = (at: number): number => 10 ** (4 * rng.split('weight').float64(at) - 3);
  return generatorOf(K, [
    ...order.slice(1).map((state, at) => [order[at]!, state, weight(at)] as const),
    ...pairs(K)
      .filter((_, at) => rng.split('edge').float64(at) < 0.3)
      .map(([i, j], at) => [i, j, weight(K + at)] as const),
  ]);
}

function pairs(K: number): [number, number][] {
  return Array.from({ length: K }, (_, j) => Array.from({ length: j }, (_, i): [number, number] => [i, j])).flat();
}

/**
 * exp(α R) in the definition's own words: (I + X + X²/2 + …) of X = α R / 2^m, squared m times; by products of
 * nonnegative matrices, so that small entries are right too, with m so large that X is small.
 */
export function exponentialOf(rates: Float64Array, alpha: number): Matrix {
  const K = Math.sqrt(rates.length);
  const fastest = Math.max(...Array.from({ length: K }, (_, i) => -rates[i * (K + 1)]!));
  const halvings = Math.max(0, Math.ceil(Math.log2(alpha * fastest * 16)));
  const tau = alpha / 2 ** halvings;
  const shifted: Matrix = Array.from({ length: K }, (_, i) =>
    Array.from({ length: K }, (_, j) => tau * (rates[i * K + j]! + (i === j ? fastest : 0))),
  );
  let term: Matrix = shifted.map((row, i) => row.map((_, j) => (i === j ? Math.exp(-tau * fastest) : 0)));
  let sum = term;
  for (let n = 1; n < 40 + K; n++) {
    term = times(term, shifted).map((row) => row.map((entry) => entry / n));
    sum = sum.map((row, i) => row.map((entry, j) => entry + term[i]![j]!));
  }
  for (let n = 0; n < halvings; n++) sum = normalized(times(sum, sum));
  return sum;
}

function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
}

function normalized(matrix: Matrix): Matrix {
  return matrix.map((row) => {
    const total = row.reduce((sum, entry) => sum + entry, 0);
    return row.map((entry) => entry / total);
  });
}
