import { util, type DataId, type TypedArray } from '@tensorflow/tfjs-core';
import { D3pmError } from '@d3pm/core';
import type { GpuDevice } from './adapter.ts';
import type { DawnEvents } from './dawn-events.ts';
import type { WebgpuBackend } from './webgpu-backend.ts';

/** Of the WebGPU standard: `GPUBufferUsage` and `GPUMapMode`. */
const MAP_READ_USAGE = 0x1;
const COPY_DST_USAGE = 0x8;
const READ_MODE = 0x1;

/**
 * Lets `dataSync()` and `data()` read by mapping a buffer. The stock back end draws on an `OffscreenCanvas` for the first, which Node has not,
 * and waits for the loop of Node for the second. What the device has refused until then is thrown, instead of a wrong number given.
 */
export function readAtOnce(backend: WebgpuBackend, device: GpuDevice, events: DawnEvents): void {
  const refusals: string[] = [];
  device.addEventListener('uncapturederror', ({ error }) => refusals.push(error.message));
  const stock = backend.readSync.bind(backend);

  const readSync = (dataId: DataId): TypedArray => {
    const { values, dtype, resource } = backend.tensorMap.get(dataId);
    if (values || dtype === 'complex64' || !resource) return stock(dataId) as TypedArray;
    const { size } = resource;
    const staging = backend.bufferManager.acquireBuffer(size, COPY_DST_USAGE | MAP_READ_USAGE);
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder.copyBufferToBuffer(resource, 0, staging, 0, size);
    backend.submitQueue();
    events.wait(
      () => void staging.mapAsync(READ_MODE).catch((cause: Error) => refusals.push(cause.message)),
      () => staging.mapState === 'pending',
    );
    if (refusals.length > 0 || staging.mapState !== 'mapped') {
      throw new D3pmError('ENGINE', `webgpu: the device refused work (${refusals.splice(0).join('; ') || 'it was lost'})`);
    }
    const bytes = staging.getMappedRange().slice(0);
    staging.unmap();
    backend.bufferManager.releaseBuffer(staging);
    return backend.convertAndCacheOnCPU(dataId, util.convertBackendValuesAndArrayBuffer(bytes, dtype) as TypedArray);
  };
  Object.assign(backend, { readSync, read: async (dataId: DataId) => readSync(dataId) });
}
