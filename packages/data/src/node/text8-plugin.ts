import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '../define-dataset.ts';
import { integerFrom, parseOptions, textRule } from '../parse-options.ts';
import { readText8, type ReadText8Options } from './read-text8.ts';

/** {@link readText8} by name, for configs: splits `train`, `valid` and `test` of a local file, or without a `path` of what `d3pm download text8` keeps; no `valid` where its share is 0. */
export const text8Plugin: DatasetPlugin<'text8', ReadText8Options> = /* @__PURE__ */ defineDataset({
  name: 'text8',
  parse: (options: unknown) =>
    parseOptions('text8', options, {
      path: textRule('the path of a file', false),
      length: integerFrom(1, true),
      splits: {
        expected: '{ unit: "characters" | "fractions", train, valid, test }',
        required: false,
        accepts: isSplits,
      },
      crops: { expected: '"window" or "anywhere"', required: false, accepts: (value) => value === 'window' || value === 'anywhere' },
      name: textRule('a text', false),
    }) as unknown as ReadText8Options,
  load: async (options: ReadText8Options) => {
    const { valid, ...splits } = await readText8(options);
    return valid.size === 0 ? splits : { ...splits, valid };
  },
});

function isSplits(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { unit, ...sizes } = value as Readonly<Record<string, unknown>>;
  return (
    (unit === 'characters' || unit === 'fractions') &&
    ['train', 'valid', 'test'].every((part) => typeof sizes[part] === 'number') &&
    Object.keys(sizes).length === 3
  );
}
