import {
  assertInteger,
  assertOptionNames,
  createRng,
  D3pmError,
  type AnyTransitionPlugin,
  type NoiseUnit,
  type Registry,
  type SchedulePlugin,
} from '@d3pm/core';
import { defineSchedule } from './define-schedule.ts';
import { mutualInformation, type FinalStep } from './mutual-information.ts';

/** What a config says of a {@link mutualInformation} schedule. */
export interface MutualInformationConfig {
  /** The family by name, with its options. */
  readonly transition: { readonly name: string };
  readonly numStates: number;
  /** The unigram law of the data, K numbers. */
  readonly dataLaw: readonly number[];
  readonly finalStep?: FinalStep;
  readonly tolerance?: number;
  readonly sampling?: { readonly numRows: number; readonly seed: number };
}

type Schedule<N extends string, U extends NoiseUnit> = SchedulePlugin<N, MutualInformationConfig, U>;

/** Names by unit, as those of `linear` and `from-array`. */
const NAMES = {
  'jump-probability': 'mutual-information',
  rate: 'mutual-information-rate',
  variance: 'mutual-information-variance',
} as const;

/**
 * {@link mutualInformation} for configs, one plugin for each unit. They name their family, so they are made from the
 * registry that knows it:
 *
 *     createScheduleRegistry([...builtinSchedules, ...mutualInformationSchedules(createTransitionRegistry(builtinTransitions))])
 */
export function mutualInformationSchedules(
  transitions: Pick<Registry<AnyTransitionPlugin>, 'find'>,
): readonly [
  Schedule<'mutual-information', 'jump-probability'>,
  Schedule<'mutual-information-rate', 'rate'>,
  Schedule<'mutual-information-variance', 'variance'>,
] {
  const plugin = <const U extends NoiseUnit>(unit: U): Schedule<(typeof NAMES)[U], U> =>
    defineSchedule({
      name: NAMES[unit],
      unit,
      parse: (options) => parseConfig(NAMES[unit], options),
      create: (numSteps, { transition: { name, ...options }, dataLaw, sampling, ...rest }) => {
        const transition = transitions.find(name);
        if (transition.unit !== unit) {
          throw new D3pmError(
            'UNIT',
            `${NAMES[unit]}: ${name} takes a ${transition.unit}, this schedule is a ${unit}; name it ${NAMES[transition.unit as NoiseUnit]}`,
          );
        }
        return mutualInformation({
          numSteps,
          transition: transition as AnyTransitionPlugin & { readonly unit: U },
          options: transition.parse(options),
          dataLaw: Float64Array.from(dataLaw),
          ...(sampling && { sampling: { numRows: sampling.numRows, rng: createRng(sampling.seed) } }),
          ...rest,
        });
      },
    });
  return [plugin('jump-probability'), plugin('rate'), plugin('variance')];
}

const OPTIONS = ['transition', 'numStates', 'dataLaw', 'finalStep', 'tolerance', 'sampling'];

function parseConfig(name: string, options: unknown): MutualInformationConfig {
  const { transition, numStates, dataLaw, finalStep, tolerance, sampling } = assertOptionNames(name, options, OPTIONS);
  const refuse = (field: string, value: unknown, expected: string): never => {
    throw new D3pmError('INVALID_OPTIONS', `${name}: ${field} is ${JSON.stringify(value)?.slice(0, 40)}, expected ${expected}`);
  };
  if (!isNamed(transition)) return refuse('transition', transition, '{ name, …options }');
  assertInteger(name, 'numStates', numStates, 2);
  if (!Array.isArray(dataLaw) || dataLaw.some((mass) => typeof mass !== 'number')) {
    return refuse('dataLaw', dataLaw, 'an array of numbers');
  }
  if (finalStep !== undefined && finalStep !== 'finite' && finalStep !== 'prior') {
    return refuse('finalStep', finalStep, '"finite" or "prior"');
  }
  if (tolerance !== undefined && typeof tolerance !== 'number') return refuse('tolerance', tolerance, 'a number');
  return {
    transition,
    numStates,
    dataLaw,
    ...(finalStep !== undefined && { finalStep }),
    ...(tolerance !== undefined && { tolerance }),
    ...(sampling !== undefined && { sampling: parseSampling(name, sampling) }),
  };
}

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

function parseSampling(name: string, sampling: unknown): { readonly numRows: number; readonly seed: number } {
  const { numRows, seed } = assertOptionNames(`${name}.sampling`, sampling, ['numRows', 'seed']);
  assertInteger(`${name}.sampling`, 'numRows', numRows, 8);
  assertInteger(`${name}.sampling`, 'seed', seed, 0);
  return { numRows, seed };
}
