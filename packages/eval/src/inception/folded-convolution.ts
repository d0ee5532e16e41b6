import { keep, tensor1d, tensor4d, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { CheckedWeights } from './assert-inception-weights.ts';

/** Of TensorFlow's graph. */
const EPSILON = 0.001;

/** A convolution whose batch norm is in its weights. */
export interface FoldedConvolution {
  /** float32 `[height, width, in, out]` */
  readonly filter: Tensor4D;
  /** float32 `[out]` */
  readonly bias: Tensor1D;
}

/**
 * With the running mean μ and variance σ² of batch norm, (W x − μ) γ / √(σ² + 0.001) + β = (s W) x + (β − s μ), s = γ / √(σ² + 0.001): computed
 * in float64, kept in float32.
 *
 * @returns tensors that the caller disposes.
 */
export function foldedConvolution(weights: CheckedWeights, name: string): FoldedConvolution {
  const { data: kernel, shape } = weights[`${name}.conv.weight`]!;
  const [numOut, numIn, height, width] = shape as readonly [number, number, number, number];
  const at = (part: string): Float32Array => weights[`${name}.bn.${part}`]!.data;
  const [variance, mean, beta] = [at('running_var'), at('running_mean'), at('bias')];
  const scale = Float64Array.from(at('weight'), (gamma, o) => gamma / Math.sqrt(variance[o]! + EPSILON));
  const filter = new Float32Array(kernel.length);
  const numPixels = height * width;
  let from = 0;
  for (let o = 0; o < numOut; o++) {
    for (let i = 0; i < numIn; i++) {
      for (let p = 0; p < numPixels; p++) filter[(p * numIn + i) * numOut + o] = kernel[from++]! * scale[o]!;
    }
  }
  const bias = Float32Array.from(scale, (s, o) => beta[o]! - s * mean[o]!);
  return { filter: keep(tensor4d(filter, [height, width, numIn, numOut])), bias: keep(tensor1d(bias)) };
}
