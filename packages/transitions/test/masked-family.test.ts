import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { absorbing, createTransitionRegistry, discretizedGaussian, uniform } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import { describe, expect, it } from 'vitest';
import { banded } from '../src/banded.ts';
import { maskedFamily } from '../src/masked-family.ts';
import { withMask } from '../src/with-mask.ts';
import { arbSetting } from './arbitraries.ts';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';

const jumps = (...noise: number[]) => noiseOf('jump-probability', noise);
const masked = maskedFamily(banded);

describeTransitionLaws(
  'the masked family of banded noise',
  arbSetting.map(({ numStates, schedule }) => masked.create({ numStates: numStates + 1, schedule }, { inner: { width: 1 } })),
  { numRuns: 10 },
);

it('is withMask of what the family creates on one state less', () => {
  const schedule = jumps(0.3, 0.6);
  const registry = createTransitionRegistry([uniform]).with(masked);
  const made = registry.fromConfig({ name: 'banded-with-mask', inner: { width: 2 }, maskNoise: [0.25, 0.5] } as { name: string }, {
    numStates: 5,
    schedule,
  });
  const direct = withMask(banded.create({ numStates: 4, schedule }, { width: 2 }), { schedule: jumps(0.25, 0.5) });
  expect([...made.toDense(0, 2)]).toEqual([...direct.toDense(0, 2)]);
  expect(made.prior).toEqual(direct.prior);
  expect(made).toMatchObject({ name: 'banded-with-mask', numStates: 5, extraMask: 4 });
});

it('masks as (T − t + 1)⁻¹ unless told otherwise', () => {
  const made = maskedFamily(uniform).create({ numStates: 3, schedule: jumps(0.1, 0.1, 0.1, 0.1) }, { inner: {} });
  for (const t of [0, 1, 2, 3, 4]) expect(made.toDense(0, t)[2]).toBeCloseTo(t / 4, 14);
});

it('owns the transition that it made', () => {
  const before = memory().numTensors;
  const schedule = noiseOf('variance', [0.1, 0.2]);
  const made = maskedFamily(discretizedGaussian).create({ numStates: 4, schedule }, { inner: {} });
  const states = tensor([[0, 3]], [1, 2], 'int32');
  made.pullStates(states, 0, 2).dispose();
  expect(memory().numTensors).toBeGreaterThan(before + 1);
  made.dispose();
  states.dispose();
  expect(memory().numTensors).toBe(before);
});

describe('bad input', () => {
  const setting = { numStates: 4, schedule: jumps(0.1, 0.2) };
  it.each([
    ['options of the family', () => masked.parse({ inner: {} }), /^INVALID_OPTIONS: banded: width is undefined/],
    [
      'a typing error',
      () => masked.parse({ inner: { width: 1 }, masknoise: [] }),
      /^INVALID_OPTIONS: banded-with-mask: no option is named "masknoise"; did you mean "maskNoise"/,
    ],
    [
      'γ = 2',
      () => masked.parse({ inner: { width: 1 }, maskNoise: [2] }),
      /^INVALID_OPTIONS: banded-with-mask: maskNoise is \[2\], expected a list of T numbers in \[0, 1\]/,
    ],
    [
      'too few γ',
      () => masked.create(setting, { inner: { width: 1 }, maskNoise: [1] }),
      /^INVALID_SCHEDULE: banded with mask: the schedule of the mask has 1 steps, expected 2/,
    ],
    [
      'no state left for the family',
      () => masked.create({ ...setting, numStates: 2 }, { inner: { width: 1 } }),
      /^INVALID_OPTIONS: banded: numStates is 1, expected an integer at least 2/,
    ],
    [
      'a mask twice',
      () => maskedFamily(absorbing).create(setting, { inner: {} }),
      /^INVALID_OPTIONS: absorbing with mask: absorbing has the extra mask 2 already/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
