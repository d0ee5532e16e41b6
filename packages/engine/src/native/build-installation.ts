import { existsSync } from 'node:fs';
import { readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { D3pmError } from '@d3pm/core';
import type { BindingSources } from './binding-sources.ts';
import { compileBinding } from './compile-binding.ts';
import { copyKernels } from './copy-kernels.ts';
import { extractZip } from './extract-zip.ts';
import type { NativeBuild } from './native-build.ts';
import { bindingFile, RECORD, type InstallationRecord } from './native-installation.ts';
import { placeWheelFile } from './place-wheel-file.ts';
import type { StepContext } from './provision-event.ts';
import { runCommand } from './run-command.ts';

export interface BuildInput {
  readonly build: NativeBuild;
  /** Paths of the wheels, their checksums verified. */
  readonly wheels: readonly string[];
  readonly compiler: string;
  readonly sources: BindingSources;
}

/** Makes a whole installation in an empty folder, and sees that Node can load it. What it leaves when it throws is of no use. */
export async function buildInstallation(
  folder: string,
  { build, wheels, compiler, sources }: BuildInput,
  context: StepContext,
): Promise<void> {
  for (const [i, wheel] of wheels.entries()) {
    context.report({ step: 'extract', detail: build.wheels[i]!.requirement });
    await extractZip(wheel, folder, { place: placeWheelFile, signal: context.signal });
  }
  // cuDNN 8 looks for nvrtc under the name that its package had earlier.
  if (existsSync(join(folder, 'nvidia', 'cuda_nvrtc'))) await symlink('cuda_nvrtc', join(folder, 'nvidia', 'nvrtc'));
  const include = join(folder, 'include');
  await compileBinding({ compiler, sources: sources.folder, include, folder }, context);
  await rm(include, { recursive: true, force: true });
  await copyKernels(sources.folder, folder);
  await checkLoads(folder, context);
  const record: InstallationRecord = {
    version: build.version,
    variant: build.variant,
    wheels: build.wheels.map(({ requirement }) => requirement),
    compiler,
    bindingVersion: sources.version,
    files: await sizesIn(folder),
  };
  await writeFile(join(folder, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** In a process of its own, which a library that does not suit the machine would end. */
async function checkLoads(folder: string, { report, signal }: StepContext): Promise<void> {
  report({ step: 'check', detail: 'loading it' });
  const program = 'require(process.argv[1])';
  const env = { TF_CPP_MIN_LOG_LEVEL: '2' };
  const { status, stderr } = await runCommand(process.execPath, ['-e', program, bindingFile(folder)], { env, signal });
  if (status === 0) return;
  throw new D3pmError(
    'ENGINE',
    `provisionNative: the binding was built, but Node ${process.version} cannot load it: ${stderr.trim().slice(-1500)}`,
  );
}

async function sizesIn(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => [relative(folder, file), (await stat(file)).size] as const));
  return Object.fromEntries(sizes.sort(([left], [right]) => (left < right ? -1 : 1)));
}
