import type { Information } from '@d3pm/core';

/** Standard errors as they were met along a curve, and between them. */
export interface StandardErrorCurve {
  /** The same function, of which every value is remembered. */
  recorded(informationAt: (u: number) => Information & { readonly standardError?: number }): (u: number) => Information;
  /** By straight lines between what was met; of the information, in nats. */
  at(u: number): number;
}

export function standardErrorCurve(): StandardErrorCurve {
  const met: { readonly u: number; readonly error: number }[] = [];
  return {
    recorded: (informationAt) => (u) => {
      const information = informationAt(u);
      if (Number.isFinite(u)) met.push({ u, error: information.standardError ?? 0 });
      return information;
    },
    at: (u) => {
      const below = met.filter((point) => point.u <= u).reduce((best, point) => (point.u > best.u ? point : best));
      const above = met.filter((point) => point.u >= u).reduce((best, point) => (point.u < best.u ? point : best));
      const share = above.u > below.u ? (u - below.u) / (above.u - below.u) : 0;
      return below.error + share * (above.error - below.error);
    },
  };
}
