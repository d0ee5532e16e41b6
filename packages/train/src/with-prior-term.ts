import { learnedPriorTermNats, type Parameters, type Transition } from '@d3pm/core';
import { add, tidy, type Tensor } from '@tensorflow/tfjs-core';

interface PriorTermInput {
  readonly transition: Transition;
  /** int32 `[B, …N]` */
  readonly x0: Tensor;
  readonly parameters: Parameters | undefined;
}

/**
 * Nats of a bound with L_T, when the prior is a parameter of the network (footnote 1); otherwise as they are, for L_T is then a constant.
 *
 * @returns float32 `[B]`; the caller disposes it. `nats` is the caller's no more.
 */
export function withPriorTerm({ transition, x0, parameters }: PriorTermInput, nats: Tensor): Tensor {
  const { prior } = transition;
  if (prior.kind !== 'learned' || prior.parameter === undefined) return nats;
  const logits = parameters?.[prior.parameter];
  return tidy(() => add(nats, learnedPriorTermNats(transition, x0, logits)));
}
