import { denoiserLogits, type Denoiser, type Prediction } from '@d3pm/core';
import { tidy, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The same network with its logits changed, in whole sequences and in decoding.
 *
 * @param map float32 `[…, K]` to the same shape; what it makes on the way is disposed, and its argument is.
 */
export function mapLogits<P extends Prediction>(caller: string, denoiser: Denoiser<P>, map: (logits: Tensor) => Tensor): Denoiser<P> {
  const { prediction, numStates, timeFree, numSteps, causal } = denoiser;
  return {
    prediction,
    numStates,
    timeFree,
    ...(numSteps !== undefined && { numSteps }),
    ...(causal && { causal }),
    ...(denoiser.startDecoding && {
      startDecoding: (batchSize: number) => {
        const decoder = denoiser.startDecoding!(batchSize);
        return {
          // What a decoder keeps is its own: only the logits are of this scope.
          next: (states) => {
            const logits = decoder.next(states);
            const mapped = tidy(() => map(logits));
            if (mapped !== logits) logits.dispose();
            return mapped;
          },
          dispose: () => decoder.dispose(),
        };
      },
    }),
    logits: (states, t) => tidy(() => map(denoiserLogits(caller, denoiser, states, t))),
  };
}
