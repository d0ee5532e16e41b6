import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { addRowProducts, addUpperRowProducts, mirrorUpper } from './row-products.ts';
import { semidefiniteFactor } from './semidefinite-factor.ts';

export interface RootTrace {
  /** tr (Σ_a Σ_b)^{1/2} */
  readonly trace: number;
  /** How far each of the two is from being a covariance, as `excess` of {@link semidefiniteFactor}. */
  readonly excess: readonly [number, number];
}

/**
 * tr (Σ_a Σ_b)^{1/2} of two covariances, float64 `[d·d]`, without the root of a matrix that is not symmetric: with Σ_a = AᵀA and
 * Σ_b = BᵀB, the product AᵀA BᵀB has the eigenvalues of M Mᵀ, M = A Bᵀ, and zeros, so that
 *
 *     tr (Σ_a Σ_b)^{1/2} = Σ_i λ_i(M Mᵀ)^{1/2}
 *
 * The factor of lower rank stands first: the eigenproblem is of that size. Imports nothing of core, because a worker loads it.
 */
export function rootTrace(a: Float64Array, b: Float64Array, d: number): RootTrace {
  const [factorA, factorB] = [semidefiniteFactor(a, d), semidefiniteFactor(b, d)];
  const [low, high] = factorA.rank <= factorB.rank ? [factorA, factorB] : [factorB, factorA];
  const excess = [factorA.excess, factorB.excess] as const;
  const { rank } = low;
  if (rank === 0) return { trace: 0, excess };
  const product = new Float64Array(rank * high.rank);
  addRowProducts(product, { values: low.rows, count: rank, length: d }, { values: high.rows, count: high.rank, length: d });
  const gram = new Float64Array(rank * rank);
  addUpperRowProducts(gram, { values: product, count: rank, length: high.rank });
  mirrorUpper(gram, rank);
  const { realEigenvalues } = new EigenvalueDecomposition(Matrix.from1DArray(rank, rank, gram), { assumeSymmetric: true });
  // Rounding alone can put an eigenvalue of M Mᵀ below 0.
  return { trace: realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0), excess };
}
