import { dispose, mean, valueAndGrad, type Tensor } from '@tensorflow/tfjs-core';
import type { PreparedWork } from '../work.ts';

/** The mean of `nats(logits)`, `[B]`, and its gradient. */
export function gradientWork(logits: Tensor, nats: (logits: Tensor) => Tensor): PreparedWork {
  const both = valueAndGrad((x: Tensor) => mean(nats(x)));
  return {
    run: async () => {
      const { value, grad } = both(logits);
      await value.data();
      dispose([value, grad]);
    },
  };
}
