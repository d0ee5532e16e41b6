import { getKernelsForBackend } from '@tensorflow/tfjs-core';

/**
 * Names of the kernels that the cpu back end has and `backend` lacks, sorted: what will throw there. Empty for `'cpu'`.
 * Loads the cpu back end, without making it the active one. Call {@link prepareEngine} first, else `backend` lacks everything.
 */
export async function missingKernels(backend: string): Promise<readonly string[]> {
  await import('@tensorflow/tfjs-backend-cpu');
  const present = new Set(getKernelsForBackend(backend).map(({ kernelName }) => kernelName));
  return getKernelsForBackend('cpu')
    .map(({ kernelName }) => kernelName)
    .filter((name) => !present.has(name))
    .sort();
}
