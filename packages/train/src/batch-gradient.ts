import { toTensor, type Prediction, type States, type TrainableDenoiser } from '@d3pm/core';
import { mean, mul, type Tensor } from '@tensorflow/tfjs-core';
import { accumulateGradients, type ValueAndGradient } from './accumulate-gradients.ts';
import type { ExampleRange } from './example-range.ts';
import { unpackParameters, type ParameterLayout } from './parameter-layout.ts';
import { splitBatch, type TrainBatch } from './split-batch.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainerState } from './trainer-state.ts';

export interface BatchGradientInput<P extends Prediction> {
  readonly layout: ParameterLayout;
  readonly state: TrainerState;
  /** Of the batch of the next update, all or a part. */
  readonly x0: States;
  readonly range: ExampleRange;
  readonly gradientScale: number;
  readonly options: TrainOptions<P>;
}

/**
 * What some examples give to the loss of an update, the mean of nats per example of the whole batch times the gradient scale, and the gradient of
 * that: over all parts of a batch they add up to those of the batch. The caller disposes both.
 */
export function batchGradient<P extends Prediction>(
  model: TrainableDenoiser<P>,
  { layout, state, x0, range, gradientScale, options }: BatchGradientInput<P>,
): Promise<ValueAndGradient> {
  const rng = options.rng.split('step', state.step + 1);
  const dropout = rng.split('dropout');
  const batch = { x0, firstExample: range.firstExample, ...options.loss.corrupt(x0, rng, range) };
  const partLoss = (flat: Tensor, part: TrainBatch): Tensor => {
    const parameters = unpackParameters(layout, flat);
    const { t, weights, firstExample } = part;
    const data = { x0: toTensor(part.x0), xt: toTensor(part.states), t, ...(weights && { weights }) };
    const logits = model.apply(parameters, data.xt, t, { rng: dropout, firstExample });
    const share = part.x0.shape[0]! / range.batchSize;
    return mul(mean(options.loss.nats({ ...data, logits, parameters })), gradientScale * share);
  };
  return accumulateGradients(
    state.parameters,
    splitBatch(batch, options.microBatch).map((part) => (flat) => partLoss(flat, part)),
  );
}
