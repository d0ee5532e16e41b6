import { backend, getBackend } from '@tensorflow/tfjs-core';

/** Engines that compute in the memory of the host, where reading a tensor back waits for nothing. */
const HOST_ENGINES: readonly string[] = ['cpu', 'wasm'];

/**
 * Whether reading a tensor back waits for nothing but its own computation, so that a decision may hang on it.
 *
 * TensorFlow is one of these engines where it has no card: reading 98,304 states takes it as long as adding them, 0.5 ms.
 */
export function readsAtOnce(): boolean {
  if (getBackend() !== 'tensorflow') return HOST_ENGINES.includes(getBackend());
  return (backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === false;
}
