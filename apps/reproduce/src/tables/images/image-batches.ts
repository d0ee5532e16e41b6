import type { Dataset, Rng, States } from '@d3pm/core';
import { evenlySpaced } from '@d3pm/eval';

/** Images that go through a feature network at once. */
const BATCH = 100;

/** `[n, …]` in parts of at most 100. */
export function* imageBatches({ values, shape }: States): Generator<States, void, undefined> {
  const count = shape[0]!;
  const size = values.length / count;
  for (let first = 0; first < count; first += BATCH) {
    const last = Math.min(count, first + BATCH);
    yield { values: values.subarray(first * size, last * size), shape: [last - first, ...shape.slice(1)] };
  }
}

/** So many examples of a data set, evenly spaced, in parts of at most 100. */
export function* batchesOfDataset(data: Dataset, count: number, rng: Rng): Generator<States, void, undefined> {
  for (let first = 0; first < count; first += BATCH) {
    yield data.examples(evenlySpaced({ size: data.size, count, from: first, to: Math.min(count, first + BATCH) }), rng);
  }
}

export const numBatches = (count: number): number => Math.ceil(count / BATCH);

/** Examples of each of these batches. */
export const batchSizes = (count: number): readonly number[] =>
  Array.from({ length: numBatches(count) }, (_, batch) => Math.min(BATCH, count - batch * BATCH));
