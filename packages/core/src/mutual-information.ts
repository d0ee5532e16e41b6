import { assertDataLaw } from './assert-data-law.ts';
import { channelInformation } from './channel-information.ts';
import { transitionChannel } from './channel.ts';
import { rankOneInformation, type Information } from './rank-one-information.ts';
import { sampledInformation, type RowSampling } from './sampled-information.ts';
import { stepPairs } from './steps.ts';
import type { Transition } from './transition.ts';

export interface MutualInformationInput {
  /** 0…T */
  readonly t: number;
  /** p, the law of one x_0 (the unigram law of the data): float64 `[K]`, 0 on an extra mask. */
  readonly dataLaw: Float64Array;
  /** For a transition that depends on it. @defaultValue 0 */
  readonly position?: number;
}

/**
 * What x_t tells of x_0 at one position, in float64:
 *
 *     I(x_t; x_0) = Σ_ij p_i Q̄_t[i, j] log(Q̄_t[i, j] / (pQ̄_t)_j)
 *
 * H(x_0) at t = 0; for absorbing noise with an extra mask ᾱ_t H(x_0). Rank-one families take O(K), see
 * {@link rankOneInformation}; all others K rows, see {@link channelInformation}.
 *
 * @returns nats, ≥ 0.
 * @throws {D3pmError} `STEP_RANGE` unless 0 ≤ t ≤ T, and what {@link assertDataLaw} throws.
 */
export function mutualInformationNats(transition: Transition, input: MutualInformationInput): number {
  assertInput('mutualInformationNats', transition, input);
  return transitionInformation(transition, input).sharedNats;
}

/**
 * {@link mutualInformationNats} from some of the K rows, for a generator or a table with very many; see
 * {@link sampledInformation}. A table is made whole: it is `exponential` that saves memory.
 *
 * @throws {D3pmError} as {@link mutualInformationNats}; `INVALID_OPTIONS` for fewer than 8 rows.
 */
export function estimateMutualInformationNats(
  transition: Transition,
  { numRows, rng, ...input }: MutualInformationInput & RowSampling,
): { readonly nats: number; readonly standardError: number } {
  assertInput('estimateMutualInformationNats', transition, input);
  const { t, dataLaw, position } = input;
  const { sharedNats, standardError } = sampledInformation(dataLaw, { numRows, rng })(
    transitionChannel(transition, { t, dataLaw, position }),
  );
  return { nats: sharedNats, standardError };
}

function assertInput(caller: string, transition: Transition, { t, dataLaw }: MutualInformationInput): void {
  stepPairs(caller, 0, t, { batchSize: 1, numSteps: transition.numSteps });
  assertDataLaw(caller, transition, dataLaw);
}

/** {@link Information} of x_t, by the closed form where there is one. The input has been checked. */
export function transitionInformation(transition: Transition, { t, dataLaw, position }: MutualInformationInput): Information {
  const { rankOne } = transition;
  if (rankOne) return rankOneInformation({ target: rankOne.target, keep: rankOne.keep(0, t), refresh: rankOne.refresh(0, t) }, dataLaw);
  return channelInformation(dataLaw, transitionChannel(transition, { t, dataLaw, position }));
}
