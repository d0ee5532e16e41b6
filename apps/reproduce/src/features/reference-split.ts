import { D3pmError, type Dataset } from '@d3pm/core';
import { imageDataset, type ImageSplit } from '@d3pm/data';
import type { ReferenceName } from '../choices.ts';

/**
 * A split as it is: its images are not mirrored, which those of training are at random where a model learns from them.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` where there is none of that name
 */
export function referenceSplit(
  splits: Readonly<Partial<Record<ReferenceName, Dataset | undefined>>>,
  name: ReferenceName,
  { name: data }: { readonly name: string },
): Dataset {
  const split = splits[name];
  if (!split) throw new D3pmError('INVALID_OPTIONS', `${data} has no ${name} split to compare with`);
  return isImageSplit(split) ? unmirrored(split) : split;
}

const isImageSplit = (split: Dataset): split is ImageSplit => 'images' in split && split.images instanceof Uint8Array;

function unmirrored({ name, numStates, size, exampleShape, images, labels }: ImageSplit): ImageSplit {
  return imageDataset({ data: images, shape: [size, ...exampleShape], ...(labels && { labels }) }, { name, numStates, flips: 'none' });
}
