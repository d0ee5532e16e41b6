/** A convolution, its batch norm and a relu. */
export interface ConvolutionLayer {
  readonly kind: 'convolution';
  /** Begins the names of its weights. */
  readonly name: string;
  /** After it. */
  readonly numChannels: number;
  /** [height, width] */
  readonly kernel: readonly [number, number];
  readonly stride: 1 | 2;
  /** `same` keeps the size, with zeros around. */
  readonly pad: 'same' | 'valid';
}

/** The average or the largest of 3 × 3 pixels: at stride 1 of those inside of the image, at stride 2 only where all nine are. */
export interface PoolLayer {
  readonly kind: 'average' | 'largest';
  readonly stride: 1 | 2;
}

/** Layers side by side, which all read the same image; what they give stands together in the channels, in this order. */
export interface BranchesLayer {
  readonly kind: 'branches';
  readonly branches: readonly (readonly InceptionLayer[])[];
}

export type InceptionLayer = ConvolutionLayer | PoolLayer | BranchesLayer;

type Size = readonly [number, number];
type Convolve = (name: string, numChannels: number, kernel?: Size) => ConvolutionLayer;

const convolution =
  (stride: 1 | 2, pad: 'same' | 'valid'): Convolve =>
  (name, numChannels, kernel = [1, 1]) => ({ kind: 'convolution', name, numChannels, kernel, stride, pad });
const same: Convolve = /* @__PURE__ */ convolution(1, 'same');
const valid: Convolve = /* @__PURE__ */ convolution(1, 'valid');
const halving: Convolve = /* @__PURE__ */ convolution(2, 'valid');

const pool = (kind: PoolLayer['kind'], stride: PoolLayer['stride']): PoolLayer => ({ kind, stride });
const branches = (...parts: readonly (readonly InceptionLayer[])[]): BranchesLayer => ({ kind: 'branches', branches: parts });

/**
 * The Inception network of FID, up to the image of 8 × 8 pixels and 2048 channels whose average the features are, from an image of
 * 299 × 299: Inception v3 (Szegedy et al., 2015) as TensorFlow's graph of 2015-12-05 has it. Names are those of torchvision.
 */
export function inceptionLayout(): readonly InceptionLayer[] {
  return [
    halving('Conv2d_1a_3x3', 32, [3, 3]),
    valid('Conv2d_2a_3x3', 32, [3, 3]),
    same('Conv2d_2b_3x3', 64, [3, 3]),
    pool('largest', 2),
    same('Conv2d_3b_1x1', 80),
    valid('Conv2d_4a_3x3', 192, [3, 3]),
    pool('largest', 2),
    smallKernels('Mixed_5b', 32),
    smallKernels('Mixed_5c', 64),
    smallKernels('Mixed_5d', 64),
    halvedOnce('Mixed_6a'),
    longKernels('Mixed_6b', 128),
    longKernels('Mixed_6c', 160),
    longKernels('Mixed_6d', 160),
    longKernels('Mixed_6e', 192),
    halvedTwice('Mixed_7a'),
    forkedKernels('Mixed_7b', 'average'),
    forkedKernels('Mixed_7c', 'largest'), // of that graph alone: others take the average here too
  ];
}

/** 35 × 35 pixels */
function smallKernels(block: string, pooledChannels: number): BranchesLayer {
  return branches(
    [same(`${block}.branch1x1`, 64)],
    [same(`${block}.branch5x5_1`, 48), same(`${block}.branch5x5_2`, 64, [5, 5])],
    [same(`${block}.branch3x3dbl_1`, 64), same(`${block}.branch3x3dbl_2`, 96, [3, 3]), same(`${block}.branch3x3dbl_3`, 96, [3, 3])],
    [pool('average', 1), same(`${block}.branch_pool`, pooledChannels)],
  );
}

/** To 17 × 17 pixels. */
function halvedOnce(block: string): BranchesLayer {
  return branches(
    [halving(`${block}.branch3x3`, 384, [3, 3])],
    [same(`${block}.branch3x3dbl_1`, 64), same(`${block}.branch3x3dbl_2`, 96, [3, 3]), halving(`${block}.branch3x3dbl_3`, 96, [3, 3])],
    [pool('largest', 2)],
  );
}

/** 17 × 17 pixels; `inner` is the number of channels between. */
function longKernels(block: string, inner: number): BranchesLayer {
  return branches(
    [same(`${block}.branch1x1`, 192)],
    [same(`${block}.branch7x7_1`, inner), same(`${block}.branch7x7_2`, inner, [1, 7]), same(`${block}.branch7x7_3`, 192, [7, 1])],
    [
      same(`${block}.branch7x7dbl_1`, inner),
      same(`${block}.branch7x7dbl_2`, inner, [7, 1]),
      same(`${block}.branch7x7dbl_3`, inner, [1, 7]),
      same(`${block}.branch7x7dbl_4`, inner, [7, 1]),
      same(`${block}.branch7x7dbl_5`, 192, [1, 7]),
    ],
    [pool('average', 1), same(`${block}.branch_pool`, 192)],
  );
}

/** To 8 × 8 pixels. */
function halvedTwice(block: string): BranchesLayer {
  return branches(
    [same(`${block}.branch3x3_1`, 192), halving(`${block}.branch3x3_2`, 320, [3, 3])],
    [
      same(`${block}.branch7x7x3_1`, 192),
      same(`${block}.branch7x7x3_2`, 192, [1, 7]),
      same(`${block}.branch7x7x3_3`, 192, [7, 1]),
      halving(`${block}.branch7x7x3_4`, 192, [3, 3]),
    ],
    [pool('largest', 2)],
  );
}

/** 8 × 8 pixels */
function forkedKernels(block: string, kind: PoolLayer['kind']): BranchesLayer {
  return branches(
    [same(`${block}.branch1x1`, 320)],
    [
      same(`${block}.branch3x3_1`, 384),
      branches([same(`${block}.branch3x3_2a`, 384, [1, 3])], [same(`${block}.branch3x3_2b`, 384, [3, 1])]),
    ],
    [
      same(`${block}.branch3x3dbl_1`, 448),
      same(`${block}.branch3x3dbl_2`, 384, [3, 3]),
      branches([same(`${block}.branch3x3dbl_3a`, 384, [1, 3])], [same(`${block}.branch3x3dbl_3b`, 384, [3, 1])]),
    ],
    [pool(kind, 1), same(`${block}.branch_pool`, 192)],
  );
}
