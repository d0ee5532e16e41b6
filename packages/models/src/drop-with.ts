import type { ApplyOptions } from '@d3pm/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { dropout } from './dropout.ts';

/** Drops numbers at the place of a network that has this name. */
export type Drop = (x: Tensor, name: string) => Tensor;

/** Dropout as the options of a call ask for it; without a source or a rate, nothing is dropped. */
export function dropWith(rate: number, { rng, firstExample = 0 }: ApplyOptions): Drop {
  return rng === undefined || rate === 0 ? (x) => x : (x, name) => dropout(x, rate, { rng: rng.split(name), firstExample });
}
