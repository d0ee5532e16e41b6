import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '../../define-dataset.ts';
import { integerFrom, parseOptions, textRule } from '../../parse-options.ts';
import { readLm1b, type ReadLm1bOptions } from './read-lm1b.ts';

/** What a config may say of {@link readLm1b}. */
export type Lm1bPluginOptions = Omit<ReadLm1bOptions, 'download' | 'onNotice'>;

/** {@link readLm1b} by name, for configs: splits `train` and `test`. Warnings go to the process. */
export const lm1bPlugin: DatasetPlugin<'lm1b', Lm1bPluginOptions> = /* @__PURE__ */ defineDataset({
  name: 'lm1b',
  parse: (options: unknown) =>
    parseOptions('lm1b', options, {
      modelPath: textRule('the path of a SentencePiece model', false),
      length: integerFrom(1, true),
      path: textRule('the path of an archive or a folder', false),
      files: { expected: '{ train, test } and maybe valid, the paths of texts', required: false, accepts: isFiles },
      trainShards: integerFrom(1, false),
      testShards: integerFrom(1, false),
      delimit: { expected: 'true or false', required: false, accepts: (value) => typeof value === 'boolean' },
      remainder: { expected: '"drop" or "pad"', required: false, accepts: (value) => value === 'drop' || value === 'pad' },
      numPieces: integerFrom(1, false),
      maskId: integerFrom(0, false),
      cacheFolder: textRule('the path of a folder', false),
    }) as unknown as Lm1bPluginOptions,
  load: async (options: Lm1bPluginOptions) =>
    readLm1b({ ...options, onNotice: (notice) => notice.startsWith('warning: ') && process.emitWarning(notice.slice('warning: '.length)) }),
});

function isFiles(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { train, test, valid, ...rest } = value as Readonly<Record<string, unknown>>;
  const isText = (path: unknown): boolean => typeof path === 'string' && path !== '';
  return isText(train) && isText(test) && (valid === undefined || isText(valid)) && Object.keys(rest).length === 0;
}
