import { createByteCache } from '../byte-cache.ts';
import { connectedParts } from './connected-parts.ts';
import { matrixExponentialLogs } from './matrix-exponential-logs.ts';
import { largestOf, matrixExponentialSeries } from './matrix-exponential-series.ts';
import { matrixExponentialSpectrum } from './matrix-exponential-spectrum.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** exp(α R) as tables, made when they are asked for; the caller must not write to them. */
export interface MatrixExponentialTables {
  /** Float64 `[K·K]`. */
  linear(rate: number): Float64Array;
  /** Its logarithm, right also where float64 underflows; −∞ only where it is impossible. */
  log(rate: number): Float64Array;
  clear(): void;
}

/** From this smallest entry on the absolute error of the spectrum, up to 1e-14, is a relative 1e-10. */
const SPECTRUM_FROM = 2 ** -13;
/** Below this a float64 loses digits to denormals. */
const FLOAT64_SAFE = 2 ** -960;

/** @param maxBytes Of the tables that are kept; those used longest ago go first. */
export function matrixExponentialTables(
  generator: SymmetricGenerator,
  { maxBytes }: { readonly maxBytes: number },
): MatrixExponentialTables {
  const { numStates } = generator;
  const { count, partOf } = connectedParts(generator);
  const isPossible = (i: number, j: number): boolean => partOf[i] === partOf[j];
  const fastest = largestOf(generator.exitRates);
  const spectrum = matrixExponentialSpectrum(generator);
  const kept = createByteCache<Float64Array>({ limit: maxBytes, bytesOf: (table) => table.byteLength });

  /** The smallest entry never falls with α: Q(α + δ)_ij = Σ_k Q(α)_ik Q(δ)_kj, and columns sum to 1. */
  let tooShort = 0;
  const make = (rate: number): Float64Array => {
    if (rate === Infinity || rate * fastest === Infinity) return limitOf(partOf);
    if (count === 1 && rate > tooShort) {
      const table = spectrum.table(rate);
      if (table?.every((prob) => prob >= SPECTRUM_FROM)) return table;
      if (table) tooShort = rate;
    }
    return matrixExponentialSeries(generator, rate);
  };
  const isHeld = (table: Float64Array): boolean =>
    table.every((prob, at) => prob >= FLOAT64_SAFE || !isPossible(Math.floor(at / numStates), at % numStates));

  const linear = (rate: number): Float64Array => kept.getOrCreate(`${rate}`, () => make(rate));
  return {
    linear,
    log: (rate) => {
      const table = linear(rate);
      if (rate === 0 || isHeld(table)) return table.map(Math.log);
      return kept.getOrCreate(`log ${rate}`, () => matrixExponentialLogs(generator, rate, isPossible));
    },
    clear: kept.clear,
  };
}

/** exp(∞ R): a draw from the part that a state belongs to. */
function limitOf(partOf: Int32Array): Float64Array {
  const sizes = new Float64Array(partOf.length);
  for (const part of partOf) sizes[part]!++;
  const table = new Float64Array(partOf.length ** 2);
  for (let i = 0, at = 0; i < partOf.length; i++) {
    for (let j = 0; j < partOf.length; j++, at++) table[at] = partOf[i] === partOf[j] ? 1 / sizes[partOf[i]!]! : 0;
  }
  return table;
}
