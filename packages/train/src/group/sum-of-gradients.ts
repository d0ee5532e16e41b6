import type { ProcessGroup } from '@d3pm/core';
import { concat, dispose, reshape, scalar, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { ValueAndGradient } from '../accumulate-gradients.ts';

export interface SummedGradient extends ValueAndGradient {
  /** Whether one of the members wants to stop after this update; the same on all of them. */
  readonly isStopped: boolean;
}

/**
 * The sum of the losses and gradients of all members, in one message. Both are disposed, and the caller disposes the sums.
 *
 * @param isStopped Whether this member wants to stop.
 */
export async function sumOfGradients(
  group: ProcessGroup,
  { value, gradient }: ValueAndGradient,
  isStopped: boolean,
): Promise<SummedGradient> {
  const all = tidy(() => concat([gradient, reshape(value, [1]), reshape(scalar(isStopped ? 1 : 0), [1])]));
  dispose([value, gradient]);
  const values = await all.data<'float32'>();
  all.dispose();
  await group.sum(values);
  const size = values.length - 2;
  return {
    gradient: tensor1d(values.subarray(0, size), 'float32'),
    value: scalar(values[size]!, 'float32'),
    isStopped: values[size + 1]! > 0,
  };
}
