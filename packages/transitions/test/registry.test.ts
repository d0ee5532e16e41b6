import { assertOptionNames, D3pmError, type Transition, type TransitionPlugin } from '@d3pm/core';
import { defaultRegistry } from '@d3pm/core/default-registry';
import {
  builtinTransitions,
  createTransitionRegistry,
  defineTransition,
  dense,
  strided,
  uniform,
  type TransitionConfig,
} from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';

interface BandedOptions {
  readonly width: number;
}

/** A family of somebody else's: jumps of up to `width`, each with β/K. */
const banded: TransitionPlugin<'acme/banded', BandedOptions, 'jump-probability'> = defineTransition({
  name: 'acme/banded',
  unit: 'jump-probability',
  parse: (options): BandedOptions => {
    const { width } = assertOptionNames('acme/banded', options, ['width']);
    if (typeof width !== 'number')
      throw new D3pmError('INVALID_OPTIONS', `acme/banded: width is ${JSON.stringify(width)}, expected a number`);
    return { width };
  },
  create: ({ numStates: K, schedule }, { width }) =>
    dense({
      name: 'acme/banded',
      numStates: K,
      numSteps: schedule.numSteps,
      centrosymmetric: true,
      step: (t) => {
        const jump = schedule.noise[t - 1]! / K;
        const isNear = (i: number, j: number): boolean => i !== j && Math.abs(i - j) <= width;
        const rows = Array.from({ length: K }, (_, i) => Array.from({ length: K }, (_, j) => (isNear(i, j) ? jump : 0)));
        return Float64Array.from(rows.flatMap((row, i) => row.map((prob, j) => (i === j ? 1 - row.reduce((sum, p) => sum + p, 0) : prob))));
      },
    }),
});

declare module '@d3pm/transitions' {
  interface TransitionOptions {
    'acme/banded': BandedOptions;
  }
}

const jumps = noiseOf('jump-probability', [0.1, 0.2, 0.5]);
const variances = noiseOf('variance', [0.1, 0.2]);
const rates = noiseOf('rate', [0.1, Infinity]);

const FAMILIES = [
  'uniform',
  'absorbing',
  'discretized-gaussian',
  'banded',
  'nearest-neighbor',
  'uniform-absorbing',
  'block-absorbing',
  'autoregressive',
];

