import { assertDataStates, assertInteger, D3pmError, positionsOf, type Dataset, type States, type Transition } from '@d3pm/core';
import { evenlySpaced } from './evenly-spaced.ts';
import type { BatchRange, EvaluationOptions } from './evaluation-options.ts';

export interface ExampleBatch {
  /** `[B, …N]` */
  readonly states: States;
  /** How many examples came before: draws go by the number of the example. */
  readonly firstExample: number;
}

type BatchSource = Pick<EvaluationOptions<'denoiser'>, 'batchRange' | 'batchSize' | 'data' | 'maxExamples' | 'rng'>;

/** The batches of an evaluation, checked against the transition as they come. */
export async function* exampleBatches(
  caller: string,
  transition: Transition,
  source: BatchSource,
): AsyncGenerator<ExampleBatch, void, undefined> {
  const { batchSize = 32, batchRange } = source;
  let firstExample = batchSize * (batchRange?.from ?? 0);
  const begin = firstExample;
  let positions: number | undefined;
  for await (const states of batchesOf(caller, transition, source)) {
    assertDataStates(caller, states, transition);
    positions ??= positionsOf(states);
    if (positionsOf(states) !== positions) {
      throw new D3pmError('SHAPE', `${caller}: a batch of data has ${positionsOf(states)} positions, those before had ${positions}`);
    }
    if (states.shape[0] === 0) continue;
    yield { states, firstExample };
    firstExample += states.shape[0]!;
  }
  if (firstExample === begin) throw new D3pmError('INVALID_DATA', `${caller}: data has no example`);
}

/** Batches to come, undefined when the data do not say. */
export function countBatches(caller: string, source: Omit<BatchSource, 'rng'>): number | undefined {
  const { data, batchSize = 32, maxExamples, batchRange } = source;
  if (!isDataset(data)) return undefined;
  return batchRange ? batchRange.to - batchRange.from : Math.ceil(countExamples(caller, data, maxExamples) / batchSize);
}

function batchesOf(
  caller: string,
  transition: Transition,
  { data, batchSize = 32, maxExamples, batchRange, rng }: BatchSource,
): AsyncIterable<States> | Iterable<States> {
  assertInteger(caller, 'batchSize', batchSize, 1);
  if (!isDataset(data)) {
    if (batchRange)
      throw new D3pmError('INVALID_OPTIONS', `${caller}: batchRange is for a data set; give the batches of the part alone as data`);
    if (maxExamples !== undefined)
      throw new D3pmError('INVALID_OPTIONS', `${caller}: maxExamples is for a data set; give as many batches as are to be evaluated`);
    return data;
  }
  if (data.numStates > transition.numStates) {
    throw new D3pmError(
      'STATE_RANGE',
      `${caller}: ${data.name} has ${data.numStates} states, ${transition.name} is made for ${transition.numStates}`,
    );
  }
  const count = countExamples(caller, data, maxExamples);
  const batchCount = Math.ceil(count / batchSize);
  const { from, to } = batchRange ? checkedRange(caller, batchRange, batchCount) : { from: 0, to: batchCount };
  return (function* () {
    for (let batch = from; batch < to; batch++) {
      const first = batch * batchSize;
      yield data.examples(
        evenlySpaced({ size: data.size, count, from: first, to: Math.min(count, first + batchSize) }),
        rng.split('crops'),
      );
    }
  })();
}

function checkedRange(caller: string, { from, to }: BatchRange, batchCount: number): BatchRange {
  assertInteger(caller, 'batchRange.from', from, 0, batchCount - 1);
  assertInteger(caller, 'batchRange.to', to, from + 1, batchCount);
  return { from, to };
}

function countExamples(caller: string, { size }: Dataset, maxExamples: number | undefined): number {
  if (maxExamples === undefined) return size;
  assertInteger(caller, 'maxExamples', maxExamples, 1);
  return Math.min(size, maxExamples);
}

function isDataset(data: BatchSource['data']): data is Dataset {
  return 'examples' in data;
}
