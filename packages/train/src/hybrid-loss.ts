import { D3pmError, hybridLossNats, sampleForward, type Prediction, type ReverseProcess, type Transition } from '@d3pm/core';
import { mul, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { wholeBatch } from './example-range.ts';
import type { StepDraws } from './step-draws.ts';
import type { TrainingLoss } from './training-loss.ts';
import { uniformSteps } from './uniform-steps.ts';
import { withPriorTerm } from './with-prior-term.ts';

export interface HybridLossOptions<P extends Prediction> {
  readonly transition: Transition;
  readonly reverse: ReverseProcess<P>;
  /** Weight of the cross-entropy as in the authors' code: 0.01 for text, 0.001 for images. @defaultValue 0, the bound alone */
  readonly lambda?: number;
  /** How t is drawn, such as `stepsByLaw`; its weights leave the expectation as it is. @defaultValue uniform on 1…T, stratified over the batch */
  readonly steps?: StepDraws;
}

/**
 * L_λ, Eq. (5): `T · (L_{t−1} + λ CE_t)` at x_t ~ q(x_t | x_0), t uniform on 1…T and stratified over the batch, or drawn and weighted by `steps`.
 * Its expectation is L_vb − L_T + λ Σ_t CE_t in nats per example; L_T is added when the prior is a parameter of the network. Gradients are of that divided by T · N.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless λ ≥ 0 and `steps` are of 1…T.
 */
export function hybridLoss<P extends Prediction>({ transition, reverse, lambda = 0, steps }: HybridLossOptions<P>): TrainingLoss<P> {
  if (!(lambda >= 0 && lambda < Infinity)) throw new D3pmError('INVALID_OPTIONS', `hybridLoss: lambda is ${lambda}, expected a number ≥ 0`);
  const { numSteps } = transition;
  if (steps && steps.numSteps !== numSteps)
    throw new D3pmError('INVALID_OPTIONS', `hybridLoss: steps are of 1…${steps.numSteps}, and the transition has ${numSteps}`);
  return {
    name: lambda === 0 ? 'bound' : 'hybrid',
    transition,
    accepts: (prediction) => prediction === reverse.prediction,
    corrupt: (x0, rng, range = wholeBatch(x0)) => {
      const place = { ...range, rng: rng.split('t') };
      const drawn = steps ? steps.draw(x0.shape[0]!, place) : { t: uniformSteps(x0.shape[0]!, numSteps, place) };
      return { ...drawn, states: sampleForward(transition, x0, { t: drawn.t, rng: rng.split('noise'), firstExample: range.firstExample }) };
    },
    nats: ({ logits, x0, xt, t, weights, parameters }) =>
      tidy(() => {
        const nats = hybridLossNats(transition, reverse, { logits, x0, xt, t, lambda });
        return withPriorTerm({ transition, x0, parameters }, weights ? mul(nats, tensor1d(Float32Array.from(weights))) : nats);
      }),
    gradientScale: (positions) => 1 / (numSteps * positions),
  };
}
