import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { D3pmError, toTensor, type States } from '@d3pm/core';
import type { FeatureExtractor } from '@d3pm/eval';
import { cast, image, io, mul, reshape, slice, tidy, tile, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

/** The layer before its classes. */
const LAYER = 'average_pooling2d_10';
/** Height and width that it reads. */
const SIZE = 299;
/** Images of one pass, so that its memory has a bound. */
const AT_ONCE = 8;

/**
 * Features of the Inception v3 of npm `nsfwjs`, a network that was trained on photographs, fine-tuned to tell adult images, and rounded to
 * bytes: 2048 numbers an image. No other Inception comes with a package registry. Its classes mean nothing here, and its scores can be
 * compared with nothing but each other. Images are resized as `inceptionFeatures` does, to 0…1.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` where `nsfwjs` or `@tensorflow/tfjs-layers` is not installed
 */
export async function nsfwFeatures({ numStates }: { readonly numStates: number }): Promise<FeatureExtractor> {
  const { loadLayersModel, model: layersModel } = await import('@tensorflow/tfjs-layers').catch(missing);
  const { artifacts, checksum } = readModel();
  const whole = await loadLayersModel(io.fromMemory(artifacts));
  const network = layersModel({ inputs: whole.inputs, outputs: whole.getLayer(LAYER).output });
  const numFeatures = network.outputs[0]!.shape.at(-1)!;
  return {
    id: `nsfw-inception-v3/${LAYER}`,
    checksum,
    numFeatures,
    extract: async (samples: States) => {
      const count = samples.shape[0]!;
      const features = new Float32Array(count * numFeatures);
      for (let first = 0; first < count; first += AT_ONCE) {
        const output = tidy(() => {
          const part = slice(toTensor(samples), [first, 0, 0, 0], [Math.min(AT_ONCE, count - first), -1, -1, -1]);
          return reshape(network.predict(asImages(part, numStates)) as Tensor, [-1]);
        });
        features.set(await output.data(), first * numFeatures);
        output.dispose();
      }
      return { features };
    },
    dispose: () => whole.dispose(),
  };
}

/** float32 `[B, 299, 299, 3]` of 0…1. */
function asImages(states: Tensor, numStates: number): Tensor {
  const scaled = mul(cast(states, 'float32'), 1 / (numStates - 1)) as Tensor4D;
  const coloured = scaled.shape[3] === 1 ? tile(scaled, [1, 1, 1, 3]) : scaled;
  return image.resizeBilinear(coloured, [SIZE, SIZE], false, true);
}

interface ModelFile {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: io.WeightsManifestEntry[] }[];
}

/** The package keeps its model as scripts, the weights in base64. */
function readModel(): { readonly artifacts: io.ModelArtifacts; readonly checksum: string } {
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = join(dirname(require.resolve('nsfwjs')), '..', 'models', 'inception_v3');
  } catch (cause) {
    return missing(cause);
  }
  const hash = createHash('sha256');
  const read = (name: string): unknown => {
    const path = join(folder, `${name}.min.js`);
    hash.update(readFileSync(path));
    return require(path) as unknown;
  };
  const { modelTopology, weightsManifest } = read('model') as ModelFile;
  const bytes = weightsManifest.flatMap(({ paths }) => paths.map((path) => Buffer.from(read(path) as string, 'base64')));
  const all = Buffer.concat(bytes);
  return {
    artifacts: {
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: all.buffer.slice(all.byteOffset, all.byteOffset + all.length),
    },
    checksum: hash.digest('hex'),
  };
}

function missing(cause: unknown): never {
  throw new D3pmError(
    'INVALID_OPTIONS',
    'features: "nsfw" needs two packages that are not installed: npm install nsfwjs@4.3.0 @tensorflow/tfjs-layers@4.22.0',
    { cause },
  );
}
