import type { KernelSums } from './kernel-sums.ts';

/** Sums of the kernel within the first set, within the second, and across. */
export interface PairSums {
  readonly within: readonly [KernelSums, KernelSums];
  readonly across: KernelSums;
}

/**
 * The variance of the unbiased MMD² over samples of sizes m and n. Its first-order (Hájek) projections are estimated by
 *
 *     a_i = mean_{j≠i} k(x_i, x_j) − mean_j k(x_i, y_j),   b_j = mean_{i≠j} k(y_j, y_i) − mean_i k(x_i, y_j)
 *     H = 4 s²(a) / m + 4 s²(b) / n
 *
 * in which the means over m and n others leave twice the second-order part of Hoeffding's decomposition,
 *
 *     V₂ = 2 ζ_xx / (m (m − 1)) + 2 ζ_yy / (n (n − 1)) + 4 ζ_xy / (m n)
 *
 * with ζ the variance of a kernel beyond what its row and its column explain. The variance is first order + V₂ = max(H − V₂, V₂): of two
 * sets of one law, where the first order vanishes, it is V₂ and not 0. Needs m, n ≥ 4.
 */
export function kernelVariance({ within: [xx, yy], across }: PairSums): number {
  const [m, n] = [xx.rowSums.length, yy.rowSums.length];
  const a = xx.rowSums.map((sum, i) => sum / (m - 1) - across.rowSums[i]! / n);
  const b = yy.rowSums.map((sum, j) => sum / (n - 1) - across.columnSums[j]! / m);
  const projections = (4 * squaresAboutMean(a)) / (m - 1) / m + (4 * squaresAboutMean(b)) / (n - 1) / n;
  const secondOrder =
    (2 * residualWithin(xx)) / (m * (m - 1)) + (2 * residualWithin(yy)) / (n * (n - 1)) + (4 * residualAcross(across)) / (m * n);
  return Math.max(projections - secondOrder, secondOrder);
}

/** ζ of k_ij = c + g_i + g_j + residual over i ≠ j, by least squares: m (m − 3) / 2 pairs are free. */
function residualWithin({ rowSums, squares }: KernelSums): number {
  const m = rowSums.length;
  const mean = sum(rowSums) / (m * (m - 1));
  const effects = rowSums.map((row) => ((m - 1) / (m - 2)) * (row / (m - 1) - mean));
  const explained = 2 * (m - 2) * effects.reduce((total, effect) => total + effect ** 2, 0);
  return Math.max(0, squares - m * (m - 1) * mean ** 2 - explained) / (m * (m - 3));
}

/** ζ of k_ij = c + g_i + h_j + residual, by least squares. */
function residualAcross({ rowSums, columnSums, squares }: KernelSums): number {
  const [m, n] = [rowSums.length, columnSums.length];
  const mean = sum(rowSums) / (m * n);
  const explained = squaresAboutMean(rowSums) / n + squaresAboutMean(columnSums) / m;
  return Math.max(0, squares - m * n * mean ** 2 - explained) / ((m - 1) * (n - 1));
}

function squaresAboutMean(values: Float64Array): number {
  const mean = sum(values) / values.length;
  return values.reduce((total, value) => total + (value - mean) ** 2, 0);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
