import { findBackendFactory, getBackend, registerBackend, removeBackend } from '@tensorflow/tfjs-core';

/** As tfjs-backend-wasm registers itself. */
const WASM_PRIORITY = 2;

/**
 * Gives the memory of the wasm back end back (its heap never shrinks by itself) and ends its threads. Every tensor on it is lost.
 * {@link prepareEngine} starts it anew. A process ends without it.
 */
export function disposeEngine(): void {
  if (getBackend() !== 'wasm') return;
  const factory = findBackendFactory('wasm');
  removeBackend('wasm');
  registerBackend('wasm', factory, WASM_PRIORITY);
}
