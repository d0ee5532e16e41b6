import { createRng, plugIn, type ReverseProcess, type TrainableDenoiser, type Transition } from '@d3pm/core';
import { createMlpDenoiser } from '@d3pm/models';
import { linear } from '@d3pm/schedules';
import { uniform } from '@d3pm/transitions';

/** The chain and the network of both swiss-roll works: three layers of 256, two variables. */
export interface SwissRollSizes {
  readonly numStates: number;
  readonly numSteps: number;
  readonly positions: number;
}

export const swissRollSizes: SwissRollSizes = { numStates: 128, numSteps: 100, positions: 2 };

export const authorsReverse: ReverseProcess<'denoiser'> = plugIn({ firstStep: 'denoiser' });

export function swissRollChain({ numStates, numSteps }: SwissRollSizes): Transition {
  return uniform.create({ numStates, schedule: linear({ numSteps, start: 3e-4, stop: 0.1 }) }, {});
}

export function swissRollNetwork({ numStates, numSteps, positions }: SwissRollSizes): TrainableDenoiser<'denoiser'> {
  return createMlpDenoiser(
    { numStates, numSteps, exampleShape: [positions], rng: createRng('swiss roll') },
    { numChannels: 256, numBlocks: 1 },
  );
}
