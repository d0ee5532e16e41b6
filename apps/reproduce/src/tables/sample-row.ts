import { positionsOf, sampleForward, type Dataset, type Rng, type States } from '@d3pm/core';
import { ancestralSampler, autoregressiveSampler, type SamplerState } from '@d3pm/samplers';
import { reverseOf, type Training } from '../train/build-training.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { SamplingRecord, TextsRecord } from './row-results.ts';

export interface SampleRowInput {
  readonly training: Training;
  readonly config: TrainConfig;
  readonly rng: Rng;
  /** Of samples, and of the chain. */
  readonly onProgress: (done: number) => void;
}

/** Samples one example at a time, and times each: the first is not counted, for it makes tables and kernels ready. */
export async function timeSampling(
  input: SampleRowInput,
  { numSteps, timings }: { readonly numSteps: number; readonly timings: number },
): Promise<SamplingRecord> {
  const [seconds, calls]: [number[], number[]] = [[], []];
  for (let i = -1; i < timings; i++) {
    const start = performance.now();
    const { networkCalls } = await last(sampler(input, { count: 1, numSteps, firstExample: i + 1 }), input.onProgress, (i + 1) * numSteps);
    if (i < 0) continue;
    seconds.push((performance.now() - start) / 1000);
    calls.push(networkCalls);
  }
  const { causal } = input.training.model;
  return {
    steps: causal ? positionsOf({ shape: [1, ...input.training.exampleShape] }) : numSteps,
    sampler: causal ? 'autoregressive, keys and values kept' : 'ancestral',
    secondsPerExample: seconds,
    networkCallsPerExample: calls,
  };
}

export interface TextsOptions {
  readonly numSteps: number;
  readonly samples: number;
  /** What turns states into text. */
  readonly decode: (states: States) => readonly string[];
  readonly test: Dataset;
}

/** New texts, and, of an absorbing process, held-out texts with half of their positions masked and filled in again. */
export async function sampleTexts(input: SampleRowInput, { numSteps, samples, decode, test }: TextsOptions): Promise<TextsRecord> {
  const { training, rng, onProgress } = input;
  const { states } = await last(sampler(input, { count: samples, numSteps, firstExample: 0 }), onProgress, 0);
  const texts = decode(states);
  const { transition, model } = training;
  if (model.causal || !transition.absorbing || transition.extraMask === undefined) return { samples: texts, completions: [] };
  const indices = Array.from({ length: 3 }, (_, i) => Math.floor((i * test.size) / 3));
  const x0 = test.examples(indices, rng.split('originals'));
  const half = Math.ceil(transition.numSteps / 2);
  const corrupted = sampleForward(transition, x0, { t: half, rng: rng.split('corruption') });
  const completed = await last(
    ancestralSampler({
      transition,
      denoiser: model,
      reverse: reverseOf(input.config),
      shape: corrupted.shape,
      initial: corrupted,
      initialStep: half,
      rng: rng.split('completion'),
    }),
    onProgress,
    numSteps,
  );
  const [originals, masked, filled] = [decode(x0), decode(corrupted), decode(completed.states)];
  return {
    samples: texts,
    completions: originals.map((original, i) => ({ original, corrupted: masked[i]!, completed: filled[i]! })),
  };
}

function sampler(
  { training, config, rng }: SampleRowInput,
  { count, numSteps, firstExample }: { readonly count: number; readonly numSteps: number; readonly firstExample: number },
): AsyncGenerator<SamplerState, void, undefined> {
  const { transition, model: denoiser, exampleShape } = training;
  const asked = { transition, denoiser, shape: [count, ...exampleShape], rng: rng.split('samples'), firstExample };
  return denoiser.causal ? autoregressiveSampler(asked) : ancestralSampler({ ...asked, reverse: reverseOf(config), numSteps });
}

async function last(states: AsyncIterable<SamplerState>, onProgress: (done: number) => void, before: number): Promise<SamplerState> {
  let state: SamplerState | undefined;
  let done = before;
  for await (state of states) onProgress(done++);
  return state!;
}
