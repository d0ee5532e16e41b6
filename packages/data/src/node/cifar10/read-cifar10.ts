import { assertInteger } from '@d3pm/core';
import { concatBytes } from '../../concat-bytes.ts';
import { decodeCifar10, type Cifar10 } from '../../formats/decode-cifar10.ts';
import type { ImageSplits, LabelledImages } from '../../image-dataset.ts';
import { keptDownload } from '../download/kept-download.ts';
import { knownDownloads, type KnownDownload } from '../download/known-downloads.ts';
import { imageSplits } from '../images/image-splits.ts';
import { withinFile } from '../within-file.ts';
import { cifar10Files } from './cifar10-files.ts';

export interface ReadCifar10Options {
  /** `cifar-10-binary.tar.gz`, or a folder with its six .bin files. @defaultValue what `d3pm download cifar10` has put into the cache folder */
  readonly path?: string;
  /** `horizontal`: training examples are mirrored with probability ½, as in the paper; test examples never. @defaultValue 'horizontal' */
  readonly flips?: 'horizontal' | 'none';
  /** K, levels of a pixel: see `quantizeLevels`. @defaultValue 256 */
  readonly levels?: number;
  /** What is read without a `path`. @defaultValue knownDownloads.cifar10 */
  readonly download?: KnownDownload;
}

const FOLDER = 'cifar-10-batches-bin';
const TRAIN = [1, 2, 3, 4, 5].map((number) => `${FOLDER}/data_batch_${number}.bin`);
const TEST = [`${FOLDER}/test_batch.bin`];

/**
 * CIFAR-10, or what is stored in its format (`encodeCifar10`), as `train` and `test` with examples `[32, 32, 3]` and labels 0…9: 50,000
 * and 10,000 in CIFAR-10 itself, else as many as the files have. No connection is made.
 *
 * @throws {D3pmError} `INVALID_DATA`, with the path, for a file that is missing, damaged or of another format; `DOWNLOAD` without a path,
 * when CIFAR-10 has not been fetched; `INVALID_OPTIONS`
 */
export async function readCifar10({
  path,
  flips = 'horizontal',
  levels = 256,
  download = knownDownloads.cifar10,
}: ReadCifar10Options = {}): Promise<ImageSplits> {
  assertInteger('readCifar10', 'levels', levels, 2, 256);
  const source = path ?? (await keptDownload('readCifar10', download));
  const batches = new Map<string, Cifar10>();
  for await (const { name, bytes } of cifar10Files(source, [...TRAIN, ...TEST])) {
    batches.set(name, await withinFile('readCifar10', source, () => decodeCifar10(bytes, { fileName: name })));
  }
  const joined = (names: readonly string[]): LabelledImages => {
    const parts = names.map((name) => batches.get(name)!);
    const labels = concatBytes(parts.map(({ labels }) => labels));
    return { data: concatBytes(parts.map(({ images }) => images)), labels, shape: [labels.length, 32, 32, 3] };
  };
  return imageSplits({ train: joined(TRAIN), test: joined(TEST) }, { name: 'cifar10', levels, flips });
}
