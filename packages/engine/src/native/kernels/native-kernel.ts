import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number;
}

/** `NodeJSKernelBackend` of tfjs-node 4.22, as far as the kernels here use it. */
export interface NativeBackend {
  readonly binding: {
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_INT32: number;
  };
  incRef(dataId: object): void;
  /** The number of a dtype in TensorFlow, at a tensor. */
  typeAttributeFromTensor(tensor: TensorInfo): number;
  /** Runs any operation of TensorFlow that has one output. */
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorInfo[]): TensorInfo;
  executeMultipleOutputs(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorInfo[], numOutputs: number): TensorInfo[];
}

/** A kernel for the back end `tensorflow`; `stock` is the one it takes the place of, undefined where there is none. */
export interface NativeKernel<I = NamedTensorInfoMap, A = NamedAttrMap> {
  readonly kernelName: string;
  readonly run: (call: NativeKernelCall<I, A>) => TensorInfo | TensorInfo[];
}

export interface NativeKernelCall<I, A> {
  readonly inputs: I;
  readonly attrs: A;
  readonly backend: NativeBackend;
  /** On the same inputs, or on others. */
  readonly stock: (inputs?: I) => TensorInfo | TensorInfo[];
}

/** The attribute `T` of most operations: the dtype of their input. */
export function typeOf(backend: NativeBackend, tensor: TensorInfo, name = 'T'): OpAttribute {
  return { name, type: backend.binding.TF_ATTR_TYPE, value: backend.typeAttributeFromTensor(tensor) };
}
