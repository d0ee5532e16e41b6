import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeKernel } from './native-kernel.ts';

/** Inputs, in order, and the number of outputs of the operations in `src/native/operations`, which are compiled into the binding. */
const operations: Readonly<Record<string, readonly [inputs: readonly string[], outputs: number]>> = Object.freeze({
  D3pmAdamUpdate: [['parameters', 'moment1', 'moment2', 'gradient', 'factors'], 3],
  D3pmAddRow: [['x', 'row', 'relu'], 1],
  D3pmAttentionWeights: [['scores', 'bias'], 1],
  D3pmAttentionWeightsGrad: [['weights', 'upstream'], 1],
  D3pmCategoricalKl: [['logQ', 'logP'], 2],
  D3pmDenoiserNll: [['logits', 'x0', 'impossible', 'weight'], 2],
  D3pmDrawRows: [['x', 'uniform'], 1],
  D3pmFilterGradient: [['x', 'dy'], 1],
  D3pmGroupNorm: [['x', 'scale', 'bias', 'shift', 'setting'], 2],
  D3pmGroupNormGrad: [['dy', 'x', 'scale', 'bias', 'shift', 'setting', 'statistics'], 4],
  D3pmLogNormalize: [['x'], 1],
  D3pmLogNormalizeGrad: [['dy', 'y'], 1],
  D3pmLogProduct: [['x', 'table'], 1],
  D3pmLogProductGrad: [['dy', 'x', 'y', 'table'], 1],
  D3pmLogSumExp: [['x'], 1],
  D3pmLogisticBins: [['mean', 'inverse', 'centres'], 1],
  D3pmLogisticBinsGrad: [['dy', 'mean', 'inverse', 'centres'], 2],
  D3pmRankOneTerm: [['logits', 'x0', 'xt', 'chain', 'target', 'setting'], 2],
  D3pmReluRowsGrad: [['dy', 'y'], 2],
  D3pmRmsNorm: [['x', 'scale', 'floor'], 2],
  D3pmRmsNormGrad: [['dy', 'x', 'scale', 'inverse'], 2],
  D3pmScaleRows: [['x', 'factor'], 1],
  D3pmSumOfRows: [['x'], 1],
});

/** Kernels that only a binding of this package has, and only for a processor: the packages that use them have a formula for everywhere else. */
export const compiledOperations: readonly NativeKernel[] = Object.freeze(
  Object.entries(operations).map(([kernelName, [names, outputs]]): NativeKernel => ({
    kernelName,
    run: ({ inputs, backend }) =>
      backend.executeMultipleOutputs(
        kernelName,
        [],
        names.map((name) => inputs[name] as TensorInfo),
        outputs,
      ),
  })),
);
