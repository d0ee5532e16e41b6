import { assertShape, D3pmError, type Parameters } from '@d3pm/core';
import { clone, dispose, keep, zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { AdamState } from './adam.ts';
import { packParameters, type ParameterLayout } from './parameter-layout.ts';

/**
 * Everything that an update reads besides the data: with the same options, a run goes on from it bit for bit. Vectors are
 * float32 `[P]` in the order of `parameterLayout`.
 */
export interface TrainerState extends AdamState {
  /** Updates done. */
  readonly step: number;
  /** Moving average of the parameters, when one is kept. */
  readonly average?: Tensor;
  /** Losses of the updates since the last step that is a multiple of `eventEvery`, for the mean that the next one tells. Absent: none. */
  readonly recentLosses?: readonly number[];
  /** Updates that were left out because of numbers that are not finite, by their steps. Absent: none. */
  readonly skipped?: readonly number[];
}

/** The tensors of a state, float32 `[P]` each. */
export type TrainerVectors = Pick<TrainerState, 'average' | 'moment1' | 'moment2' | 'parameters'>;

/** The state before the first update; the caller disposes it. */
export function initialState(layout: ParameterLayout, parameters: Parameters, { averaged }: { readonly averaged: boolean }): TrainerState {
  const flat = keep(packParameters(layout, parameters));
  const moments = { moment1: keep(zeros([layout.size])), moment2: keep(zeros([layout.size])) };
  return { step: 0, parameters: flat, ...moments, ...(averaged && { average: keep(clone(flat)) }) };
}

/**
 * The same state under references of its own; the caller disposes it.
 *
 * @throws {D3pmError} `SHAPE` when a vector is of another network, `INVALID_OPTIONS` when an average is missing or not wanted.
 */
export function adoptedState(
  caller: string,
  layout: ParameterLayout,
  state: TrainerState,
  { averaged }: { readonly averaged: boolean },
): TrainerState {
  if (averaged !== (state.average !== undefined)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: the state ${averaged ? 'has no' : 'has an'} average and emaDecay is ${averaged ? '' : 'not '}given; resume with the options that the state was made with`,
    );
  }
  const { step, recentLosses, skipped, ...vectors } = state;
  const entries = Object.entries(vectors) as [string, Tensor][];
  for (const [name, vector] of entries) assertShape(caller, `state.${name}`, vector, [layout.size]);
  const own = Object.fromEntries(entries.map(([name, vector]) => [name, keep(clone(vector))])) as unknown as TrainerVectors;
  return { step, ...own, ...(recentLosses && { recentLosses }), ...(skipped && { skipped }) };
}

export function disposeState({ parameters, moment1, moment2, average }: TrainerVectors): void {
  dispose([parameters, moment1, moment2, ...(average ? [average] : [])]);
}
