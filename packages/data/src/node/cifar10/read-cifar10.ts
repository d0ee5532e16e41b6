import { assertInteger, D3pmError, quoted } from '@d3pm/core';
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

/** Images in a batch of CIFAR-10 itself. */
const FULL = 10_000;
const FOLDER = 'cifar-10-batches-bin';
const TRAIN = [1, 2, 3, 4, 5].map((number) => `${FOLDER}/data_batch_${number}.bin`);
const TEST = [`${FOLDER}/test_batch.bin`];

/**
 * CIFAR-10, or what is stored in its format (`encodeCifar10`), as `train` and `test` with examples `[32, 32, 3]` and labels 0…9: 50,000
 * and 10,000 in CIFAR-10 itself, else as many as the files have: those of training have equally many, the last perhaps fewer. No connection is made.
 *
 * @throws {D3pmError} `INVALID_DATA`, with the path, for a file that is missing, damaged, of another format, or shorter than
 * those beside it; `DOWNLOAD` without a path,
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
  assertEven(source, batches);
  const joined = (names: readonly string[]): LabelledImages => {
    const parts = names.map((name) => batches.get(name)!);
    const labels = concatBytes(parts.map(({ labels }) => labels));
    return { data: concatBytes(parts.map(({ images }) => images)), labels, shape: [labels.length, 32, 32, 3] };
  };
  return imageSplits({ train: joined(TRAIN), test: joined(TEST) }, { name: 'cifar10', levels, flips });
}

/** A batch that was cut at the end of a record is told by those beside it, which are longer. */
function assertEven(source: string, batches: ReadonlyMap<string, Cifar10>): void {
  const counts = TRAIN.map((name) => batches.get(name)!.labels.length);
  const most = Math.max(...counts);
  // Of a stand-in the last may be shorter.
  const even = most === FULL ? counts : counts.slice(0, -1);
  const short = even.findIndex((count) => count < most);
  if (short === -1) return;
  throw new D3pmError(
    'INVALID_DATA',
    `readCifar10: ${quoted(source)}: ${quoted(TRAIN[short]!)} has ${counts[short]} images where another file of training has ${most}, as if it was cut off; get it again`,
  );
}