describe('createTransitionRegistry', () => {
  const registry = createTransitionRegistry(builtinTransitions).with(banded);

  it('lists its names and makes each', () => {
    expect(registry.names).toEqual([...FAMILIES, 'acme/banded']);
    const made: Transition[] = [
      registry.create('uniform', { numStates: 3, schedule: jumps }, {}),
      registry.create('absorbing', { numStates: 3, schedule: jumps }, { maskState: 1, extraMask: false }),
      registry.create('discretized-gaussian', { numStates: 3, schedule: variances }, {}),
      registry.create('banded', { numStates: 3, schedule: jumps }, { width: 1 }),
      registry.create(
        'nearest-neighbor',
        { numStates: 3, schedule: rates },
        {
          embeddings: [
            [1, 0],
            [0, 1],
            [1, 1],
          ],
          numNeighbors: 2,
        },
      ),
      registry.create('uniform-absorbing', { numStates: 3, schedule: jumps }, { maskShare: 0.5 }),
      registry.create('block-absorbing', { numStates: 3, schedule: jumps }, { positions: 4, blockSize: 2 }),
      registry.create('autoregressive', { numStates: 3, schedule: noiseOf('jump-probability', [1]) }, { positions: 4 }),
      registry.create('acme/banded', { numStates: 3, schedule: jumps }, { width: 1 }),
    ];
    expect(made.map(({ name }) => name)).toEqual(registry.names);
    expect([...made.at(-1)!.stationary!]).toEqual([expect.closeTo(1 / 3, 12), expect.closeTo(1 / 3, 12), expect.closeTo(1 / 3, 12)]);
  });

  it('makes a transition of a config, typed by augmentation', () => {
    const configs: TransitionConfig[] = [
      { name: 'acme/banded', width: 2 },
      { name: 'absorbing', maskState: 0 },
    ];
    expect(configs.map((config) => registry.fromConfig(config, { numStates: 4, schedule: jumps }).name)).toEqual([
      'acme/banded',
      'absorbing',
    ]);
    // @ts-expect-error `width` is a number
    const wrong: TransitionConfig = { name: 'acme/banded', width: 'two' };
    expect(errorText(() => registry.fromConfig(wrong, { numStates: 4, schedule: jumps }))).toMatch(
      /^INVALID_OPTIONS: acme\/banded: width is "two"/,
    );
  });

  it('is frozen, and `with` makes another', () => {
    expect(Object.isFrozen(registry)).toBe(true);
    expect(createTransitionRegistry(builtinTransitions).names).not.toContain('acme/banded');
  });

  it('refuses by type and at run time', () => {
    const setting = { numStates: 3, schedule: jumps };
    // @ts-expect-error no such name
    expect(errorText(() => registry.create('unifrom', setting, {}))).toMatch(/^UNKNOWN_NAME: .*did you mean "uniform"/);
    // @ts-expect-error no such option
    expect(errorText(() => registry.create('absorbing', setting, { mask: 1 }))).toMatch(
      /^INVALID_OPTIONS: absorbing: no option is named "mask"/,
    );
    // @ts-expect-error no option at all
    expect(errorText(() => registry.create('uniform', setting, { width: 2 }))).toMatch(
      /^INVALID_OPTIONS: uniform: no option is named "width"/,
    );
    // @ts-expect-error neither by itself
    expect(errorText(() => uniform.create(setting, { width: 2 }))).toMatch(/^INVALID_OPTIONS: uniform: no option is named "width"/);
    // @ts-expect-error a jump probability is not a variance
    expect(errorText(() => registry.create('discretized-gaussian', setting, {}))).toMatch(/^UNIT: discretized-gaussian/);
    // @ts-expect-error neither by itself
    expect(errorText(() => uniform.create({ numStates: 3, schedule: variances }, {}))).toMatch(/^UNIT: uniform/);
    // @ts-expect-error an option is missing
    expect(errorText(() => registry.create('acme/banded', setting, {}))).toMatch(/^INVALID_OPTIONS/);
  });

  it.each([
    ['an unknown name', { name: 'gaussian' }, /^UNKNOWN_NAME: registry: no transition is named "gaussian"/],
    [
      'an unknown option',
      { name: 'absorbing', maskStates: 1 },
      /^INVALID_OPTIONS: absorbing: no option is named "maskStates"; did you mean "maskState"/,
    ],
    ['the wrong unit', { name: 'discretized-gaussian' }, /^UNIT: /],
    ['no name', {}, /^INVALID_OPTIONS: transition registry: config is {}/],
  ])('refuses %s in a config', (_, config, expected) =>
    expect(errorText(() => registry.fromConfig(config as never, { numStates: 3, schedule: jumps }))).toMatch(expected),
  );

  it('refuses two families of one name', () => {
    const other = { ...uniform };
    expect(errorText(() => createTransitionRegistry([uniform, other]))).toMatch(/^DUPLICATE_NAME/);
    expect(errorText(() => createTransitionRegistry([{ ...uniform, specVersion: 2 as 1 }]))).toMatch(/^SPEC_VERSION/);
  });
});

it('registers itself only through ./register', async () => {
  expect(defaultRegistry('transition').names).toEqual([]);
  await import('@d3pm/transitions/register');
  expect(defaultRegistry('transition').names).toEqual(FAMILIES);
});

describe('strided', () => {
  const whole = uniform.create({ numStates: 3, schedule: noiseOf('jump-probability', [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]) }, {});
  it('goes by the grid ⌈iT/n⌉', () => {
    const chain = strided(whole, 3); // 0, 3, 5, 7
    expect([...chain.toDense(1, 2)]).toEqual([...whole.toDense(3, 5)]);
    expect([...chain.toDense(0, 3)]).toEqual([...whole.toDense(0, 7)]);
    expect(chain.rankOne!.refresh(0, 1)).toBe(whole.rankOne!.refresh(0, 3));
    expect([chain.name, chain.numSteps]).toEqual(['uniform/3', 3]);
  });
  it('refuses more steps than there are, and steps off its own chain', () => {
    expect(errorText(() => strided(whole, 8))).toMatch(/^INVALID_OPTIONS: strided: count is 8, expected an integer in 1…7/);
    expect(errorText(() => strided(whole, 3).toDense(0, 4))).toMatch(/^STEP_RANGE: uniform\/3\.toDense: needs 0 ≤ s ≤ t ≤ 3/);
  });
});
