import { backend, env } from '@tensorflow/tfjs-core';
import { activateBackend } from './activate-backend.ts';
import type { EngineCandidate } from './engine-candidate.ts';
import { installedWasmFolder } from './installed-wasm-folder.ts';
import { keepErrorListeners } from './keep-error-listeners.ts';
import { guardHeap } from './wasm/guard-heap.ts';
import { installWasmKernels } from './wasm/install-wasm-kernels.ts';
import type { WasmBackend } from './wasm/wasm-backend.ts';

/**
 * `@tensorflow/tfjs-backend-wasm` with the kernels of `wasm/`. In Node its binaries are read from the installed package;
 * in a browser they are fetched from `wasmPath`, or from beside the script.
 */
export const wasmCandidate: EngineCandidate = {
  name: 'wasm',
  backend: 'wasm',
  unavailable: () => (typeof WebAssembly === 'undefined' ? 'no WebAssembly here' : undefined),
  activate: async ({ threads, wasmPath }) => {
    const { getThreadsCount, setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const folder = wasmPath ?? installedWasmFolder();
    if (folder !== undefined) setWasmPaths(folder.endsWith('/') ? folder : `${folder}/`);
    if (threads !== undefined) setThreadsCount(threads);
    installWasmKernels();
    await keepErrorListeners(() => activateBackend('wasm'));
    guardHeap((backend() as unknown as WasmBackend).wasm);
    return { simd: (await env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true, threads: getThreadsCount() };
  },
};
