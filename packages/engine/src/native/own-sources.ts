import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilerFlags } from './compiler-flags.ts';

const FOLDER = fileURLToPath(new URL('../../src/native', import.meta.url));
const OPERATIONS = join(FOLDER, 'operations');

/** What this package adds to the process of the binding, in C++: shipped beside what is compiled from TypeScript. */
export const processSources: readonly string[] = ['keep-memory.cc', 'keep-signals-away.cc'].map((name) => join(FOLDER, name));

/** The operations of this package, in C++, with their headers. None where a bundler has left them behind: nothing is compiled there. */
export function operationSources(): readonly string[] {
  if (!existsSync(OPERATIONS)) return [];
  return readdirSync(OPERATIONS)
    .sort()
    .map((name) => join(OPERATIONS, name));
}

/** Eight hexadecimal digits of the SHA-256 of how they are compiled, and of those files that are there, by their names and what is in them. */
export function sourcesDigest(
  files: readonly string[] = [...processSources, ...operationSources()],
  flags: readonly string[] = compilerFlags,
): string {
  const hash = createHash('sha256').update(JSON.stringify(flags));
  for (const file of files.filter((path) => existsSync(path))) {
    const text = readFileSync(file);
    hash.update(`${basename(file)}\n${text.length}\n`).update(text);
  }
  return hash.digest('hex').slice(0, 8);
}
