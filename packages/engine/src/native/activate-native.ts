import { availableParallelism } from 'node:os';
import { backend, findBackendFactory } from '@tensorflow/tfjs-core';
import { activateBackend } from '../activate-backend.ts';
import type { EngineSetting, Started } from '../engine-candidate.ts';
import { cardFacts } from './card-facts.ts';
import { findNative } from './find-native.ts';
import { installedPackage, type InstalledPackage } from './installed-package.ts';
import { loadNative } from './load-native.ts';
import type { NativeInstallation } from './native-installation.ts';
import { platformObstacle } from './platform-obstacle.ts';
import { provenVersion } from './proven-version.ts';

interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

const WAY_OUT = 'to prepare it: npx @d3pm/reproduce setup, or provisionNative() of @d3pm/engine/native';

/** Why the native engine cannot be used here, in a few words with the way out; undefined when it can. Loads nothing. */
export function nativeObstacle(): string | undefined {
  const obstacle = platformObstacle();
  if (obstacle !== undefined || installedPackage() !== undefined) return obstacle;
  const found = findNative();
  return typeof found === 'string' ? `${found} (${WAY_OUT})` : undefined;
}

/** Loads the native engine that is there, makes it the active one, and says which it is. Fetches nothing. */
export async function activateNative({ threads }: EngineSetting): Promise<Started> {
  if (!findBackendFactory('tensorflow')) loadNative(await usableNative(), threads);
  await activateBackend('tensorflow');
  const { binding, isUsingGpuDevice } = backend() as unknown as NativeBackend;
  return {
    simd: true,
    threads: Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism(),
    library: `TensorFlow ${binding.TF_Version}`,
    detail: `TensorFlow ${binding.TF_Version} on ${isUsingGpuDevice ? 'a card' : 'the processor'}`,
    ...(isUsingGpuDevice ? { device: await cardNames() } : {}),
  };
}

/** The installed package where it loads, which nobody has seen to yet; else what has been provisioned. */
async function usableNative(): Promise<NativeInstallation | InstalledPackage> {
  const installed = installedPackage();
  const found = findNative();
  if (installed === undefined) {
    if (typeof found === 'string') throw new Error(found);
    return found;
  }
  try {
    await provenVersion(installed.binding);
    return installed;
  } catch (error) {
    if (typeof found === 'string') throw error;
    return found;
  }
}

/** tfjs-node uses the first card that it may, and does not tell which that is. */
async function cardNames(): Promise<string> {
  const names = new Set((await cardFacts()).cards.map(({ name }) => name));
  return names.size === 0 ? 'NVIDIA card' : [...names].join(' or ');
}
