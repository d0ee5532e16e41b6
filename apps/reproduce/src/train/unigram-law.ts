import { createRng, type Dataset } from '@d3pm/core';

/** Examples that are counted, evenly spaced over the data: with 256 characters each a law right to 5e-4, and to 3 % of a probability of 1e-3. */
const COUNTED = 4096;

/** How often each state is in the data; float64 `[numStates]`, sums to 1. */
export function unigramLaw(data: Dataset): Float64Array {
  const counts = new Float64Array(data.numStates);
  const numExamples = Math.min(data.size, COUNTED);
  const indices = Array.from({ length: numExamples }, (_, i) => Math.floor((i * data.size) / numExamples));
  const { values } = data.examples(indices, createRng('unigram law'));
  for (const state of values) counts[state]! += 1;
  return counts.map((count) => count / values.length);
}
