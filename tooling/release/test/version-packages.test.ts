import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { publishables } from '../../check-packages/src/publishable.ts';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { versionPackages } from '../src/version-packages.ts';
import { madeFolder } from './made-folder.ts';

/** The manifests of this workspace and how its changesets are set up but for the formatter, with one changeset. */
function madeWorkspace(changeset: string): string {
  const root = madeFolder({ '.changeset/one.md': changeset });
  const paths = [
    'pnpm-workspace.yaml',
    '.changeset/config.json',
    ...globSync('{.,{packages,apps,tooling,examples}/*,docs}/package.json', { cwd: repositoryRoot }),
  ];
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), readFileSync(join(repositoryRoot, path)));
  }
  const config = join(root, '.changeset/config.json');
  writeFileSync(config, JSON.stringify({ ...(JSON.parse(readFileSync(config, 'utf8')) as object), format: false }));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
  execFileSync('git', ['init', '-q'], { cwd: root });
  return root;
}

const options = { signal: new AbortController().signal, env: process.env };

it('a changeset of one package gives all that are published the next version, and nothing else any', async () => {
  const root = madeWorkspace(`---\n'@d3pm/core': minor\n---\n\nA sentence for users.\n`);
  const [major, minor] = publishables(root)[0]!.manifest.version.split('.').map(Number);
  const version = await versionPackages(root, options);
  expect(version).toBe(`${major}.${minor! + 1}.0`);
  expect(publishables(root).map(({ manifest }) => manifest.version)).toEqual(publishables(root).map(() => version));
  expect(readFileSync(join(root, 'packages/core/CHANGELOG.md'), 'utf8')).toContain('A sentence for users.');
});

it('a changeset of what is private is refused', async () => {
  const root = madeWorkspace(`---\n'@d3pm/docs': minor\n---\n\nNo sentence for users.\n`);
  await expect(versionPackages(root, options)).rejects.toThrow('.changeset/one.md is left over');
});
