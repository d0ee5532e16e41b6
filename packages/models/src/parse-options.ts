import { assertInteger, assertOptionNames, D3pmError, suggestName, type Prediction } from '@d3pm/core';

/** Throws `INVALID_OPTIONS` for a value that the field does not take. */
export type OptionCheck = (caller: string, field: string, value: unknown) => void;

/**
 * The options as they came, once every field is one that is known and has a value that it takes. Absent fields are not checked.
 *
 * @throws {D3pmError} `INVALID_OPTIONS`, naming the field.
 */
export function parseOptions<O extends object>(
  caller: string,
  options: unknown,
  checks: { readonly [F in keyof Required<O>]: OptionCheck },
): O {
  for (const [field, value] of Object.entries(assertOptionNames(caller, options, Object.keys(checks)))) {
    if (value !== undefined) checks[field as keyof O](caller, field, value);
  }
  return options as O;
}

export function integerFrom(min: number): OptionCheck {
  return (caller, field, value) => assertInteger(caller, field, value, min);
}

export const oddInteger: OptionCheck = (caller, field, value) => {
  assertInteger(caller, field, value, 1);
  if (value % 2 === 0)
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${field} is ${value}, expected an odd integer, so that both sides are seen alike`);
};

export const evenInteger: OptionCheck = (caller, field, value) => {
  assertInteger(caller, field, value, 2);
  if (value % 2 === 1)
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${field} is ${value}, expected an even integer: sines and cosines come in pairs`);
};

export const integerList: OptionCheck = (caller, field, value) => {
  if (!Array.isArray(value) || value.length === 0) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${field} is ${JSON.stringify(value)}, expected a list of at least one integer`);
  }
  value.forEach((item, i) => assertInteger(caller, `${field}[${i}]`, item, 1));
};

export const numberList: OptionCheck = (caller, field, value) => {
  const length = (value as ArrayLike<unknown> | null)?.length;
  if (
    typeof value === 'string' ||
    length === undefined ||
    Array.from(value as ArrayLike<unknown>).some((item) => typeof item !== 'number')
  ) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${field} is ${JSON.stringify(value)}, expected a list of numbers`);
  }
};

export const flag: OptionCheck = (caller, field, value) => {
  if (typeof value !== 'boolean')
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${field} is ${JSON.stringify(value)}, expected true or false`);
};

/** A probability of dropping. */
export const rate: OptionCheck = (caller, field, value) => {
  if (typeof value !== 'number' || !(value >= 0 && value < 1))
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${field} is ${JSON.stringify(value)}, expected a probability in [0, 1); 0 for none`);
};

export function nameAmong(names: readonly string[]): OptionCheck {
  return (caller, field, value) => {
    if (!names.includes(value as string))
      throw new D3pmError('INVALID_OPTIONS', `${caller}: ${field} is ${JSON.stringify(value)}; ${suggestName(String(value), names)}`);
  };
}

const PREDICTIONS: readonly Prediction[] = ['denoiser', 'direct', 'leave-one-out'];

export const predictionName: OptionCheck = /* @__PURE__ */ nameAmong(PREDICTIONS);
