import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publishables } from '../../check-packages/src/publishable.ts';
import { runProgram } from './run-program.ts';
import { versionFaults } from './version-faults.ts';

export interface VersionOptions {
  readonly signal: AbortSignal;
  /** With pnpm on its PATH. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Takes the changesets of an installed workspace into new versions and change logs, as a maintainer does. Where there are none, as right after a
 * release, the versions stay. Returns the one version.
 *
 * @throws for what `changeset version` itself throws, and for what it did that a release must not have.
 */
export async function versionPackages(tree: string, { signal, env }: VersionOptions): Promise<string> {
  const paths = globSync('{packages,apps,tooling,examples}/*/package.json', { cwd: tree }).concat('docs/package.json').sort();
  const read = (path: string): string => readFileSync(join(tree, path), 'utf8');
  const before = paths.map(read);
  if (changesets(tree).length > 0) {
    const cli = join(tree, 'node_modules/@changesets/cli/bin.js');
    await runProgram(process.execPath, [cli, 'version'], { cwd: tree, env, signal });
  }
  const projects = paths.map((path, index) => {
    const changelog = join(tree, dirname(path), 'CHANGELOG.md');
    return {
      folder: dirname(path),
      before: before[index]!,
      after: read(path),
      changelog: existsSync(changelog) ? readFileSync(changelog, 'utf8') : undefined,
    };
  });
  const faults = [
    ...changesets(tree).map((path) => `${path} is left over: it names nothing that is published`),
    ...versionFaults(projects.filter(({ folder }) => !folder.startsWith('examples/'))),
    ...projects
      .filter(({ folder, before, after }) => folder.startsWith('examples/') && before !== after)
      .map(({ folder }) => `${folder} is no part of the release, and its package.json has changed`),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return publishables(tree)[0]!.manifest.version;
}

const changesets = (tree: string): readonly string[] =>
  globSync('.changeset/*.md', { cwd: tree }).filter((path) => !path.endsWith('README.md'));
