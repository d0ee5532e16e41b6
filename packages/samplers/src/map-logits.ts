import { denoiserLogits, type Denoiser, type Prediction } from '@d3pm/core';
import { tidy, type Tensor } from '@tensorflow/tfjs-core';

const MAPPED = Symbol('logits of another network, changed');

/** A network and how its logits are changed. */
interface Mapped {
  readonly denoiser: Denoiser;
  readonly map: (logits: Tensor) => Tensor;
}

/** The network under all that {@link mapLogits} has made of it, and what that does to its logits, which makes new ones or returns them. */
export function unmapped(denoiser: Denoiser): Mapped {
  const mapped = (denoiser as { readonly [MAPPED]?: Mapped })[MAPPED];
  if (!mapped) return { denoiser, map: (logits) => logits };
  const inner = unmapped(mapped.denoiser);
  return { denoiser: inner.denoiser, map: (logits) => mapped.map(inner.map(logits)) };
}

/**
 * The same network with its logits changed, in whole sequences and in decoding.
 *
 * @param map float32 `[…, K]` to the same shape; what it makes on the way is disposed, and its argument is.
 */
export function mapLogits<P extends Prediction>(caller: string, denoiser: Denoiser<P>, map: (logits: Tensor) => Tensor): Denoiser<P> {
  const { prediction, numStates, timeFree, numSteps, causal } = denoiser;
  const changed: Denoiser<P> = {
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
  // A copy with other logits is not this network any more, so that it is not copied.
  return Object.defineProperty(changed, MAPPED, { value: { denoiser, map } satisfies Mapped, enumerable: false });
}
