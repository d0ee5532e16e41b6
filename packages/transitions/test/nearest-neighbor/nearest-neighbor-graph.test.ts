import { readFileSync } from 'node:fs';
import { expectAllClose } from '@d3pm/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SymmetricGenerator } from '../../src/exponential/symmetric-generator.ts';
import { nearestNeighborGraph } from '../../src/nearest-neighbor/nearest-neighbor-graph.ts';
import { randomEmbeddings, rowsOf } from './random-embeddings.ts';

const matrixOf = ({ numStates: K, rowStarts, targets, rates, exitRates }: SymmetricGenerator): number[][] =>
  Array.from({ length: K }, (_, i) => {
    const row = new Array<number>(K).fill(0);
    row[i] = -exitRates[i]!;
    for (let at = rowStarts[i]!; at < rowStarts[i + 1]!; at++) row[targets[at]!] = rates[at]!;
    return row;
  });

/** R of Appendix A.2.4, written from its words: every distance, sorted. */
function paperGenerator(rows: readonly (readonly number[])[], k: number, normalize: boolean): number[][] {
  const points = rows.map((row) => (normalize ? row.map((x) => x / Math.hypot(...row)) : row));
  const G = points.map((x, i) => {
    const order = points
      .map((y, j) => ({ j, distance: Math.hypot(...x.map((value, d) => value - y[d]!)) }))
      .filter(({ j }) => j !== i)
      .toSorted((a, b) => a.distance - b.distance || a.j - b.j);
    return points.map((_, j) => (order.slice(0, k).some((each) => each.j === j) ? 1 : 0));
  });
  const A = G.map((row, i) => row.map((g, j) => (i === j ? 0 : (g + G[j]![i]!) / (2 * k))));
  return A.map((row, i) => row.map((a, j) => (i === j ? -row.reduce((sum, each) => sum + each, 0) : a)));
}

const arbCase = fc.integer({ min: 2, max: 40 }).chain((K) =>
  fc.record({
    K: fc.constant(K),
    D: fc.integer({ min: 2, max: 9 }),
    k: fc.integer({ min: 1, max: K - 1 }),
    seed: fc.nat(1000),
    normalize: fc.boolean(),
  }),
);

describe('the graph of the paper', () => {
  it('for any embeddings that hang together', () => {
    let compared = 0;
    fc.assert(
      fc.property(arbCase, ({ K, D, k, seed, normalize }) => {
        const embeddings = randomEmbeddings(K, D, seed);
        const generator = nearestNeighborGraph(embeddings, { numNeighbors: k, normalize, whenDisconnected: 'join' });
        const expected = paperGenerator(rowsOf(embeddings), k, normalize);
        // Joins only add: what is compared is what the paper has.
        matrixOf(generator).forEach((row, i) =>
          row.forEach((rate, j) => {
            if (i === j || expected[i]![j] === 0) return;
            expectAllClose([rate], [expected[i]![j]!], { rtol: 1e-15, atol: 0 });
            compared++;
          }),
        );
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('and nothing besides', () => {
    const embeddings = randomEmbeddings(300, 5, 11);
    const expected = paperGenerator(rowsOf(embeddings), 7, true);
    expectAllClose(matrixOf(nearestNeighborGraph(embeddings, { numNeighbors: 7 })).flat(), expected.flat(), { rtol: 1e-14, atol: 0 });
  });

  it('as the golden program finds it', () => {
    const { cases } = JSON.parse(readFileSync(new URL('../golden/exponential.json', import.meta.url), 'utf8')) as {
      readonly cases: readonly { embeddings: number[][]; numNeighbors: number; neighbors: number[][] }[];
    };
    for (const { embeddings, numNeighbors, neighbors } of cases) {
      const matrix = matrixOf(nearestNeighborGraph(embeddings, { numNeighbors }));
      const expected = neighbors.map((near, i) =>
        neighbors.map((other, j) => ((near.includes(j) ? 1 : 0) + (other.includes(i) ? 1 : 0)) / (2 * numNeighbors)),
      );
      expect(matrix.map((row) => row.map((rate) => Math.max(rate, 0)))).toEqual(expected);
    }
    expect(cases).toHaveLength(3);
  });
});

it('does not depend on float32 or float64, nor on how it is given', () => {
  const embeddings = randomEmbeddings(30, 4, 5);
  const values = Float32Array.from(embeddings.values);
  const rows = rowsOf({ values: Float64Array.from(values), numDimensions: 4 });
  expect(nearestNeighborGraph({ values, numDimensions: 4 }, { numNeighbors: 5 })).toEqual(nearestNeighborGraph(rows, { numNeighbors: 5 }));
});

it('compares directions, or places with normalize: false', () => {
  // Directions of 1, 27, 63 and 89 degrees; those in the middle are near the origin, and so near each other.
  const rows = [
    [10, 0.1],
    [0.2, 0.1],
    [0.1, 0.2],
    [0.1, 10],
  ];
  const near = (normalize: boolean) => matrixOf(nearestNeighborGraph(rows, { numNeighbors: 1, normalize, whenDisconnected: 'join' }))[1];
  expect(near(true)).toEqual([1, -1.5, 0.5, 0]);
  expect(near(false)).toEqual([0.5, -1.5, 1, 0]);
});

it('takes numbers whose squares no float64 holds', () => {
  const rows = [
    [1e200, 1e190],
    [1e200, 3e199],
    [-1e-200, 2e-200],
    [-1e-200, 1e-200],
  ];
  expect(matrixOf(nearestNeighborGraph(rows, { numNeighbors: 1, whenDisconnected: 'join' }))[0]).toEqual([-1, 1, 0, 0]);
  expect(matrixOf(nearestNeighborGraph(rows, { numNeighbors: 2, normalize: false }))[0]![1]).toBe(0.5);
});

describe('identical embeddings', () => {
  const rows = [
    [1, 0],
    [1, 0],
    [1, 0],
    [0, 1],
    [0.5, 0.5],
  ];

  it('are each other’s neighbours, the lower index first, and nobody is its own', () => {
    // 0: 1 and 2, 1: 0 and 2, 2: 0 and 1, 3: 4 and 0 (of three that are as far), 4: 0 and 1 (of four)
    const expected = [
      [0, 2, 2, 1, 1],
      [2, 0, 2, 0, 1],
      [2, 2, 0, 0, 0],
      [1, 0, 0, 0, 1],
      [1, 1, 0, 1, 0],
    ];
    const matrix = matrixOf(nearestNeighborGraph(rows, { numNeighbors: 2 }));
    expect(matrix.map((row) => row.map((rate) => 4 * Math.max(rate, 0)))).toEqual(expected);
  });

  it('give the same graph in blocks as in one', () => {
    // 700 rows of 7 different kinds: a tie at every choice, over three blocks.
    const many = Array.from({ length: 700 }, (_, i) => [1 + (i % 7), 3]);
    const generator = nearestNeighborGraph(many, { numNeighbors: 2, whenDisconnected: 'join' });
    const neighborsOf = (i: number) => [...generator.targets.subarray(generator.rowStarts[i]!, generator.rowStarts[i + 1]!)];
    expect(neighborsOf(693)).toEqual([0, 7]);
    expect(neighborsOf(350)).toEqual([0, 7]);
    expect(neighborsOf(7).filter((j) => j % 7 === 0)).toHaveLength(99);
  });
});
