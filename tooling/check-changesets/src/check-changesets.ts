import { execFileSync } from 'node:child_process';

const CHANGESET = /^\.changeset\/(?!README\.md$)[^/]+\.md$/;

/**
 * What is missing from a list of changed paths: a change of the sources of what is published comes with a changeset,
 * which is one sentence for its users. Undefined where nothing is missing. `published` has the folders.
 */
export function missingChangeset(paths: readonly string[], published: readonly string[]): string | undefined {
  const folders = published.filter((folder) => paths.some((path) => path.startsWith(`${folder}/src/`)));
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
