import { readFile } from 'node:fs/promises';
import { D3pmError } from '@d3pm/core';
import { decodeNpy, imageDataset, type ImageSplit } from '@d3pm/data';
import { fixturePath } from '../fixture-path.ts';

/** Levels of grey. */
const NUM_STATES = 17;
/** One image in so many is held out. */
const PERIOD = 5;

export interface Digits extends Readonly<Record<string, ImageSplit>> {
  readonly train: ImageSplit;
  readonly test: ImageSplit;
}

/**
 * 1,797 handwritten digits of 8 × 8 in 17 levels, with labels (Alpaydin and Kaynak, UCI, 1998): for what has to take seconds. Every fifth is
 * held out; the same writers are in both parts.
 */
export async function digits(): Promise<Digits> {
  const read = async (name: string): Promise<{ readonly data: Uint8Array; readonly shape: readonly number[] }> => {
    const { data, shape } = decodeNpy(await readFile(fixturePath(name)), { fileName: name });
    if (!(data instanceof Uint8Array)) throw new D3pmError('INVALID_DATA', `digits: ${name} is not of uint8`);
    return { data, shape };
  };
  const [{ data, shape }, labels] = await Promise.all([read('digits.npy'), read('digits-labels.npy')]);
  const [count, height, width, channels] = shape as [number, number, number, number];
  const size = height * width * channels;
  const part = (name: string, isTest: boolean): ImageSplit => {
    const indices = Array.from({ length: count }, (_, i) => i).filter((i) => (i % PERIOD === PERIOD - 1) === isTest);
    const images = new Uint8Array(indices.length * size);
    indices.forEach((index, i) => images.set(data.subarray(index * size, (index + 1) * size), i * size));
    return imageDataset(
      { data: images, shape: [indices.length, height, width, channels], labels: Uint8Array.from(indices, (index) => labels.data[index]!) },
      { name: `digits/${name}`, numStates: NUM_STATES },
    );
  };
  return { train: part('train', false), test: part('test', true) };
}
