import {
  absorbingStepWeight,
  assertInteger,
  D3pmError,
  positionsOf,
  predictionLogProbs,
  stepGrid,
  type Denoiser,
  type ExtraMaskAbsorption,
  type Rng,
  type States,
} from '@d3pm/core';
import { max, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { AllowedStates } from './allowed-states.ts';
import { assertAbsorbingSampler, assertDecision } from './assert-sampler.ts';
import { countChanged } from './count-changed.ts';
import { drawRows, type Lift } from './draw-lifted.ts';
import { inTurns } from './in-turns.ts';
import { networkReader } from './network-reader.ts';
import type { Decision, SamplerOptions } from './sampler-options.ts';
import type { SamplerState } from './sampler-state.ts';
import { startStates } from './start-states.ts';

export interface ConfidenceSamplerOptions extends SamplerOptions {
  /** Either prediction: at a mask both are f. */
  readonly denoiser: Denoiser<'denoiser' | 'leave-one-out'>;
  /** n of the T steps, as in `ancestralSampler`; a step costs at most a call. @defaultValue T */
  readonly numSteps?: number;
  /**
   * How many masks of an example lift in a step: as many as bring it nearest to its expected number, or as many as would lift in
   * `ancestralSampler`.
   *
   * @defaultValue 'expected'
   */
  readonly count?: 'drawn' | 'expected';
  /** How a position gets its state of f. @defaultValue 'sample' */
  readonly decision?: Decision;
}

/**
 * **Biased.** Unmasks first where the network is surest: a step lifts the masks of highest max_c f(c), the lower position first of equals,
 * in place of random ones (Chang et al., 2022). The absorbing process with an extra mask says how many; which ones depends on f, so the law is not that
 * of the chain, its samples are less various than the model's, and no bound is theirs.
 *
 * Yields x_T, then the states after each step of the grid. One call a step in which a mask lifts, for the examples in which one does.
 *
 * @throws {D3pmError} as {@link eventSampler}.
 */
export function confidenceSampler(options: ConfidenceSamplerOptions): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, numSteps = transition.numSteps, count = 'expected', decision = 'sample' } = options;
  const allowed = assertAbsorbingSampler('confidenceSampler', options);
  assertInteger('confidenceSampler', 'numSteps', numSteps, 1, transition.numSteps);
  assertDecision('confidenceSampler', 'decision', decision);
  if (count !== 'expected' && count !== 'drawn') {
    throw new D3pmError('INVALID_OPTIONS', `confidenceSampler: count is "${String(count)}", expected "expected" or "drawn"`);
  }
  return inTurns(run(options, stepGrid(transition.numSteps, numSteps), allowed));
}

async function* run(
  options: ConfidenceSamplerOptions,
  grid: Int32Array,
  allowed: AllowedStates | undefined,
): AsyncGenerator<SamplerState, void, undefined> {
  const { denoiser, rng, count = 'expected', decision = 'sample', firstExample = 0 } = options;
  const transition = options.transition as ExtraMaskAbsorption;
  const { maskState: mask } = transition.absorbing;
  const network = networkReader('confidenceSampler', denoiser, allowed);
  let states = await startStates(options, allowed);
  const initialMasks = maskedPositions(states, mask).map((masked) => masked.length);
  const share = (t: number): number => transition.rankOne.refresh(0, t) / transition.rankOne.refresh(0, transition.numSteps);
  yield { t: transition.numSteps, states, networkCalls: 0, networkRows: 0, changed: 0 };
  for (let i = grid.length - 1; i >= 1; i--) {
    const [s, t] = [grid[i - 1]!, grid[i]!];
    const stream = rng.split('step', t);
    const masked = maskedPositions(states, mask);
    const counts = masked.map((at, b) =>
      count === 'expected'
        ? at.length - Math.min(at.length, Math.round(initialMasks[b]! * share(s)))
        : countLifting(at, absorbingStepWeight(transition, s, t), stream.split(firstExample + b)),
    );
    const examples = masked.flatMap((_, b) => (counts[b]! > 0 ? [b] : []));
    const previous = states;
    if (examples.length > 0) {
      const logits = network.logitsOf(states, examples, t);
      try {
        const confidence = await confidences(transition, logits);
        const lifted = examples.flatMap((b, row) => surest(b, masked[b]!, counts[b]!, confidence.subarray(row * positionsOf(states))));
        const uniformOf = ({ example, position }: Lift): number => stream.split(firstExample + example).float64(2 * position + 1);
        states = {
          values: await drawRows({
            caller: 'confidenceSampler',
            logits,
            examples,
            states,
            lifted,
            t,
            mask,
            decisionOf: () => decision,
            uniformOf,
            firstExample,
          }),
          shape: states.shape,
        };
      } finally {
        logits.dispose();
      }
    }
    yield { t: s, states, networkCalls: network.calls, networkRows: network.rows, changed: countChanged(previous, states) };
  }
}

function maskedPositions(states: States, mask: number): number[][] {
  const positions = positionsOf(states);
  return Array.from({ length: states.shape[0]! }, (_, b) =>
    Array.from({ length: positions }, (__, n) => n).filter((n) => states.values[b * positions + n] === mask),
  );
}

/** How many of the positions lift by the numbers that `ancestralSampler` uses. */
function countLifting(masked: readonly number[], rate: number, stream: Rng): number {
  return masked.filter((n) => stream.float64(2 * n) < rate).length;
}

/** log max_c f(c) of every position, `[examples · N]`. */
async function confidences(transition: ExtraMaskAbsorption, logits: Tensor): Promise<Float32Array> {
  const top = tidy(() => max(predictionLogProbs(transition, logits), -1));
  try {
    return (await top.data<'float32'>()).slice();
  } finally {
    top.dispose();
  }
}

function surest(example: number, masked: readonly number[], count: number, confidence: Float32Array): Lift[] {
  return masked
    .toSorted((one, other) => confidence[other]! - confidence[one]! || one - other)
    .slice(0, count)
    .toSorted((one, other) => one - other)
    .map((position) => ({ example, position }));
}
