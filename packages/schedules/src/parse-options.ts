import { D3pmError, suggestName } from '@d3pm/core';

/** The options as a record, once each is one that `name` knows. @throws {D3pmError} `INVALID_OPTIONS` with the nearest name. */
export function assertOptionNames(name: string, options: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new D3pmError('INVALID_OPTIONS', `${name}: options are ${JSON.stringify(options)}, expected an object`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new D3pmError('INVALID_OPTIONS', `${name}: no option is named "${unknown}"; ${suggestName(unknown, known)}`);
  return options as Readonly<Record<string, unknown>>;
}

/** Options that are all required numbers. @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
export function parseNumbers<const F extends string>(name: string, options: unknown, fields: readonly F[]): Readonly<Record<F, number>> {
  const record = assertOptionNames(name, options, fields);
  for (const field of fields) {
    if (typeof record[field] !== 'number')
      throw new D3pmError('INVALID_OPTIONS', `${name}: ${field} is ${JSON.stringify(record[field])}, expected a number`);
  }
  return record as Readonly<Record<F, number>>;
}
