import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { tensor } from '@tensorflow/tfjs-core';
import { posteriorLogProbs, type Transition } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { describe, expect, it } from 'vitest';
import { nearestNeighbor } from '../../src/nearest-neighbor/nearest-neighbor.ts';
import { noiseOf } from '../noise.ts';

/** What `tooling/golden/exponential.py` writes. */
interface GoldenCase {
  readonly embeddings: readonly number[][];
  readonly numNeighbors: number;
  readonly neighbors: readonly number[][];
  readonly rows: readonly number[];
  readonly tables: readonly { readonly rate: number; readonly probs: number[][]; readonly logProbs: number[][] }[];
  readonly posterior?: { readonly noise: readonly number[]; readonly s: number; readonly t: number; readonly rows: number[][] };
}

const { cases } = JSON.parse(readFileSync(new URL('../golden/exponential.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly GoldenCase[];
};

describe('golden values of nearest neighbours', () => {
  it.each(cases.map((each) => [each.embeddings.length, each] as const))('K = %d', (K, { embeddings, numNeighbors, rows, tables }) => {
    const transition = (rate: number): Transition =>
      nearestNeighbor.create({ numStates: K, schedule: noiseOf('rate', [rate]) }, { embeddings, numNeighbors });
    for (const { rate, probs, logProbs } of tables) {
      const made = transition(rate);
      const table = made.toDense(0, 1);
      expectAllClose(
        rows.flatMap((i) => [...table.subarray(i * K, (i + 1) * K)]),
        probs.flat(),
        { rtol: 1e-10, atol: 0 },
      );
      // float32 logarithms.
      expectAllClose(made.pushStates(tensor([...rows], [rows.length], 'int32'), 0, 1), logProbs.flat(), { rtol: 1e-6, atol: 1e-6 });
    }
    expect(tables).toHaveLength(6);
  });

  it.each(cases.filter(({ posterior }) => posterior).map((each) => [each.embeddings.length, each] as const))(
    'posteriors of Eq. (3), K = %d',
    (K, { embeddings, numNeighbors, posterior }) => {
      const { noise, s, t, rows } = posterior!;
      const transition = nearestNeighbor.create({ numStates: K, schedule: noiseOf('rate', noise) }, { embeddings, numNeighbors });
      const pairs = rows.map((_, at) => [Math.floor(at / K), at % K] as const);
      const states = (side: 0 | 1) =>
        tensor(
          pairs.map((pair) => pair[side]),
          [rows.length, 1],
          'int32',
        );
      const posteriors = posteriorLogProbs(transition, { x0: states(0), xt: states(1), s, t }).dataSync();
      expectAllClose(Array.from(posteriors, Math.exp), rows.flat(), { rtol: 1e-5, atol: 1e-7 });
      expect(rows).toHaveLength(K * K);
    },
  );
});
