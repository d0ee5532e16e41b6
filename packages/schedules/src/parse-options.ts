import { assertOptionNames, D3pmError } from '@d3pm/core';

/** Options that are all required numbers. @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
export function parseNumbers<const F extends string>(name: string, options: unknown, fields: readonly F[]): Readonly<Record<F, number>> {
  const record = assertOptionNames(name, options, fields);
  for (const field of fields) {
    if (typeof record[field] !== 'number')
      throw new D3pmError('INVALID_OPTIONS', `${name}: ${field} is ${JSON.stringify(record[field])}, expected a number`);
  }
  return record as Readonly<Record<F, number>>;
}
