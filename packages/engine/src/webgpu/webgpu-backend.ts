import type { DataId, DataType, KernelBackend, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';

export interface GpuBuffer {
  readonly size: number;
  readonly mapState: 'mapped' | 'pending' | 'unmapped';
  mapAsync(mode: number): Promise<unknown>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

/** A compute shader, as `runWebGPUProgram` takes it. */
export interface WebgpuProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: number[];
  /** Programs with the same key, ranks and dtypes are compiled once. */
  readonly shaderKey: string;
  readonly workgroupSize: readonly [x: number, y: number, z: number];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly dispatch: readonly [x: number, y: number, z: number];
  /** Asks for `uniforms.size`. */
  readonly size: boolean;
  getUserCode(): string;
}

/** The back end of `@tensorflow/tfjs-backend-webgpu` 4.22, as far as the code here uses it. */
export interface WebgpuBackend extends KernelBackend {
  readonly tensorMap: {
    get(dataId: DataId): { readonly values?: TypedArray | null; readonly dtype: DataType; readonly resource?: GpuBuffer | null };
  };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer): void;
  };
  readonly commandEncoder: {
    copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, size: number): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(dataId: DataId, values: TypedArray): TypedArray;
  /** Whether small tensors that have not left the host are computed there. */
  shouldExecuteOnCPU(inputs: readonly TensorInfo[]): boolean;
  makeTensorInfo(shape: number[], dtype: DataType, values: TypedArray): TensorInfo;
  runWebGPUProgram(program: WebgpuProgram, inputs: readonly TensorInfo[], dtype: DataType): TensorInfo;
}
