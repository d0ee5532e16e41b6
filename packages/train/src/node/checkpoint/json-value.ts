import { quoted } from '@d3pm/core';
import { FORBIDDEN_NAMES } from '../../safetensors/name-problem.ts';

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** An object of JSON. */
export type JsonObject = { readonly [key: string]: JsonValue };

const MAX_DEPTH = 64;

/**
 * Why a value would not come back from JSON as it is; undefined when it does (−0 comes back as 0). `path` is how the message calls it.
 * Keys that would change the prototype of an object are refused, on the way out and on the way in.
 */
export function jsonProblem(value: unknown, path: string, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return `${path} is nested more than ${MAX_DEPTH} deep, or holds itself`;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}, which JSON has not`;
  if (typeof value !== 'object')
    return `${path} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON has not`;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const problem = jsonProblem(item, `${path}[${i}]`, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${path} is no plain object, which is all that JSON has`;
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN_NAMES.includes(key)) return `${path} has the key ${quoted(key)}, which would change the prototype of an object`;
    const problem = jsonProblem(item, `${path}.${/^\w{1,40}$/.test(key) ? key : quoted(key)}`, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
