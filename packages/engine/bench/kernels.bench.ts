// node bench/kernels.bench.ts: every kernel that the engine adds or replaces, beside the one of stock wasm, at training shapes.
import { randomUniform, range, type Tensor } from '@tensorflow/tfjs-core';
import { compareKernels, stockAndOurs, type KernelCase } from './stock-kernels.ts';

const kernels = await stockAndOurs();
const random = (...shape: number[]): Tensor => randomUniform(shape, -1, 1);
const ids = (count: number, numRows: number): Tensor => randomUniform([count], 0, numRows, 'int32');

const product = (label: string, a: Tensor, b: Tensor, transposeA = false, transposeB = false): KernelCase => ({
  label: `matMul ${label}`,
  kernelName: 'BatchMatMul',
  inputs: { a, b },
  attrs: { transposeA, transposeB },
});

const conv = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC' };
const image = random(8, 32, 32, 64);
const filter = random(3, 3, 64, 64);

await compareKernels(
  [
    product('x W             2048×128×128', random(2048, 128), random(128, 128)),
    product('dy Wᵀ           2048×128×128', random(2048, 128), random(128, 128), false, true),
    product('xᵀ dy           128×2048×128', random(2048, 128), random(2048, 128), true),
    product('[32,64,128] W', random(32, 64, 128), random(1, 128, 128)),
    product('q kᵀ      64 of 64×32×64', random(64, 64, 32), random(64, 64, 32), false, true),
    product('a v       64 of 64×64×32', random(64, 64, 64), random(64, 64, 32)),
    product('aᵀ dy     64 of 64×64×32', random(64, 64, 64), random(64, 64, 32), true),
    product('          256 of 8×8×8', random(256, 8, 8), random(256, 8, 8)),
    {
      label: 'gather 2048 rows of [27, 96]',
      kernelName: 'GatherV2',
      inputs: { x: random(27, 96), indices: ids(2048, 27) },
      attrs: { axis: 0, batchDims: 0 },
    },
    {
      label: 'unsortedSegmentSum [2048, 96] → 27',
      kernelName: 'UnsortedSegmentSum',
      inputs: { x: random(2048, 96), segmentIds: ids(2048, 27) },
      attrs: { numSegments: 27 },
    },
    { label: 'sum [2048, 128] over axis 0', kernelName: 'Sum', inputs: { x: random(2048, 128) }, attrs: { axis: 0, keepDims: false } },
    {
      label: 'slice [32, 64, 128] → [32, 60, 128]',
      kernelName: 'Slice',
      inputs: { x: random(32, 64, 128) },
      attrs: { begin: [0, 2, 0], size: [32, 60, 128] },
    },
    { label: 'split [2048, 384] in 3', kernelName: 'SplitV', inputs: { x: random(2048, 384) }, attrs: { numOrSizeSplits: 3, axis: 1 } },
    { label: 'clone [2048, 128]', kernelName: 'Identity', inputs: { x: random(2048, 128) }, attrs: {} },
    { label: 'cast float32 → float32 [2048, 128]', kernelName: 'Cast', inputs: { x: random(2048, 128) }, attrs: { dtype: 'float32' } },
    {
      label: 'clip int32 [2048]',
      kernelName: 'ClipByValue',
      inputs: { x: range(0, 2048, 1, 'int32') },
      attrs: { clipValueMin: 3, clipValueMax: 9 },
    },
    {
      label: 'conv2d input gradient 8×32×32×64, 3×3×64',
      kernelName: 'Conv2DBackpropInput',
      inputs: { dy: image, filter },
      attrs: { ...conv, inputShape: image.shape },
    },
    {
      label: 'conv2d filter gradient 8×32×32×64, 3×3×64',
      kernelName: 'Conv2DBackpropFilter',
      inputs: { x: image, dy: image },
      attrs: { ...conv, filterShape: filter.shape },
    },
  ],
  kernels,
);
