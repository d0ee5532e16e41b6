import { stratifiedUniforms, type Rng } from '@d3pm/core';
import type { ExampleRange } from './example-range.ts';

/** t uniform on 1…T for `count` examples, stratified over the batch that they are in: `1 + ⌊T u⌋`. */
export function uniformSteps(
  count: number,
  numSteps: number,
  { rng, firstExample, batchSize }: ExampleRange & { readonly rng: Rng },
): Int32Array {
  const uniforms = stratifiedUniforms(batchSize, rng).subarray(firstExample, firstExample + count);
  return Int32Array.from(uniforms, (uniform) => 1 + Math.floor(numSteps * uniform));
}
