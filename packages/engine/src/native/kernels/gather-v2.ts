import { backend_util, scalar, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { typeOf, type NativeKernel } from './native-kernel.ts';

interface Attributes {
  readonly axis: number;
  readonly batchDims: number;
}

/**
 * Rows of x by their indices. The stock kernel reads all indices back to compare each with the bounds, so that a card would have to
 * be waited for. TensorFlow checks them itself on a processor; on a card it gives a row of zeros for one that is out of bounds.
 */
export const gatherV2: NativeKernel<{ readonly x: TensorInfo; readonly indices: TensorInfo }, Attributes> = {
  kernelName: 'GatherV2',
  run: ({ inputs: { x, indices }, attrs: { axis, batchDims }, backend }) => {
    backend_util.segment_util.collectGatherOpShapeInfo(x as Tensor, indices as Tensor, axis, batchDims);
    const axisTensor = scalar(axis, 'int32');
    const gathered = backend.executeSingleOutput(
      'GatherV2',
      [
        { name: 'batch_dims', type: backend.binding.TF_ATTR_INT, value: batchDims },
        typeOf(backend, x, 'Tparams'),
        typeOf(backend, indices, 'Tindices'),
        typeOf(backend, axisTensor, 'Taxis'),
      ],
      [x, indices, axisTensor],
    );
    axisTensor.dispose();
    return gathered;
  },
};
