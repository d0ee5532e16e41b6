import { availableParallelism } from 'node:os';
import { backend } from '@tensorflow/tfjs-core';
import { activateBackend } from '../activate-backend.ts';
import type { EngineSetting, Started } from '../engine-candidate.ts';
import { findNative } from './find-native.ts';
import { installedPackage } from './installed-package.ts';
import { loadNative } from './load-native.ts';
import { platformObstacle } from './platform-obstacle.ts';

interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

const WAY_OUT = 'provisionNative() of @d3pm/engine/native does it once';

/** Why the native engine cannot be used here, in a few words with the way out; undefined when it can. Loads nothing. */
export function nativeObstacle(): string | undefined {
  const obstacle = platformObstacle();
  if (obstacle !== undefined || installedPackage() !== undefined) return obstacle;
  const found = findNative();
  return typeof found === 'string' ? `${found} (${WAY_OUT})` : undefined;
}

/** Loads the native engine that is there, makes it the active one, and says which it is. Fetches nothing. */
export async function activateNative({ threads }: EngineSetting): Promise<Started> {
  const native = installedPackage() ?? findNative();
  if (typeof native === 'string') throw new Error(native);
  loadNative(native, threads);
  await activateBackend('tensorflow');
  const { binding, isUsingGpuDevice } = backend() as unknown as NativeBackend;
  return {
    simd: true,
    threads: Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism(),
    detail: `TensorFlow ${binding.TF_Version} on ${isUsingGpuDevice ? 'a card' : 'the processor'}`,
  };
}
