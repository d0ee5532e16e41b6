import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { assertEngine } from './assert-engine.ts';
import { D3pmError } from './errors.ts';
import type { Transition } from './transition.ts';

/** A batch of categorical states on the host: what data sets yield, the forward process draws and samplers return. */
export interface States {
  /** Row-major, each in 0…K−1. */
  readonly values: Int32Array;
  /** `[B, …N]`: the batch axis, then the positions. */
  readonly shape: readonly number[];
}

/** Positions of one example: the product of all axes but the first. */
export function positionsOf(states: { readonly shape: readonly number[] }): number {
  return states.shape.slice(1).reduce((product, size) => product * size, 1);
}

/**
 * The states as an int32 tensor `[B, …N]`; the caller disposes it.
 *
 * @throws {D3pmError} `ENGINE` when no back end of tfjs has been prepared.
 */
export function toTensor(states: States): Tensor {
  assertEngine('toTensor');
  return tensor(states.values, [...states.shape], 'int32');
}

/**
 * Throws unless `states` is a batch with every value in 0…K−1.
 *
 * @throws {D3pmError} `SHAPE` when shape and length disagree, `STATE_RANGE` naming the first value outside.
 */
export function assertStateRange(caller: string, argument: string, states: States, numStates: number): void {
  const size = states.shape.reduce((product, axis) => product * axis, 1);
  if (states.shape.length < 1 || size !== states.values.length) {
    throw new D3pmError('SHAPE', `${caller}: ${argument} has ${states.values.length} values for shape [${states.shape.join(', ')}]`);
  }
  const index = firstOutside(states.values, numStates);
  if (index >= 0) {
    const positions = Math.max(1, positionsOf(states));
    throw new D3pmError(
      'STATE_RANGE',
      `${caller}: ${argument} has state ${states.values[index]} in example ${Math.floor(index / positions)} at position ${index % positions}, expected 0…${numStates - 1}`,
    );
  }
}

/** A loop: a `findIndex` takes longer than all draws of a row. */
function firstOutside(values: Int32Array, numStates: number): number {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0 || values[i]! >= numStates) return i;
  return -1;
}

/**
 * Throws unless `data` are states that x_0 can have: in 0…K−1, and never an extra mask.
 *
 * @throws {D3pmError} as {@link assertStateRange}, and `STATE_RANGE` for data that shows the mask.
 */
export function assertDataStates(caller: string, data: States, { name, numStates, extraMask }: Transition): void {
  assertStateRange(caller, 'data', data, numStates);
  if (extraMask === undefined) return;
  const index = data.values.indexOf(extraMask);
  if (index >= 0) {
    throw new D3pmError(
      'STATE_RANGE',
      `${caller}: data shows the mask, state ${extraMask}, at offset ${index}, and ${name} says it never does; an extra mask is one state more than the data has (or set extraMask: false)`,
    );
  }
}
