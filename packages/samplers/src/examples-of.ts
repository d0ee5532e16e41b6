import { positionsOf, type States } from '@d3pm/core';

/** Some examples of a batch, in the order given. */
export function examplesOf({ values, shape }: States, examples: readonly number[]): States {
  if (examples.length === shape[0]) return { values, shape };
  const positions = positionsOf({ shape });
  const sent = new Int32Array(examples.length * positions);
  examples.forEach((b, i) => sent.set(values.subarray(b * positions, (b + 1) * positions), i * positions));
  return { values: sent, shape: [examples.length, ...shape.slice(1)] };
}
