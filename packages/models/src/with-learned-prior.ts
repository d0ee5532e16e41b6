import {
  assertDenoiserFits,
  assertInteger,
  D3pmError,
  type LearnedPrior,
  type Parameters,
  type Prediction,
  type TrainableDenoiser,
  type Transition,
} from '@d3pm/core';
import { clone, keep, tensor } from '@tensorflow/tfjs-core';
import { assertParameters } from './parameter-specs.ts';
import { priorLogitValues } from './prior-logit-values.ts';
import { priorView } from './prior-view.ts';

export interface LearnedPriorOptions {
  /** Whose prior is learned: a chain without a unique stationary law, or one that does not reach it. */
  readonly transition: Transition;
  /** p(x_T) to start from, `[K]`, or `[N·K]` with `positions`. @defaultValue uniform */
  readonly initialProbs?: ArrayLike<number>;
  /** N, for a prior of each position. @defaultValue one prior for all */
  readonly positions?: number;
}

export interface LearnedPriorPair<P extends Prediction> {
  /** The network, with one parameter more: `prior.logits`, float32 `[K]` or `[N, K]`. It owns the network that it was made of. */
  readonly denoiser: TrainableDenoiser<P>;
  /** The chain, with the prior exp(logits) as the denoiser has it now. A view: whoever made the chain disposes it. */
  readonly transition: Transition;
}

/** Name in checkpoints. */
const PARAMETER = 'prior.logits';

/**
 * A learned prior p_θ(x_T) ∝ exp(logits), footnote 1: its logits become a parameter of the denoiser, so that they are trained,
 * averaged, saved and loaded with it, and the prior of the chain, so that samplers start from it and L_T is measured against it.
 *
 * Losses that are bounds add L_T = KL(q(x_T | x_0) ‖ p_θ(x_T)) for this chain. Its optimum is the law of x_T: over all positions
 * together, or at each. Probabilities below e⁻³⁰ start as that, for a logit of −∞ could never be learned away.
 *
 * @throws {D3pmError} `SHAPE` for another number of states or positions; `NOT_STOCHASTIC` for probabilities that are no distributions;
 * `INVALID_OPTIONS` for a network that has a learned prior already.
 */
export function withLearnedPrior<P extends Prediction>(denoiser: TrainableDenoiser<P>, options: LearnedPriorOptions): LearnedPriorPair<P> {
  const { transition, initialProbs, positions } = options;
  assertDenoiserFits('withLearnedPrior', { transition, denoiser });
  if (positions !== undefined) assertPositions(positions, transition);
  if (Object.hasOwn(denoiser.parameters, PARAMETER)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `withLearnedPrior: the denoiser has a parameter "${PARAMETER}" already; wrap the network itself, once`,
    );
  }
  const values = priorLogitValues('withLearnedPrior', { numStates: transition.numStates, positions, probs: initialProbs });
  const shape = [...(positions === undefined ? [] : [positions]), transition.numStates];
  let logits = keep(tensor(values, shape, 'float32'));

  const all = (): Parameters => ({ ...denoiser.parameters, [PARAMETER]: logits });
  const ofNetwork = (parameters: Parameters): Parameters => {
    const { [PARAMETER]: _, ...rest } = parameters;
    return rest;
  };
  const prior: LearnedPrior = {
    kind: 'learned',
    parameter: PARAMETER,
    get logits() {
      return logits;
    },
  };
  const { prediction, numStates, timeFree, numSteps, causal } = denoiser;
  return {
    denoiser: {
      prediction,
      numStates,
      timeFree,
      ...(numSteps !== undefined && { numSteps }),
      ...(causal && { causal }),
      ...(denoiser.startDecoding && { startDecoding: (batchSize: number) => denoiser.startDecoding!(batchSize) }),
      get parameters() {
        return all();
      },
      apply: (parameters, states, t, given) => {
        assertParameters('withLearnedPrior', all(), parameters);
        return denoiser.apply(ofNetwork(parameters), states, t, given);
      },
      logits: (states, t) => denoiser.logits(states, t),
      load: (parameters) => {
        assertParameters('withLearnedPrior.load', all(), parameters);
        const loaded = keep(clone(parameters[PARAMETER]!));
        denoiser.load(ofNetwork(parameters));
        logits.dispose();
        logits = loaded;
      },
      dispose: () => {
        denoiser.dispose();
        logits.dispose();
      },
    },
    transition: priorView(transition, prior),
  };
}

function assertPositions(positions: number, transition: Transition): void {
  assertInteger('withLearnedPrior', 'positions', positions, 1);
  if (transition.positions === undefined || transition.positions === positions) return;
  throw new D3pmError('SHAPE', `withLearnedPrior: positions is ${positions}, ${transition.name} is made for ${transition.positions}`);
}
