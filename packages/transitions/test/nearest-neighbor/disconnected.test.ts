import { createRng } from '@d3pm/core';
import { describe, expect, it } from 'vitest';
import { connectedParts } from '../../src/exponential/connected-parts.ts';
import type { SymmetricGenerator } from '../../src/exponential/symmetric-generator.ts';
import { nearestNeighborGraph } from '../../src/nearest-neighbor/nearest-neighbor-graph.ts';
import { errorText } from '../error-text.ts';

/** `count` clusters of `size` points on a line, of which the n-th lies around 10 n². */
const clusters = (count: number, size: number): number[][] =>
  Array.from({ length: count * size }, (_, at) => [10 * Math.floor(at / size) ** 2 + createRng(1).float64(at), 1]);
const place = { numNeighbors: 2, normalize: false } as const;
const edgesOf = ({ rowStarts, targets, rates, numStates }: SymmetricGenerator): [number, number, number][] =>
  Array.from({ length: numStates }, (_, i) =>
    [...targets.subarray(rowStarts[i]!, rowStarts[i + 1]!)].map((j, at): [number, number, number] => [i, j, rates[rowStarts[i]! + at]!]),
  )
    .flat()
    .filter(([i, j]) => i < j);

describe('a graph that falls apart', () => {
  it('is refused, with its parts and the ways out', () => {
    expect(errorText(() => nearestNeighborGraph(clusters(3, 6).slice(0, 15), place))).toMatch(
      /^NO_STATIONARY: nearestNeighborGraph: the graph of 2 nearest neighbours falls into 3 parts of 6, 6 and 3 states: state 0 and state 6 never meet, so no stationary law is unique; no embeddings are identical in them; take more neighbours, or join the parts by their nearest pairs with whenDisconnected: 'join'$/,
    );
  });

  it('says when copies are the cause', () => {
    const rows = [[3, 4], [4, 3], [3, 3.9], ...Array.from({ length: 4 }, (_, i) => [i + 1, -i - 1])];
    expect(errorText(() => nearestNeighborGraph(rows, { numNeighbors: 2 }))).toMatch(
      /falls into 2 parts of 4 and 3 states: state 0 and state 3 never meet, .*; 1 of the parts holds identical embeddings alone, up to 4, which are each other's nearest; take at least 4 neighbours, or leave the copies out, or join/,
    );
    expect(connectedParts(nearestNeighborGraph(rows, { numNeighbors: 4 })).count).toBe(1);
  });

  it('lists the largest of many parts', () => {
    expect(errorText(() => nearestNeighborGraph(clusters(9, 4), place))).toContain('9 parts of 4, 4, 4, 4, 4, … states');
  });
});

describe('joined', () => {
  it('has the nearest pairs of the parts besides, each like a neighbour in one direction', () => {
    const rows = clusters(4, 5);
    const joined = edgesOf(nearestNeighborGraph(rows, { ...place, whenDisconnected: 'join' }));
    // On a line, the shortest tree is from each cluster's last point to the next one's first.
    const ends = (cluster: number): [first: number, last: number] => {
      const states = Array.from({ length: 5 }, (_, n) => 5 * cluster + n).toSorted((a, b) => rows[a]![0]! - rows[b]![0]!);
      return [states[0]!, states[4]!];
    };
    const between = joined.filter(([i, j]) => Math.floor(i / 5) !== Math.floor(j / 5));
    expect(between).toEqual([0, 1, 2].map((cluster) => [ends(cluster)[1], ends(cluster + 1)[0], 0.25]).toSorted((a, b) => a[0]! - b[0]!));
  });

  it('is one part, also over several blocks and of many copies', () => {
    const scattered = clusters(40, 20);
    expect(connectedParts(nearestNeighborGraph(scattered, { ...place, whenDisconnected: 'join' })).count).toBe(1);
    const copies = Array.from({ length: 600 }, (_, i) => [1 + (i % 50), 7]);
    const graph = nearestNeighborGraph(copies, { numNeighbors: 3, whenDisconnected: 'join' });
    expect(connectedParts(graph).count).toBe(1);
    const between = edgesOf(graph).filter(([i, j]) => i % 50 !== j % 50);
    expect(between).toHaveLength(49);
    expect(between.every(([i, j]) => Math.abs((i % 50) - (j % 50)) === 1)).toBe(true);
  });

  it('is the graph itself when that hangs together', () => {
    const rows = clusters(1, 12);
    expect(nearestNeighborGraph(rows, { ...place, numNeighbors: 4, whenDisconnected: 'join' })).toEqual(
      nearestNeighborGraph(rows, { ...place, numNeighbors: 4 }),
    );
  });
});
