import { prepareEngine } from '@d3pm/engine';
import { absorbing, banded, builtinTransitions, checkTransition, discretizedGaussian, uniform, withMask } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { lawFamilies } from './laws-families.ts';

beforeAll(() => prepareEngine());

for (const [title, transitions] of lawFamilies) describeTransitionLaws(title, transitions, { numRuns: 8 });

it('leaves no family out', () => {
  const tried = lawFamilies.map(([, transitions]) => fc.sample(transitions, 1)[0]!.name);
  expect(tried).toEqual(expect.arrayContaining(builtinTransitions.map(({ name }) => name)));
});

describe('with the 256 values of a pixel', () => {
  it('the Gaussian of the paper obeys them', () => {
    const noise = Float64Array.from({ length: 70 }, (_, i) => 1e-4 + (i * (0.02 - 1e-4)) / 999);
    const schedule = { unit: 'variance', numSteps: 70, noise } as const;
    const report = checkTransition(discretizedGaussian.create({ numStates: 256, schedule }, {}), { numCases: 1 });
    expect(report.laws.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.ok).toBe(true);
  });

  it('banded noise obeys them, and tells that three steps forget little', () => {
    const schedule = { unit: 'jump-probability', numSteps: 3, noise: Float64Array.of(0.02, 0.5, 1) } as const;
    const report = checkTransition(banded.create({ numStates: 256, schedule }, { width: 3 }), { numCases: 1 });
    expect(report.laws.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.priorTermNats).toBeGreaterThan(1);
  });
});

describe('with 8192 states, where no table is made', () => {
  const schedule = { unit: 'jump-probability', numSteps: 10, noise: new Float64Array(10).fill(0.1) } as const;
  it.each([
    ['uniform', () => uniform.create({ numStates: 8192, schedule }, {})],
    ['absorbing', () => absorbing.create({ numStates: 8192, schedule }, {})],
    ['uniform with a mask', () => withMask(uniform.create({ numStates: 8191, schedule }, {}), { schedule })],
  ])('%s obeys them', (_, make) => expect(checkTransition(make(), { numCases: 1 }).laws.filter(({ ok }) => !ok)).toEqual([]));
});
