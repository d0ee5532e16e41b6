import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { assertInteger, D3pmError, quoted } from '@d3pm/core';
import type { ImageSplits } from '../../image-dataset.ts';
import { explainReadError } from '../explain-read-error.ts';
import { withinFile } from '../within-file.ts';
import { cropCentre, type CropSize } from './crop-centre.ts';
import { assertColour, decodeImage, type DecodedImage, type DecodeImageOptions } from './decode-image.ts';
import { imageFiles } from './image-files.ts';
import { imageSplits } from './image-splits.ts';
import { toChannels } from './to-channels.ts';

export interface ReadImageFolderOptions extends Pick<DecodeImageOptions, 'background' | 'maxPixels'> {
  /** The folder. Every .png, .jpg and .jpeg in it and below is read, links followed; other files, and what begins with a dot, are not. */
  readonly path: string;
  /** K, levels of a pixel: see `quantizeLevels`. @defaultValue 256 */
  readonly levels?: number;
  /** 1: colour becomes luma of Rec. 601, rounded. 3: grey is put into all three. @defaultValue 3 */
  readonly channels?: 1 | 3;
  /** The middle of each image, of this size; the odd pixel is left out at the bottom and right. @defaultValue all of it */
  readonly crop?: CropSize;
  /** Of the images in the order of their names, number n − 1, 2n − 1, … are the test split. @defaultValue 10 */
  readonly testEvery?: number;
  /** `horizontal`: training examples are mirrored with probability ½; test examples never. @defaultValue 'none' */
  readonly flips?: 'horizontal' | 'none';
  /** Stands before the name of the split in reports. @defaultValue 'image-folder' */
  readonly name?: string;
}

interface Size {
  readonly name: string;
  readonly height: number;
  readonly width: number;
}

/**
 * A folder of PNG and JPEG files of one size as `train` and `test`, examples `[height, width, channels]`, ordered by the code units of their
 * relative names. How they are decoded: see {@link decodeImage}.
 *
 * @throws {D3pmError} `INVALID_DATA`, with the path, for a folder that is missing or has too few images, a file that is damaged or of
 * another format, images of two sizes (both named), one smaller than `crop`, more pixels than fit into memory; `INVALID_OPTIONS`
 */
export async function readImageFolder(options: ReadImageFolderOptions): Promise<ImageSplits> {
  const { path, levels = 256, channels = 3, crop, testEvery = 10, flips = 'none', name = 'image-folder', ...decoding } = options;
  assertInteger('readImageFolder', 'levels', levels, 2, 256);
  assertInteger('readImageFolder', 'testEvery', testEvery, 2);
  assertColour('readImageFolder', decoding.background);
  if (channels !== 1 && channels !== 3)
    throw new D3pmError('INVALID_OPTIONS', `readImageFolder: channels is ${String(channels)}, expected 1 or 3`);
  if (crop !== undefined) {
    assertInteger('readImageFolder', 'crop.height', crop.height, 1);
    assertInteger('readImageFolder', 'crop.width', crop.width, 1);
  }
  const files = await imageFiles('readImageFolder', path);
  if (files.length < testEvery) {
    throw new D3pmError(
      'INVALID_DATA',
      `readImageFolder: ${quoted(path)} has ${files.length} images; one in testEvery = ${testEvery} is for the test, so so many are needed`,
    );
  }
  const numTest = Math.floor(files.length / testEvery);
  let first: Size | undefined;
  let parts = { train: new Uint8Array(0), test: new Uint8Array(0) };
  for (const [index, file] of files.entries()) {
    const image = await readImage(join(path, file), { ...decoding, crop });
    const { height, width } = image;
    if (first === undefined) {
      first = { name: file, height, width };
      const allocate = (count: number): Uint8Array<ArrayBuffer> => allocateImages(path, [count, height, width, channels]);
      parts = { train: allocate(files.length - numTest), test: allocate(numTest) };
    }
    if (height !== first.height || width !== first.width) throw twoSizes(path, first, { name: file, height, width });
    const isTest = index % testEvery === testEvery - 1;
    const before = Math.floor(index / testEvery);
    (isTest ? parts.test : parts.train).set(toChannels(image, channels), (isTest ? before : index - before) * height * width * channels);
  }
  const { height, width } = first!;
  const shape = (count: number): readonly number[] => [count, height, width, channels];
  return imageSplits(
    { train: { data: parts.train, shape: shape(files.length - numTest) }, test: { data: parts.test, shape: shape(numTest) } },
    { name, levels, flips },
  );
}

async function readImage(
  path: string,
  { crop, ...decoding }: Pick<DecodeImageOptions, 'background' | 'maxPixels'> & { readonly crop: CropSize | undefined },
): Promise<DecodedImage> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw explainReadError('readImageFolder', path, cause);
  });
  return withinFile('readImageFolder', path, () => {
    const image = decodeImage(bytes, { fileName: basename(path), ...decoding });
    return crop === undefined ? image : cropCentre(image, crop);
  });
}

function allocateImages(path: string, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = shape.reduce((product, axis) => product * axis, 1);
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new D3pmError(
      'INVALID_DATA',
      `readImageFolder: ${quoted(path)} has images [${shape.join(', ')}], ${bytes} bytes, for which there is no memory; give a crop, or fewer`,
      { cause },
    );
  }
}

function twoSizes(path: string, a: Size, b: Size): D3pmError {
  const shown = ({ name, height, width }: Size): string => `${quoted(name)} has ${height} × ${width}`;
  return new D3pmError(
    'INVALID_DATA',
    `readImageFolder: the images in ${quoted(path)} have two sizes, height × width: ${shown(a)}, ${shown(b)}; give a crop that fits into all, or make them one size`,
  );
}
