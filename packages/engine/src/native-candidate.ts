import { env } from '@tensorflow/tfjs-core';
import type { EngineCandidate } from './engine-candidate.ts';

/**
 * TensorFlow itself, by the kernels of `@tensorflow/tfjs-node-gpu`: on a card, or on all cores. What it needs is in a file of its own,
 * which the "browser" field of this package leaves out of bundles.
 */
export const nativeCandidate: EngineCandidate = {
  name: 'native',
  backend: 'tensorflow',
  unavailable: async () => {
    if (!env().getBool('IS_NODE')) return 'it needs Node';
    const { nativeObstacle } = await import('./native/activate-native.ts');
    return nativeObstacle();
  },
  activate: async (setting) => {
    const { activateNative } = await import('./native/activate-native.ts');
    return activateNative(setting);
  },
};
