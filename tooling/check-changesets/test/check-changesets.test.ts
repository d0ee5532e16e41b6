import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { changedPaths, missingChangeset } from '../src/check-changesets.ts';

describe('missingChangeset', () => {
  const published = ['apps/reproduce', 'packages/core', 'packages/train'];

  it.each([
    ['nothing changed', []],
    ['only tests and documents changed', ['packages/core/test/rng.test.ts', 'packages/core/README.md', 'docs/notation.md']],
    ['what changed is not published', ['apps/playground/src/main.ts']],
    ['there is a changeset', ['packages/core/src/rng.ts', '.changeset/quick-cats-run.md']],
  ])('is satisfied where %s', (_title, paths) => {
    expect(missingChangeset(paths, published)).toBeUndefined();
  });

  it('names the packages, and takes neither the configuration nor the README of the folder for a changeset', () => {
    const paths = [
      'packages/train/src/adam.ts',
      'apps/reproduce/src/cli.ts',
      'packages/core/src/rng.ts',
      'packages/core/src/threefry.ts',
      '.changeset/config.json',
      '.changeset/README.md',
    ];
    expect(missingChangeset(paths, published)).toBe(
      'sources of apps/reproduce, packages/core, packages/train changed, and no .changeset/*.md did; run `pnpm changeset`',
    );
  });
});

describe('changedPaths', () => {
  const root = mkdtempSync(join(tmpdir(), 'd3pm-changesets-'));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('lists what is committed since the base, changed, and new; not what was removed', () => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], {
        cwd: root,
        encoding: 'utf8',
      });
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    git('init', '-q', '-b', 'main');
    for (const name of ['kept', 'changed', 'removed']) write(`packages/core/src/${name}.ts`, name);
    git('add', '.');
    git('commit', '-q', '-m', 'base');
    git('switch', '-q', '-c', 'topic');
    write('packages/core/src/committed.ts', 'new');
    rmSync(join(root, 'packages/core/src/removed.ts'));
    git('add', '-A');
    git('commit', '-q', '-m', 'topic');
    write('packages/core/src/changed.ts', 'other');
    write('.changeset/new.md', 'new');
    expect([...changedPaths(root, 'main')].sort()).toEqual([
      '.changeset/new.md',
      'packages/core/src/changed.ts',
      'packages/core/src/committed.ts',
    ]);
  });
});
