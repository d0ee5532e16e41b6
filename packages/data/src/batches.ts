import { assertInteger, positionsOf, type Dataset, type Rng, type States } from '@d3pm/core';

export interface BatchesOptions {
  readonly batchSize: number;
  /** Orders the examples of each epoch, and places random crops. */
  readonly rng: Rng;
}

/** An endless sequence of shuffled batches, addressed by number. */
export interface Batches {
  readonly batchSize: number;
  /** Examples of one epoch. */
  readonly size: number;
  /**
   * Batch number `step` = 0, 1, …, `[batchSize, …N]`: the same whatever was asked for before, so
   * that a resumed run sees the data it would have seen.
   */
  batchAt(step: number): States;
  /** Which examples of the data set they are, `[batchSize]`. */
  indicesAt(step: number): Int32Array;
}

/**
 * Batches of a data set, without end. The examples of each epoch come in an order of its own, each
 * once; a batch that reaches past the end of an epoch goes on into the next, so batches are never
 * short, and may be larger than the data.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless batchSize ≥ 1 and the data has an example.
 */
export function batches(dataset: Dataset, { batchSize, rng }: BatchesOptions): Batches {
  const { size } = dataset;
  assertInteger('batches', 'batchSize', batchSize, 1);
  assertInteger('batches', 'dataset.size', size, 1);
  const orderOf = lastResult((epoch) => rng.split('order', epoch).permutation(size));
  /** The stretches of epochs that a batch is made of. */
  const partsOf = (step: number): { readonly epoch: number; readonly indices: Int32Array }[] => {
    assertInteger('batchAt', 'step', step, 0);
    const parts = [];
    const end = (step + 1) * batchSize;
    for (let first = step * batchSize; first < end;) {
      const epoch = Math.floor(first / size);
      const last = Math.min(end, (epoch + 1) * size);
      parts.push({ epoch, indices: orderOf(epoch).subarray(first - epoch * size, last - epoch * size) });
      first = last;
    }
    return parts;
  };
  return {
    batchSize,
    size,
    batchAt: (step) => {
      const parts = partsOf(step).map(({ epoch, indices }) => dataset.examples(indices, rng.split('crops', epoch)));
      return parts.length === 1 ? parts[0]! : joined(parts, [batchSize, ...dataset.exampleShape]);
    },
    indicesAt: (step) => Int32Array.from(partsOf(step).flatMap(({ indices }) => [...indices])),
  };
}

function joined(parts: readonly States[], shape: readonly number[]): States {
  const values = new Int32Array(shape[0]! * positionsOf({ shape }));
  let offset = 0;
  for (const part of parts) {
    values.set(part.values, offset);
    offset += part.values.length;
  }
  return { values, shape };
}

/** The function, with its last result kept: an epoch's order is needed for many batches in a row. */
function lastResult<T>(compute: (argument: number) => T): (argument: number) => T {
  let last: { readonly argument: number; readonly result: T } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, result: compute(argument) };
    return last.result;
  };
}
