import { D3pmError, mutualInformationNats, type Transition } from '@d3pm/core';

/** Without a closed form of Q̄ a table or K rows are looked at for each of the T steps. */
const MOST_STATES = 1024;

export interface InformationStepLawOptions {
  /** p, the law of one x_0 (the unigram law of the data): float64 `[K]`, 0 on an extra mask. */
  readonly dataLaw: Float64Array;
  /** Of T that is drawn uniformly all the same; no example counts more than 1 over it. In (0, 1]. @defaultValue 0.5 */
  readonly uniformShare?: number;
}

/**
 * A law of t to draw the steps of a bound by, in proportion to what a step costs:
 *
 *     p_t = u / T + (1 − u) (I(x_{t−1}; x_0) − I(x_t; x_0)) / (H(x_0) − I(x_T; x_0)),   t = 1…T
 *
 * Since x_0 → x_{t−1} → x_t is a Markov chain, the difference is I(x_0; x_{t−1} | x_t): the least L_{t−1} of a network that looks at one position, L_0 for t = 1.
 * Terms of about one size have the least variance, and where the sizes differ by orders (the discretised Gaussian's fall as 1/t) the uniform law
 * has its gradient from a few examples of small t. Absorbing noise of (T − t + 1)⁻¹ loses the same at every step: its law is the uniform one.
 *
 * @returns float64 `[T]`: p_1 … p_T, sums to 1. The uniform law where no step loses anything.
 * @throws {D3pmError} `INVALID_OPTIONS` for a share outside (0, 1], for K > 1024 without a closed form, and for a `dataLaw` that is none of the K states
 */
export function informationStepLaw(transition: Transition, { dataLaw, uniformShare = 0.5 }: InformationStepLawOptions): Float64Array {
  const { name, numStates, numSteps, rankOne } = transition;
  if (!(uniformShare > 0 && uniformShare <= 1)) {
    throw new D3pmError('INVALID_OPTIONS', `informationStepLaw: uniformShare is ${uniformShare}, expected a number in (0, 1]`);
  }
  if (!rankOne && numStates > MOST_STATES) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `informationStepLaw: ${name} has no closed form of Q̄, and ${numStates} states are more than ${MOST_STATES}; draw steps uniformly`,
    );
  }
  const shared = Float64Array.from({ length: numSteps + 1 }, (_, t) => mutualInformationNats(transition, { t, dataLaw }));
  const lost = Float64Array.from({ length: numSteps }, (_, i) => Math.max(0, shared[i]! - shared[i + 1]!));
  const total = lost.reduce((sum, nats) => sum + nats, 0);
  if (total === 0) return lost.fill(1 / numSteps);
  return lost.map((nats) => uniformShare / numSteps + ((1 - uniformShare) * nats) / total);
}
