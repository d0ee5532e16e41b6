import { assertStepLaw, firstAbove, stratifiedUniforms, type Rng } from '@d3pm/core';
import type { ExampleRange } from './example-range.ts';

export interface WeightedSteps {
  readonly t: Int32Array;
  /** 1 / (T p_t): with it the mean over examples has the expectation that t uniform on 1…T has. */
  readonly weights: Float64Array;
}

/** Draws t by a law on 1…T for `count` examples, stratified over the batch that they are in. */
export type LawSteps = (count: number, range: ExampleRange & { readonly rng: Rng }) => WeightedSteps;

/** @param law p_1 … p_T. @throws {D3pmError} as `assertStepLaw` */
export function lawSteps(caller: string, law: Float64Array, numSteps: number): LawSteps {
  assertStepLaw(caller, law, numSteps);
  let sum = 0;
  const cumulative = law.map((probability) => (sum += probability));
  return (count, { rng, firstExample, batchSize }) => {
    const uniforms = stratifiedUniforms(batchSize, rng).subarray(firstExample, firstExample + count);
    const t = Int32Array.from(uniforms, (uniform) => 1 + firstAbove(cumulative, uniform * sum));
    return { t, weights: Float64Array.from(t, (step) => 1 / (numSteps * law[step - 1]!)) };
  };
}
