import { learnedPriorTermNats, priorTermByState, toTensor, type States, type Transition } from '@d3pm/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** L_T of each example in nats, float64 `[B]`, under a fixed or a learned prior, for batch after batch. */
export function priorNats(transition: Transition): (x0: States) => Promise<Float64Array> {
  if (transition.prior.kind === 'fixed') {
    const byState = priorTermByState(transition);
    return async (x0) => byState(x0);
  }
  return async (x0) => {
    const data = toTensor(x0);
    let nats: Tensor | undefined;
    try {
      nats = learnedPriorTermNats(transition, data);
      return Float64Array.from(await nats.data<'float32'>());
    } finally {
      data.dispose();
      nats?.dispose();
    }
  };
}
