import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bug put in on purpose. */
export interface Patch {
  readonly name: string;
  /** The rule of the conventions or of the house style that it breaks. */
  readonly rule: string;
  /** The source file, relative to the root. */
  readonly file: string;
  /** Text that occurs in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Path filters of the tests that must turn red. */
  readonly tests: readonly string[];
}

const TEXT_FIELDS = ['name', 'rule', 'file', 'find', 'replace'] as const;

/** Reads and checks every patch of a folder, by name. Throws with the file's name on the first that is not sound. */
export function readPatches(folder: string): readonly Patch[] {
  return globSync('*.json', { cwd: folder })
    .sort()
    .map((file) => {
      const patch = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Patch;
      const fault = patchFault(patch, file.replace(/\.json$/, ''));
      if (fault !== undefined) throw new Error(`${file}: ${fault}`);
      return patch;
    });
}

function patchFault(patch: Patch, name: string): string | undefined {
  const known: readonly string[] = [...TEXT_FIELDS, 'tests'];
  const unknown = Object.keys(patch).filter((key) => !known.includes(key));
  if (unknown.length > 0) return `has ${unknown.join(', ')}; known are ${known.join(', ')}`;
  const missing = TEXT_FIELDS.filter((field) => typeof patch[field] !== 'string' || (patch[field] === '' && field !== 'replace'));
  if (missing.length > 0) return `${missing.join(', ')} must be a text`;
  if (!Array.isArray(patch.tests) || patch.tests.length === 0) return 'tests must name at least one path filter';
  if (patch.name !== name) return `its name is ${patch.name}; file and name must agree`;
  if (patch.find === patch.replace) return 'replaces a text by itself';
  return undefined;
}

/** The source with the bug in it. Throws unless `find` occurs exactly once. */
export function mutate(source: string, { name, file, find, replace }: Patch): string {
  const pieces = source.split(find);
  if (pieces.length !== 2)
    throw new Error(`${name}: find matches ${pieces.length - 1} times in ${file}, expected once; bring the patch up to date`);
  return pieces.join(replace);
}
