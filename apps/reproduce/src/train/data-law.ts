import type { Dataset } from '@d3pm/core';
import { unigramLaw } from './unigram-law.ts';

/** The unigram law of data over the K states of a chain, 0 on a mask that the data never shows: float64 `[K]`. */
export function dataLaw(
  data: Dataset,
  { numStates, extraMask }: { readonly numStates: number; readonly extraMask?: number | undefined },
): Float64Array {
  const law = unigramLaw(data);
  let next = 0;
  return Float64Array.from({ length: numStates }, (_, state) => (state === extraMask ? 0 : law[next++]!));
}
