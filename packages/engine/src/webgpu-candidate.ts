import { env } from '@tensorflow/tfjs-core';
import { activateBackend } from './activate-backend.ts';
import type { EngineCandidate, EngineSetting } from './engine-candidate.ts';
import { adapterName, describeAdapter, isSoftware, type Gpu, type GpuAdapterInfo } from './webgpu/adapter.ts';
import { installWebgpuKernels } from './webgpu/install-webgpu-kernels.ts';

/**
 * `@tensorflow/tfjs-backend-webgpu` with the kernels of `webgpu/`: a graphics card, in a browser or, by the npm package `webgpu`, in Node.
 * What Node needs is in a file of its own, which the "browser" field of this package leaves out of bundles.
 */
export const webgpuCandidate: EngineCandidate = {
  name: 'webgpu',
  backend: 'webgpu',
  unavailable: async () => {
    if (!env().getBool('IS_NODE')) return browserGpu() === undefined ? 'no navigator.gpu here' : undefined;
    const { nodeObstacle } = await import('./webgpu/start-in-node.ts');
    return nodeObstacle();
  },
  activate: async (setting) => {
    const info = env().getBool('IS_NODE') ? await startInNode(setting) : await startInBrowser(setting);
    await activateBackend('webgpu');
    installWebgpuKernels();
    return { simd: true, threads: 1, detail: describeAdapter(info), device: adapterName(info) };
  },
};

const browserGpu = (): Gpu | undefined => (globalThis as { readonly navigator?: { readonly gpu?: Gpu } }).navigator?.gpu;

async function startInNode(setting: EngineSetting): Promise<GpuAdapterInfo> {
  const { startInNode: start } = await import('./webgpu/start-in-node.ts');
  return start(setting);
}

/** The back end asks for its adapter itself, with these very options. */
async function startInBrowser({ automatic }: EngineSetting): Promise<GpuAdapterInfo> {
  const adapter = await browserGpu()?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('this browser offers no adapter');
  const info = { ...adapter.info, isFallbackAdapter: adapter.info.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false };
  if (automatic && isSoftware(info)) throw new Error(`${describeAdapter(info)}: wasm is faster`);
  try {
    await import('@tensorflow/tfjs-backend-webgpu');
  } catch (cause) {
    throw new Error('@tensorflow/tfjs-backend-webgpu is not installed', { cause });
  }
  return info;
}
