import { tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { D3pmError } from './errors.ts';
import type { Rng } from './rng.ts';
import { hasFused, runFused } from './run-fused.ts';
import type { States } from './states.ts';

/** A class so far below the largest adds to no sum of fewer than 10¹⁰ what a uniform number of 53 bits could tell: it is left out. */
const NEGLIGIBLE = -60;

/**
 * Draws from one row of unnormalised log-probabilities by inversion, in float64.
 *
 * Exact to 2⁻⁵³: unlike the Gumbel trick on float32 uniforms, an event of probability 10⁻⁹ happens
 * once in 10⁹ draws, and a class of probability 0 never does.
 *
 * @param offset First class of the row in `logProbs`.
 * @param uniform On [0, 1).
 * @returns The class, 0…K−1, or −1 when every class is impossible or one is NaN.
 */
export function drawFromLogProbs(logProbs: ArrayLike<number>, offset: number, numStates: number, uniform: number): number {
  let top = -Infinity;
  for (let k = 0; k < numStates; k++) top = Math.max(top, logProbs[offset + k]!);
  if (!Number.isFinite(top)) return -1;
  let total = 0;
  for (let k = 0; k < numStates; k++) {
    const below = logProbs[offset + k]! - top;
    if (below >= NEGLIGIBLE) total += Math.exp(below);
  }
  let remaining = uniform * total;
  let last = -1;
  for (let k = 0; k < numStates; k++) {
    const below = logProbs[offset + k]! - top;
    if (below < NEGLIGIBLE) continue;
    const weight = Math.exp(below);
    if (remaining < weight) return k;
    remaining -= weight;
    last = k;
  }
  return last;
}

/** Draws from one row of unnormalised probabilities by inversion; see {@link drawFromLogProbs}. */
export function drawFromProbs(probs: ArrayLike<number>, offset: number, numStates: number, uniform: number): number {
  let total = 0;
  for (let k = 0; k < numStates; k++) total += probs[offset + k]!;
  if (!(total > 0 && total < Infinity)) return -1;
  let remaining = uniform * total;
  let last = -1;
  for (let k = 0; k < numStates; k++) {
    const weight = probs[offset + k]!;
    if (weight === 0) continue;
    if (remaining < weight) return k;
    remaining -= weight;
    last = k;
  }
  return last;
}

/**
 * One state per position, x ~ Cat(exp(logProbs)), drawn by the processor in float64.
 *
 * Example b uses the stream `rng.split(firstExample + b)` and position n its number n, so the
 * draws depend on the seed and on nothing else: not on the batch size, not on the engine.
 *
 * @param logProbs float32 `[B, …N, K]`, need not be normalised; still the caller's.
 * @throws {D3pmError} `NON_FINITE` when a row has NaN or no possible class, naming example and position.
 */
export async function sampleCategorical(
  logProbs: Tensor,
  rng: Rng,
  { firstExample = 0 }: { readonly firstExample?: number } = {},
): Promise<States> {
  const numStates = logProbs.shape.at(-1)!;
  const shape = logProbs.shape.slice(0, -1);
  const positions = shape.slice(1).reduce((product, size) => product * size, 1);
  const uniforms = new Float64Array(shape[0]! * positions);
  for (let b = 0; b < shape[0]!; b++) {
    const stream = rng.split(firstExample + b);
    for (let n = 0; n < positions; n++) uniforms[b * positions + n] = stream.float64(n);
  }
  const values = await drawRows(logProbs, uniforms);
  const wrong = values.indexOf(-1);
  if (wrong >= 0) {
    throw new D3pmError(
      'NON_FINITE',
      `sampleCategorical: example ${firstExample + Math.floor(wrong / positions)}, position ${wrong % positions} has NaN or no possible class among its ${numStates} log-probabilities`,
    );
  }
  return { values, shape };
}

/** {@link drawFromLogProbs} of every row; where the engine computes on this processor, in its threads and without a copy of the rows. */
async function drawRows(logProbs: Tensor, uniforms: Float64Array): Promise<Int32Array> {
  if (hasFused('D3pmDrawRows')) {
    const halves = new Int32Array(uniforms.buffer);
    const [state] = tidy(
      () => runFused('D3pmDrawRows', { x: logProbs, uniform: tensor2d(halves, [uniforms.length, 2], 'int32') }) as [Tensor],
    );
    try {
      return Int32Array.from(await state.data<'float32'>());
    } finally {
      state.dispose();
    }
  }
  const rows = await logProbs.data<'float32'>();
  const numStates = logProbs.shape.at(-1)!;
  return Int32Array.from(uniforms, (uniform, i) => drawFromLogProbs(rows, i * numStates, numStates, uniform));
}
