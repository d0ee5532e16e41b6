import { assertInteger, D3pmError } from '@d3pm/core';

/** The learning rate of an update; the first has step 1. Pure, so that a run resumes with the same rates. */
export type LearningRate = (step: number) => number;

/** @throws {D3pmError} `INVALID_OPTIONS` for a rate below 0 or not finite, as the others do. */
export function constantRate(rate: number): LearningRate {
  assertRate('constantRate', rate);
  return () => rate;
}

/** From `rate` at step 1 in a straight line to 0 at step `numSteps` + 1: `rate · (1 − (step − 1)/numSteps)`. @throws {D3pmError} `INVALID_OPTIONS` for `numSteps` below 1. */
export function linearDecay({ rate, numSteps }: { readonly rate: number; readonly numSteps: number }): LearningRate {
  assertRate('linearDecay', rate);
  assertInteger('linearDecay', 'numSteps', numSteps, 1);
  return (step) => rate * Math.max(0, 1 - (step - 1) / numSteps);
}

/** `rate · √(numWarmUpSteps / step)`, and `rate` before that (Vaswani et al., 2017, without its warm-up). @throws {D3pmError} `INVALID_OPTIONS` for `numWarmUpSteps` below 1. */
export function inverseSquareRoot({ rate, numWarmUpSteps }: { readonly rate: number; readonly numWarmUpSteps: number }): LearningRate {
  assertRate('inverseSquareRoot', rate);
  assertInteger('inverseSquareRoot', 'numWarmUpSteps', numWarmUpSteps, 1);
  return (step) => rate * Math.min(1, Math.sqrt(numWarmUpSteps / step));
}

/** Another schedule times `min(1, step / numWarmUpSteps)`; 0 steps change nothing. @throws {D3pmError} `INVALID_OPTIONS` for fewer. */
export function warmUp(numWarmUpSteps: number, schedule: LearningRate): LearningRate {
  assertInteger('warmUp', 'numWarmUpSteps', numWarmUpSteps, 0);
  return (step) => schedule(step) * (step < numWarmUpSteps ? step / numWarmUpSteps : 1);
}

function assertRate(caller: string, rate: number): void {
  if (rate >= 0 && rate < Infinity) return;
  throw new D3pmError('INVALID_OPTIONS', `${caller}: rate is ${rate}, expected a number ≥ 0`);
}
