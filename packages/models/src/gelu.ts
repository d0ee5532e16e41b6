import { withGradient } from '@d3pm/core';
import { add, mul, sigmoid, square, sub, type Tensor } from '@tensorflow/tfjs-core';

/** In the cubic whose tanh stands for the error function. */
const [SLOPE, CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];

/**
 * The gelu by its tanh (Hendrycks and Gimpel, 2016), whose gradient needs x alone:
 *
 *     y = x (1 + tanh u) / 2 = x σ(2u),   u = √(2/π) (x + 0.044715 x³)
 *
 * @param x float32. @returns float32 of the same shape; the caller disposes it.
 */
export function gelu(x: Tensor): Tensor {
  return withGradient(
    [x],
    (input) => ({ value: mul(input!, gateOf(input!)), saved: [input!] }),
    (dy, input) => {
      const gate = gateOf(input!);
      const slope = add(mul(square(input!), 6 * SLOPE * CUBIC), 2 * SLOPE);
      return [mul(dy, mul(gate, add(mul(mul(input!, slope), sub(1, gate)), 1)))];
    },
  );
}

/** σ(2u) */
function gateOf(x: Tensor): Tensor {
  return sigmoid(mul(x, add(mul(square(x), 2 * SLOPE * CUBIC), 2 * SLOPE)));
}
