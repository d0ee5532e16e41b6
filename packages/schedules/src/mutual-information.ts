import {
  assertDataLaw,
  assertInteger,
  channelInformation,
  D3pmError,
  entropyNats,
  exponentialChannel,
  rankOneInformation,
  sampledInformation,
  type Exponential,
  type Information,
  type NoiseSchedule,
  type NoiseUnit,
  type RankOne,
  type RowSampling,
  type Transition,
  type TransitionPlugin,
} from '@d3pm/core';
import { assertNumSteps, checkedSchedule } from './checked-schedule.ts';
import { solveLevels } from './information-levels.ts';
import { solveSteps } from './information-steps.ts';
import { standardErrorCurve } from './standard-error-curve.ts';

/** Whether step T goes to the prior, so that I(x_T; x_0) = 0, or has a finite noise like every other. */
export type FinalStep = 'finite' | 'prior';

export interface MutualInformationOptions<O, U extends NoiseUnit> {
  /** T */
  readonly numSteps: number;
  /** The family, which exists before its schedule does. */
  readonly transition: TransitionPlugin<string, O, U>;
  /** Of the family. */
  readonly options: O;
  /** K */
  readonly numStates: number;
  /** p, the unigram law of the data: float64 `[K]`, 0 on an extra mask. */
  readonly dataLaw: Float64Array;
  /** @defaultValue `'prior'` for `rankOne` families, which it takes there with β_T = 1; else `'finite'` */
  readonly finalStep?: FinalStep;
  /** Relative, of each level. @defaultValue 1e-6, or 1e-4 of what is sampled */
  readonly tolerance?: number;
  /** For a generator: its information from some of the rows. Needed above K = 1024, where all rows are too many. */
  readonly sampling?: RowSampling;
}

/** A schedule whose levels are known. */
export interface InformationSchedule<U extends NoiseUnit> extends NoiseSchedule<U> {
  /** Of I(x_t; x_0)/H(x_0) at each step, float64 `[T]`, where it was estimated from sampled rows. */
  readonly standardErrors?: Float64Array;
}

/** K rows of K states, a hundred times, are seconds. */
const MOST_EXACT_STATES = 1024;

/**
 * The schedule under which what x_t knows of x_0 falls linearly (Section 3.2 and Appendix A.7 of Austin et al., 2021):
 *
 *     I(x_t; x_0) / H(x_0) = 1 − t/T        up to a last step that goes to the prior (`finalStep: 'prior'`)
 *     I(x_t; x_0) / H(x_0) = 1 − t/(T + 1)  where every step is finite (`finalStep: 'finite'`)
 *
 * for x_0 ~ p. For absorbing noise with an extra mask it is β_t = (T − t + 1)⁻¹, whatever p is. By what the family says
 * it is: `rankOne` families are solved for ᾱ_t, generators (`exponential`) for α_t = Σ β, both on exact values of I in
 * float64; all others (the discretised Gaussian) step by step on the product so far, K ≤ 128. β_t is computed without
 * subtracting one survival from the next.
 *
 * The family is made with schedules of one step to learn what it is, and disposed.
 *
 * @throws {D3pmError} `INVALID_SCHEDULE` for a T below 1 and for a level out of the family's reach, naming it; `SHAPE`,
 * `NOT_STOCHASTIC` or `INVALID_DATA` for a law that is none of this family's data, or that has no information (H = 0);
 * `INVALID_OPTIONS` for more states than are searched exactly; `UNSOUND` for a Q_t that depends on more than β_t, on its t or on T, as with a
 * list of options by step.
 */
