import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { commandError, npmReason } from './command-error.ts';
import { copyKernels } from './copy-kernels.ts';
import type { NativeVariant, PackageInstaller } from './native-build.ts';
import { writeRecord } from './native-installation.ts';
import { provenVersion } from './proven-version.ts';
import type { StepContext } from './provision-event.ts';
import { runCommand } from './run-command.ts';

export interface InstallInput {
  readonly installer: PackageInstaller;
  readonly variant: NativeVariant;
  /** An empty folder, in which npm is run. */
  readonly scratch: string;
}

/**
 * Makes an installation in an empty folder from what a package's own install script fetches: an older TensorFlow, and a binding that
 * needs no compiler.
 *
 * @throws {D3pmError} `ENGINE` when there is no npm, when the script fails or may not run, and when Node cannot load what it has fetched
 */
export async function installPackage(folder: string, { installer, variant, scratch }: InstallInput, context: StepContext): Promise<void> {
  const { name, requirement } = installer;
  const { report, signal } = context;
  report({ step: 'install', detail: `${requirement}, by its own installer` });
  await mkdir(scratch, { recursive: true });
  await writeFile(join(scratch, 'package.json'), '{ "private": true }\n');
  const flags = ['--prefix', scratch, '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const { status, stderr } = await runCommand('npm', ['install', requirement, ...flags], { cwd: scratch, signal });
  if (status !== 0) throw commandError(`npm install ${requirement} failed`, npmReason(stderr));
  const made = join(scratch, 'node_modules', name);
  const compiled = await compiledBinding(join(made, 'lib'));
  if (compiled === undefined) {
    throw new D3pmError('ENGINE', `npm install ${requirement} ended well, but its install script has not run (npm config: ignore-scripts)`);
  }
  // The binding looks for the library at ../../deps/lib.
  await cp(join(made, 'lib'), join(folder, 'lib'), { recursive: true });
  if (existsSync(join(made, 'deps', 'lib'))) await cp(join(made, 'deps', 'lib'), join(folder, 'deps', 'lib'), { recursive: true });
  await copyKernels(made, folder);
  const binding = join(folder, 'lib', compiled);
  report({ step: 'check', detail: 'loading it' });
  const version = await provenVersion(binding, signal);
  const manifest = JSON.parse(await readFile(join(made, 'package.json'), 'utf8')) as { readonly version: string };
  const facts = { version, variant, madeFrom: [requirement], bindingVersion: manifest.version, binding: relative(folder, binding) };
  await writeRecord(folder, facts);
}

/** Of the newest interface of Node that there is one for, as `napi-v8/tfjs_binding.node`. */
async function compiledBinding(lib: string): Promise<string | undefined> {
  const builds = (await readdir(lib).catch((): string[] => [])).toSorted();
  return builds.map((build) => join(build, 'tfjs_binding.node')).findLast((file) => existsSync(join(lib, file)));
}
