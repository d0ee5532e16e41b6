import type { HostTensor } from '@d3pm/train';
import type { CheckpointContent } from '@d3pm/train/node';

/** A small checkpoint, whose every file is a function of the step and the variant. */
export function contentOf(step: number, { variant = 0, score = 1 / (1 + step) } = {}): CheckpointContent {
  const tensor = (offset: number): HostTensor => ({
    dtype: 'F32',
    shape: [3],
    data: Float32Array.from({ length: 3 }, (_, i) => Math.fround(100 * step + 10 * variant + offset + i / 7)),
  });
  return {
    step,
    tensors: { model: { w: tensor(1) }, ema: { w: tensor(2) }, optimizer: { 'moment1/w': tensor(3), 'moment2/w': tensor(4) } },
    state: { variant, seen: [step, null, 'имя'] },
    config: { T: 10 },
    score,
  };
}
