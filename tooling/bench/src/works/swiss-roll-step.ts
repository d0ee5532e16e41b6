import { createRng } from '@d3pm/core';
import { swissRoll } from '@d3pm/data';
import { hybridLoss } from '@d3pm/train';
import type { Work } from '../work.ts';
import { authorsReverse, swissRollChain, swissRollNetwork, swissRollSizes } from './swiss-roll.ts';
import { trainWork } from './train-work.ts';

const BATCH_SIZE = 512;

export const swissRollStep: Work = {
  name: 'swiss-roll-step',
  title: 'Training step, swiss roll: MLP 3 × 256, 2 variables, K 128, T 100, B 512; uniform L_λ, Adam',
  engines: ['native', 'wasm'],
  peers: ['torch', 'jax'],
  goals: [{ kind: 'faster', than: 'torch', factor: 4 }],
  prepare: () => {
    const points = swissRoll({ size: BATCH_SIZE, numStates: swissRollSizes.numStates, rng: createRng('points') });
    const batch = points.examples(
      Int32Array.from({ length: BATCH_SIZE }, (_, i) => i),
      createRng('examples'),
    );
    const loss = hybridLoss({ transition: swissRollChain(swissRollSizes), reverse: authorsReverse, lambda: 0.01 });
    return trainWork(swissRollNetwork(swissRollSizes), loss, batch);
  },
};
