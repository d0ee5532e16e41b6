import { posterior } from './exact-prediction.ts';
import type { ForwardChain } from './forward-chain.ts';
import { logDistribution, logTotal } from './log-distribution.ts';

export interface ExactReverseInput {
  /** Output of the network at one position, float64 `[K]`. */
  readonly logits: readonly number[];
  /** The state of that position at t. */
  readonly xt: number;
  readonly position: number;
  readonly s: number;
  readonly t: number;
}

/** p_θ(x_s | x_t) of one position, in float64 from the formula. */
export interface ExactReverse {
  readonly name: string;
  /** log p_θ(x_s = j | x_t), `[K]`. All −∞ when the prediction excludes every x_0 that x_t can come from. */
  logProbs(chain: ForwardChain, input: ExactReverseInput): number[];
  /** log f(x_0 = c | x_t) as a denoiser, `[K]`. Absent: the network does not predict x_0. */
  denoiserLogProbs?(chain: ForwardChain, input: Omit<ExactReverseInput, 's'>): number[];
}

/** Σ_{c ∈ C(x_t)} f̂(c) q(x_s = j | x_t, c), f̂ = f restricted to C(x_t) and renormalised: Eq. (4) of the preprint. */
export const exactMixture: ExactReverse = {
  name: 'mixture',
  logProbs: (chain, { logits, xt, position, s, t }) => {
    const reached = chain.between(0, t, position);
    const restricted = logDistribution(dataLogProbs(chain, logits).map((logProb, c) => (reached[c]![xt]! > 0 ? logProb : -Infinity)));
    const posteriors = restricted.map((_, c) => posterior(chain, { x0: c, xt, s, t, position }));
    return states(chain).map((j) => logTotal(restricted.map((logProb, c) => logProb + Math.log(posteriors[c]![j]!))));
  },
  denoiserLogProbs: (chain, { logits }) => dataLogProbs(chain, logits),
};

/**
 * ∝ Q(s→t)[j, x_t] · (f Q̄_s)_j: Eq. (4) of the later version. `firstStep: 'denoiser'` takes
 * p(x_0 | x_1) = f as it is.
 */
export function exactPlugIn({ firstStep }: { readonly firstStep: 'bayes' | 'denoiser' }): ExactReverse {
  return {
    name: 'plug-in',
    logProbs: (chain, input) => (input.t === 1 && firstStep === 'denoiser' ? dataLogProbs(chain, input.logits) : bayesRule(chain, input)),
    denoiserLogProbs: (chain, { logits }) => dataLogProbs(chain, logits),
  };
}

/** ∝ Q(s→t)[j, x_t] · (loo Q̄_s)_j; the denoiser is f(c) ∝ loo(c) Q̄_t[c, x_t]. */
export const exactLeaveOneOutReverse: ExactReverse = {
  name: 'leave-one-out',
  logProbs: (chain, input) => bayesRule(chain, input),
  denoiserLogProbs: (chain, { logits, xt, position, t }) =>
    logDistribution(dataLogProbs(chain, logits).map((logProb, c) => logProb + Math.log(chain.between(0, t, position)[c]![xt]!))),
};

/** The logits are those of x_{t−1}. */
export const exactDirectReverse: ExactReverse = {
  name: 'direct',
  logProbs: (_chain, { logits }) => logDistribution(logits),
};

function bayesRule(chain: ForwardChain, { logits, xt, position, s, t }: ExactReverseInput): number[] {
  const prediction = dataLogProbs(chain, logits);
  const [toS, toT] = [chain.between(0, s, position), chain.between(s, t, position)];
  return logDistribution(
    states(chain).map((j) => Math.log(toT[j]![xt]!) + logTotal(prediction.map((logProb, c) => logProb + Math.log(toS[c]![j]!)))),
  );
}

/** Logits over x_0 as log-probabilities, with 0 probability for an extra mask. */
function dataLogProbs({ extraMask }: ForwardChain, logits: readonly number[]): number[] {
  return logDistribution(logits.map((logit, c) => (c === extraMask ? -Infinity : logit)));
}

function states({ numStates }: ForwardChain): number[] {
  return Array.from({ length: numStates }, (_, j) => j);
}
