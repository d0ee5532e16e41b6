import { join } from 'node:path';
import type { Dataset } from '@d3pm/core';
import { evaluateAutoregressive, evaluateBound } from '@d3pm/eval';
import { ancestralSampler, autoregressiveSampler, finalStates } from '@d3pm/samplers';
import type { EvaluationContext } from '@d3pm/train/node';
import writeFileAtomic from 'write-file-atomic';
import type { Training } from './build-training.ts';
import { sampleFile } from './sample-file.ts';
import { textDecoder } from './text-decoder.ts';
import type { TrainConfig } from '../config/train-config.ts';

/** What a run is looked at with, and its best checkpoints are chosen by: never the test split where there is another. */
export function evaluationSplit({ valid, test }: Pick<Training, 'test' | 'valid'>): Dataset | undefined {
  return valid ?? test;
}

/**
 * Draws the samples of a step and estimates its bound on the validation split, or the test where there is none: the same draws at every
 * step, so that two differ by the model alone.
 */
export async function evaluateTraining(
  { step, model, rng, samplesFolder }: EvaluationContext<'denoiser'>,
  { transition, reverse, exampleShape, valid, test }: Training,
  { evaluation }: TrainConfig,
): Promise<Readonly<Record<string, number>>> {
  const { samples, sampleSteps, testExamples } = evaluation;
  const data = evaluationSplit({ valid, test });
  if (samples > 0) {
    const asked = { transition, denoiser: model, shape: [samples, ...exampleShape], rng: rng.split('samples') };
    const states = await finalStates(
      model.causal
        ? autoregressiveSampler(asked)
        : ancestralSampler({ ...asked, reverse, ...(sampleSteps !== undefined && { numSteps: sampleSteps }) }),
    );
    const { extension, content } = sampleFile(states, { decode: textDecoder(data), numStates: transition.numStates });
    const path = join(samplesFolder, `step-${String(step).padStart(8, '0')}.${extension}`);
    await writeFileAtomic(path, typeof content === 'string' ? content : Buffer.from(content));
  }
  if (data === undefined || testExamples === 0) return {};
  const held = { transition, denoiser: model, data, maxExamples: testExamples, rng: rng.split('bound') };
  const { total } = model.causal ? await evaluateAutoregressive(held) : await evaluateBound({ ...held, reverse, stepsPerExample: 1 });
  return { boundBits: total.bitsPerDimension, boundStandardErrorBits: total.standardErrorBitsPerDimension };
}
