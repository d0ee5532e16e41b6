import type { Parameters } from '@d3pm/core';

/** How many numbers a network learns. */
export function parameterCount({ parameters }: { readonly parameters: Parameters }): number {
  return Object.values(parameters).reduce((count, { size }) => count + size, 0);
}
