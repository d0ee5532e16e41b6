import type { JsonObject, JsonValue } from '../checkpoint/json-value.ts';

/** One place where two configurations differ. */
export interface ConfigDifference {
  /** `transition.options.numStates`, `layers[2].units`, `vocabulary["a.b"]` for a key that is no plain word; empty for all of it. */
  readonly path: string;
  /** Undefined where there is no such key or element. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/**
 * Where two values of JSON differ: empty when nowhere, and enough to make `after` from `before`. Objects are compared by their keys, in
 * any order, arrays by their elements; what only one has, or is of another kind, is given whole. A key whose value is undefined is absent;
 * 0 and −0 are the same, as in JSON. The values are those of the arguments, not copies.
 *
 * @returns In the order of the paths: keys by their UTF-16 code units, elements by their index.
 */
export function configDifference(before: JsonValue | undefined, after: JsonValue | undefined): readonly ConfigDifference[] {
  return [...differences({ path: '', before, after })];
}

function* differences({ path, before, after }: ConfigDifference): Generator<ConfigDifference, void, undefined> {
  if (isArray(before) && isArray(after)) {
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      yield* differences({ path: `${path}[${i}]`, before: before[i], after: after[i] });
    }
  } else if (isObject(before) && isObject(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      yield* differences({ path: childPath(path, key), before: own(before, key), after: own(after, key) });
    }
  } else if (before !== after && !(Number.isNaN(before) && Number.isNaN(after))) {
    yield { path, before, after };
  }
}

// Keys come from files: "__proto__" and "constructor" must be read as data, not from the prototype.
const own = (value: JsonObject, key: string): JsonValue | undefined => (Object.hasOwn(value, key) ? value[key] : undefined);
const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function childPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
