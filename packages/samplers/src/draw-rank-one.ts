import {
  drawFromLogProbs,
  drawFromProbs,
  gatherClass,
  logSumExp,
  positionsOf,
  toTensor,
  type RankOne,
  type ReverseProcess,
  type States,
  type Transition,
} from '@d3pm/core';
import { stack, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { impossibleRow, type DrawStepInput } from './draw-step.ts';
import { readRows } from './read-rows.ts';

/** Whether {@link drawRankOne} can draw the steps of this pair. */
export function drawsRankOne({ rankOne, positions, extraMask }: Transition, { weights }: ReverseProcess): boolean {
  return rankOne !== undefined && positions === undefined && extraMask === undefined && weights !== undefined;
}

/**
 * A step of `Q(s→t) = α I + (1 − α) 1 πᵀ` to s ≥ 1 in two stages. With β = 1 − α and w as in {@link ReverseProcess.weights},
 *
 *     p_θ(x_s = j | x_t) ∝ (α [j = x_t] + β π_{x_t}) (ᾱ_s w_j + (1 − ᾱ_s) π_j Σ w)
 *
 * is a mixture of three: to stay, with weight α (ᾱ_s w_{x_t} + (1 − ᾱ_s) π_{x_t} Σ w); to draw from π, β π_{x_t} (1 − ᾱ_s) Σ w; to draw
 * from w, β π_{x_t} ᾱ_s Σ w. Which one is decided in float64 from two numbers a position, and the K of f are read where they are drawn from.
 *
 * The two are float32 logarithms, so that 1 − f(x_t) has an error of about 10⁻⁷: under the mixture, the probability of leaving a state in which f is
 * surer than that is right to its size only.
 */
export async function drawRankOne(input: DrawStepInput): Promise<States> {
  const { caller, transition, network, reverse, held, states, s, t, rng, firstExample } = input;
  const { target } = transition.rankOne!;
  const K = transition.numStates;
  const weightsOf = stepWeights(transition.rankOne!, reverse.weights!, s, t);
  const positions = positionsOf(states);
  const values = states.values.slice();
  const xt = toTensor(states);
  try {
    const logits = network.logits(states, t);
    const [current, total] = await readCurrent(logits, xt);
    const drawn: number[] = [];
    for (let b = 0, i = 0; b < states.shape[0]!; b++) {
      const stream = rng.split(firstExample + b);
      for (let n = 0; n < positions; n++, i++) {
        if (held && held.fixed(b, n) >= 0) continue;
        const prob = Math.exp(current[i]! - total[i]!);
        const { stay, noise, model } = weightsOf(states.values[i]!, prob);
        if (!(stay + noise + model > 0) || total[i] === -Infinity) {
          // f(x_t) may be too small for a float64, where x_t comes from itself alone.
          if (current[i]! > -Infinity && total[i]! < Infinity && weightsOf(states.values[i]!, 1).stay > 0) continue;
          throw impossibleRow(caller, firstExample + b, n, t);
        }
        const choice = stream.float64(2 * n) * (stay + noise + model);
        if (choice < stay) continue;
        if (choice < stay + noise) values[i] = drawFromProbs(target, 0, K, stream.float64(2 * n + 1));
        else drawn.push(i);
      }
    }
    if (drawn.length > 0) {
      const rows = await readRows(logits, drawn);
      drawn.forEach((i, row) => {
        const [b, n] = [Math.floor(i / positions), i % positions];
        rows[row * K + states.values[i]!]! += weightsOf(states.values[i]!, 0).logCurrent;
        const state = drawFromLogProbs(rows, row * K, K, rng.split(firstExample + b).float64(2 * n + 1));
        if (state < 0) throw impossibleRow(caller, firstExample + b, n, t);
        values[i] = state;
      });
    }
  } finally {
    xt.dispose();
  }
  return { values, shape: states.shape };
}

interface StepWeights {
  readonly stay: number;
  readonly noise: number;
  readonly model: number;
  /** log w / f of the class x_t, where that of every other one is 0. */
  readonly logCurrent: number;
}

/** The three weights for x_t and f(x_t), in float64; the mixture's w is scaled to be f but for x_t. */
function stepWeights(
  { target, keep, refresh }: RankOne,
  weights: 'mixture' | 'plug-in',
  s: number,
  t: number,
): (state: number, prob: number) => StepWeights {
  const [before, redrawn, kept, jumped] = [keep(0, s), refresh(0, s), keep(s, t), refresh(s, t)];
  const [remained, reached] = [keep(0, t), refresh(0, t)];
  return (state, prob) => {
    const pi = target[state]!;
    // Where no other class leads to x_t, only its own weight counts, and any scale is right.
    const others = reached * pi;
    const factor = weights === 'mixture' && others > 0 ? others / (remained + others) : 1;
    const total = 1 - prob * (1 - factor);
    const jump = jumped * pi;
    return {
      stay: kept * (before * factor * prob + redrawn * pi * total),
      noise: jump * redrawn * total,
      model: jump * before * total,
      logCurrent: Math.log(factor),
    };
  };
}

/** Logits at x_t, and log Σ exp of all, `[B · N]` each, in one reading. */
async function readCurrent(logits: Tensor, xt: Tensor): Promise<readonly [Float32Array, Float32Array]> {
  const both = tidy(() => stack([gatherClass(logits, xt), logSumExp(logits, -1)]));
  try {
    const values = (await both.data<'float32'>()).slice();
    return [values.subarray(0, xt.size), values.subarray(xt.size)];
  } finally {
    both.dispose();
  }
}
