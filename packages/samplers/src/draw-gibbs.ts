import {
  drawFromLogProbs,
  leaveOneOutFromDenoiser,
  positionsOf,
  predictionLogProbs,
  restrictToCompatible,
  toTensor,
  type Prediction,
  type Rng,
  type States,
  type Transition,
} from '@d3pm/core';
import { gather, reshape, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { AllowedStates } from './allowed-states.ts';
import { impossibleRow } from './draw-step.ts';
import { examplesOf } from './examples-of.ts';
import type { NetworkReader } from './network-reader.ts';

export interface DrawGibbsInput {
  readonly caller: string;
  readonly transition: Transition;
  readonly network: NetworkReader;
  readonly prediction: Prediction;
  readonly allowed: AllowedStates | undefined;
  /** Whether f determines the leave-one-out law at step s, of every state. */
  readonly hasFullSupport: (s: number) => Promise<boolean>;
  /** x_s, `[B, …N]`. */
  readonly states: States;
  /** 1…T */
  readonly s: number;
  /** The stream of this round: example b draws from `rng.split(firstExample + b)`. */
  readonly rng: Rng;
  readonly firstExample: number;
}

/**
 * One position of every example, chosen at random, is drawn anew from q_s given the others, as the network says it:
 *
 *     x_s,n ~ Σ_c loo(c) Q̄_s[c, ·],   loo(c) ∝ f(c)/Q̄_s[c, x_s,n]
 *
 * - Absorbing noise: what is unmasked tells nothing of the others' opinion, so the network is asked with the position masked.
 * - Where Q̄_s has zeros, f determines loo in part only, and a step from it would not keep q_s. Then c ~ f and x_s,n ~ Q̄_s[c, ·], which does.
 * - Where nothing can be masked yet, nothing is drawn.
 */
export async function drawGibbs(input: DrawGibbsInput): Promise<States> {
  const { caller, transition, states, s, rng, firstExample } = input;
  const chosen = choosePositions(input);
  if (chosen.length === 0 || transition.rankOne?.refresh(0, s) === 0) return states;
  const rows = await lawOfChosen(input, chosen);
  const values = states.values.slice();
  const [K, positions] = [transition.numStates, positionsOf(states)];
  chosen.forEach((index, i) => {
    const [b, n] = [Math.floor(index / positions), index % positions];
    const state = drawFromLogProbs(rows, i * K, K, rng.split(firstExample + b).float64(1));
    if (state < 0) throw impossibleRow(caller, firstExample + b, n, s);
    values[index] = state;
  });
  return { values, shape: states.shape };
}

/** A flat position of every example that has one to draw: not those that absorbing noise leaves fixed. */
function choosePositions({ transition, allowed, states, rng, firstExample }: DrawGibbsInput): number[] {
  const positions = positionsOf(states);
  const all = Array.from({ length: positions }, (_, n) => n);
  const chosen: number[] = [];
  for (let b = 0; b < states.shape[0]!; b++) {
    const free = allowed && transition.absorbing ? all.filter((n) => allowed.fixed(b, n) < 0) : all;
    if (free.length > 0) chosen.push(b * positions + free[rng.split(firstExample + b).integer(free.length, 0)]!);
  }
  return chosen;
}

/** log Σ_c w(c) Q̄_s[c, ·] at the chosen positions, `[chosen.length · K]`. */
async function lawOfChosen(input: DrawGibbsInput, chosen: readonly number[]): Promise<Float32Array> {
  const { transition, network, states, s } = input;
  const positions = positionsOf(states);
  const { absorbing, numStates: K } = transition;
  const asked = absorbing ? maskedAt(states, chosen, absorbing.maskState) : states;
  const full = absorbing !== undefined || (await input.hasFullSupport(s));
  // All examples, unless absorbing noise leaves one without a position to draw.
  const examples = chosen.map((index) => Math.floor(index / positions));
  const logits = absorbing ? network.logitsOf(asked, examples, s) : network.logits(asked, s);
  const x = toTensor(examplesOf(asked, examples));
  let law: Tensor | undefined;
  try {
    law = tidy(() => {
      const at = tensor1d(
        chosen.map((index, i) => i * positions + (index % positions)),
        'int32',
      );
      const pick = (rows: Tensor): Tensor => gather(reshape(rows, [-1, K]), at);
      if (transition.positions !== undefined) return pick(noisedLaw(input, logits, x, full));
      return noisedLaw(input, reshape(pick(logits), [-1, 1, K]), reshape(gather(reshape(x, [-1]), at), [-1, 1]), full);
    });
    return (await law.data<'float32'>()).slice();
  } finally {
    law?.dispose();
    x.dispose();
    if (absorbing) logits.dispose();
  }
}

function noisedLaw({ transition, prediction, s }: DrawGibbsInput, logits: Tensor, xt: Tensor, full: boolean): Tensor {
  const logProbs = predictionLogProbs(transition, logits);
  if (prediction === 'leave-one-out') return transition.push(logProbs, 0, s);
  const prior = full ? leaveOneOutFromDenoiser : restrictToCompatible;
  return transition.push(prior(transition, { logProbs, xt, t: s }), 0, s);
}

function maskedAt({ values, shape }: States, indices: readonly number[], mask: number): States {
  const asked = values.slice();
  for (const index of indices) asked[index] = mask;
  return { values: asked, shape };
}
