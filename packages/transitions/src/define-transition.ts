import { assertNoiseUnit, assertPlugin, type NoiseUnit, type Transition, type TransitionPlugin, type TransitionSetting } from '@d3pm/core';
import { assertSetting } from './transition-setting.ts';

export interface TransitionDefinition<N extends string, O, U extends NoiseUnit> {
  /** `owner/name` for a package of your own; stored in configs, so it never changes. */
  readonly name: N;
  /** What the β of its schedules measure. */
  readonly unit: U;
  /** Options from JSON or code; takes its own result too. @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  /** The setting has been checked, K ≥ 2 and every β fits the unit, and the options come from `parse`. */
  create(setting: TransitionSetting<U>, options: O): Transition;
}

/**
 * A transition family of this specification, as a frozen value. Infers its types, checks setting and
 * options before `create` sees them, and registers nothing.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a malformed name, `UNIT` for a unit that does not exist.
 */
export function defineTransition<const N extends string, O, const U extends NoiseUnit>(
  definition: TransitionDefinition<N, O, U>,
): TransitionPlugin<N, O, U> {
  const { name, unit } = definition;
  assertPlugin({ specVersion: 1, kind: 'transition', name }, 'transition');
  assertNoiseUnit('defineTransition', name, unit);
  return Object.freeze({
    specVersion: 1,
    kind: 'transition',
    name,
    unit,
    parse: (options: unknown) => definition.parse(options),
    create: (setting: TransitionSetting<U>, options: O) => {
      assertSetting(name, unit, setting);
      return definition.create(setting, definition.parse(options));
    },
  } as const);
}
