import { logMatrixProduct } from '../log-product.ts';
import { halve, largestOf } from './matrix-exponential-series.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** What a truncated series may lose relative to the smallest entry, and a sum of two. */
const NEGLIGIBLE = Math.log(2 ** -56);

/**
 * log exp(α R), float64 `[K·K]`: the series and the squarings of `matrixExponentialSeries` in logarithms, for
 * entries that no float64 holds. −∞ only between states that never meet.
 *
 * A squaring takes K³ exponentials. What needs it are short times and states that are many jumps apart: a chain of K
 * states has α^(K−1) / (K−1)! in its corners, and its series K terms and some.
 *
 * @param isPossible Whether one state ever reaches the other.
 */
export function matrixExponentialLogs(
  generator: SymmetricGenerator,
  rate: number,
  isPossible: (i: number, j: number) => boolean,
): Float64Array {
  const { numStates } = generator;
  const size = { rows: numStates, numStates };
  const { halvings, mean } = halve(generator, rate);
  let logs = logPoissonSeries(generator, mean, isPossible);
  for (let n = 0; n < halvings; n++) logs = logBalanced(logMatrixProduct(logs, logs, size), numStates);
  return logs;
}

function logPoissonSeries(generator: SymmetricGenerator, mean: number, isPossible: (i: number, j: number) => boolean): Float64Array {
  const { numStates } = generator;
  const jump = logJump(generator);
  const isMissing = (sum: Float64Array): boolean =>
    sum.some((log, at) => log === -Infinity && isPossible(Math.floor(at / numStates), at % numStates));
  let logWeight = -mean;
  let term: Float64Array = Float64Array.from({ length: numStates ** 2 }, (_, at) => (at % (numStates + 1) === 0 ? 0 : -Infinity));
  const sum = term.map((log) => log + logWeight);
  let isComplete = false;
  for (let n = 1; ; n++) {
    logWeight += Math.log(mean / n);
    isComplete ||= !isMissing(sum);
    if (isComplete && Math.LN2 + logWeight <= NEGLIGIBLE + smallestOf(sum)) return logBalanced(symmetrised(sum, numStates), numStates);
    term = logMatrixProduct(jump, term, { rows: numStates, numStates });
    for (let at = 0; at < sum.length; at++) sum[at] = logAdd(sum[at]!, logWeight + term[at]!);
  }
}

/** log P, P = I + R/Λ. */
function logJump({ numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator): Float64Array {
  const fastest = largestOf(exitRates);
  const logs = new Float64Array(numStates ** 2).fill(-Infinity);
  for (let i = 0; i < numStates; i++) {
    logs[i * (numStates + 1)] = Math.log((fastest - exitRates[i]!) / fastest);
    for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) {
      logs[i * numStates + targets[edge]!] = Math.log(rates[edge]! / fastest);
    }
  }
  return logs;
}

function logAdd(a: number, b: number): number {
  const high = a > b ? a : b;
  const below = a > b ? b - a : a - b;
  return below > NEGLIGIBLE ? high + Math.log1p(Math.exp(below)) : high;
}

function symmetrised(logs: Float64Array, numStates: number): Float64Array {
  for (let i = 0; i < numStates; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [i * numStates + j, j * numStates + i];
      logs[below] = logs[above] = logAdd(logs[below]!, logs[above]!) - Math.LN2;
    }
  }
  return logs;
}

/** Divides by √(r_i r_j), r the row sums. */
function logBalanced(logs: Float64Array, numStates: number): Float64Array {
  const scale = new Float64Array(numStates);
  for (let i = 0; i < numStates; i++) {
    for (let at = i * numStates; at < (i + 1) * numStates; at++) scale[i]! += Math.exp(logs[at]!);
    scale[i] = -Math.log(scale[i]!) / 2;
  }
  for (let i = 0, at = 0; i < numStates; i++) {
    for (let j = 0; j < numStates; j++, at++) logs[at]! += scale[i]! + scale[j]!;
  }
  return logs;
}

/** Of what is possible so far. */
function smallestOf(logs: Float64Array): number {
  let least = 0;
  for (let at = 0; at < logs.length; at++) if (logs[at]! < least && logs[at]! > -Infinity) least = logs[at]!;
  return least;
}
