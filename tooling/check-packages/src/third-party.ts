import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCaptured, toolPath } from '../../check/src/run-tool.ts';
import { snippetsOf } from '../../check-docs/src/snippets.ts';
import { pack, type Packed } from './pack.ts';
import type { PublishableManifest } from './publishable.ts';
import type { StepOutcome } from './step-outcome.ts';
import { dependenciesOn, installStrangers } from './strangers.ts';
import { typeCheck } from './type-check.ts';

/**
 * Copies a plugin's project out of the repository, builds it there against the packed packages, runs its own tests, and
 * packs it as its author would. Without a tarball where that did not come so far.
 */
export async function buildPlugin(
  root: string,
  example: string,
  packed: readonly Packed[],
): Promise<{ readonly steps: readonly StepOutcome[]; readonly plugin: Packed | undefined }> {
  const folder = basename(example);
  const cwd = join(root, folder);
  await cp(example, cwd, { recursive: true, filter: (path) => !/[\\/](?:node_modules|dist)$/.test(path) });
  const install = await installStrangers(root, [{ folder }], { packed, peers: 'given' });
  const steps: StepOutcome[] = [{ name: `${folder}: install`, outcome: install }];
  if (install.code !== 0) return { steps, plugin: undefined };
  const run = async (name: string, args: readonly string[]): Promise<boolean> => {
    const outcome = await runCaptured(process.execPath, args, { cwd, timeoutMs: 180_000 });
    steps.push({ name: `${folder}: ${name}`, outcome });
    return outcome.code === 0;
  };
  if (!(await run('build', [toolPath('typescript', 'tsc'), '-p', '.', '--pretty', 'false']))) return { steps, plugin: undefined };
  await run('its tests', ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot']);
  const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8')) as PublishableManifest;
  return { steps, plugin: await pack(root, root, { folder, manifest }) };
}

/** An application with the packages and a plugin from its tarball: the plugin's README runs in it, and each program given. */
export async function usePlugin(
  root: string,
  { packed, plugin, programs }: { readonly packed: readonly Packed[]; readonly plugin: Packed; readonly programs: readonly string[] },
): Promise<readonly StepOutcome[]> {
  const folder = 'application';
  const dependencies = dependenciesOn([...packed, plugin]);
  const install = await installStrangers(root, [{ folder, manifest: { name: folder, dependencies } }], { packed, peers: 'named' });
  const steps: StepOutcome[] = [{ name: 'application: install', outcome: install }];
  if (install.code !== 0) return steps;
  const cwd = join(root, folder);
  await copyTwice(cwd, plugin.manifest.name);
  const run = async (name: string, file: string): Promise<void> => {
    steps.push({ name: `application: ${name}`, outcome: await runCaptured(process.execPath, [file], { cwd, timeoutMs: 180_000 }) });
  };
  for (const program of programs) {
    await cp(program, join(cwd, basename(program)));
    await run(basename(program, '.ts'), basename(program));
  }
  for (const { origin, path, code } of snippetsOf(
    'README.md',
    await readFile(join(cwd, 'node_modules', plugin.manifest.name, 'README.md'), 'utf8'),
  )) {
    const file = basename(path);
    await writeFile(join(cwd, file), code);
    await run(`${plugin.manifest.name}/${origin}`, file);
  }
  return [
    ...steps,
    ...(await typeCheck(
      folder,
      root,
      programs.map((program) => `${folder}/${basename(program)}`),
    )),
  ];
}

/** Second copies of the plugin and of core, where npm puts them when two ranges do not meet: inside the one who needs another. */
async function copyTwice(cwd: string, plugin: string): Promise<void> {
  for (const name of [plugin, '@d3pm/core']) {
    await cp(join(cwd, 'node_modules', name), join(cwd, 'copies/node_modules', name), { recursive: true, dereference: true });
  }
}
