import { toTensor, type Prediction, type States, type TrainableDenoiser } from '@d3pm/core';
import { add, isFinite, keep, mean, mul, stack, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { accumulateGradients } from './accumulate-gradients.ts';
import { adamUpdate } from './adam.ts';
import { clipByNorm, euclideanNorm } from './clip-by-norm.ts';
import { movingAverage } from './moving-average.ts';
import { unpackParameters, type ParameterLayout } from './parameter-layout.ts';
import { splitBatch, type TrainBatch } from './split-batch.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainerState, TrainerVectors } from './trainer-state.ts';

export interface TrainStepResult {
  readonly state: TrainerState;
  /** [loss, ‖gradient‖₂], float32 `[2]`; the loss is the mean of nats per example times the gradient scale. */
  readonly metrics: Tensor;
}

export interface TrainStepInput<P extends Prediction> {
  readonly layout: ParameterLayout;
  readonly state: TrainerState;
  readonly x0: States;
  readonly learningRate: number;
  readonly gradientScale: number;
  readonly options: TrainOptions<P>;
}

/** One update: a pure function of its input. The caller disposes the result; the old state is still the caller's. */
export function trainStep<P extends Prediction>(
  model: TrainableDenoiser<P>,
  { layout, state, x0, learningRate, gradientScale, options }: TrainStepInput<P>,
): TrainStepResult {
  const step = state.step + 1;
  const rng = options.rng.split('step', step);
  const batch = { x0, ...options.loss.corrupt(x0, rng) };
  return tidy(() => {
    const partLoss = (flat: Tensor, part: TrainBatch, number: number): Tensor => {
      const parameters = unpackParameters(layout, flat);
      const { t, weights } = part;
      const data = { x0: toTensor(part.x0), xt: toTensor(part.states), t, ...(weights && { weights }) };
      const logits = model.apply(parameters, data.xt, t, { rng: rng.split('dropout', number) });
      const share = part.x0.shape[0]! / x0.shape[0]!;
      return mul(mean(options.loss.nats({ ...data, logits, parameters })), gradientScale * share);
    };
    const { value, gradient } = accumulateGradients(
      state.parameters,
      splitBatch(batch, options.microBatch).map((part, number) => (flat) => partLoss(flat, part, number)),
    );
    const norm = euclideanNorm(gradient);
    const updated = adamUpdate(state, {
      ...options,
      gradient: options.clipNorm === undefined ? gradient : clipByNorm(gradient, norm, options.clipNorm),
      learningRate,
      step,
    });
    const average = state.average && movingAverage(state.average, updated.parameters, decayAt(options, step));
    const made = { ...updated, ...(average && { average }) };
    const vectors = typeof options.whenNonFinite === 'object' ? unlessUnsound(isFinite(add(value, norm)), made, state) : made;
    const metrics = stack([value, norm]);
    for (const tensor of [...Object.values(vectors), metrics]) keep(tensor);
    const { recentLosses, skipped } = state;
    return { state: { step, ...vectors, ...(recentLosses && { recentLosses }), ...(skipped && { skipped }) }, metrics } as never;
  }) as TrainStepResult;
}

/** The new vectors where the update is sound, else the old ones: decided on the engine, so that nothing waits for it. */
function unlessUnsound(isSound: Tensor, made: TrainerVectors, before: TrainerVectors): TrainerVectors {
  const chosen = Object.entries(made).map(([name, vector]) => [name, where(isSound, vector, before[name as keyof TrainerVectors]!)]);
  return Object.fromEntries(chosen) as TrainerVectors;
}

function decayAt({ emaDecay = 0 }: Pick<TrainOptions, 'emaDecay'>, step: number): number {
  return typeof emaDecay === 'number' ? emaDecay : emaDecay(step);
}
