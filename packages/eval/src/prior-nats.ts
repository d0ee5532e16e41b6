import { learnedPriorTermNats, priorTermNats, toTensor, type States, type Transition } from '@d3pm/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** L_T of each example in nats, float64 `[B]`, under a fixed or a learned prior. */
export async function priorNats(transition: Transition, x0: States): Promise<Float64Array> {
  if (transition.prior.kind === 'fixed') return priorTermNats(transition, x0);
  const data = toTensor(x0);
  let nats: Tensor | undefined;
  try {
    nats = learnedPriorTermNats(transition, data);
    return Float64Array.from(await nats.data<'float32'>());
  } finally {
    data.dispose();
    nats?.dispose();
  }
}
