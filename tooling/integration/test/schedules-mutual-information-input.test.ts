import { D3pmError, type AnyTransitionPlugin } from '@d3pm/core';
import { mutualInformation, type MutualInformationOptions } from '@d3pm/schedules';
import { absorbing, defineTransition, dense, discretizedGaussian, maskedFamily, uniform, uniformAbsorbing } from '@d3pm/transitions';
import { expect, it } from 'vitest';
import { generatorPlugin } from './generator-plugin.ts';

const half = Float64Array.of(0.5, 0.5);
const withMaskLaw = Float64Array.of(0.5, 0.3, 0.2, 0);
const make = (more: Partial<MutualInformationOptions<unknown, 'jump-probability' | 'rate' | 'variance'>>) => () =>
  mutualInformation({ numSteps: 4, transition: uniform as AnyTransitionPlugin, options: {}, numStates: 2, dataLaw: half, ...more });

/** Two pairs of states that never meet: x_∞ still tells which pair it was. */
const inTwoParts = {
  generator: [
    [-1, 1, 0, 0],
    [1, -1, 0, 0],
    [0, 0, -1, 1],
    [0, 0, 1, -1],
  ],
};
/** A step that changes a share of the states at most, whatever β. */
const lazy = defineTransition({
  name: 'test/lazy',
  unit: 'jump-probability',
  parse: (options) => options as { readonly most: number },
  create: ({ schedule, numStates }, { most }) =>
    dense({
      name: 'test/lazy',
      numStates,
      numSteps: schedule.numSteps,
      step: (t) => {
        const jump = schedule.noise[t - 1]! * most;
        return Float64Array.of(1 - jump, jump, jump, 1 - jump);
      },
    }),
});
/** A step whose matrix is another one at another time. */
const impatient = defineTransition({
  name: 'test/impatient',
  unit: 'variance',
  parse: () => ({}),
  create: ({ schedule, numStates }) =>
    dense({
      name: 'test/impatient',
      numStates,
      numSteps: schedule.numSteps,
      step: (t) => {
        const jump = 0.5 * (1 - Math.exp(-schedule.noise[t - 1]! * t));
        return Float64Array.of(1 - jump, jump, jump, 1 - jump);
      },
    }),
});
const perPosition = defineTransition({
  name: 'test/per-position',
  unit: 'jump-probability',
  parse: () => ({}),
  create: ({ schedule, numStates }) =>
    dense({
      name: 'test/per-position',
      numStates,
      numSteps: schedule.numSteps,
      positions: 2,
      step: () => Float64Array.of(0.5, 0.5, 0.5, 0.5),
    }),
});
const quarters = new Float64Array(4).fill(0.25);

