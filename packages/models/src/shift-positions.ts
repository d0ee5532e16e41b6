import { concat, slice, zeros, type Tensor } from '@tensorflow/tfjs-core';

export interface ShiftPositions {
  readonly offset: number;
  /** Only these channels are read. @defaultValue all */
  readonly channels?: { readonly first: number; readonly count: number };
}

/** `y[b, l, c] = x[b, l + offset, first + c]`, 0 where l + offset is outside. float32 `[B, L, C]`; the caller disposes it. */
export function shiftPositions(x: Tensor, { offset, channels = { first: 0, count: x.shape[2]! } }: ShiftPositions): Tensor {
  const [batchSize, length] = x.shape as [number, number, number];
  const gap = Math.min(Math.abs(offset), length);
  if (gap === length) return zeros([batchSize, length, channels.count]);
  const rest = slice(x, [0, Math.max(offset, 0), channels.first], [batchSize, length - gap, channels.count]);
  if (gap === 0) return rest;
  const edge = zeros([batchSize, gap, channels.count]);
  return concat(offset > 0 ? [rest, edge] : [edge, rest], 1);
}
