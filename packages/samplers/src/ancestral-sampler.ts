import {
  absorbsIntoExtraMask,
  assertDenoiserFits,
  assertInteger,
  assertShape,
  assertStateRange,
  D3pmError,
  stepGrid,
  type Denoiser,
  type Prediction,
  type ReverseProcess,
  type Rng,
  type States,
  type Transition,
} from '@d3pm/core';
import { drawUnmasked } from './draw-unmasked.ts';
import { drawRankOne, drawsRankOne } from './draw-rank-one.ts';
import { drawReverse } from './draw-reverse.ts';
import { assertSampleShape, samplePrior } from './sample-prior.ts';
import type { SamplerState } from './sampler-state.ts';

export interface AncestralSamplerOptions<P extends Prediction> {
  readonly transition: Transition;
  /** Its prediction is the one that `reverse` reads: another one does not compile. */
  readonly denoiser: Denoiser<NoInfer<P>>;
  readonly reverse: ReverseProcess<P>;
  /** `[B, …N]`: how many examples, and the shape of one. */
  readonly shape: readonly number[];
  readonly rng: Rng;
  /**
   * n of the T steps, on the grid t_i = ⌈iT/n⌉; n need not divide T. The network still gets the
   * steps of the whole chain.
   *
   * @defaultValue T
   */
  readonly numSteps?: number;
  /**
   * How x_0 is made of p_θ(x_0 | x_t): drawn, or its mode as in the authors' code, which biases
   * the samples.
   *
   * @defaultValue 'sample'
   */
  readonly lastStep?: 'argmax' | 'sample';
  /** x_T to start from, `[B, …N]`. Absent: drawn from the prior. */
  readonly initial?: States;
  /**
   * Index of the first example: example b draws as number firstExample + b, so that a large sample
   * can be made in several batches.
   *
   * @defaultValue 0
   */
  readonly firstExample?: number;
}

/**
 * Samples the reverse process step by step:
 *
 *     x_T ~ p(x_T),   x_{t_{i−1}} ~ p_θ(x_{t_{i−1}} | x_{t_i}),   i = n…1
 *
 * with p_θ of Eq. (4) of Austin et al. (2021) or any other reverse process, over all T steps or over
 * n of them (Section 3.3). The law is exactly that of the n-step chain.
 *
 * Yields n + 1 states, x_T first. A draw depends on the seed, the index of the example, the step
 * and the position only: one batch of 8 is eight batches of 1, given the same logits. With an extra
 * absorbing mask, whether to unmask is drawn first and in float64, and the network is called for
 * the rows that change; a step in which none does costs no call.
 *
 * No tensor outlives a step, so a caller may stop at any state.
 *
 * @throws {D3pmError} at once: `UNSOUND` for a denoiser of another prediction, or a direct one on
 * fewer than T steps, `SHAPE`, `STATE_RANGE`, and `INVALID_OPTIONS` unless 1 ≤ numSteps ≤ T. While
 * it runs: `SHAPE`, `DTYPE`, `NON_FINITE` for what the denoiser returns.
 */
export function ancestralSampler<P extends Prediction>(options: AncestralSamplerOptions<P>): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, denoiser, reverse, shape, numSteps = transition.numSteps, lastStep = 'sample', initial } = options;
  assertSampleShape('ancestralSampler', transition, shape);
  assertDenoiserFits('ancestralSampler', { transition, denoiser, reverse });
  assertInteger('ancestralSampler', 'numSteps', numSteps, 1, transition.numSteps);
  if (lastStep !== 'sample' && lastStep !== 'argmax') {
    throw new D3pmError('INVALID_OPTIONS', `ancestralSampler: lastStep is "${String(lastStep)}", expected "sample" or "argmax"`);
  }
  const grid = stepGrid(transition.numSteps, numSteps);
  if (reverse.prediction === 'direct' && numSteps < transition.numSteps) {
    throw new D3pmError(
      'UNSOUND',
      `ancestralSampler: a direct prediction is of x_{t−1} and has no form for ${numSteps} of ${transition.numSteps} steps; leave numSteps out`,
    );
  }
  if (initial) {
    assertShape('ancestralSampler', 'initial', initial, shape);
    assertStateRange('ancestralSampler', 'initial', initial, transition.numStates);
  }
  return run(options, grid);
}

async function* run<P extends Prediction>(
  { transition, denoiser, reverse, shape, rng, lastStep = 'sample', initial, firstExample = 0 }: AncestralSamplerOptions<P>,
  grid: Int32Array,
): AsyncGenerator<SamplerState, void, undefined> {
  const unmasks = reverse.unmasksIndependently && absorbsIntoExtraMask(transition);
  const mixes = drawsRankOne(transition, reverse);
  let states = initial ?? (await samplePrior(transition, { shape, rng: rng.split('prior'), firstExample }));
  let networkCalls = 0;
  yield { t: transition.numSteps, states, networkCalls, changed: 0 };
  for (let i = grid.length - 1; i >= 1; i--) {
    const [s, t] = [grid[i - 1]!, grid[i]!];
    const decision = s === 0 ? lastStep : 'sample';
    // The first step of the chain has readings of its own, and may be a mode.
    const drawStep = unmasks ? drawUnmasked : mixes && s > 0 ? drawRankOne : drawReverse;
    const drawn = await drawStep({ transition, denoiser, reverse, states, s, t, decision, rng: rng.split('step', t), firstExample });
    const previous = states;
    networkCalls += drawn.networkCalls;
    states = drawn.states;
    yield { t: s, states, networkCalls, changed: countChanged(previous, states) };
  }
}

function countChanged(before: States, after: States): number {
  if (before === after) return 0;
  return after.values.reduce((count, value, i) => (value === before.values[i] ? count : count + 1), 0);
}
