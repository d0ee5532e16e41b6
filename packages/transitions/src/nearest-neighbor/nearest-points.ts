import { pointBlocks, squaredDistances, type Points } from './points.ts';

/** The nearest of each point, itself left out. */
export interface NearestPoints {
  /** k */
  readonly numNeighbors: number;
  /** In the order of distance, equal ones in that of their index; `[count, k]`. */
  readonly neighbors: Int32Array;
  /** |x − y|² of each; `[count, k]`. */
  readonly squaredDistances: Float64Array;
}

/** Points a block: a table of distances between two takes 512 KB, however many points there are. */
const BLOCK = 256;

/** All pairs are compared, each once; 8192 points of 256 dimensions are 8.6e9 multiplications. */
export function nearestPoints(points: Points, numNeighbors: number): NearestPoints {
  const { count } = points;
  const neighbors = new Int32Array(count * numNeighbors).fill(-1);
  const nearest = new Float64Array(count * numNeighbors).fill(Infinity);

  /** Indices come in ascending order for each point, so that of equal distances the first stays. */
  const offer = (point: number, index: number, distance: number): void => {
    const first = point * numNeighbors;
    let at = first + numNeighbors - 1;
    if (!(distance < nearest[at]!)) return;
    for (; at > first && distance < nearest[at - 1]!; at--) {
      nearest[at] = nearest[at - 1]!;
      neighbors[at] = neighbors[at - 1]!;
    }
    nearest[at] = distance;
    neighbors[at] = index;
  };

  const blocks = pointBlocks(points, BLOCK);
  blocks.forEach((rows, a) => {
    for (let b = a; b < blocks.length; b++) {
      const distances = squaredDistances(rows.points, blocks[b]!);
      const columns = blocks[b]!.points.count;
      for (let i = 0; i < rows.points.count; i++) {
        for (let j = a === b ? i + 1 : 0; j < columns; j++) {
          const distance = distances[i * columns + j]!;
          offer(a * BLOCK + i, b * BLOCK + j, distance);
          offer(b * BLOCK + j, a * BLOCK + i, distance);
        }
      }
    }
  });
  return { numNeighbors, neighbors, squaredDistances: nearest };
}
