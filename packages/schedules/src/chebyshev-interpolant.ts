import { D3pmError } from '@d3pm/core';

/** No smooth curve of ours needs more. */
const MOST_INTERVALS = 1024;

export interface InterpolantRange {
  readonly from: number;
  readonly to: number;
  /** Of the values: how well the curve must have been foretold where it is looked at anew. */
  readonly tolerance: number;
}

/**
 * A polynomial through a smooth function at the points cos(πk/n) of an interval, n = 8, 16, … until the polynomial
 * through every other point foretells the rest to `tolerance`. The one that is returned goes through all of them, and
 * its error is about the square of that.
 *
 * @throws {D3pmError} `INVALID_SCHEDULE` for a function that no polynomial of degree 1024 comes near to.
 */
export function chebyshevInterpolant(
  caller: string,
  f: (u: number) => number,
  { from, to, tolerance }: InterpolantRange,
): (u: number) => number {
  const node = (k: number, n: number): number => (from + to) / 2 + ((from - to) / 2) * Math.cos((Math.PI * k) / n);
  const nodesOf = (n: number): Float64Array => Float64Array.from({ length: n + 1 }, (_, k) => node(k, n));
  let nodes = nodesOf(8);
  let values = nodes.map(f);
  let worst = Infinity;
  for (let n = 16; n <= MOST_INTERVALS; n *= 2) {
    const coarse = barycentric(nodes, values);
    const known = values;
    nodes = nodesOf(n);
    values = nodes.map((u, k) => (k % 2 === 0 ? known[k / 2]! : f(u)));
    worst = nodes.reduce((most, u, k) => (k % 2 === 0 ? most : Math.max(most, Math.abs(coarse(u) - values[k]!))), 0);
    if (worst <= tolerance) return barycentric(nodes, values);
  }
  throw new D3pmError(
    'INVALID_SCHEDULE',
    `${caller}: the information is not a smooth function of the noise: off by ${worst.toPrecision(2)} of a level between ${MOST_INTERVALS / 2} points, tolerance ${tolerance}; raise tolerance`,
  );
}

/** The second barycentric form (Berrut and Trefethen, 2004), on points of Chebyshev's second kind. */
function barycentric(nodes: Float64Array, values: Float64Array): (u: number) => number {
  const last = nodes.length - 1;
  return (u) => {
    let numerator = 0;
    let denominator = 0;
    for (let k = 0; k <= last; k++) {
      const distance = u - nodes[k]!;
      if (distance === 0) return values[k]!;
      const weight = (k % 2 === 0 ? 1 : -1) * (k === 0 || k === last ? 0.5 : 1);
      numerator += (weight / distance) * values[k]!;
      denominator += weight / distance;
    }
    return numerator / denominator;
  };
}
