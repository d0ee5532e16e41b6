import { existsSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { createAttempts } from './attempts.ts';
import { bindingSources, type BindingSources } from './binding-sources.ts';
import { buildInstallation } from './build-installation.ts';
import { chooseBuilds } from './choose-builds.ts';
import { requireCompiler } from './compile-binding.ts';
import { explainFileError, diskFull } from './explain-file-error.ts';
import { fetchLibraries } from './fetch-libraries.ts';
import { freeBytes } from './free-bytes.ts';
import { installPackage } from './install-package.ts';
import type { NativeBuild } from './native-build.ts';
import { installationFolder, installerFolder, nativeRoot } from './native-folder.ts';
import { readInstallation, type NativeInstallation } from './native-installation.ts';
import { platformObstacle } from './platform-obstacle.ts';
import type { ProvisionEvent, StepContext } from './provision-event.ts';
import { sweepPartials } from './sweep-partials.ts';
import { withLock } from './with-lock.ts';

export interface ProvisionOptions {
  /**
   * Whether to fetch the variant for NVIDIA cards (CUDA 12; 3.5 GB are kept), which computes on the processor where there is no card.
   *
   * @defaultValue `'auto'`: when there is a card with a driver that is new enough, and room on the disk
   */
  readonly gpu?: boolean | 'auto';
  /** @defaultValue `$D3PM_CACHE`, else the cache folder of the user (`~/.cache/d3pm`) */
  readonly cacheFolder?: string;
  readonly onProgress?: (event: ProvisionEvent) => void;
  /** Stops it, and the programs that it has started. What has been fetched is kept for the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Prepares the native engine once for this user: TensorFlow 2.16.2 from the Python package index by pip, else from a Maven repository by
 * mvn, and the binding of `@tensorflow/tfjs-node-gpu` 4.22 compiled for it. Some 210 MB are fetched and 640 MB kept for the processor.
 * `prepareEngine` finds it from then on, from every project. Where neither can be fetched or nothing can be compiled, the own
 * installer of `@tensorflow/tfjs-node` is tried, which has TensorFlow 2.9.1.
 *
 * It needs Linux on x86-64, pip or Maven (as programs that download), a C++ compiler, and npm where tfjs-node is not installed. Every archive
 * is checked against a known SHA-256. The installation appears at once when it is whole; processes that ask for it at the same time wait for one
 * of them; an earlier try that was broken off is swept away, and a wheel that it has left is used. When it is there already, nothing is done.
 *
 * @throws {D3pmError} `ENGINE` with what is missing and the way out: another platform, no compiler, no pip, no network, a wrong
 * checksum, a folder that cannot be written, a full disk. The reason of `signal` when that is aborted.
 */
export async function provisionNative(options: ProvisionOptions = {}): Promise<NativeInstallation> {
  const { gpu = 'auto', cacheFolder, onProgress, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const obstacle = platformObstacle();
  if (obstacle !== undefined) throw new D3pmError('ENGINE', `provisionNative: ${obstacle}; use the wasm engine`);
  const context: StepContext = { report: (event) => onProgress?.(event), signal };
  const builds = await chooseBuilds(gpu, nativeRoot(cacheFolder), context);
  const { attempt, failure } = createAttempts(context);
  for (const build of builds) {
    const installation = await attempt(() => provisionBuild(build, options));
    if (installation !== undefined) return installation;
  }
  const all = failure();
  throw new D3pmError('ENGINE', `provisionNative: ${all.message}; until then the wasm engine is used`, { cause: all.cause });
}

interface BuildOptions extends Omit<ProvisionOptions, 'gpu'> {
  /** @defaultValue those of tfjs-node */
  readonly sources?: BindingSources;
}

/** {@link provisionNative} for any build. */
export async function provisionBuild(build: NativeBuild, options: BuildOptions): Promise<NativeInstallation> {
  const { cacheFolder, onProgress, signal = new AbortController().signal, sources } = options;
  const root = nativeRoot(cacheFolder);
  const target: Target = { root, folder: installationFolder(root, build), sources };
  const found = readInstallation(target.folder);
  if (typeof found !== 'string') return found;
  try {
    await makeFolder(root);
    return await withLock(target.folder, { report: (event) => onProgress?.(event), signal }, async (locked) => {
      const meanwhile = readInstallation(target.folder);
      return typeof meanwhile === 'string' ? install(build, target, locked) : meanwhile;
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw explainFileError(cause, root, build.diskBytes);
  }
}

/** Where a disk may only be read, Node says that the folder is missing: this says why. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    await access(existingAncestor(path), constants.W_OK);
    throw error;
  }
}

function existingAncestor(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : existingAncestor(parent);
}

interface Target {
  readonly root: string;
  readonly folder: string;
  readonly sources: BindingSources | undefined;
}

async function install(build: NativeBuild, { root, folder, sources }: Target, context: StepContext): Promise<NativeInstallation> {
  const fromInstaller = installerFolder(root, build);
  for (const path of [folder, fromInstaller]) await sweepPartials(path);
  const free = await freeBytes(root);
  if (free < build.diskBytes) throw diskFull(root, build.diskBytes, free);
  const { attempt, failure } = createAttempts(context);
  const compiled = await attempt(() =>
    place(folder, context, (made, scratch) => compile(build, { root, made, scratch, sources }, context)),
  );
  if (compiled !== undefined) return compiled;
  const { installer, variant } = build;
  const older = readInstallation(fromInstaller);
  if (typeof older !== 'string') return older;
  const installed =
    installer &&
    (await attempt(() =>
      place(fromInstaller, context, (made, scratch) =>
        installPackage(made, { installer, variant, scratch: join(scratch, 'npm') }, context),
      ),
    ));
  if (installed === undefined) throw failure();
  return installed;
}

interface CompileTarget {
  readonly root: string;
  readonly made: string;
  readonly scratch: string;
  readonly sources: BindingSources | undefined;
}

async function compile(build: NativeBuild, { root, made, scratch, sources }: CompileTarget, context: StepContext): Promise<void> {
  const compiler = await requireCompiler(context.signal);
  const found = sources ?? (await bindingSources(join(scratch, 'sources'), context));
  const archives = await fetchLibraries(build, join(root, 'downloads'), context);
  const { variant, version, operations = false } = build;
  await buildInstallation(made, { variant, version, operations, archives, compiler, sources: found }, context);
  for (const { path } of archives) await rm(path, { force: true });
}

/** Makes an installation beside its place, and moves it there when it is whole. */
async function place(
  folder: string,
  { signal }: StepContext,
  make: (made: string, scratch: string) => Promise<void>,
): Promise<NativeInstallation> {
  const scratch = await mkdtemp(`${folder}.partial-`);
  try {
    const made = join(scratch, 'installation');
    await mkdir(made);
    await make(made, scratch);
    signal.throwIfAborted();
    // A damaged one may be in the way; what has opened its files keeps them.
    await rename(folder, join(scratch, 'damaged')).catch(ignoreMissing);
    await rename(made, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const installation = readInstallation(folder);
  if (typeof installation === 'string') throw new D3pmError('ENGINE', `${folder} was made, but ${installation}; start it again`);
  return installation;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
