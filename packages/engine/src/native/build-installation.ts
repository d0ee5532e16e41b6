import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { BindingSources } from './binding-sources.ts';
import { compileBinding } from './compile-binding.ts';
import { copyKernels } from './copy-kernels.ts';
import { extractZip } from './extract-zip.ts';
import type { FetchedArchive } from './fetch-libraries.ts';
import type { NativeVariant } from './native-build.ts';
import { bindingFile, writeRecord } from './native-installation.ts';
import { placeLibrary } from './place-library.ts';
import { provenVersion } from './proven-version.ts';
import type { StepContext } from './provision-event.ts';

export interface BuildInput {
  readonly variant: NativeVariant;
  readonly version: string;
  /** Whether to compile the operations of this package in. */
  readonly operations: boolean;
  readonly archives: readonly FetchedArchive[];
  readonly compiler: string;
  readonly sources: BindingSources;
}

/** Makes a whole installation in an empty folder, and sees that Node can load it. What it leaves when it throws is of no use. */
export async function buildInstallation(folder: string, input: BuildInput, context: StepContext): Promise<void> {
  const { variant, version, archives, compiler, sources } = input;
  for (const { requirement, path } of archives) {
    context.report({ step: 'extract', detail: requirement });
    await extractZip(path, folder, { place: placeLibrary, signal: context.signal });
  }
  // cuDNN 8 looks for nvrtc under the name that its package had earlier.
  if (existsSync(join(folder, 'nvidia', 'cuda_nvrtc'))) await symlink('cuda_nvrtc', join(folder, 'nvidia', 'nvrtc'));
  const { operations } = await compileBinding({ compiler, sources: sources.folder, folder, operations: input.operations }, context);
  await copyKernels(sources.folder, folder);
  context.report({ step: 'check', detail: 'loading it' });
  await provenVersion(bindingFile(folder), context.signal);
  await writeRecord(folder, {
    version,
    variant,
    madeFrom: archives.map(({ requirement }) => requirement),
    compiler,
    operations,
    bindingVersion: sources.version,
  });
}
