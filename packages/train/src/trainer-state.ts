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
}

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
  const { step, ...vectors } = state;
  const entries = Object.entries(vectors) as [string, Tensor][];
  for (const [name, vector] of entries) assertShape(caller, `state.${name}`, vector, [layout.size]);
  return { step, ...(Object.fromEntries(entries.map(([name, vector]) => [name, keep(clone(vector))])) as Omit<TrainerState, 'step'>) };
}

export function disposeState({ parameters, moment1, moment2, average }: TrainerState): void {
  dispose([parameters, moment1, moment2, ...(average ? [average] : [])]);
}
