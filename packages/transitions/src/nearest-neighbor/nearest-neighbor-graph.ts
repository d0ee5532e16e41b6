import { assertInteger, D3pmError } from '@d3pm/core';
import { connectedParts, type ConnectedParts } from '../exponential/connected-parts.ts';
import { symmetricGenerator, type SymmetricGenerator } from '../exponential/symmetric-generator.ts';
import { embeddingTable, type Embeddings } from './embedding-table.ts';
import { nearestPoints, type NearestPoints } from './nearest-points.ts';
import { pointsOf, type Points } from './points.ts';
import { shortestJoins } from './shortest-joins.ts';

export interface NearestNeighborGraphOptions {
  /** k, in 1…K−1. */
  readonly numNeighbors: number;
  /** Whether rows are divided by their L2 norm first, as the authors do: neighbours are then those of the smallest angle. @defaultValue true */
  readonly normalize?: boolean;
  /**
   * What to do when the graph falls apart, so that its states do not all reach each other: an error, or jumps between
   * the nearest pairs of its parts, the shortest tree that joins them, each like a neighbour in one direction.
   *
   * @defaultValue 'refuse'
   */
  readonly whenDisconnected?: 'join' | 'refuse';
}

/**
 * The generator of Appendix A.2.4 of Austin et al. (2021), from embeddings of the states:
 *
 *     A = (G + Gᵀ) / (2k),   G_ij = 1 if j is one of the k nearest neighbours of i,   R = A − diag(A 1)
 *
 * Neighbours are Euclidean and exact; a state is never its own, also where rows are identical, and of equal distances
 * the lower index comes first. All K (K−1) / 2 distances are computed, in float64 and by blocks: at K = 8192 and 256 dimensions
 * in seconds and 100 MB.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless 1 ≤ k < K and for a row of zeros that is to be normalised, what `embeddings` may be
 * refused for (`SHAPE`, `NON_FINITE`), and `NO_STATIONARY` for a graph that falls apart, with its parts and why.
 */
export function nearestNeighborGraph(embeddings: Embeddings, options: NearestNeighborGraphOptions): SymmetricGenerator {
  const { numNeighbors, normalize = true, whenDisconnected = 'refuse' } = options;
  const caller = 'nearestNeighborGraph';
  const table = embeddingTable(caller, embeddings);
  const numStates = table.values.length / table.numDimensions;
  if (numStates < 2) throw new D3pmError('SHAPE', `${caller}: embeddings have 1 row, expected at least 2 states`);
  assertInteger(caller, `numNeighbors (of ${numStates} states, each has ${numStates - 1} others)`, numNeighbors, 1, numStates - 1);
  const points = pointsOf(caller, table, { normalize });
  const nearest = nearestPoints(points, numNeighbors);

  const rate = 1 / (2 * numNeighbors);
  const pairs = Array.from(nearest.neighbors, (j, at) => ({ i: Math.floor(at / numNeighbors), j, rate }));
  const generator = symmetricGenerator(numStates, pairs);
  const parts = connectedParts(generator);
  if (parts.count === 1) return generator;
  if (whenDisconnected === 'refuse') throw new D3pmError('NO_STATIONARY', `${caller}: ${whyApart(points, nearest, parts)}`);
  return symmetricGenerator(numStates, [...pairs, ...shortestJoins(points, parts).map((join) => ({ ...join, rate }))]);
}

/** Parts whose sizes a message lists. */
const LISTED = 5;
/** Squared distance of points that differ by rounding, relative to their norm. */
const SAME = 1e-15;

function whyApart({ squaredNorms }: Points, { numNeighbors, squaredDistances }: NearestPoints, { count, partOf }: ConnectedParts): string {
  const sizes = new Int32Array(count);
  const isOfCopies = new Uint8Array(count).fill(1);
  partOf.forEach((part, state) => {
    sizes[part]!++;
    const farthest = squaredDistances[(state + 1) * numNeighbors - 1]!;
    if (!(farthest <= SAME * squaredNorms[state]!)) isOfCopies[part] = 0;
  });
  const listed = [...sizes].toSorted((a, b) => b - a).map(String);
  const shown = count > LISTED ? `${listed.slice(0, LISTED).join(', ')}, …` : `${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`;
  const copies = isOfCopies.reduce((sum, is) => sum + is, 0);
  const largest = sizes.reduce((most, size, part) => (isOfCopies[part] && size > most ? size : most), 0);
  const cause =
    copies === 0
      ? 'no embeddings are identical in them'
      : `${copies} of the parts hold${copies === 1 ? 's' : ''} identical embeddings alone, up to ${largest}, which are each other's nearest`;
  const enough = copies === 0 ? 'take more neighbours' : `take at least ${largest} neighbours, or leave the copies out`;
  return (
    `the graph of ${numNeighbors} nearest neighbours falls into ${count} parts of ${shown} states: ` +
    `state 0 and state ${partOf.indexOf(1)} never meet, so no stationary law is unique; ${cause}; ` +
    `${enough}, or join the parts by their nearest pairs with whenDisconnected: 'join'`
  );
}
