import { D3pmError } from '@d3pm/core';
import { matrixProduct } from '../matrix-product.ts';
import type { EmbeddingTable } from './embedding-table.ts';

/** Rows of coordinates, and what their distances are computed from. */
export interface Points {
  readonly count: number;
  readonly numDimensions: number;
  /** `[count, D]`, row by row. */
  readonly rows: Float64Array;
  /** |x|² of each; `[count]`. */
  readonly squaredNorms: Float64Array;
}

/** Some of the points, as the other side of a table of distances. */
export interface PointBlock {
  readonly points: Points;
  /** `[D, count]` */
  readonly columns: Float64Array;
}

/**
 * The embeddings as points: each divided by its norm, or all by the largest number, which changes no order of distances.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` naming the first row of zeros, which has no direction.
 */
export function pointsOf(
  caller: string,
  { values, numDimensions }: EmbeddingTable,
  { normalize }: { readonly normalize: boolean },
): Points {
  const rows = Float64Array.from(values);
  if (!normalize) {
    divide(rows, largestOf(rows) || 1);
    return pointsOfRows(rows, numDimensions);
  }
  for (let from = 0; from < rows.length; from += numDimensions) {
    const row = rows.subarray(from, from + numDimensions);
    const largest = largestOf(row);
    if (largest === 0) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `${caller}: row ${from / numDimensions} of embeddings is all zeros and has no direction; leave the state out, or compare by distance alone with normalize: false`,
      );
    }
    divide(row, largest);
    divide(row, Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)));
  }
  return pointsOfRows(rows, numDimensions);
}

export function selectPoints({ rows, numDimensions }: Points, indices: Int32Array): Points {
  const selected = new Float64Array(indices.length * numDimensions);
  indices.forEach((index, at) => selected.set(rows.subarray(index * numDimensions, (index + 1) * numDimensions), at * numDimensions));
  return pointsOfRows(selected, numDimensions);
}

/** Consecutive points, `size` at a time. */
export function pointBlocks(points: Points, size: number): PointBlock[] {
  const { count, numDimensions, rows, squaredNorms } = points;
  return Array.from({ length: Math.ceil(count / size) }, (_, block) => {
    const [from, to] = [block * size, Math.min((block + 1) * size, count)];
    const part: Points = {
      count: to - from,
      numDimensions,
      rows: rows.subarray(from * numDimensions, to * numDimensions),
      squaredNorms: squaredNorms.subarray(from, to),
    };
    return { points: part, columns: transposed(part) };
  });
}

/**
 * |x|² + |y|² − 2 x·y of all x and y, float64 `[x, y]`: the same either way and whatever the blocks, and 0 between identical
 * points. Rounding is 1e-16 of the norms, so that distances under 1e-8 of them are not told apart.
 */
export function squaredDistances(from: Points, { points: to, columns }: PointBlock): Float64Array {
  const distances = matrixProduct(from.rows, columns, { rows: from.count, inner: from.numDimensions, columns: to.count });
  for (let i = 0, at = 0; i < from.count; i++) {
    const norm = from.squaredNorms[i]!;
    for (let j = 0; j < to.count; j++, at++) distances[at] = norm + to.squaredNorms[j]! - 2 * distances[at]!;
  }
  return distances;
}

function pointsOfRows(rows: Float64Array, numDimensions: number): Points {
  const count = rows.length / numDimensions;
  const squaredNorms = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    let sum = 0;
    for (let d = 0; d < numDimensions; d++, at++) sum += rows[at]! * rows[at]!;
    squaredNorms[i] = sum;
  }
  return { count, numDimensions, rows, squaredNorms };
}

function transposed({ count, numDimensions, rows }: Points): Float64Array {
  const columns = new Float64Array(rows.length);
  for (let i = 0, at = 0; i < count; i++) for (let d = 0; d < numDimensions; d++, at++) columns[d * count + i] = rows[at]!;
  return columns;
}

function largestOf(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

function divide(values: Float64Array, by: number): void {
  for (let at = 0; at < values.length; at++) values[at]! /= by;
}
