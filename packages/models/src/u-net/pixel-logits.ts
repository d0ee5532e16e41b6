import { runFused, withGradient } from '@d3pm/core';
import {
  add,
  concat,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  conv2d,
  engine,
  gather,
  ones,
  pad,
  range,
  reshape,
  slice,
  squeeze,
  tensorScatterUpdate,
  type NamedAttrMap,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

export interface PixelLogitsOptions {
  /** float32 `[3, 3, C, channels · K]` */
  readonly weight: Tensor;
  /** float32 `[channels · K]` */
  readonly bias: Tensor;
  /** int32 `[B, H, W, channels]` */
  readonly states: Tensor;
  /** K */
  readonly numStates: number;
  /** Whether the states are added, one-hot. */
  readonly skip: boolean;
}

/**
 * `conv(h) + bias (+ onehot(x_t))`. The bias enters the convolution as the weight of one more channel, which is 1, and of the
 * one-hot only the ones are added: beside the logits there is one other tensor of their size, in the forward pass alone.
 *
 * @param hidden float32 `[B, H, W, C]`.
 * @returns float32 `[B, H, W, channels, K]`; the caller disposes it.
 */
export function pixelLogits(hidden: Tensor, { weight, bias, states, numStates, skip }: PixelLogitsOptions): Tensor {
  const [batchSize, height, width, numChannels] = hidden.shape as [number, number, number, number];
  const shape = [...states.shape, numStates];
  return withGradient(
    [hidden, weight, bias],
    (image, filter, offset) => {
      const extended = concat([image, ones([batchSize, height, width, 1])], 3);
      const centre = pad(reshape(offset, [1, 1, 1, offset.size]), [
        [1, 1],
        [1, 1],
        [0, 0],
        [0, 0],
      ]);
      const logits = conv2d(extended as Tensor4D, concat([filter, centre], 2) as Tensor4D, 1, 'same');
      return { value: skip ? addOneHot(logits, states, shape) : reshape(logits, shape), saved: [extended, filter] };
    },
    (dLogits, extended, filter) => {
      const dy = reshape(dLogits, [batchSize, height, width, filter!.shape[3]!]);
      const [fused] = runFused('D3pmFilterGradient', { x: extended!, dy }) ?? [];
      const filterShape = [3, 3, numChannels + 1, dy.shape[3]!];
      const dExtended = fused ?? convolutionGradient(Conv2DBackpropFilter, { x: extended!, dy }, { filterShape });
      return [
        convolutionGradient(Conv2DBackpropInput, { dy, filter: filter! }, { inputShape: hidden.shape }),
        slice(dExtended, [0, 0, 0, 0], filter!.shape as [number, number, number, number]),
        squeeze(slice(dExtended, [1, 1, numChannels, 0], [1, 1, 1, dy.shape[3]!])),
      ];
    },
  );
}

/** x + onehot(states) of that shape, by writing where the ones are. */
function addOneHot(x: Tensor, states: Tensor, shape: readonly number[]): Tensor {
  const flat = reshape(x, [x.size]);
  const places = add(range(0, x.size, shape.at(-1)!, 'int32'), reshape(states, [states.size]));
  const more = add(gather(flat, places), 1);
  return reshape(tensorScatterUpdate(flat, reshape(places, [states.size, 1]), more), [...shape]);
}

function convolutionGradient(kernel: string, inputs: Readonly<Record<string, Tensor>>, shape: object): Tensor {
  const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', ...shape };
  return engine().runKernel(kernel, { ...inputs }, attributes as unknown as NamedAttrMap) as Tensor;
}
