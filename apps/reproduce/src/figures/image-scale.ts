import type { States } from '@d3pm/core';

/** Pixels that an image should have each way for an eye to see it. */
const SEEN = 64;

/** How many times larger images `[n, height, width, channels]` are shown: a whole number, and small ones are about 64 pixels then. */
export function imageScale({ shape }: Pick<States, 'shape'>): number {
  return Math.max(1, Math.round(SEEN / Math.max(shape[1]!, shape[2]!)));
}
