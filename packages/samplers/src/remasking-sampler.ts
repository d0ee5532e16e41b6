import { assertInteger, positionsOf, stepGrid, type Denoiser, type ExtraMaskAbsorption, type Rng, type States } from '@d3pm/core';
import type { AllowedStates } from './allowed-states.ts';
import { assertAbsorbingSampler, assertDecision } from './assert-sampler.ts';
import { countChanged } from './count-changed.ts';
import { drawLifted, type Lift } from './draw-lifted.ts';
import { inTurns } from './in-turns.ts';
import { networkReader } from './network-reader.ts';
import { assertStrength, remaskingRates, type RemaskingRates } from './remasking-rates.ts';
import type { SamplerOptions, StepOptions } from './sampler-options.ts';
import type { SamplerState } from './sampler-state.ts';
import { startStates } from './start-states.ts';

export interface RemaskingSamplerOptions extends SamplerOptions, StepOptions {
  /** Either prediction: at a mask both are f. */
  readonly denoiser: Denoiser<'denoiser' | 'leave-one-out'>;
  /**
   * σ_t as a share, 0…1, of the largest legal one, or that at step t ∈ 1…T. 0 is {@link ancestralSampler}.
   *
   * @defaultValue 1
   */
  readonly strength?: number | ((t: number) => number);
}

/**
 * Samples an absorbing process with an extra mask and takes back part of what it has unmasked, so that early choices can be
 * corrected (Wang et al., 2025). A step t → s draws each position apart:
 *
 *     unmasked → mask            σ_t,   0 ≤ σ_t ≤ min(1, (1 − ᾱ_s)/ᾱ_t)
 *     mask → mask                (1 − ᾱ_s − σ_t ᾱ_t)/(1 − ᾱ_t),   else a draw from f
 *
 * Law: for every legal σ_t and an exact network, a position that has the law q_t has the law q_s after the step. It is a chain of its own,
 * and what a wrong network samples depends on σ_t. A position that the constraint fixes is never masked. Nothing is masked in the last step.
 *
 * @throws {D3pmError} as {@link eventSampler}, and `INVALID_OPTIONS` for a strength outside 0…1 at any step.
 */
export function remaskingSampler(options: RemaskingSamplerOptions): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, numSteps = transition.numSteps, lastStep = 'sample', strength = 1 } = options;
  const allowed = assertAbsorbingSampler('remaskingSampler', options);
  assertInteger('remaskingSampler', 'numSteps', numSteps, 1, transition.numSteps);
  assertDecision('remaskingSampler', 'lastStep', lastStep);
  const grid = stepGrid(transition.numSteps, numSteps);
  const strengths = Float64Array.from(grid, (t, i) => {
    if (typeof strength !== 'function') return strength;
    const share = i === 0 ? 0 : strength(t);
    assertStrength('remaskingSampler', share, t);
    return share;
  });
  if (typeof strength !== 'function') assertStrength('remaskingSampler', strength);
  return inTurns(run(options, { grid, strengths, allowed }));
}

interface RemaskingRun {
  readonly grid: Int32Array;
  /** The share of step i of the grid. */
  readonly strengths: Float64Array;
  readonly allowed: AllowedStates | undefined;
}

async function* run(
  options: RemaskingSamplerOptions,
  { grid, strengths, allowed }: RemaskingRun,
): AsyncGenerator<SamplerState, void, undefined> {
  const { denoiser, rng, lastStep = 'sample', firstExample = 0 } = options;
  const transition = options.transition as ExtraMaskAbsorption;
  const mask = transition.absorbing.maskState;
  const network = networkReader('remaskingSampler', denoiser, allowed);
  let states = await startStates(options, allowed);
  yield { t: transition.numSteps, states, networkCalls: 0, networkRows: 0, changed: 0 };
  for (let i = grid.length - 1; i >= 1; i--) {
    const [s, t] = [grid[i - 1]!, grid[i]!];
    const stream = rng.split('step', t);
    const { lifted, masked } = decide(states, {
      mask,
      rates: remaskingRates(transition, s, t, strengths[i]!),
      allowed,
      stream,
      firstExample,
    });
    const values =
      lifted.length === 0
        ? states.values.slice()
        : await drawLifted({
            caller: 'remaskingSampler',
            network,
            states,
            lifted,
            t,
            mask,
            decisionOf: () => (s === 0 ? lastStep : 'sample'),
            uniformOf: ({ example, position }) => stream.split(firstExample + example).float64(2 * position + 1),
            firstExample,
          });
    for (const index of masked) values[index] = mask;
    const previous = states;
    states = { values, shape: states.shape };
    yield { t: s, states, networkCalls: network.calls, networkRows: network.rows, changed: countChanged(previous, states) };
  }
}

interface DecideInput {
  readonly mask: number;
  readonly rates: RemaskingRates;
  readonly allowed: AllowedStates | undefined;
  readonly stream: Rng;
  readonly firstExample: number;
}

/** The masks that lift, and the flat positions that are masked, each by its own number. */
function decide(states: States, { mask, rates, allowed, stream, firstExample }: DecideInput): { lifted: Lift[]; masked: number[] } {
  const positions = positionsOf(states);
  const [lifted, masked]: [Lift[], number[]] = [[], []];
  for (let b = 0; b < states.shape[0]!; b++) {
    const numbers = stream.split(firstExample + b);
    for (let n = 0; n < positions; n++) {
      const uniform = numbers.float64(2 * n);
      if (states.values[b * positions + n] === mask) {
        if (uniform < rates.lift) lifted.push({ example: b, position: n });
      } else if (uniform < rates.remask && !((allowed?.fixed(b, n) ?? -1) >= 0)) masked.push(b * positions + n);
    }
  }
  return { lifted, masked };
}
