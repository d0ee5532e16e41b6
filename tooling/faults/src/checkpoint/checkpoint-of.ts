import { createRng } from '@d3pm/core';
import type { HostTensor } from '@d3pm/train';
import type { CheckpointContent } from '@d3pm/train/node';

/** A small checkpoint that is a function of its step. */
export function checkpointOf(step: number, size = 16): CheckpointContent {
  const rng = createRng(step);
  const tensor = (name: string): HostTensor => ({
    dtype: 'F32',
    shape: [size],
    data: Float32Array.from(rng.split(name).float64s(size)),
  });
  return {
    step,
    tensors: { model: { w: tensor('w') }, ema: { w: tensor('ema') }, optimizer: { 'moment1/w': tensor('m1'), 'moment2/w': tensor('m2') } },
    state: { step, position: [step, 0] },
    config: { seed: 1 },
    score: 1 / (1 + step),
  };
}
