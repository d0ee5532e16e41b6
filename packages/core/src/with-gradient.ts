import { customGrad, tidy, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Applies `forward` to tensors, with a gradient of our own. `gradient` gets dL/dvalue and what
 * `forward` kept, and returns dL/dinput for each input. Intermediate tensors are freed.
 */
export function withGradient(
  inputs: readonly Tensor[],
  forward: (...inputs: Tensor[]) => { readonly value: Tensor; readonly saved: readonly Tensor[] },
  gradient: (dy: Tensor, ...saved: Tensor[]) => readonly Tensor[],
): Tensor {
  const apply = customGrad((...args) => {
    const save = args.at(-1) as (tensors: Tensor[]) => void;
    const { value, saved } = forward(...(args.slice(0, -1) as Tensor[]));
    save([...saved]);
    return { value, gradFunc: (dy, kept) => tidy(() => [...gradient(dy, ...kept)]) };
  });
  return apply(...inputs);
}
