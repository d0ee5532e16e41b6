import { createRegistry, survival, type NoiseSchedule } from '@d3pm/core';
import { defaultRegistry } from '@d3pm/core/default-registry';
import { expectAllClose } from '@d3pm/core/testing';
import {
  builtinSchedules,
  cosine,
  createScheduleRegistry,
  defineSchedule,
  fromArray,
  inverseRemaining,
  linear,
  type ScheduleConfig,
} from '@d3pm/schedules';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
  return 'no error';
};
const arbSteps = fc.integer({ min: 1, max: 1200 });

describe('linear', () => {
  it('includes both ends and is evenly spaced', () => {
    const { noise, unit, numSteps } = linear({ numSteps: 1000, start: 1e-4, stop: 0.02, unit: 'variance' });
    expect([unit, numSteps, noise.length, noise[0], noise[999]]).toEqual(['variance', 1000, 1000, 1e-4, 0.02]);
    expectAllClose(
      noise.slice(1).map((beta, i) => beta - noise[i]!),
      new Float64Array(999).fill((0.02 - 1e-4) / 999),
      { rtol: 1e-10, atol: 0 },
    );
  });
  it('is a jump probability unless said otherwise, also by type', () => {
    const schedule: NoiseSchedule<'jump-probability'> = linear({ numSteps: 2, start: 0.02, stop: 1 });
    expect(schedule.unit).toBe('jump-probability');
    // @ts-expect-error a variance is no jump probability
    const wrong: NoiseSchedule<'jump-probability'> = linear({ numSteps: 2, start: 0.02, stop: 1, unit: 'variance' });
    expect(wrong.unit).toBe('variance');
  });
  it('is its start at T = 1', () => expect([...linear({ numSteps: 1, start: 0.3, stop: 0.9 }).noise]).toEqual([0.3]));
});

describe('cosine', () => {
  it('has the values of the authors’ code at T = 1000', () => {
    const schedule = cosine({ numSteps: 1000 });
    const { keep } = survival(schedule);
    expect(schedule.noise[0]).toBeCloseTo(2.0642e-5, 9);
    expect(schedule.noise[999]).toBe(0.999);
    expectAllClose([keep(0, 999), keep(0, 1000)], [1.55845e-3, 1.55845e-6], { rtol: 5e-6, atol: 0 });
  });
  it('has the survival f(t)/f(0), not squared', () => {
    fc.assert(
      fc.property(arbSteps, fc.nat(1199), (numSteps, step) => {
        const t = step % numSteps; // t = T is where the clip acts
        const f = (u: number): number => Math.cos(((u / numSteps + 0.008) / 1.008) * (Math.PI / 2));
        expectAllClose([survival(cosine({ numSteps })).keep(0, t)], [f(t) / f(0)], { rtol: 1e-9, atol: 0 });
      }),
    );
  });
});

describe('inverseRemaining', () => {
  it('survives with 1 − t/T', () => {
    fc.assert(
      fc.property(arbSteps, fc.nat(1200), (numSteps, step) => {
        const t = Math.min(step, numSteps);
        expectAllClose([survival(inverseRemaining({ numSteps })).refresh(0, t)], [t / numSteps], { rtol: 1e-12, atol: 0 });
      }),
    );
  });
});

it('fromArray keeps the values and copies them', () => {
  const noise = [0, 0.5, 1];
  const schedule = fromArray({ unit: 'jump-probability', noise });
  noise[1] = 2;
  expect([...schedule.noise]).toEqual([0, 0.5, 1]);
  expect(fromArray({ unit: 'variance', noise: [7] }).unit).toBe('variance');
});

describe('bad input', () => {
  it.each([
    ['T = 0', () => cosine({ numSteps: 0 }), /^INVALID_SCHEDULE: cosine: numSteps is 0, expected an integer of at least 1/],
    ['T = 2.5', () => inverseRemaining({ numSteps: 2.5 }), /^INVALID_SCHEDULE: .*2\.5/],
    ['T = NaN', () => linear({ numSteps: NaN, start: 0, stop: 1 }), /^INVALID_SCHEDULE: .*NaN/],
    [
      'β > 1',
      () => linear({ numSteps: 3, start: 0.5, stop: 1.5 }),
      /^INVALID_SCHEDULE: linear: β of step 3 is 1\.5, expected a probability/,
    ],
    ['β < 0', () => fromArray({ unit: 'jump-probability', noise: [0.1, -0.1] }), /^INVALID_SCHEDULE: fromArray: β of step 2 is -0\.1/],
    ['β = NaN', () => fromArray({ unit: 'variance', noise: [NaN] }), /^INVALID_SCHEDULE: .*step 1 is NaN/],
    ['an infinite variance', () => fromArray({ unit: 'variance', noise: [Infinity] }), /^INVALID_SCHEDULE: .*Infinity/],
    ['a negative variance', () => linear({ numSteps: 2, start: -1, stop: 1, unit: 'variance' }), /^INVALID_SCHEDULE: /],
    ['no values', () => fromArray({ unit: 'rate', noise: [] }), /^INVALID_SCHEDULE: /],
    [
      'an unknown unit',
      () => fromArray({ unit: 'probability' as 'rate', noise: [0.1] }),
      /^UNIT: fromArray: unit is "probability", expected one of jump-probability, rate, variance/,
    ],
  ])('%s', (_, work, expected) => expect(code(work)).toMatch(expected));
});

