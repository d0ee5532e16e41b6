import type { SymmetricGenerator } from './symmetric-generator.ts';

/** Terms are added until two in a row are at most this much of each entry: what is left out is some hundred times as much. */
const LOG_RELATIVE_TERM = -40 * Math.LN2;

/**
 * log (p exp(α R)) by uniformisation in logarithms, where a float64 would underflow: a state d jumps away has
 * about α^d / d!. Ten times as slow as the linear one, and as right: no entry of a connected graph is −∞.
 *
 * @param logStart log p, float64 `[K]`, not −∞ throughout.
 * @param maxHops No state is farther away.
 */
export function logUniformizedRow(
  { numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator,
  logStart: Float64Array,
  { rate, fastest, maxHops }: { readonly rate: number; readonly fastest: number; readonly maxHops: number },
): Float64Array {
  const mean = rate * fastest;
  const logJumps = rates.map((each) => Math.log(each / fastest));
  const logStays = exitRates.map((exitRate) => Math.log1p(-exitRate / fastest));
  const sum = logStart.map((log) => log - mean);
  let term = logStart;
  let logWeight = -mean;
  for (let n = 1, steady = 0; steady < 2; n++) {
    logWeight += Math.log(mean / n);
    const next = new Float64Array(numStates);
    let isSmall = n >= mean;
    for (let i = 0; i < numStates; i++) {
      const [first, last] = [rowStarts[i]!, rowStarts[i + 1]!];
      const stay = term[i]! + logStays[i]!;
      let top = stay;
      for (let edge = first; edge < last; edge++) top = Math.max(top, term[targets[edge]!]! + logJumps[edge]!);
      if (top === -Infinity) {
        next[i] = top;
        isSmall &&= n > maxHops;
        continue;
      }
      let share = Math.exp(stay - top);
      for (let edge = first; edge < last; edge++) share += Math.exp(term[targets[edge]!]! + logJumps[edge]! - top);
      const entry = top + Math.log(share);
      next[i] = entry;
      const [newest, before] = [logWeight + entry, sum[i]!];
      isSmall &&= newest <= before + LOG_RELATIVE_TERM;
      const larger = Math.max(newest, before);
      sum[i] = larger + Math.log1p(Math.exp(Math.min(newest, before) - larger));
    }
    term = next;
    steady = isSmall ? steady + 1 : 0;
  }
  return sum;
}
