import type { States } from '@d3pm/core';

/**
 * KL(samples ‖ data) in nats between histograms of pairs on a grid of bins × bins, each count of the
 * data raised by ½ (Krichevsky and Trofimov) so that it is finite. Two sets of the same law do not
 * give 0 but the noise of the counts: compare with that.
 */
export function histogramKlNats(
  samples: States,
  data: States,
  { numStates, bins }: { readonly numStates: number; readonly bins: number },
): number {
  const [p, q] = [samples, data].map((states) => {
    const counts = new Float64Array(bins * bins);
    for (let b = 0; b < states.shape[0]!; b++) {
      const [x, y] = [states.values[2 * b]!, states.values[2 * b + 1]!].map((state) => Math.floor((state * bins) / numStates));
      counts[x! * bins + y!]! += 1;
    }
    return counts;
  }) as [Float64Array, Float64Array];
  const [pTotal, qTotal] = [samples.shape[0]!, data.shape[0]! + 0.5 * bins * bins];
  return p.reduce((sum, count, i) => (count === 0 ? sum : sum + (count / pTotal) * Math.log(count / pTotal / ((q[i]! + 0.5) / qTotal))), 0);
}
