import { createRng, type States } from '@d3pm/core';

/** States drawn evenly from 0…count − 1. */
export function evenStates(count: number, shape: readonly number[]): States {
  const rng = createRng(shape.join());
  const size = shape.reduce((product, axis) => product * axis, 1);
  return { values: Int32Array.from({ length: size }, (_, i) => rng.integer(count, i)), shape };
}

/** One step from `first`…`last` for each example. */
export function evenSteps(batchSize: number, first: number, last: number, seed: number | string = 'steps'): Int32Array {
  const rng = createRng(seed);
  return Int32Array.from({ length: batchSize }, (_, b) => first + rng.integer(last - first + 1, b));
}

/** Independent normals, as logits of an untrained network would be. */
export function normals(size: number): Float32Array {
  const uniforms = createRng('normals').float64s(2 * size);
  return Float32Array.from(
    { length: size },
    (_, i) => Math.sqrt(-2 * Math.log(1 - uniforms[i]!)) * Math.cos(2 * Math.PI * uniforms[size + i]!),
  );
}
