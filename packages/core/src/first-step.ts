import type { ClosedFormTerm, ReverseProcess } from './reverse-process.ts';

/**
 * What p(x_0 | x_t) is in the steps of a batch to s = 0. Of the mixture it is f from any t; where the plug-in takes f, it does from t = 1 alone.
 * Undefined where examples differ in that, and where it is neither.
 */
export function firstStepOf(
  { weights, firstStep }: Pick<ReverseProcess, 'firstStep' | 'weights'>,
  { s, t }: Pick<ClosedFormTerm, 's' | 't'>,
): 'bayes' | 'denoiser' | undefined {
  if (firstStep === 'direct') return undefined;
  const last = t.filter((_, b) => s[b] === 0);
  if (weights === 'mixture' || firstStep === 'bayes' || last.every((to) => to === 1)) return firstStep;
  return last.includes(1) ? undefined : 'bayes';
}
