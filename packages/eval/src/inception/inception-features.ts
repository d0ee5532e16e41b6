import { assertEngine, assertInteger, assertStateRange, D3pmError, quoted, turnsOfEventLoop, type States } from '@d3pm/core';
import { keep, logSoftmax, matMul, mean, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ExtractedFeatures, FeatureExtractor } from '../scores/feature-extractor.ts';
import { assertInceptionWeights, type InceptionWeights } from './assert-inception-weights.ts';
import { foldedConvolution, type FoldedConvolution } from './folded-convolution.ts';
import { inceptionImages } from './inception-images.ts';
import { inceptionLayout, type InceptionLayer } from './inception-layout.ts';
import { numInceptionClasses, numInceptionFeatures } from './inception-shapes.ts';
import { runLayers } from './run-layers.ts';

export interface InceptionFeaturesOptions {
  /** All tensors of the file, float32; only read, and not kept. `AuxLogits.…` and `….num_batches_tracked` may be there and are ignored. */
  readonly weights: InceptionWeights;
  /** SHA-256 of the file of weights, 64 hexadecimal digits: what cached statistics and comparisons are told apart by. */
  readonly checksum: string;
  /** K: state k of an image is the brightness k / (K − 1), so that bytes are K = 256. */
  readonly numStates: number;
  /** Images in one pass, 10 MB of tensors each; a larger batch goes in parts. @defaultValue 8 */
  readonly batchSize?: number;
}

/**
 * The network of the customary FID, KID and inception score (Table 3), with the weights that the caller has read: Inception v3 as TensorFlow's graph
 * `inception-2015-12-05` has it, in the form of pytorch-fid (`pt_inception-2015-12-05-6726825d.pth`, from the releases of mseitzer/pytorch-fid).
 * Once and for all, where Python has torch and safetensors:
 *
 *     import torch; from safetensors.torch import save_file
 *     state = torch.load('pt_inception-2015-12-05-6726825d.pth', weights_only=True)
 *     save_file({name: tensor.contiguous() for name, tensor in state.items()}, 'inception-2015-12-05.safetensors')
 *
 * and `Object.fromEntries(decodeSafetensors(bytes, …).tensors)` of `@d3pm/train` are the `weights`.
 *
 * - Samples: states `[B, height, width, 1 or 3]` of any size; grey goes into all three channels. They become images as pytorch-fid makes them:
 *   0…1, bilinearly to 299 × 299 between centres of pixels, then 2 x − 1. FID and KID are therefore those of pytorch-fid; TensorFlow's graph
 *   itself, and torch-fidelity, resize from the corners of pixels and take (x − 128) / 128 of bytes, and their scores differ a little.
 * - Features, d = 2048: the mean over the last 8 × 8 pixels.
 * - Classes, C = 1008: log softmax(W f) of the last layer without its bias, as the authors' code of the inception score and torch-fidelity
 *   have it; eight classes are no class of ImageNet and are not left out.
 *
 * It owns 95 MB of tensors until `dispose()`; `extract` leaves none behind. Numbers differ between engines by rounding, about 1e-6 of the largest.
 *
 * @throws {D3pmError} `INVALID_DATA` for weights that are missing, too many, misshapen, not float32 or not finite, all counted and the first
 * listed; `INVALID_OPTIONS`; `ENGINE` without a back end. `extract`: `SHAPE`, `STATE_RANGE`, and `INVALID_OPTIONS` once it is disposed.
 */
export function inceptionFeatures({ weights, checksum, numStates, batchSize = 8 }: InceptionFeaturesOptions): FeatureExtractor {
  const caller = 'inceptionFeatures';
  if (typeof checksum !== 'string' || !/^[0-9a-f]{64}$/.test(checksum)) {
    const came = typeof checksum === 'string' ? quoted(checksum) : String(checksum);
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: checksum is ${came}, expected the SHA-256 of the file in 64 lower-case hexadecimal digits`,
    );
  }
  assertInteger(caller, 'numStates', numStates, 2);
  assertInteger(caller, 'batchSize', batchSize, 1);
  assertEngine(caller);
  assertInceptionWeights(caller, weights);

  const layers = inceptionLayout();
  const convolutions = new Map(namesOf(layers).map((name): [string, FoldedConvolution] => [name, foldedConvolution(weights, name)]));
  const classes = keep(tensor2d(weights['fc.weight']!.data.slice(), [numInceptionClasses, numInceptionFeatures]));
  let disposed = false;

  /** `[B, 2048]` and `[B, 1008]`, which the caller disposes. */
  const forward = (states: Int32Array, shape: ImageShape): [Tensor2D, Tensor2D] =>
    tidy(() => {
      const last = runLayers(inceptionImages(states, { shape, numStates }), layers, convolutions);
      const features = mean(last, [1, 2]) as Tensor2D;
      return [features, logSoftmax(matMul(features, classes, false, true))];
    });

  return {
    id: 'inception-2015-12-05/pool3',
    checksum,
    numFeatures: numInceptionFeatures,
    numClasses: numInceptionClasses,
    extract: async (samples) => {
      assertImages(samples, numStates);
      const [numImages, ...image] = samples.shape as ImageShape;
      const size = image[0] * image[1] * image[2];
      const features = new Float32Array(numImages * numInceptionFeatures);
      const classLogProbs = new Float32Array(numImages * numInceptionClasses);
      const turn = turnsOfEventLoop();
      for (let from = 0; from < numImages; from += batchSize) {
        if (disposed) throw new D3pmError('INVALID_OPTIONS', `${caller}.extract: the extractor is disposed; make another`);
        const to = Math.min(from + batchSize, numImages);
        const extracted = await read(forward(samples.values.subarray(from * size, to * size), [to - from, ...image]));
        features.set(extracted.features, from * numInceptionFeatures);
        classLogProbs.set(extracted.classLogProbs, from * numInceptionClasses);
        await turn();
      }
      return { features, classLogProbs };
    },
    dispose: () => {
      disposed = true;
      for (const { filter, bias } of convolutions.values()) {
        filter.dispose();
        bias.dispose();
      }
      classes.dispose();
    },
  };
}

type ImageShape = readonly [number, number, number, number];

function namesOf(layers: readonly InceptionLayer[]): readonly string[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'branches') return layer.branches.flatMap(namesOf);
    return layer.kind === 'convolution' ? [layer.name] : [];
  });
}

function assertImages(samples: States, numStates: number): void {
  const { shape } = samples;
  if (shape.length !== 4 || shape[1]! < 1 || shape[2]! < 1 || (shape[3] !== 1 && shape[3] !== 3)) {
    throw new D3pmError(
      'SHAPE',
      `inceptionFeatures.extract: samples have shape [${shape.join(', ')}], expected images [batch, height, width, channels] with 1 channel or 3`,
    );
  }
  assertStateRange('inceptionFeatures.extract', 'samples', samples, numStates);
}

async function read([features, classLogProbs]: [Tensor2D, Tensor2D]): Promise<Required<ExtractedFeatures>> {
  try {
    return { features: await features.data<'float32'>(), classLogProbs: await classLogProbs.data<'float32'>() };
  } finally {
    features.dispose();
    classLogProbs.dispose();
  }
}
