import { cp, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';

/** Clones a repository, and takes over what is not committed there: changes, removals, and new files that git would take. The original is only read. */
export async function copyTree(root: string, folder: string, signal: AbortSignal): Promise<void> {
  const git = (...args: readonly string[]): Promise<string> => runProgram('git', args, { cwd: root, signal });
  await git('clone', '--quiet', '--shared', root, folder);
  const changed = await git('diff', '--name-only', '--no-renames', '-z', 'HEAD');
  const added = await git('ls-files', '-z', '--others', '--exclude-standard');
  for (const path of (changed + added).split('\0').filter(Boolean)) {
    const [from, to] = [join(root, path), join(folder, path)];
    await rm(to, { recursive: true, force: true });
    if (!(await lstat(from).catch(() => undefined))) continue;
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  }
}
