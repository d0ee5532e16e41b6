import { createRng, hybridLossNats, plugIn, sampleForward, toTensor } from '@d3pm/core';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { tensor } from '@tensorflow/tfjs-core';
import type { Work } from '../work.ts';
import { gradientWork } from './gradient-work.ts';
import { evenStates, evenSteps, normals } from './numbers.ts';

const [B, L, K, T] = [128, 256, 28, 1000];

export const absorbingLoss: Work = {
  name: 'absorbing-loss',
  title: 'Hybrid absorbing loss and its gradient, [128, 256], K 28, T 1000',
  engines: ['native', 'wasm'],
  peers: ['torch', 'jax'],
  goals: [{ kind: 'faster', than: 'torch', factor: 10 }],
  prepare: () => {
    const transition = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, {});
    const x0 = evenStates(K - 1, [B, L]);
    const t = evenSteps(B, 1, T);
    const xt = toTensor(sampleForward(transition, x0, { t, rng: createRng('noise') }));
    const data = toTensor(x0);
    const logits = tensor(normals(B * L * K), [B, L, K]);
    const reverse = plugIn();
    return gradientWork(logits, (x) => hybridLossNats(transition, reverse, { x0: data, xt, t, logits: x, lambda: 0.01 }));
  },
};
