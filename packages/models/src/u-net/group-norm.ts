import { hasFused, runFused, withGradient } from '@d3pm/core';
import { add, matMul, mul, neg, reshape, rsqrt, sigmoid, square, sub, sum, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';

/** Keeps a constant image finite; next to a variance of order 1 it changes nothing. */
const FLOOR = 1e-6;

export interface GroupNormOptions {
  /** float32 `[C]` */
  readonly scale: Tensor;
  /** float32 `[C]` */
  readonly bias: Tensor;
  /** Divides C. */
  readonly numGroups: number;
  /** Added to x before, the same at every pixel: float32 `[B, C]`. Absent: nothing. */
  readonly shift?: Tensor;
  /** What the result passes through: u, or u σ(u). @defaultValue 'identity' */
  readonly activation?: 'identity' | 'swish';
}

/**
 * Normalises the pixels of each group of neighbouring channels of each image (Wu and He, 2018):
 *
 *     u = scale · (x + shift − mean) / √(variance + 10⁻⁶) + bias;   y = u, or u σ(u)
 *
 * The variance is the mean of squares of what is left after the mean, which does not cancel where that is large. A group without
 * variance gives the bias. Value and gradient are each one function, which neither x + shift nor u is kept for.
 *
 * @param x float32 `[B, H, W, C]`.
 * @returns float32 `[B, H, W, C]`; the caller disposes it.
 */
export function groupNorm(x: Tensor, options: GroupNormOptions): Tensor {
  return hasFused('D3pmGroupNorm') ? fused(x, options) : composed(x, options);
}

function fused(x: Tensor, { scale, bias, numGroups, shift, activation }: GroupNormOptions): Tensor {
  const setting = (): Tensor => tensor1d([numGroups, activation === 'swish' ? 1 : 0, FLOOR]);
  return withGradient(
    [x, scale, bias, shift ?? tensor1d([], 'float32')],
    (image, factor, offset, moved) => {
      const inputs = { x: image!, scale: factor!, bias: offset!, shift: moved! };
      const [value, statistics] = runFused('D3pmGroupNorm', { ...inputs, setting: setting() }) as [Tensor, Tensor];
      return { value, saved: [image!, factor!, offset!, moved!, statistics] };
    },
    (dy, image, factor, offset, moved, statistics) => {
      const inputs = { x: image!, scale: factor!, bias: offset!, shift: moved! };
      return runFused('D3pmGroupNormGrad', { dy, ...inputs, setting: setting(), statistics: statistics! })!;
    },
  );
}

function composed(x: Tensor, { scale, bias, numGroups, shift, activation = 'identity' }: GroupNormOptions): Tensor {
  const [batchSize, height, width, numChannels] = x.shape as [number, number, number, number];
  const numPixels = height * width;
  const flat = [batchSize, numPixels, numChannels];
  /** The same at every pixel of an image, `[B, C]` as `[B, 1, C]`. */
  const everywhere = (values: Tensor): Tensor => reshape(values, [batchSize, 1, numChannels]);
  const swish = activation === 'swish';

  return withGradient(
    [x, scale, bias, ...(shift ? [shift] : [])],
    (image, factor, offset, moved) => {
      const pixels = reshape(image, flat);
      const average = groupAverage(numChannels, numGroups, numPixels);
      const sums = sum(pixels, 1);
      const mean = matMul(moved ? add(sums, mul(moved, numPixels)) : sums, average);
      const toCentre = moved ? sub(moved, mean) : neg(mean);
      const centred = add(pixels, everywhere(toCentre));
      const inverse = rsqrt(add(matMul(sum(square(centred), 1), average), FLOOR));
      const u = add(mul(centred, everywhere(mul(inverse, factor))), offset);
      const centredSums = moved ? [add(sums, mul(toCentre, numPixels))] : [];
      const saved = [factor, centred, inverse, average];
      if (!swish) return { value: reshape(u, x.shape), saved: [...saved, ...centredSums] };
      const gate = sigmoid(u);
      const y = mul(u, gate);
      return { value: reshape(y, x.shape), saved: [...saved, gate, y, ...centredSums] };
    },
    (dy, factor, centred, inverse, average, ...rest) => {
      const [gate, y] = rest as [Tensor, Tensor];
      const upstream = reshape(dy, flat);
      // d(u σ(u))/du = σ(u) + u σ(u) (1 − σ(u))
      const du = swish ? mul(upstream, add(gate, sub(y, mul(y, gate)))) : upstream;
      const sums = sum(du, 1);
      const products = mul(sum(mul(du, centred!), 1), inverse!);
      const slope = mul(inverse!, factor!);
      // dx = slope du + ofCentred centred + ofMean: what moves the variance and the mean is taken out.
      const ofMean = neg(mul(matMul(mul(sums, factor!), average!), inverse!));
      const ofCentred = neg(mul(matMul(mul(products, factor!), average!), square(inverse!)));
      const dx = add(mul(du, everywhere(slope)), add(mul(centred!, everywhere(ofCentred)), everywhere(ofMean)));
      const gradients = [reshape(dx, x.shape), sum(products, 0), sum(sums, 0)];
      if (!shift) return gradients;
      const dShift = add(mul(sums, slope), add(mul(rest.at(-1)!, ofCentred), mul(ofMean, numPixels)));
      return [...gradients, dShift];
    },
  );
}

/** The matrix that turns sums over pixels into means over pixels and the channels of a group, `[C, C]`. */
function groupAverage(numChannels: number, numGroups: number, numPixels: number): Tensor {
  const groupSize = numChannels / numGroups;
  const share = 1 / (groupSize * numPixels);
  const values = new Float32Array(numChannels * numChannels);
  for (let from = 0; from < numChannels; from++) {
    const first = from * numChannels + Math.floor(from / groupSize) * groupSize;
    values.fill(share, first, first + groupSize);
  }
  return tensor2d(values, [numChannels, numChannels]);
}
