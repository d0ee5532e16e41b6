import { createRng } from '@d3pm/core';
import { batches } from '@d3pm/data';
import { evaluateAutoregressive, evaluateBound } from '@d3pm/eval';
import { parameterCount } from '@d3pm/models';
import { train } from '@d3pm/train';
import type { TrainConfig } from '../config/train-config.ts';
import type { Progress } from '../progress.ts';
import { buildTraining, reverseOf, type Training } from './build-training.ts';
import { gradientMemory, type GradientMemory } from './gradient-memory.ts';

/** What a training costs, measured on updates of one and of two micro-batches and the evaluation of one example. */
export interface MeasuredTraining {
  readonly parameters: number;
  /** Examples that are computed at a time. */
  readonly microBatch: number;
  /** An update of one micro-batch. */
  readonly secondsPerUpdate: number;
  /** What one more micro-batch adds to it. */
  readonly secondsPerMicroBatch: number;
  /** Of all updates with all of their micro-batches, on this machine. */
  readonly trainingDays: number;
  /** Of one held-out example; absent where the data has none. */
  readonly evaluation?: MeasuredEvaluation;
  readonly memory: GradientMemory;
  /** The highest so far of the process, in GiB. */
  readonly peakGiB: number;
}

export interface MeasuredEvaluation {
  readonly bits: number;
  /** Calls of the network. */
  readonly steps: number;
  readonly seconds: number;
}

/** Steps of the chain of which one example is evaluated. */
const EVALUATED_STEPS = 20;

/** Builds what a config says, does updates of one and of two micro-batches and evaluates one example; nothing is kept. */
export async function measureTraining(config: TrainConfig, name: string, progress: Progress): Promise<MeasuredTraining> {
  const { batchSize, microBatch = batchSize, numSteps } = config.training;
  progress.start(`${name}: updates and one example`, 6);
  const training = await buildTraining(config);
  try {
    const secondsOf = (microBatches: number): Promise<number> =>
      secondUpdate(training, { microBatch, microBatches, onStep: (step) => progress.update(2 * (microBatches - 1) + step) });
    const secondsPerUpdate = await secondsOf(1);
    const secondsPerMicroBatch = Math.max(0, (await secondsOf(2)) - secondsPerUpdate);
    const memory = await gradientMemory(training.model, {
      loss: training.options.loss,
      examples: microBatch,
      dataOf: (examples) => batches(training.train, { batchSize: examples, rng: createRng('dry run') }).batchAt(0),
    });
    progress.update(5);
    const perUpdate = secondsPerUpdate + secondsPerMicroBatch * (Math.ceil(batchSize / microBatch) - 1);
    const evaluation = await measureEvaluation(training, config);
    const measured: MeasuredTraining = {
      parameters: parameterCount(training.model),
      microBatch,
      secondsPerUpdate,
      secondsPerMicroBatch,
      trainingDays: (perUpdate * numSteps) / 86_400,
      ...(evaluation && { evaluation }),
      memory,
      peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
    };
    progress.finish(
      `${measured.parameters.toLocaleString('en')} parameters, ${secondsPerUpdate.toFixed(1)} s an update of ${microBatch} examples`,
    );
    return measured;
  } finally {
    training.dispose();
  }
}

interface SecondUpdate {
  readonly microBatch: number;
  readonly microBatches: number;
  readonly onStep: (step: number) => void;
}

/** Seconds of the second of two updates, which has no tables to make. */
async function secondUpdate(training: Training, { microBatch, microBatches, onStep }: SecondUpdate): Promise<number> {
  const source = batches(training.train, { batchSize: microBatches * microBatch, rng: createRng('dry run') });
  const options = { ...training.options, microBatch, batches: source, numSteps: 2, eventEvery: 1 };
  let [start, seconds] = [performance.now(), 0];
  for await (const { step } of train(training.model, options)) {
    seconds = (performance.now() - start) / 1000;
    start = performance.now();
    onStep(step);
  }
  return seconds;
}

async function measureEvaluation(training: Training, config: TrainConfig): Promise<MeasuredEvaluation | undefined> {
  const { transition, model, test } = training;
  if (!test) return undefined;
  const held = { transition, denoiser: model, data: test, maxExamples: 1, rng: createRng('dry run') };
  const chain = Math.min(EVALUATED_STEPS, transition.numSteps);
  const start = performance.now();
  const { total } = model.causal
    ? await evaluateAutoregressive(held)
    : await evaluateBound({ ...held, reverse: reverseOf(config), numSteps: chain });
  return { bits: total.bitsPerDimension, steps: model.causal ? 1 : chain, seconds: (performance.now() - start) / 1000 };
}
