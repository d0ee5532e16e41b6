import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { D3pmError, suggestName } from '@d3pm/core';

const folder = new URL('../fixtures/', import.meta.url);

/** The path of a file that comes with this package. @throws {D3pmError} `UNKNOWN_NAME` with the nearest that there is. */
export function fixturePath(name: string): string {
  const path = fileURLToPath(new URL(name, folder));
  if (existsSync(path)) return path;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  throw new D3pmError('UNKNOWN_NAME', `fixture: there is no ${name}; ${suggestName(name, names)}`);
}