it.each<[string, () => unknown, string, RegExp]>([
  ['T = 0', make({ numSteps: 0 }), 'INVALID_SCHEDULE', /^mutualInformation: numSteps is 0, expected an integer of at least 1/],
  ['K = 1', make({ numStates: 1 }), 'INVALID_OPTIONS', /numStates is 1, expected an integer at least 2/],
  [
    'a last step that is neither',
    make({ finalStep: 'piror' as 'prior' }),
    'INVALID_OPTIONS',
    /finalStep is "piror", expected "finite" or "prior"/,
  ],
  ['a tolerance of none', make({ tolerance: 0 }), 'INVALID_OPTIONS', /tolerance is 0, expected a number between 0 and 0\.1/],
  [
    'H(x_0) = 0',
    make({ dataLaw: Float64Array.of(0, 1) }),
    'INVALID_DATA',
    /H\(x_0\) = 0, dataLaw has all its mass on state 1: .*cosine, inverseRemaining/,
  ],
  ['counts', make({ dataLaw: Float64Array.of(5, 5) }), 'NOT_STOCHASTIC', /dataLaw sums to 10, .* divide counts by their sum/],
  [
    'a law without its mask',
    make({ transition: absorbing, numStates: 3 }),
    'SHAPE',
    /has 2 probabilities, .* the mask counts: give state 2 the mass 0/,
  ],
  ['a law on the mask', make({ transition: absorbing }), 'INVALID_DATA', /gives the mask, state 1, the mass 0\.5/],
  [
    'a graph in two parts',
    make({ transition: generatorPlugin, options: inTwoParts, numStates: 4, dataLaw: quarters }),
    'INVALID_SCHEDULE',
    /step 3 is to leave 0\.4000 of H\(x_0\), and test\/generator leaves 0\.5000 with any noise; .*a graph in pieces/,
  ],
  [
    'the same at a last step',
    make({ numSteps: 1, finalStep: 'prior', transition: generatorPlugin, options: inTwoParts, numStates: 4, dataLaw: quarters }),
    'INVALID_SCHEDULE',
    /step 1 is to leave 0\.000 of H\(x_0\), and test\/generator leaves 0\.5000/,
  ],
  [
    'a family that takes small steps',
    make({ transition: lazy, options: { most: 0.05 }, finalStep: 'finite', numSteps: 1 }),
    'INVALID_SCHEDULE',
    /step 1 is to leave 0\.5000 of H\(x_0\), and test\/lazy leaves 0\.7136 with any noise/,
  ],
  [
    'a last step that ends short of the prior',
    make({ transition: lazy, options: { most: 0.25 }, numSteps: 12, finalStep: 'prior' }),
    'INVALID_SCHEDULE',
    /step 12 is to leave 0\.000 .*use finalStep: 'finite'/,
  ],
  [
    'a variance that goes to the prior',
    make({ transition: discretizedGaussian, finalStep: 'prior' }),
    'INVALID_OPTIONS',
    /no variance takes discretized-gaussian to its prior; use 'finite'/,
  ],
  [
    'a Q_t of more than β_t',
    make({ transition: impatient }),
    'UNSOUND',
    /Q_t of test\/impatient depends on more than β_t .*; give β by fromArray/,
  ],
  [
    'a family with a mask of its own schedule',
    make({ transition: maskedFamily(uniform), options: { inner: {} }, numStates: 4, dataLaw: withMaskLaw }),
    'UNSOUND',
    /Q_t of uniform-with-mask depends on more than β_t: at β = 0\.5 entry \d+ of Q_1 is [\d.]+ in a chain of T steps, and [\d.]+ in one/,
  ],
  [
    'a family with a list for a mask',
    make({
      transition: maskedFamily(uniform),
      options: { inner: {}, maskNoise: [0.1, 0.1, 0.1, 0.1] },
      numStates: 4,
      dataLaw: withMaskLaw,
    }),
    'UNSOUND',
    /Q_t of uniform-with-mask depends on more than β_t: with these options it has 4 steps and not one \(.*has 4 steps, expected 1.*\); leave out/,
  ],
  [
    'shares of the mask by step',
    make({ transition: uniformAbsorbing, options: { maskShare: [0.2, 0.7, 0.1, 0.5] }, numStates: 4, dataLaw: withMaskLaw }),
    'UNSOUND',
    /Q_t of uniform-absorbing depends on more than β_t: with these options it has 4 steps and not one/,
  ],
  [
    'options that are wrong for any T',
    make({ transition: uniformAbsorbing, options: { maskShare: 0.5, maskState: 9 }, numStates: 4, dataLaw: withMaskLaw }),
    'INVALID_OPTIONS',
    /maskState is 9, expected an integer in 0…3/,
  ],
  ['positions', make({ transition: perPosition }), 'UNSOUND', /test\/per-position depends on the position/],
  [
    'tables of 200 states',
    make({ transition: discretizedGaussian, numStates: 200, dataLaw: new Float64Array(200).fill(1 / 200) }),
    'INVALID_OPTIONS',
    /discretized-gaussian has no closed form .* 200 states are more than 128 .*declare rankOne or exponential/,
  ],
])('%s', (_, work, code, message) => {
  expect(work).toThrow(D3pmError);
  expect(work).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

it('a generator of very many states asks for sampling, before any row', () => {
  const numStates = 1025;
  const large: AnyTransitionPlugin = {
    ...generatorPlugin,
    create: () => ({ name: 'test/large', numStates, exponential: { push: () => expect.fail('no row yet') }, dispose: () => {} }) as never,
  };
  expect(make({ transition: large, numStates, dataLaw: new Float64Array(numStates).fill(1 / numStates) })).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(/1025 states, more than the 1024 .* give sampling: \{ numRows, rng \}/),
    }),
  );
});
