import { positionsOf, sampleCategorical, toTensor, type States } from '@d3pm/core';
import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { argmaxOfLogProbs, impossibleRow, type DrawStepInput } from './draw-step.ts';

/** A step of any reverse process: log p_θ(x_s | x_t) on the engine, the draw on the host in float64. */
export async function drawReverse(input: DrawStepInput): Promise<States> {
  const { transition, network, reverse, held, states, s, t, decision, rng, firstExample } = input;
  const xt = toTensor(states);
  let logProbs: Tensor | undefined;
  try {
    const logits = network.logits(states, t);
    logProbs = tidy(() => {
      const law = reverse.logProbs(transition, { logits, xt, s, t });
      return held ? held.hold(law) : law;
    });
    return decision === 'argmax' ? await modes(logProbs, input) : await sampleCategorical(logProbs, rng, { firstExample });
  } finally {
    xt.dispose();
    logProbs?.dispose();
  }
}

async function modes(logProbs: Tensor, { caller, t, firstExample }: DrawStepInput): Promise<States> {
  const K = logProbs.shape.at(-1)!;
  const shape = logProbs.shape.slice(0, -1);
  const positions = positionsOf({ shape });
  const rows = await logProbs.data<'float32'>();
  const values = Int32Array.from({ length: rows.length / K }, (_, i) => {
    const state = argmaxOfLogProbs(rows, i * K, K);
    if (state < 0) throw impossibleRow(caller, firstExample + Math.floor(i / positions), i % positions, t);
    return state;
  });
  return { values, shape };
}
