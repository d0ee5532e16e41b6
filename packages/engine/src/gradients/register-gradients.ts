import { env, getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { batchMatMulGradient } from './batch-mat-mul-gradient.ts';
import { constantGradients } from './constant-gradients.ts';
import { reluGradGradient, reluGradient } from './relu-gradient.ts';

/**
 * Registers the gradients of tfjs, and ours where it has none or a wrong one.
 *
 * `@tensorflow/tfjs-core` registers none by itself, and its `register_all_gradients.js` cannot be loaded by Node:
 * it is an ES module whose inner imports have no file extension. In Node they come with `@tensorflow/tfjs-layers`,
 * whose bundle contains them (81 ms on import). A bundler resolves the file itself: 24 kB gzip, against 100 kB for
 * the layers, which the "browser" field of this package therefore leaves out.
 */
export async function registerGradients(): Promise<void> {
  if (getGradient('Mean') === undefined) {
    if (env().getBool('IS_NODE')) await import('@tensorflow/tfjs-layers');
    else await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  }
  for (const gradient of [batchMatMulGradient, reluGradient, reluGradGradient]) registerGradient(gradient);
  for (const gradient of constantGradients) if (getGradient(gradient.kernelName) === undefined) registerGradient(gradient);
}
