import { assertStepLaw, firstAbove, stratifiedUniforms } from '@d3pm/core';
import type { StepDraws } from './step-draws.ts';

/**
 * Draws t by a law on 1…T, stratified over the batch, and weights each example by the inverse.
 *
 * @param law p_1 … p_T, float64 `[T]`, such as `informationStepLaw` of `@d3pm/core` makes.
 * @throws {D3pmError} as `assertStepLaw`
 */
export function stepsByLaw(law: Float64Array): StepDraws {
  const numSteps = law.length;
  assertStepLaw('stepsByLaw', law, numSteps);
  let sum = 0;
  const cumulative = law.map((probability) => (sum += probability));
  return {
    numSteps,
    draw: (count, { rng, firstExample, batchSize }) => {
      const uniforms = stratifiedUniforms(batchSize, rng).subarray(firstExample, firstExample + count);
      const t = Int32Array.from(uniforms, (uniform) => 1 + firstAbove(cumulative, uniform * sum));
      return { t, weights: Float64Array.from(t, (step) => 1 / (numSteps * law[step - 1]!)) };
    },
  };
}
