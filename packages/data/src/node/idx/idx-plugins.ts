import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '../../define-dataset.ts';
import { parseOptions, textRule } from '../../parse-options.ts';
import { flipsRule, levelsRule } from '../images/image-option-rules.ts';
import type { KnownFileSetName } from '../download/known-downloads.ts';
import { readIdxImages, type ReadIdxImagesOptions } from './read-idx-images.ts';

/** What a config may say of {@link readIdxImages}. */
export type IdxPluginOptions = Omit<ReadIdxImagesOptions, 'download' | 'name'>;

const idxPlugin = <N extends KnownFileSetName>(name: N): DatasetPlugin<N, IdxPluginOptions> =>
  defineDataset({
    name,
    parse: (options: unknown) =>
      parseOptions(name, options, {
        path: textRule('the path of a folder', false),
        flips: flipsRule,
        levels: levelsRule,
      }) as IdxPluginOptions,
    load: async (options: IdxPluginOptions) => readIdxImages({ ...options, name }),
  });

/** MNIST by {@link readIdxImages}, by name, for configs: splits `train` and `test`. */
export const mnistPlugin: DatasetPlugin<'mnist', IdxPluginOptions> = /* @__PURE__ */ idxPlugin('mnist');

/** Fashion-MNIST by {@link readIdxImages}, by name, for configs: splits `train` and `test`. */
export const fashionMnistPlugin: DatasetPlugin<'fashion-mnist', IdxPluginOptions> = /* @__PURE__ */ idxPlugin('fashion-mnist');
