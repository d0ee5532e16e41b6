import type { Prediction } from '@d3pm/core';
import { add, isFinite, keep, stack, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import type { ValueAndGradient } from './accumulate-gradients.ts';
import { adamUpdate } from './adam.ts';
import { clipByNorm, euclideanNorm } from './clip-by-norm.ts';
import { movingAverage } from './moving-average.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainerState, TrainerVectors } from './trainer-state.ts';
import type { UpdateRates } from './update-rates.ts';

export interface UpdatedState {
  readonly state: TrainerState;
  /** [loss, ‖gradient‖₂], float32 `[2]`. */
  readonly metrics: Tensor;
}

export interface UpdateStateInput<P extends Prediction> extends UpdateRates, ValueAndGradient {
  readonly options: TrainOptions<P>;
}

/** The state after an update of Adam with this gradient. The caller disposes the result; state and gradient are still the caller's. */
export function updateState<P extends Prediction>(
  state: TrainerState,
  { value, gradient, learningRate, decay, options }: UpdateStateInput<P>,
): UpdatedState {
  const step = state.step + 1;
  return tidy(() => {
    const norm = euclideanNorm(gradient);
    const updated = adamUpdate(state, {
      ...options,
      gradient: options.clipNorm === undefined ? gradient : clipByNorm(gradient, norm, options.clipNorm),
      learningRate,
      step,
    });
    const average = state.average && movingAverage(state.average, updated.parameters, decay);
    const made = { ...updated, ...(average && { average }) };
    const vectors = typeof options.whenNonFinite === 'object' ? unlessUnsound(isFinite(add(value, norm)), made, state) : made;
    const metrics = stack([value, norm]);
    for (const tensor of [...Object.values(vectors), metrics]) keep(tensor);
    const { recentLosses, skipped } = state;
    return { state: { step, ...vectors, ...(recentLosses && { recentLosses }), ...(skipped && { skipped }) }, metrics } as never;
  }) as UpdatedState;
}

/** The new vectors where the update is sound, else the old ones: decided on the engine, so that nothing waits for it. */
function unlessUnsound(isSound: Tensor, made: TrainerVectors, before: TrainerVectors): TrainerVectors {
  const chosen = Object.entries(made).map(([name, vector]) => [name, where(isSound, vector, before[name as keyof TrainerVectors]!)]);
  return Object.fromEntries(chosen) as TrainerVectors;
}
