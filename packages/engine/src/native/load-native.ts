import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import { getKernelsForBackend, registerBackend, type KernelBackend } from '@tensorflow/tfjs-core';
import { INJECTED, kernelsFolder } from './copy-kernels.ts';
import { installNativeKernels } from './install-native-kernels.ts';
import type { InstalledPackage } from './installed-package.ts';
import type { NativeInstallation } from './native-installation.ts';

/** As tfjs-node registers itself. */
const NATIVE_PRIORITY = 3;

/** What tfjs-node 4.22 calls of `node:util`; Node 22 warns of it and later ones have removed it. */
const OLDER_UTIL = Object.freeze({
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown) => value === undefined || value === null,
});

interface BackendModule {
  readonly NodeJSKernelBackend: new (binding: object, packageName: string) => KernelBackend;
}

/**
 * Registers the back end `tensorflow` and its kernels, from an installation or an installed package, with the tfjs-core of this process.
 * For a process that has none yet.
 */
export function loadNative(native: NativeInstallation | InstalledPackage, threads: number | undefined): void {
  setEnvironment(threads);
  const require = createRequire(import.meta.url);
  Object.assign(require('node:util') as object, OLDER_UTIL);
  const isPackage = 'name' in native;
  const dist = join(isPackage ? native.folder : kernelsFolder(native.folder), 'dist');
  if (!isPackage) injectCore(dist);
  const binding = require(native.binding) as object;
  const { NodeJSKernelBackend } = require(join(dist, 'nodejs_kernel_backend.js')) as BackendModule;
  if (getKernelsForBackend('tensorflow').length === 0) require(join(dist, 'register_all_kernels.js'));
  installNativeKernels({ compiled: !isPackage && native.operations });
  registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'), NATIVE_PRIORITY);
}

/** TensorFlow reads these once, when it is loaded. What the user has set stays. */
function setEnvironment(threads: number | undefined): void {
  const { env } = process;
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // By default on newer processors alone; with AVX2 its batched products take a quarter to a half of the time, and convolutions two thirds.
  env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  // Without it the whole memory of the card is taken at the start.
  env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  if (threads !== undefined) env['TF_NUM_INTRAOP_THREADS'] = String(threads);
}

/** Lets `require('@tensorflow/tfjs')` in a folder that has no such package give the tfjs-core that this package sees. */
function injectCore(dist: string): void {
  const core: unknown = createRequire(import.meta.url)('@tensorflow/tfjs-core');
  const require = createRequire(join(dist, 'index.js'));
  for (const name of INJECTED) {
    const file = require.resolve(name);
    const module = new Module(file);
    module.exports = core;
    module.loaded = true;
    require.cache[file] = module as NodeJS.Module;
  }
}
