import { assertInteger, assertOptionNames, D3pmError } from '@d3pm/core';

/** Options of a data set that comes with the program: a length, and those of `choices`, each one of a list. @throws {D3pmError} `INVALID_OPTIONS` */
export function parseStandInOptions<C extends Readonly<Record<string, readonly unknown[]>>>(
  name: string,
  options: unknown,
  choices: C,
): { readonly length: number } & { readonly [K in keyof C]?: C[K][number] } {
  const record = assertOptionNames(name, options, ['length', ...Object.keys(choices)]);
  assertInteger(name, 'length', record['length'], 1);
  for (const [key, allowed] of Object.entries(choices)) {
    const value = record[key];
    if (value === undefined || allowed.includes(value)) continue;
    throw new D3pmError('INVALID_OPTIONS', `${name}: ${key} is ${JSON.stringify(value)}, expected ${allowed.join(' or ')}`);
  }
  return record as { length: number } & { [K in keyof C]?: C[K][number] };
}
