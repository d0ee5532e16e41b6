import { D3pmError } from '@d3pm/core';
import { parameterAt, type ParameterLayout } from './parameter-layout.ts';
import type { TrainerState } from './trainer-state.ts';

export interface FiniteCheck {
  readonly layout: ParameterLayout;
  readonly state: TrainerState;
  /** [loss, norm] of each update up to `state.step`. */
  readonly metrics: Float32Array;
}

/**
 * Throws `NON_FINITE` when a loss or a norm of a gradient is NaN or infinite. Names the first such step, and the first
 * parameter whose mean gradient is not finite by now: the culprit itself when events come at every step.
 */
export async function assertFinite(caller: string, { layout, state, metrics }: FiniteCheck): Promise<void> {
  const index = metrics.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  const step = state.step - metrics.length / 2 + Math.floor(index / 2) + 1;
  const means = await state.moment1.data<'float32'>();
  const entry = means.findIndex((value) => !Number.isFinite(value));
  const parameter = entry < 0 ? 'no parameter has a bad gradient' : `first bad gradient: ${parameterAt(layout, entry)}`;
  const what = index % 2 === 0 ? 'loss' : 'norm of the gradient';
  throw new D3pmError(
    'NON_FINITE',
    `${caller}: the ${what} is ${metrics[index]} at step ${step} (${parameter}); lower the learning rate, set clipNorm, or check the data`,
  );
}
