import { backend } from '@tensorflow/tfjs-core';
import { activateBackend } from './activate-backend.ts';
import type { EngineCandidate } from './engine-candidate.ts';

/** `@tensorflow/tfjs-backend-cpu`: plain JavaScript. Runs everywhere, lacks nothing, some 30 times slower than wasm. */
export const cpuCandidate: EngineCandidate = {
  name: 'cpu',
  backend: 'cpu',
  unavailable: () => undefined,
  activate: async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await activateBackend('cpu');
    // With it tfjs would print an advertisement for its native package on the first tensor.
    Object.assign(backend(), { firstUse: false });
    return { simd: false, threads: 1 };
  },
};
