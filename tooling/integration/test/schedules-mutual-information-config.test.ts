import { expectAllClose } from '@d3pm/core/testing';
import { builtinSchedules, createScheduleRegistry, mutualInformationSchedules } from '@d3pm/schedules';
import { builtinTransitions, createTransitionRegistry } from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';
import { generatorPlugin } from './generator-plugin.ts';

describe('a mutual-information schedule in a config', () => {
  const registry = createScheduleRegistry([
    ...builtinSchedules,
    ...mutualInformationSchedules(createTransitionRegistry([...builtinTransitions, generatorPlugin])),
  ]);
  const dataLaw = [0.5, 0.25, 0.25, 0];
  const base = { name: 'mutual-information', numSteps: 4, numStates: 4, dataLaw };
  it('names its family, with options', () => {
    const schedule = registry.fromConfig({ ...base, transition: { name: 'absorbing', maskState: 3 } } as never);
    expectAllClose(schedule.noise, [1 / 4, 1 / 3, 1 / 2, 1], { rtol: 1e-13, atol: 0 });
    const variances = registry.fromConfig({
      ...base,
      name: 'mutual-information-variance',
      transition: { name: 'discretized-gaussian' },
    } as never);
    expect([variances.unit, variances.numSteps]).toEqual(['variance', 4]);
  });
  it.each([
    [
      'a family of another unit',
      { transition: { name: 'discretized-gaussian' } },
      'UNIT',
      /discretized-gaussian takes a variance, this schedule is a jump-probability; name it mutual-information-variance/,
    ],
    ['an unknown family', { transition: { name: 'unifrom' } }, 'UNKNOWN_NAME', /did you mean "uniform"/],
    [
      'an option of the family that is misspelt',
      { transition: { name: 'absorbing', maskstate: 3 } },
      'INVALID_OPTIONS',
      /did you mean "maskState"/,
    ],
    ['no family', {}, 'INVALID_OPTIONS', /transition is undefined, expected \{ name, …options \}/],
    [
      'a law of texts',
      { transition: { name: 'uniform' }, dataLaw: ['a'] },
      'INVALID_OPTIONS',
      /dataLaw is \["a"\], expected an array of numbers/,
    ],
    ['a misspelt option', { transition: { name: 'uniform' }, datalaw: [] }, 'INVALID_OPTIONS', /did you mean "dataLaw"/],
    [
      'another last step',
      { transition: { name: 'uniform' }, finalStep: 'last' },
      'INVALID_OPTIONS',
      /finalStep is "last", expected "finite" or "prior"/,
    ],
    [
      'a sampling without its seed',
      { transition: { name: 'uniform' }, sampling: { numRows: 8 } },
      'INVALID_OPTIONS',
      /mutual-information\.sampling: seed is undefined/,
    ],
  ])('refuses %s', (_, more, code, message) => {
    expect(() => registry.fromConfig({ ...base, ...more } as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
