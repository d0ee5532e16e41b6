import { turnsOfEventLoop } from '@d3pm/core';
import type { FeatureSet } from './feature-set.ts';
import { addRowProducts, type Rows } from './row-products.ts';

/** Samples, and for each subset of them its members in ascending order. */
export interface KernelSide {
  /** Features over √d, so that inner products are xᵀy / d. */
  readonly rows: Rows;
  readonly subsets: readonly Int32Array[];
}

/** Sums of k(x_i, y_j) − shift over pairs; of pairs i ≠ j where both sides are the same samples. */
export interface KernelSums {
  readonly rowSums: Float64Array;
  /** Those of the rows where both sides are the same. */
  readonly columnSums: Float64Array;
  /** Of the squares. */
  readonly squares: number;
  /** Of each subset with its like. */
  readonly subsetSums: Float64Array;
}

const TILE = 64;

/** k(x, y) = (xᵀy / d + 1)³ of the scaled inner product. */
function cubicKernel(product: number): number {
  const base = product + 1;
  return base * base * base;
}

/** Features over √d, in float64. */
export function scaledRows({ numSamples, features }: FeatureSet): Rows {
  const d = features.length / numSamples;
  return { values: Float64Array.from(features, (feature) => feature / Math.sqrt(d)), count: numSamples, length: d };
}

/** Kernels differ little from one another next to their size: one of them, which is left out of the sums. */
export function kernelShift({ rows: x }: KernelSide, { rows: y }: KernelSide): number {
  let product = 0;
  for (let i = 0; i < x.length; i++) product += x.values[i]! * y.values[i]!;
  return cubicKernel(product);
}

/**
 * All pairs in tiles of 64 × 64, none kept. The same samples on both sides are computed once for (i, j) and (j, i). The
 * unbiased statistic does not change when the kernel is shifted; its digits do.
 */
export async function kernelSums(x: KernelSide, y: KernelSide, shift: number): Promise<KernelSums> {
  const same = x === y;
  const rowSums = new Float64Array(x.rows.count);
  const columnSums = same ? rowSums : new Float64Array(y.rows.count);
  const subsetSums = new Float64Array(x.subsets.length);
  const [xTiles, yTiles] = [tilesOf(x), same ? undefined : tilesOf(y)];
  const values = new Float64Array(TILE * TILE);
  const unused = new Float64Array(TILE);
  const turn = turnsOfEventLoop();
  let squares = 0;
  for (const [p, a] of xTiles.entries()) {
    for (const b of yTiles ?? xTiles.slice(p)) {
      const diagonal = same && a === b;
      const times = same && !diagonal ? 2 : 1;
      const tile = values.subarray(0, a.rows.count * b.rows.count).fill(0);
      addRowProducts(tile, a.rows, b.rows);
      const columns = diagonal ? unused : columnSums.subarray(b.first, b.first + b.rows.count);
      squares += times * addKernels(tile, { rows: rowSums.subarray(a.first, a.first + a.rows.count), columns, shift, diagonal });
      x.subsets.forEach((_, s) => {
        subsetSums[s]! += times * subsetSum(tile, a.members[s]!, b.members[s]!, b.rows.count);
      });
      await turn();
    }
  }
  return { rowSums, columnSums, squares, subsetSums };
}

interface Tile {
  readonly first: number;
  readonly rows: Rows;
  /** Of each subset, those in the tile, from its first row on. */
  readonly members: readonly Int32Array[];
}

function tilesOf({ rows: { values, count, length }, subsets }: KernelSide): readonly Tile[] {
  return Array.from({ length: Math.ceil(count / TILE) }, (_, tile) => {
    const [first, end] = [tile * TILE, Math.min((tile + 1) * TILE, count)];
    return {
      first,
      rows: { values: values.subarray(first * length, end * length), count: end - first, length },
      members: subsets.map((subset) => subset.filter((i) => i >= first && i < end).map((i) => i - first)),
    };
  });
}

interface TileSums {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly shift: number;
  /** A sample makes no pair with itself. */
  readonly diagonal: boolean;
}

/** Puts kernels in the place of the products, adds them up, and returns the sum of their squares. */
function addKernels(tile: Float64Array, { rows, columns, shift, diagonal }: TileSums): number {
  const width = tile.length / rows.length;
  let squares = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < width; j++) {
      const k = diagonal && i === j ? 0 : cubicKernel(tile[i * width + j]!) - shift;
      tile[i * width + j] = k;
      rows[i]! += k;
      columns[j]! += k;
      squares += k * k;
    }
  }
  return squares;
}

function subsetSum(tile: Float64Array, rows: Int32Array, columns: Int32Array, width: number): number {
  let sum = 0;
  for (let p = 0; p < rows.length; p++) {
    const row = rows[p]! * width;
    for (let q = 0; q < columns.length; q++) sum += tile[row + columns[q]!]!;
  }
  return sum;
}
