import { basename, dirname, sep } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { printable } from '../run-files/shown-value.ts';

/**
 * A short name for each run: that of its folder, or of the row that it is the `run` of, with as many folders before it as tell two apart.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a folder that is there twice.
 */
export function runNames(folders: readonly string[]): readonly string[] {
  const twice = folders.find((folder, i) => folders.indexOf(folder) !== i);
  if (twice !== undefined) throw new D3pmError('INVALID_OPTIONS', `compare: ${quoted(twice)} is there twice; give each run once`);
  const paths = folders.map((folder) => (basename(folder) === 'run' ? dirname(folder) : folder).split(sep).filter((part) => part !== ''));
  const longest = Math.max(...paths.map(({ length }) => length));
  const named = (parts: number): readonly string[] => paths.map((path) => path.slice(-parts).join('/') || sep);
  for (let parts = 1; parts < longest; parts++) {
    const names = named(parts);
    if (new Set(names).size === names.length) return names.map(printable);
  }
  const whole = named(longest);
  return (new Set(whole).size === whole.length ? whole : folders).map(printable);
}
