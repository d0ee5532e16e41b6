import { D3pmError } from './errors.ts';
import { suggestName } from './nearest-name.ts';

/** Options of a plugin that has none. An empty interface in its place would take every object. */
export type NoOptions = Readonly<Record<string, never>>;

/**
 * The options of a plugin as a record, once each has a name that the plugin knows.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for anything but an object, and for an unknown name with the nearest known one.
 */
export function assertOptionNames(name: string, options: unknown, known: readonly []): NoOptions;
export function assertOptionNames(name: string, options: unknown, known: readonly string[]): Readonly<Record<string, unknown>>;
export function assertOptionNames(name: string, options: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new D3pmError('INVALID_OPTIONS', `${name}: options are ${JSON.stringify(options)}, expected an object`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${name}: no option is named "${unknown}"; ${known.length === 0 ? 'it has none' : suggestName(unknown, known)}`,
    );
  }
  return options as Readonly<Record<string, unknown>>;
}
