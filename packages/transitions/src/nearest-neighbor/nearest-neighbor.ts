import { assertInteger, assertOptionNames, D3pmError, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from '../define-transition.ts';
import { matrixExponential } from '../exponential/matrix-exponential.ts';
import { sparseExponential } from '../exponential/sparse-exponential.ts';
import type { SymmetricGenerator } from '../exponential/symmetric-generator.ts';
import { embeddingTable, type Embeddings, type EmbeddingTable } from './embedding-table.ts';
import { nearestNeighborGraph, type NearestNeighborGraphOptions } from './nearest-neighbor-graph.ts';

export interface NearestNeighborOptions extends Partial<NearestNeighborGraphOptions> {
  /** A row for each state, in their order: arrays of numbers, or `{ values, numDimensions }`. */
  readonly embeddings: Embeddings;
  /** k; the paper's graph of the 27 characters of text8 has 5. @defaultValue 5 */
  readonly numNeighbors?: number;
}

/** Up to this K, K×K tables take less than a second each and 2 MB; above, rows are made without them. */
const TABLE_STATES = 512;
const WHEN_DISCONNECTED = ['refuse', 'join'] as const;

/**
 * Noise towards similar tokens, Appendix A.2.4 of Austin et al. (2021):
 *
 *     Q_t = exp(β_t R),   R = A − diag(A 1),   A = (G + Gᵀ) / (2k)
 *
 * G is the graph of the k nearest neighbours of each state by its embedding, see `nearestNeighborGraph`. β_t is a
 * rate. Doubly stochastic, π uniform. Up to K = 512 it is a {@link matrixExponential}, above a {@link sparseExponential}.
 */
export const nearestNeighbor: TransitionPlugin<'nearest-neighbor', NearestNeighborOptions, 'rate'> = /* @__PURE__ */ defineTransition({
  name: 'nearest-neighbor',
  unit: 'rate',
  parse: (options): NearestNeighborOptions & { readonly embeddings: EmbeddingTable } => {
    const names = ['embeddings', 'numNeighbors', 'normalize', 'whenDisconnected'];
    const { embeddings, numNeighbors, normalize, whenDisconnected } = assertOptionNames('nearest-neighbor', options, names);
    if (numNeighbors !== undefined) assertInteger('nearest-neighbor', 'numNeighbors', numNeighbors, 1);
    if (normalize !== undefined && typeof normalize !== 'boolean') {
      throw new D3pmError('INVALID_OPTIONS', `nearest-neighbor: normalize is ${JSON.stringify(normalize)}, expected true or false`);
    }
    const known = WHEN_DISCONNECTED.find((each) => each === whenDisconnected);
    if (whenDisconnected !== undefined && known === undefined) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `nearest-neighbor: whenDisconnected is ${JSON.stringify(whenDisconnected)}, expected "refuse" or "join"`,
      );
    }
    return {
      embeddings: embeddingTable('nearest-neighbor', embeddings),
      ...(numNeighbors !== undefined && { numNeighbors }),
      ...(normalize !== undefined && { normalize }),
      ...(known !== undefined && { whenDisconnected: known }),
    };
  },
  create: ({ numStates, schedule }, { embeddings, numNeighbors = 5, ...graphOptions }) => {
    assertRowForEachState(embeddings, numStates);
    const generator = nearestNeighborGraph(embeddings, { numNeighbors, ...graphOptions });
    return numStates <= TABLE_STATES
      ? matrixExponential({ name: 'nearest-neighbor', schedule, generator: denseOf(generator) })
      : sparseExponential({ name: 'nearest-neighbor', schedule, generator });
  },
});

function assertRowForEachState({ values, numDimensions }: EmbeddingTable, numStates: number): void {
  const numRows = values.length / numDimensions;
  if (numRows === numStates) return;
  const hint =
    numRows === numStates - 1 || numRows === numStates + 1
      ? `; a mask is not a token of the graph: make the family of the ${Math.min(numRows, numStates)} tokens and wrap it with withMask`
      : '';
  throw new D3pmError(
    'SHAPE',
    `nearest-neighbor: embeddings have ${numRows} rows, expected one for each of the ${numStates} states${hint}`,
  );
}

function denseOf({ numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator): Float64Array {
  const matrix = new Float64Array(numStates ** 2);
  for (let i = 0; i < numStates; i++) {
    matrix[i * (numStates + 1)] = -exitRates[i]!;
    for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) matrix[i * numStates + targets[edge]!] = rates[edge]!;
  }
  return matrix;
}
