import type { ConnectedParts } from '../exponential/connected-parts.ts';
import { pointBlocks, selectPoints, squaredDistances, type Points } from './points.ts';

export interface Join {
  readonly i: number;
  readonly j: number;
}

interface Candidate extends Join {
  readonly distance: number;
}

const BLOCK = 256;

/**
 * The shortest pairs that join all parts into one: the minimal spanning tree of the parts, whose distance is that of their nearest
 * points (Borůvka, 1926: in each round every part but the largest takes its nearest pair; of equal ones, the lowest states).
 */
export function shortestJoins(points: Points, { count, partOf }: ConnectedParts): Join[] {
  const joins: Join[] = [];
  const parent = Int32Array.from({ length: count }, (_, part) => part);
  const rootOf = (part: number): number => {
    let root = part;
    while (parent[root] !== root) root = parent[root]!;
    return root;
  };
  while (joins.length < count - 1) {
    const roots = partOf.map(rootOf);
    for (const { i, j } of nearestPairs(points, roots)) {
      const [a, b] = [rootOf(roots[i]!), rootOf(roots[j]!)];
      if (a === b) continue;
      parent[Math.max(a, b)] = Math.min(a, b);
      joins.push({ i, j });
    }
  }
  return joins;
}

/** Of each part but the largest, the pair of a point of its own and one of another that is shortest. */
function nearestPairs(points: Points, partOf: Int32Array): Join[] {
  const largest = largestPart(partOf);
  const outside = Int32Array.from([...partOf.keys()].filter((state) => partOf[state] !== largest));
  const best = new Map<number, Candidate>();
  const targets = pointBlocks(points, BLOCK);
  for (const [a, rows] of pointBlocks(selectPoints(points, outside), BLOCK).entries()) {
    targets.forEach((columns, b) => {
      const distances = squaredDistances(rows.points, columns);
      for (let row = 0, at = 0; row < rows.points.count; row++) {
        const state = outside[a * BLOCK + row]!;
        const part = partOf[state]!;
        for (let column = 0; column < columns.points.count; column++, at++) {
          const other = b * BLOCK + column;
          const known = best.get(part);
          if (partOf[other] === part || (known && distances[at]! > known.distance)) continue;
          const pair = { i: Math.min(state, other), j: Math.max(state, other), distance: distances[at]! };
          if (!known || isBefore(pair, known)) best.set(part, pair);
        }
      }
    });
  }
  return [...best.values()];
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.distance - b.distance < 0 || (a.distance === b.distance && (a.i < b.i || (a.i === b.i && a.j < b.j)));
}

function largestPart(partOf: Int32Array): number {
  const sizes = new Map<number, number>();
  for (const part of partOf) sizes.set(part, (sizes.get(part) ?? 0) + 1);
  return [...sizes].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}
