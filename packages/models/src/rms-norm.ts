import { runFused, withGradient } from '@d3pm/core';
import { add, mul, reshape, rsqrt, square, sub, sum, tensor1d, type Tensor } from '@tensorflow/tfjs-core';

/** Keeps a row of zeros finite; next to a mean square of order 1 it changes nothing. */
const FLOOR = 1e-6;

/**
 * `y = scale · x / √(mean(x²) + 10⁻⁶)` over the last axis (Zhang and Sennrich, 2019). A row of zeros stays 0.
 *
 * @param x float32 `[…, C]`.
 * @param scale float32 `[C]`.
 * @returns float32 of the shape of `x`; the caller disposes it.
 */
export function rmsNorm(x: Tensor, scale: Tensor): Tensor {
  const channels = scale.size;
  return withGradient(
    [x, scale],
    (input, factor) => {
      const fused = runFused('D3pmRmsNorm', { x: input!, scale: factor!, floor: tensor1d([FLOOR]) });
      if (fused) return { value: fused[0]!, saved: [input!, fused[1]!, factor!] };
      const inverse = rsqrt(add(mul(sum(square(input!), -1, true), 1 / channels), FLOOR));
      const unit = mul(input!, inverse);
      return { value: mul(unit, factor!), saved: [unit, inverse, factor!] };
    },
    (dy, unit, inverse, factor) => {
      const fused = runFused('D3pmRmsNormGrad', { dy, x: unit!, inverse: inverse!, scale: factor! });
      if (fused) return fused;
      const along = mul(dy, unit!);
      const dUnit = mul(dy, factor!);
      const mean = mul(sum(mul(along, factor!), -1, true), 1 / channels);
      return [mul(inverse!, sub(dUnit, mul(unit!, mean))), sum(reshape(along, [-1, channels]), 0)];
    },
  );
}
