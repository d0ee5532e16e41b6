import { D3pmError, type TrainableDenoiser } from '@d3pm/core';
import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { HostTensor } from './safetensors/host-tensor.ts';

/**
 * Gives a network the numbers of a checkpoint (`tensors.ema ?? tensors.model`) or of a file (`decodeSafetensors(…).tensors`). A network that refuses
 * them keeps its own.
 *
 * @throws {D3pmError} `DTYPE` for numbers that are not F32; `UNKNOWN_NAME` or `SHAPE` when they are those of another network, with every difference.
 */
export function loadWeights(
  model: Pick<TrainableDenoiser, 'load'>,
  weights: Readonly<Record<string, HostTensor>> | ReadonlyMap<string, HostTensor>,
): void {
  const entries: readonly (readonly [string, HostTensor])[] = weights instanceof Map ? [...weights] : Object.entries(weights);
  const parameters: Record<string, Tensor> = {};
  try {
    for (const [name, { dtype, shape, data }] of entries) {
      if (dtype !== 'F32') {
        throw new D3pmError('DTYPE', `loadWeights: ${name} is ${dtype}, expected F32; parameters are float32, so convert it first`);
      }
      parameters[name] = tensor(data, [...shape], 'float32');
    }
    model.load(parameters);
  } finally {
    dispose(Object.values(parameters));
  }
}
