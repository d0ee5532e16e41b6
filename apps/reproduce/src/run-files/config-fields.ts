import type { JsonObject, JsonValue } from '@d3pm/train/node';

/** No config is nested so deep; what lies deeper is shown as a sign. */
const MAX_DEPTH = 16;

/**
 * The fields of a config by their paths, as `training.numSteps`; a list is one field. A key that is no plain word is quoted, as in what
 * `d3pm train` says of a changed config.
 */
export function configFields(config: JsonObject): ReadonlyMap<string, JsonValue> {
  return new Map(fields('', config, 0));
}

function* fields(path: string, value: JsonValue, depth: number): Generator<readonly [string, JsonValue], void, undefined> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) yield [path, value];
  else if (depth === MAX_DEPTH) yield [path, '…'];
  else for (const [key, inner] of Object.entries(value)) yield* fields(childPath(path, key), inner as JsonValue, depth + 1);
}

function childPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
