import { assertDataStates, assertInteger, D3pmError, positionsOf, type Dataset, type States, type Transition } from '@d3pm/core';
import type { EvaluationOptions } from './evaluation-options.ts';

export interface ExampleBatch {
  /** `[B, …N]` */
  readonly states: States;
  /** How many examples came before: draws go by the number of the example. */
  readonly firstExample: number;
}

type BatchSource = Pick<EvaluationOptions<'denoiser'>, 'batchSize' | 'data' | 'maxExamples' | 'rng'>;

/** The batches of an evaluation, checked against the transition as they come. */
export async function* exampleBatches(
  caller: string,
  transition: Transition,
  source: BatchSource,
): AsyncGenerator<ExampleBatch, void, undefined> {
  let firstExample = 0;
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
  if (firstExample === 0) throw new D3pmError('INVALID_DATA', `${caller}: data has no example`);
}

/** Batches to come, undefined when the data do not say. */
export function countBatches(caller: string, { data, batchSize = 32, maxExamples }: Omit<BatchSource, 'rng'>): number | undefined {
  return isDataset(data) ? Math.ceil(countExamples(caller, data, maxExamples) / batchSize) : undefined;
}

function batchesOf(
  caller: string,
  transition: Transition,
  { data, batchSize = 32, maxExamples, rng }: BatchSource,
): AsyncIterable<States> | Iterable<States> {
  assertInteger(caller, 'batchSize', batchSize, 1);
  if (!isDataset(data)) return data;
  if (data.numStates > transition.numStates) {
    throw new D3pmError(
      'STATE_RANGE',
      `${caller}: ${data.name} has ${data.numStates} states, ${transition.name} is made for ${transition.numStates}`,
    );
  }
  const count = countExamples(caller, data, maxExamples);
  const batchCount = Math.ceil(count / batchSize);
  return (function* () {
    for (let batch = 0; batch < batchCount; batch++) {
      const length = Math.min(batchSize, count - batch * batchSize);
      const indices = Array.from({ length }, (_, b) => Math.floor(((batch * batchSize + b) * data.size) / count));
      yield data.examples(indices, rng.split('crops'));
    }
  })();
}

function countExamples(caller: string, { size }: Dataset, maxExamples: number | undefined): number {
  if (maxExamples === undefined) return size;
  assertInteger(caller, 'maxExamples', maxExamples, 1);
  return Math.min(size, maxExamples);
}

function isDataset(data: BatchSource['data']): data is Dataset {
  return 'examples' in data;
}
