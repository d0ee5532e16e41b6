import { assertOptionNames, D3pmError, type NoiseSchedule, type NoiseUnit, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from './define-transition.ts';
import { withMask } from './with-mask.ts';

export interface MaskedFamilyOptions<O> {
  /** Options of the family itself. */
  readonly inner: O;
  /** γ_1 … γ_T of the mask, each in [0, 1]. @defaultValue (T − t + 1)⁻¹, which masks all at T */
  readonly maskNoise?: readonly number[];
}

/**
 * A family with a mask besides, as a family of its own, so that a config can name it: {@link withMask} of what `plugin`
 * creates on K − 1 states. The schedule is that of `plugin`; the mask has its own in the options.
 *
 *     const registry = createTransitionRegistry([maskedFamily(discretizedGaussian)]);
 *     registry.fromConfig({ name: 'discretized-gaussian-with-mask', inner: {} }, { numStates: 257, schedule });
 *
 * Its transitions own the inner one: `dispose` frees both.
 */
export function maskedFamily<const N extends string, O, const U extends NoiseUnit>(
  plugin: TransitionPlugin<N, O, U>,
): TransitionPlugin<`${N}-with-mask`, MaskedFamilyOptions<O>, U> {
  const name = `${plugin.name}-with-mask` as const;
  return defineTransition({
    name,
    unit: plugin.unit,
    parse: (options): MaskedFamilyOptions<O> => {
      const { inner = {}, maskNoise } = assertOptionNames(name, options, ['inner', 'maskNoise']);
      return { inner: plugin.parse(inner), ...(maskNoise !== undefined && { maskNoise: parseNoise(name, maskNoise) }) };
    },
    create: ({ numStates, schedule }, { inner, maskNoise }) => {
      const transition = plugin.create({ numStates: numStates - 1, schedule }, inner);
      return {
        ...withMask(transition, { schedule: maskSchedule(schedule.numSteps, maskNoise) }),
        name,
        dispose: () => transition.dispose(),
      };
    },
  });
}

function parseNoise(name: string, noise: unknown): number[] {
  if (!Array.isArray(noise) || noise.some((gamma) => !(typeof gamma === 'number' && gamma >= 0 && gamma <= 1))) {
    throw new D3pmError('INVALID_OPTIONS', `${name}: maskNoise is ${JSON.stringify(noise)}, expected a list of T numbers in [0, 1]`);
  }
  return [...(noise as number[])];
}

function maskSchedule(numSteps: number, noise: readonly number[] | undefined): NoiseSchedule<'jump-probability'> {
  const values = noise ?? Array.from({ length: numSteps }, (_, i) => 1 / (numSteps - i));
  return { unit: 'jump-probability', numSteps: values.length, noise: Float64Array.from(values) };
}
