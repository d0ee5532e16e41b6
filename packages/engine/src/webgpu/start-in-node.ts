import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import type { EngineSetting } from '../engine-candidate.ts';
import { describeAdapter, isSoftware, type Gpu, type GpuAdapter, type GpuAdapterInfo } from './adapter.ts';
import { dawnEvents } from './dawn-events.ts';
import { readAtOnce } from './read-at-once.ts';
import type { WebgpuBackend } from './webgpu-backend.ts';

/** As tfjs-backend-webgpu registers itself. */
const WEBGPU_PRIORITY = 3;
const PACKAGES = ['@tensorflow/tfjs-backend-webgpu', 'webgpu'] as const;

/** Limits that the back end wants as high as the adapter has them. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Where Linux shows a card: the direct rendering nodes, NVIDIA's own, and that of Windows' subsystem. */
const CARDS = ['/dev/dri', '/dev/nvidiactl', '/dev/dxg'] as const;
/** A Vulkan driver without a card, SwiftShader, comes with Debian's chromium. */
const SOFTWARE_DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Why WebGPU cannot be used in this Node, in a few words; undefined when it may. Loads nothing. */
export function nodeObstacle(): string | undefined {
  const { resolve } = createRequire(import.meta.url);
  const missing = PACKAGES.filter((name) => {
    try {
      return resolve(name) === '';
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? undefined : `not installed (npm i ${missing.join(' ')})`;
}

/** Registers the back end `webgpu` on Dawn, once in a process, and says what the adapter is. */
export async function startInNode({ automatic }: EngineSetting): Promise<GpuAdapterInfo> {
  if (automatic && !hasCard()) throw new Error('no graphics card here');
  if (!hasCard()) useSoftwareDriver();
  const { create, globals } = (await import('webgpu')) as unknown as { create(options: string[]): Gpu; globals: object };
  const events = dawnEvents();
  const gpu = create([]);
  const adapter = await events.settle(() => gpu.requestAdapter({ powerPreference: 'high-performance' }));
  if (adapter === null) throw new Error('no adapter; without a card VK_DRIVER_FILES can name a software driver of Vulkan');
  const info = plainInfo(adapter);
  if (automatic && isSoftware(info)) throw new Error(`${describeAdapter(info)}: wasm is faster`);
  if (findBackendFactory('webgpu')) return info;

  Object.assign(globalThis, globals);
  const { WebGPUBackend } = (await import('@tensorflow/tfjs-backend-webgpu')) as unknown as {
    readonly WebGPUBackend: new (device: object, info: object) => WebgpuBackend;
  };
  registerBackend(
    'webgpu',
    async () => {
      const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
      const device = await events.settle(() => adapter.requestDevice({ requiredLimits }));
      const backend = withNavigatorGpu(gpu, () => new WebGPUBackend(device, adapter.info));
      readAtOnce(backend, device, events);
      return backend;
    },
    WEBGPU_PRIORITY,
  );
  return info;
}

const hasCard = (): boolean => process.platform !== 'linux' || CARDS.some((path) => existsSync(path));

/** What the user has set stays. */
function useSoftwareDriver(): void {
  const { env } = process;
  if (env['VK_DRIVER_FILES'] === undefined && env['VK_ICD_FILENAMES'] === undefined && existsSync(SOFTWARE_DRIVER)) {
    env['VK_DRIVER_FILES'] = SOFTWARE_DRIVER;
  }
  // The loader of Vulkan asks for it, and complains on the terminal.
  env['XDG_RUNTIME_DIR'] ??= tmpdir();
}

/** Its properties are getters of a class, which no spread copies. */
function plainInfo({ info, isFallbackAdapter }: GpuAdapter): GpuAdapterInfo {
  const { vendor, architecture, device, description } = info;
  return { vendor, architecture, device, description, isFallbackAdapter: info.isFallbackAdapter ?? isFallbackAdapter ?? false };
}

/** The constructor of the back end refuses to run without it; nothing else asks, and with it left there the process would not end. */
function withNavigatorGpu<T>(gpu: Gpu, make: () => T): T {
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  try {
    return make();
  } finally {
    delete (globalThis.navigator as { gpu?: Gpu }).gpu;
  }
}
