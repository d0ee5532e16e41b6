import { add, cast, equal, mul, where, type Tensor } from '@tensorflow/tfjs-core';
import { absorbingStepWeight } from './absorbing-step-weight.ts';
import { absorbsIntoExtraMask, type ExtraMaskAbsorption } from './absorbs-into-extra-mask.ts';
import type { Prediction } from './denoiser.ts';
import { denoiserNllNats } from './denoiser-nll.ts';
import { hasRankOneTerm, rankOneTermNats } from './rank-one-term.ts';
import type { ReverseInput, ReverseProcess } from './reverse-process.ts';
import { perExample, stepPairs } from './steps.ts';
import { hasFused } from './run-fused.ts';
import { termInParts, type TermInput } from './term-in-parts.ts';
import type { Transition } from './transition.ts';

export interface ClosedFormInput extends ReverseInput {
  readonly x0: Tensor;
  readonly lambda: number;
  /** Of errors. */
  readonly caller: string;
}

/**
 * L_{t−1} + λ CE_t by position, float32 `[B, …N]`, where family and reverse process have it in a closed form that reads each logit a
 * few times and none of the tables; undefined where they do not. Called inside a `tidy`.
 */
export function closedFormNats<P extends Prediction>(
  transition: Transition,
  { weights, prediction, firstStep, unmasksIndependently, closedForm }: ReverseProcess<P>,
  { logits, x0, xt, lambda, caller, ...steps }: ClosedFormInput,
): Tensor | undefined {
  // The cross-entropy of another prediction is not that of its logits.
  if (weights === undefined || firstStep === 'direct' || (lambda !== 0 && prediction !== 'denoiser')) return undefined;
  const { s, t } = stepPairs(caller, steps.s, steps.t, {
    batchSize: xt.shape[0]!,
    numSteps: transition.numSteps,
    strict: true,
  });
  if (unmasksIndependently && absorbsIntoExtraMask(transition)) return absorbingNats(transition, { logits, x0, xt, s, t, lambda });
  const input = { logits, x0, xt, s, t };
  // A kernel holds little beside the logits, its formula up to twenty tensors of their size.
  const inParts = (kernel: string, term: (part: TermInput) => Tensor): Tensor =>
    hasFused(kernel) ? term(input) : termInParts(caller, transition, input, term);
  const first = weights === 'mixture' ? firstStep : plugInFirstStep(firstStep, { s, t });
  if (first === undefined) return undefined;
  if (closedForm?.holds(transition, { s, t })) {
    return inParts(closedForm.kernel, (part) => closedForm.nats(transition, { ...part, firstStep: first, lambda }));
  }
  const { rankOne, positions, extraMask } = transition;
  if (rankOne === undefined || positions !== undefined || extraMask !== undefined || !hasRankOneTerm(rankOne, { s, t, weights }))
    return undefined;
  const setting = { weights, firstStep: first, lambda };
  return inParts('D3pmRankOneTerm', (part) => rankOneTermNats(rankOne, { ...part, ...setting }));
}

/** What the plug-in is at s = 0: f itself from t = 1 alone. Undefined where examples differ in that. */
function plugInFirstStep(
  firstStep: 'bayes' | 'denoiser',
  { s, t }: { readonly s: Int32Array; readonly t: Int32Array },
): 'bayes' | 'denoiser' | undefined {
  const last = t.filter((_, b) => s[b] === 0);
  if (firstStep === 'bayes' || last.every((to) => to === 1)) return firstStep;
  return last.includes(1) ? undefined : 'bayes';
}

interface AbsorbingInput extends Pick<ClosedFormInput, 'lambda' | 'logits' | 'x0' | 'xt'> {
  readonly s: Int32Array;
  readonly t: Int32Array;
}

/**
 * (r(s,t) [x_t = mask] + λ) (−log f(x_0)): a masked position is r(s,t) likely to be clean at s, and any other one is known. NaN for one that
 * is neither masked nor x_0, as no x_t is.
 */
function absorbingNats(transition: ExtraMaskAbsorption, { logits, x0, xt, s, t, lambda }: AbsorbingInput): Tensor {
  const weights = Float64Array.from(s, (from, b) => absorbingStepWeight(transition, from, t[b]!));
  const masked = equal(xt, transition.absorbing.maskState);
  const known = where(equal(xt, x0), 0, NaN);
  const weight = add(where(masked, mul(cast(masked, 'float32'), perExample(weights, xt.rank)), known), lambda);
  return denoiserNllNats(logits, x0, { impossible: transition.extraMask, weight });
}
