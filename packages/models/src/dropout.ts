import type { Rng } from '@d3pm/core';
import { mul, tensor, type Tensor } from '@tensorflow/tfjs-core';

/** Chances are multiples of 1 / OUTCOMES, and a number of a stream, 53 bits, is good for DRAWS of them. */
const [OUTCOMES, DRAWS] = [2 ** 16, 3];

export interface DropoutSource {
  readonly rng: Rng;
  /** Index of the first example in its batch: the mask of an example is the same whichever part of the batch it is in. @defaultValue 0 */
  readonly firstExample?: number;
}

/**
 * Sets each number to 0 with probability `rate`, rounded to a multiple of 2⁻¹⁶, and divides the others by the probability to stay, which keeps
 * the mean. The mask is drawn on the host, three numbers from one of the stream: the same stream gives the same mask on every engine.
 *
 * @param x float32, with an axis of examples first.
 * @param rate In [0, 1).
 * @returns float32 of the shape of `x`; the caller disposes it.
 */
export function dropout(x: Tensor, rate: number, { rng, firstExample = 0 }: DropoutSource): Tensor {
  const dropped = Math.min(Math.round(rate * OUTCOMES), OUTCOMES - 1);
  const kept = OUTCOMES / (OUTCOMES - dropped);
  const mask = new Float32Array(x.size);
  const before = firstExample * (x.size / x.shape[0]!);
  const first = Math.floor(before / DRAWS);
  rng.float64s(Math.ceil((before + x.size) / DRAWS) - first, first).forEach((number, i) => {
    const start = DRAWS * (first + i) - before;
    let rest = number;
    for (let at = start; at < start + DRAWS; at++) {
      rest *= OUTCOMES;
      const outcome = Math.floor(rest);
      rest -= outcome;
      // Beyond either end it is for another example.
      if (at >= 0 && at < mask.length) mask[at] = outcome < dropped ? 0 : kept;
    }
  });
  return mul(x, tensor(mask, x.shape));
}
