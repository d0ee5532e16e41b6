import { setTimeout } from 'node:timers/promises';
import type { Transition } from '@d3pm/core';
import type { Work } from '../work.ts';
import { gaussianChain, gaussianSizes } from './gaussian.ts';

const make = (): Transition => {
  const transition = gaussianChain();
  transition.toDense(0, gaussianSizes.numSteps);
  return transition;
};

export const cumulativeProducts: Work = {
  name: 'cumulative-products',
  title: 'All cumulative products Q̄_1 … Q̄_T, Gaussian K 256, T 1000',
  engines: ['native'],
  peers: ['numpy'],
  goals: [
    { kind: 'seconds', atMost: 0.9 },
    { kind: 'keptBytes', atMost: 135e6 },
  ],
  slow: true,
  prepare: async () => ({ facts: { keptBytes: await keptBytes(make) }, run: () => make().dispose() }),
};

/** Bytes of typed arrays that outlive what made them. Unknown, NaN, unless node has `--expose-gc`. */
async function keptBytes(work: () => Transition): Promise<number> {
  const before = await arrayBytes();
  const made = work();
  const bytes = (await arrayBytes()) - before;
  made.dispose();
  return bytes;
}

async function arrayBytes(): Promise<number> {
  if (!globalThis.gc) return NaN;
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await setTimeout(50);
  }
  return process.memoryUsage().arrayBuffers;
}
