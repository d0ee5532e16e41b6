/** Up to this mean e^−z is a normal number. */
const DIRECT_MEAN = 700;

/**
 * The probabilities of a Poisson variable of mean z > 0, e^−z zⁿ/n!, from n = 0 to where they underflow; those that
 * underflow on the way up are 0. From the largest one outwards, each from its neighbour, and divided by their sum
 * (Fox and Glynn, 1988): no logarithm of a factorial, whose rounding grows with z.
 */
export function poissonWeights(mean: number): Float64Array {
  const mode = Math.floor(mean);
  const weights: number[] = [];
  const largest = mean <= DIRECT_MEAN ? undefined : 1;
  if (largest === undefined) {
    weights.push(Math.exp(-mean));
  } else {
    weights[mode] = largest;
    for (let n = mode; n > 0; n--) weights[n - 1] = (weights[n]! * n) / mean;
  }
  for (let n = weights.length; ; n++) {
    const weight = (weights[n - 1]! * mean) / n;
    if (weight === 0) break;
    weights.push(weight);
  }
  if (largest === undefined) return Float64Array.from(weights);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(weights, (weight) => weight / total);
}
