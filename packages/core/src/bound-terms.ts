import { add, mul, neg, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { assertHoldsStates, assertShape, assertStates } from './assert.ts';
import { categoricalKlNats } from './categorical-kl.ts';
import { closedFormNats } from './closed-form-nats.ts';
import { denoiserNllNats } from './denoiser-nll.ts';
import type { Prediction } from './denoiser.ts';
import { D3pmError } from './errors.ts';
import { gatherClass } from './gather-class.ts';
import { posteriorLogProbs } from './posterior.ts';
import { hasFused } from './run-fused.ts';
import { stepOf } from './steps.ts';
import { termInParts } from './term-in-parts.ts';
import type { ReverseInput, ReverseProcess } from './reverse-process.ts';
import type { Transition } from './transition.ts';

export interface BoundTermInput extends ReverseInput {
  /** Data, int32 `[B, …N]`. */
  readonly x0: Tensor;
}

/**
 * One term of the bound, Eq. (1), for x_t drawn from q(x_t | x_0):
 *
 *     L_{t−1} = KL(q(x_s | x_t, x_0) ‖ p_θ(x_s | x_t)),   s = t − 1 (or the grid of a shorter chain)
 *
 * summed over positions. At s = 0 the posterior is a point mass and the term is
 * L_0 = −log p_θ(x_0 | x_1) by itself. It is 0 when f is the point mass on x_0. Uniform noise and others of rank one, an
 * extra absorbing mask, and under the plug-in a re-used one, use closed forms, which are right to a few parts in 10⁶ of the term.
 *
 * @returns nats per example, float32 `[B]`; the caller disposes it. +∞ when p_θ excludes what q does not, and NaN where x_t cannot follow
 * from x_0.
 * @throws {D3pmError} `SHAPE`, `DTYPE`, `STEP_RANGE`; `UNSOUND` for `direct` and an s that is not t − 1: its network predicts x_{t−1} alone.
 */
export function boundTermNats<P extends Prediction>(transition: Transition, reverse: ReverseProcess<P>, input: BoundTermInput): Tensor {
  const caller = 'boundTermNats';
  assertTermShapes(caller, transition, input);
  assertTermStates(caller, transition, input);
  assertHasStep(caller, reverse, input);
  return tidy(() => {
    const weighed = { ...input, lambda: 0, caller };
    return sumPositions(closedFormNats(transition, reverse, weighed) ?? generalTerm(transition, reverse, weighed));
  });
}

/** Throws `UNSOUND` where the network's output is x_{t−1} itself and s is another step. */
function assertHasStep<P extends Prediction>(
  caller: string,
  { name, firstStep }: ReverseProcess<P>,
  { xt, s, t }: Pick<BoundTermInput, 's' | 't' | 'xt'>,
): void {
  if (firstStep !== 'direct') return;
  const example = Array.from({ length: xt.shape[0]! }, (_, b) => b).find((b) => stepOf(t, b) - stepOf(s, b) > 1);
  if (example === undefined) return;
  throw new D3pmError(
    'UNSOUND',
    `${caller}: the ${name} process predicts x_{t−1} and has no step from t = ${stepOf(t, example)} to s = ${stepOf(s, example)} (example ${example}); use s = t − 1`,
  );
}

type TermTensors = Pick<BoundTermInput, 'logits' | 'x0' | 'xt'>;

function assertTermShapes(caller: string, { numStates }: Transition, { x0, xt, logits }: TermTensors): void {
  assertHoldsStates(caller, 'x0', x0);
  assertHoldsStates(caller, 'xt', xt);
  assertShape(caller, 'x0', x0, xt.shape);
  assertShape(caller, 'logits', logits, [...xt.shape, numStates]);
}

function assertTermStates(caller: string, { numStates }: Transition, { x0, xt }: TermTensors): void {
  assertStates(caller, 'x0', x0, numStates);
  assertStates(caller, 'xt', xt, numStates);
}

/** A term with the weight of the cross-entropy, and the function that errors are of. */
interface WeighedTermInput extends BoundTermInput {
  readonly lambda: number;
  readonly caller: string;
}

/** L_{t−1} + λ CE_t by position, from the distributions themselves. */
function generalTerm<P extends Prediction>(
  transition: Transition,
  reverse: ReverseProcess<P>,
  { lambda, caller, ...input }: WeighedTermInput,
): Tensor {
  return termInParts(caller, transition, input, (part) => {
    const { x0, xt, s, t } = part;
    const bound = categoricalKlNats(posteriorLogProbs(transition, { x0, xt, s, t }), reverse.logProbs(transition, part));
    return lambda === 0 ? bound : add(bound, mul(crossEntropy(transition, reverse, part), lambda));
  });
}

/**
 * CE_t = −Σ log f(x_0 | x_t), the auxiliary term of Eq. (5), over *all* positions.
 *
 * @returns nats per example, float32 `[B]`; the caller disposes it.
 * @throws {D3pmError} `UNSOUND` for a reverse process without an f.
 */
export function crossEntropyNats<P extends Prediction>(
  transition: Transition,
  reverse: ReverseProcess<P>,
  { x0, ...input }: Omit<BoundTermInput, 's'>,
): Tensor {
  assertStates('crossEntropyNats', 'x0', x0, transition.numStates);
  assertShape('crossEntropyNats', 'logits', input.logits, [...x0.shape, transition.numStates]);
  assertHasDenoiser('crossEntropyNats', reverse);
  return tidy(() => sumPositions(crossEntropy(transition, reverse, { ...input, x0 })));
}

function assertHasDenoiser<P extends Prediction>(caller: string, { name, denoiserLogProbs }: ReverseProcess<P>): void {
  if (denoiserLogProbs) return;
  throw new D3pmError('UNSOUND', `${caller}: the ${name} process predicts x_{t−1} and has no distribution over x_0; use the bound alone`);
}

function crossEntropy<P extends Prediction>(
  transition: Transition,
  { prediction, denoiserLogProbs }: ReverseProcess<P>,
  { x0, ...input }: Omit<BoundTermInput, 's'>,
): Tensor {
  if (prediction === 'denoiser') return denoiserNllNats(input.logits, x0, { impossible: transition.extraMask });
  return neg(gatherClass(denoiserLogProbs!(transition, input), x0));
}

export interface HybridLossInput extends Omit<BoundTermInput, 's'> {
  /** Weight of the cross-entropy, in the authors' sense: 0.01 for text, 0.001 for images, 0 for L_vb. */
  readonly lambda: number;
}

/**
 * The per-example loss of Section 3.4, `T · (L_{t−1} + λ CE_t)` of a step t drawn uniformly from 1…T, with L_0 in
 * place of L_{t−1} at t = 1. Its expectation is L_vb − L_T + λ Σ_t CE_t.
 *
 * This λ is that of the authors' code. Eq. (5) read literally averages the cross-entropy over t, so
 * its λ is T times smaller in effect.
 *
 * @returns nats per example, float32 `[B]`; the caller disposes it.
 * @throws {D3pmError} `INVALID_OPTIONS` unless λ ≥ 0; `SHAPE`, `DTYPE`, `STATE_RANGE`, `STEP_RANGE`.
 */
export function hybridLossNats<P extends Prediction>(
  transition: Transition,
  reverse: ReverseProcess<P>,
  { lambda, ...input }: HybridLossInput,
): Tensor {
  if (!(lambda >= 0 && lambda < Infinity))
    throw new D3pmError('INVALID_OPTIONS', `hybridLossNats: lambda is ${lambda}, expected a number ≥ 0`);
  const s = typeof input.t === 'number' ? input.t - 1 : input.t.map((step) => step - 1);
  const caller = 'hybridLossNats';
  assertTermShapes(caller, transition, input);
  // Kernels look at the states themselves, where reading them back takes as long as the loss: only what they refuse is read.
  const byKernel = hasFused('D3pmDenoiserNll');
  if (!byKernel) assertTermStates(caller, transition, input);
  try {
    return tidy(() => {
      const weighed = { ...input, s, lambda, caller };
      const nats = closedFormNats(transition, reverse, weighed) ?? checkedTerm(transition, reverse, weighed);
      return mul(sumPositions(nats), transition.numSteps);
    });
  } catch (error) {
    if (byKernel) assertTermStates(caller, transition, input);
    throw error;
  }
}

function checkedTerm<P extends Prediction>(transition: Transition, reverse: ReverseProcess<P>, input: WeighedTermInput): Tensor {
  if (input.lambda !== 0) assertHasDenoiser(input.caller, reverse);
  assertTermStates(input.caller, transition, input);
  return generalTerm(transition, reverse, input);
}

function sumPositions(perPosition: Tensor): Tensor {
  return sum(perPosition, perPosition.shape.map((_, axis) => axis).slice(1));
}
