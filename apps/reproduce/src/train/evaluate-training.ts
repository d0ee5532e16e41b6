import { join } from 'node:path';
import { evaluateAutoregressive, evaluateBound } from '@d3pm/eval';
import { ancestralSampler, autoregressiveSampler, finalStates } from '@d3pm/samplers';
import type { EvaluationContext } from '@d3pm/train/node';
import writeFileAtomic from 'write-file-atomic';
import type { Training } from './build-training.ts';
import { sampleFile } from './sample-file.ts';
import { textDecoder } from './text-decoder.ts';
import type { TrainConfig } from '../config/train-config.ts';

/** Draws the samples and estimates the held-out bound of a step: the same draws at every step, so that two differ by the model alone. */
export async function evaluateTraining(
  { step, model, rng, samplesFolder }: EvaluationContext<'denoiser'>,
  { transition, reverse, exampleShape, test }: Training,
  { evaluation }: TrainConfig,
): Promise<Readonly<Record<string, number>>> {
  const { samples, sampleSteps, testExamples } = evaluation;
  if (samples > 0) {
    const asked = { transition, denoiser: model, shape: [samples, ...exampleShape], rng: rng.split('samples') };
    const states = await finalStates(
      model.causal
        ? autoregressiveSampler(asked)
        : ancestralSampler({ ...asked, reverse, ...(sampleSteps !== undefined && { numSteps: sampleSteps }) }),
    );
    const { extension, content } = sampleFile(states, { decode: textDecoder(test), numStates: transition.numStates });
    const path = join(samplesFolder, `step-${String(step).padStart(8, '0')}.${extension}`);
    await writeFileAtomic(path, typeof content === 'string' ? content : Buffer.from(content));
  }
  if (test === undefined || testExamples === 0) return {};
  const held = { transition, denoiser: model, data: test, maxExamples: testExamples, rng: rng.split('bound') };
  const { total } = model.causal ? await evaluateAutoregressive(held) : await evaluateBound({ ...held, reverse, stepsPerExample: 1 });
  return { boundBits: total.bitsPerDimension, boundStandardErrorBits: total.standardErrorBitsPerDimension };
}
