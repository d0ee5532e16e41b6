import { boundTermNats, createRng, sampleForward, toTensor } from '@d3pm/core';
import { tensor } from '@tensorflow/tfjs-core';
import type { Work } from '../work.ts';
import { gaussianChain, gaussianSizes, imageShape } from './gaussian.ts';
import { gradientWork } from './gradient-work.ts';
import { evenStates, evenSteps, normals } from './numbers.ts';
import { authorsReverse } from './swiss-roll.ts';

export const boundTerm: Work = {
  name: 'bound-term',
  title: 'L_{t−1} and its gradient, [32, 32, 32, 3], Gaussian K 256, T 1000, plug-in',
  engines: ['native'],
  peers: ['torch', 'jax'],
  goals: [
    { kind: 'faster', than: 'jax', factor: 1.3 },
    { kind: 'faster', than: 'torch', factor: 2.5 },
  ],
  prepare: () => {
    const { numStates, numSteps } = gaussianSizes;
    const transition = gaussianChain();
    const x0 = evenStates(numStates, imageShape);
    const t = evenSteps(imageShape[0], 2, numSteps);
    const xt = toTensor(sampleForward(transition, x0, { t, rng: createRng('noise') }));
    const data = toTensor(x0);
    const logits = tensor(normals(data.size * numStates), [...imageShape, numStates]);
    const s = t.map((step) => step - 1);
    return gradientWork(logits, (x) => boundTermNats(transition, authorsReverse, { x0: data, xt, s, t, logits: x }));
  },
};
