import { assertDataLaw } from './assert-data-law.ts';
import { transitionChannel } from './channel.ts';
import { divergenceTerm } from './divergence-term.ts';
import { D3pmError } from './errors.ts';
import { transitionInformation, type MutualInformationInput } from './mutual-information.ts';
import type { Information } from './rank-one-information.ts';
import { stepPairs } from './steps.ts';
import type { Transition } from './transition.ts';

/** A process at one step, as a picture of its schedule shows it. */
export interface InformationPoint extends Information {
  readonly t: number;
  /** ᾱ_t, of a {@link Transition.rankOne} family. */
  readonly keep?: number;
  /** Σ_{u≤t} β_u, of a {@link Transition.exponential} one. */
  readonly rate?: number;
  /** Σ_i p_i KL(q(x_t | x_0 = i) ‖ prior): L_T, if the process ended here. */
  readonly priorNats: number;
}

/**
 * The information of x_t and its distance from the prior at each step asked for. The latter is
 * I(x_t; x_0) + KL(pQ̄_t ‖ prior), so that neither is computed as a difference.
 *
 * @param input `ts` are steps 0…T; the rest is as for `mutualInformationNats`.
 * @throws {D3pmError} as `mutualInformationNats`; `UNSOUND` for a learned prior, which the curve cannot stand on.
 */
export function informationCurve(
  transition: Transition,
  { ts, ...input }: Omit<MutualInformationInput, 't'> & { readonly ts: ArrayLike<number> },
): readonly InformationPoint[] {
  const { prior, rankOne, exponential, numStates } = transition;
  const { dataLaw, position = 0 } = input;
  assertDataLaw('informationCurve', transition, dataLaw);
  if (prior.kind !== 'fixed') {
    throw new D3pmError(
      'UNSOUND',
      `informationCurve: the prior of ${transition.name} is learned; use mutualInformationNats, which needs none`,
    );
  }
  const offset = prior.probs.length === numStates ? 0 : position * numStates;
  const target = prior.probs.subarray(offset, offset + numStates);
  return Array.from(ts, (t) => {
    stepPairs('informationCurve', 0, t, { batchSize: 1, numSteps: transition.numSteps });
    const information = transitionInformation(transition, { ...input, t });
    const { marginal } = transitionChannel(transition, { t, dataLaw, position });
    let toPrior = 0;
    for (let j = 0; j < numStates; j++) {
      const [mass, goal] = [marginal[j]!, target[j]!];
      toPrior += goal === 0 && mass > 0 ? Infinity : divergenceTerm(mass, goal, mass - goal);
    }
    return {
      t,
      ...(rankOne && { keep: rankOne.keep(0, t) }),
      ...(exponential && { rate: exponential.rate(0, t) }),
      ...information,
      priorNats: information.sharedNats + toPrior,
    };
  });
}
