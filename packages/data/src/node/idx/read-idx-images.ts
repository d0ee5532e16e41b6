import { assertInteger, D3pmError, quoted } from '@d3pm/core';
import type { ImageSplits, LabelledImages } from '../../image-dataset.ts';
import type { KnownFileSet } from '../download/known-downloads.ts';
import { imageSplits } from '../images/image-splits.ts';
import { idxFolder } from './idx-folder.ts';
import { readIdxFile } from './read-idx-file.ts';

export interface ReadIdxImagesOptions {
  /** Stands before the name of the split in reports, and says what is read without a `path`: `mnist` or `fashion-mnist`. */
  readonly name: string;
  /**
   * The folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each as
   * it is or with `.gz`.
   *
   * @defaultValue what `d3pm download` has put into the cache folder; for Fashion-MNIST then `datasets/fashion-mnist` in `XDG_DATA_DIRS`, where
   * Debian's package has it
   */
  readonly path?: string;
  /** `horizontal`: training examples are mirrored with probability ½; test examples never. @defaultValue 'none' */
  readonly flips?: 'horizontal' | 'none';
  /** K, levels of grey: see `quantizeLevels`. @defaultValue 256 */
  readonly levels?: number;
  /** What is read without a `path`. @defaultValue that of `knownDownloads` with this name */
  readonly download?: KnownFileSet;
}

/**
 * MNIST, Fashion-MNIST, or any images in the four files of MNIST, as `train` and `test` with examples `[height, width, 1]` and labels 0…9.
 * No connection is made.
 *
 * @throws {D3pmError} `INVALID_DATA`, with the path, for a file that is missing, damaged, of another rank or dtype, or that has another count
 * than its labels; `DOWNLOAD` without a path, when the files are nowhere; `INVALID_OPTIONS`
 */
export async function readIdxImages({ name, path, flips = 'none', levels = 256, download }: ReadIdxImagesOptions): Promise<ImageSplits> {
  assertInteger('readIdxImages', 'levels', levels, 2, 256);
  const folder = path ?? (await idxFolder('readIdxImages', name, download));
  const [train, test] = [await readPart(folder, 'train'), await readPart(folder, 't10k')];
  const [[, height, width], [, testHeight, testWidth]] = [train.shape, test.shape];
  if (height !== testHeight || width !== testWidth) {
    throw new D3pmError(
      'INVALID_DATA',
      `readIdxImages: ${quoted(folder)} has images of ${height} × ${width} to train on and of ${testHeight} × ${testWidth} to test`,
    );
  }
  return imageSplits({ train, test }, { name, levels, flips });
}

async function readPart(folder: string, prefix: 't10k' | 'train'): Promise<LabelledImages> {
  const images = await readIdxFile('readIdxImages', folder, { name: `${prefix}-images-idx3-ubyte`, rank: 3 });
  const labels = await readIdxFile('readIdxImages', folder, { name: `${prefix}-labels-idx1-ubyte`, rank: 1 });
  if (images.shape[0] !== labels.shape[0]) {
    throw new D3pmError(
      'INVALID_DATA',
      `readIdxImages: ${quoted(images.path)} has ${images.shape[0]} images, ${quoted(labels.path)} ${labels.shape[0]} labels`,
    );
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong !== -1) {
    throw new D3pmError('INVALID_DATA', `readIdxImages: ${quoted(labels.path)}: label ${wrong} is ${labels.data[wrong]}, expected 0…9`);
  }
  return { data: images.data, shape: [...images.shape, 1], labels: labels.data };
}
