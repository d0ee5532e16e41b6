import { assertOptionNames, D3pmError } from '@d3pm/core';

/** What an option of a config may be: one of a list, or whatever satisfies the test. */
export interface OptionRule {
  readonly expected: string;
  readonly required: boolean;
  readonly accepts: (value: unknown) => boolean;
}

/** Checks a JSON value field by field. @throws {D3pmError} `INVALID_OPTIONS`, naming the field, with the nearest name for an unknown one. */
export function parseOptions(
  name: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
): Readonly<Record<string, unknown>> {
  const record = assertOptionNames(name, options, Object.keys(rules));
  for (const [key, { expected, required, accepts }] of Object.entries(rules)) {
    if (record[key] === undefined ? required : !accepts(record[key])) {
      throw new D3pmError('INVALID_OPTIONS', `${name}: ${key} is ${JSON.stringify(record[key]) ?? 'missing'}, expected ${expected}`);
    }
  }
  return record;
}

/** A path or name. */
export const textRule = (expected: string, required: boolean): OptionRule => ({
  expected,
  required,
  accepts: (value) => typeof value === 'string' && value !== '',
});

export const integerFrom = (min: number, required: boolean): OptionRule => ({
  expected: `an integer, at least ${min}`,
  required,
  accepts: (value) => Number.isInteger(value) && (value as number) >= min,
});
