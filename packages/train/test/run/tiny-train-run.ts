import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng, mixture, type Rng, type TrainableDenoiser } from '@d3pm/core';
import { createMlpDenoiser } from '@d3pm/models';
import { cosine } from '@d3pm/schedules';
import { uniform } from '@d3pm/transitions';
import type { BatchSource } from '../../src/batch-source.ts';
import { hybridLoss } from '../../src/hybrid-loss.ts';
import { linearDecay } from '../../src/learning-rate.ts';
import type { TrainRunOptions } from '../../src/node/run/train-run-options.ts';

export interface TinyTrainRun {
  readonly model: TrainableDenoiser<'denoiser'>;
  readonly options: TrainRunOptions<'denoiser'>;
}

export interface TinyTrainRunOptions extends Partial<TrainRunOptions<'denoiser'>> {
  /** Width of the network. @defaultValue 8 */
  readonly numChannels?: number;
  /** @defaultValue 'tiny' */
  readonly seed?: string;
}

/** A real run of 20 steps, with events at 3, 6, … 18 and 20, saved every 6 and evaluated every 9. */
export function tinyTrainRun(folder: string, { numChannels = 8, seed = 'tiny', ...changes }: TinyTrainRunOptions = {}): TinyTrainRun {
  const rng = createRng(seed);
  const setting = { numStates: 8, numSteps: 10 };
  const transition = uniform.create({ numStates: setting.numStates, schedule: cosine({ numSteps: setting.numSteps }) }, {});
  const numSteps = changes.numSteps ?? 20;
  return {
    model: createMlpDenoiser(
      { ...setting, exampleShape: [2], rng: rng.split('model') },
      { numChannels, embeddingSize: 3, numTimeFeatures: 4 },
    ),
    options: {
      folder,
      config: { seed, numChannels, numSteps },
      environment: { engine: 'cpu' },
      numSteps,
      batches: pairs(rng.split('batches'), setting.numStates),
      loss: hybridLoss({ transition, reverse: mixture(), lambda: 0.01 }),
      learningRate: linearDecay({ rate: 1e-2, numSteps: Math.max(1, numSteps) }),
      emaDecay: 0.9,
      rng: rng.split('training'),
      eventEvery: 3,
      saveEvery: 6,
      evaluateEvery: 9,
      evaluate: async ({ step, model, rng, samplesFolder }) => {
        const weight = (await Object.values(model.parameters)[0]!.data())[0]!;
        await writeFile(join(samplesFolder, `step-${step}.txt`), `${weight} ${rng.float64(0)}\n`);
        return { weight };
      },
      now: () => new Date(),
      ...changes,
    },
  };
}

/** Eight examples a batch, out of a hundred: a state, and the one after it or itself. */
function pairs(rng: Rng, numStates: number): BatchSource {
  const indicesAt = (index: number): Int32Array => Int32Array.from({ length: 8 }, (_, b) => rng.split('order', index).integer(100, b));
  const example = (index: number): readonly number[] => {
    const first = rng.integer(numStates, index);
    return [first, (first + (index % 2)) % numStates];
  };
  return { indicesAt, batchAt: (index) => ({ values: Int32Array.from([...indicesAt(index)].flatMap(example)), shape: [8, 2] }) };
}
