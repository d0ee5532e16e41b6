import { execFileSync } from 'node:child_process';

const SOURCE = /^packages\/(?<folder>[^/]+)\/src\//;
const CHANGESET = /^\.changeset\/(?!README\.md$)[^/]+\.md$/;

/**
 * What is missing from a list of changed paths: a change of a package's sources comes with a changeset, which is one
 * sentence for its users. Undefined where nothing is missing.
 */
export function missingChangeset(paths: readonly string[]): string | undefined {
  const folders = [...new Set(paths.flatMap((path) => SOURCE.exec(path)?.groups?.['folder'] ?? []))].sort();
  if (folders.length === 0 || paths.some((path) => CHANGESET.test(path))) return undefined;
  return `sources of ${folders.join(', ')} changed, and no .changeset/*.md did; run \`pnpm changeset\``;
}

/** Paths that differ between the merge base with `base` and the working tree, untracked files included. */
export function changedPaths(root: string, base: string): readonly string[] {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  const from = git('merge-base', base, 'HEAD').trim();
  const listed = git('diff', '--name-only', '--diff-filter=d', '-z', from) + git('ls-files', '--others', '--exclude-standard', '-z');
  return listed.split('\0').filter(Boolean);
}
