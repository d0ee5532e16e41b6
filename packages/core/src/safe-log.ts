import { div, greater, log, maximum, where, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

/** `log x` for x ≥ 0: −∞ at 0, where the gradient is 0 instead of ∞. The caller disposes it. */
export function safeLog(x: Tensor): Tensor {
  return withGradient(
    [x],
    (input) => ({ value: log(input), saved: [input] }),
    (dy, input) => [where(greater(input, 0), div(dy, maximum(input, 2 ** -126)), zerosLike(dy))],
  );
}
