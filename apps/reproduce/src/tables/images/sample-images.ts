import { join } from 'node:path';
import { type Rng, type States } from '@d3pm/core';
import { ancestralSampler, type SamplerState } from '@d3pm/samplers';
import { reverseOf, type Training } from '../../train/build-training.ts';
import type { TrainConfig } from '../../config/train-config.ts';
import type { ImagesRecord, ProgressRecord } from '../row-results.ts';
import { toImagesData } from './images-data.ts';
import { writeImagesFile } from './images-file.ts';

export interface SampleImagesInput {
  readonly training: Training;
  readonly config: TrainConfig;
  readonly rng: Rng;
  /** Of the row, where the file of all samples goes. */
  readonly folder: string;
  /** Steps of all batches. */
  readonly onProgress: (done: number) => void;
}

export interface ImagesOptions {
  readonly numSteps: number;
  readonly numSamples: number;
  readonly batchSize: number;
}

/** Samples that the result keeps. */
const SHOWN = 64;
/** Steps of Figure 3, in tenths of T. */
const TENTHS = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

/** Draws samples by a chain of n of the T steps. Sample i is the same whatever the number of samples and of a batch. */
export async function drawImages(input: SampleImagesInput, { numSteps, numSamples, batchSize }: ImagesOptions): Promise<ImagesRecord> {
  const { training, folder, onProgress } = input;
  const { exampleShape, transition } = training;
  const size = exampleShape.reduce((product, length) => product * length, 1);
  const values = new Int32Array(numSamples * size);
  const start = performance.now();
  let networkCalls = 0;
  for (let first = 0; first < numSamples; first += batchSize) {
    const count = Math.min(batchSize, numSamples - first);
    let last: SamplerState | undefined;
    let done = Math.ceil(first / batchSize) * numSteps;
    for await (last of sampler(input, { count, numSteps, first })) onProgress(done++);
    networkCalls += last!.networkCalls;
    values.set(last!.states.values, first * size);
  }
  const states = { values, shape: [numSamples, ...exampleShape] };
  const file = `samples-${numSteps}.idx`;
  return {
    steps: numSteps,
    sampler: 'ancestral',
    numSamples,
    networkCalls,
    seconds: (performance.now() - start) / 1000,
    file,
    sha256: await writeImagesFile(join(folder, file), states),
    shown: toImagesData(firstOf(states, SHOWN), transition.numStates),
  };
}

/** x_t of a few images at T, 9T/10, …, 0 of the whole chain: Figure 3. */
export async function drawProgress(input: SampleImagesInput, { count }: { readonly count: number }): Promise<ProgressRecord> {
  const { transition, exampleShape } = input.training;
  const steps = TENTHS.map((tenth) => Math.round((tenth * transition.numSteps) / 10));
  const frames = new Map<number, States>();
  let done = 0;
  for await (const { t, states } of sampler(input, { count, numSteps: transition.numSteps, first: 0 })) {
    input.onProgress(done++);
    if (steps.includes(t)) frames.set(t, states);
  }
  return {
    steps,
    frames: steps.map((t) => toImagesData({ values: frames.get(t)!.values, shape: [count, ...exampleShape] }, transition.numStates)),
  };
}

function sampler(
  { training: { transition, model, exampleShape }, config, rng }: SampleImagesInput,
  { count, numSteps, first }: { readonly count: number; readonly numSteps: number; readonly first: number },
): AsyncGenerator<SamplerState, void, undefined> {
  return ancestralSampler({
    transition,
    denoiser: model,
    reverse: reverseOf(config),
    shape: [count, ...exampleShape],
    rng: rng.split('samples'),
    firstExample: first,
    numSteps,
  });
}

function firstOf({ values, shape }: States, count: number): States {
  const kept = Math.min(count, shape[0]!);
  return { values: values.subarray(0, (values.length / shape[0]!) * kept), shape: [kept, ...shape.slice(1)] };
}
