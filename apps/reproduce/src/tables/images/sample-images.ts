import { join } from 'node:path';
import type { Rng, States } from '@d3pm/core';
import { ancestralSampler, type SamplerState } from '@d3pm/samplers';
import { reverseOf, type Training } from '../../train/build-training.ts';
import { weightsDigest } from '../../train/weights-digest.ts';
import type { TrainConfig } from '../../config/train-config.ts';
import type { ImagesRecord, ProgressRecord } from '../row-results.ts';
import { fingerprint } from '../fingerprint.ts';
import { toImagesData } from './images-data.ts';
import { writeImagesFile } from './images-file.ts';
import { sampleParts, type PlaceOfPart, type SamplePart } from './sample-parts.ts';

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
  /** Once it is aborted, no further part is begun. */
  readonly end: AbortSignal;
  /** Steps of whole batches that make a part: no more are lost when the process ends. @defaultValue 2000 */
  readonly partSteps?: number;
}

/** Samples that the result keeps. */
const SHOWN = 64;
/** Steps of Figure 3, in tenths of T. */
const TENTHS = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

/**
 * Draws samples by a chain of n of the T steps, part by part: those that are there from a time before, of the same network, are not drawn again.
 * Sample i is the same whatever the number of samples, of a batch and of a part.
 *
 * @returns undefined when it was to end before the last part
 */
export async function drawImages(input: SampleImagesInput, options: ImagesOptions): Promise<ImagesRecord | undefined> {
  const { training, folder, onProgress } = input;
  const { numSteps, numSamples, batchSize, end } = options;
  const { exampleShape, transition } = training;
  const size = sizeOf(exampleShape);
  const parts = sampleParts(join(folder, `samples-${numSteps}-parts`), { of: await chainOf(input, numSteps), exampleShape });
  const values = new Uint8Array(numSamples * size);
  let [networkCalls, seconds] = [0, 0];
  for (const place of placesOf(options)) {
    let part = await parts.read(place);
    if (!part) {
      if (end.aborted) return undefined;
      part = await drawPart(input, place, options);
      await parts.write(place, part);
    }
    values.set(part.values, place.first * size);
    networkCalls += part.networkCalls;
    seconds += part.seconds;
    onProgress(Math.ceil((place.first + place.count) / batchSize) * numSteps);
  }
  const shape = [numSamples, ...exampleShape];
  const file = `samples-${numSteps}.idx`;
  const sha256 = await writeImagesFile(join(folder, file), { values, shape });
  await parts.remove();
  const shown = Math.min(SHOWN, numSamples);
  return {
    steps: numSteps,
    sampler: 'ancestral',
    numSamples,
    networkCalls,
    seconds,
    file,
    sha256,
    shown: toImagesData(
      { values: Int32Array.from(values.subarray(0, shown * size)), shape: [shown, ...exampleShape] },
      transition.numStates,
    ),
  };
}

/** What decides samples: the seed, the process, and the network as it is now. */
async function chainOf({ config, training }: SampleImagesInput, numSteps: number): Promise<string> {
  const { seed, data, transition, schedule, loss, model } = config;
  const weights = Object.fromEntries(
    await Promise.all(
      Object.entries(training.model.parameters).map(
        async ([name, value]) => [name, { shape: value.shape, data: await value.data() }] as const,
      ),
    ),
  );
  return fingerprint({
    seed,
    data,
    transition,
    schedule,
    loss,
    model,
    numSteps,
    weights: weightsDigest(weights),
  });
}

function placesOf({ numSteps, numSamples, batchSize, partSteps = 2000 }: ImagesOptions): readonly PlaceOfPart[] {
  const perPart = batchSize * Math.max(1, Math.floor(partSteps / numSteps));
  return Array.from({ length: Math.ceil(numSamples / perPart) }, (_, i) => ({
    first: i * perPart,
    count: Math.min(perPart, numSamples - i * perPart),
  }));
}

async function drawPart(
  input: SampleImagesInput,
  { first, count }: PlaceOfPart,
  { numSteps, batchSize }: ImagesOptions,
): Promise<SamplePart> {
  const start = performance.now();
  const values = new Uint8Array(count * sizeOf(input.training.exampleShape));
  let networkCalls = 0;
  for (let from = first; from < first + count; from += batchSize) {
    const inBatch = Math.min(batchSize, first + count - from);
    let last: SamplerState | undefined;
    let done = (from / batchSize) * numSteps;
    for await (last of sampler(input, { count: inBatch, numSteps, first: from })) input.onProgress(done++);
    networkCalls += last!.networkCalls;
    values.set(last!.states.values, (from - first) * (values.length / count));
  }
  return { values, networkCalls, seconds: (performance.now() - start) / 1000 };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

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
