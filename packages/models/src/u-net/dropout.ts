import type { Rng } from '@d3pm/core';
import { mul, tensor, type Tensor } from '@tensorflow/tfjs-core';

/** Chances are multiples of 1 / OUTCOMES, and a number of a stream, 53 bits, is good for DRAWS of them. */
const [OUTCOMES, DRAWS] = [2 ** 16, 3];

/**
 * Sets each number to 0 with probability `rate`, rounded to a multiple of 2⁻¹⁶, and divides the others by the probability to stay, which keeps
 * the mean. The mask is drawn on the host, three numbers from one of the stream: the same stream gives the same mask on every engine.
 *
 * @param x float32.
 * @param rate In [0, 1).
 * @returns float32 of the shape of `x`; the caller disposes it.
 */
export function dropout(x: Tensor, rate: number, rng: Rng): Tensor {
  const dropped = Math.min(Math.round(rate * OUTCOMES), OUTCOMES - 1);
  const kept = OUTCOMES / (OUTCOMES - dropped);
  const mask = new Float32Array(x.size);
  rng.float64s(Math.ceil(x.size / DRAWS)).forEach((number, i) => {
    let rest = number;
    for (let at = DRAWS * i; at < Math.min(DRAWS * (i + 1), mask.length); at++) {
      rest *= OUTCOMES;
      const outcome = Math.floor(rest);
      rest -= outcome;
      mask[at] = outcome < dropped ? 0 : kept;
    }
  });
  return mul(x, tensor(mask, x.shape));
}
