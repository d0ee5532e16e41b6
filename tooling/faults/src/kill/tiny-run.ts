import { createRng, mixture, type TrainableDenoiser } from '@d3pm/core';
import { batches, swissRoll } from '@d3pm/data';
import { createMlpDenoiser } from '@d3pm/models';
import { cosine } from '@d3pm/schedules';
import { hybridLoss, linearDecay } from '@d3pm/train';
import type { TrainRunOptions } from '@d3pm/train/node';
import { uniform } from '@d3pm/transitions';

/** A real run, small enough to be killed two hundred times: a swiss roll, an MLP, Adam, a moving average, an evaluation. */
export function tinyRun(folder: string): { readonly model: TrainableDenoiser<'denoiser'>; readonly options: TrainRunOptions<'denoiser'> } {
  const rng = createRng('tiny run');
  const setting = { numStates: 16, numSteps: 10 };
  const transition = uniform.create({ numStates: setting.numStates, schedule: cosine({ numSteps: setting.numSteps }) }, {});
  const data = swissRoll({ size: 500, numStates: setting.numStates, rng: rng.split('data') });
  const numSteps = 150;
  return {
    model: createMlpDenoiser(
      { ...setting, exampleShape: [2], rng: rng.split('model') },
      { numChannels: 32, embeddingSize: 4, numTimeFeatures: 8 },
    ),
    options: {
      folder,
      config: { seed: 'tiny run' },
      environment: {},
      numSteps,
      batches: batches(data, { batchSize: 32, rng: rng.split('batches') }),
      loss: hybridLoss({ transition, reverse: mixture(), lambda: 0.01 }),
      learningRate: linearDecay({ rate: 1e-2, numSteps }),
      emaDecay: 0.9,
      rng: rng.split('training'),
      eventEvery: 3,
      saveEvery: 6,
      keepLast: 2,
      keepBest: 1,
      scoreBy: 'firstWeight',
      evaluate: async ({ model }) => ({ firstWeight: (await Object.values(model.parameters)[0]!.data())[0]! }),
      now: () => new Date(),
    },
  };
}
