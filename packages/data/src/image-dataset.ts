import { assertInteger, D3pmError, type Dataset } from '@d3pm/core';

export interface LabelledImages {
  /** uint8 states `shape`, the last axis fastest: image, row, column, channel. Kept as it is, not copied. */
  readonly data: Uint8Array;
  /** `[n, height, width, channels]` */
  readonly shape: readonly number[];
  /** uint8 `[n]`, the class of each image. */
  readonly labels?: Uint8Array;
}

export interface ImageDatasetOptions {
  /** Names the data and the split in reports, for example `cifar10/train`. */
  readonly name: string;
  /** K, levels of a pixel. @defaultValue 256 */
  readonly numStates?: number;
  /** `horizontal`: each example is mirrored left to right with probability ½. For training splits. @defaultValue 'none' */
  readonly flips?: 'horizontal' | 'none';
}

/** Images of one size as examples `[height, width, channels]`. */
export interface ImageSplit extends Dataset {
  /** All of them, uint8 `[size, height, width, channels]`, never mirrored. */
  readonly images: Uint8Array;
  /** uint8 `[size]`, where the images have classes. */
  readonly labels?: Uint8Array;
}

/** What readers of images give. */
export interface ImageSplits extends Readonly<Record<string, Dataset>> {
  readonly train: ImageSplit;
  readonly test: ImageSplit;
}

/**
 * Images in memory as a data set of K states and examples `[height, width, channels]`.
 *
 * With `flips`, example i is mirrored when number i of the `rng` that it is read with is below ½.
 *
 * @throws {D3pmError} `SHAPE` when data or labels do not fit the shape, or an axis is 0; `STATE_RANGE` for a state above K−1, with its
 * place; `INVALID_OPTIONS` for data or labels that are no Uint8Array as well
 */
export function imageDataset({ data, shape, labels }: LabelledImages, options: ImageDatasetOptions): ImageSplit {
  const { name, numStates = 256, flips = 'none' } = options;
  assertInteger('imageDataset', 'numStates', numStates, 2, 256);
  if (flips !== 'horizontal' && flips !== 'none') {
    throw new D3pmError('INVALID_OPTIONS', `imageDataset: flips is ${JSON.stringify(flips)}, expected "horizontal" or "none"`);
  }
  assertBytes('data', data);
  if (labels !== undefined) assertBytes('labels', labels);
  const [size, height, width, channels] = fourAxes(shape);
  const positions = height * width * channels;
  if (data.length !== size * positions) {
    throw new D3pmError(
      'SHAPE',
      `imageDataset: data has ${data.length} values for shape [${shape.join(', ')}], expected ${size * positions}`,
    );
  }
  if (labels !== undefined && labels.length !== size) {
    throw new D3pmError('SHAPE', `imageDataset: there are ${labels.length} labels for ${size} images`);
  }
  const wrong = numStates === 256 ? -1 : data.findIndex((state) => state >= numStates);
  if (wrong !== -1) {
    const [image, pixel] = [Math.floor(wrong / positions), Math.floor((wrong % positions) / channels)];
    throw new D3pmError(
      'STATE_RANGE',
      `imageDataset: image ${image} has state ${data[wrong]} in row ${Math.floor(pixel / width)}, column ${pixel % width}, channel ${wrong % channels}, expected 0…${numStates - 1}; quantizeLevels takes bytes to K levels`,
    );
  }
  return {
    name,
    numStates,
    exampleShape: [height, width, channels],
    size,
    images: data,
    ...(labels !== undefined && { labels }),
    examples: (indices, rng) => {
      const values = new Int32Array(indices.length * positions);
      for (let b = 0; b < indices.length; b++) {
        const index = indices[b]!;
        assertInteger(name, `indices[${b}]`, index, 0, size - 1);
        const image = data.subarray(index * positions, (index + 1) * positions);
        if (flips === 'horizontal' && rng.float64(index) < 0.5) putMirrored(values, b * positions, image, width, channels);
        else values.set(image, b * positions);
      }
      return { values, shape: [indices.length, height, width, channels] };
    },
  };
}

function assertBytes(name: string, value: unknown): void {
  if (value instanceof Uint8Array) return;
  const came = Object.prototype.toString.call(value).slice('[object '.length, -1);
  throw new D3pmError('INVALID_OPTIONS', `imageDataset: ${name} is ${came}, expected a Uint8Array; quantizeLevels takes bytes to K levels`);
}

function putMirrored(values: Int32Array, offset: number, image: Uint8Array, width: number, channels: number): void {
  const rowLength = width * channels;
  for (let row = 0; row < image.length; row += rowLength) {
    for (let column = 0; column < width; column++) {
      const to = offset + row + column * channels;
      const from = row + (width - 1 - column) * channels;
      for (let channel = 0; channel < channels; channel++) values[to + channel] = image[from + channel]!;
    }
  }
}

function fourAxes(shape: readonly number[]): readonly [number, number, number, number] {
  if (shape.length !== 4 || shape.some((axis) => !Number.isSafeInteger(axis) || axis < 1)) {
    throw new D3pmError('SHAPE', `imageDataset: shape is [${shape.join(', ')}], expected [n, height, width, channels], each at least 1`);
  }
  return shape as unknown as readonly [number, number, number, number];
}
