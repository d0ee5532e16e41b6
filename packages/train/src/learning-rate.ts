/** The learning rate of an update; the first has step 1. Pure, so that a run resumes with the same rates. */
export type LearningRate = (step: number) => number;

export function constantRate(rate: number): LearningRate {
  return () => rate;
}

/** From `rate` at step 1 in a straight line to 0 at step `numSteps` + 1: `rate · (1 − (step − 1)/numSteps)`. */
export function linearDecay({ rate, numSteps }: { readonly rate: number; readonly numSteps: number }): LearningRate {
  return (step) => rate * Math.max(0, 1 - (step - 1) / numSteps);
}

/** `rate · √(numWarmUpSteps / step)`, and `rate` before that (Vaswani et al., 2017, without its warm-up). */
export function inverseSquareRoot({ rate, numWarmUpSteps }: { readonly rate: number; readonly numWarmUpSteps: number }): LearningRate {
  return (step) => rate * Math.min(1, Math.sqrt(numWarmUpSteps / step));
}

/** Another schedule times `min(1, step / numWarmUpSteps)`; 0 steps change nothing. */
export function warmUp(numWarmUpSteps: number, schedule: LearningRate): LearningRate {
  return (step) => schedule(step) * (step < numWarmUpSteps ? step / numWarmUpSteps : 1);
}
