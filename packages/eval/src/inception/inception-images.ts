import { concat, image, mul, sub, tensor4d, tidy, type Tensor4D } from '@tensorflow/tfjs-core';

/** Pixels of a side. */
const SIZE = 299;

export interface InceptionImagesOptions {
  /** `[B, height, width, 1 or 3]` */
  readonly shape: readonly [number, number, number, number];
  /** K: state k is the brightness k / (K − 1). */
  readonly numStates: number;
}

/**
 * Images as the network of FID reads them: brightness in 0…1, bilinearly between the centres of pixels to 299 × 299 without smoothing, then
 * 2 x − 1; grey in all three channels.
 *
 * @param states 0…K−1, row-major.
 * @returns float32 `[B, 299, 299, 3]`; the caller disposes it.
 */
export function inceptionImages(states: Int32Array, { shape, numStates }: InceptionImagesOptions): Tensor4D {
  return tidy(() => {
    const brightness: Tensor4D = mul(tensor4d(new Float32Array(states), [...shape]), 1 / (numStates - 1));
    const resized = sub(mul(image.resizeBilinear(brightness, [SIZE, SIZE], false, true), 2), 1) as Tensor4D;
    return shape[3] === 3 ? resized : concat([resized, resized, resized], 3);
  });
}
