import type { Tensor } from '@tensorflow/tfjs-core';
import { absorbingStepWeight, denoiserLogits, drawFromLogProbs, positionsOf, toTensor, type States } from '@d3pm/core';
import { argmaxOfLogProbs, impossibleRow, type DrawnStep, type DrawStepInput } from './draw-step.ts';
import { readRows } from './read-rows.ts';

/**
 * A step of an absorbing process with an extra mask, in two stages: a masked position is unmasked
 * with probability r(s,t) = (ᾱ_s − ᾱ_t)/(1 − ᾱ_t), and then drawn from f; every other position stays.
 *
 * When a mask lifts does not depend on f, so it is decided first, in float64: a probability of 10⁻⁵
 * is one in 10⁵, and only rows in which a mask lifts reach the network.
 */
export async function drawUnmasked({ transition, denoiser, states, s, t, decision, rng, firstExample }: DrawStepInput): Promise<DrawnStep> {
  const K = transition.numStates;
  const { maskState } = transition.absorbing!;
  const positions = positionsOf(states);
  const rate = absorbingStepWeight(transition, s, t);
  const rows: number[] = [];
  const lifted: number[] = [];
  for (let b = 0; b < states.shape[0]!; b++) {
    const stream = rng.split(firstExample + b);
    const before = lifted.length;
    for (let n = 0; n < positions; n++) {
      if (states.values[b * positions + n] === maskState && stream.float64(2 * n) < rate) lifted.push(rows.length * positions + n);
    }
    if (lifted.length > before) rows.push(b);
  }
  if (rows.length === 0) return { states, networkCalls: 0 };

  const xt = toTensor(rowsOf(states, rows));
  let logits: Tensor | undefined;
  let logProbs: Float32Array;
  try {
    logits = denoiserLogits('ancestralSampler', denoiser, xt, t);
    logProbs = await readRows(logits, lifted);
  } finally {
    xt.dispose();
    logits?.dispose();
  }
  const values = states.values.slice();
  lifted.forEach((index, i) => {
    const [b, n] = [rows[Math.floor(index / positions)]!, index % positions];
    logProbs[i * K + maskState] = -Infinity;
    const state =
      decision === 'argmax'
        ? argmaxOfLogProbs(logProbs, i * K, K)
        : drawFromLogProbs(logProbs, i * K, K, rng.split(firstExample + b).float64(2 * n + 1));
    if (state < 0) throw impossibleRow(firstExample + b, n, t);
    values[b * positions + n] = state;
  });
  return { states: { values, shape: states.shape }, networkCalls: 1 };
}

function rowsOf({ values, shape }: States, rows: readonly number[]): States {
  if (rows.length === shape[0]) return { values, shape };
  const positions = positionsOf({ shape });
  const kept = new Int32Array(rows.length * positions);
  rows.forEach((b, i) => kept.set(values.subarray(b * positions, (b + 1) * positions), i * positions));
  return { values: kept, shape: [rows.length, ...shape.slice(1)] };
}
