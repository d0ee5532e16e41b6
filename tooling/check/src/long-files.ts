import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file above this many lines asks for a sentence in the pull request; it is reported and fails nothing. */
const MAX_LINES = 250;

/** Sources of more than 250 lines, the longest first. */
export function longFiles(root: string): readonly { readonly path: string; readonly lines: number }[] {
  return globSync('{packages,apps,tooling}/*/{src,test}/**/*.ts', { cwd: root })
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .sort((a, b) => b.lines - a.lines);
}