describe('registry', () => {
  const registry = createScheduleRegistry(builtinSchedules);
  const configs: readonly ScheduleConfig[] = [
    { name: 'linear', numSteps: 3, start: 0.02, stop: 1 },
    { name: 'linear-variance', numSteps: 3, start: 1e-4, stop: 0.02 },
    { name: 'linear-rate', numSteps: 3, start: 0.1, stop: 5 },
    { name: 'cosine', numSteps: 3 },
    { name: 'inverse-remaining', numSteps: 3 },
    { name: 'from-array', numSteps: 3, noise: [0.1, 0.2, 0.3] },
    { name: 'from-array-variance', numSteps: 3, noise: [1, 2, 3] },
    { name: 'from-array-rate', numSteps: 3, noise: [1, 2, 3] },
  ];
  it.each(configs.map((config) => [config.name, config] as const))('makes %s from a config', (name, config) => {
    const schedule = registry.fromConfig(config);
    expect([schedule.numSteps, schedule.unit]).toEqual([3, registry.find(name).unit]);
  });
  it('names a schedule of every unit, by the unit that it makes', () => {
    const made = registry.fromConfig({ name: 'linear-rate', numSteps: 3, start: 1, stop: 5 } as { name: string; numSteps: number });
    expect([made.unit, [...made.noise]]).toEqual(['rate', [1, 3, 5]]);
    const given = registry.create('from-array-rate', 2, { noise: [7, Infinity] });
    expect([given.unit, [...given.noise]]).toEqual(['rate', [7, Infinity]]);
  });
  it('is typed from its list', () => {
    const schedule: NoiseSchedule<'variance'> = registry.create('linear-variance', 10, { start: 0, stop: 1 });
    expect(schedule.noise).toHaveLength(10);
    // @ts-expect-error no such name
    expect(code(() => registry.create('cosin', 10, {}))).toMatch(/^UNKNOWN_NAME: .*did you mean "cosine"/);
    // @ts-expect-error `stop` is missing
    expect(code(() => registry.create('linear', 10, { start: 0 }))).toMatch(/^INVALID_OPTIONS: linear: stop is undefined/);
    // @ts-expect-error it has no options
    expect(code(() => registry.create('cosine', 10, { power: 2 }))).toMatch(/^INVALID_OPTIONS: cosine: no option is named "power"/);
  });
  it.each([
    [
      'a misspelt option',
      { name: 'linear', numSteps: 3, start: 0, stpo: 1 },
      /^INVALID_OPTIONS: linear: no option is named "stpo"; did you mean "stop"/,
    ],
    ['a missing option', { name: 'linear', numSteps: 3, start: 0 }, /^INVALID_OPTIONS: linear: stop is undefined, expected a number/],
    ['a text for a number', { name: 'linear', numSteps: 3, start: '0', stop: 1 }, /^INVALID_OPTIONS: linear: start is "0"/],
    [
      'noise of another length',
      { name: 'from-array', numSteps: 3, noise: [0.1] },
      /^INVALID_SCHEDULE: from-array: noise has 1 values for numSteps = 3/,
    ],
    ['an option of none', { name: 'cosine', numSteps: 3, power: 2 }, /^INVALID_OPTIONS: cosine: no option is named "power"/],
    ['a missing T', { name: 'cosine' }, /^INVALID_SCHEDULE: cosine: numSteps is undefined/],
    ['no config', null, /^INVALID_OPTIONS: schedule registry: config is null/],
  ])('refuses %s', (_, config, expected) => expect(code(() => registry.fromConfig(config as never))).toMatch(expected));

  it('refuses a malformed name and a unit that does not exist when a plugin is defined', () => {
    const definition = { name: 'acme/flat', unit: 'rate', parse: () => ({}), create: () => cosine({ numSteps: 2 }) as never } as const;
    expect(code(() => defineSchedule({ ...definition, name: 'Acme Flat' }))).toMatch(/^INVALID_OPTIONS: .*"Acme Flat" must be kebab-case/);
    expect(code(() => defineSchedule({ ...definition, unit: 'beta' as 'rate' }))).toBe(
      'UNIT: defineSchedule: unit of "acme/flat" is "beta", expected one of jump-probability, rate, variance',
    );
  });

  it('registers itself only through ./register', async () => {
    expect(defaultRegistry('schedule').names).toEqual([]);
    await import('@d3pm/schedules/register');
    expect(defaultRegistry('schedule').names).toEqual(createRegistry(builtinSchedules).names);
  });
});
