import {
  assertInteger,
  assertSchedule,
  D3pmError,
  stepPairs,
  survival as survivalOf,
  type FixedPrior,
  type NoiseSchedule,
  type Prior,
  type Survival,
  type Transition,
} from '@d3pm/core';
import { assertPrior } from './assert-prior.ts';
import { maskedMaps } from './masked-maps.ts';
import { assertTableSize } from './table-size.ts';

export interface WithMaskOptions {
  /** γ_t: with this probability step t masks the state, for good. As many steps as the transition. */
  readonly schedule: NoiseSchedule<'jump-probability'>;
  /** p(x_T). @defaultValue what Q̄_T makes of the prior of the transition */
  readonly prior?: Prior;
}

/**
 * Any transition with a mask besides: with probability γ_t step t masks the state for good, and else it makes the step of
 * `transition`. The mask is the state m = K − 1, behind the K − 1 states of `transition`, and data never shows it:
 *
 *     Q(s→t) = | α Q_inner(s→t)   (1 − α) 1 |      α = Π_{s<u≤t} (1 − γ_u)
 *              |      0               1     |
 *
 * Maps are those of `transition` and O(K) more, in the log domain; positions are kept. log α and log(1 − α) are
 * computed in float64, each by itself. `stationary` is e_m. The default prior has α(0→T) times the prior of `transition`, and
 * 1 − α(0→T) at the mask. Unmasked positions change as well, so that the closed forms of `absorbing` do not hold, and
 * neither `rankOne` nor `absorbing` is claimed.
 *
 * A view: whoever made `transition` disposes it. `dispose` here does nothing.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a transition with an extra mask of its own, or with a learned prior where
 * no `prior` is given; `INVALID_SCHEDULE` for another number of steps; what `assertSchedule` throws; `SHAPE` or
 * `NOT_STOCHASTIC` for a prior that is none on K states.
 */
export function withMask(transition: Transition, { schedule, prior: given }: WithMaskOptions): Transition {
  const { numSteps, positions, numStates: mask } = transition;
  const name = `${transition.name} with mask`;
  assertSchedule(name, 'jump-probability', schedule);
  if (schedule.numSteps !== numSteps) {
    throw new D3pmError(
      'INVALID_SCHEDULE',
      `${name}: the schedule of the mask has ${schedule.numSteps} steps, expected ${numSteps}, those of ${transition.name}`,
    );
  }
  if (transition.extraMask !== undefined) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${name}: ${transition.name} has the extra mask ${transition.extraMask} already; give a transition whose states are all those of data`,
    );
  }
  const numStates = mask + 1;
  const survival = survivalOf(schedule);
  const { keep, refresh } = survival;
  const prior = given ?? maskedPrior(name, transition, survival);
  assertPrior(name, prior, { numStates, positions });
  const stationary = new Float64Array(numStates);
  stationary[mask] = 1;
  const scratch = new Float64Array(numStates);

  return {
    name,
    numStates,
    numSteps,
    ...(positions !== undefined && { positions }),
    stationary,
    prior,
    extraMask: mask,
    ...maskedMaps({ name, transition, survival }),
    toDense: (s, t, position) => {
      stepPairs(`${name}.toDense`, s, t, { batchSize: 1, numSteps });
      assertTableSize(`${name}.toDense`, `a ${numStates}×${numStates} float64 table`, 8 * numStates ** 2);
      const kept = keep(s, t);
      const inner = transition.toDense(s, t, position);
      const matrix = new Float64Array(numStates ** 2);
      for (let i = 0; i < mask; i++) {
        for (let j = 0; j < mask; j++) matrix[i * numStates + j] = kept * inner[i * mask + j]!;
        matrix[i * numStates + mask] = refresh(s, t);
      }
      matrix[numStates ** 2 - 1] = 1;
      return matrix;
    },
    rowProbs: (state, s, t, position) => {
      stepPairs(`${name}.rowProbs`, s, t, { batchSize: 1, numSteps });
      assertInteger(`${name}.rowProbs`, 'state', state, 0, mask);
      if (state === mask) return stationary;
      const kept = keep(s, t);
      innerRow(transition, state, s, t, position).forEach((prob, j) => (scratch[j] = kept * prob));
      scratch[mask] = refresh(s, t);
      return scratch;
    },
    ...(transition.draw && {
      draw: (state, s, t, stream, position) => {
        stepPairs(`${name}.draw`, s, t, { batchSize: 1, numSteps });
        if (state === mask || stream.float64(0) < refresh(s, t)) return mask;
        return transition.draw!(state, s, t, stream.split('state'), position);
      },
    }),
    dispose: () => {},
  };
}

/** Row `state` of the inner Q(s→t), without a table where there is a way. */
function innerRow(transition: Transition, state: number, s: number, t: number, position: number | undefined): Float64Array {
  const { numStates, rankOne } = transition;
  if (rankOne) {
    const [kept, refresh] = [rankOne.keep(s, t), rankOne.refresh(s, t)];
    return rankOne.target.map((prob, j) => refresh * prob + (j === state ? kept : 0));
  }
  if (transition.rowProbs) return Float64Array.from(transition.rowProbs(state, s, t, position));
  return transition.toDense(s, t, position).subarray(state * numStates, (state + 1) * numStates);
}

/** α(0→T) · prior ⊕ 1 − α(0→T), at each position. */
function maskedPrior(name: string, { prior, numStates: mask, numSteps }: Transition, { keep, refresh }: Survival): FixedPrior {
  const kept = keep(0, numSteps);
  if (kept > 0 && prior.kind === 'learned') {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${name}: its states have a learned prior, and ${kept} of the mass is not masked at T; give withMask a prior on ${mask + 1} states`,
    );
  }
  const rows = prior.kind === 'fixed' ? prior.probs.length / mask : 1;
  const probs = new Float64Array(rows * (mask + 1));
  for (let n = 0; n < rows; n++) {
    if (prior.kind === 'fixed') for (let k = 0; k < mask; k++) probs[n * (mask + 1) + k] = kept * prior.probs[n * mask + k]!;
    probs[n * (mask + 1) + mask] = refresh(0, numSteps);
  }
  return { kind: 'fixed', probs };
}
