import { assertOptionNames, D3pmError, type NoiseSchedule, type NoiseUnit, type SchedulePlugin } from '@d3pm/core';
import { checkedSchedule } from './checked-schedule.ts';
import { defineSchedule } from './define-schedule.ts';

/**
 * β_1 … β_T as given; the values are copied.
 *
 * @throws {D3pmError} `UNIT` for an unknown unit, `INVALID_SCHEDULE` for no value or one outside its unit.
 */
export function fromArray<const U extends NoiseUnit>({
  unit,
  noise,
}: {
  readonly unit: U;
  readonly noise: ArrayLike<number>;
}): NoiseSchedule<U> {
  return checkedSchedule('fromArray', unit, Float64Array.from(noise));
}

export interface FromArrayOptions {
  /** β_1 … β_T */
  readonly noise: readonly number[];
}

/** {@link fromArray} of jump probabilities, for configs. */
export const fromArraySchedule: SchedulePlugin<'from-array', FromArrayOptions, 'jump-probability'> = /* @__PURE__ */ defineSchedule({
  name: 'from-array',
  unit: 'jump-probability',
  parse: (options) => parseNoise('from-array', options),
  create: (numSteps, { noise }) => fromArray({ unit: 'jump-probability', noise: assertCount('from-array', noise, numSteps) }),
});

/** {@link fromArray} of variances, for configs. */
export const fromArrayVarianceSchedule: SchedulePlugin<'from-array-variance', FromArrayOptions, 'variance'> =
  /* @__PURE__ */ defineSchedule({
    name: 'from-array-variance',
    unit: 'variance',
    parse: (options) => parseNoise('from-array-variance', options),
    create: (numSteps, { noise }) => fromArray({ unit: 'variance', noise: assertCount('from-array-variance', noise, numSteps) }),
  });

/** {@link fromArray} of rates, for configs. */
export const fromArrayRateSchedule: SchedulePlugin<'from-array-rate', FromArrayOptions, 'rate'> = /* @__PURE__ */ defineSchedule({
  name: 'from-array-rate',
  unit: 'rate',
  parse: (options) => parseNoise('from-array-rate', options),
  create: (numSteps, { noise }) => fromArray({ unit: 'rate', noise: assertCount('from-array-rate', noise, numSteps) }),
});

function parseNoise(name: string, options: unknown): FromArrayOptions {
  const { noise } = assertOptionNames(name, options, ['noise']);
  if (!Array.isArray(noise) || noise.some((beta) => typeof beta !== 'number')) {
    throw new D3pmError('INVALID_OPTIONS', `${name}: noise is ${JSON.stringify(noise)?.slice(0, 40)}, expected an array of numbers`);
  }
  return { noise };
}

function assertCount(name: string, noise: readonly number[], numSteps: number): readonly number[] {
  if (noise.length === numSteps) return noise;
  throw new D3pmError('INVALID_SCHEDULE', `${name}: noise has ${noise.length} values for numSteps = ${numSteps}`);
}
