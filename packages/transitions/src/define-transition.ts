import type { NoiseUnit, Transition, TransitionPlugin, TransitionSetting } from '@d3pm/core';
import { assertSetting } from './transition-setting.ts';

export interface TransitionDefinition<N extends string, O, U extends NoiseUnit> {
  /** `owner/name` for a package of your own; stored in configs, so it never changes. */
  readonly name: N;
  /** What the β of its schedules measure. */
  readonly unit: U;
  /** Options from JSON. @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  /** The setting has been checked: K ≥ 2, every β fits the unit. */
  create(setting: TransitionSetting<U>, options: O): Transition;
}

/**
 * A transition family of this specification, as a frozen value. Infers its types, checks the
 * setting before `create` sees it, and registers nothing.
 */
export function defineTransition<const N extends string, O, const U extends NoiseUnit>(
  definition: TransitionDefinition<N, O, U>,
): TransitionPlugin<N, O, U> {
  const { name, unit } = definition;
  return Object.freeze({
    specVersion: 1,
    kind: 'transition',
    name,
    unit,
    parse: (options: unknown) => definition.parse(options),
    create: (setting: TransitionSetting<U>, options: O) => {
      assertSetting(name, unit, setting);
      return definition.create(setting, options);
    },
  } as const);
}
