import { readFileSync } from 'node:fs';
import { expectAllClose } from '@d3pm/core/testing';
import { describe, expect, it } from 'vitest';
import { sparseExponential } from '../../src/exponential/sparse-exponential.ts';
import { noiseOf } from '../noise.ts';
import { generatorOf } from './sparse-graphs.ts';

/** What `tooling/golden/exponential.py` writes. */
interface GoldenCase {
  readonly numNeighbors: number;
  readonly neighbors: readonly number[][];
  readonly rows: readonly number[];
  readonly tables: readonly { readonly rate: number; readonly probs: number[][] }[];
}

const { cases } = JSON.parse(readFileSync(new URL('../golden/exponential.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly GoldenCase[];
};

describe('golden values of exp(α R), R of nearest neighbours', () => {
  it.each(cases.map((each) => [each.neighbors.length, each] as const))('K = %d', (numStates, { numNeighbors, neighbors, rows, tables }) => {
    const edges = neighbors.flatMap((nearest, i) => nearest.map((j) => [i, j, 1 / (2 * numNeighbors)] as const));
    const transition = sparseExponential({
      name: 'sparse',
      schedule: noiseOf(
        'rate',
        tables.map(({ rate }) => rate),
      ),
      generator: generatorOf({ numStates, edges }),
    });
    tables.forEach(({ probs }, index) => {
      // Many thousands of terms ≥ 0 at the largest α.
      rows.forEach((row, k) => expectAllClose(transition.rowProbs!(row, index, index + 1), probs[k]!, { rtol: 1e-10, atol: 0 }));
    });
    expect(tables.length).toBeGreaterThan(4);
  });
});
