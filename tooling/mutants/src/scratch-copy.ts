import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { existsSync, globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface ScratchCopy {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A copy of the working tree in a temporary folder, node_modules linked: bugs are put in there and never in the tree. */
export async function scratchCopy(root: string): Promise<ScratchCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-mutants-'));
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  for (const parent of new Set(files.map((file) => dirname(file)))) await mkdir(join(folder, parent), { recursive: true });
  for (const file of files) await cp(join(root, file), join(folder, file));
  for (const modules of ['node_modules', ...globSync('{packages,apps,tooling}/*/node_modules', { cwd: root })]) {
    await symlink(join(root, modules), join(folder, modules), 'junction');
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
