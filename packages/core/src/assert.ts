import type { Tensor } from '@tensorflow/tfjs-core';
import { D3pmError } from './errors.ts';
import { readsAtOnce } from './reads-at-once.ts';

/** Throws `SHAPE` unless `tensor` has exactly the shape `expected`. */
export function assertShape(
  caller: string,
  argument: string,
  tensor: { readonly shape: readonly number[] },
  expected: readonly number[],
): void {
  const { shape } = tensor;
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
    throw new D3pmError('SHAPE', `${caller}: ${argument} has shape [${shape.join(', ')}], expected [${expected.join(', ')}]`);
  }
}

/** Throws `SHAPE` unless the last axis of `tensor` has `numStates` classes and a batch axis stands before it. */
export function assertClassAxis(caller: string, argument: string, tensor: Tensor, numStates: number): void {
  const { shape } = tensor;
  if (shape.length < 2 || shape.at(-1) !== numStates) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: ${argument} has shape [${shape.join(', ')}], expected [batch, …positions, ${numStates}]: the last axis is the class axis`,
    );
  }
}

/**
 * Throws `DTYPE` unless `tensor` holds int32 states, `SHAPE` when it has no batch axis, and `STATE_RANGE` naming the first
 * state outside 0…K−1. On a device the last is not asked: it would wait for the device.
 */
export function assertStates(caller: string, argument: string, tensor: Tensor, numStates: number): void {
  assertHoldsStates(caller, argument, tensor);
  if (!readsAtOnce()) return;
  const values = tensor.dataSync<'int32'>();
  let index = 0;
  while (index < values.length && values[index]! >= 0 && values[index]! < numStates) index++;
  if (index < values.length) {
    throw new D3pmError('STATE_RANGE', `${caller}: ${argument} has state ${values[index]} at offset ${index}, expected 0…${numStates - 1}`);
  }
}

/** Throws `DTYPE` unless `tensor` is int32, and `SHAPE` when it has no batch axis; its states are not looked at. */
export function assertHoldsStates(caller: string, argument: string, tensor: Tensor): void {
  if (tensor.dtype !== 'int32') {
    throw new D3pmError(
      'DTYPE',
      `${caller}: ${argument} is ${tensor.dtype}, expected int32 states; make it with tensor(values, shape, 'int32')`,
    );
  }
  if (tensor.rank < 1) throw new D3pmError('SHAPE', `${caller}: ${argument} is a scalar, expected [batch, …positions]`);
}

/** Throws `INVALID_OPTIONS` unless `value` is an integer with `min ≤ value ≤ max`. */
export function assertInteger(
  caller: string,
  argument: string,
  value: unknown,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `in ${min}…${max}`;
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: ${argument} is ${typeof value === 'string' ? JSON.stringify(value) : String(value)}, expected an integer ${range}`,
    );
  }
}
