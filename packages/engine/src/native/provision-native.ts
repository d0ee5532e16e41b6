import { mkdir, mkdtemp, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { bindingSources, type BindingSources } from './binding-sources.ts';
import { buildInstallation } from './build-installation.ts';
import { findCompiler } from './compile-binding.ts';
import { explainFileError, diskFull } from './explain-file-error.ts';
import { fetchWheel } from './fetch-wheel.ts';
import { nativeBuilds, type NativeBuild } from './native-build.ts';
import { installationFolder, nativeRoot } from './native-folder.ts';
import { readInstallation, type NativeInstallation } from './native-installation.ts';
import { platformObstacle } from './platform-obstacle.ts';
import type { ProvisionEvent, StepContext } from './provision-event.ts';
import { sweepPartials } from './sweep-partials.ts';
import { withLock } from './with-lock.ts';

export interface ProvisionOptions {
  /** Fetches the variant for NVIDIA cards (CUDA 12; 3.5 GB are kept), which computes on the processor where there is no card. @defaultValue false */
  readonly gpu?: boolean;
  /** @defaultValue `$D3PM_CACHE`, else the cache folder of the user (`~/.cache/d3pm`) */
  readonly cacheFolder?: string;
  readonly onProgress?: (event: ProvisionEvent) => void;
  /** Stops it. What has been fetched is kept for the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Prepares the native engine once for this user: TensorFlow 2.16.2 from the Python package index, and the binding of
 * `@tensorflow/tfjs-node-gpu` 4.22 compiled for it. Some 210 MB are fetched and 640 MB kept for the processor.
 * `prepareEngine` finds it from then on, from every project.
 *
 * It needs Linux on x86-64, a pip (as a program that downloads), a C++ compiler, and npm where tfjs-node is not installed. Every wheel
 * is checked against a known SHA-256. The installation appears at once when it is whole; processes that ask for it at the same time wait for one
 * of them; an earlier try that was broken off is swept away, and a wheel that it has left is used. When it is there already, nothing is done.
 *
 * @throws {D3pmError} `ENGINE` with what is missing and the way out: another platform, no compiler, no pip, no network, a wrong
 * checksum, a folder that cannot be written, a full disk. The reason of `signal` when that is aborted.
 */
export async function provisionNative(options: ProvisionOptions = {}): Promise<NativeInstallation> {
  return provisionBuild(nativeBuilds[options.gpu === true ? 'gpu' : 'cpu'], options);
}

interface BuildOptions extends Omit<ProvisionOptions, 'gpu'> {
  /** @defaultValue those of tfjs-node */
  readonly sources?: BindingSources;
}

/** {@link provisionNative} for any build. */
export async function provisionBuild(build: NativeBuild, options: BuildOptions): Promise<NativeInstallation> {
  const { cacheFolder, onProgress, signal = new AbortController().signal, sources } = options;
  signal.throwIfAborted();
  const obstacle = platformObstacle();
  if (obstacle !== undefined) throw new D3pmError('ENGINE', `provisionNative: ${obstacle}; use the wasm engine`);
  const root = nativeRoot(cacheFolder);
  const folder = installationFolder(root, build);
  const found = readInstallation(folder, build);
  if (typeof found !== 'string') return found;
  const context: StepContext = { report: (event) => onProgress?.(event), signal };
  const compiler = await findCompiler(signal);
  try {
    await mkdir(root, { recursive: true });
    return await withLock(folder, context, async (locked) => {
      const meanwhile = readInstallation(folder, build);
      if (typeof meanwhile !== 'string') return meanwhile;
      return install(build, { root, folder, compiler, sources }, locked);
    });
  } catch (cause) {
    throw explainFileError(cause, root, build.diskBytes);
  }
}

interface Target {
  readonly root: string;
  readonly folder: string;
  readonly compiler: string;
  readonly sources: BindingSources | undefined;
}

async function install(
  build: NativeBuild,
  { root, folder, compiler, ...given }: Target,
  context: StepContext,
): Promise<NativeInstallation> {
  await sweepPartials(folder);
  await assertSpace(root, build);
  const downloads = join(root, 'downloads');
  const scratch = await mkdtemp(`${folder}.partial-`);
  try {
    const sources = given.sources ?? (await bindingSources(join(scratch, 'sources'), context));
    const wheels: string[] = [];
    for (const wheel of build.wheels) wheels.push(await fetchWheel(wheel, downloads, context));
    const made = join(scratch, 'installation');
    await buildInstallation(made, { build, wheels, compiler, sources }, context);
    context.signal.throwIfAborted();
    // A damaged one may be in the way; what has opened its files keeps them.
    await rename(folder, join(scratch, 'damaged')).catch(ignoreMissing);
    await rename(made, folder);
    for (const wheel of wheels) await rm(wheel, { force: true });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const installation = readInstallation(folder, build);
  if (typeof installation === 'string')
    throw new D3pmError('ENGINE', `provisionNative: ${folder} was made, but ${installation}; start it again`);
  return installation;
}

async function assertSpace(root: string, { diskBytes }: NativeBuild): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize < diskBytes) throw diskFull(root, diskBytes, bavail * bsize);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
