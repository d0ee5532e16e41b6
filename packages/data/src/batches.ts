import { assertInteger, D3pmError, positionsOf, type Dataset, type Rng, type States } from '@d3pm/core';
import { assertExamples } from './assert-examples.ts';

export interface BatchesOptions {
  readonly batchSize: number;
  /** Orders the examples of each epoch, and places random crops. */
  readonly rng: Rng;
}

export interface PartOfBatch {
  /** Index in the batch, from 0. */
  readonly first: number;
  /** At least 1. */
  readonly count: number;
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
  /** Examples `first` … `first + count − 1` of that batch, `[count, …N]`; no other is read. @throws {D3pmError} `INVALID_OPTIONS` for what is not in it. */
  partAt(step: number, part: PartOfBatch): States;
  /** Which examples of the data set they are, `[batchSize]`. */
  indicesAt(step: number): Int32Array;
}

/**
 * Batches of a data set, without end. The examples of each epoch come in an order of its own, each
 * once; a batch that reaches past the end of an epoch goes on into the next, so batches are never
 * short, and may be larger than the data.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless batchSize ≥ 1 and the data has an example. Reading one throws `SHAPE`, `DTYPE` or
 * `STATE_RANGE` where the data set does not give the examples that it says it has.
 */
export function batches(dataset: Dataset, { batchSize, rng }: BatchesOptions): Batches {
  const { size } = dataset;
  assertInteger('batches', 'batchSize', batchSize, 1);
  assertInteger('batches', 'dataset.size', size, 1);
  const orderOf = lastResult((epoch) => rng.split('order', epoch).permutation(size));
  /** The stretches of epochs that a batch is made of. */
  const partsOf = (step: number, { first: offset, count }: PartOfBatch): { readonly epoch: number; readonly indices: Int32Array }[] => {
    const parts = [];
    const begin = step * batchSize + offset;
    const end = begin + count;
    for (let first = begin; first < end;) {
      const epoch = Math.floor(first / size);
      const last = Math.min(end, (epoch + 1) * size);
      parts.push({ epoch, indices: orderOf(epoch).subarray(first - epoch * size, last - epoch * size) });
      first = last;
    }
    return parts;
  };
  const read = (caller: string, step: number, part: PartOfBatch): States => {
    assertInteger(caller, 'step', step, 0);
    const parts = partsOf(step, part).map(({ epoch, indices }) => {
      const states = dataset.examples(indices, rng.split('crops', epoch));
      assertExamples(caller, dataset, states, indices.length);
      return states;
    });
    return parts.length === 1 ? parts[0]! : joined(parts, [part.count, ...dataset.exampleShape]);
  };
  const whole = { first: 0, count: batchSize };
  return {
    batchSize,
    size,
    batchAt: (step) => read('batchAt', step, whole),
    partAt: (step, part) => {
      assertInteger('partAt', 'first', part.first, 0);
      assertInteger('partAt', 'count', part.count, 1);
      if (part.first + part.count > batchSize) {
        throw new D3pmError('INVALID_OPTIONS', `partAt: ${part.count} examples from ${part.first} on, and the batch has ${batchSize}`);
      }
      return read('partAt', step, part);
    },
    indicesAt: (step) => {
      assertInteger('indicesAt', 'step', step, 0);
      return Int32Array.from(partsOf(step, whole).flatMap(({ indices }) => [...indices]));
    },
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
