import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { matrixProduct } from '../matrix-product.ts';
import { balanced, largestOf } from './matrix-exponential-series.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** A mode that is left out adds at most this to an entry. */
const NEGLIGIBLE = Math.log(2 ** -60);
/** Eigenvalues are wrong by about 2⁻⁵² Λ, exp(αλ) thus by a relative 1e-11 up to here. */
const LONGEST = 2 ** 16;

export interface MatrixExponentialSpectrum {
  /**
   * exp(α R) = V exp(αΛ) Vᵀ, float64 `[K·K]`, every entry with an absolute error of about 1e-15; exactly symmetric, rows
   * balanced. The limit where all modes but the constant one have died away. Undefined where eigenvalues are too coarse for α.
   */
  table(rate: number): Float64Array | undefined;
}

/** One eigendecomposition of the generator of a connected chain, made when it is first needed. */
export function matrixExponentialSpectrum(generator: SymmetricGenerator): MatrixExponentialSpectrum {
  const { numStates, exitRates } = generator;
  const fastest = largestOf(exitRates);
  let decomposition: { readonly values: readonly number[]; readonly vectors: Matrix } | undefined;

  return {
    table: (rate) => {
      const { values, vectors } = (decomposition ??= decompose(generator));
      // In ascending order: the last one is 0, the constant vector.
      const slowest = values[numStates - 2]! + 2 ** -40 * fastest;
      if (rate * slowest < NEGLIGIBLE) return new Float64Array(numStates ** 2).fill(1 / numStates);
      if (rate * fastest > LONGEST) return undefined;
      const from = values.findIndex((value) => rate * value > NEGLIGIBLE);
      const modes = numStates - from;
      const scaled = new Float64Array(numStates * modes);
      const transposed = new Float64Array(numStates * modes);
      for (let m = 0; m < modes; m++) {
        const weight = Math.exp((rate * Math.min(values[from + m]!, 0)) / 2);
        for (let i = 0; i < numStates; i++) {
          const entry = weight * vectors.get(i, from + m);
          scaled[i * modes + m] = entry;
          transposed[m * numStates + i] = entry;
        }
      }
      return balanced(matrixProduct(scaled, transposed, { rows: numStates, inner: modes, columns: numStates }), numStates);
    },
  };
}

function decompose({ numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator): {
  readonly values: readonly number[];
  readonly vectors: Matrix;
} {
  const matrix = Matrix.zeros(numStates, numStates);
  for (let i = 0; i < numStates; i++) {
    matrix.set(i, i, -exitRates[i]!);
    for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) matrix.set(i, targets[edge]!, rates[edge]!);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return { values: realEigenvalues, vectors: eigenvectorMatrix };
}
