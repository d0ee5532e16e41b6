import { D3pmError } from '@d3pm/core';
import { jsonProblem, type JsonValue } from '../checkpoint/json-value.ts';

/** One line of a log: what was measured, and at which step. */
export interface MetricsRecord {
  /** 0, 1, 2, …: the training step after which it was measured. */
  readonly step: number;
  /** Numbers may also be NaN, Infinity and -Infinity. */
  readonly [name: string]: JsonValue;
}

const NON_FINITE: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
/** Deeper values are refused by {@link jsonProblem}. */
const MAX_DEPTH = 66;

/** The line of a record, without its end. @throws {D3pmError} `INVALID_OPTIONS` with the path of what JSON has not. */
export function encodeMetrics(caller: string, record: MetricsRecord): string {
  const value = mapLeaves(record, (leaf) => (typeof leaf === 'number' && !Number.isFinite(leaf) ? String(leaf) : leaf));
  const problem = stepProblem(record) ?? jsonProblem(value, 'record');
  if (problem !== undefined) throw new D3pmError('INVALID_OPTIONS', `${caller}: ${problem}`);
  return JSON.stringify(value);
}

/** The record of a line; a text that says what is wrong, when it is none. */
export function decodeMetrics(line: string): MetricsRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is no JSON';
  }
  return stepProblem(value) ?? jsonProblem(value, 'it') ?? (mapLeaves(value, (leaf) => NON_FINITE.get(leaf) ?? leaf) as MetricsRecord);
}

/** Why a value is no record with a step; undefined when it is one. */
function stepProblem(record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return 'it is no object with a step';
  const step: unknown = Object.hasOwn(record, 'step') ? (record as { readonly step: unknown }).step : undefined;
  if (Number.isSafeInteger(step) && (step as number) >= 0) return undefined;
  return `its step is ${typeof step === 'number' ? step : `of type ${typeof step}`}, expected 0, 1, 2, …`;
}

/** The same arrays and plain objects with other leaves; what {@link jsonProblem} refuses stays. */
function mapLeaves(value: unknown, map: (leaf: unknown) => unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return map(value);
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, map, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLeaves(item, map, depth + 1)]));
}
