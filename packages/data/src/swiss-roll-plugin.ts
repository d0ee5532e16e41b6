import { createRng, type DatasetPlugin } from '@d3pm/core';
import { defineDataset } from './define-dataset.ts';
import { integerFrom, parseOptions } from './parse-options.ts';
import { swissRoll } from './swiss-roll.ts';

export interface SwissRollPluginOptions {
  /** Number of points of the training split; the test split has a tenth, at least one. */
  readonly size: number;
  /** K, bins an axis. */
  readonly numStates: number;
  readonly noise?: number;
  readonly seed: number;
}

/** {@link swissRoll} by name, for configs: splits `train` and `test`, of independent points. */
export const swissRollPlugin: DatasetPlugin<'swiss-roll', SwissRollPluginOptions> = /* @__PURE__ */ defineDataset({
  name: 'swiss-roll',
  parse: (options: unknown) =>
    parseOptions('swiss-roll', options, {
      size: integerFrom(1, true),
      numStates: integerFrom(2, true),
      noise: { expected: 'a number ≥ 0', required: false, accepts: (value) => typeof value === 'number' && value >= 0 },
      seed: integerFrom(0, true),
    }) as unknown as SwissRollPluginOptions,
  load: async ({ seed, size, ...roll }: SwissRollPluginOptions) => {
    const rng = createRng(seed);
    return {
      train: { ...swissRoll({ ...roll, size, rng: rng.split('train') }), name: 'swiss-roll/train' },
      test: { ...swissRoll({ ...roll, size: Math.ceil(size / 10), rng: rng.split('test') }), name: 'swiss-roll/test' },
    };
  },
});
