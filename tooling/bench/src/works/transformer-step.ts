import { createRng, plugIn } from '@d3pm/core';
import { createTransformerDenoiser } from '@d3pm/models';
import { inverseRemaining } from '@d3pm/schedules';
import { hybridLoss } from '@d3pm/train';
import { absorbing } from '@d3pm/transitions';
import type { PreparedWork, Work } from '../work.ts';
import { evenStates } from './numbers.ts';
import { trainWork } from './train-work.ts';

export interface TransformerSizes {
  readonly batchSize: number;
  readonly length: number;
  readonly numStates: number;
  readonly numSteps: number;
}

const transformerSizes: TransformerSizes = { batchSize: 32, length: 128, numStates: 28, numSteps: 1000 };

export function prepareTransformerStep({ batchSize, length, numStates, numSteps }: TransformerSizes, eventEvery?: number): PreparedWork {
  const transition = absorbing.create({ numStates, schedule: inverseRemaining({ numSteps }) }, {});
  const model = createTransformerDenoiser(
    { numStates, numSteps, exampleShape: [length], rng: createRng('transformer') },
    { numChannels: 128, numBlocks: 2, numHeads: 4, numHidden: 512 },
  );
  const loss = hybridLoss({ transition, reverse: plugIn(), lambda: 0.01 });
  return trainWork(model, loss, evenStates(numStates - 1, [batchSize, length]), eventEvery);
}

export const transformerStep: Work = {
  name: 'transformer-step',
  title: 'Training step, transformer: 2 blocks, 128 channels, 4 heads, K 28, L 128, B 32; absorbing L_λ, T 1000, Adam',
  engines: ['native', 'wasm'],
  peers: ['torch', 'jax'],
  goals: [
    { kind: 'faster', than: 'torch', factor: 0.8 },
    { kind: 'faster', than: 'jax', factor: 1 },
    { kind: 'engines', slow: 'wasm', fast: 'native', factor: 8 },
  ],
  prepare: () => prepareTransformerStep(transformerSizes),
};
