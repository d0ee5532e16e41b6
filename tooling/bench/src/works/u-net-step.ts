import { createRng, plugIn } from '@d3pm/core';
import { createUNetDenoiser } from '@d3pm/models';
import { inverseRemaining } from '@d3pm/schedules';
import { hybridLoss } from '@d3pm/train';
import { absorbing } from '@d3pm/transitions';
import type { Work } from '../work.ts';
import { evenStates } from './numbers.ts';
import { trainWork } from './train-work.ts';

const [BATCH_SIZE, LEVELS, numSteps] = [16, 256, 1000];
const exampleShape = [32, 32, 3];

export const uNetStep: Work = {
  name: 'u-net-step',
  title:
    'Training step, U-Net: 24 channels × 1, 2, 2, two blocks a level, attention at 16 × 16, [16, 32, 32, 3], K 257; absorbing L_λ, T 1000, Adam',
  engines: ['native'],
  peers: ['torch', 'jax'],
  goals: [
    { kind: 'faster', than: 'torch', factor: 0.8 },
    { kind: 'faster', than: 'jax', factor: 1 },
  ],
  prepare: () => {
    const numStates = LEVELS + 1;
    const transition = absorbing.create({ numStates, schedule: inverseRemaining({ numSteps }) }, {});
    const model = createUNetDenoiser(
      { numStates, numSteps, exampleShape, rng: createRng('U-Net') },
      { numChannels: 24, channelMultipliers: [1, 2, 2], numResidualBlocks: 2, attentionResolutions: [16], dropout: 0 },
    );
    const loss = hybridLoss({ transition, reverse: plugIn(), lambda: 0.001 });
    return trainWork(model, loss, evenStates(LEVELS, [BATCH_SIZE, ...exampleShape]), 2);
  },
};
