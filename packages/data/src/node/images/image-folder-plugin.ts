import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '../../define-dataset.ts';
import { integerFrom, parseOptions, textRule } from '../../parse-options.ts';
import { isColour } from './decode-image.ts';
import { flipsRule, levelsRule } from './image-option-rules.ts';
import { readImageFolder, type ReadImageFolderOptions } from './read-image-folder.ts';

/** {@link readImageFolder} by name, for configs: splits `train` and `test`. */
export const imageFolderPlugin: DatasetPlugin<'image-folder', ReadImageFolderOptions> = /* @__PURE__ */ defineDataset({
  name: 'image-folder',
  parse: (options: unknown) =>
    parseOptions('image-folder', options, {
      path: textRule('the path of a folder', true),
      levels: levelsRule,
      channels: { expected: '1 or 3', required: false, accepts: (value) => value === 1 || value === 3 },
      crop: { expected: '{ height, width }', required: false, accepts: isCropSize },
      testEvery: integerFrom(2, false),
      flips: flipsRule,
      name: textRule('a text', false),
      background: { expected: '[red, green, blue], each 0…255', required: false, accepts: isColour },
      maxPixels: integerFrom(1, false),
    }) as unknown as ReadImageFolderOptions,
  load: readImageFolder,
});

function isCropSize(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { height, width, ...rest } = value as Readonly<Record<string, unknown>>;
  return [height, width].every((side) => Number.isInteger(side) && (side as number) >= 1) && Object.keys(rest).length === 0;
}
