import { imageDataset, type ImageDatasetOptions, type ImageSplit, type ImageSplits, type LabelledImages } from '../../image-dataset.ts';
import { quantizeLevels } from '../../quantize-levels.ts';

interface ImageSplitsOptions extends Required<Pick<ImageDatasetOptions, 'flips' | 'name'>> {
  readonly levels: number;
}

/** Bytes of images as splits of K levels, mirrored in train alone. */
export function imageSplits(
  { train, test }: { readonly train: LabelledImages; readonly test: LabelledImages },
  { name, levels, flips }: ImageSplitsOptions,
): ImageSplits {
  const split = (part: string, images: LabelledImages, flips: 'horizontal' | 'none'): ImageSplit =>
    imageDataset(levels === 256 ? images : { ...images, data: quantizeLevels(images.data, levels) }, {
      name: `${name}/${part}`,
      numStates: levels,
      flips,
    });
  return { train: split('train', train, flips), test: split('test', test, 'none') };
}
