import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyTree } from '../src/copy-tree.ts';
import { madeFolder } from './made-folder.ts';

it('copyTree takes what is committed, changed, staged and new, leaves what is removed and ignored, and does not touch the original', async () => {
  const root = madeFolder({ '.gitignore': 'ignored/\n', kept: 'a', changed: 'a', staged: 'a', moved: 'a', 'sub/removed': 'a' });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  for (const name of ['changed', 'staged']) writeFileSync(join(root, name), 'b');
  git('add', 'staged');
  git('mv', 'moved', 'elsewhere');
  rmSync(join(root, 'sub/removed'));
  writeFileSync(join(root, 'new file'), 'b');
  symlinkSync('kept', join(root, 'link'));
  execFileSync('mkdir', ['ignored'], { cwd: root });
  writeFileSync(join(root, 'ignored/a'), 'a');
  const status = git('status', '--porcelain');

  const folder = join(madeFolder(), 'copy');
  await copyTree(root, folder, new AbortController().signal);
  const texts = Object.fromEntries(
    ['kept', 'changed', 'staged', 'elsewhere', 'new file', 'link'].map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  expect(texts).toEqual({ kept: 'a', changed: 'b', staged: 'b', elsewhere: 'a', 'new file': 'b', link: 'a' });
  expect(globSync('{moved,ignored,sub/*}', { cwd: folder })).toEqual([]);
  expect(git('status', '--porcelain')).toBe(status);
  expect(execFileSync('git', ['log', '--format=%s'], { cwd: folder, encoding: 'utf8' })).toBe('first\n');
});
