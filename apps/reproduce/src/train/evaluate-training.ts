import { join } from 'node:path';
import { evaluateAutoregressive, evaluateBound } from '@d3pm/eval';
import { ancestralSampler, autoregressiveSampler, finalStates } from '@d3pm/samplers';
import type { EvaluationContext } from '@d3pm/train/node';
import type { Training } from './build-training.ts';
import { sampleFile } from './sample-file.ts';
import { textDecoder } from './text-decoder.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { writeWholeFile } from '../write-whole-file.ts';

type Values = Readonly<Record<string, number>>;

/** Goes through samplers and estimates, which know of no signal. */
const STOPPED = new Error('the evaluation is stopped');

/**
 * Draws the samples of a step and estimates its bound: the same draws at every step, so that two differ by the model alone. Undefined when
 * `signal` has stopped it, after the call of the network that runs.
 */
export async function evaluateTraining(
  context: EvaluationContext<'denoiser'>,
  training: Training,
  { evaluation }: Pick<TrainConfig, 'evaluation'>,
): Promise<Values | undefined> {
  const goOn = (): void => {
    if (context.signal.aborted) throw STOPPED;
  };
  try {
    if (evaluation.samples > 0) await drawSamples(context, training, { evaluation, goOn });
    return await estimateBound(context, training, { evaluation, goOn });
  } catch (error) {
    if (error === STOPPED) return undefined;
    throw error;
  }
}

interface Asked extends Pick<TrainConfig, 'evaluation'> {
  /** Throws when the evaluation is to stop. */
  readonly goOn: () => void;
}

async function drawSamples(
  { step, model, rng, samplesFolder }: EvaluationContext<'denoiser'>,
  { transition, reverse, exampleShape, evaluated }: Training,
  { evaluation: { samples, sampleSteps }, goOn }: Asked,
): Promise<void> {
  const asked = { transition, denoiser: model, shape: [samples, ...exampleShape], rng: rng.split('samples') };
  const sampler = model.causal
    ? autoregressiveSampler(asked)
    : ancestralSampler({ ...asked, reverse, ...(sampleSteps !== undefined && { numSteps: sampleSteps }) });
  const states = await finalStates(eachAfter(goOn, sampler));
  const { extension, content } = sampleFile(states, {
    decode: textDecoder(evaluated),
    numStates: transition.numStates,
  });
  const path = join(samplesFolder, `step-${String(step).padStart(8, '0')}.${extension}`);
  await writeWholeFile(path, content);
}

async function estimateBound(
  { model, rng }: EvaluationContext<'denoiser'>,
  { transition, reverse, evaluated, informationLaw }: Training,
  { evaluation: { testExamples, steps }, goOn }: Asked,
): Promise<Values> {
  if (evaluated === undefined || testExamples === 0) return {};
  const held = { transition, denoiser: model, data: evaluated, maxExamples: testExamples, rng: rng.split('bound'), onProgress: goOn };
  const asked = { ...held, reverse, stepsPerExample: 1 };
  const { total } = model.causal
    ? await evaluateAutoregressive(held)
    : await evaluateBound({ ...asked, ...(steps === 'information' && { stepLaw: informationLaw() }) });
  return { boundBits: total.bitsPerDimension, boundStandardErrorBits: total.standardErrorBitsPerDimension };
}

async function* eachAfter<T>(goOn: () => void, values: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  for await (const value of values) {
    goOn();
    yield value;
  }
}
