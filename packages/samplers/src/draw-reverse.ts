import { denoiserLogits, positionsOf, sampleCategorical, toTensor, type States } from '@d3pm/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { argmaxOfLogProbs, impossibleRow, type DrawnStep, type DrawStepInput } from './draw-step.ts';

/** A step of any reverse process: log p_θ(x_s | x_t) on the engine, the draw on the host in float64. */
export async function drawReverse({
  transition,
  denoiser,
  reverse,
  states,
  s,
  t,
  decision,
  rng,
  firstExample,
}: DrawStepInput): Promise<DrawnStep> {
  const xt = toTensor(states);
  let logits: Tensor | undefined;
  let logProbs: Tensor | undefined;
  try {
    logits = denoiserLogits('ancestralSampler', denoiser, xt, t);
    logProbs = reverse.logProbs(transition, { logits, xt, s, t });
    const next = decision === 'argmax' ? await modes(logProbs, t, firstExample) : await sampleCategorical(logProbs, rng, { firstExample });
    return { states: next, networkCalls: 1 };
  } finally {
    xt.dispose();
    logits?.dispose();
    logProbs?.dispose();
  }
}

async function modes(logProbs: Tensor, t: number, firstExample: number): Promise<States> {
  const K = logProbs.shape.at(-1)!;
  const shape = logProbs.shape.slice(0, -1);
  const positions = positionsOf({ shape });
  const rows = await logProbs.data<'float32'>();
  const values = Int32Array.from({ length: rows.length / K }, (_, i) => {
    const state = argmaxOfLogProbs(rows, i * K, K);
    if (state < 0) throw impossibleRow(firstExample + Math.floor(i / positions), i % positions, t);
    return state;
  });
  return { values, shape };
}
