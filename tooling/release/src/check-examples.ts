import { globSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Report } from './report.ts';
import { runProgram } from './run-program.ts';
import type { Registry } from './start-registry.ts';

interface Manifest {
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Whether the release is in the ranges that the packages of others name, as those in examples/ do. `folder` is made for it. */
export async function checkExamples(
  folder: string,
  {
    tree,
    registry,
    report,
    signal,
  }: { readonly tree: string; readonly registry: Registry; readonly report: Report; readonly signal: AbortSignal },
): Promise<void> {
  for (const path of globSync('examples/*/package.json', { cwd: tree }).sort()) {
    const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(tree, path), 'utf8')) as Manifest;
    await report.attempt(`the ranges of ${dirname(path)}`, async () => {
      const cwd = join(folder, basename(dirname(path)));
      await mkdir(cwd, { recursive: true });
      await writeFile(join(cwd, '.npmrc'), registry.npmrc);
      const ours = Object.entries({ ...devDependencies, ...peerDependencies }).filter(([name]) => name.startsWith('@d3pm/'));
      await writeFile(
        join(cwd, 'package.json'),
        JSON.stringify({ name: 'example', private: true, dependencies: Object.fromEntries(ours) }),
      );
      const args = ['install', '--package-lock-only', '--strict-peer-deps', '--prefer-online', '--no-audit', '--no-update-notifier'];
      await runProgram('npm', args, { cwd, signal });
      return ours.map(([name, range]) => `${name} ${range}`).join(', ');
    });
  }
}
