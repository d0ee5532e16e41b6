import { createRng, sampleForward } from '@d3pm/core';
import type { Work } from '../work.ts';
import { gaussianChain, gaussianSizes, imageShape } from './gaussian.ts';
import { evenStates, evenSteps } from './numbers.ts';

export const forwardDraw: Work = {
  name: 'forward-draw',
  title: 'x_t ~ q(x_t | x_0), [32, 32, 32, 3], Gaussian K 256, T 1000, t at random, random numbers included',
  engines: ['native'],
  peers: ['torch', 'jax'],
  goals: [
    { kind: 'faster', than: 'torch', factor: 50 },
    { kind: 'faster', than: 'jax', factor: 50 },
  ],
  prepare: () => {
    const transition = gaussianChain();
    const x0 = evenStates(gaussianSizes.numStates, imageShape);
    transition.toDense(0, gaussianSizes.numSteps);
    let seed = 0;
    return {
      run: () => {
        seed++;
        return sampleForward(transition, x0, { t: evenSteps(imageShape[0], 1, gaussianSizes.numSteps, seed), rng: createRng(seed) });
      },
    };
  },
};
