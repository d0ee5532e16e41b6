import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '../../define-dataset.ts';
import { parseOptions, textRule } from '../../parse-options.ts';
import { flipsRule, levelsRule } from '../images/image-option-rules.ts';
import { readCifar10, type ReadCifar10Options } from './read-cifar10.ts';

/** What a config may say of {@link readCifar10}. */
export type Cifar10PluginOptions = Omit<ReadCifar10Options, 'download'>;

/** {@link readCifar10} by name, for configs: splits `train` and `test`. */
export const cifar10Plugin: DatasetPlugin<'cifar10', Cifar10PluginOptions> = /* @__PURE__ */ defineDataset({
  name: 'cifar10',
  parse: (options: unknown) =>
    parseOptions('cifar10', options, {
      path: textRule('the path of an archive or a folder', false),
      flips: flipsRule,
      levels: levelsRule,
    }) as Cifar10PluginOptions,
  load: async (options: Cifar10PluginOptions) => readCifar10(options),
});
