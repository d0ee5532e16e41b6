import { add, equal, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { denoiserFromLeaveOneOut } from './convert-prediction.ts';
import { D3pmError } from './errors.ts';
import { logNormalize } from './log-normalize.ts';
import { predictionLogProbs } from './prediction-log-probs.ts';
import { reusedMaskForm } from './reused-mask-term.ts';
import type { ReverseInput, ReverseProcess } from './reverse-process.ts';
import { perExample, stepPairs } from './steps.ts';
import type { Transition } from './transition.ts';

/**
 * What p(x_0 | x_1) is: Bayes' rule like every other step (the authors' text code), or f itself (their image code). That is of t = 1 alone: where a shorter
 * chain ends in a step from a later t, f has been trained as what Bayes' rule reads, and is read by it.
 */
export type FirstStep = 'bayes' | 'denoiser';

/**
 * Bayes' rule with x_0 replaced by a distribution, Eq. (4) of the later version (arXiv v3) and the
 * authors' code:
 *
 *     p_θ(x_s = j | x_t) ∝ Q(s→t)[j, x_t] · (f Q̄_s)_j
 *
 * Fed with a denoiser it is what the paper ran; its bound cannot close, except for absorbing
 * noise with an extra mask. {@link leaveOneOut} is the same formula with the output it is sound with.
 */
export function plugIn({ firstStep = 'bayes' }: { readonly firstStep?: FirstStep } = {}): ReverseProcess<'denoiser'> {
  if (firstStep !== 'bayes' && firstStep !== 'denoiser') {
    throw new D3pmError('INVALID_OPTIONS', `plugIn: firstStep is "${String(firstStep)}", expected "bayes" or "denoiser"`);
  }
  return {
    name: 'plug-in',
    prediction: 'denoiser',
    firstStep,
    unmasksIndependently: firstStep === 'bayes',
    weights: 'plug-in',
    closedForms: [reusedMaskForm],
    logProbs: (transition, input) =>
      tidy(() => {
        const f = predictionLogProbs(transition, input.logits);
        const bayes = plugInLogProbs(transition, f, input);
        if (firstStep === 'bayes') return bayes;
        const { t } = stepPairs('plugIn', input.s, input.t, { batchSize: f.shape[0]!, numSteps: transition.numSteps, strict: true });
        return where(equal(perExample(t, f.rank), 1), f, bayes);
      }),
    denoiserLogProbs: (transition, { logits }) => predictionLogProbs(transition, logits),
  };
}

/**
 * The plug-in formula with a leave-one-out prediction, which is its true optimum. The same model
 * as {@link mixture} with a denoiser, in another parameterisation:
 *
 *     p_θ(x_s = j | x_t) ∝ Q(s→t)[j, x_t] · (loo Q̄_s)_j
 */
export function leaveOneOut(): ReverseProcess<'leave-one-out'> {
  return {
    name: 'leave-one-out',
    prediction: 'leave-one-out',
    firstStep: 'bayes',
    unmasksIndependently: true,
    weights: 'plug-in',
    closedForms: [reusedMaskForm],
    logProbs: (transition, input) => tidy(() => plugInLogProbs(transition, predictionLogProbs(transition, input.logits), input)),
    denoiserLogProbs: (transition, { logits, xt, t }) =>
      tidy(() => denoiserFromLeaveOneOut(transition, { logProbs: predictionLogProbs(transition, logits), xt, t })),
  };
}

function plugInLogProbs(transition: Transition, logProbs: Tensor, { xt, s, t }: ReverseInput): Tensor {
  return logNormalize(add(transition.pullStates(xt, s, t), transition.push(logProbs, 0, s)));
}
