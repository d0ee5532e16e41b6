import { D3pmError } from './errors.ts';
import { mutualInformationNats } from './mutual-information.ts';
import type { Transition } from './transition.ts';

/** Without a closed form of Q̄ a table or K rows are looked at for each of the T steps. */
const MOST_STATES = 1024;

export interface InformationStepLawOptions {
  /** p, the law of one x_0 (the unigram law of the data): float64 `[K]`, 0 on an extra mask. */
  readonly dataLaw: Float64Array;
  /** u, drawn uniformly all the same: no example counts more than 1 / u times. Above 0. @defaultValue 1/2 */
  readonly uniformShare?: number;
  /** v, drawn at t = 1 besides. u + v ≤ 1. @defaultValue 1/8 */
  readonly firstStepShare?: number;
}

/**
 * A law of t to draw the steps of a bound by, in training or in an estimate, in proportion to what a step costs:
 *
 *     p_t = u / T + v [t = 1] + (1 − u − v) (I(x_{t−1}; x_0) − I(x_t; x_0)) / (H(x_0) − I(x_T; x_0)),   t = 1…T
 *
 * Since x_0 → x_{t−1} → x_t is a Markov chain, the difference is I(x_0; x_{t−1} | x_t): the least L_{t−1} of a network that looks at one position, L_0 for t = 1.
 * Terms of about one size have the least variance, and where the sizes differ by orders (the discretised Gaussian's fall as 1/t) the uniform law
 * has its gradient from a few examples of small t. Absorbing noise of (T − t + 1)⁻¹ loses the same at every step.
 *
 * Of a family that depends on the position, position 0 stands for all. Of more than 32 steps I is computed at 33 to 64, and is taken as linear in between.
 *
 * L_0 has a share of its own, for what x_1 has lost says little of what it costs at first: it is a cross-entropy, of which a network that has not
 * learnt to copy pays the entropy of the data, and under noise that rarely moves no other term teaches that.
 *
 * @returns float64 `[T]`: p_1 … p_T, sums to 1. Without information to lose every step counts as one.
 * @throws {D3pmError} `INVALID_OPTIONS` for shares that are none, for K > 1024 without a closed form, and for a `dataLaw` that is none of the K states
 */
export function informationStepLaw(
  transition: Transition,
  { dataLaw, uniformShare = 1 / 2, firstStepShare = 1 / 8 }: InformationStepLawOptions,
): Float64Array {
  const { name, numStates, numSteps, rankOne } = transition;
  const rest = 1 - uniformShare - firstStepShare;
  if (!(uniformShare > 0 && firstStepShare >= 0 && rest >= 0)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `informationStepLaw: uniformShare is ${uniformShare} and firstStepShare ${firstStepShare}, expected one above 0 and one of at least 0 that sum to at most 1`,
    );
  }
  if (!rankOne && numStates > MOST_STATES) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `informationStepLaw: ${name} has no closed form of Q̄, and ${numStates} states are more than ${MOST_STATES}; draw steps uniformly`,
    );
  }
  const shared = sharedNats(numSteps, (t) => mutualInformationNats(transition, { t, dataLaw }));
  const lost = Float64Array.from({ length: numSteps }, (_, i) => Math.max(0, shared[i]! - shared[i + 1]!));
  const total = lost.reduce((sum, nats) => sum + nats, 0);
  if (total === 0) lost.fill(1);
  const scale = rest / (total || numSteps);
  return lost.map((nats, i) => uniformShare / numSteps + (i === 0 ? firstStepShare : 0) + scale * nats);
}

/** I(x_t; x_0) for t = 0…T, computed at the {@link knots} and linear between them: a law of t is right whatever it is, and a table of K = 256 takes 10 ms for each t. */
function sharedNats(numSteps: number, nats: (t: number) => number): Float64Array {
  const shared = new Float64Array(numSteps + 1);
  let from = 0;
  shared[0] = nats(0);
  for (const to of knots(numSteps).slice(1)) {
    shared[to] = nats(to);
    for (let t = from + 1; t < to; t++) shared[t] = shared[from]! + ((shared[to]! - shared[from]!) * (t - from)) / (to - from);
    from = to;
  }
  return shared;
}

/** 0, T and some between, dense where t is small: all of them for T ≤ 32. */
function knots(numSteps: number): readonly number[] {
  const parts = Array.from({ length: 33 }, (_, i) => i / 32);
  const steps = parts.flatMap((part) => [Math.round(numSteps * part), Math.round(numSteps ** part)]);
  return [...new Set([0, ...steps])].sort((left, right) => left - right);
}