export function mutualInformation<O, U extends NoiseUnit>(settings: MutualInformationOptions<O, U>): InformationSchedule<U> {
  const { numSteps, transition: plugin, options, numStates, dataLaw, sampling, tolerance = sampling ? 1e-4 : 1e-6 } = settings;
  const { unit, name: family } = plugin;
  assertNumSteps(CALLER, numSteps);
  assertInteger(CALLER, 'numStates', numStates, 2);
  if (!(tolerance > 0 && tolerance < 0.1)) {
    throw new D3pmError('INVALID_OPTIONS', `${CALLER}: tolerance is ${tolerance}, expected a number between 0 and 0.1`);
  }
  const create = (noise: Float64Array): Transition =>
    plugin.create({ numStates, schedule: { unit, numSteps: noise.length, noise } }, options);
  const transition = ofOneStep({ create, numSteps, family });
  try {
    assertFamily(transition, dataLaw);
    const { finalStep = transition.rankOne ? 'prior' : 'finite' } = settings;
    if (finalStep !== 'finite' && finalStep !== 'prior') {
      throw new D3pmError('INVALID_OPTIONS', `${CALLER}: finalStep is ${JSON.stringify(finalStep)}, expected "finite" or "prior"`);
    }
    const isLastPrior = finalStep === 'prior';
    if (isLastPrior && unit === 'variance') {
      throw new D3pmError('INVALID_OPTIONS', `${CALLER}: finalStep is 'prior', and no variance takes ${family} to its prior; use 'finite'`);
    }
    const { rankOne, exponential } = transition;
    const search = { parts: isLastPrior ? numSteps : numSteps + 1, isLastPrior, caller: CALLER, family, tolerance };
    const last = unit === 'rate' ? Infinity : 1;
    const checked = (noise: Float64Array): NoiseSchedule<U> => {
      const all = new Float64Array(numSteps).fill(last);
      all.set(noise);
      return checkedSchedule(CALLER, unit, all);
    };
    if (unit === 'jump-probability' && rankOne && isSurvival(rankOne)) {
      const informationAt = (u: number): Information =>
        rankOneInformation({ target: rankOne.target, keep: 1 / (1 + Math.exp(u)), refresh: 1 / (1 + Math.exp(-u)) }, dataLaw);
      return checked(jumpsOf(solveLevels({ ...search, informationAt })));
    }
    if (unit === 'rate' && exponential) {
      const errors = standardErrorCurve();
      const informationAt = errors.recorded(generatorInformation(exponential, { family, dataLaw, sampling }));
      const logRates = solveLevels({ ...search, informationAt });
      const schedule = checked(ratesOf(logRates));
      if (!sampling) return schedule;
      const standardErrors = new Float64Array(numSteps);
      standardErrors.set(logRates.map((u) => errors.at(u) / entropyNats(dataLaw)));
      return Object.freeze({ ...schedule, standardErrors });
    }
    return checked(solveSteps({ ...search, unit, dataLaw, last, create }));
  } finally {
    transition.dispose();
  }
}

const CALLER = 'mutualInformation';

interface Probe {
  create(noise: Float64Array): Transition;
  readonly numSteps: number;
  readonly family: string;
}

/** The family with one step. Where only T of them can be made, it is for that T, and there is no search. */
function ofOneStep({ create, numSteps, family }: Probe): Transition {
  try {
    return create(Float64Array.of(0.5));
  } catch (error) {
    try {
      create(new Float64Array(numSteps).fill(0.5)).dispose();
    } catch {
      throw error;
    }
    throw new D3pmError(
      'UNSOUND',
      `${CALLER}: Q_t of ${family} depends on more than β_t: with these options it has ${numSteps} steps and not one (${(error as Error).message}); leave out what they say step by step, or give β by fromArray`,
      { cause: error },
    );
  }
}

function assertFamily(transition: Transition, dataLaw: Float64Array): void {
  if (transition.positions !== undefined) {
    throw new D3pmError('UNSOUND', `${CALLER}: ${transition.name} depends on the position, and one schedule has one level a step`);
  }
  assertDataLaw(CALLER, transition, dataLaw);
  if (entropyNats(dataLaw) > 0) return;
  const state = dataLaw.findIndex((mass) => mass > 0);
  throw new D3pmError(
    'INVALID_DATA',
    `${CALLER}: H(x_0) = 0, dataLaw has all its mass on state ${state}: there is nothing to forget; use another schedule (cosine, inverseRemaining)`,
  );
}

/** Whether β is the probability of drawing anew, as the unit says. */
function isSurvival({ keep }: RankOne): boolean {
  return Math.abs(keep(0, 1) - 0.5) < 1e-12;
}

function generatorInformation(
  exponential: Exponential,
  { family, dataLaw, sampling }: { readonly family: string; readonly dataLaw: Float64Array; readonly sampling: RowSampling | undefined },
): (u: number) => Information {
  const numStates = dataLaw.length;
  if (!sampling && numStates > MOST_EXACT_STATES) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${CALLER}: ${family} has ${numStates} states, more than the ${MOST_EXACT_STATES} of which all rows are computed; give sampling: { numRows, rng }`,
    );
  }
  const informationOf = sampling ? sampledInformation(dataLaw, sampling) : channelInformation.bind(undefined, dataLaw);
  return (u) => informationOf(exponentialChannel(exponential, Math.exp(u), dataLaw));
}

/** β_t = 1 − ᾱ_t/ᾱ_{t−1} = (1 − e^{u_{t−1} − u_t}) (1 − ᾱ_t), u = log((1 − ᾱ)/ᾱ). */
function jumpsOf(logOdds: ArrayLike<number>): Float64Array {
  return Float64Array.from(logOdds, (u, i) => -Math.expm1((i === 0 ? -Infinity : logOdds[i - 1]!) - u) / (1 + Math.exp(-u)));
}

/** β_t = α_t − α_{t−1}, u = log α. */
function ratesOf(logRates: ArrayLike<number>): Float64Array {
  return Float64Array.from(logRates, (u, i) => -Math.expm1((i === 0 ? -Infinity : logRates[i - 1]!) - u) * Math.exp(u));
}
